"""What goes wrong in a session: each fault changes what is said, and with it what a careful person would judge."""

from collections.abc import Callable, Sequence

from engine.errors import MingjianError
from engine.inspection import Verdict
from eval.corpus.conversation import OTHER, Conversation, Phraser, Rules, Spoken, phrases_of
from eval.corpus.templates import Bank, Fault, Instead, Number, Scenarios, Shares

DESCRIPTIONS: dict[Fault, str] = {
    "none": "",
    "missing": "漏说",
    "near_miss": "没有说到",
    "wrong_number": "数字与订单不符",
    "denial": "客户否认或没听懂",
    "no_answer": "客户没有回答",
    "other_person": "旁人代答",
    "forbidden": "禁用话术",
    "negated": "说反了",
    "weak_answer": "客户答复含糊",
    "wrong_order": "先后颠倒",
}


class Planter:
    """Plants one fault in one conversation. `turn` goes through the items that a fault may fall on."""

    def __init__(
        self,
        conversation: Conversation,
        phraser: Phraser,
        bank: Bank,
        templates: Scenarios,
        shares: Shares,
        rules: Rules,
        turn: int,
    ) -> None:
        self._talk, self._phraser, self._bank = conversation, phraser, bank
        self._scenario = templates.scenarios[conversation.sale.scenario]
        self._shares, self._rules, self._turn = shares, rules, turn

    def plant(self, fault: Fault) -> None:
        """Change the conversation. Raises MingjianError `corpus_plan` where no item of it can bear the fault."""
        ways: dict[Fault, Callable[[], None]] = {
            "missing": self._missing,
            "near_miss": lambda: self._instead(near=True),
            "negated": lambda: self._instead(near=False),
            "wrong_number": self._wrong_number,
            "denial": self._denial,
            "no_answer": self._no_answer,
            "other_person": self._other_person,
            "weak_answer": self._weak_answer,
            "forbidden": self._forbidden,
            "wrong_order": self._wrong_order,
        }
        if fault in ways:
            ways[fault]()
            self._talk.notes.append(f"{DESCRIPTIONS[fault]}：{self._talk.target}")
            self._forget_order(fault)

    def _forget_order(self, fault: Fault) -> None:
        """Whether steps were in order is not claimed where one of them was not done as it should be."""
        order = self._scenario.wrong_order
        done = (self._talk.verdicts.get(one) == "pass" for one in (order.late, order.after))
        if fault != "wrong_order" and not all(done):
            self._talk.verdicts.pop(order.rule, None)

    def _choose(self, candidates: Sequence[str]) -> str:
        """The item on which the fault falls: session after session the next of those it may fall on."""
        if not candidates:
            raise MingjianError("corpus_plan", path=self._talk.sale.scenario, detail="no item for this fault")
        self._talk.target = candidates[self._turn % len(candidates)]
        return self._talk.target

    def _grave(self, fits: Callable[[str], bool]) -> list[str]:
        return [item for item in self._talk.items if self._rules.grave(item) and fits(item)]

    def _not_kept(self, item: str) -> bool:
        return not set(phrases_of(item, self._bank).kept_in) & set(self._talk.sale.tags)

    def _group(self, item: str) -> str:
        """Which answers `item` gets; empty where none is wanted."""
        return phrases_of(item, self._bank).answer or ""

    def _judge(self, item: str, verdict: Verdict) -> None:
        self._talk.verdicts[item] = verdict

    def _missing(self) -> None:
        item = self._choose(self._grave(self._not_kept))
        self._talk.spoken.remove(self._talk.of(item))
        self._judge(item, "fail")

    def _instead(self, near: bool) -> None:
        def phrases(item: str) -> tuple[str | Instead, ...]:
            known = phrases_of(item, self._bank)
            return known.near if near else known.negated

        item = self._choose(self._grave(lambda one: bool(phrases(one)) and self._not_kept(one)))
        instead = phrases_of(item, self._bank).instead(self._phraser.among(phrases(item)), near)
        spoken = self._talk.of(item)
        spoken.say, spoken.planted = self._phraser.fill(instead.say), True
        spoken.reply = self._phraser.pick(self._bank.answers[instead.answer]) if instead.answer else None
        for violated in (item, *instead.also):
            if violated in self._rules.severity:
                self._judge(violated, "fail")

    def _wrong_number(self) -> None:
        item = self._choose(self._grave(lambda one: bool(self._slots(one))))
        slots = self._slots(item)
        slot = slots[self._turn // 2 % len(slots)]
        wordings = phrases_of(item, self._bank).wordings(self._talk.sale.tags)
        wording = self._phraser.pick([one for one in wordings if f"{{{slot}}}" in one])
        spoken = self._talk.of(item)
        spoken.say, spoken.planted = self._phraser.fill(wording, {slot: self._talk.sale.wrong[slot]}), True
        self._judge(item, "fail")

    def _slots(self, item: str) -> list[Number]:
        """Numbers of the item that every wording of this kind of sale says."""
        phrases = phrases_of(item, self._bank)
        wordings = phrases.wordings(self._talk.sale.tags)
        return [
            one
            for one in phrases.numbers
            if one in self._talk.sale.wrong and all(f"{{{one}}}" in wording for wording in wordings)
        ]

    def _denial(self) -> None:
        item = self._choose(self._grave(lambda one: self._group(one) in self._bank.denials))
        self._reply(item, self._phraser.pick(self._bank.denials[self._group(item)]), "fail")

    def _weak_answer(self) -> None:
        item = self._choose(self._grave(lambda one: bool(self._group(one))))
        weak = self._bank.weak.get(self._group(item), self._bank.weak["default"])
        self._reply(item, self._phraser.pick(weak), "review")

    def _reply(self, item: str, reply: str, verdict: Verdict) -> None:
        spoken = self._talk.of(item)
        spoken.reply, spoken.planted = reply, True
        self._judge(item, verdict)

    def _no_answer(self) -> None:
        item = self._choose(self._grave(lambda one: bool(self._group(one))))
        spoken = self._talk.of(item)
        spoken.reply, spoken.silent, spoken.planted = None, True, True
        self._judge(item, "fail")

    def _other_person(self) -> None:
        """Somebody else answers this item and a few more after it: a person who speaks only once is hard to tell."""
        answerable = [item for item in self._talk.items if self._group(item) in self._bank.others]
        item = self._choose([one for one in answerable if self._rules.grave(one)])
        count = min(len(answerable), self._phraser.random.randint(*self._shares.others_answer))
        first = min(answerable.index(item), len(answerable) - count)
        for one in answerable[first : first + count]:
            spoken = self._talk.of(one)
            spoken.reply, spoken.by, spoken.planted = (
                self._phraser.pick(self._bank.others[self._group(one)]),
                OTHER,
                True,
            )
            self._judge(one, "fail")

    def _forbidden(self) -> None:
        item = self._choose([one for one in self._scenario.forbidden if self._rules.grave(one)])
        say = self._phraser.fill(self._phraser.pick(self._bank.forbidden[item]))
        answered = [place for place, one in enumerate(self._talk.spoken[:-1], 1) if one.reply]
        place = self._phraser.random.choice(answered[1:] or answered)
        self._talk.spoken.insert(place, Spoken(None, say, self._phraser.pick(self._bank.reactions), planted=True))
        self._judge(item, "fail")

    def _wrong_order(self) -> None:
        order = self._scenario.wrong_order
        self._talk.target = order.rule
        late = self._talk.of(order.late)
        self._talk.spoken.remove(late)
        self._talk.spoken.insert(self._talk.spoken.index(self._talk.of(order.after)) + 1, late)
        late.planted = True
        self._judge(order.rule, "fail")

"""A team's past results beside the machine's, session by session: agreement, misses on both sides, minutes."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path

from engine.errors import MingjianError
from engine.inspection import Inspection, Item, Verdict
from engine.progress import Progress, silent
from engine.store.store import Store
from eval.backtest.files import growing
from eval.backtest.stored import fault_of
from eval.metrics.items import verdicts
from eval.shadow.agreement import SHOWN, Agreement, Disagreement, Machine, Sums, kind_of
from eval.shadow.matching import Found, Matched, in_folder, in_store
from eval.shadow.reading import MOST_FAULTS, Decision, Decisions, Locator, read_decisions
from eval.shadow.telling import DISAGREEMENTS_FILE, line_of
from eval.shadow.words import HumanVerdict, plain, vocabulary
from eval.shadow.writing import write_figures

LEAST_TITLE = 2
"""Letters of an item's name from which a part of its title will do."""


@dataclass(frozen=True, slots=True)
class Pair:
    """What people and the machine say of one item, or (`item` None) of the session."""

    item: str | None
    title: str
    human: HumanVerdict
    machine: Machine
    decision: Decision


def shadow(
    decisions: Path,
    results: Path | Store,
    out: Path | None = None,
    human_is_truth: bool = False,
    progress: Progress = silent,
) -> Agreement:
    """Compare the table `decisions` with machine results: a run, a folder of inspections, or a store.

    With `out`, the folder gets `shadow.json`, `disagreements.jsonl` (all of them) and `report.html`. `human_is_truth`
    only declares that people are right, so that shares may be read as recall and precision. Raises MingjianError
    `decisions_*`, `no_results`, `run_unreadable`, `shadow_faults`, `output_*`.
    """
    read = read_decisions(decisions)
    by_session: dict[Locator, list[Decision]] = defaultdict(list)
    for one in read.decisions:
        by_session[one.locator].append(one)
    wanted = frozenset(by_session)
    matched = in_store(results, wanted) if isinstance(results, Store) else in_folder(results, wanted, progress)
    with ExitStack() as stack:
        write = stack.enter_context(growing(out, DISAGREEMENTS_FILE)) if out else None
        comparing = _Comparing(read, decisions.name, human_is_truth, write)
        for number, (found, rows) in enumerate(comparing.matched(by_session, matched), start=1):
            comparing.compare(found, rows)
            progress("compare", number, len(by_session))
    agreement = comparing.done()
    if out is not None:
        write_figures(agreement, out)
    return agreement


class _Comparing:
    """One comparison on its way."""

    def __init__(
        self, read: Decisions, name: str, human_is_truth: bool, write: Callable[[bytes], object] | None
    ) -> None:
        self._sums = Agreement(name, read.rows, human_is_truth, ignored=read.ignored)
        self._sums.faults = list(read.faults.told)
        self._sums.fault_count = read.faults.count
        self._write = write
        self._most = vocabulary().most_disagreements
        self._kept: dict[str, list[Disagreement]] = {kind: [] for kind in SHOWN}

    def matched(
        self, by_session: dict[Locator, list[Decision]], matched: Matched
    ) -> Iterator[tuple[Found, list[Decision]]]:
        """Each machine result that rows are about, with these rows; rows without one are noted."""
        together: dict[str, tuple[Found, list[Decision]]] = {}
        for locator, rows in by_session.items():
            found = matched.of(locator)
            if found is not None:
                together.setdefault(found.name, (found, []))[1].extend(rows)
                continue
            several = locator in matched.several
            self._sums.ambiguous += several
            self._sums.unmatched += not several
            zh = "对应多个会话" if several else "没有对应的机检结果"
            en = "fits several sessions" if several else "no machine result"
            self._fault(f"{self._sums.file}:{rows[0].line}：“{locator.value[:80]}”{zh} / {en}")
        for one in matched.faults:
            self._fault(one)
        yield from together.values()

    def _fault(self, text: str) -> None:
        self._sums.fault_count += 1
        if len(self._sums.faults) < MOST_FAULTS:
            self._sums.faults.append(text)

    def compare(self, found: Found, rows: Sequence[Decision]) -> None:
        """Count one session."""
        try:
            inspection = found.inspection()
        except (OSError, ValueError, MingjianError) as error:
            self._fault(f"{found.name}：{fault_of(error)}")
            return
        self._sums.compared_sessions += 1
        names = _Names(inspection)
        judged = self._judged(names, rows)
        self._spend(judged, rows, names)
        pairs = list(self._pairs(judged, names, inspection))
        self._add(pairs)
        if None not in judged:
            self._derive(pairs, inspection)
        for pair in pairs:
            if kind_of(pair.human, pair.machine) in SHOWN:
                self._note(_disagreement(found.name, inspection, pair))

    def _judged(self, names: "_Names", rows: Sequence[Decision]) -> dict[str | None, list[Decision]]:
        """Rows by the item they are about; None for the whole session."""
        things: dict[str | None, list[Decision]] = defaultdict(list)
        for row in rows:
            item = None if row.item is None else names.of(row.item)
            if row.item is not None and item is None:
                self._sums.unknown_items[row.item] += 1
            else:
                things[item].append(row)
        return things

    def _pairs(
        self, judged: dict[str | None, list[Decision]], names: "_Names", inspection: Inspection
    ) -> Iterator[Pair]:
        """Each thing judged, once; where people differ among themselves, it stands against neither."""
        for item, rows in judged.items():
            self._between_people(rows)
            if len({row.verdict for row in rows}) > 1:
                continue
            if item is None:
                yield Pair(None, "", rows[0].verdict, inspection.verdict, rows[0])
            else:
                yield Pair(item, names.title(item), rows[0].verdict, names.verdict(item), rows[0])

    def _derive(self, pairs: Sequence[Pair], inspection: Inspection) -> None:
        """The people's verdict on a session of which they judged items only: failed with any of them."""
        said = {pair.human for pair in pairs}
        if "fail" in said or (said and "unsure" not in said):
            self._sums.sessions.add([("fail" if "fail" in said else "pass", inspection.verdict)])
            self._sums.derived += 1

    def _spend(self, judged: dict[str | None, list[Decision]], rows: Sequence[Decision], names: "_Names") -> None:
        """Count the time that people took, whatever they came to."""
        sums = self._sums
        for item, own in judged.items():
            if item is not None:
                sums.titles[item] = names.title(item)
            for row in own:
                if row.minutes is None:
                    continue
                whole = sums.sessions if item is None else sums.items.setdefault(item, Sums())
                whole.spend(row.minutes)
                if item is not None:
                    sums.all_items.spend(row.minutes)
                if row.reviewer:
                    sums.reviewers.setdefault(row.reviewer, Sums()).spend(row.minutes)
        spent = [row.session_minutes for row in rows if row.session_minutes is not None]
        if spent:
            sums.session_minutes += max(spent)
            sums.timed_sessions += 1

    def _between_people(self, judged: Sequence[Decision]) -> None:
        people = self._sums.people
        told = [row.verdict == "fail" for row in judged if row.verdict != "unsure"]
        people.judges.add([(told[0], other) for other in told[1:]])
        people.split += len({row.verdict for row in judged}) > 1

    def _add(self, pairs: Sequence[Pair]) -> None:
        sums = self._sums
        of_items = [pair for pair in pairs if pair.item is not None]
        sums.all_items.add(_both(of_items))
        sums.sessions.add(_both([pair for pair in pairs if pair.item is None]))
        for pair in of_items:
            sums.items.setdefault(pair.item or "", Sums()).add(_both([pair]))
        by_reviewer: dict[str, list[Pair]] = defaultdict(list)
        for pair in pairs:
            if pair.decision.reviewer:
                by_reviewer[pair.decision.reviewer].append(pair)
        for name, own in by_reviewer.items():
            sums.reviewers.setdefault(name, Sums()).add(_both(own))

    def _note(self, one: Disagreement) -> None:
        self._sums.disagreeing += 1
        if self._write is not None:
            self._write(line_of(one))
        if len(self._kept[one.kind]) < self._most:
            self._kept[one.kind].append(one)

    def done(self) -> Agreement:
        """All sums; what was kept of the disagreements, the machine's misses first."""
        sums = self._sums
        sums.disagreements = [one for kind in SHOWN for one in self._kept[kind]][: self._most]
        for name, count in sums.unknown_items.most_common(MOST_FAULTS):
            zh = f"“{name[:80]}”在机检规则里没有，或不止一个（{count} 行）"
            self._fault(f"{zh} / no such item in the rules, or several ({count} row(s))")
        return sums


class _Names:
    """The items of one inspection by what people call them."""

    def __init__(self, inspection: Inspection) -> None:
        self._items = {item.id: item for item in inspection.items}
        self._verdicts = verdicts(inspection.items)
        self._titles: dict[str, list[str]] = defaultdict(list)
        for item in self._items.values():
            self._titles[plain(item.title)].append(item.id)
        self._known: dict[str, str | None] = {}

    def of(self, name: str) -> str | None:
        """The item called `name`: by id, by title, or by a part of one title only; None where there is none, or
        several."""
        if name not in self._known:
            self._known[name] = self._found(name)
        return self._known[name]

    def _found(self, name: str) -> str | None:
        asked = name.strip().partition("#")[0]
        if asked.casefold() in self._items:
            return asked.casefold()
        wanted = plain(name)
        exact = self._titles.get(wanted, [])
        if len(exact) == 1 or len(wanted) < LEAST_TITLE:
            return exact[0] if exact else None
        near = [item for title, items in self._titles.items() if wanted in title for item in items]
        return near[0] if len(near) == 1 else None

    def title(self, item: str) -> str:
        return self._items[item].title

    def verdict(self, item: str) -> Verdict:
        """The worst of all products."""
        return self._verdicts[item]


def _both(pairs: Iterable[Pair]) -> list[tuple[HumanVerdict, Machine]]:
    return [(pair.human, pair.machine) for pair in pairs]


def _disagreement(session: str, inspection: Inspection, pair: Pair) -> Disagreement:
    kind, row = kind_of(pair.human, pair.machine), pair.decision
    whole = Disagreement(
        kind, session, pair.item, pair.title, pair.human, pair.machine, "", row.line, row.reviewer
    )  # fmt: skip
    if pair.item is None:
        return replace(whole, reason="；".join(one.text for one in inspection.reasons))
    item = next(one for one in inspection.items if one.id == pair.item and one.verdict == pair.machine)
    return _quoted(replace(whole, reason=item.reason), item)


def _quoted(one: Disagreement, item: Item) -> Disagreement:
    """With the words that the item rests on, where there are any."""
    found = next((found for found in item.evidence if found.quote), None)
    if found is not None:
        return replace(one, quote=found.quote, start=found.start, end=found.end, clip=found.clip)
    answer = item.answer
    if answer is not None and answer.quote:
        return replace(one, quote=answer.quote, start=answer.start, end=answer.end)
    return one

"""How fast sessions are judged: many rules over a long transcript, and stored evidence of ten minutes replayed.

Media are not needed: the sessions are written dialogues (engine/rules/rehearsal.py), with a voice in doubt now and
then and unsure characters: a whole sale, among talk.
"""

import gc
import random
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import cycle
from pathlib import Path

import yaml

from engine.evidence import Box, Character, Confirmation, Evidence, Role, Scene, Sighting, Track
from engine.evidence.file import pack, unpack
from engine.interval import Interval
from engine.language.folding import bare
from engine.order import Order
from engine.rules import RuleSet, evaluate, load
from engine.rules.rehearsal import BETWEEN_LINES_S, CHARACTER_S, Line, rehearse
from engine.rules.replay import replay
from eval.benchmarks.figures import Figure

RULESET = "face_to_face"
ITEMS = 200
LONG_MINUTES = 60.0
STORED_MINUTES = 10.0
LONG_TARGET_S = 0.100
REPLAY_TARGET_PER_S = 50.0
SEED = 20
TRIALS = 5
DENIED = -20.0
SURVEY_FPS = 2.0
SALE_SHARE = 0.4
SECONDS_A_LINE = 8.0
DOUBTFUL_SHARE = 0.03
UNSURE_SHARE = 0.1

ORDER = Order.model_validate(
    {
        "scenario": "face_to_face",
        "channel": "agency",
        "recorded_at": "2026-11-02T10:12:00+08:00",
        "policyholder": {"name": "王芳", "birth_date": "1985-03-04"},
        "products": [
            {
                "full_name": "安康鑫享终身寿险",
                "design_type": "普通型",
                "line": "life",
                "premium": "12000",
                "payment_mode": "年交",
                "payment_years": 10,
                "cover": {"kind": "whole_life"},
                "cooling_off_days": 15,
            }
        ],
    }
)

TALK: tuple[tuple[Role, str], ...] = (
    ("agent", "我们先看一下您上次说的那个情况，家里现在是三口人对吧？"),
    ("customer", "对的，孩子上小学二年级。"),
    ("agent", "那您平时主要是担心孩子以后的教育，还是自己养老这一块呢？"),
    ("customer", "都有一点吧，主要还是养老。"),
    ("agent", "嗯，很多客户跟您的想法差不多，觉得以后物价会涨，手里得有一笔稳定的钱。"),
    ("customer", "嗯。"),
    ("agent", "您看这一页，这里写的是每一年账户的情况，左边这一列是年度，右边是对应的数字。"),
    ("customer", "这个字有点小，您给我念一下。"),
    ("agent", "好的，第一年到第五年这个数字会低一些，后面慢慢就上来了，您可以拍个照回去再看。"),
    ("customer", "行，我回去跟家里人商量一下。"),
    ("agent", "没关系，您慢慢看，有不明白的地方随时打断我，我再给您讲一遍都可以的。"),
    ("customer", "我想问一下，中间要是急用钱怎么办？"),
    ("agent", "这个问题问得好，中间需要周转的话，可以向公司申请贷款，手续也不复杂。"),
    ("customer", "哦，那利息高吗？"),
    ("agent", "利率每半年公布一次，您到时候可以在手机上查到，也可以打电话问我。"),
    ("customer", "好的好的。"),
    ("agent", "您喝口水，我把资料再整理一下，接下来还有几页需要您看一看。"),
    ("customer", "没事，您讲。"),
    ("agent", "上个月我们小区也有一位阿姨办了，她是给孙子准备的，一年一万多块钱。"),
    ("customer", "那还可以。"),
)


def conversation(ruleset: RuleSet, minutes: float, seed: int = SEED) -> Evidence:
    """A session of at least `minutes`: a whole sale, one wording of every disclosure, each answered, among talk; where
    there is time, the other examples of the rules too.
    """
    chance = random.Random(seed)
    sale = [rule.examples.pass_[0] for rule in ruleset.disclosures if rule.examples.pass_]
    others = [say for say in wordings(ruleset) if say not in sale]
    chance.shuffle(others)
    sayings = iter([*sale, *others])
    share = max(SALE_SHARE, len(sale) * SECONDS_A_LINE / (minutes * 60))
    talk = cycle(TALK)
    lines: list[Line] = []
    seconds = 0.0
    while seconds < minutes * 60:
        say = next(sayings, None) if chance.random() < share else None
        if say is not None:
            spoken = [Line("agent", say), Line("customer", "清楚了。")]
        else:
            role, text = next(talk)
            spoken = [Line("unknown" if chance.random() < DOUBTFUL_SHARE else role, _varied(text, chance))]
        lines += spoken
        seconds += sum(BETWEEN_LINES_S + CHARACTER_S * len(line.text) for line in spoken)
    return _flawed(rehearse(lines), chance)


def wordings(ruleset: RuleSet) -> list[str]:
    """What the rule set gives as examples of what is said, forbidden expressions left out."""
    sayings = [say for rule in ruleset.disclosures for say in (*rule.examples.pass_, *rule.examples.fail)]
    return sayings + [say for rule in ruleset.forbidden for say in rule.examples.pass_]


def _varied(text: str, chance: random.Random) -> str:
    """`text` with its clauses in another order, so that an hour does not repeat itself sentence by sentence."""
    clauses = text.rstrip("。？").split("，")
    chance.shuffle(clauses)
    return "，".join(clauses) + text[-1]


def _flawed(evidence: Evidence, chance: random.Random) -> Evidence:
    """`evidence` with some characters recognised unsurely, and two people in the picture all the time."""
    heard = evidence.transcript
    if heard is None:
        return evidence
    characters = tuple(_unsure(one, chance) for one in heard.characters)
    whole = (Interval(0.0, evidence.media.duration),)
    tracks = tuple(_track(name, evidence.media.duration, chance) for name in ("T1", "T2"))
    scene = Scene((), tracks, whole, whole)
    return replace(evidence, transcript=replace(heard, characters=characters), scene=scene)


def _unsure(character: Character, chance: random.Random) -> Character:
    return replace(character, probability=chance.uniform(0.2, 0.6)) if chance.random() < UNSURE_SHARE else character


def _track(name: str, duration: float, chance: random.Random) -> Track:
    sightings = (
        Sighting(
            place / SURVEY_FPS,
            Box(chance.random(), chance.random(), chance.random(), chance.random()),
            140 * chance.random(),
            chance.random(),
            chance.random(),
        )
        for place in range(int(duration * SURVEY_FPS))
    )
    return Track(name, Interval(0.0, duration), tuple(sightings))


def enlarged(ruleset: str, items: int, seed: int = SEED) -> RuleSet:
    """The rule set `ruleset` with further disclosures, to `items` rules: words cut from its examples, some of them
    changed by one character, so that the further rules are found, nearly found and missed."""
    chance = random.Random(seed)
    base = load(ruleset)
    text = "".join(map(bare, wordings(base)))
    further = [_made_up(index, text, chance) for index in range(items - len(base.rules))]
    with tempfile.TemporaryDirectory(prefix="mingjian-") as folder:
        path = Path(folder) / "enlarged.yaml"
        part = {
            "schema": 1,
            "id": "enlarged",
            "version": "1",
            "title": "加长",
            "scenarios": ["face_to_face"],
            "disclosures": further,
        }
        path.write_text(yaml.safe_dump(part, allow_unicode=True), encoding="utf-8")
        return _joined(base, load(path))


def _made_up(index: int, text: str, chance: random.Random) -> dict[str, object]:
    concepts = [
        {"concept": f"要点{place}", "any": [_phrase(text, chance) for _ in range(4)]}
        for place in range(chance.randint(1, 3))
    ]
    return {
        "id": f"made_up_{index}",
        "title": f"第{index}项",
        "basis": ["R54-7-3"],
        "severity": chance.choice(["critical", "high", "medium"]),
        "must": concepts,
        "ack": chance.choice(["none", "required"]),
    }


def _phrase(text: str, chance: random.Random) -> str:
    place, length = chance.randrange(len(text) - 12), chance.randint(2, 6)
    cut = text[place : place + length]
    if chance.random() < 0.5:
        spot = chance.randrange(len(cut))
        cut = cut[:spot] + chance.choice(text) + cut[spot + 1 :]
    if chance.random() < 0.25:
        cut += "…" + text[place + length + 1 : place + length + 3]
    return cut


def _joined(first: RuleSet, second: RuleSet) -> RuleSet:
    return replace(
        first,
        disclosures=(*first.disclosures, *second.disclosures),
        vocabulary=first.vocabulary.joined(second.vocabulary),
    )


def answered(evidence: Evidence, ruleset: RuleSet) -> Evidence:
    """`evidence` with what the sound said to every question, as an inspection leaves it: nothing was misheard."""
    while heard := evidence.transcript:
        open_ = replay(evidence, ruleset, ORDER).requests
        if not open_:
            break
        given = tuple(Confirmation(one.span, one.heard, one.wanted, DENIED, "bench") for one in open_)
        evidence = replace(evidence, transcript=replace(heard, confirmations=(*heard.confirmations, *given)))
    return evidence


def seconds_of(work: Callable[[], object], trials: int = TRIALS) -> float:
    """Processor seconds of the quickest of `trials` runs: other programs only ever add to it."""
    return min(_timed(work) for _ in range(trials))


def _timed(work: Callable[[], object]) -> float:
    began = time.process_time()
    work()
    return time.process_time() - began


def measure() -> list[Figure]:
    """Judge a long session by many rules, and replay stored sessions of ten minutes, on one core."""
    return [*_long(), *_stored()]


def _long() -> Iterator[Figure]:
    base = load(RULESET)
    session = conversation(base, LONG_MINUTES)
    letters = len(session.transcript.characters) if session.transcript else 0
    large = enlarged(RULESET, ITEMS)
    note = f"{letters} characters"
    for ruleset, target in ((base, None), (large, LONG_TARGET_S)):
        seconds = seconds_of(lambda ruleset=ruleset: evaluate(session, ruleset, ORDER))  # type: ignore[misc]
        name = f"{len(ruleset.rules)} rules over {LONG_MINUTES:.0f} minutes"
        yield Figure(name, seconds, "s", target=target, note=note)


def _stored() -> Iterator[Figure]:
    ruleset = load(RULESET)
    data = pack(answered(conversation(ruleset, STORED_MINUTES), ruleset))
    gc.freeze()  # as the back-test does with the rules
    unpacking = seconds_of(lambda: unpack(data))
    evidence = unpack(data)
    judging = seconds_of(lambda: evaluate(evidence, ruleset, ORDER))
    replaying = seconds_of(lambda: replay(unpack(data), ruleset, ORDER))
    yield Figure("stored evidence, 10 minutes", len(data) / 1000, "kB")
    yield Figure("  unpack", unpacking, "s")
    yield Figure("  evaluate", judging, "s", note=f"{len(ruleset.rules)} rules")
    yield Figure(
        "sessions replayed per second", 1 / replaying, target=REPLAY_TARGET_PER_S, sense="at_least", note="one core"
    )

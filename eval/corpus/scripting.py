"""From a case to the script of its session, with what was planted and what a careful person would judge of it.

The truth follows from what the script says and from nothing else: an item whose words are there and whose answer is
clear passes, the planted one fails. Only which items a rule set has, and how grave each is, is read from the rule set.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from random import Random
from typing import Any, Literal

from engine.inspection import SessionVerdict, Severity, Verdict
from eval.corpus.conversation import AGENT, CUSTOMER, OTHER, Conversation, Phraser, Rules, converse
from eval.corpus.planning import Case
from eval.corpus.planting import Planter
from eval.corpus.sales import make_sale
from eval.corpus.showing import held, shown_in, verdicts
from eval.corpus.templates import Bank, Film, Scenarios, Shares, Sheet, of_split
from eval.synth.script import Expectation, Face, Line, Noise, Script, Sound, Span, SpeakerSpec, Spoilt, Video

PERSON_DECIDES = ("fail", "review", "inconclusive")
EDGE_S = 0.5
CUSTOMER_DB = (-6.0, 0.0)
FACES: tuple[tuple[Literal["astronaut", "hopper"], str, float], ...] = (
    ("astronaut", AGENT, 0.33),
    ("hopper", CUSTOMER, 0.67),
)
FACE_HEIGHT = 0.42
HIDDEN = (0.3, 0.75)
"""Which part of a session the customer is away, or the light is off, as shares of its lines."""

PICTURE_ITEMS: dict[str, tuple[str, Verdict, str]] = {
    "left_frame": ("v_same_frame", "fail", "客户离开画面"),
    "dark": ("v_blur_exposure", "fail", "灯灭了一段时间"),
    "black": ("v_black_freeze", "review", "黑屏"),
    "freeze": ("v_black_freeze", "review", "画面定格"),
    "blur": ("v_blur_exposure", "fail", "画面失焦"),
    "third_person": ("v_extra_person", "review", "第三人入镜"),
    "cut": ("v_spliced", "review", "剪掉一段"),
    "offset": ("v_sync", "review", "声音比画面晚"),
    "dropout": ("a_dropout", "review", "声音中断"),
    "hum": ("a_sound_fault", "review", "交流声"),
}
"""By what is planted: the item it falls on, what a careful person would judge of it, and its words."""

UNSEEN: dict[str, str] = {"dark": "v_same_frame"}
"""What nobody can judge, however careful, of a session whose picture shows this: half of it in the dark."""

QUIET_ROOM_SNR_DB = 50.0

SPOILT = frozenset({"black", "freeze", "blur", "cut", "offset", "dropout", "hum"})
STRANGER = Face(picture="hopper", height_px=16, x=0.5, y=0.36)


@dataclass(frozen=True)
class Draft:
    """A session before it is spoken. `target` is the item on which the fault falls, `planted` the ids of its lines."""

    case: Case
    script: Script
    kind: str
    target: str | None
    severity: Severity | None
    planted: tuple[str, ...]


def draft(case: Case, bank: Bank, templates: Scenarios, shares: Shares) -> Draft:
    """The session of `case`, the same for the same case. Raises MingjianError `corpus_plan` for unfit templates."""
    random = Random(case.seed)
    sheets = shown_in(case.scenario, shares.film) if case.picture else ()
    sale = make_sale(case.scenario, case.sex, random, templates, shares.film.designs if case.picture else None)
    product = next(one for one in templates.products if one.kind == sale.kind)
    words = {
        **sale.words,
        "coverage": random.choice(of_split(product.coverage, case.split)),
        "exclusion": random.choice(of_split(templates.exclusions, case.split)),
    }
    phraser, rules = Phraser(random, case.split, words), rules_of(case.scenario)
    talk = converse(sale, phraser, bank, templates, rules, brief=case.extent == "brief")
    Planter(talk, phraser, bank, templates, shares, rules, case.turn).plant(case.fault)
    if case.picture in PICTURE_ITEMS:
        talk.target, verdict, note = PICTURE_ITEMS[case.picture]
        talk.verdicts[talk.target] = verdict
        talk.notes.append(note)
    if case.picture in UNSEEN:
        talk.verdicts[UNSEEN[case.picture]] = "inconclusive"
    talk.verdicts |= verdicts(sheets)
    lines, planted = _lines(talk, case, random, shares)
    speakers = _speakers(talk, case, random)
    script = Script(
        id=case.id,
        seed=case.seed,
        speakers=speakers,
        lines=lines,
        lead=EDGE_S,
        tail=EDGE_S,
        sound=_sound(case, shares),
        video=_video(case, lines, shares.film, sheets, sale.words),
        spoilt=_spoilt(case, lines),
        order={**sale.order, "speakers": _hints(case)},
        expect=Expectation(items=talk.verdicts, verdict=_verdict(talk, rules), faults=tuple(talk.notes)),
    )
    severity = rules.severity.get(talk.target) if talk.target else None
    return Draft(case, script, sale.kind, talk.target, severity, planted)


@cache
def rules_of(scenario: str) -> Rules:
    """What the rule set of a scenario has."""
    from engine.rules import load

    ruleset = load(scenario)
    return Rules(
        {rule.head.id: rule.head.severity for rule in ruleset.rules}, tuple(rule.head.id for rule in ruleset.forbidden)
    )


def _verdict(talk: Conversation, rules: Rules) -> SessionVerdict:
    """By the default policy: a grave item that does not pass needs a person; what is less grave is a note."""
    flags = any(rules.grave(item) and verdict in PERSON_DECIDES for item, verdict in talk.verdicts.items())
    return "flagged" if flags else "clear"


def _lines(talk: Conversation, case: Case, random: Random, shares: Shares) -> tuple[tuple[Line, ...], tuple[str, ...]]:
    """The lines of both people, and the ids of those that are planted."""
    lines: list[Line] = []
    planted: list[str] = []

    def say(by: str, text: str, gap: float, wrong: bool) -> None:
        take = sum((one.by, one.say) == (by, text) for one in lines)
        lines.append(Line(by=by, say=text, id=f"L{len(lines) + 1}", gap=gap, take=take))
        planted.extend([f"L{len(lines)}"] if wrong else [])

    silence = False
    for one in talk.spoken:
        pause = round(random.uniform(*shares.gap_s), 3)
        say(AGENT, one.say, shares.no_answer_gap_s if silence else pause, one.planted)
        silence = one.silent
        if one.reply:
            cuts_in = case.condition == "overlap" and random.random() < shares.overlap_share
            gap = shares.overlap_gap_s if cuts_in else round(random.uniform(*shares.gap_s), 3)
            say(one.by, one.reply, gap, one.planted)
    return tuple(lines), tuple(planted)


def _speakers(talk: Conversation, case: Case, random: Random) -> dict[str, SpeakerSpec]:
    agent, customer, other = case.voices
    speakers = {
        AGENT: SpeakerSpec(voice=agent, role="agent", channel=0),
        CUSTOMER: SpeakerSpec(
            voice=customer, role="customer", channel=1, level_db=round(random.uniform(*CUSTOMER_DB), 1)
        ),
    }
    if any(one.by == OTHER for one in talk.spoken):
        speakers[OTHER] = SpeakerSpec(voice=other, role="other", channel=1)
    return speakers


def _hints(case: Case) -> dict[str, Any]:
    return {"channels": {"0": "agent", "1": "customer"}} if case.two_channels else {}


def _sound(case: Case, shares: Shares) -> Sound:
    telephone = case.condition == "telephone"
    return Sound(
        rate=8000 if telephone else 16000,
        layout="split" if case.two_channels else "mono",
        telephone=telephone,
        noise=_noise(case, shares),
    )


def _noise(case: Case, shares: Shares) -> tuple[Noise, ...]:
    """The noise of the condition; where nobody answers at least that of a quiet room: seconds without any sound at all
    are a fault of the recording, not a silence.
    """
    if case.condition == "noise":
        return (Noise(kind="white", snr_db=shares.noise_snr_db),)
    return (Noise(kind="white", snr_db=QUIET_ROOM_SNR_DB),) if case.fault == "no_answer" else ()


def _hidden(lines: tuple[Line, ...]) -> Span:
    first, last = (lines[place].id for place in _hidden_lines(lines))
    return Span.model_validate({"from": first, "until": last})


def _hidden_lines(lines: tuple[Line, ...]) -> tuple[int, int]:
    first, last = (int(share * len(lines)) for share in HIDDEN)
    return first, last


def _spoilt(case: Case, lines: tuple[Line, ...]) -> tuple[Spoilt, ...]:
    """The fault of picture or sound; a cut takes out one line and what follows it up to the next."""
    if case.picture not in SPOILT:
        return ()
    hidden = _hidden(lines)
    begin = lines.index(next(one for one in lines if one.id == hidden.begin))
    until = lines[begin + 1].id if case.picture == "cut" else hidden.until
    return (Spoilt.model_validate({"kind": case.picture, "from": hidden.begin, "until": until}),)


def _video(
    case: Case, lines: tuple[Line, ...], film: Film, sheets: Sequence[Sheet], words: Mapping[str, str]
) -> Video | None:
    if case.picture is None:
        return None
    hidden = (_hidden(lines),)
    faces = tuple(
        Face(
            picture=picture,
            of=who,
            height_px=film.face_px,
            x=x,
            y=FACE_HEIGHT,
            away=hidden if case.picture == "left_frame" and who == CUSTOMER else (),
        )
        for picture, who, x in FACES
    )
    if case.picture == "third_person":
        outside = (
            Span.model_validate({"from": 0.0, "until": hidden[0].begin}),
            Span.model_validate({"from": hidden[0].until}),
        )
        faces += (STRANGER.model_copy(update={"height_px": film.face_px, "away": outside}),)
    begin, end = _hidden_lines(lines) if case.picture != "none" else (len(lines), len(lines))
    return Video(
        width=film.width,
        height=film.height,
        fps=film.fps,
        faces=faces,
        dark=hidden if case.picture == "dark" else (),
        papers=held(sheets, film, lines, range(begin, end), words),
    )

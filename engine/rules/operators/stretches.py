"""Where an item was spoken: the sentences around its words, who spoke there, and which items a measure is taken of."""

from bisect import bisect_left
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Annotated

from pydantic import Field

from engine.columns import column
from engine.evidence import Role, Transcript, Turn
from engine.interval import Interval
from engine.rules.case import Case
from engine.rules.cover import Cover, Times
from engine.rules.hearing import Hearing
from engine.rules.judgement import Ruling
from engine.rules.operators.anchors import title_of
from engine.rules.operators.base import Operator, Outcome, Situation
from engine.rules.operators.outcomes import not_applicable, unknown
from engine.rules.spoken import Stream

EACH = "each"
MOST_NAMED = 3
TELLING: tuple[Role, ...] = ("agent", "system")
REACH_CHARS = 40

ItemNames = Annotated[str, Field(min_length=1)] | tuple[str, ...]


class OfItem(Operator):
    """Base of operators taken of items: `item` is one id, several, or `each` for every item that was said."""

    item: ItemNames | None = None

    def anchors(self) -> tuple[str, ...]:
        named = (self.item,) if isinstance(self.item, str) else self.item or ()
        return tuple(name for name in named if name != EACH)


@dataclass(frozen=True, slots=True)
class Stretch:
    """One time an item was said: letters `first` to `last` (exclusive) of `stream`, the words of those who tell it, in
    whole sentences. `title` is the item's without what stands in brackets, `talk` the speech inside `interval`,
    disjoint and in order.
    """

    item: str
    title: str
    interval: Interval
    talk: tuple[Interval, ...]
    stream: Stream
    first: int
    last: int

    @property
    def seconds(self) -> float:
        return sum(one.duration for one in self.talk)

    @property
    def words(self) -> Sequence[str]:
        """The text of each character."""
        return self.stream.words(self.first, self.last)

    @property
    def probabilities(self) -> Sequence[float]:
        """How probable each character is."""
        return self.stream.probabilities(self.first, self.last)

    @property
    def quote(self) -> str:
        return self.stream.quote(self.first, self.last)


@dataclass(frozen=True, slots=True)
class Measured:
    """A measure of one item, at the fittest time it was said."""

    stretch: Stretch
    value: float


def stretches(situation: Situation, operator: OfItem) -> dict[str, list[Stretch]]:
    """Every time the items of `operator` were said, by item. Items that nobody said are left out."""
    named = tuple(operator.anchors()) or tuple(situation.said)
    found = {item: _told(situation, item) for item in named}
    return {item: one for item, one in found.items() if one}


def _told(situation: Situation, item: str) -> list[Stretch]:
    hearing = situation.case.hearing
    talk = hearing.once("told", lambda: _talk(situation))
    return hearing.once(("told", item), lambda: list(_stretches(situation, item, talk)))


def _talk(situation: Situation) -> Cover:
    """When those speak who tell the customer."""
    hearing = situation.case.hearing
    own = turns_of(hearing.transcript, TELLING, situation.case.settings.role_floor)
    return hearing.speech & Cover(own) if own else hearing.speech


def _stretches(situation: Situation, item: str, talk: Cover) -> Iterator[Stretch]:
    stream = situation.case.hearing.of(TELLING).stream
    title = title_of(situation, item).split("（")[0]
    for said in situation.said.get(item, ()):
        first, last = stream.letters_within(said.interval)
        if last <= first:
            continue
        first, last = stream.around(first, last, stream.sentence_starts, REACH_CHARS)
        span = stream.interval(first, last)
        yield Stretch(item, title, span, tuple(talk.within(span)), stream, first, last)


def of_items(
    situation: Situation,
    operator: OfItem,
    measure: Callable[[Stretch], float | None],
    broken: Callable[[float], bool],
) -> list[Measured] | Outcome:
    """The measure of every item of `operator`; or why there is none."""
    found = stretches(situation, operator)
    if not found:
        heard = any(situation.said.get(item) for item in operator.anchors())
        return unknown(Ruling("inconclusive", "role_doubtful" if heard else "no_item_heard"))
    fittest = []
    for times in found.values():
        values = [Measured(one, value) for one in times if (value := measure(one)) is not None]
        if values:
            fittest.append(min(values, key=lambda one: broken(one.value)))
    return fittest


def titles(measured: Sequence[Measured]) -> str:
    """责任免除、犹豫期等 5 项"""
    names = list(dict.fromkeys(one.stretch.title for one in measured))
    return "、".join(names[:MOST_NAMED]) + (f"等 {len(names)} 项" if len(names) > MOST_NAMED else "")


def turns_of(transcript: Transcript, roles: Collection[Role], least_confidence: float = 0.0) -> tuple[Interval, ...]:
    """When voices of `roles` speak that are at least so sure."""
    voices = {one.id for one in transcript.speakers if one.role in roles and one.confidence >= least_confidence}
    return tuple(turn.interval for turn in transcript.turns if turn.speaker in voices)


def doubtful_turns(case: Case) -> tuple[Interval, ...]:
    """When voices speak whose role is not known, or not sure enough."""
    sure = {
        one.id
        for one in case.hearing.transcript.speakers
        if one.role != "unknown" and one.confidence >= case.settings.role_floor
    }
    return tuple(turn.interval for turn in case.hearing.transcript.turns if turn.speaker not in sure)


def sure_role(case: Case, speaker: str) -> Role | None:
    """Role of a voice, or None where it is in doubt."""
    voice = next((one for one in case.hearing.transcript.speakers if one.id == speaker), None)
    if voice is None or voice.role == "unknown" or voice.confidence < case.settings.role_floor:
        return None
    return voice.role


class Voices:
    """What each voice said, asked by time."""

    def __init__(self, hearing: Hearing) -> None:
        self._characters = hearing.transcript.characters
        self._middles: Times = (hearing.said.all_starts + hearing.said.all_ends) / 2
        self._said: dict[str, list[tuple[float, str]]] = {}

    @cached_property
    def _columns(self) -> tuple[Sequence[str | None], Sequence[str]]:
        """Speaker and text of every character."""
        return column(self._characters, "speaker"), column(self._characters, "text")

    def words(self, turn: Turn) -> str:
        """What was recognised of the voice during its turn."""
        said = self._of(turn.speaker)
        first, last = (bisect_left(said, (time, "")) for time in (turn.interval.start, turn.interval.end))
        return "".join(text for _, text in said[first:last])

    def _of(self, speaker: str) -> list[tuple[float, str]]:
        """All that `speaker` said, in order of time."""
        if speaker not in self._said:
            speakers, texts = self._columns
            own = [place for place, by in enumerate(speakers) if by == speaker]
            middles: list[float] = self._middles[own].tolist() if own else []
            self._said[speaker] = sorted(zip(middles, [texts[place] for place in own], strict=True))
        return self._said[speaker]


def unheard(case: Case) -> Outcome | None:
    """Why there is no sound to be measured, or None when there is."""
    evidence = case.evidence
    for name in ("audio", "activity"):
        stage = evidence.stage(name)
        if stage is not None and stage.status == "failed":
            return unknown(Ruling("inconclusive", "stage_lost", {"stage": name}))
    if not evidence.media.has_audio:
        if evidence.transcript is None:
            return unknown(Ruling("inconclusive", "no_sound"))
        return not_applicable("text_record")
    if evidence.transcript is None:
        return unknown(Ruling("inconclusive", "stage_lost", {"stage": "transcribe"}))
    return None


def voices_untold(case: Case) -> Outcome | None:
    """Why it cannot be said which voice speaks when, or None when it can."""
    lost = unheard(case)
    if lost is not None:
        return lost
    ruling = case.voices_unjudgeable()
    return unknown(ruling) if ruling is not None else None

"""What a person corrected: words, who said an utterance, who a voice is. An overlay; the machine's evidence stays.

New words are laid over the old ones by the shortest edit script: what is the same keeps its characters, what differs
shares the time of what it replaces. `apply` gives new evidence, to be judged at once; findings on corrected spans say
`how: human`.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from difflib import SequenceMatcher
from typing import Annotated, Any, Literal, assert_never

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from engine.chat import PIECE
from engine.errors import MingjianError
from engine.evidence import Character, Evidence, Role, Speaker, Transcript, Turn, Utterance
from engine.interval import Interval, subtract, union
from engine.language.folding import fold, is_punctuation

CERTAIN = 1.0
WHY = "人工更正"


class _Correction(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Words(_Correction):
    """`utterance` (its id) was really worded `text`; empty: nothing was said there."""

    kind: Literal["words"] = "words"
    utterance: int
    text: Annotated[str, Field(max_length=20_000)]


class SpeakerOf(_Correction):
    """`utterance` (its id) was said by the voice `speaker`."""

    kind: Literal["speaker"] = "speaker"
    utterance: int
    speaker: str


class RoleOf(_Correction):
    """The voice `speaker` is `role`."""

    kind: Literal["role"] = "role"
    speaker: str
    role: Role


class Swap(_Correction):
    """The voices `first` and `second` have each other's role."""

    kind: Literal["swap"] = "swap"
    first: str
    second: str


Correction = Annotated[Words | SpeakerOf | RoleOf | Swap, Field(discriminator="kind")]
_LIST: TypeAdapter[tuple[Correction, ...]] = TypeAdapter(tuple[Correction, ...])


def parse(values: Any) -> tuple[Correction, ...]:
    """Corrections from JSON values. Raises MingjianError `correction_unfit` naming the fields at fault."""
    try:
        return _LIST.validate_python(values)
    except ValidationError as error:
        faults = (f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors(include_input=False)[:5])
        raise MingjianError("correction_unfit", detail="; ".join(faults)) from error


def apply(evidence: Evidence, corrections: Iterable[Correction]) -> Evidence:
    """`evidence` as corrected, one after the other; utterances keep their ids throughout.

    Raises MingjianError `correction_unfit` for an utterance or a voice that is not there.
    """
    heard = evidence.transcript
    for one in corrections:
        if heard is None:
            raise MingjianError("correction_unfit", detail="没有文字稿 / no transcript")
        heard = _applied(heard, one)
    return replace(evidence, transcript=heard)


def _applied(heard: Transcript, correction: Words | SpeakerOf | RoleOf | Swap) -> Transcript:
    match correction:
        case Words():
            return _reworded(heard, correction)
        case SpeakerOf():
            return _given(heard, correction)
        case RoleOf():
            return _with_roles(heard, {_speaker(heard, correction.speaker).id: correction.role})
        case Swap():
            first, second = _speaker(heard, correction.first), _speaker(heard, correction.second)
            return _with_roles(heard, {first.id: second.role, second.id: first.role})
        case _:
            assert_never(correction)


def _reworded(heard: Transcript, correction: Words) -> Transcript:
    said = _utterance(heard, correction.utterance)
    before = heard.characters[said.first : said.last]
    after, changed = _laid_over(before, said, correction.text)
    longer = len(after) - len(before)
    sure = sum(one.probability for one in after) / len(after) if after else CERTAIN
    told = replace(said, text=correction.text.strip(), confidence=sure, last=said.last + longer)
    return replace(
        heard,
        characters=(*heard.characters[: said.first], *after, *heard.characters[said.last :]),
        utterances=tuple(
            told if one.id == said.id else _moved(one, longer) if one.first >= said.last else one
            for one in heard.utterances
        ),
        corrected=union((*heard.corrected, *changed)),
    )


def _moved(utterance: Utterance, by: int) -> Utterance:
    return replace(utterance, first=utterance.first + by, last=utterance.last + by)


def _laid_over(
    before: Sequence[Character], said: Utterance, text: str
) -> tuple[tuple[Character, ...], tuple[Interval, ...]]:
    """The characters of `text` over the time of `before`, and the spans in which they differ."""
    spoken = [one for one in before if not is_punctuation(one.text)]
    pieces = [piece for piece in PIECE.findall(text) if not is_punctuation(piece)]
    script = SequenceMatcher(None, [fold(one.text) for one in spoken], list(map(fold, pieces)), autojunk=False)
    after: list[Character] = []
    changed: list[Interval] = []
    for kind, first, last, start, end in script.get_opcodes():
        if kind == "equal":
            after += spoken[first:last]
            continue
        span = _bounds(spoken[first:last]) or _between(spoken, first, said)
        changed.append(span if span.duration else _bounds(spoken[max(0, first - 1) : first + 1]) or said.interval)
        after += _over(span, pieces[start:end], said.speaker)
    return tuple(after), tuple(changed)


def _bounds(spoken: Sequence[Character]) -> Interval | None:
    """The time of `spoken`; None for no characters."""
    if not spoken:
        return None
    return Interval(spoken[0].interval.start, max(one.interval.end for one in spoken))


def _between(spoken: Sequence[Character], place: int, said: Utterance) -> Interval:
    """The pause before the character at `place`, where something was left out; it may be empty."""
    begin = spoken[place - 1].interval.end if place else said.interval.start
    end = spoken[place].interval.start if place < len(spoken) else said.interval.end
    return Interval(begin, max(begin, end))


def _over(span: Interval, pieces: Sequence[str], speaker: str | None) -> Iterator[Character]:
    whole = sum(map(len, pieces))
    passed = 0
    for piece in pieces:
        start, passed = passed, passed + len(piece)
        times = (min(span.end, span.start + span.duration * share / whole) for share in (start, passed))
        yield Character(piece, Interval(*times), CERTAIN, speaker, CERTAIN)


def _given(heard: Transcript, correction: SpeakerOf) -> Transcript:
    said, voice = _utterance(heard, correction.utterance), _speaker(heard, correction.speaker)
    characters = list(heard.characters)
    for place in range(said.first, said.last):
        characters[place] = replace(characters[place], speaker=voice.id, speaker_confidence=CERTAIN)
    return replace(
        heard,
        characters=tuple(characters),
        utterances=tuple(
            replace(one, speaker=voice.id, role=voice.role) if one.id == said.id else one for one in heard.utterances
        ),
        turns=tuple(sorted(_turns(heard.turns, said, voice.id), key=lambda turn: (turn.interval, turn.speaker))),
        corrected=union((*heard.corrected, said.interval)),
    )


def _turns(turns: Iterable[Turn], said: Utterance, speaker: str) -> Iterator[Turn]:
    """`turns` with the time of the utterance taken from the voice that was thought to say it."""
    yield Turn(said.interval, speaker)
    for turn in turns:
        if turn.speaker != said.speaker:
            yield turn
        else:
            yield from (Turn(rest, turn.speaker) for rest in subtract([turn.interval], [said.interval]))


def _with_roles(heard: Transcript, roles: dict[str, Role]) -> Transcript:
    speakers = tuple(
        replace(one, role=roles[one.id], confidence=CERTAIN, why=WHY) if one.id in roles else one
        for one in heard.speakers
    )
    utterances = tuple(
        replace(one, role=roles[one.speaker]) if one.speaker in roles else one for one in heard.utterances
    )
    return replace(heard, speakers=speakers, utterances=utterances)


def _utterance(heard: Transcript, number: int) -> Utterance:
    found = next((one for one in heard.utterances if one.id == number), None)
    if found is None:
        raise MingjianError("correction_unfit", detail=f"没有第 {number} 句 / no utterance {number}")
    return found


def _speaker(heard: Transcript, name: str) -> Speaker:
    found = next((one for one in heard.speakers if one.id == name), None)
    if found is None:
        raise MingjianError("correction_unfit", detail=f"没有说话人 {name} / no speaker {name}")
    return found

"""Who said each character, and characters joined to utterances.

Attribution is per character, not per segment: a short answer between two long turns is what consent rests on.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from engine.evidence import Character, Role, Utterance
from engine.interval import Interval
from engine.speech.diarize import Diarization, VoiceTurn
from engine.speech.settings import UtteranceSettings
from engine.speech.transcribe import Heard

LONGEST_TURN = 120.0
SENTENCE_ENDS = frozenset("。？！；")
FULL_WIDTH = str.maketrans({",": "，", "?": "？", "!": "！", ";": "；", ":": "：", ".": "。"})


@dataclass(frozen=True, slots=True)
class Draft:
    """An utterance before its role is known: characters `first` to `last` (exclusive), said by `speaker`."""

    interval: Interval
    speaker: str | None
    text: str
    confidence: float
    first: int
    last: int


def attribute(heard: Sequence[Heard], diarization: Diarization, settings: UtteranceSettings) -> tuple[Heard, ...]:
    """The same characters with their speakers; a character that already has one (its channel's) keeps it."""
    turns = sorted(diarization.turns, key=lambda one: one.turn.interval)
    result: list[Heard] = []
    before: str | None = None
    first = 0
    for one in heard:
        character = one.character
        if character.speaker is None:
            while first < len(turns) and turns[first].turn.interval.end < character.interval.start - LONGEST_TURN:
                first += 1
            character = _with_speaker(character, turns[first:], before, settings)
        before = character.speaker
        result.append(replace(one, character=character))
    return tuple(result)


def _with_speaker(
    character: Character, turns: Sequence[VoiceTurn], before: str | None, settings: UtteranceSettings
) -> Character:
    """The voice whose turn covers most of the character; where two speak at once, the one who spoke before."""
    near: list[tuple[float, bool, VoiceTurn]] = []
    for one in turns:
        if one.turn.interval.start > character.interval.end + settings.turn_reach:
            break
        shared = one.turn.interval.overlap(character.interval.widened(settings.character_margin))
        if shared == 0:
            shared = -_gap(one.turn.interval, character.interval)
        if shared >= -settings.turn_reach:
            near.append((round(shared, 3), one.turn.speaker == before, one))
    if not near:
        return character
    _, _, best = max(near, key=lambda option: option[:2])
    middle = character.interval.middle
    rivals = {o.turn.speaker for _, _, o in near if middle in o.turn.interval} - {best.turn.speaker}
    confidence = best.confidence * (settings.overlap_trust if rivals else 1.0)
    return replace(character, speaker=best.turn.speaker, speaker_confidence=round(confidence, 4))


def _gap(turn: Interval, character: Interval) -> float:
    return max(0.0, turn.start - character.end, character.start - turn.end)


def join(heard: Sequence[Heard], settings: UtteranceSettings) -> tuple[Draft, ...]:
    """Utterances: cut where the speaker changes, at a pause of `settings.pause` s, and after a sentence's end."""
    drafts: list[Draft] = []
    first = 0
    for index in range(1, len(heard) + 1):
        if index < len(heard) and not _ends(heard[index - 1], heard[index], settings):
            continue
        drafts.append(_draft(heard, first, index))
        first = index
    return tuple(drafts) if heard else ()


def _ends(now: Heard, following: Heard, settings: UtteranceSettings) -> bool:
    pause = following.character.interval.start - now.character.interval.end
    changed = now.character.speaker != following.character.speaker
    return changed or pause >= settings.pause or bool(SENTENCE_ENDS & set(now.mark.translate(FULL_WIDTH)))


def _draft(heard: Sequence[Heard], first: int, last: int) -> Draft:
    part = heard[first:last]
    characters = [one.character for one in part]
    return Draft(
        interval=Interval(characters[0].interval.start, max(one.interval.end for one in characters)),
        speaker=characters[0].speaker,
        text=written(part),
        confidence=round(sum(one.probability for one in characters) / len(characters), 4),
        first=first,
        last=last,
    )


def written(heard: Sequence[Heard]) -> str:
    """The characters as running text: with punctuation in full width, and a space between Latin words."""
    text = ""
    for one in heard:
        latin = bool(text) and text[-1].isascii() and text[-1].isalpha() and one.character.text[0].isascii()
        text += (" " if latin and one.character.text[0].isalpha() else "") + one.character.text
        text += one.mark.translate(FULL_WIDTH)
    return text


def utterances(drafts: Sequence[Draft], roles: dict[str, Role]) -> tuple[Utterance, ...]:
    """The drafts as utterances, numbered from 1, with the roles of their speakers."""
    return tuple(
        Utterance(
            id=number,
            interval=one.interval,
            speaker=one.speaker,
            role=roles.get(one.speaker, "unknown") if one.speaker else "unknown",
            text=one.text,
            confidence=one.confidence,
            first=one.first,
            last=one.last,
        )
        for number, one in enumerate(drafts, start=1)
    )

"""Evidence made from written lines: what the rules would see had somebody said exactly this, heard without a flaw.

Examples inside rule sets are judged this way, by the same evaluation as recordings. Punctuation becomes pauses.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from engine.evidence import (
    AudioStream,
    Character,
    Evidence,
    Media,
    Part,
    Quality,
    Role,
    Speaker,
    Transcript,
    Turn,
    Utterance,
)
from engine.interval import Interval
from engine.language.folding import PAUSE_MARKS, STOP_MARKS, is_punctuation

CHARACTER_S = 0.2
PAUSES_S = {**dict.fromkeys(PAUSE_MARKS, 0.3), **dict.fromkeys(STOP_MARKS, 0.6)}
BETWEEN_LINES_S = 0.5
CERTAIN = 0.95


@dataclass(frozen=True, slots=True)
class Line:
    """What one voice says. `after` is the silence before it, `character_s` the length of a character, in seconds."""

    role: Role
    text: str
    after: float = BETWEEN_LINES_S
    character_s: float = CHARACTER_S


def rehearse(lines: Sequence[Line], probability: float = CERTAIN, punctuated: bool = True) -> Evidence:
    """Evidence of a session in which `lines` are said one after another, by default 0.2 s a character. Not
    `punctuated`: the pauses stay, the marks are lost, as in much recognised speech.
    """
    characters: list[Character] = []
    utterances: list[Utterance] = []
    clock = 0.0
    for line in lines:
        clock += line.after
        first, begun = len(characters), clock
        for place, letter in enumerate(line.text):
            if is_punctuation(letter) and not _decimal_point(line.text, place):
                clock += PAUSES_S.get(letter, 0.0)
                continue
            span = Interval(round(clock, 3), round(clock + line.character_s, 3))
            characters.append(Character(letter, span, probability, line.role, 1.0))
            clock += line.character_s
        written = line.text if punctuated else "".join(c for c in line.text if not is_punctuation(c))
        span = Interval(round(begun, 3), round(max(clock, begun), 3))
        utterances.append(
            Utterance(len(utterances) + 1, span, line.role, line.role, written, probability, first, len(characters))
        )
    spoken = [utterance for utterance in utterances if utterance.last > utterance.first]
    speech = tuple(utterance.interval for utterance in spoken)
    turns = tuple(Turn(utterance.interval, str(utterance.speaker)) for utterance in spoken)
    roles = tuple(dict.fromkeys(line.role for line in lines))
    speakers = tuple(Speaker(role, role, 1.0, _seconds(role, spoken), "示例") for role in roles)
    duration = round(clock + 1.0, 3)
    part = Part("example.wav", "", 0, "wav", duration, 0.0, None, AudioStream(16000, 1, "pcm_s16le"))
    transcript = Transcript(tuple(characters), tuple(utterances), speakers, turns, speech)
    return Evidence(Media((part,), duration), transcript, None, Quality())


def _decimal_point(text: str, place: int) -> bool:
    return text[place] == "." and text[place - 1 : place].isdecimal() and text[place + 1 : place + 2].isdecimal()


def _seconds(role: Role, utterances: Sequence[Utterance]) -> float:
    return round(sum(one.interval.duration for one in utterances if one.role == role), 3)

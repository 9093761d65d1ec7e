"""Text and voices put together: the Transcript that rules read."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import cast, get_args

from engine.evidence import Alternative, Role, Speaker, Transcript, Turn
from engine.interval import Interval, intersect, total, union
from engine.order import SpeakerHints
from engine.speech.attribute import attribute, join, utterances
from engine.speech.diarize import Diarization
from engine.speech.insured import with_insured
from engine.speech.roles import Assigned, Hints, assign
from engine.speech.settings import SpeechSettings
from engine.speech.transcribe import Heard, Recognition


@dataclass(frozen=True, slots=True)
class Line:
    """One channel's speech and text. `channel` is its number, or None for all voices in one signal."""

    channel: int | None
    speech: tuple[Interval, ...]
    recognition: Recognition


def assemble(
    lines: Sequence[Line],
    voices: Diarization | None,
    hints: SpeakerHints | None = None,
    settings: SpeechSettings | None = None,
    *,
    insured_is_customer: bool | None = None,
    known: Hints | None = None,
) -> Transcript:
    """The transcript of a session. `known` names speakers whose voice was recognised.

    With `voices` None and several lines, every channel is one party. With `voices` None and one line (diarization
    failed) the text is kept without speakers. `hints` are the order's; roles it gives for channels hold for lines of
    those channels.
    """
    settings = settings or SpeechSettings()
    hints = hints or SpeakerHints()
    known = replace(known or Hints(), insured_is_customer=insured_is_customer)
    if voices is None and any(line.channel is not None for line in lines):
        return _from_channels(lines, hints, settings, known)
    speech = union(interval for line in lines for interval in line.speech)
    heard = tuple(one for line in lines for one in line.recognition.heard)
    if voices is not None:
        heard = attribute(heard, voices, settings.utterances)
        if not insured_is_customer:
            heard, voices = with_insured(heard, voices, settings)
    turns = tuple(one.turn for one in voices.turns) if voices else ()
    ghosts = {voice.id for voice in voices.voices if voice.ghost} if voices else set()
    names = tuple(voice.id for voice in voices.voices) if voices else ()
    overlaps = voices.overlaps if voices else ()
    transcript = _transcript(heard, turns, names, speech, overlaps, known, ghosts, settings)
    return replace(transcript, alternatives=_alternatives(lines))


def _from_channels(lines: Sequence[Line], hints: SpeakerHints, settings: SpeechSettings, known: Hints) -> Transcript:
    """One speaker per channel, named in the order of first speech."""
    spoken = [line for line in lines if line.speech]
    spoken.sort(key=lambda line: (line.speech[0], line.channel or 0))
    names = {line.channel: f"S{number}" for number, line in enumerate(spoken, start=1)}
    heard: list[Heard] = []
    for line in spoken:
        heard += [
            replace(one, character=replace(one.character, speaker=names[line.channel], speaker_confidence=1.0))
            for one in line.recognition.heard
        ]
    heard.sort(key=lambda one: (one.character.interval, one.character.speaker))
    turns = sorted(
        (Turn(interval, names[line.channel]) for line in spoken for interval in union(line.speech, gap=0.3)),
        key=lambda turn: (turn.interval, turn.speaker),
    )
    roles = {
        names[line.channel]: cast(Role, hints.channels[str(line.channel)])
        for line in spoken
        if hints.channels.get(str(line.channel)) in get_args(Role)
    }
    sources = {
        names[line.channel]: f"订单指定第 {line.channel} 声道" for line in spoken if names[line.channel] in roles
    }
    overlaps = union(
        both
        for i, first in enumerate(spoken)
        for second in spoken[i + 1 :]
        for both in intersect(first.speech, second.speech)
    )
    known = replace(known, roles={**known.roles, **roles}, sources={**known.sources, **sources})
    speech = union(interval for line in spoken for interval in line.speech)
    transcript = _transcript(
        tuple(heard), tuple(turns), tuple(names.values()), speech, overlaps, known, set(), settings
    )
    return replace(transcript, alternatives=_alternatives(spoken))


def _alternatives(lines: Sequence[Line]) -> tuple[Alternative, ...]:
    return tuple(sorted((one for line in lines for one in line.recognition.alternatives), key=lambda one: one.span))


def _transcript(
    heard: tuple[Heard, ...],
    turns: tuple[Turn, ...],
    names: tuple[str, ...],
    speech: tuple[Interval, ...],
    overlaps: tuple[Interval, ...],
    hints: Hints,
    ghosts: set[str],
    settings: SpeechSettings,
) -> Transcript:
    drafts = join(heard, settings.utterances)
    assigned = assign(drafts, names, hints, settings.roles)
    return Transcript(
        characters=tuple(one.character for one in heard),
        utterances=utterances(drafts, {name: one.role for name, one in assigned.items()}),
        speakers=tuple(_speaker(name, assigned[name], turns, name in ghosts, settings) for name in names),
        turns=turns,
        speech=speech,
        overlaps=overlaps,
    )


def _speaker(name: str, role: Assigned, turns: Sequence[Turn], ghost: bool, settings: SpeechSettings) -> Speaker:
    seconds = total(turn.interval for turn in turns if turn.speaker == name)
    if ghost:
        trust = min(role.confidence, settings.roles.ghost_trust)
        return Speaker(name, role.role, trust, round(seconds, 3), f"{role.why}；声音很少，可能不是另一个人")
    return Speaker(name, role.role, role.confidence, round(seconds, 3), role.why)

"""The insured who says two words in the whole session: a voice too short to be found by sound alone.

Such a voice is given to whoever sounds least unlike it. But its answers follow questions that are put to the insured by
name, and they sound like nobody: together the two are reason enough to keep them apart from the customer's.
"""

from collections.abc import Sequence
from dataclasses import replace

from engine.evidence import Turn
from engine.interval import total
from engine.speech.attribute import Draft, join
from engine.speech.diarize import Diarization, Voice, VoiceTurn, overlaps
from engine.speech.roles import answers, assign
from engine.speech.settings import SpeechSettings
from engine.speech.transcribe import Heard

SHORT_TURN = 0.8
SLACK = 0.2


def with_insured(
    heard: tuple[Heard, ...], voices: Diarization, settings: SpeechSettings
) -> tuple[tuple[Heard, ...], Diarization]:
    """The same characters and voices, with one voice more where answers put to the insured sound like nobody known."""
    drafts = join(heard, settings.utterances)
    names = [voice.id for voice in voices.voices]
    roles = assign(drafts, names, None, settings.roles)
    agent = next((name for name, one in roles.items() if one.role == "agent"), None)
    if agent is None or any(one.role == "insured" for one in roles.values()):
        return heard, voices
    limit = settings.roles.stranger_similarity
    strange = [
        draft
        for draft, to_insured in answers(drafts, agent, settings.roles)
        if to_insured and draft.speaker and _likeness(draft, voices.turns) < limit
    ]
    if not strange:
        return heard, voices
    name = f"S{len(names) + 1}"
    moved = {index for draft in strange for index in range(draft.first, draft.last)}
    renamed = tuple(
        replace(one, character=replace(one.character, speaker=name)) if index in moved else one
        for index, one in enumerate(heard)
    )
    return renamed, _with_voice(voices, name, strange)


def _likeness(draft: Draft, turns: Sequence[VoiceTurn]) -> float:
    """How like its speaker's voice the draft sounds: that of the turn that covers it best; 1 where none does."""
    own = [one for one in turns if one.turn.speaker == draft.speaker and one.turn.interval.overlap(draft.interval) > 0]
    if not own:
        return 1.0
    best = max(own, key=lambda one: one.turn.interval.overlap(draft.interval))
    return best.likeness if best.turn.interval.duration <= 2 * max(draft.interval.duration, SHORT_TURN) else 1.0


def _with_voice(voices: Diarization, name: str, drafts: Sequence[Draft]) -> Diarization:
    """The voices with the turns under `drafts` given to a new one."""
    taken: list[VoiceTurn] = []
    kept: list[VoiceTurn] = []
    for one in voices.turns:
        draft = next((draft for draft in drafts if _belongs(one, draft)), None)
        if draft is None:
            kept.append(one)
        else:
            taken.append(replace(one, turn=Turn(one.turn.interval, name)))
    turns = tuple(sorted((*kept, *taken), key=lambda one: (one.turn.interval, one.turn.speaker)))
    ids = [*(voice.id for voice in voices.voices), name]
    ghosts = {voice.id for voice in voices.voices if voice.ghost}
    found = tuple(Voice(one, _seconds(turns, one), one in ghosts) for one in ids)
    return replace(voices, turns=turns, voices=found, overlaps=overlaps(turns))


def _belongs(one: VoiceTurn, draft: Draft) -> bool:
    """Whether the turn is the draft's own: mostly under it, by the same speaker."""
    shared = one.turn.interval.overlap(draft.interval.widened(SLACK))
    return one.turn.speaker == draft.speaker and shared >= one.turn.interval.duration / 2 > 0


def _seconds(turns: Sequence[VoiceTurn], name: str) -> float:
    return total(one.turn.interval for one in turns if one.turn.speaker == name)

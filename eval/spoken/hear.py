"""Spoken sessions recognised by the engine's own stages, kept as evidence.

Voice activity, recognition, attribution of characters and the sound's answers are the engine's. Only who spoke when is
taken from the truth, so that this measures hearing and not diarization.
"""

import gzip
import hashlib
import os
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import TypeAdapter

from engine.artifacts import Artifacts, fingerprint
from engine.evidence import (
    AudioStream,
    Character,
    Evidence,
    Media,
    Part,
    Quality,
    Role,
    Speaker,
    StageReport,
    Transcript,
    Turn,
)
from engine.interval import Interval, intersect, total
from engine.rules import Request
from engine.settings import Settings, load_settings
from engine.speech import transcribe
from engine.speech.attribute import attribute, join, utterances
from engine.speech.diarize import Diarization, Voice, VoiceTurn
from eval.spoken.memory import Remembering
from eval.spoken.speak import RATE, Session, Spoken, speak

if TYPE_CHECKING:
    from engine.media.audio import Audio
    from engine.networks import Networks

RECIPE = "2"
"""Part of every key: raise it when the same session would be spoken or heard differently."""

HEARING = ("activity", "windows", "denoise", "alternatives", "transcribe", "guards", "fold", "attribute")
"""Modules of engine/speech that make the evidence of a sound."""

ROLES: tuple[Role, ...] = ("agent", "customer")


@dataclass(frozen=True, slots=True)
class Heard:
    """One session as it was recognised, with the span of each exchange in it and what its sound was asked."""

    session: Session
    spans: tuple[Interval, ...]
    evidence: Evidence
    asked: tuple[Request, ...] = ()


def pack(heard: Sequence[Heard]) -> bytes:
    """Heard sessions as gzipped JSON, the same bytes for the same sessions."""
    return gzip.compress(_adapter().dump_json(tuple(heard)), mtime=0)


def unpack(data: bytes) -> tuple[Heard, ...]:
    """Read back what `pack` wrote. Raises OSError or pydantic.ValidationError for anything else."""
    return _adapter().validate_json(gzip.decompress(data))


@cache
def _adapter() -> TypeAdapter[tuple[Heard, ...]]:
    return TypeAdapter(tuple[Heard, ...])


class Listener:
    """Hears sessions and asks their sound, and keeps both, so that only what changed is done again."""

    def __init__(self, networks: "Networks", settings: Settings | None = None, folder: Path | None = None) -> None:
        self._networks = networks
        self._settings = settings or load_settings()
        self._folder = folder or cache_folder()
        self._sources = _sources(*HEARING), _sources("confirm", "denoise")
        self._recognizer = Remembering(networks.recognizer(), Artifacts(self._folder / "recognised"))
        self._last: tuple[Session, Spoken] | None = None

    def hear(self, session: Session) -> Heard:
        """The session's evidence, with the answers that its sound already gave."""
        stored = self._read(self._answered_path(session)) or self._read(self._heard_path(session))
        if stored is None:
            spoken = self._spoken(session)
            stored = Heard(session, spoken.spans, self._recognised(spoken))
            _write(self._heard_path(session), pack([stored]))
        return stored

    def ask(self, heard: Heard, requests: Iterable[Request]) -> Heard:
        """The evidence with the sound's answers to `requests` too."""
        from engine.speech.confirm import confirm

        transcript = heard.evidence.transcript
        new = sorted(set(requests) - set(heard.asked))
        if not new or transcript is None:
            return heard
        limits = self._settings.speech.confirmation
        answers = confirm(new, self._audio(heard.session), transcript, self._recognizer, limits)
        transcript = replace(transcript, confirmations=(*transcript.confirmations, *answers))
        evidence = replace(heard.evidence, transcript=transcript)
        answered = replace(heard, evidence=evidence, asked=(*heard.asked, *new))
        _write(self._answered_path(heard.session), pack([answered]))
        return answered

    def _read(self, path: Path) -> Heard | None:
        return unpack(path.read_bytes())[0] if path.is_file() else None

    def _heard_path(self, session: Session) -> Path:
        return self._folder / f"{self._key(session)}.json.gz"

    def _answered_path(self, session: Session) -> Path:
        return self._folder / f"{self._key(session)}-{self._confirming()}.json.gz"

    def _audio(self, session: Session) -> "Audio":
        from engine.media.audio import from_samples

        return from_samples(self._spoken(session).sound[None], RATE)

    def _spoken(self, session: Session) -> Spoken:
        if self._last is None or self._last[0] != session:
            self._last = session, speak(session)
        return self._last[1]

    def _key(self, session: Session) -> str:
        speech = self._settings.speech
        limits = speech.activity, speech.recognition, speech.utterances
        return fingerprint(RECIPE, session, self._recognizer.identity, limits, self._sources[0])[:32]

    def _confirming(self) -> str:
        """What the sound's answers depend on besides the evidence: settings and the way of asking."""
        return fingerprint(self._settings.speech.confirmation, self._sources[1])[:12]

    def _recognised(self, spoken: Spoken) -> Evidence:
        from engine.media.audio import from_samples
        from engine.sound.quality import measure
        from engine.speech.activity import detect

        audio = from_samples(spoken.sound[None], RATE)
        limits = self._settings.speech
        speech = detect(audio.mono(), self._networks.activity(), limits.activity)
        recognition = transcribe.transcribe(audio.mono(), speech, self._recognizer, limits.recognition)
        heard = attribute(recognition.heard, _voices(spoken.turns), limits.utterances)
        drafts = join(heard, limits.utterances)
        part = Part("spoken.wav", "", 0, "wav", audio.duration, 0.0, None, AudioStream(RATE, 1, "pcm_s16le"))
        transcript = Transcript(
            characters=tuple(one.character for one in heard),
            utterances=utterances(drafts, {role: role for role in ROLES}),
            speakers=tuple(_speaker(role, spoken.turns) for role in ROLES),
            turns=spoken.turns,
            speech=speech,
            alternatives=recognition.alternatives,
        )
        stages = (StageReport("transcribe", recognition.status, recognition.reason),)
        sound = measure(audio, speech)
        return Evidence(Media((part,), audio.duration), transcript, None, Quality(sound), stages)


def cache_folder() -> Path:
    """Where evidence is kept: `MINGJIAN_SPOKEN`, or a folder in the user's cache."""
    return Path(os.environ.get("MINGJIAN_SPOKEN") or Path.home() / ".cache" / "mingjian" / "spoken")


def excerpt(heard: Heard, place: int) -> Evidence:
    """The evidence of one exchange: what was heard within its span, on the session's clock."""
    span, evidence = heard.spans[place], heard.evidence
    transcript = evidence.transcript
    if transcript is None:
        return evidence
    inside = [one for one in transcript.utterances if one.interval.middle in span]
    characters: list[Character] = []
    moved = []
    for one in inside:
        first = len(characters)
        characters += transcript.characters[one.first : one.last]
        moved.append(replace(one, first=first, last=len(characters)))
    return replace(
        evidence,
        transcript=replace(
            transcript,
            characters=tuple(characters),
            utterances=tuple(moved),
            turns=tuple(turn for turn in transcript.turns if turn.interval.middle in span),
            speech=intersect(transcript.speech, [span]),
            confirmations=tuple(one for one in transcript.confirmations if one.span.middle in span),
            alternatives=tuple(one for one in transcript.alternatives if one.span.middle in span),
        ),
    )


def _sources(*modules: str) -> str:
    """Hash of the text of modules of engine/speech: kept evidence is of the code as it is."""
    folder = Path(transcribe.__file__).parent
    return hashlib.sha256(b"".join((folder / f"{name}.py").read_bytes() for name in modules)).hexdigest()


def _voices(turns: Sequence[Turn]) -> Diarization:
    found = tuple(VoiceTurn(turn, 1.0, 1.0) for turn in turns)
    voices = tuple(Voice(role, 0.0, False) for role in ROLES)
    return Diarization(found, voices, (), "ok")


def _speaker(role: Role, turns: Sequence[Turn]) -> Speaker:
    seconds = total(turn.interval for turn in turns if turn.speaker == role)
    return Speaker(role, role, 1.0, round(seconds, 3), "朗读脚本")


def _write(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=path.parent, suffix=".part", delete=False) as part:
        part.write(data)
    Path(part.name).replace(path)

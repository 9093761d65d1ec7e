"""The sound of a recording asked about words, and no question twice: its answers are kept like what stages found.

An answer hangs on the words around it, so that answers are kept by everything that was recognised; whoever judges the
same words by other rules then waits only for what was never asked before.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from engine.artifacts import Artifacts, fingerprint
from engine.evidence import Confirmation, Transcript, Unanswered
from engine.interval import Interval
from engine.media.audio import Audio
from engine.media.session import Session
from engine.networks import Networks
from engine.progress import Progress
from engine.rules import Request
from engine.settings import Settings
from engine.version import VERSION

Confirm = Callable[[Sequence[Request], Transcript], tuple[Confirmation, ...]]


@dataclass(frozen=True, slots=True)
class Told:
    """Answers of a recording's sound, and the questions that it could not answer."""

    answers: tuple[Confirmation, ...] = ()
    vain: tuple[Unanswered, ...] = ()

    def without(self, requests: Sequence[Request]) -> tuple[Request, ...]:
        """Those of `requests` that have not been asked."""
        known = {_question(one) for one in self.answers} | {_question(one) for one in self.vain}
        return tuple(one for one in requests if _question(one) not in known)

    def to(self, requests: Sequence[Request]) -> tuple[Confirmation, ...]:
        """The answers to `requests`, in their order; what has none is left out."""
        answers = {_question(one): one for one in self.answers}
        return tuple(answers[_question(one)] for one in requests if _question(one) in answers)

    def with_answers(self, requests: Sequence[Request], answers: tuple[Confirmation, ...]) -> "Told":
        """What is told once `requests` were asked and gave `answers`."""
        more = Told((*self.answers, *answers), self.vain)
        vain = (Unanswered(*_question(one)) for one in more.without(requests))
        return Told(more.answers, (*self.vain, *vain))


def _question(one: Request | Confirmation | Unanswered) -> tuple[Interval, str, str]:
    return one.span, one.heard, one.wanted


def asker(session: Session, networks: Networks, settings: Settings, progress: Progress) -> Confirm | None:
    """What asks the sound of `session`; None without any, or where asking is switched off."""
    audio = session.audio()
    if audio is None or not settings.speech.confirmation.enabled:
        return None
    asking = _Asking(session, audio, networks, settings, progress)
    return asking.confirm


@dataclass(frozen=True, slots=True)
class _Asking:
    session: Session
    audio: Audio
    networks: Networks
    settings: Settings
    progress: Progress

    def confirm(self, requests: Sequence[Request], transcript: Transcript) -> tuple[Confirmation, ...]:
        place = Artifacts(self.settings.artifacts, self.settings.store.blob_options)
        key = self._key(transcript)
        told = place.find(Told, key) or Told()
        new = told.without(requests)
        if new:
            told = told.with_answers(new, self._ask(new, transcript))
            place.keep(Told, key, told)
        return told.to(requests)

    def _ask(self, requests: Sequence[Request], transcript: Transcript) -> tuple[Confirmation, ...]:
        from engine.speech.confirm import confirm

        limits = self.settings.speech.confirmation
        return confirm(requests, self.audio, transcript, self.networks.recognizer(), limits, self.progress)

    def _key(self, transcript: Transcript) -> str:
        """Everything an answer depends on: the sound, the network, the numbers and all that was recognised."""
        words = [(one.text, one.interval.start, one.interval.end) for one in transcript.characters]
        speech = [(one.start, one.end) for one in transcript.speech]
        return fingerprint(
            [part.identity for part in self.session.media.parts],
            "confirm",
            self.networks.recognizer().identity,
            self.settings.speech.confirmation,
            words,
            speech,
            self.settings.device,
            self.settings.media,
            VERSION,
        )

"""Exchanges said aloud: joined to conversations, in three voices, clean and in noise.

A recogniser's window holds several exchanges, as it would in a session; one alone would cost a window of its own.

Noise is 10 dB below the speech: its mean power against the active level (ITU-T P.56) of the measured voice, both in the
recording as it is judged. White noise at the microphone passes the same telephone line as the voice, so that it lies in
the line's band, and it is compared with the voice behind the line (as in Aurora-2: Hirsch and Pearce, 2000).
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from engine.evidence import Turn
from engine.interval import Interval
from eval.spoken.level import active_level_db
from eval.spoken.sentences import Exchange
from eval.synth.mixing import TELEPHONE_RATE, companded, resampled, within_line
from eval.synth.script import Line, Script, Sound, SpeakerSpec
from eval.synth.session import compose
from eval.synth.truth import TrueTurn

RATE = 16000
NOISE_SNR_DB = 10.0
EXCHANGES_TOGETHER = 16
REPLY_GAP_S = 0.45
NEXT_GAP_S = 1.3
SILENCE_S = 3.0
"""How long the seller waits for an answer that does not come."""

BEFORE_S = 0.3
"""An exchange begins this long before its first word."""


@dataclass(frozen=True, slots=True)
class Take:
    """One way to say everything: the measured voice, its partner's, and the line between them."""

    name: str
    voice: str
    partner: str
    telephone: bool = False

    @property
    def rate(self) -> int:
        return TELEPHONE_RATE if self.telephone else RATE


TAKES = (
    Take("female", "female", "male"),
    Take("male", "male", "female"),
    Take("telephone", "female_low", "male", telephone=True),
)


@dataclass(frozen=True, slots=True)
class Session:
    """Some exchanges of one kind of measurement, said one after another; `noisy`: in white noise."""

    exchanges: tuple[Exchange, ...]
    take: Take
    noisy: bool

    @property
    def name(self) -> str:
        return f"{self.take.name} {'noisy' if self.noisy else 'clean'}"

    @property
    def answering(self) -> bool:
        """Whether the answers are what is measured."""
        return self.exchanges[0].kind == "answer"

    @property
    def measured(self) -> str:
        """Who speaks with the measured voice."""
        return "customer" if self.answering else "agent"


@dataclass(frozen=True, slots=True, eq=False)
class Spoken:
    """The sound (n,) float32 at 16 kHz, who spoke when, and the span of each exchange."""

    sound: NDArray[np.float32]
    turns: tuple[Turn, ...]
    spans: tuple[Interval, ...]


def sessions(
    exchanges: Sequence[Exchange], takes: Sequence[Take] = TAKES, sample: Collection[Exchange] = ()
) -> Iterator[Session]:
    """All exchanges in every take, clean and in noise.

    The `sample` is spoken in sessions of its own, so that it is the same sound alone and within the whole, and each
    kind apart from the others, so that a new sentence of one leaves the sound of the others as it is; the rest by rule,
    so that a changed rule changes only its own sessions.
    """
    groups: dict[tuple[bool, str, str], list[Exchange]] = {}
    for one in exchanges:
        key = (one in sample, one.kind, "" if one in sample else one.rule)
        groups.setdefault(key, []).append(one)
    for noisy in (False, True):
        for take in takes:
            for members in groups.values():
                for first in range(0, len(members), EXCHANGES_TOGETHER):
                    yield Session(tuple(members[first : first + EXCHANGES_TOGETHER]), take, noisy)


def script(session: Session) -> Script:
    """The session as a script. In examples the measured voice is the seller's, in answers the customer's."""
    measured, partner = session.take.voice, session.take.partner
    answering = session.answering
    speakers = {
        "agent": SpeakerSpec(voice=partner if answering else measured, role="agent"),
        "customer": SpeakerSpec(voice=measured if answering else partner, role="customer"),
    }
    lines: list[Line] = []
    gap = 0.0
    for exchange in session.exchanges:
        lines.append(Line(by="agent", say=exchange.ask, gap=gap))
        if exchange.reply:
            lines.append(Line(by="customer", say=exchange.reply, gap=REPLY_GAP_S))
        gap = NEXT_GAP_S if exchange.reply else SILENCE_S
    closing = Line(by="agent", say="好的，那我们继续看下面的内容。", gap=gap)
    sound = Sound(rate=session.take.rate, telephone=session.take.telephone)  # type: ignore[arg-type]
    return Script(id="spoken", speakers=speakers, lines=(*lines, closing), sound=sound)


def speak(session: Session) -> Spoken:
    """The session as sound."""
    written = script(session)
    composed = compose(written)
    sound = composed.sound[0]
    if session.noisy:
        sound = _in_noise(session, sound, composed.truth.turns, written.seed)
    turns = tuple(Turn(turn.interval, turn.speaker) for turn in composed.truth.turns)
    begins = [turn.interval.start - BEFORE_S for turn in _asks(session, turns)]
    spans = tuple(Interval(max(0.0, start), end) for start, end in pairwise(begins))
    return Spoken(resampled(sound, session.take.rate, RATE), turns, spans)


def _asks(session: Session, turns: Sequence[Turn]) -> Iterator[Turn]:
    """The first turn of each exchange, and the closing one."""
    place = 0
    for exchange in session.exchanges:
        yield turns[place]
        place += 2 if exchange.reply else 1
    yield turns[place]


def _in_noise(
    session: Session, sound: NDArray[np.float32], turns: Sequence[TrueTurn], seed: int
) -> NDArray[np.float32]:
    """`sound` with white noise NOISE_SNR_DB below the measured voice, in the band of its recording."""
    rate = session.take.rate
    measured = [turn.interval for turn in turns if turn.speaker == session.measured]
    voice = np.concatenate([sound[round(one.start * rate) : round(one.end * rate)] for one in measured])
    noise = np.random.default_rng([seed, len(sound)]).standard_normal(len(sound)).astype(np.float32)
    if session.take.telephone:
        noise = within_line(noise)
    wanted = 10 ** ((active_level_db(voice, rate) - NOISE_SNR_DB) / 20)
    mixed = sound + noise * np.float32(wanted / np.sqrt(np.square(noise).mean()))
    mixed = np.asarray(mixed / max(1.0, float(np.abs(mixed).max())), np.float32)
    return companded(mixed) if session.take.telephone else mixed

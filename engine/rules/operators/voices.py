"""Operators over the voices: how fast they speak, how much, how well they were recognised, how many and how alike.

Like those of acoustic.py they hit when their limit is broken; `same_voice_as` hits when both voices are one.
"""

from collections.abc import Sequence
from typing import ClassVar

from pydantic import model_validator

from engine.evidence import Role, Speaker, Transcript, VoiceLikeness
from engine.inspection import Finding
from engine.interval import Interval, intersect, total
from engine.rules.case import Case
from engine.rules.judgement import ROLE_NAMES, Ruling
from engine.rules.operators.base import Operator, Outcome, Situation
from engine.rules.operators.limits import Cosine, NotNegative, Positive, needs
from engine.rules.operators.outcomes import (
    figure,
    hit,
    miss,
    not_applicable,
    not_measured,
    percent,
    span_finding,
    unknown,
)
from engine.rules.operators.params import Count
from engine.rules.operators.stretches import (
    OfItem,
    Stretch,
    Voices,
    doubtful_turns,
    of_items,
    titles,
    turns_of,
    unheard,
    voices_untold,
)
from engine.rules.schema import Detector, Share
from engine.rules.spoken import mean


class Rate(OfItem):
    """Speech is faster than `max_cps` or slower than `min_cps` characters a second of speech time.

    Taken of the sentences of an item, else of everything `role` says. Fewer characters than `min_chars` are not
    measured: recognised times are too coarse for them.
    """

    key: ClassVar[str] = "rate"
    max_cps: Positive | None = None
    min_cps: Positive | None = None
    min_chars: Count = 20
    role: Role = "agent"

    @model_validator(mode="after")
    def _limited(self) -> "Rate":
        needs(self.max_cps, self.min_cps, names="max_cps, min_cps")
        return self

    def look(self, situation: Situation) -> Outcome:
        lost = voices_untold(situation.case)
        if lost is not None:
            return lost
        if self.item is None:
            return self._overall(situation.case)
        measured = of_items(situation, self, self._speed_of, self._broken)
        if isinstance(measured, Outcome):
            return measured
        if not measured:
            return unknown(Ruling("inconclusive", "rate_too_short", {"limit": self.min_chars}))
        broken = [one for one in measured if self._broken(one.value)]
        if not broken:
            fastest = max(measured, key=lambda one: one.value)
            return miss("rate_fit", title=titles([fastest]), cps=figure(fastest.value))
        too_fast = [one for one in broken if self._too_fast(one.value)] or broken
        worst = max(too_fast, key=lambda one: abs(one.value - self._limit(one.value)))
        findings = [
            span_finding(one.stretch.interval, f"每秒 {figure(one.value)} 字", role="agent", quote=one.stretch.quote)
            for one in broken
        ]
        return self._hit(worst.value, titles(too_fast), findings)

    def _overall(self, case: Case) -> Outcome:
        own = turns_of(case.hearing.transcript, (self.role,), case.settings.role_floor)
        talk = intersect(own, case.hearing.speech.intervals)
        speed = _speed(_counted(case.hearing.said.words_of((self.role,))), total(talk), self.min_chars)
        if speed is None:
            return unknown(Ruling("inconclusive", "rate_too_short", {"limit": self.min_chars}))
        name = ROLE_NAMES[self.role]
        if not self._broken(speed):
            return miss("rate_fit", title=name, cps=figure(speed))
        span = Interval(talk[0].start, talk[-1].end)
        return self._hit(speed, name, [span_finding(span, f"每秒 {figure(speed)} 字", role=self.role)])

    def _speed_of(self, stretch: Stretch) -> float | None:
        return _speed(_counted(stretch.words), stretch.seconds, self.min_chars)

    def _too_fast(self, speed: float) -> bool:
        return self.max_cps is not None and speed > self.max_cps

    def _broken(self, speed: float) -> bool:
        return self._too_fast(speed) or (self.min_cps is not None and speed < self.min_cps)

    def _limit(self, speed: float) -> float:
        """The limit that `speed` breaks."""
        return float((self.max_cps if self._too_fast(speed) else self.min_cps) or 0.0)

    def _hit(self, speed: float, title: str, findings: Sequence[Finding]) -> Outcome:
        code = "rate_too_fast" if self._too_fast(speed) else "rate_too_slow"
        limit = self._limit(speed)
        return hit(code, findings, title=title, cps=figure(speed, limit), limit=figure(limit))


def _counted(words: Sequence[str]) -> int:
    """How many characters: a digit counts as one, a Latin word too."""
    if len("".join(words)) == len(words):  # as mostly: a letter each
        return len(words)
    return len(words) + sum([len(word) - 1 for word in words if len(word) > 1 and word.isdecimal()])


def _speed(count: int, seconds: float, least: int) -> float | None:
    """Characters a second. None for too few of them."""
    return count / seconds if count >= least and seconds > 0 else None


class SpeechShare(Operator):
    """`role` speaks less than `min` or more than `max` of all speech, by the turns of the voices."""

    key: ClassVar[str] = "speech_share"
    role: Role
    min: Share | None = None
    max: Share | None = None

    @model_validator(mode="after")
    def _limited(self) -> "SpeechShare":
        needs(self.min, self.max, names="min, max")
        return self

    def look(self, situation: Situation) -> Outcome:
        case = situation.case
        lost = voices_untold(case)
        if lost is not None:
            return lost
        transcript = case.hearing.transcript
        everybody = sum(turn.interval.duration for turn in transcript.turns)
        if not everybody:
            return unknown(Ruling("inconclusive", "no_speech"))
        own = turns_of(transcript, (self.role,), case.settings.role_floor)
        least = sum(one.duration for one in own) / everybody
        most = least + sum(one.duration for one in doubtful_turns(case)) / everybody
        name = ROLE_NAMES[self.role]
        findings = [span_finding(one, f"{name}说话", role=self.role) for one in own]
        if self.min is not None and most < self.min:
            return hit("speech_share_low", findings, role=name, share=percent(most, self.min), limit=percent(self.min))
        if self.max is not None and least > self.max:
            return hit(
                "speech_share_high", findings, role=name, share=percent(least, self.max), limit=percent(self.max)
            )
        if (self.min is not None and least < self.min) or (self.max is not None and most > self.max):
            return unknown(Ruling("inconclusive", "speech_share_doubtful", {"role": name}))
        return miss("speech_share_fit", role=name, share=percent(least))


class AsrConf(OfItem):
    """Words were recognised with a mean probability below `min`: those of an item, or all."""

    key: ClassVar[str] = "asr_conf"
    min: Share

    def look(self, situation: Situation) -> Outcome:
        lost = unheard(situation.case)
        if lost is not None:
            return lost
        if self.item is None:
            said = situation.case.hearing.said
            if not len(said.starts):
                return unknown(Ruling("inconclusive", "no_speech"))
            return self._told(said.certainty, "全程", ())
        measured = of_items(situation, self, lambda stretch: mean(stretch.probabilities), lambda sure: sure < self.min)
        if isinstance(measured, Outcome):
            return measured
        worst = min(measured, key=lambda one: one.value)
        broken = [one for one in measured if one.value < self.min]
        findings = [
            span_finding(
                one.stretch.interval, f"置信度 {one.value:.2f}", role="agent", quote=one.stretch.quote, score=one.value
            )
            for one in broken
        ]
        return self._told(worst.value, titles(broken or [worst]), findings)

    def _told(self, sure: float, title: str, findings: Sequence[Finding]) -> Outcome:
        if sure < self.min:
            return hit("asr_conf_low", findings, title=title, sure=percent(sure, self.min), limit=percent(self.min))
        return miss("asr_conf_good", title=title, sure=percent(sure))


class VoiceCount(Operator):
    """More voices than `max`, or fewer than `min`, speak for at least `min_s` seconds each. Voices of `not_counted` are
    left out, as that of a broadcast; two of one role that are alike by `same` are one person heard as two.
    """

    key: ClassVar[str] = "voice_count"
    detector: ClassVar[Detector | None] = "voice"
    max: Count | None = None
    min: Count | None = None
    min_s: NotNegative = 0.0
    not_counted: tuple[Role, ...] = ()
    same: Cosine = 0.82

    @model_validator(mode="after")
    def _limited(self) -> "VoiceCount":
        needs(self.max, self.min, names="max, min")
        return self

    def look(self, situation: Situation) -> Outcome:
        case = situation.case
        lost = voices_untold(case)
        if lost is not None:
            return lost
        voices = self._people(case.hearing.transcript)
        count = len(voices)
        if self.max is not None and count > self.max:
            findings = [finding for voice in voices[self.max :] for finding in _turns(case, voice)]
            return hit("voices_many", findings, count=count, limit=self.max)
        stage = case.evidence.stage("diarize")
        if stage is not None and stage.status == "degraded" and stage.reason == "voices_missing":
            return unknown(Ruling("inconclusive", "voices_missing"))
        if self.min is not None and count < self.min:
            return hit("voices_few", count=count, limit=self.min)
        return miss("voices_fit", count=count)

    def _people(self, transcript: Transcript) -> list[Speaker]:
        """The voices that count, those heard most first; of several that are one person's only the first."""
        alike = {frozenset((one.speaker, one.other)): one.similarity for one in transcript.likeness or ()}
        people: list[Speaker] = []
        for voice in sorted(transcript.speakers, key=lambda one: -one.speech_seconds):
            known = (one for one in people if one.role == voice.role)
            twice = any(alike.get(frozenset((one.id, voice.id)), -1.0) >= self.same for one in known)
            if voice.speech_seconds >= self.min_s and voice.role not in self.not_counted and not twice:
                people.append(voice)
        return people


def _turns(case: Case, voice: Speaker) -> list[Finding]:
    transcript = case.hearing.transcript
    said = case.hearing.once("voices", lambda: Voices(case.hearing))
    return [
        span_finding(turn.interval, voice.id, role=voice.role, quote=said.words(turn))
        for turn in transcript.turns
        if turn.speaker == voice.id
    ]


class SameVoiceAs(Operator):
    """The voice of `role` is that of `other` in the session, or the one enrolled for `enrolled`.

    Likeness is the cosine of voice embeddings; at least `min_similarity` is one voice. Without an enrolment the second
    form is not applicable.
    """

    key: ClassVar[str] = "same_voice_as"
    detector: ClassVar[Detector | None] = "voice"
    role: Role
    other: Role | None = None
    enrolled: Role | None = None
    min_similarity: Cosine

    @model_validator(mode="after")
    def _against_one(self) -> "SameVoiceAs":
        if (self.other is None) == (self.enrolled is None):
            raise ValueError("要有 other 或 enrolled 之一，只写一个 / needs either other or enrolled, not both")
        return self

    def look(self, situation: Situation) -> Outcome:
        case = situation.case
        lost = voices_untold(case)
        if lost is not None:
            return lost
        transcript = case.hearing.transcript
        compared = self._enrolled(transcript) if self.enrolled is not None else self._within(transcript)
        if isinstance(compared, Outcome):
            return compared
        best = max(compared, key=lambda one: one.similarity)
        name, second = ROLE_NAMES[self.role], ROLE_NAMES[self.other or self.enrolled or "unknown"]
        similarity = f"{best.similarity:.2f}"
        if best.similarity < self.min_similarity:
            return miss("voices_differ", role=name, other=second, similarity=similarity)
        alike = next(
            one for one in transcript.speakers if one.role == self.role and one.id in (best.speaker, best.other)
        )
        return hit("voices_same", _turns(case, alike), role=name, other=second, similarity=similarity)

    def _enrolled(self, transcript: Transcript) -> list[VoiceLikeness] | Outcome:
        found = [
            one
            for one in transcript.likeness or ()
            if one.enrolled and one.other == self.enrolled and transcript.role_of(one.speaker) == self.role
        ]
        return found or not_applicable("voice_not_enrolled", role=ROLE_NAMES[self.enrolled or "unknown"])

    def _within(self, transcript: Transcript) -> list[VoiceLikeness] | Outcome:
        if transcript.likeness is None:
            return not_measured("声纹比对")
        found = [
            one
            for one in transcript.likeness
            if not one.enrolled
            and {transcript.role_of(one.speaker), transcript.role_of(one.other)} == {self.role, self.other}
        ]
        return found or unknown(Ruling("inconclusive", "voices_not_compared"))


OPERATORS = (Rate, SpeechShare, AsrConf, VoiceCount, SameVoiceAs)

"""Operators over the sound: silence, lost sound, talk-over, level, noise.

Every one of them hits when its limit is broken (silence longer than `gap_s`, speech faster than `max_cps`, noise below
`min_db`), so that `report: {rate: {item: dr_exclusion, max_cps: 7}}` is a finding. Of an item that was said more than
once, one fit time is enough. What was not measured is unknown, never a miss.
"""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from operator import attrgetter
from typing import Annotated, ClassVar, Literal

from pydantic import Field, model_validator

from engine.evidence import Role, SoundQuality, Turn
from engine.inspection import Finding
from engine.interval import Interval, intersect, subtract, total
from engine.rules.case import Case
from engine.rules.judgement import ROLE_NAMES, Ruling
from engine.rules.operators.base import Operator, Outcome, Situation
from engine.rules.operators.limits import Positive, needs
from engine.rules.operators.outcomes import (
    clock,
    figure,
    hit,
    miss,
    not_applicable,
    not_measured,
    percent,
    span_finding,
    unknown,
)
from engine.rules.operators.stretches import (
    OfItem,
    Stretch,
    Voices,
    doubtful_turns,
    of_items,
    stretches,
    sure_role,
    titles,
    turns_of,
    unheard,
    voices_untold,
)
from engine.rules.schema import Seconds, Share


class Silence(Operator):
    """Nobody speaks for longer than `gap_s` seconds, or for more than `max_ratio` of the session.

    `by_role`: it is the voice of this role that is not heard, whoever else speaks meanwhile.
    """

    key: ClassVar[str] = "silence"
    gap_s: Seconds | None = None
    max_ratio: Share | None = None
    by_role: Role | None = None

    @model_validator(mode="after")
    def _limited(self) -> "Silence":
        needs(self.gap_s, self.max_ratio, names="gap_s, max_ratio")
        return self

    def look(self, situation: Situation) -> Outcome:
        case = situation.case
        lost = unheard(case) if self.by_role is None else voices_untold(case)
        if lost is not None:
            return lost
        talk, doubt = self._talk(case)
        perhaps = subtract([case.whole], talk)
        surely = subtract([case.whole], [*talk, *doubt]) if doubt else perhaps
        broken = self._broken(surely, case.whole)
        if broken:
            return self._hit(broken, case.whole)
        if self._broken(perhaps, case.whole):
            code = "silence_doubtful" if self.by_role is None else "silence_role_doubtful"
            return unknown(Ruling("inconclusive", code, {"role": self._who}))
        longest = max((one.duration for one in perhaps), default=0.0)
        return miss("silence_none", role=self._who, longest=figure(longest))

    @property
    def _who(self) -> str:
        return "人" if self.by_role is None else ROLE_NAMES[self.by_role]

    def _talk(self, case: Case) -> tuple[tuple[Interval, ...], tuple[Interval, ...]]:
        """When there surely is speech (of the role), and when there may be: lost sound, doubtful voices."""
        lost = case.evidence.quality.continuity.gaps
        if self.by_role is None:
            return case.hearing.speech.intervals, lost
        transcript = case.hearing.transcript
        own = turns_of(transcript, (self.by_role,), case.settings.role_floor)
        untold = subtract(case.hearing.speech.intervals, [turn.interval for turn in transcript.turns])
        return own, (*lost, *doubtful_turns(case), *untold)

    def _broken(self, gaps: Sequence[Interval], whole: Interval) -> list[Interval]:
        """Gaps that break a limit; all of them where their sum does."""
        if self.max_ratio is not None and whole.duration and total(gaps) / whole.duration > self.max_ratio:
            return list(gaps)
        return [gap for gap in gaps if self.gap_s is not None and gap.duration > self.gap_s]

    def _hit(self, gaps: Sequence[Interval], whole: Interval) -> Outcome:
        longest = max(gaps, key=lambda one: one.duration)
        findings = [span_finding(one, f"静默 {figure(one.duration)} 秒") for one in gaps]
        if self.gap_s is not None and longest.duration > self.gap_s:
            count = sum(one.duration > self.gap_s for one in gaps)
            return hit(
                "silence_long",
                findings,
                role=self._who,
                count=count,
                limit=figure(self.gap_s),
                longest=figure(longest.duration, self.gap_s),
                at=clock(longest.start),
            )
        share = total(gaps) / whole.duration
        limit = self.max_ratio or 0.0
        return hit("silence_much", findings, role=self._who, share=percent(share, limit), limit=percent(limit))


class Dropout(Operator):
    """The sound is lost: digital zeros for longer than `min_s` seconds.

    Not applicable where the recording system mutes pauses: there `gated_share` or more of all long pauses are zeros.
    """

    key: ClassVar[str] = "dropout"
    min_s: Seconds = 1.0
    gated_share: Share = 0.8

    def look(self, situation: Situation) -> Outcome:
        case = situation.case
        lost = unheard(case)
        sound = case.evidence.quality.sound
        if lost is not None or sound is None:
            return lost or not_measured("声音质量")
        pauses = [one for one in subtract([case.whole], case.hearing.speech.intervals) if one.duration >= self.min_s]
        zeros = [one for one in sound.dropouts if one.duration > self.min_s]
        in_pauses = total(intersect(zeros, pauses))
        if len(zeros) > 1 and in_pauses >= self.gated_share * total(pauses) > 0:
            return not_applicable("sound_gated")
        if not zeros:
            return miss("dropout_none")
        findings = [span_finding(one, f"声音全零 {figure(one.duration)} 秒") for one in zeros]
        return hit("dropout_found", findings, count=len(zeros), seconds=figure(total(zeros)), at=clock(zeros[0].start))


class Overlap(OfItem):
    """People speak at once: for more than `ratio` of the speech (inside an item, or of the session), or somebody begins
    while another speaks and goes on for `delay_ms` milliseconds, saying at least `min_chars` characters.

    `by_role`: only interruptions by this role count.
    """

    key: ClassVar[str] = "overlap"
    ratio: Share | None = None
    delay_ms: Positive | None = None
    min_chars: Annotated[int, Field(ge=0)] = 4
    by_role: Role | None = None

    @model_validator(mode="after")
    def _limited(self) -> "Overlap":
        needs(self.ratio, self.delay_ms, names="ratio, delay_ms")
        return self

    def look(self, situation: Situation) -> Outcome:
        lost = voices_untold(situation.case)
        if lost is not None:
            return lost
        found = self._overlapped(situation) if self.ratio is not None else None
        if found is not None and (found.state == "hit" or self.delay_ms is None):
            return found
        talked_over = self._talked_over(situation) if self.delay_ms is not None else None
        if talked_over is not None and (found is None or talked_over.state != "miss"):
            return talked_over
        return found or miss("overlap_none")

    def _overlapped(self, situation: Situation) -> Outcome:
        limit = self.ratio or 0.0
        overlaps = situation.case.hearing.transcript.overlaps
        if self.item is None:
            speech = situation.case.hearing.speech
            share = total(intersect(overlaps, speech.intervals)) / speech.total if speech.total else 0.0
            if share <= limit:
                return miss("overlap_little", share=percent(share))
            findings = [span_finding(one, "多人同时说话") for one in overlaps]
            return hit("overlap_much", findings, share=percent(share, limit), limit=percent(limit))

        def measure(stretch: Stretch) -> float | None:
            return total(intersect(overlaps, stretch.talk)) / stretch.seconds if stretch.seconds else None

        measured = of_items(situation, self, measure, lambda share: share > limit)
        if isinstance(measured, Outcome):
            return measured
        broken = [one for one in measured if one.value > limit]
        if broken:
            worst = max(broken, key=lambda one: one.value)
            findings = [
                span_finding(one.stretch.interval, f"重叠 {percent(one.value)}", role="agent", quote=one.stretch.quote)
                for one in broken
            ]
            most = percent(worst.value, limit)
            return hit("item_overlapped", findings, title=titles(broken), share=most, limit=percent(limit))
        return miss("overlap_little", share=percent(max((one.value for one in measured), default=0.0)))

    def _talked_over(self, situation: Situation) -> Outcome:
        hearing = situation.case.hearing
        voices = hearing.once("voices", lambda: Voices(hearing))
        within = [one.interval for times in stretches(situation, self).values() for one in times] if self.item else None
        cuts = [
            (turn, both)
            for turn, both in self._interruptions(situation.case, voices)
            if within is None or intersect([both], within)
        ]
        sure, doubtful = [], []
        for turn, both in cuts:
            role = sure_role(situation.case, turn.speaker)
            if self.by_role is None or role == self.by_role:
                sure.append((turn, both))
            elif role is None:
                doubtful.append((turn, both))
        if sure:
            findings = [self._cut(situation.case, voices, turn, both) for turn, both in sure]
            who = ROLE_NAMES[findings[0].role]
            return hit("talked_over", findings, role=who, count=len(sure), quote=findings[0].quote)
        if doubtful:
            findings = [self._cut(situation.case, voices, turn, both) for turn, both in doubtful]
            return unknown(Ruling("inconclusive", "talked_over_role_doubtful"), findings)
        return miss("overlap_none")

    def _interruptions(self, case: Case, voices: Voices) -> Iterator[tuple[Turn, Interval]]:
        """Turns that begin inside another voice's, with the time both speak."""
        transcript = case.hearing.transcript
        running: list[Turn] = []
        for turn in sorted(transcript.turns, key=attrgetter("interval.start", "interval.end", "speaker")):
            running = [one for one in running if one.interval.end > turn.interval.start]
            for other in running:
                both = other.interval & turn.interval
                if other.speaker == turn.speaker or both is None or other.interval.start >= turn.interval.start:
                    continue
                long = both.duration * 1000 >= (self.delay_ms or 0.0)
                if long and len(voices.words(turn)) >= self.min_chars:
                    yield turn, both
                    break
            running.append(turn)

    @staticmethod
    def _cut(case: Case, voices: Voices, turn: Turn, both: Interval) -> Finding:
        role = case.hearing.transcript.role_of(turn.speaker)
        matched = f"{ROLE_NAMES[role]}抢话 {figure(both.duration)} 秒"
        return span_finding(both, matched, role=role, quote=voices.words(turn))


class Energy(Operator):
    """The level of the speech changes by more than `range` dB: over the session, or from one span to the next."""

    key: ClassVar[str] = "energy"
    range: Positive
    between: Literal["all", "neighbours"] = "all"

    def look(self, situation: Situation) -> Outcome:
        lost = unheard(situation.case)
        sound = situation.case.evidence.quality.sound
        if lost is not None or sound is None:
            return lost or not_measured("声音质量")
        spoken = [one for one in sound.spans if one.snr_db is not None]
        if len(spoken) < 2:
            return unknown(Ruling("inconclusive", "energy_too_short"))
        steps = (
            list(pairwise(spoken))
            if self.between == "neighbours"
            else [(min(spoken, key=lambda one: one.level_db), max(spoken, key=lambda one: one.level_db))]
        )
        low, high = max(steps, key=lambda step: abs(step[1].level_db - step[0].level_db))
        change = abs(high.level_db - low.level_db)
        if change <= self.range:
            return miss("energy_steady", change=figure(change))
        findings = [span_finding(one.interval, f"{figure(one.level_db)} dB") for one in (low, high)]
        return hit("energy_changes", findings, change=figure(change, self.range), limit=figure(self.range))


class Snr(OfItem):
    """Speech stands less than `min_db` above the noise: where an item is said (the worst of its spans), or overall."""

    key: ClassVar[str] = "snr"
    min_db: float

    def look(self, situation: Situation) -> Outcome:
        lost = unheard(situation.case)
        sound = situation.case.evidence.quality.sound
        if lost is not None or sound is None:
            return lost or not_measured("声音质量")
        if self.item is None:
            if sound.snr_db is None:
                return unknown(Ruling("inconclusive", "no_speech"))
            return self._told(sound.snr_db, "全程", self._noisy_spans(sound, situation.case.whole))
        measured = of_items(
            situation, self, lambda stretch: _snr_in(sound, stretch.interval), lambda snr: snr < self.min_db
        )
        if isinstance(measured, Outcome):
            return measured
        if not measured:
            return not_measured("信噪比")
        worst = min(measured, key=lambda one: one.value)
        broken = [one for one in measured if one.value < self.min_db]
        findings = [
            span_finding(one.stretch.interval, f"{figure(one.value)} dB", role="agent", quote=one.stretch.quote)
            for one in broken
        ]
        return self._told(worst.value, titles(broken or [worst]), findings)

    def _told(self, snr: float, title: str, findings: Sequence[Finding]) -> Outcome:
        if snr < self.min_db:
            return hit("snr_low", findings, title=title, snr=figure(snr, self.min_db), limit=figure(self.min_db))
        return miss("snr_good", title=title, snr=figure(snr))

    def _noisy_spans(self, sound: SoundQuality, window: Interval) -> list[Finding]:
        return [
            span_finding(one.interval, f"{figure(one.snr_db)} dB")
            for one in sound.spans
            if one.snr_db is not None and one.snr_db < self.min_db and one.interval.overlap(window)
        ]


def _snr_in(sound: SoundQuality, span: Interval) -> float | None:
    return min(
        (one.snr_db for one in sound.spans if one.snr_db is not None and one.interval.overlap(span)), default=None
    )


OPERATORS = (Silence, Dropout, Overlap, Energy, Snr)

"""One session before the rules: its evidence, its order, and what can be judged of it at all."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from engine.evidence import Confirmation, Evidence, Role
from engine.inspection import Finding, How, Window
from engine.interval import Interval, total, union
from engine.rules.concepts import Found
from engine.rules.cover import Cover
from engine.rules.hearing import Hearing
from engine.rules.judgement import LanguageRequest, Request, Ruling
from engine.rules.orders import OrderView
from engine.rules.phrases import Level
from engine.rules.replies import Conversation
from engine.rules.ruleset import RuleSet
from engine.rules.schema import SettingsPart
from engine.rules.spoken import Stream, mean

SOUND_STAGES = ("audio", "activity", "transcribe")
VOICE_STAGES = ("diarize", "attribute")
LEAST_SPEECH_S = 0.5
HOW: dict[Level, How] = {"text": "text", "pinyin": "pinyin", "near": "pinyin"}


@dataclass(frozen=True)
class Case:
    """What judges look at. `requests` collects what the sound should confirm, `inquiries` what a language model may be
    asked.
    """

    evidence: Evidence
    ruleset: RuleSet
    view: OrderView
    hearing: Hearing
    requests: set[Request] = field(default_factory=set)
    inquiries: set[LanguageRequest] = field(default_factory=set)

    @cached_property
    def settings(self) -> SettingsPart:
        return self.ruleset.settings

    @cached_property
    def whole(self) -> Interval:
        return Interval(0.0, max(self.evidence.media.duration, 0.0))

    @cached_property
    def conversation(self) -> Conversation:
        """What was answered to what."""
        return Conversation(self.hearing, self.ruleset.answers, self.settings.negation_margin)

    @cached_property
    def everything(self) -> Window:
        """The whole session with the share of its speech that carries text."""
        return self.window(self.whole)

    def window(self, span: Interval) -> Window:
        """`span` with the share of its speech that carries text."""
        return Window(round(span.start, 3), round(span.end, 3), round(self.coverage(span), 4))

    def coverage(self, span: Interval) -> float:
        """Share of the speech inside `span` that could be judged; 0 where nobody spoke at all."""
        return self.hearing.once(("coverage", span), lambda: self._coverage(span))

    def _coverage(self, span: Interval) -> float:
        if not self.hearing.speech.total:
            return 0.0
        heard = self.hearing.speech.seconds(span)
        return self._intact * (self.hearing.read.seconds(span) / heard if heard else 1.0)

    @cached_property
    def _intact(self) -> float:
        """Share of the session that is neither lost in gaps of the stream nor undecodable."""
        if not self.whole.duration:
            return 0.0
        continuity = self.evidence.quality.continuity
        lost = total(union([*continuity.gaps, *(continuity.undecoded or ())]))
        return 1.0 - min(1.0, lost / self.whole.duration)

    def unjudgeable(self) -> Ruling | None:
        """Why an absence from the whole session proves nothing, or None when it does."""
        return self._unjudgeable

    @cached_property
    def _unjudgeable(self) -> Ruling | None:
        evidence, settings = self.evidence, self.settings
        for name in SOUND_STAGES:
            stage = evidence.stage(name)
            if stage is not None and stage.status == "failed":
                return Ruling("inconclusive", "stage_lost", {"stage": name})
        if evidence.transcript is None:
            return Ruling("inconclusive", "no_sound")
        if self.hearing.speech.total < LEAST_SPEECH_S:
            return Ruling("inconclusive", "no_speech")
        covered = self.coverage(self.whole)
        if covered < settings.coverage_floor:
            return Ruling("inconclusive", "coverage_low", {"share": f"{covered:.0%}"})
        if evidence.quality.continuity.truncated:
            return Ruling("inconclusive", "media_cut_short")
        sound = evidence.quality.sound
        if sound is not None and sound.snr_db is not None and sound.snr_db < settings.min_snr_db:
            return Ruling("inconclusive", "noise_high", {"snr": f"{sound.snr_db:.0f}"})
        if self._mean_probability < settings.min_confidence:
            return Ruling("inconclusive", "recognition_poor")
        return None

    @cached_property
    def _mean_probability(self) -> float:
        return self.hearing.said.certainty

    def unclear_around(self, span: Interval) -> Ruling | None:
        """Why something may have been said around `span` without being heard, or None when it would have been."""
        settings = self.settings
        near = Interval(
            max(0.0, span.start - settings.miss_reach_s),
            max(span.end, min(span.end + settings.miss_reach_s, self.whole.end)),
        )
        said = self.hearing.said
        places = said.places_during([near])
        covered = self.coverage(near)
        if covered < settings.coverage_floor:
            return Ruling("inconclusive", "miss_unread", {"share": f"{covered:.0%}"})
        if self.noisy(near):
            return Ruling("inconclusive", "miss_noisy")
        if self.overlapped(near) > settings.max_overlap:
            return Ruling("inconclusive", "miss_overlapped")
        if mean(said.probabilities(places)) < settings.min_confidence:
            return Ruling("inconclusive", "miss_unsure")
        if mean((~said.sure[places]).tolist()) > settings.max_doubtful:
            return Ruling("inconclusive", "miss_role_doubtful")
        return self.voices_unjudgeable()

    def overlapped(self, span: Interval) -> float:
        """Share of the speech inside `span` in which several people speak at once; 0 where nobody speaks."""
        speech = self.hearing.speech.seconds(span)
        return min(1.0, self.hearing.crossed.seconds(span) / speech) if speech else 0.0

    def voices_unjudgeable(self) -> Ruling | None:
        """Why it cannot be said who spoke, or None when it can."""
        for name in VOICE_STAGES:
            stage = self.evidence.stage(name)
            if stage is not None and stage.status == "failed":
                return Ruling("inconclusive", "stage_lost", {"stage": name})
        return None

    def noisy(self, span: Interval) -> bool:
        """Whether speech inside `span` drowned in noise."""
        return self._drowned.touches(span)

    @cached_property
    def _drowned(self) -> Cover:
        """Where speech is hardly louder than the noise."""
        sound = self.evidence.quality.sound
        return Cover(
            one.interval
            for one in (sound.spans if sound else ())
            if one.snr_db is not None and one.snr_db < self.settings.min_snr_db
        )

    def confirmation(self, request: Request) -> Confirmation | None:
        """The sound's answer to `request`, which is remembered as asked."""
        self.requests.add(request)
        return self.hearing.answers.to(request.span, request.heard, request.wanted)

    def ask(self, request: Request | None) -> None:
        """Remember a question to the sound, if there is one."""
        if request is not None:
            self.requests.add(request)

    def inquire(self, request: LanguageRequest) -> None:
        """Remember a question to a language model."""
        self.inquiries.add(request)

    def finding(self, found: Found, stream: Stream) -> tuple[Finding, bool]:
        """Evidence for `found`, and whether it counts: a near match counts only when the sound confirms it."""
        span = stream.interval(found.start, found.end)
        quote = stream.quote(found.start, found.end)
        margin = None
        counts = found.level != "near"
        if not counts:
            heard = stream.text[found.start : found.end]
            answer = self.confirmation(Request(span, heard, found.wanted))
            if answer is not None:
                margin = answer.margin
                counts = margin >= self.settings.confirm_margin
        how: How = "acoustic" if counts and found.level == "near" else HOW[found.level]
        if self.hearing.corrected.touches(span):
            how = "human"
        return (
            Finding(
                start=round(span.start, 3),
                end=round(span.end, 3),
                role=majority(stream.roles(found.start, found.end)),
                quote=quote,
                matched=found.matched,
                how=how,
                score=round(found.score, 4),
                margin=margin,
            ),
            counts,
        )


def majority(roles: Sequence[Role]) -> Role:
    """The role that comes most often among the roles of characters, the first of equals; `unknown` for none."""
    return max(roles, key=roles.count, default="unknown")


def sale_date(view_order_date: date | None, recorded_at: str | None) -> date | None:
    """Date of sale: the order's, else the container's if it is a real date, else None.

    Years before 2000 are the zero of some clock (1904, 1970), not a date.
    """
    if view_order_date is not None:
        return view_order_date
    try:
        found = date.fromisoformat((recorded_at or "")[:10])
    except ValueError:
        return None
    return found if found.year >= 2000 else None

"""Who was in the picture: tracks that belong to one person, when each was there, who speaks, and what can be judged.

Tracks of one person are told by the seat, the colours of head and chest, and the voice that goes with the mouth; never
by the identity of a face.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from engine.evidence import Box, Lifeless, MouthMotion, Person, Scene, Speaking, Track, Transcript
from engine.interval import Interval, subtract, total, union
from engine.vision.appearance import Look, likeness, mean
from engine.vision.geometry import Area
from engine.vision.lifeless import blacked, stills
from engine.vision.mouths import Burst
from engine.vision.roles import FaceRole, roles
from engine.vision.settings import VisionSettings
from engine.vision.survey import SeenFace, Survey
from engine.vision.talking import UNCLEAR, Binding, Bout, bind, certainty, hold

Voices = Mapping[str, Counter[str]]
"""By track: how often it was seen to speak with each voice."""


@dataclass(frozen=True, slots=True)
class _Body:
    """One or more tracks taken for one person: the spans of their frames, median place and size, mean look, and the
    voices its mouth was seen to speak with, how often.
    """

    tracks: tuple[Track, ...]
    faces: tuple[SeenFace, ...]
    spans: tuple[Interval, ...]
    place: Area
    look: Look
    voices: Counter[str]

    @property
    def seconds(self) -> float:
        return total(self.spans)

    @property
    def score(self) -> float:
        """The detector's best."""
        return max(one.sighting.score for one in self.faces)

    @property
    def seat(self) -> Area:
        """Median place in shares of the frame."""
        boxes: list[Box] = [one.sighting.box for one in self.faces]
        return Area(
            median(one.left for one in boxes),
            median(one.top for one in boxes),
            median(one.width for one in boxes),
            median(one.height for one in boxes),
        )

    def voice(self, settings: VisionSettings) -> str | None:
        """The voice this mouth speaks with; None where that is not told."""
        if not self.voices:
            return None
        voice, count = max(self.voices.items(), key=lambda one: (one[1], one[0]))
        enough = count >= settings.mouths.told_utterances
        return voice if enough and count >= settings.mouths.told_share * self.voices.total() else None


@dataclass(frozen=True, slots=True)
class Watching:
    """The mouths that were watched closely; the sound comes `lag` seconds after the picture."""

    bursts: Sequence[Burst]
    lag: float = 0.0


def describe(
    survey: Survey,
    tracks: tuple[Track, ...],
    transcript: Transcript | None,
    settings: VisionSettings | None = None,
    watching: Watching | None = None,
) -> Scene:
    """The scene of a recording from its survey and the tracks linked from it; roles come from the transcript, if any.

    People are ordered by the time they are seen for, F1 first. Somebody seen for less than `settings.least_seconds`
    or never clearly is not counted, nor is a face that never stirs, but they stay among the tracks. Without `watching`
    nobody is said to speak.
    """
    limits = settings or VisionSettings()
    seen = {face.sighting: (face, glance.interval) for glance in survey.glances for face in glance.faces}
    bouts = _bouts(tracks, transcript, limits, watching)
    bindings = [bind(one, limits.mouths) for one in bouts]
    voices = _voices(bouts, bindings)
    single = [_body((track,), [seen[one] for one in track.sightings], voices) for track in tracks]
    bodies = _gather(single, limits)
    surveyed = union(glance.interval for glance in survey.glances)
    least = min(limits.least_seconds, total(surveyed) / 2)
    lasting = [body for body in bodies if body.seconds >= least]
    lifeless = [stills(body.faces, body.spans, survey, limits) for body in lasting]
    clear = [
        (body, still)
        for body, still in zip(lasting, lifeless, strict=True)
        if body.score >= limits.person_score and total(subtract(body.spans, still)) >= least
    ]
    told = _roles([body for body, _ in clear], transcript, limits)
    people = tuple(
        _person(number, body, still, role, limits)
        for number, ((body, still), role) in enumerate(zip(clear, told, strict=True), start=1)
    )
    return Scene(
        people=people,
        tracks=tracks,
        surveyed=surveyed,
        judged=union(glance.interval for glance in survey.glances if glance.judged),
        too_small=_smaller(lasting, limits.min_face_px),
        mouths=None if watching is None else _motions(bouts, people),
        speaking=None if watching is None else _speaking(bouts, bindings, people),
        lifeless=tuple(
            one
            for person, (body, still) in zip(people, clear, strict=True)
            for one in _lifeless(person, body, still, survey, limits)
        ),
    )


def _bouts(
    tracks: Sequence[Track], transcript: Transcript | None, settings: VisionSettings, watching: Watching | None
) -> tuple[Bout, ...]:
    if watching is None or transcript is None:
        return ()
    watched = {mouth.track for burst in watching.bursts for mouth in burst.mouths}
    clear = {one.id for one in tracks if any(face.score >= settings.person_score for face in one.sightings)}
    there = {one.id: one.interval for one in tracks if one.id in watched | clear}
    return hold(watching.bursts, transcript, settings.mouths, watching.lag, there)


def _voices(bouts: Sequence[Bout], bindings: Sequence[Binding]) -> Voices:
    found: dict[str, Counter[str]] = {}
    for bout, binding in zip(bouts, bindings, strict=True):
        if binding.track is not None and bout.speaker is not None:
            found.setdefault(binding.track, Counter())[bout.speaker] += 1
    return found


def _roles(bodies: list[_Body], transcript: Transcript | None, settings: VisionSettings) -> tuple[FaceRole, ...]:
    """By the utterances each mouth was seen to speak, else by how far it was open at the survey's looks."""
    by_looks = roles([[face.sighting for face in body.faces] for body in bodies], transcript, settings)
    if transcript is None:
        return by_looks
    return tuple(
        _role_of(body, bodies, transcript, settings) or looked for body, looked in zip(bodies, by_looks, strict=True)
    )


def _role_of(body: _Body, bodies: Sequence[_Body], transcript: Transcript, settings: VisionSettings) -> FaceRole | None:
    """The role of the voice this mouth speaks with; None where none is told, or another mouth claims it too."""
    voice = body.voice(settings)
    speaker = next((one for one in transcript.speakers if one.id == voice), None)
    if speaker is None or voice is None or speaker.role in ("unknown", "system"):
        return None
    count = body.voices[voice]
    if any(2 * other.voices[voice] > count for other in bodies if other is not body):
        return None
    return FaceRole(
        speaker.role,
        round(min(speaker.confidence, certainty(count, body.voices.total())), 3),
        f"{count} 次发言看到此人的口型在动，声音为 {voice}（共看到此人发言 {body.voices.total()} 次）",
    )


def _person(number: int, body: _Body, still: Sequence[Interval], role: FaceRole, settings: VisionSettings) -> Person:
    return Person(
        id=f"F{number}",
        role=role.role,
        confidence=role.confidence,
        intervals=subtract(union(body.spans, gap=settings.bridge), still),
        tracks=tuple(track.id for track in body.tracks),
        why=role.why,
    )


def _smaller(bodies: Sequence[_Body], least_px: float) -> tuple[Interval, ...]:
    return union(
        span
        for body in bodies
        for face, span in zip(body.faces, body.spans, strict=True)
        if face.sighting.height_px < least_px
    )


def _lifeless(
    person: Person, body: _Body, still: Sequence[Interval], survey: Survey, settings: VisionSettings
) -> list[Lifeless]:
    black = blacked(body.seat, person.intervals, survey, settings)
    return [
        *(Lifeless(one, person.id, "frozen") for one in still),
        *(Lifeless(one, person.id, "black") for one in black),
    ]


def _motions(bouts: Sequence[Bout], people: Sequence[Person]) -> tuple[MouthMotion, ...]:
    owner = _owners(people)
    return tuple(
        MouthMotion(bout.interval, bout.speaker, owner[one.track], one.agreement)
        for bout in bouts
        for one in bout.readings
        if bout.speaker is not None and one.agreement is not None and one.track in owner
    )


def _speaking(bouts: Sequence[Bout], bindings: Sequence[Binding], people: Sequence[Person]) -> tuple[Speaking, ...]:
    owner = _owners(people)
    found = []
    for bout, binding in zip(bouts, bindings, strict=True):
        person = owner.get(binding.track) if binding.track is not None else None
        if binding.bound == "face" and person is None:
            found.append(Speaking(bout.interval, bout.speaker, "untold", reason=UNCLEAR))
            continue
        found.append(Speaking(bout.interval, bout.speaker, binding.bound, person, binding.share, binding.reason))
    return tuple(found)


def _owners(people: Sequence[Person]) -> dict[str, str]:
    return {track: person.id for person in people for track in person.tracks}


def _body(tracks: tuple[Track, ...], seen: list[tuple[SeenFace, Interval]], voices: Voices) -> _Body:
    in_order = sorted(seen, key=lambda one: one[1].start)
    faces = tuple(face for face, _ in in_order)
    place = Area(
        median(one.area.left for one in faces),
        median(one.area.top for one in faces),
        median(one.area.width for one in faces),
        median(one.area.height for one in faces),
    )
    heard: Counter[str] = sum((voices[one.id] for one in tracks if one.id in voices), Counter())
    return _Body(tracks, faces, tuple(span for _, span in in_order), place, mean([one.look for one in faces]), heard)


def _gather(bodies: list[_Body], settings: VisionSettings) -> list[_Body]:
    """Join what is one person: the longest tracks first, each with the likeliest of those before it."""
    people: list[_Body] = []
    for body in sorted(bodies, key=lambda one: (-one.seconds, one.spans[0].start, one.place.left)):
        fits = [(worth, -k) for k, one in enumerate(people) if (worth := _worth(one, body, settings)) is not None]
        if fits:
            k = -max(fits)[1]
            people[k] = _join(people[k], body)
        else:
            people.append(body)
    return sorted(people, key=lambda one: (-one.seconds, one.spans[0].start, one.place.left))


def _worth(first: _Body, second: _Body, settings: VisionSettings) -> float | None:
    """How likely both are one person, None where they cannot be: seen at once, speaking with different voices, or
    neither voice nor place nor look fits.
    """
    if _at_once(first, second):
        return None
    alike = likeness(first.look, second.look)
    voices = first.voice(settings), second.voice(settings)
    if None not in voices:
        fits = voices[0] == voices[1] and alike >= settings.same_voice_likeness
        return 2 + alike if fits else None
    near = first.place.distance(second.place) <= settings.same_place
    similar_size = first.place.ratio(second.place) <= settings.size_change
    if near and similar_size and alike >= settings.same_place_likeness:
        return 1 + alike
    return alike if alike >= settings.elsewhere_likeness else None


def _at_once(first: _Body, second: _Body) -> bool:
    return not {span.start for span in first.spans}.isdisjoint(span.start for span in second.spans)


def _join(first: _Body, second: _Body) -> _Body:
    tracks = tuple(sorted(first.tracks + second.tracks, key=lambda track: (track.interval.start, track.id)))
    seen = [*zip(first.faces, first.spans, strict=True), *zip(second.faces, second.spans, strict=True)]
    joined = _body(tracks, seen, {})
    heard = Counter(first.voices) + Counter(second.voices)
    return _Body(joined.tracks, joined.faces, joined.spans, joined.place, joined.look, heard)

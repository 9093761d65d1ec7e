"""What a synthetic session is made of: the YAML script, checked, with every fault named at its place.

A script lists speakers and lines in order. Each line starts `gap` seconds after everything before it has ended
(negative: it overlaps), or `during` a share of the line before it. Times of people in the picture are given by line
ids, because how long a line lasts is known only once it has been spoken.

```yaml
id: two_lines
speakers:
  A: {voice: male, role: agent}
  B: {voice: female_elderly, role: customer}
lines:
  - {by: A, say: 您今天购买的是一款保险产品，您清楚吗？}
  - {by: B, say: 清楚。, gap: 0.4}
```
"""

from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Literal, Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from engine.errors import MingjianError
from engine.evidence import ActKind, PaperKind, Role
from engine.inspection import SessionVerdict, Verdict
from eval.synth.effects import PICTURE_KINDS, Severity
from eval.synth.reading import clauses
from eval.synth.voices import VOICES

PlantedKind = Literal[
    "black", "freeze", "dark", "bright", "blur", "covered",
    "dropout", "noise", "hum", "clipping", "quiet", "echo", "offset", "cut", "splice",
]  # fmt: skip
LARGEST_SCRIPT_BYTES = 1024 * 1024

Moment = str | float
"""A line's id (the moment it starts), or seconds."""


class Section(BaseModel):
    """Base of all parts of a script: immutable; a field nobody knows is a fault, not ignored."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class SpeakerSpec(Section):
    """One person of the session. `channel` counts in a split layout; `level_db` is louder or softer than the others."""

    voice: str
    role: Role
    channel: Literal[0, 1] = 0
    level_db: Annotated[float, Field(ge=-30, le=12)] = 0.0

    @model_validator(mode="after")
    def _known_voice(self) -> Self:
        if self.voice not in VOICES:
            raise ValueError(f"unknown voice {self.voice!r}; there are {', '.join(VOICES)}")
        return self


class Line(Section):
    """Something said. Without `gap` the script's own holds. `take` tells sayings of the same words apart: nobody says
    them twice alike.
    """

    by: str
    say: str
    id: str | None = None
    gap: Annotated[float, Field(ge=-30, le=600)] | None = None
    during: Annotated[float, Field(ge=0, le=1)] | None = None
    level_db: Annotated[float, Field(ge=-30, le=12)] = 0.0
    take: Annotated[int, Field(ge=0, le=99)] = 0

    @model_validator(mode="after")
    def _sayable(self) -> Self:
        if not clauses(self.say):
            raise ValueError(f"nothing to say in {self.say!r}")
        if self.gap is not None and self.during is not None:
            raise ValueError("give gap or during, not both")
        return self


class Noise(Section):
    """Noise under the whole session, `snr_db` below the speech's own level."""

    kind: Literal["white", "babble", "hum"]
    snr_db: Annotated[float, Field(ge=-10, le=60)]


class Sound(Section):
    """How it was recorded. `telephone` narrows it to 300-3400 Hz with mu-law steps; `reverb_s` is the room's RT60."""

    rate: Literal[8000, 16000, 24000, 44100, 48000] = 16000
    layout: Literal["mono", "dual_mono", "split"] = "mono"
    telephone: bool = False
    reverb_s: Annotated[float, Field(ge=0, le=2)] = 0.0
    noise: tuple[Noise, ...] = ()


class Span(Section):
    """From the start of one line (or second) to the start of another; without `until`, to the end."""

    begin: Annotated[Moment, Field(alias="from")]
    until: Moment | None = None


class Face(Section):
    """A person in the picture: `height_px` from forehead to chin; `x`, `y`: the face's centre, shares of the frame."""

    picture: Literal["astronaut", "hopper"]
    of: str | None = None
    height_px: Annotated[int, Field(ge=16, le=600)]
    x: Annotated[float, Field(ge=0, le=1)]
    y: Annotated[float, Field(ge=0, le=1)]
    away: tuple[Span, ...] = ()


class Writing(Section):
    """Somebody writes `text` on the sheet; `hand` draws a hand with a pen that does it. `style`: how neatly (0) or
    unruly (2) the strokes are drawn.
    """

    text: Annotated[str, Field(min_length=1, max_length=200)]
    kind: ActKind = "signing"
    begin: Annotated[Moment, Field(alias="from")]
    seconds: Annotated[float, Field(gt=0, le=600)]
    hand: bool = True
    style: Literal[0, 1, 2] = 0


class Raised(Section):
    """A paper on the table is held up to the camera, `after_s` seconds after it came into the picture, and stays there:
    the same fields as those of a paper.
    """

    after_s: Annotated[float, Field(gt=0, le=3600)]
    width_px: Annotated[int, Field(ge=40, le=3000)] = 640
    x: Annotated[float, Field(ge=0, le=1)] = 0.5
    y: Annotated[float, Field(ge=0, le=1)] = 0.6
    angle: Annotated[float, Field(ge=-180, le=180)] = 0.0
    tilt: Annotated[float, Field(ge=-75, le=75)] = 0.0
    blur: Annotated[float, Field(ge=0, le=30)] = 0.0


class HeldPaper(Section):
    """A paper, card or electronic document in the picture while its span lasts: `width_px` wide, its middle at `x`,
    `y` (shares of the frame), turned by `angle` degrees, foreshortened by `tilt` degrees. `blur`: out of focus by a
    Gaussian of so many pixels. `raised`: where it is in the end.
    """

    title: Annotated[str, Field(max_length=40)]
    lines: tuple[Annotated[str, Field(max_length=200)], ...] = ()
    kind: PaperKind = "paper"
    begin: Annotated[Moment, Field(alias="from")]
    until: Moment | None = None
    width_px: Annotated[int, Field(ge=40, le=3000)] = 420
    x: Annotated[float, Field(ge=0, le=1)] = 0.5
    y: Annotated[float, Field(ge=0, le=1)] = 0.6
    angle: Annotated[float, Field(ge=-180, le=180)] = 0.0
    tilt: Annotated[float, Field(ge=-75, le=75)] = 0.0
    blur: Annotated[float, Field(ge=0, le=30)] = 0.0
    writing: tuple[Writing, ...] = ()
    raised: Raised | None = None


class Clock(Section):
    """A time printed into the picture: what it shows at the beginning. `jumps`: at a moment, by so many seconds."""

    start: datetime
    height_px: Annotated[int, Field(ge=10, le=120)] = 26
    x: Annotated[float, Field(ge=0, le=1)] = 0.015
    y: Annotated[float, Field(ge=0, le=1)] = 0.02
    jumps: tuple[tuple[Moment, float], ...] = ()


class Video(Section):
    """The picture; `dark` is where the light is off, `papers` what is shown, `clock` a time printed into it."""

    width: Annotated[int, Field(ge=64, le=3840, multiple_of=2)] = 1280
    height: Annotated[int, Field(ge=64, le=2160, multiple_of=2)] = 720
    fps: Annotated[int, Field(ge=1, le=60)] = 25
    faces: tuple[Face, ...] = ()
    dark: tuple[Span, ...] = ()
    papers: tuple[HeldPaper, ...] = ()
    clock: Clock | None = None


class Spoilt(Section):
    """A fault of picture or sound, as bad as `severity` says (eval/synth/effects.py), from one moment to another.

    An offset moves all of the sound: later, or `earlier`. What lies between both moments of a cut is left out; of a
    splice too, and what follows is another take.
    """

    kind: PlantedKind
    severity: Severity = "medium"
    begin: Annotated[Moment, Field(alias="from")] = 0.0
    until: Moment | None = None
    earlier: bool = False

    @model_validator(mode="after")
    def _bounded(self) -> Self:
        if self.kind in ("cut", "splice") and self.until is None:
            raise ValueError(f"a {self.kind} needs until")
        return self


class Expectation(Section):
    """What a careful person would judge: per item, and for the session. `faults` says in words what was planted."""

    items: dict[str, Verdict] = {}
    verdict: SessionVerdict | None = None
    faults: tuple[str, ...] = ()


class Script(Section):
    """A whole session. `gap`: the usual silence between lines; `lead`, `tail`: the silence at both ends, in seconds."""

    id: Annotated[str, Field(pattern=r"^[A-Za-z0-9_.-]+$")]
    title: str = ""
    seed: Annotated[int, Field(ge=0)] = 1
    speakers: dict[str, SpeakerSpec]
    lines: tuple[Line, ...]
    gap: Annotated[float, Field(ge=0, le=60)] = 0.45
    lead: Annotated[float, Field(ge=0, le=60)] = 0.6
    tail: Annotated[float, Field(ge=0, le=60)] = 0.6
    sound: Sound = Sound()
    video: Video | None = None
    spoilt: tuple[Spoilt, ...] = ()
    order: dict[str, Any] | None = None
    expect: Expectation = Expectation()

    @model_validator(mode="after")
    def _names_meet(self) -> Self:
        faults = [
            f"line {n}: no speaker {line.by!r}" for n, line in enumerate(self.lines, 1) if line.by not in self.speakers
        ]
        if self.lines and self.lines[0].during is not None:
            faults.append("line 1: during needs a line before it")
        ids = [line.id for line in self.lines if line.id]
        moments = [moment for one in self.spoilt for moment in (one.begin, one.until) if isinstance(moment, str)]
        faults += [f"no line with id {moment!r}" for moment in moments if moment not in ids]
        if self.video is None:
            faults += [f"a {one.kind} needs a picture" for one in self.spoilt if one.kind in PICTURE_KINDS]
        faults += [f"line id {one!r} is used twice" for one in sorted({one for one in ids if ids.count(one) > 1})]
        if self.video:
            spans = [*self.video.dark, *(span for face in self.video.faces for span in face.away)]
            named = [moment for span in spans for moment in (span.begin, span.until)]
            named += [moment for paper in self.video.papers for moment in (paper.begin, paper.until)]
            named += [one.begin for paper in self.video.papers for one in paper.writing]
            named += [moment for moment, _ in self.video.clock.jumps] if self.video.clock else []
            moments = [moment for moment in named if isinstance(moment, str)]
            faults += [f"no line with id {moment!r}" for moment in moments if moment not in ids]
            faults += [
                f"face of no speaker {face.of!r}" for face in self.video.faces if face.of not in {None, *self.speakers}
            ]
        if faults:
            raise ValueError("; ".join(faults))
        return self


def read_script(path: Path) -> Script:
    """Read a script. Raises MingjianError `synth_script` with every fault: missing, no YAML, or it does not fit."""
    try:
        if path.stat().st_size > LARGEST_SCRIPT_BYTES:
            raise MingjianError("synth_script", path=path, detail=f"> {LARGEST_SCRIPT_BYTES} bytes")
        return Script.model_validate(yaml.safe_load(path.read_text(encoding="utf-8-sig")))
    except ValidationError as error:
        faults = "; ".join(f"{'.'.join(map(str, e['loc'])) or 'script'}: {e['msg']}" for e in error.errors())
        raise MingjianError("synth_script", path=path, detail=faults) from error
    except yaml.YAMLError as error:
        raise MingjianError("synth_script", path=path, detail=" ".join(str(error).split())) from error
    except (OSError, ValueError, RecursionError) as error:
        raise MingjianError("synth_script", path=path, detail=error) from error

"""What damaged files do to whoever inspects them: nothing, but for a coded error or a result that says what is missing.

Every form of recording is broken in every way, a few times each (damaging.py), and looked at as far as no network is
needed: opened, its sound decoded and measured, its pictures looked at. Some go the whole way to a verdict.
"""

import resource
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from engine.errors import MingjianError
from engine.evidence import Continuity
from engine.media.session import Session, open_session
from engine.media.settings import HelperLimits, MediaSettings
from engine.networks import Networks
from engine.pipeline import examine, open_recording
from engine.settings import Settings, load_settings
from engine.sound.quality import measure as measure_sound
from engine.vision.settings import PictureLimits
from engine.vision.trait import Witness
from eval.benchmarks.damaging import CUT_FORMS, FORMS, SECONDS, UNDECLARED, Case, Form, damaged
from eval.benchmarks.figures import Figure
from eval.metrics.counts import Share

EACH = 5
LIMIT_S = 30.0
MEMORY = 1536 * 1024**2
LIMITS = MediaSettings(helper=HelperLimits(memory=MEMORY, patience_s=10.0, silence_s=20.0))
MOST_GROWTH = 200e6
SHORT = 0.9
LONG = 1.1
FRAGMENT_S = 1.2
"""By how much a broken-off file may fall short of its share of bytes and count as salvaged: a fragment or cluster that
did not arrive whole cannot be read."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What came of one file: the code of its error or None, seconds of session, sound and pictures, and whether the
    result says that something is wrong. `crash` is what no caller should meet.
    """

    case: Case
    took: float
    code: str | None = None
    duration: float = 0.0
    pictures: int = 0
    told: bool = False
    crash: str | None = None


def look_at(case: Case, work: Path, limits: MediaSettings = LIMITS) -> Seen:
    """Open a damaged file and look at all of it that needs no network."""
    began = time.monotonic()
    try:
        with open_session([case.path], work, limits) as session:
            pictures = _measured(session)
            found = Seen(case, 0.0, None, session.media.duration, pictures, _tells(session.continuity))
    except MingjianError as error:
        found = Seen(case, 0.0, error.code, told=True)
    except Exception as error:  # noqa: BLE001  that is what is looked for
        found = Seen(case, 0.0, crash=f"{type(error).__name__}: {error}")
    return replace(found, took=time.monotonic() - began)


def _measured(session: Session) -> int:
    audio = session.audio()
    if audio is not None:
        measure_sound(audio, ())
    witness = Witness(PictureLimits())
    return len([witness.see(frame.image) for frame in session.frames(2.0)])


def _tells(health: Continuity) -> bool:
    """Whether anything says that the file is not as it should be."""
    return bool(
        health.truncated
        or health.decode_errors
        or health.gaps
        or health.undecoded
        or health.losses
        or health.steps_back
        or health.lost_packets
        or health.stalls
        or (health.edits and "clock_restarts" in health.edits)
        or (health.declared and abs(health.declared - SECONDS) > 1 - SHORT)
    )


def measure(each: int = EACH, whole_way: int = 24, forms: tuple[Form, ...] = FORMS) -> list[Figure]:
    """The corpus of damaged files, `each` of every form and damage; `whole_way` of them up to a verdict."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    seen: list[Seen] = []
    with tempfile.TemporaryDirectory(prefix="mingjian-") as scratch:
        folder = Path(scratch)
        for case in damaged(forms, folder, each):
            seen.append(look_at(case, folder / "work"))
            if seen[-1].crash or seen[-1].took > LIMIT_S / 2 or seen[-1].code == "media_kills_decoder":
                one = seen[-1]
                print(f"  {case.path.name}: {one.crash or one.code} {one.took:.1f} s", file=sys.stderr, flush=True)
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 - before
    helpers = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024
    for one in unsaid(seen):
        print(f"  {one.case.path.name}: {one.duration:.2f} s, and nothing said", file=sys.stderr, flush=True)
    rows = figures(seen)
    rows.append(Figure("the caller's memory grew by", grown / 1e6, "MB", MOST_GROWTH / 1e6))
    rows.append(Figure("largest process that decoded", helpers / 1e6, "MB", MEMORY / 1e6))
    return rows + (_verdicts(forms, whole_way) if whole_way else [])


def unsaid(seen: Sequence[Seen]) -> list[Seen]:
    """The files whose length changed and whose result says nothing of it."""
    return [one for one in seen if _changed(one) and not one.told]


def _changed(one: Seen) -> bool:
    opened = one.code is None and one.crash is None
    short = one.duration < SHORT * SECONDS and one.case.form.name not in UNDECLARED
    return opened and (short or one.duration > LONG * SECONDS)


def figures(seen: Sequence[Seen]) -> list[Figure]:
    """What came of the files, put together."""
    codes = Counter(one.code for one in seen if one.code)
    opened = [one for one in seen if one.code is None and one.crash is None]
    cut = [one for one in seen if one.case.share is not None and one.case.form.name in CUT_FORMS]
    salvaged = [one for one in cut if one.duration > max(0.0, SECONDS * (one.case.share or 0.0) - FRAGMENT_S)]
    changed = [one for one in seen if _changed(one)]
    rows = [
        Figure("damaged files", float(len(seen))),
        Figure("the caller crashed", float(sum(one.crash is not None for one in seen)), "", 0.0),
        Figure("the decoding process died, and was told", float(codes["media_kills_decoder"])),
        Figure("longest file took", max(one.took for one in seen), "s", LIMIT_S),
        Figure("all files took", sum(one.took for one in seen), "s"),
        Figure("opened", float(len(opened))),
        *(Figure(f"refused as {code}", float(count)) for code, count in sorted(codes.items())),
        _share("broken off, salvaged", Share(len(salvaged), len(cut))),
        _share(
            "of another length than it was, and says so", Share(sum(one.told for one in changed), len(changed)), 0.95
        ),
    ]
    return rows


def _share(name: str, share: Share, target: float | None = None) -> Figure:
    value = share.value if share.total else 1.0
    return Figure(name, value, "", target, "at_least", f"{share.right}/{share.total}")


def _verdicts(forms: tuple[Form, ...], count: int) -> list[Figure]:
    """Damaged files on the whole way: none may come out clear."""
    settings = load_settings().model_copy(update={"media": LIMITS})
    verdicts: Counter[str] = Counter()
    longest = 0.0
    with tempfile.TemporaryDirectory(prefix="mingjian-") as scratch, Networks(settings) as networks:
        folder = Path(scratch)
        cases = damaged(forms, folder, 2, seed=2)
        for number, case in enumerate(cases):
            if number % 7 == 3 and sum(verdicts.values()) < count:
                began = time.monotonic()
                verdicts[_verdict(case, folder / "work", settings, networks)] += 1
                longest = max(longest, time.monotonic() - began)
    return [
        *(Figure(f"whole way: {name}", float(many)) for name, many in sorted(verdicts.items())),
        Figure("whole way: clear", float(verdicts["clear"]), "", 0.0),
        Figure("whole way: crashed", float(verdicts["crashed"]), "", 0.0),
        Figure("whole way: longest", longest, "s"),
    ]


def _verdict(case: Case, work: Path, settings: Settings, networks: Networks) -> str:
    try:
        with open_recording([case.path], work, settings) as session:
            return examine(session, networks, settings=settings).inspection.verdict
    except MingjianError as error:
        return f"error {error.code}"
    except Exception as error:  # noqa: BLE001  that is what is looked for
        print(f"  {case.path.name}: {type(error).__name__}: {error}", file=sys.stderr, flush=True)
        return "crashed"

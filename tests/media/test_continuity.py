"""What packets and a file's own words tell: surges, stalls, lost packets, clocks that run back, edits, cuts."""

import struct
from pathlib import Path

import av
import numpy as np
import pytest

from engine.media import continuity
from engine.media.cuts import Jumps, step_between
from engine.media.edit_list import read_edits
from engine.media.session import open_session
from engine.media.settings import MediaSettings
from eval.synth.clips import FPS, RATE, Clip, write_clip
from tests.media.making import Sound, Video, write

SETTINGS = MediaSettings()


def scenery(seed: int, seconds: float, drift: float = 20.0) -> tuple[np.ndarray, ...]:
    """A textured picture that slides slowly, as a hand-held camera does; another `seed` is another place."""
    import cv2

    random = np.random.default_rng(seed)
    wide = cv2.resize(random.integers(20, 235, (14, 40, 3)).astype(np.uint8), (700, 180), interpolation=cv2.INTER_CUBIC)
    images = []
    for number in range(round(seconds * FPS)):
        left = round(drift * number / FPS)
        images.append(np.ascontiguousarray(wide[:, left : left + 320]))
    return tuple(images)


def film(path: Path, images: tuple[np.ndarray, ...], **given: object) -> Path:
    sound = np.random.default_rng(1).normal(0, 0.05, round(len(images) / FPS * RATE)).astype(np.float32)
    return write_clip(path, Clip("film", images, sound), **given)  # type: ignore[arg-type]


def cuts(path: Path, work: Path) -> tuple[float, ...]:
    with open_session([path], work) as session:
        jumps = Jumps(SETTINGS)
        for view in session.views(2.0):
            for _ in session.frames_in(view, 2.0, lambda _: None, jumps):
                pass
        return session.picture_cuts([time for _, time in jumps.found()])


def test_a_cut_is_found_at_its_frame(tmp_path: Path) -> None:
    images = scenery(1, 3.0)[: 2 * FPS] + scenery(2, 3.0)
    assert cuts(film(tmp_path / "a.mp4", images), tmp_path) == (2.0,)


def test_what_moves_evenly_or_flashes_or_is_lit_up_is_no_cut(tmp_path: Path) -> None:
    still = scenery(1, 5.0)
    assert cuts(film(tmp_path / "a.mp4", still), tmp_path) == ()
    flash = (*still[:50], np.full_like(still[0], 250), *still[51:])
    assert cuts(film(tmp_path / "b.mp4", flash), tmp_path) == ()
    lit = tuple(image if n < 60 else np.clip(image * 1.25, 0, 255).astype(np.uint8) for n, image in enumerate(still))
    assert cuts(film(tmp_path / "c.mp4", lit), tmp_path) == ()


@pytest.mark.parametrize(("frames", "found"), [(3, False), (1, True)])
def test_a_sheet_that_is_lifted_into_a_still_picture_is_no_cut(tmp_path: Path, frames: int, found: bool) -> None:
    """In three frames it is a movement; at once it may be another picture."""
    images = [image.copy() for image in scenery(1, 5.0, drift=0.0)]
    height = images[0].shape[0]
    for number, image in enumerate(images[2 * FPS :], start=1):
        up = round(height * min(1.0, number / frames) * 0.8)
        image[height - up :, 60:260] = 245
    assert bool(cuts(film(tmp_path / "a.mp4", tuple(images)), tmp_path)) == found


def test_a_change_of_light_is_no_step() -> None:
    image = np.random.default_rng(1).normal(120, 30, (36, 64)).astype(np.float32)
    assert step_between(image, image * 0.5 + 10) < 0.01
    assert step_between(image, image[:, ::-1]) > 15


def test_surges_are_strong_first_and_need_company() -> None:
    random = np.random.default_rng(3)
    starts, sizes = np.arange(200) / 25, random.integers(900, 1100, 200)
    keys = np.zeros(200, dtype=bool)
    keys[::100] = True
    sizes[60], sizes[140] = 6000, 9000
    assert continuity.surges(starts, sizes, keys, SETTINGS) == [140 / 25, 60 / 25, 4.0]
    assert continuity.surges(starts[:5], sizes[:5], keys[:5], SETTINGS) == []


def test_stalls_are_stretches_of_rare_pictures() -> None:
    times = np.concatenate([np.arange(0, 4, 0.04), np.arange(4, 6, 0.25), np.arange(6, 10, 0.04)])
    (stall,) = continuity.stalls(times, SETTINGS)
    assert (stall.start, stall.end) == pytest.approx((4.0, 6.0), abs=0.3)
    assert continuity.stalls(np.arange(0, 10, 0.2), SETTINGS) == ()  # slow, but evenly so


@pytest.mark.parametrize(("left_out", "lost"), [((), 0), ((10,), 1), ((10, 11, 12, 40), 4)])
def test_lost_packets_are_counted(left_out: tuple[int, ...], lost: int) -> None:
    kept = np.array([n for n in range(100) if n not in left_out])
    assert continuity.lost_packets(kept * 0.064, np.full(len(kept), 0.064)) == lost


def test_packets_that_really_go_missing_are_counted(tmp_path: Path) -> None:
    whole = write(tmp_path / "a.mp4", Video(), Sound(), seconds=4)
    held = write(tmp_path / "b.mp4", Video(), Sound(hold=(2.0, 2.2)), seconds=4)
    for path, least, most in ((whole, 0, 0), (held, 7, 11)):
        with open_session([path], tmp_path) as session:
            assert least <= (session.continuity.lost_packets or 0) <= most


def test_clocks_that_run_back() -> None:
    order = np.array([0.0, 1.0, 2.0, 0.5, 1.5, 2.5])
    assert continuity.steps_back(order, order, 0.05) == (0.5,)
    assert continuity.steps_back(np.arange(5.0), np.arange(5.0), 0.05) == ()


def test_a_whole_recording_has_a_clean_record(tmp_path: Path) -> None:
    with open_session([film(tmp_path / "a.mp4", scenery(1, 4.0))], tmp_path) as session:
        found = session.continuity
        assert (found.steps_back, found.stalls, found.lost_packets) == ((), (), 0)
        assert found.declared == pytest.approx(session.media.duration, abs=0.1)
        assert found.edits == ("reencoded",)  # by x264, which is no proof of anything


def patched(path: Path, edits: list[tuple[int, int]]) -> Path:
    """`path` with the (length, begin) of every edit list's entries replaced; only as many as there are."""
    data = bytearray(path.read_bytes())
    place = data.find(b"elst")
    while place >= 0:
        for number, (length, begin) in enumerate(edits):
            data[place + 12 + 12 * number : place + 20 + 12 * number] = struct.pack(">Ii", length, begin)
        place = data.find(b"elst", place + 4)
    path.write_bytes(bytes(data))
    return path


def test_an_edit_list_that_leaves_something_out(tmp_path: Path) -> None:
    path = film(tmp_path / "a.mp4", scenery(1, 4.0))
    tracks = read_edits(path)
    assert tracks
    assert not any(one.left_out(SETTINGS.edit_slack) for one in tracks)
    trimmed = read_edits(patched(path, [(1000, 40_000)]))  # one second, from a later place on
    assert any(one.left_out(SETTINGS.edit_slack) for one in trimmed)
    with open_session([path], tmp_path) as session:
        assert "edit_list" in (session.continuity.edits or ())


def test_files_without_edit_lists_and_broken_ones_tell_nothing(tmp_path: Path) -> None:
    assert read_edits(write(tmp_path / "a.mkv", Video(), Sound())) == ()
    whole = film(tmp_path / "b.mp4", scenery(1, 2.0)).read_bytes()
    place = whole.find(b"elst")
    (tmp_path / "c.mp4").write_bytes(whole[: place + 6])
    assert read_edits(tmp_path / "c.mp4") == ()
    (tmp_path / "d.mp4").write_bytes(b"")
    assert read_edits(tmp_path / "d.mp4") == ()


@pytest.mark.parametrize(
    ("software", "edits"),
    [("Adobe Premiere Pro 2024", True), ("剪映 5.9", True), ("Phone Recorder 1.0", False)],
)
def test_editing_programs_sign_their_files(software: str, edits: bool, tmp_path: Path) -> None:
    path = tmp_path / "a.mp4"
    with av.open(str(path), "w", options={"movflags": "use_metadata_tags"}) as out:
        out.metadata["software"] = software
        out.metadata["comment"] = software
        stream = out.add_stream("mpeg4", rate=25)
        stream.width, stream.height, stream.pix_fmt = 160, 120, "yuv420p"
        for _ in range(20):
            out.mux(stream.encode(av.VideoFrame(160, 120, "yuv420p")))
        out.mux(stream.encode())
    with open_session([path], tmp_path) as session:
        assert ("editing_software" in (session.continuity.edits or ())) is edits

"""Preflight: a good trial is fit; each thing that is wrong is named with its cure, and nothing else is."""

from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from api.cli.main import main
from engine.errors import MingjianError
from engine.media.session import open_session
from engine.networks import Networks
from engine.order import Order
from engine.preflight import limits_of, preflight
from engine.settings import Settings

SECONDS = 19.5
PICTURES = 8.0
RATE = 16000
FPS = 10


@pytest.fixture(scope="module")
def settings() -> Settings:
    return Settings()


@pytest.fixture(scope="module")
def networks(settings):
    with Networks(settings) as opened:
        yield opened


@pytest.fixture(scope="module")
def trial(root: Path, tmp_path_factory, settings):
    """Sound and pictures of the beginning of a demo session."""
    folder = tmp_path_factory.mktemp("trial")
    with open_session([root / "eval" / "synth" / "demo" / "clean.mp4"], folder, settings.media) as session:
        sound = session.audio().mono()[: round(SECONDS * RATE)].copy()
        pictures = []
        for frame in session.frames(FPS):
            if frame.time >= PICTURES:
                break
            pictures.append(frame.image.copy())
    return sound, pictures


def written(path: Path, sound=None, pictures=None) -> Path:
    with av.open(str(path), "w") as out:
        video = out.add_stream("libx264", rate=FPS, options={"preset": "ultrafast", "crf": "20"}) if pictures else None
        audio = out.add_stream("aac", rate=RATE, layout="mono") if sound is not None else None
        if video is not None and pictures:
            video.height, video.width = pictures[0].shape[:2]
            video.pix_fmt = "yuv420p"
            for image in pictures:
                out.mux(video.encode(av.VideoFrame.from_ndarray(image, format="rgb24")))
            out.mux(video.encode())
        if audio is not None:
            for begin in range(0, len(sound), 1024):
                block = np.ascontiguousarray(sound[None, begin : begin + 1024], dtype=np.float32)
                frame = av.AudioFrame.from_ndarray(block, format="fltp", layout="mono")
                frame.rate, frame.pts, frame.time_base = RATE, begin, Fraction(1, RATE)
                out.mux(audio.encode(frame))
            out.mux(audio.encode())
    return path


def judged(path, tmp_path, networks, settings, **order):
    with open_session([path], tmp_path, settings.media) as session:
        found = preflight(session, networks, settings, Order.model_validate(order) if order else None)
    return {one.code: one for one in found.remarks if not one.fit}, found


def noisy(sound):
    return np.clip(sound + np.random.default_rng(1).normal(0, 0.05, len(sound)), -1, 1)


def dark(pictures):
    return [(one * 0.06).astype(np.uint8) for one in pictures]


def left(pictures):
    return [one[:, :640] for one in pictures]


def humming(sound):
    """Mains hum 15 dB below the speech."""
    time = np.arange(len(sound)) / RATE
    waves = sum(share * np.sin(2 * np.pi * 50 * n * time) for n, share in ((1, 1.0), (2, 0.6), (3, 0.4), (6, 0.2)))
    return sound + waves.astype(np.float32) * float(np.sqrt(np.square(sound).mean())) * 0.2


def broken_off(sound):
    """Zeros for half a second, three times, each where it is loudest before and after."""
    size, hole = RATE // 100, 50
    made = sound + np.random.default_rng(1).normal(0, 1e-3, len(sound)).astype(np.float32)
    for begin in (1, 6, 11):
        piece = np.square(sound[begin * RATE : (begin + 5) * RATE].reshape(-1, size)).mean(axis=1)
        at = begin * 100 + int(np.argmax(np.minimum(piece[: -hole - 2], piece[hole + 1 : -1]))) + 1
        made[at * size : (at + hole) * size] = 0
    return made


def far(pictures):
    """The same people, a third as large."""
    small = []
    for image in pictures:
        frame = np.full_like(image, 120)
        shrunk = image[::3, ::3]
        frame[240 : 240 + shrunk.shape[0], 426 : 426 + shrunk.shape[1]] = shrunk
        small.append(frame)
    return small


CASES = {
    "as it should be": (lambda sound, pictures: (sound, pictures), set()),
    "noise": (lambda sound, _: (noisy(sound), None), {"pf_noise"}),
    "soft": (lambda sound, _: (sound * 0.01, None), {"pf_quiet"}),
    "clipped": (lambda sound, _: (np.clip(sound * 40, -1, 1), None), {"pf_clipped"}),
    "hum": (lambda sound, _: (humming(sound), None), {"pf_hum"}),
    "broken off": (lambda sound, _: (broken_off(sound), None), {"pf_sound_lost"}),
    "frozen": (lambda _, pictures: (None, [pictures[0]] * len(pictures)), {"pf_no_sound", "pf_picture_lost"}),
    "upside down": (
        lambda _, pictures: (None, [np.ascontiguousarray(one[::-1, ::-1]) for one in pictures]),
        {"pf_no_sound", "pf_turned"},
    ),
    "silent": (lambda sound, _: (sound * 0.0, None), {"pf_silent"}),
    "dark": (lambda _, pictures: (None, dark(pictures)), {"pf_no_sound", "pf_dark"}),
    "far away": (lambda _, pictures: (None, far(pictures)), {"pf_no_sound", "pf_faces_small"}),
    "half of the picture": (lambda _, pictures: (None, left(pictures)), {"pf_no_sound", "pf_faces_few"}),
}


@pytest.mark.parametrize("case", CASES)
def test_what_is_wrong_is_named_and_nothing_else(case, trial, tmp_path, networks, settings) -> None:
    change, wanted = CASES[case]
    sound, pictures = change(*trial)
    found, whole = judged(written(tmp_path / "trial.mp4", sound, pictures), tmp_path, networks, settings)
    named = set(found) - ({"pf_blurred", "pf_faces_few"} if case == "dark" else set())  # both may come of darkness
    named -= {"pf_faces_few"} if case == "upside down" else set()  # faces are found upright
    if case in ("noise", "clipped", "soft"):
        named -= {"pf_voices_few"}  # voices are hard to tell apart there, which may be said too
    assert named == wanted
    assert whole.fit is (not wanted)
    assert all("请" in one.zh for one in found.values())


def test_a_call_needs_no_picture_and_a_sale_face_to_face_does(trial, tmp_path, networks, settings) -> None:
    path = written(tmp_path / "call.mp4", trial[0])
    assert "pf_no_picture" not in judged(path, tmp_path, networks, settings, scenario="telesales")[0]
    assert "pf_no_picture" in judged(path, tmp_path, networks, settings, scenario="face_to_face")[0]


def test_one_voice_alone_is_not_two_people(trial, tmp_path, networks, settings) -> None:
    sound = trial[0][: 9 * RATE]
    found, _ = judged(written(tmp_path / "one.mp4", sound), tmp_path, networks, settings)
    assert "pf_voices_few" in found


def test_a_trial_that_is_too_short_is_said_to_be_so(trial, tmp_path, networks, settings) -> None:
    found, _ = judged(written(tmp_path / "short.mp4", trial[0][:RATE]), tmp_path, networks, settings)
    assert "pf_length_short" in found


def test_the_command_line_says_what_to_mend(trial, tmp_path, capfd) -> None:
    path = written(tmp_path / "silent.mp4", trial[0] * 0.0)
    assert main(["preflight", str(path)]) == 1
    out = capfd.readouterr().out
    assert out.startswith("✗ 没有听到有人说话")
    assert "请先改进" in out


@pytest.mark.parametrize("arguments", [["nothing.mp4"], [], ["nothing.mp4", "--order", "nothing.json"]])
def test_what_cannot_be_checked_ends_with_two(arguments, capfd) -> None:
    assert main(["preflight", *arguments]) == 2
    assert capfd.readouterr().out == ""


def test_the_machine_is_checked(capfd, monkeypatch, tmp_path) -> None:
    monkeypatch.setenv("MINGJIAN_STORE__FOLDER", str(tmp_path / "data"))
    assert main(["preflight", "--system"]) in (0, 1)
    assert "✓ 配置正确" in capfd.readouterr().out
    monkeypatch.setenv("MINGJIAN_STORE__POOL", "0")
    assert main(["preflight", "--system"]) == 1
    assert "✗ 配置有错误" in capfd.readouterr().out


def test_faults_of_the_limits_are_told(tmp_path) -> None:
    path = tmp_path / "preflight.yaml"
    path.write_text("schema: 1\nsample_s: -1\n", encoding="utf-8")
    with pytest.raises(MingjianError) as caught:
        limits_of(path)
    assert caught.value.code == "preflight_faults"

"""Every real and odd file beside the project: opened and read to its end, or refused with one coded error."""

import csv
from pathlib import Path

import pytest

from engine.errors import MingjianError
from engine.interval import Interval
from engine.media.session import Session, open_session

TOLERANCE = 0.3
# Files whose length in the index is not that of what they hold, and why.
OTHER_LENGTH = {
    "media__100kB-garbage-prefix.mp3": "index: the garbage read as AMR",
    "media__bear-cbr-no-seek-table-trailing-garbage.mp3": "index: file size over bit rate, garbage included",
    "media__iibbibb_editlist_videoonly.mp4": "index: the edit list; the last half second has no picture",
    "media__sample_fragmented.mp4": "index: nonsense of the header, 40 hours",
    "media__sample_fragmented_sei.mp4": "index: nonsense of the header, 40 hours",
    "media__sample_fragmented_unsupported_brands.mp4": "index: nonsense of the header, 40 hours",
    "media__sample_nb_with_silence_frames.amr": "index: estimated from the bit rate; 220 frames of 20 ms",
    "media__sample_opus.mp4": "index: encoder delay counted in",
    "media__sample_scte35.ts": "index: from the first data packet on, before picture and sound",
    "mp4parse-rust__opus_audioinit.mp4": "index: encoder delay counted in",
    "torchcodec__nasa_13013.mp4": "index: the subtitles; picture and sound last 13 s",
}
# Files that hold something decodable must not be refused; these may.
REFUSED = {
    "FunASR__header_only_46B.wav": "media_zero_length",
    "cognitive-services-speech-sdk__good_morning.pcm": "media_not_media",
    "cognitive-services-speech-sdk__missing_wav_header.wav": "media_not_media",
    "media__1024_incrementing_bytes.mp3": "media_not_media",
    "media__full_blocks.mkv": "media_no_streams",
    "media__invalid-bitstream.webm": "media_no_streams",
    "media__play-trimmed.mp3": "media_not_media",
    "media__sample_ac4.ts": "media_no_streams",
    "media__sample_dts_hd_across_pes.ts": "media_no_streams",
    "media__sample_dts_uhd.ts": "media_no_streams",
    "media__sample_fragmented_sideloaded_track.mp4": "media_truncated",
    "media__sample_fragmented_uuid.mp4": "media_no_streams",
    "media__sample_malformed_free_box.mp4": "media_truncated",
    "mp4parse-rust__bipbop-cenc-audioinit.mp4": "media_zero_length",
    "mp4parse-rust__bipbop_audioinit.mp4": "media_zero_length",
    "mp4parse-rust__bipbop_nonfragment_header.mp4": "media_no_data",
    "mp4parse-rust__chunk_out_of_range.mp4": "media_not_media",
    "mp4parse-rust__invalid_userdata.mp4": "media_no_data",
    "mp4parse-rust__test_case_1185230.mp4": "media_no_streams",
    "mp4parse-rust__zero_empty_stsc.mp4": "media_no_streams",
    "pydub__test1_empty.wav": "media_zero_length",
    "websdk-java-demo__iat_pcm_16k.pcm": "media_not_media",
}


def rows(field: Path, kinds: set[str]) -> list[dict[str, str]]:
    with (field / "index.tsv").open(encoding="utf-8") as file:
        return [row for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE) if row["kind"] in kinds]


def check_whole(session: Session, row: dict[str, str], folder: Path) -> None:
    """Read everything and compare the length with the index."""
    audio = session.audio()
    assert (audio is None) == (not session.media.has_audio)
    if audio is not None:
        assert audio.duration == pytest.approx(session.media.duration, abs=0.001)
    frames = [frame.time for frame in session.frames(2)]
    assert bool(frames) == session.media.has_video
    assert frames == sorted(frames)
    assert all(-1e-6 <= time <= session.media.duration for time in frames)
    clip = session.cut(Interval(0, min(1.0, session.media.duration)), folder / "clip.mp4")
    assert clip.stat().st_size > 0
    if row["duration_s"] and Path(row["file"]).name not in OTHER_LENGTH:
        assert session.media.duration == pytest.approx(float(row["duration_s"]), abs=TOLERANCE), row["file"]


def check_all(field: Path, chosen: list[dict[str, str]], folder: Path) -> None:
    for row in chosen:
        path = field / row["file"]
        if path.name in REFUSED:
            with pytest.raises(MingjianError) as refused:
                open_session([path], folder / "work")
            assert refused.value.code == REFUSED[path.name], path.name
        else:
            with open_session([path], folder / "work") as session:
                check_whole(session, row, folder)
        assert list((folder / "work").glob("*")) == []


def test_sound_and_small_files(field: Path, tmp_path: Path) -> None:
    small = [row for row in rows(field, {"odd_media"}) if (field / row["file"]).stat().st_size < 30_000]
    assert len(small) > 40
    check_all(field, small, tmp_path)


@pytest.mark.full
@pytest.mark.parametrize("kind", ["odd_media", "talking_video", "mandarin_single", "mandarin_dialogue"])
def test_every_file(kind: str, field: Path, tmp_path: Path) -> None:
    check_all(field, rows(field, {kind}), tmp_path)

"""Progress: bars on a terminal, plain lines otherwise."""

import io

import pytest

from api.cli.console import BarBoard, PlainBoard, board, printable


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


def test_plain_lines_come_once_per_quarter() -> None:
    lines: list[str] = []
    plain = PlainBoard(["a.mp4", "b.mp4"], lines.append)
    for done in range(101):
        plain.stage(1, "transcribe", done, 100)
    plain.stage(1, "unheard_of", 1, 0)
    plain.finished(1, "通过")
    assert lines == [
        *(f"[2/2] b.mp4：语音转写 {share}%" for share in (0, 25, 50, 75, 100)),
        "[2/2] b.mp4：unheard_of 0%",
        "[2/2] b.mp4：通过",
    ]


@pytest.mark.parametrize(("stream", "kind"), [(io.StringIO(), PlainBoard), (Terminal(), BarBoard)])
def test_the_board_suits_the_stream(stream: io.StringIO, kind: type, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    with board(["[red]a.mp4", "b.mp4"], stream) as shown:
        assert isinstance(shown, kind)
        shown.stage(0, "diarize", 1, 2)
        shown.finished(0, "完成")
    assert "[red]a.mp4" in stream.getvalue()


def test_control_characters_are_replaced() -> None:
    assert printable("a\x1b[31mb\n双录") == "a\ufffd[31mb\ufffd双录"

"""Text records, judged by the same rules as recordings."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from api.cli.inspect import app
from engine.chat import is_chat, open_chat
from engine.errors import MingjianError
from engine.inspection import from_json
from engine.order import Order
from engine.pipeline import inspect_media
from engine.rules import evaluate, load
from engine.stages import Stages
from tests.rules.conftest import ORDER, item_of, sale

ASK = {"role": "agent", "text": "您今天购买的是一款保险产品，您明白吗？"}
YES = {"role": "customer", "text": "明白。"}


def written(folder: Path, lines: object, name: str = "chat.json") -> Path:
    path = folder / name
    path.write_text(json.dumps({"utterances": lines}, ensure_ascii=False), encoding="utf-8")
    return path


def evidence(path: Path):
    return open_chat([path]).evidence(Stages(), ("audio", "transcribe"))


def test_a_record_is_judged_by_the_same_rules(tmp_path):
    lines = [{"role": role, "text": text} for role, text in sale(dr_period="不清楚。")]
    items = evaluate(evidence(written(tmp_path, lines)), load("face_to_face"), Order.model_validate(ORDER))
    assert item_of(items, "dr_cooling_off").verdict == "pass"
    assert item_of(items, "dr_period").verdict == "fail"
    assert item_of(items, "dr_period").answer.quote == "不清楚。"


def test_without_times_lines_follow_each_other_and_latency_is_not_measured(tmp_path):
    heard = evidence(written(tmp_path, [ASK, YES])).transcript
    assert heard.nominal
    assert [one.interval.start for one in heard.utterances] == sorted(one.interval.start for one in heard.utterances)
    item = item_of(evaluate(evidence(written(tmp_path, [ASK, YES])), load("face_to_face"), Order()), "dr_is_insurance")
    assert item.verdict == "pass"
    assert item.answer.latency is None


def test_stated_times_are_kept(tmp_path):
    lines = [ASK | {"start": 3.0, "end": 8.0}, YES | {"start": 9.5, "end": 10.0}]
    found = evidence(written(tmp_path, lines))
    assert not found.transcript.nominal
    assert found.transcript.characters[0].interval.start == 3.0
    assert item_of(evaluate(found, load("face_to_face"), Order()), "dr_is_insurance").answer.latency == 1.5


def test_the_first_date_is_the_day_of_the_sale(tmp_path):
    assert open_chat([written(tmp_path, [ASK | {"at": "2026-11-02T10:12:00+08:00"}, YES])]).media.recorded_at == (
        "2026-11-02T10:12:00+08:00"
    )


def test_parts_follow_each_other(tmp_path):
    chat = open_chat([written(tmp_path, [ASK], "a.json"), written(tmp_path, [YES], "b.json")])
    assert [part.name for part in chat.media.parts] == ["a.json", "b.json"]
    assert chat.transcript.utterances[1].interval.start >= chat.media.parts[1].offset
    assert chat.media.duration == pytest.approx(sum(part.duration for part in chat.media.parts))


@pytest.mark.parametrize(
    "content",
    [
        "",
        "no json",
        "[]",
        '{"utterances": []}',
        '{"utterances": [{"role": "boss", "text": "好"}]}',
        '{"utterances": [{"role": "agent"}]}',
        '{"utterances": [{"role": "agent", "text": "好", "start": 5}]}',
        '{"utterances": [{"role": "agent", "text": "好", "start": 5, "end": 4}]}',
        '{"utterances": [{"role": "agent", "text": "好", "start": 5, "end": 1e999}]}',
    ],
)
def test_what_is_no_record_is_refused(tmp_path, content):
    path = tmp_path / "chat.json"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(MingjianError, match=r"MJ102|MJ110"):
        open_chat([path])


def test_records_and_recordings_do_not_mix():
    assert is_chat([Path("a.json"), Path("b.JSON")])
    assert not is_chat([Path("a.mp4")])
    with pytest.raises(MingjianError, match="MJ111"):
        is_chat([Path("a.mp4"), Path("b.json")])


def test_inspection_skips_the_stages_of_sound_and_picture(tmp_path):
    result = inspect_media(written(tmp_path, [ASK, YES]), order=ORDER)
    stages = {stage.name: (stage.status, stage.reason) for stage in result.inspection.stages}
    assert stages["transcribe"] == stages["vision"] == ("skipped", "text_record")
    assert stages["rules"][0] == "ok"
    assert "confirm" not in stages
    assert "times_nominal" in [note.code for note in result.inspection.notes]
    assert result.inspection.engine.models == ()


def test_the_command_line_writes_a_report(tmp_path):
    chat = written(tmp_path, [{"role": role, "text": text} for role, text in sale()])
    (tmp_path / "chat.order.json").write_text(json.dumps(ORDER), encoding="utf-8")
    result = CliRunner().invoke(app, [str(chat), "--out", str(tmp_path / "out")])
    assert result.exit_code in (0, 1), result.output
    folder = tmp_path / "out" / "chat"
    inspection = from_json((folder / "inspection.json").read_bytes())
    assert next(item for item in inspection.items if item.id == "dr_cooling_off").verdict == "pass"
    assert "犹豫期" in (folder / "report.html").read_text(encoding="utf-8")
    assert (folder / "evidence.json.gz").is_file()

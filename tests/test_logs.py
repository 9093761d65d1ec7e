"""Log lines: JSON, one line each, with the ids of the work at hand, and nothing about people whatever comes."""

import io
import json
import logging

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import MingjianError
from engine.logs import JsonLines, masked, set_up_json_logs, working_on

SECRETS = [
    "13800138000", "138 0013 8000", "138-0013-8000", "+86 13800138000",
    "１３８００１３８０００", "幺三八零零幺三八零零零",
    "11010519491231002X", "110105 19491231 002X", "6222021234567890123", "wang.xiulan@example.com",
    "mj_4fT9xQ2bLr8WnVs1YzKd7PqEo3GhMa5C", "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJlLWhlcmU",
]  # fmt: skip
NAMED = ["password=hunter2!", '"token": "abcdef"', "Authorization: Bearer 0123456789abcdef", "api_key='k-123'",
         "postgresql+psycopg://mingjian:s3cret@db/x", "Set-Cookie: mingjian=longvalue123"]  # fmt: skip


@pytest.fixture
def lines():
    stream = io.StringIO()
    before = logging.getLogger().handlers[:], logging.getLogger().level
    set_up_json_logs("INFO", lambda: {"request_id": "req-1"}, stream)
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    logging.getLogger().handlers[:], logging.getLogger().level = before


@pytest.mark.parametrize("secret", SECRETS)
@pytest.mark.parametrize("around", ["{}", "客户电话{}，请核实", "phone={};", '{{"phone": "{}"}}', "x\n{}\n", "[{}]"])
def test_numbers_addresses_and_keys_are_hidden(secret, around) -> None:
    shown = masked(around.format(secret))
    assert secret not in shown
    digits = "".join(one for one in secret if one.isdigit())
    assert len(digits) < 11 or digits not in "".join(one for one in shown if one.isdigit())


@pytest.mark.parametrize("text", NAMED)
def test_values_that_are_named_secret_are_hidden(text) -> None:
    shown = masked(f"failed: {text}")
    for value in ("hunter2!", "abcdef", "0123456789abcdef", "k-123", "s3cret", "longvalue123"):
        assert value not in shown


@pytest.mark.parametrize(
    "text", ["session 019abf3c2d4e5f60718293a4b5c6d7e8 inspected", "202 in 3.5 s", "stage transcribe"]
)
def test_ids_codes_and_times_stay_readable(text) -> None:
    assert masked(text) == text


def test_a_line_names_request_and_job(lines) -> None:
    log = logging.getLogger("engine.test")
    with working_on("job-7"):
        log.info("leased %s", "job-7", extra={"seconds": 1.5})
    log.info("done")
    first, second = lines()
    assert (first["job_id"], first["request_id"], first["message"], first["seconds"]) == (
        "job-7",
        "req-1",
        "leased job-7",
        1.5,
    )
    assert "job_id" not in second
    assert first["at"].endswith("+00:00")


def test_an_error_tells_its_kind_code_and_place_but_not_its_text(lines) -> None:
    try:
        try:
            raise ValueError("UPDATE session SET order = '王秀兰 13800138000'")
        except ValueError as cause:
            raise MingjianError("internal", detail="王秀兰") from cause
    except MingjianError:
        logging.getLogger("api.test").exception("request failed")
    (line,) = lines()
    assert (line["error"]["kind"], line["error"]["code"]) == ("engine.errors.MingjianError", "internal")
    assert line["error"]["cause"] == "builtins.ValueError"
    assert line["error"]["at"][0].startswith("main/tests/") or "test_logs.py" in line["error"]["at"][0]
    assert "王秀兰" not in json.dumps(line, ensure_ascii=False)
    assert "13800138000" not in json.dumps(line)


@pytest.mark.parametrize(
    ("message", "arguments"),
    [("%d sessions", ("none",)), ("%s and %s", ("one",)), ('forged\r\n{"level": "info"}', ()), ("\x1b[31mred", ())],
)
def test_a_broken_or_forged_message_is_still_one_line(lines, message, arguments) -> None:
    logging.getLogger("engine.test").warning(message, *arguments)
    (line,) = lines()
    assert line["level"] == "warning"
    assert "\x1b" not in line["message"]


def test_extras_are_masked_too(lines) -> None:
    logging.getLogger("engine.test").warning("x", extra={"caller": "13800138000", "what": ["11010519491231002X"]})
    assert "13800138000" not in json.dumps(lines())
    assert "19491231" not in json.dumps(lines())


def test_libraries_are_heard_from_warnings_on(lines) -> None:
    logging.getLogger("sqlalchemy.engine").info("SELECT secret things")
    logging.getLogger("uvicorn.error").error("Exception in ASGI application")
    assert [one["logger"] for one in lines()] == ["uvicorn.error"]


@given(st.text(max_size=300))
def test_any_text_becomes_one_line_of_json(text) -> None:
    record = logging.LogRecord("engine.x", logging.INFO, "", 0, text, None, None)
    line = JsonLines().format(record)
    assert "\n" not in line
    assert json.loads(line)["level"] == "info"


@given(st.integers(13_000_000_000, 19_999_999_999), st.text(alphabet="，。 a客:=[]{}\"'", max_size=10))
def test_no_mobile_number_survives(number, around) -> None:
    assert str(number) not in masked(f"{around}{number}{around}")

"""Questions to a language model, answered by a real server of this machine."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from pydantic import SecretStr

from engine.errors import MingjianError
from engine.evidence.file import pack, unpack
from engine.inquiry import LanguageSettings, inquirer
from engine.order import Order
from engine.pipeline import judge
from engine.rules import evaluate
from engine.settings import load_settings
from engine.stages import Stages
from tests.rules.operators.workbench import document, judged, loaded, outcome, reporting, session

QUESTION = {
    "question": "销售人员有没有贬低其他公司的产品？",
    "choices": ["有", "没有"],
    "finds": ["有"],
}
LINES = [
    ("agent", "您好，别家公司的理赔都是骗人的，我们最好。"),
    ("customer", "是吗，我先听一听你怎么介绍这个东西。"),
]
RULES = reporting({"llm_choice": QUESTION})


def chosen(choice: str, quote: str) -> bytes:
    content = json.dumps({"choice": choice, "quote": quote}, ensure_ascii=False)
    return json.dumps({"choices": [{"message": {"content": content}}]}).encode()


@contextmanager
def serving(reply: bytes, status: int = 200, wait: float = 0.0) -> Iterator[tuple[str, list[dict[str, object]]]]:
    """Address of a server that answers every POST with `reply`, and the requests it got."""
    asked: list[dict[str, object]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            asked.append({"path": self.path, "key": self.headers.get("Authorization"), **json.loads(body)})
            time.sleep(wait)
            try:
                self.send_response(status)
                self.send_header("Content-Length", str(len(reply)))
                self.end_headers()
                self.wfile.write(reply)
            except ConnectionError:
                return

        def log_message(self, *_: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield "http://" + f"127.0.0.1:{server.server_address[1]}/v1", asked
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def inspected(address: str, lines=LINES, **settings):
    """Evidence and item after the pipeline's own judging, with the language model at `address`."""
    ask = inquirer(LanguageSettings(address=address, model="test", **settings))
    evidence, judgement = judge(session(*lines), RULES, Order(), Stages(), None, ask)
    return evidence, next(item for item in judgement.items if item.id == "cv_it")


def test_without_a_language_model_the_check_does_not_apply():
    assert outcome(RULES, LINES) == ("not_applicable", "no_language_model")
    assert inquirer(LanguageSettings()) is None


def test_a_finding_needs_a_quote_and_a_person():
    with serving(chosen("有", "别家公司的理赔都是骗人的")) as (address, asked):
        evidence, item = inspected(address, key=SecretStr("secret"))
    assert (item.verdict, item.reason_code) == ("review", "language_found")
    assert [one.quote for one in item.evidence] == ["别家公司的理赔都是骗人的"]
    assert asked[0]["path"] == "/v1/chat/completions"
    assert (asked[0]["model"], asked[0]["key"]) == ("test", "Bearer secret")
    shown = json.dumps(asked[0]["messages"], ensure_ascii=False)
    assert "销售人员：您好，别家公司" in shown
    assert "客户：是吗" in shown
    assert evidence.stage("inquire").status == "ok"


def test_a_replay_of_stored_evidence_asks_nobody():
    with serving(chosen("有", "别家公司的理赔都是骗人的")) as (address, asked):
        evidence, item = inspected(address)
        assert len(asked) == 1
    assert judged(RULES, unpack(pack(evidence))) == item


@pytest.mark.parametrize(
    ("reply", "code"),
    [
        (chosen("有", "你们家的产品不好"), "language_quote_unfound"),
        (chosen("有", "骗人"), "language_quote_unfound"),
        (chosen("有", ""), "language_quote_unfound"),
        (chosen("没有", "我们最好"), "language_found_nothing"),
        (chosen("也许", "别家公司的理赔都是骗人的"), "language_found_nothing"),
        (b"no json", "language_failed"),
        (b'{"choices": []}', "language_failed"),
        (json.dumps({"choices": [{"message": {"content": "我觉得有"}}]}).encode(), "language_failed"),
        (json.dumps({"choices": [{"message": {"content": None}}]}).encode(), "language_failed"),
        (chosen("有", "别家公司的理赔都是骗人的") + b" " * 70000, "language_failed"),
    ],
)
def test_what_is_no_proof_changes_nothing(reply, code):
    with serving(reply) as (address, _):
        _, item = inspected(address)
    assert (item.verdict, item.reason_code) == ("not_applicable", code)


def test_a_quote_may_be_recognised_by_its_sound():
    with serving(chosen("有", "别家公司的里赔都是骗人的")) as (address, _):
        _, item = inspected(address)
    assert (item.verdict, item.evidence[0].how) == ("review", "pinyin")


def test_a_text_in_prose_around_the_json_is_read():
    content = '```json\n{"choice": "有", "quote": "别家公司的理赔都是骗人的"}\n```'
    reply = json.dumps({"choices": [{"message": {"content": content}}]}).encode()
    with serving(reply) as (address, _):
        assert inspected(address)[1].verdict == "review"


@pytest.mark.parametrize(("status", "wait"), [(500, 0.0), (302, 0.0), (200, 1.5)])
def test_a_server_that_fails_or_hangs_delays_no_one(status, wait):
    with serving(chosen("有", "别家公司的理赔都是骗人的"), status, wait) as (address, _):
        began = time.monotonic()
        _, item = inspected(address, timeout_s=0.5)
        assert time.monotonic() - began < 1.4
    assert (item.verdict, item.reason_code) == ("not_applicable", "language_failed")


def test_nobody_listens():
    with serving(b"") as (address, _):
        pass
    assert inspected(address)[1].reason_code == "language_failed"


def test_the_scope_decides_what_is_shown():
    rules = reporting({"llm_choice": {**QUESTION, "scope": {"role": "agent"}, "max_chars": 12}})
    (request,) = evaluate(session(*LINES), rules, Order()).inquiries
    assert request.text == "销售人员：您好，别家公司"
    other = evaluate(session(*LINES), RULES, Order()).inquiries[0]
    assert request.digest != other.digest


@pytest.mark.parametrize(
    ("values", "fault"),
    [
        ({"ADDRESS": "ftp" + "://127.0.0.1/v1", "MODEL": "m"}, "http"),
        ({"ADDRESS": "http" + "://192.0.2.1/v1", "MODEL": "m"}, "allow_remote"),
        ({"ADDRESS": "http" + "://127.0.0.1/v1"}, "model"),
    ],
)
def test_settings_refuse_what_is_not_of_this_machine(monkeypatch, values, fault):
    for name, value in values.items():
        monkeypatch.setenv(f"MINGJIAN_LANGUAGE__{name}", value)
    with pytest.raises(MingjianError, match=fault):
        load_settings()


def test_settings_travel_without_address_or_key(monkeypatch):
    assert "language" not in load_settings().parameters
    monkeypatch.setenv("MINGJIAN_LANGUAGE__ADDRESS", "http" + "://192.0.2.1/v1")
    monkeypatch.setenv("MINGJIAN_LANGUAGE__ALLOW_REMOTE", "true")
    monkeypatch.setenv("MINGJIAN_LANGUAGE__MODEL", "m")
    monkeypatch.setenv("MINGJIAN_LANGUAGE__KEY", "secret")
    assert load_settings().parameters["language"] == {"model": "m"}


@pytest.mark.parametrize(
    "fields",
    [
        {"verdict": "fail"},
        {"require": {"llm_choice": QUESTION}},
        {"condition": {"none_of": [{"llm_choice": QUESTION}]}},
        {"condition": {"llm_choice": {**QUESTION, "evidence_required": False}}},
        {"condition": {"llm_choice": {**QUESTION, "finds": ["别的"]}}},
    ],
)
def test_a_rule_cannot_give_the_model_more_than_review(fields):
    given = dict(fields)
    condition = given.pop("condition", {"llm_choice": QUESTION})
    with pytest.raises(MingjianError) as raised:
        loaded(document(condition, **given))
    assert raised.value.code == "ruleset_faults"


def test_the_model_adds_to_what_words_decide():
    rules = reporting({"any_of": [{"keyword": {"any": ["骗人"]}}, {"llm_choice": QUESTION}]})
    assert outcome(rules, LINES) == ("review", "words_heard")
    quiet = [("agent", "您好，我们看一看这份条款。"), LINES[1]]
    assert outcome(rules, quiet)[0] == "pass"

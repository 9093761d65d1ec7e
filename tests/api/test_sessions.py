"""From files to a session, and who sees what of it."""

import json
from typing import Any

import pytest

from api.http.access import ROLES
from engine.store import jobs, people
from engine.store.store import Store
from tests.api.conftest import NOW, House
from tests.api.made import inspected, session
from tests.api.sending import begin, uploaded
from tests.store.inspected import ORDER

CONTENT = b"\x00\x00\x00\x18ftypmp42" + bytes(range(256)) * 40
NUMBER = ORDER["policyholder"]["id_number"]  # type: ignore[index]
NAME = "王芳"


def post(house: House, headers: dict[str, str], **body: Any) -> Any:
    return house.client.post("/v1/sessions", headers=headers, json=body)


def files_of(store: Store) -> set[str]:
    return {one.sha256 for one in store.blobs.all()}


class TestMaking:
    def test_uploads_and_an_order_become_a_queued_session(self, house: House) -> None:
        headers = house.headers("uploader")
        ids = [uploaded(house, headers, CONTENT + bytes([n])) for n in range(2)]
        answer = post(house, headers, uploads=ids, order=ORDER, ruleset="face_to_face", tags=["首单", "西安"])
        assert answer.status_code == 202, answer.text
        assert answer.json()["created"] is True
        found = house.client.get(f"/v1/sessions/{answer.json()['session_id']}", headers=headers).json()
        assert (found["state"], found["policy_no"], found["branch"]) == ("queued", "P2026-1", "西安分公司")
        assert sorted(found["tags"]) == sorted(["西安", "首单"])
        assert [one["index"] for one in found["parts"]] == [0, 1]
        assert [one["kind"] for one in found["jobs"]] == ["inspect"]

    def test_the_same_bytes_under_another_policy_are_another_session_and_the_same_blob(self, house: House) -> None:
        headers = house.headers("uploader")
        one = post(house, headers, uploads=[uploaded(house, headers, CONTENT)], order={"policy_no": "A"}).json()
        same = post(house, headers, uploads=[uploaded(house, headers, CONTENT)], order={"policy_no": "A"}).json()
        other = post(house, headers, uploads=[uploaded(house, headers, CONTENT)], order={"policy_no": "B"}).json()
        assert one["session_id"] == same["session_id"] != other["session_id"]
        assert (one["created"], other["created"]) == (True, True)
        assert len(files_of(house.store)) == 1

    def test_every_fault_of_an_order_is_named(self, house: House) -> None:
        headers = house.headers("uploader")
        order = {
            "channel": "pigeon",
            "recorded_at": "yesterday",
            "products": [{"premium": "much", "cover_years": "x"}],
            "policyholder": {"birth_date": "1958-13-40"},
            "insured": {"same_as_policyholder": "perhaps"},
            "speakers": {"count": "two"},
        }
        answer = post(house, headers, uploads=[uploaded(house, headers, CONTENT)], order=order)
        assert (answer.status_code, answer.json()["code"]) == (422, "order_unreadable")
        assert {one["field"] for one in answer.json()["errors"]} == {
            "body.order.channel", "body.order.recorded_at", "body.order.products.0.premium",
            "body.order.products.0.cover_years", "body.order.policyholder.birth_date",
            "body.order.insured.same_as_policyholder", "body.order.speakers.count",
        }  # fmt: skip

    @pytest.mark.parametrize(
        ("body", "status", "code"),
        [
            ({"uploads": []}, 422, "request_invalid"),
            ({"uploads": ["0" * 32]}, 404, "not_found"),
            ({"uploads": ["x"]}, 422, "request_invalid"),
            ({"ruleset": "no_such_rules"}, 422, "ruleset_unknown"),
            ({"ruleset": "../../etc/passwd"}, 422, "request_invalid"),
            ({"ruleset": "configs/rulesets/bank.yaml"}, 422, "request_invalid"),
            ({"policy": "no_such_policy"}, 422, "policy_unknown"),
            ({"retry_of": "0" * 32}, 404, "not_found"),
            ({"tags": ["x" * 101]}, 422, "request_invalid"),
            ({"unknown": 1}, 422, "request_invalid"),
            ({"order": [1]}, 422, "request_invalid"),
        ],
    )
    def test_a_wrong_request_makes_nothing(self, house: House, body: dict[str, Any], status: int, code: str) -> None:
        headers = house.headers("uploader")
        answer = post(house, headers, **{"uploads": [uploaded(house, headers, CONTENT)], **body})
        assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
        assert house.client.get("/v1/sessions", headers=headers).json()["items"] == []

    def test_an_upload_that_is_not_whole_makes_no_session(self, house: House) -> None:
        headers = house.headers("uploader")
        place = begin(house, headers, CONTENT).headers["location"]
        answer = post(house, headers, uploads=[place.rsplit("/", 1)[-1]])
        assert (answer.status_code, answer.json()["code"]) == (409, "conflict")

    def test_a_text_record_does_not_go_with_a_recording(self, house: House) -> None:
        headers = house.headers("uploader")
        chat = json.dumps({"utterances": [{"role": "agent", "text": "您好"}]}).encode()
        ids = [uploaded(house, headers, CONTENT), uploaded(house, headers, chat, "chat.json")]
        assert post(house, headers, uploads=ids).json()["code"] == "chat_mixed"
        alone = post(house, headers, uploads=ids[1:])
        assert alone.status_code == 202

    @pytest.mark.parametrize("year", ["0001", "9999"])
    @pytest.mark.parametrize("zone", ["+23:59", "-23:59", "Z", ""])
    def test_dates_at_the_ends_of_the_calendar_break_nothing(self, house: House, year: str, zone: str) -> None:
        headers = house.headers("uploader")
        moment = f"{year}-{'01-01T00:00:00' if year == '0001' else '12-31T23:59:59'}{zone}"
        names = ("recorded_at", "issued_at", "receipt_signed_at", "contract_ended_at")
        order = {**dict.fromkeys(names, moment), "policyholder": {"birth_date": moment[:10]}}
        answer = post(house, headers, uploads=[uploaded(house, headers, CONTENT)], order=order)
        assert answer.status_code in (202, 422), answer.text
        assert house.client.get("/v1/sessions", headers=headers).status_code == 200


class TestForms:
    def send(self, house: House, files: list[tuple[str, Any]], **fields: Any) -> Any:
        headers = {**house.headers("uploader"), **fields.pop("headers", {})}
        return house.client.post("/v1/recordings", headers=headers, files=files, data=fields)

    def test_small_files_in_one_request(self, house: House) -> None:
        files = [("file", ("甲.mp4", CONTENT, "video/mp4")), ("file[]", ("乙.mp4", CONTENT + b"2", "video/mp4"))]
        answer = self.send(house, files, order=json.dumps(ORDER), ruleset="face_to_face")
        assert answer.status_code == 202, answer.text
        found = house.client.get(
            f"/v1/sessions/{answer.json()['session_id']}", headers=house.headers("reviewer")
        ).json()
        assert [one["file_name"] for one in found["parts"]] == ["甲.mp4", "乙.mp4"]
        assert found["order"]["policyholder"]["name"] == NAME
        assert list((house.settings.store.folder / "forms").iterdir()) == []

    def test_the_order_may_be_a_file_too(self, house: House) -> None:
        order = ("order", ("a.order.json", b"\xef\xbb\xbf" + json.dumps(ORDER).encode(), "application/json"))
        answer = self.send(house, [("file", ("a.mp4", CONTENT, "video/mp4")), order])
        assert answer.status_code == 202, answer.text

    def test_a_key_gives_the_same_answer_whatever_the_boundary(self, house: House) -> None:
        files = [("file", ("a.mp4", CONTENT, "video/mp4"))]
        key = {"Idempotency-Key": "form-1"}
        one = self.send(house, files, headers=key)
        two = self.send(house, files, headers=key)
        other = self.send(house, [("file", ("a.mp4", CONTENT[::-1], "video/mp4"))], headers=key)
        assert one.json() == two.json()
        assert two.headers["idempotent-replay"] == "true"
        assert (other.status_code, other.json()["code"]) == (422, "idempotency_reused")

    @pytest.mark.parametrize(
        ("files", "fields", "code"),
        [
            ([], {"order": "{}"}, "request_invalid"),
            ([("file", ("a.exe", CONTENT, "video/mp4"))], {}, "upload_refused"),
            ([("file", ("a.mp4", CONTENT, "text/html"))], {}, "upload_refused"),
            ([("file", ("a.mp4", b"PK\x03\x04zip", "video/mp4"))], {}, "upload_refused"),
            ([("file", ("a.mp4", b"", "video/mp4"))], {}, "upload_refused"),
            ([("file", ("a.mp4", CONTENT, "video/mp4"))], {"order": "{"}, "request_invalid"),
            ([("file", ("a.mp4", CONTENT, "video/mp4"))], {"order": "[1]"}, "order_unreadable"),
            ([("file", ("a.mp4", CONTENT, "video/mp4"))], {"order": "[" * 5000}, "request_invalid"),
            ([("file", ("a.mp4", CONTENT, "video/mp4"))], {"ruleset": "../x"}, "request_invalid"),
        ],
    )
    def test_a_wrong_form_makes_nothing(self, house: House, files: Any, fields: Any, code: str) -> None:
        sent = files or [("other", ("a.mp4", CONTENT, "video/mp4"))]
        answer = self.send(house, sent, **fields)
        assert answer.json()["code"] == code, answer.text
        assert answer.status_code < 500
        assert house.client.get("/v1/sessions", headers=house.headers("reviewer")).json()["items"] == []

    def test_what_is_no_form_is_refused(self, house: House) -> None:
        headers = {**house.headers("uploader"), "Content-Type": "multipart/form-data"}
        answer = house.client.post("/v1/recordings", headers=headers, content=b"rubbish")
        assert (answer.status_code, answer.json()["code"]) == (422, "request_invalid")


class TestSmall:
    @pytest.fixture
    def server(self) -> dict[str, Any]:
        return {"uploads": {"largest_form": 20_000}}

    def test_a_form_has_a_limit_whether_or_not_it_tells_its_length(self, house: House) -> None:
        big = [("file", ("a.mp4", bytes(30_000), "video/mp4"))]
        told = house.client.post("/v1/recordings", headers=house.headers("uploader"), files=big)
        assert (told.status_code, told.json()["code"]) == (413, "too_large")
        request = house.client.build_request("POST", "/v1/recordings", files=big)
        body = request.read()
        headers = {**house.headers("uploader"), "Content-Type": request.headers["content-type"]}
        untold = house.client.post("/v1/recordings", headers=headers, content=iter([body[:9000], body[9000:]]))
        assert (untold.status_code, untold.json()["code"]) == (413, "too_large")


class TestSeeing:
    def test_lists_hold_what_somebody_may_see(self, house: House) -> None:
        at = house.clock()
        own = session(house.store, at, b"1", by="uploader", policy_no="A")
        session(house.store, at, b"2", by="other", policy_no="B", agent={"org": "北京分公司"})

        def seen(role: Any, **more: Any) -> list[str]:
            answer = house.client.get("/v1/sessions", headers=house.headers(role, **more))
            return sorted(one["policy_no"] for one in answer.json()["items"])

        assert seen("reviewer") == ["A", "B"]
        assert seen("uploader") == ["A"]
        assert seen("branch", branch="北京分公司") == ["B"]
        assert seen("branch", name="adrift") == []
        for role, more in (("uploader", {"name": "third"}), ("branch", {"name": "far", "branch": "广州"})):
            answer = house.client.get(f"/v1/sessions/{own.id}", headers=house.headers(role, **more))  # type: ignore[arg-type]
            assert answer.status_code == 404

    def test_filters_do_not_widen_what_is_seen(self, house: House) -> None:
        session(house.store, house.clock(), by="other")
        headers = house.headers("uploader")
        assert house.client.get("/v1/sessions?created_by=other", headers=headers).json()["items"] == []

    def test_a_list_goes_on_where_it_ended(self, house: House) -> None:
        for n in range(7):
            session(house.store, house.clock.forward(seconds=1), bytes([n]), policy_no=f"P{n}")
        headers, cursor, found = house.headers("reviewer"), "", []
        while True:
            page = house.client.get(f"/v1/sessions?limit=3{cursor}", headers=headers).json()
            found += [one["policy_no"] for one in page["items"]]
            if page["next"] is None:
                break
            cursor = f"&cursor={page['next']}"
        assert found == [f"P{n}" for n in reversed(range(7))]
        for wrong in ("x", "W10", "WyIwMDAiLCIwIl0"):
            answer = house.client.get(f"/v1/sessions?cursor={wrong}", headers=headers)
            assert (answer.status_code, answer.json()["code"]) == (422, "cursor_unreadable")

    @pytest.mark.parametrize("role", [one for one in ROLES if one != "customer"])
    def test_people_are_masked_for_who_does_not_review(self, house: House, role: Any) -> None:
        row = inspected(house.store, house.clock())
        headers = house.headers(role, branch="西安分公司")
        unmasked = role in ("reviewer", "senior_reviewer", "compliance")
        detail = house.client.get(f"/v1/sessions/{row.id}", headers=headers)
        result = house.client.get(f"/v1/sessions/{row.id}/inspection", headers=headers)
        assert (detail.status_code, result.status_code) == (200, 200)
        for text in (detail.text, result.text):
            assert (NUMBER in text) == unmasked
            assert (NAME in text) == unmasked

    def test_a_customer_sees_their_own_record_without_what_was_found(self, house: House) -> None:
        row = inspected(house.store, house.clock())
        key = house.store.database.keys.person("id", NUMBER)
        headers = house.headers("customer", customer_key=key)
        with house.store.database.reading() as s:
            assert people.owns(s, key, row.id)
        found = house.client.get(f"/v1/sessions/{row.id}", headers=headers).json()
        assert (found["verdict"], found["score"], found["agent_name"], found["inspections"]) == (None, None, None, [])
        assert NUMBER not in json.dumps(found, ensure_ascii=False)
        stranger = house.headers("customer", name="stranger", customer_key="0" * 64)
        nobody = house.headers("customer", name="nobody")
        for other in (stranger, nobody):
            for path in ("", "/media/0", "/media/0/link"):
                address = f"/v1/sessions/{row.id}{path}"
                answer = (
                    house.client.post(address, headers=other, json={})
                    if path.endswith("link")
                    else house.client.get(address, headers=other)
                )
                assert answer.status_code == 404, path
        assert house.client.get(f"/v1/sessions/{row.id}/media/0", headers=headers).status_code == 200

    def test_clips_are_not_named_to_who_may_not_watch(self, house: House) -> None:
        row = inspected(house.store, house.clock())
        found = house.client.get(
            f"/v1/sessions/{row.id}/inspection", headers=house.headers("branch", branch="西安分公司")
        ).json()
        assert all(one["clip"] is None for item in found["items"] for one in item["evidence"])

    def test_every_look_stands_in_the_audit_log(self, house: House) -> None:
        row = inspected(house.store, house.clock())
        headers = house.headers("reviewer")
        for path in ("", "/inspection", "/media/0", "/files/clips/dr_cooling_off.mp4"):
            assert house.client.get(f"/v1/sessions/{row.id}{path}", headers=headers).status_code == 200
        with house.store.database.engine.connect() as connection:
            lines = connection.exec_driver_sql(
                "SELECT actor, action, object FROM audit WHERE actor = 'reviewer' ORDER BY number"
            ).all()
        assert [tuple(one) for one in lines] == [
            ("reviewer", action, f"session/{row.id}")
            for action in ("session.view", "inspection.view", "media.view", "clip.view")
        ]


class TestWork:
    def test_a_session_is_inspected_again_by_other_rules(self, house: House) -> None:
        row = inspected(house.store, house.clock())
        headers = house.headers("reviewer")
        body = {"ruleset": "bank", "media": False}
        answer = house.client.post(f"/v1/sessions/{row.id}/inspect", headers=headers, json=body)
        assert answer.status_code == 202, answer.text
        with house.store.database.reading() as s:
            job = jobs.get(s, answer.json()["job_id"])
        assert job is not None
        assert (job.kind, job.parameters, job.state) == ("rejudge", {"ruleset": "bank"}, "queued")
        again = house.client.post(f"/v1/sessions/{row.id}/inspect", headers=headers, json=body)
        assert (again.status_code, again.json()["code"]) == (409, "conflict")

    def test_evidence_that_is_not_there_is_not_judged(self, house: House) -> None:
        row = session(house.store, house.clock())
        answer = house.client.post(
            f"/v1/sessions/{row.id}/inspect", headers=house.headers("reviewer"), json={"media": False}
        )
        assert (answer.status_code, answer.json()["code"]) == (409, "not_inspected")

    def test_work_is_called_off_and_begun_anew(self, house: House) -> None:
        row = session(house.store, NOW)
        headers = house.headers("senior_reviewer")
        stopped = house.client.post(f"/v1/sessions/{row.id}/cancel", headers=headers)
        assert [one["state"] for one in stopped.json()] == ["cancelled"]
        assert house.client.post(f"/v1/sessions/{row.id}/cancel", headers=headers).status_code == 409
        begun = house.client.post(f"/v1/sessions/{row.id}/retry", headers=headers)
        assert [one["state"] for one in begun.json()] == ["queued"]
        assert house.client.post(f"/v1/sessions/{row.id}/retry", headers=headers).status_code == 409

    def test_tags_are_replaced(self, house: House) -> None:
        row = session(house.store, NOW)
        headers = house.headers("reviewer")
        answer = house.client.put(f"/v1/sessions/{row.id}/tags", headers=headers, json={"tags": ["重点", "重点 "]})
        assert answer.json()["tags"] == ["重点"]
        assert house.client.get("/v1/sessions?tag=重点", headers=headers).json()["items"][0]["id"] == row.id

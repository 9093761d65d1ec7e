"""The rounds: what is due is done, once, whoever makes them and however often."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from engine.duties.data import duties
from engine.duties.days import civil_day
from engine.duties.quotas import coverage
from engine.evidence import Voiceprint
from engine.inspection import Outcome
from engine.rounds import make_rounds
from engine.settings import Settings
from engine.store import consistency, events, policies, quotas, reviews, tickets
from engine.store.reviews import NewDecision, Reviewer
from engine.store.tickets import NewEvent, NewTicket, TicketFilters
from tests.store.duties import CALL, DENIED, inspected

NOW = datetime(2026, 11, 4, 2, tzinfo=UTC)
LATER = NOW + timedelta(days=8)
CALLED = {"scenario": "callback", "channel": "callback", "recorded_at": "2026-11-10T10:00:00+08:00"}
STANDARD = Outcome("标准件")


def found_of(store, session):
    with store.database.reading() as s:
        return consistency.findings(s, session.id)


def callback_of(store, policy_no="P1"):
    with store.database.reading() as s:
        (found,) = tickets.page(s, TicketFilters(kind="callback", policy_no=policy_no), NOW).rows
        return found


def decide(store, session, outcome, now, seconds=120.0):
    """A person claims and decides the session's open review."""
    who = Reviewer("zhao", None, senior=True)
    with store.database.writing() as s:
        review_id = (
            s.connection()
            .exec_driver_sql(
                f"SELECT id FROM review WHERE session_id = '{session.id}' AND state = 'open'"  # noqa: S608
            )
            .scalar_one()
        )
        review = reviews.claim(s, review_id, who, now, 900)
        reviews.decide(s, review_id, who, review.version, NewDecision(outcome, seconds=seconds), now)


# ------------------------------------------------------------------ comparison


def test_a_call_back_that_denies_the_signature_is_told_with_both_sessions(store, tmp_path) -> None:
    sale = inspected(store, tmp_path, NOW)
    call = inspected(store, tmp_path, LATER, DENIED, content=b"call", **CALLED)
    found = make_rounds(store, LATER)
    assert (found.compared, found.findings, found.failed) == (2, 1, ())
    (mine,) = found_of(store, call)
    assert (mine.check, mine.session_id, mine.others, mine.withdrawn_at) == ("cs_signature", call.id, [sale.id], None)
    assert found_of(store, sale) == (mine,)
    again = make_rounds(store, LATER)
    assert (again.compared, again.findings) == (0, 0)


def test_what_a_new_inspection_no_longer_says_is_taken_back(store, tmp_path) -> None:
    inspected(store, tmp_path, NOW)
    call = inspected(store, tmp_path, LATER, DENIED, content=b"call", **CALLED)
    make_rounds(store, LATER)
    with store.database.writing() as s:
        consistency.compare_again(s, "P1")
        assert consistency.write(s, [call.id], ["cs_signature"], [], LATER) == 0
    assert found_of(store, call) == ()
    with store.database.reading() as s:
        assert [one.withdrawn_at for one in consistency.findings(s, call.id, withdrawn=True)] == [LATER]
    make_rounds(store, LATER)
    assert [one.check for one in found_of(store, call)] == ["cs_signature"]


def test_a_severe_finding_opens_a_review_of_a_session_that_was_clear(store, tmp_path) -> None:
    inspected(store, tmp_path, NOW, verdict="clear")
    call = inspected(store, tmp_path, LATER, DENIED, content=b"call", verdict="clear", **CALLED)
    make_rounds(store, LATER)
    with store.database.reading() as s:
        opened = [one for one in events.after(s, 0, call.id) if one.kind == "session.disagrees"]
        assert [one.data["check"] for one in opened] == ["cs_signature"]
    decide(store, call, "合格", LATER)


def test_one_phone_for_three_customers_and_a_file_used_twice(store, tmp_path) -> None:
    made = [
        inspected(
            store, tmp_path, NOW, content=b"same" if number else b"first", policy_no=f"P{number}",
            policyholder={"name": f"客{number}", "id_number": f"E{number}", "phone": "+86 138 0013 8000"},
        )
        for number in range(3)
    ]  # fmt: skip
    make_rounds(store, NOW)
    assert {one.check for one in found_of(store, made[2])} == {"cs_phone", "cs_reused"}
    reused = next(one for one in found_of(store, made[2]) if one.check == "cs_reused")
    assert set(reused.others) | {reused.session_id} == {made[1].id, made[2].id}
    with store.database.reading() as s:
        beside = policies.beside(s, made[0].id)
    assert beside.customers_by_phone == {"13800138000": 3}
    assert set(beside.sha256_at_upload or {}) == {"a.mp4"}


def test_the_salespersons_own_phone_as_the_customers(store, tmp_path) -> None:
    fake = {"name": "王芳", "id_number": "E1", "phone": "13900139000"}
    made = inspected(store, tmp_path, NOW, policyholder=fake)
    own = inspected(store, tmp_path, NOW, content=b"own", policy_no="P2", policyholder={**fake, "name": "李强"})
    make_rounds(store, NOW)
    assert [one.reason_code for one in found_of(store, made) if one.session_id == made.id] == ["cs_phone_agent"]
    assert [one for one in found_of(store, own) if one.session_id == own.id] == []


def test_a_result_that_cannot_be_read_stops_nothing(store, tmp_path) -> None:
    broken = inspected(store, tmp_path, NOW)
    whole = inspected(store, tmp_path, NOW, content=b"other", policy_no="P2")
    with store.database.reading() as s:
        result = policies.session_of(s, broken.id).result
    store.blobs.delete(result)
    found = make_rounds(store, NOW)
    assert (found.compared, found.failed) == (2, (f"compare {broken.id}",))
    assert callback_of(store, whole.policy_no).state == "due"
    assert make_rounds(store, NOW).compared == 0


VOICES = {"customer": (1.0, 0.0, 0.0), "agent": (0.0, 1.0, 0.0)}


def prints(**vectors):
    return tuple(Voiceprint(role, vector, 12.0, "f" * 64) for role, vector in {**VOICES, **vectors}.items())


def test_voices_are_compared_only_where_a_deployment_opted_in(store, tmp_path) -> None:
    inspected(store, tmp_path, NOW, voices=prints())
    other = {"content": b"other", "policy_no": "P2", "policyholder": {"name": "李四", "id_number": "E2"}}
    second = inspected(store, tmp_path, NOW, voices=prints(agent=(0.0, 0.0, 1.0)), **other)
    make_rounds(store, NOW)
    assert found_of(store, second) == ()
    third = {"content": b"third", "policy_no": "P3", "policyholder": {"name": "赵六", "id_number": "E3"}}
    with store.database.writing() as s:
        consistency.compare_again(s, "P1")
        consistency.compare_again(s, "P2")
    opted = Settings(store={"folder": tmp_path}, speech={"enrolment": {"keep_voices": True}})
    make_rounds(store, NOW, opted)
    assert [one.reason_code for one in found_of(store, second)] == ["cs_voice_customers"]
    last = inspected(store, tmp_path, NOW, voices=prints(customer=(0.0, 0.0, 1.0)), **third)
    make_rounds(store, NOW, opted)
    assert [one.reason_code for one in found_of(store, last)] == []


# ------------------------------------------------------------------ call-backs


def test_a_sale_opens_its_call_back_and_a_good_call_closes_it(store, tmp_path) -> None:
    inspected(store, tmp_path, NOW)
    make_rounds(store, NOW)
    assert callback_of(store).state == "due"
    call = inspected(store, tmp_path, LATER, CALL, content=b"call", outcome=STANDARD, **CALLED)
    make_rounds(store, LATER)
    make_rounds(store, LATER)
    ticket = callback_of(store)
    assert (ticket.state, ticket.closed_at) == ("closed", LATER)
    with store.database.reading() as s:
        (made,) = tickets.history(s, ticket.id)
    assert (made.event, made.data["session_id"]) == ("standard", call.id)


def test_short_cover_needs_no_call_back(store, tmp_path) -> None:
    inspected(store, tmp_path, NOW, products=[{"cover_years": 1, "cooling_off_days": 15}])
    make_rounds(store, NOW)
    with store.database.reading() as s:
        assert tickets.page(s, TicketFilters(kind="callback"), NOW).rows == ()


def test_people_who_find_a_call_sound_take_the_machines_conclusion_back(store, tmp_path) -> None:
    inspected(store, tmp_path, NOW)
    call = inspected(store, tmp_path, LATER, DENIED, content=b"call", outcome=Outcome("问题件", "代签字"), **CALLED)
    make_rounds(store, LATER)
    assert callback_of(store).state == "signature"
    decide(store, call, "合格", LATER + timedelta(hours=1))
    make_rounds(store, LATER + timedelta(hours=2))
    ticket = callback_of(store)
    assert ticket.state == "closed"
    with store.database.reading() as s:
        assert [one.event for one in tickets.history(s, ticket.id)] == ["signed_by_other", "void", "standard"]


def test_a_doubtful_call_waits_for_a_person(store, tmp_path) -> None:
    inspected(store, tmp_path, NOW)
    doubtful = Outcome("核实件", "需人工复核")
    inspected(store, tmp_path, LATER, CALL, content=b"call", outcome=doubtful, **CALLED)
    make_rounds(store, LATER)
    assert callback_of(store).state == "due"


# ------------------------------------------------------------------ rectification


def rectify(store, session, now):
    with store.database.writing() as s:
        return tickets.open_ticket(s, NewTicket("rectify", session_id=session.id), now)


@pytest.mark.parametrize(
    ("outcome", "events_seen", "closed"),
    [("合格", ["rerecorded", "accepted"], True), ("补录", ["rerecorded", "rejected"], False)],
)
def test_a_re_recording_answers_its_rectification_when_people_have_judged_it(
    store, tmp_path, outcome, events_seen, closed
) -> None:
    first = inspected(store, tmp_path, NOW)
    ticket = rectify(store, first, NOW)
    second = inspected(store, tmp_path, LATER, content=b"again")
    make_rounds(store, LATER)
    with store.database.reading() as s:
        assert tickets.get(s, ticket.id).state == "rerecorded"
    decide(store, second, outcome, LATER)
    make_rounds(store, LATER + timedelta(minutes=5))
    with store.database.reading() as s:
        assert [one.event for one in tickets.history(s, ticket.id)] == events_seen
        assert (tickets.get(s, ticket.id).closed_at is not None) is closed


def test_a_clear_re_recording_settles_it_at_once(store, tmp_path) -> None:
    first = inspected(store, tmp_path, NOW)
    ticket = rectify(store, first, NOW)
    inspected(store, tmp_path, LATER, content=b"again", verdict="clear")
    make_rounds(store, LATER)
    with store.database.reading() as s:
        assert tickets.get(s, ticket.id).state == "closed"


def test_an_older_recording_answers_nothing(store, tmp_path) -> None:
    inspected(store, tmp_path, NOW, content=b"older")
    first = inspected(store, tmp_path, NOW)
    ticket = rectify(store, first, LATER)
    make_rounds(store, LATER)
    with store.database.reading() as s:
        assert tickets.get(s, ticket.id).state == "open"


def related(store, session):
    with store.database.reading() as s:
        return [one.session_id for one in policies.beside(s, session.id).related or ()]


def test_other_recordings_of_a_policy_are_known_beside_it_but_not_what_it_replaces(store, tmp_path) -> None:
    first = inspected(store, tmp_path, NOW)
    other = inspected(store, tmp_path, NOW, content=b"other")
    inspected(store, tmp_path, NOW, content=b"elsewhere", policy_no="P2")
    assert (related(store, first), related(store, other)) == ([other.id], [first.id])
    rectify(store, first, NOW)
    second = inspected(store, tmp_path, LATER, content=b"again")
    assert related(store, second) == [other.id]
    make_rounds(store, LATER)
    assert related(store, first) == [other.id]


# ------------------------------------------------------------------ quotas


def many(store, tmp_path, count, **changes):
    return [
        inspected(
            store, tmp_path, NOW, content=f"s{number}".encode(), policy_no=f"Q{number}", verdict="clear",
            policyholder={"id_number": f"E{number}", **changes.pop("policyholder", {})}, **changes,
        )
        for number in range(count)
    ]  # fmt: skip


@pytest.fixture
def no_blind_draws(monkeypatch) -> None:
    """Ids differ from run to run, and with them who is drawn blindly."""
    rules = duties()
    sampling = rules.sampling.model_copy(update={"blind_share": 0.0})
    monkeypatch.setattr("engine.rounds.duties", lambda: rules.model_copy(update={"sampling": sampling}))


def drawn(store, sessions):
    with store.database.reading() as s:
        return [one for one in sessions if any(name.startswith("q_") for name in quotas.drawn(s, one.id))]


def standing_of(store, now):
    rules = duties()
    with store.database.reading() as s:
        cases = quotas.sold_cases(s, rules.sampling, NOW - timedelta(days=30), NOW + timedelta(days=30))
    return {quota.id: coverage(quota, cases, civil_day(now)) for quota in rules.quotas}


def test_the_rounds_draw_what_the_quota_lacks_and_no_more(store, tmp_path, no_blind_draws) -> None:
    made = many(store, tmp_path, 10)
    assert make_rounds(store, NOW).drawn >= 4
    chosen = drawn(store, made)
    assert len(chosen) == 4
    make_rounds(store, NOW + timedelta(hours=1))
    assert drawn(store, made) == chosen
    for session in chosen[:3]:
        decide(store, session, "合格", NOW + timedelta(hours=2))
    decide(store, chosen[3], "合格", NOW + timedelta(hours=2), seconds=5.0)  # a glance is no inspection in full
    (found,) = standing_of(store, NOW + timedelta(hours=3))["q_art6_1"]
    assert (found.sold, found.required, found.done, found.shortfall) == (10, 3, 3, 0)
    assert (found.group.insurer, found.group.branch, found.group.period) == ("远山人寿", "西安分公司", "2026-11")


def test_what_is_drawn_blindly_is_not_given_to_a_second_person_by_a_quota(store, tmp_path, monkeypatch) -> None:
    rules = duties()
    everything = rules.sampling.model_copy(update={"blind_share": 1.0})
    monkeypatch.setattr("engine.rounds.duties", lambda: rules.model_copy(update={"sampling": everything}))
    made = many(store, tmp_path, 3)
    make_rounds(store, NOW)
    assert drawn(store, made) == []
    for session in made:
        decide(store, session, "合格", NOW + timedelta(hours=1))  # fails where two reviews wait
    (found,) = standing_of(store, NOW + timedelta(hours=2))["q_art6_1"]
    assert (found.required, found.done) == (1, 3)


def test_a_flagged_session_that_was_reviewed_in_full_counts(store, tmp_path) -> None:
    flagged = inspected(store, tmp_path, NOW, policy_no="Q9")
    decide(store, flagged, "整改", NOW + timedelta(hours=1))
    made = many(store, tmp_path, 2)
    make_rounds(store, NOW + timedelta(hours=2))
    assert drawn(store, [flagged, *made]) == []


def test_a_quota_of_everything_draws_everything(store, tmp_path, no_blind_draws) -> None:
    elderly = {"policyholder": {"birth_date": "1950-01-01", "id_number": "E1"}}
    made = [
        inspected(
            store,
            tmp_path,
            NOW,
            content=f"s{n}".encode(),
            policy_no=f"Q{n}",
            channel="agency",
            verdict="clear",
            **elderly,
        )
        for n in range(3)
    ]
    make_rounds(store, NOW)
    assert drawn(store, made) == made
    (found,) = standing_of(store, NOW)["q_art6_2"]
    assert (found.required, found.waiting, found.shortfall) == (3, 3, 3)


def test_telephone_sales_have_a_regime_of_their_own(store, tmp_path) -> None:
    inspected(store, tmp_path, NOW, scenario="telesales", channel="telesales")
    assert standing_of(store, NOW)["q_art6_1"] == ()


def test_blind_reviews_tell_the_miss_rate(store, tmp_path) -> None:
    (session,) = many(store, tmp_path, 1, scenario="telesales", channel="telesales")
    with store.database.writing() as s:
        case = replace(_case(), session_id=session.id)
        assert quotas.note_drawn(s, quotas.BLIND, [case], NOW) == 1
        assert quotas.note_drawn(s, quotas.BLIND, [case], NOW) == 0
    decide(store, session, "整改", NOW + timedelta(hours=1))
    with store.database.reading() as s:
        found = quotas.blind_results(s, NOW, NOW + timedelta(days=1))
        assert quotas.blind_results(s, NOW + timedelta(days=1), NOW + timedelta(days=2)).seen == 0
    assert (found.seen, found.missed, found.share) == (1, 1, 1.0)


def _case():
    from engine.duties.quotas import Sold

    return Sold("k", "s", "i", "b", "none", None, civil_day(NOW), None)


def test_a_round_over_an_empty_store_is_quiet(store) -> None:
    found = make_rounds(store, NOW)
    assert (found.compared, found.tickets, found.drawn, found.told, found.failed) == (0, 0, 0, 0, ())


def test_refusals_of_calls_end_after_six_months(store, tmp_path) -> None:
    session = inspected(store, tmp_path, NOW, scenario="telesales")
    with store.database.writing() as s:
        policies.refuse_calls(s, "138 0013 8000", NOW, NOW + timedelta(days=181), "li", NOW)
    with store.database.reading() as s:
        assert policies.beside(s, session.id).do_not_call == {"13800138000": "2026-11-04"}
        assert policies.refusal_until(s, "13800138000", NOW + timedelta(days=182)) is None
    make_rounds(store, NOW + timedelta(days=182))
    with store.database.reading() as s:
        assert policies.beside(s, session.id).do_not_call == {}


def test_an_event_that_does_not_fit_is_left_to_people(store, tmp_path) -> None:
    inspected(store, tmp_path, NOW)
    make_rounds(store, NOW)
    ticket = callback_of(store)
    with store.database.writing() as s:
        tickets.add_event(s, ticket.id, NewEvent("withdrawn", "li", NOW), NOW)
    inspected(store, tmp_path, LATER, CALL, content=b"call", outcome=STANDARD, **CALLED)
    found = make_rounds(store, LATER)
    assert found.failed == ()
    assert callback_of(store).state == "closed"

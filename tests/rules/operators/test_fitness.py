"""Operators over the recording's own fitness."""

from dataclasses import replace

import pytest
from pydantic import ValidationError

from engine.evidence import Echo, Hum, Lag, PartyLevel, PictureQuality, SoundQuality
from engine.interval import Interval
from engine.rules.operators.catalogue import by_key
from tests.rules.operators.measuring import heard_only, look, scene, sentence, session, told, voices

CLEAN = PictureQuality(120.0, 200.0, 0.0, 0.0, black=(), frozen=(), dim=(), bright=(), soft=(), covered=(), turned=0)
QUIET = SoundQuality(
    -20.0, -60.0, 40.0, 0.0, 0.1, holes=(), clipped=(), parties=(), bandwidth_hz=8000.0, dead_channels=0, traces=True
)
TALK = voices((0, 20, "agent"), (20, 40, "customer"))


def pictured(**changes):
    return session(scene=scene(), picture=replace(CLEAN, **changes))


def sounding(**changes):
    return session(TALK, sound=replace(QUIET, **changes))


@pytest.mark.parametrize(
    ("evidence", "written", "state", "code"),
    [
        (pictured(), {"picture_fault": {"max_share": 0.1}}, "miss", "picture_fit"),
        (pictured(dim=(Interval(10, 30),)), {"picture_fault": {"max_share": 0.1}}, "hit", "picture_faulty"),
        (pictured(dim=(Interval(10, 15),)), {"picture_fault": {"max_share": 0.1}}, "miss", "picture_fit"),
        (pictured(dim=(Interval(10, 30),)), {"picture_fault": {"of": ["soft"], "max_share": 0}}, "miss", "picture_fit"),
        (pictured(soft=None), {"picture_fault": {"max_share": 0.1}}, "unknown", "not_measured"),
        (pictured(), {"picture_turned": {}}, "miss", "picture_upright"),
        (pictured(turned=90), {"picture_turned": {}}, "hit", "picture_turned"),
        (pictured(turned=None), {"picture_turned": {}}, "unknown", "picture_way_unknown"),
        (pictured(black=None), {"picture_turned": {}}, "unknown", "not_measured"),
        (sounding(), {"clipping": {"max_share": 0.05}}, "miss", "clipping_none"),
        (sounding(clipped=(Interval(0, 8),)), {"clipping": {"max_share": 0.05}}, "hit", "clipping_found"),
        (sounding(clipped=None), {"clipping": {"max_share": 0.05}}, "unknown", "not_measured"),
        (sounding(), {"echo": {"min_gain": 0.2}}, "miss", "echo_none"),
        (sounding(echo=Echo(0.2, 0.4)), {"echo": {"min_gain": 0.2}}, "hit", "echo_found"),
        (sounding(echo=Echo(0.2, 0.1)), {"echo": {"min_gain": 0.2}}, "miss", "echo_none"),
        (sounding(traces=False), {"echo": {"min_gain": 0.2}}, "unknown", "not_measured"),
        (sounding(hum=Hum(50, -35.0, 20.0)), {"hum": {"margin_db": 25}}, "hit", "hum_found"),
        (sounding(hum=Hum(50, -55.0, 20.0)), {"hum": {"margin_db": 25}}, "miss", "hum_none"),
        (sounding(traces=False), {"hum": {"margin_db": 25}}, "unknown", "not_measured"),
        (sounding(steady_snr_db=8.0), {"steady_noise": {"min_db": 15}}, "hit", "steady_noise_found"),
        (sounding(steady_snr_db=21.0), {"steady_noise": {"min_db": 15}}, "miss", "steady_noise_none"),
        (sounding(), {"steady_noise": {"min_db": 15}}, "unknown", "not_measured"),
        (sounding(level_db=-50.0), {"speech_level": {"min_db": -45}}, "hit", "level_low"),
        (sounding(), {"speech_level": {"min_db": -45}}, "miss", "level_fit"),
        (sounding(snr_db=None), {"speech_level": {"min_db": -45}}, "unknown", "no_speech"),
        (sounding(bandwidth_hz=3500.0), {"sound_band": {"min_hz": 6000}}, "hit", "band_narrow"),
        (sounding(bandwidth_hz=None), {"sound_band": {"min_hz": 6000}}, "unknown", "not_measured"),
        (sounding(dead_channels=1), {"channel_dead": {}}, "hit", "channel_dead"),
        (sounding(), {"channel_dead": {}}, "miss", "channels_alive"),
        (sounding(holes=(Interval(3, 3.2),)), {"sound_holes": {"times": 2}}, "miss", "holes_none"),
        (sounding(holes=(Interval(3, 3.2), Interval(5, 5.3))), {"sound_holes": {"times": 2}}, "hit", "holes_found"),
        (session(TALK, lost_packets=9), {"packet_loss": {"max": 5}}, "hit", "packets_lost"),
        (session(TALK), {"packet_loss": {"max": 5}}, "unknown", "not_measured"),
        (session(stalls=(Interval(3, 9),)), {"frame_stalls": {"min_s": 5}}, "hit", "stalls_found"),
        (session(stalls=(Interval(3, 6),)), {"frame_stalls": {"min_s": 5}}, "miss", "stalls_none"),
        (session(), {"frame_stalls": {"min_s": 5}}, "unknown", "not_measured"),
        (session(declared=100.0), {"length_differs": {"max_s": 2}}, "miss", "length_agrees"),
        (session(declared=130.0), {"length_differs": {"max_s": 2}}, "hit", "length_differs"),
        (session(declared=0.0), {"length_differs": {"max_s": 2}}, "not_applicable", "length_undeclared"),
        (session(), {"length_differs": {"max_s": 2}}, "unknown", "not_measured"),
        (session(lag=Lag(0.8, 0.5, 0.3), lag_looked=True), {"av_lag": {"max_s": 0.5}}, "hit", "lag_found"),
        (session(lag=Lag(-0.2, 0.5, 0.0), lag_looked=True), {"av_lag": {"max_s": 0.5}}, "miss", "lag_none"),
        (session(lag_looked=True), {"av_lag": {"max_s": 0.5}}, "unknown", "lag_untold"),
        (session(), {"av_lag": {"max_s": 0.5}}, "unknown", "lag_untold"),
    ],
)
def test_each_fault(evidence, written, state, code):
    assert told(look(written, evidence)) == (state, code)


def test_a_call_has_no_picture_and_no_sync():
    for written in ({"picture_turned": {}}, {"av_lag": {"max_s": 0.5}}, {"frame_stalls": {"min_s": 5}}):
        assert told(look(written, heard_only(session()))) == ("not_applicable", "no_picture")


def party(speaker, level):
    return PartyLevel(speaker, 20.0, level, 30.0)


@pytest.mark.parametrize(
    ("parties", "state", "code"),
    [
        ((party("agent", -20.0), party("customer", -30.0)), "miss", "parties_even"),
        ((party("agent", -20.0), party("customer", -45.0)), "hit", "party_faint"),
        ((party("agent", -20.0),), "unknown", "party_alone"),
        (None, "unknown", "not_measured"),
    ],
)
def test_a_party_that_cannot_be_heard(parties, state, code):
    outcome = look({"party_level": {"max_difference_db": 20}}, sounding(parties=parties))
    assert told(outcome) == (state, code)
    if state == "hit":
        assert sentence(outcome) == "客户的声音太轻：-45 dB，比对方低 25 dB，可能听不清。"


def test_the_sentence_names_what_is_wrong_with_the_picture():
    outcome = look(
        {"picture_fault": {"max_share": 0.1}}, pictured(soft=(Interval(20, 40),), covered=(Interval(50, 60),))
    )
    assert sentence(outcome) == "画面有 30% 的时间模糊失焦、镜头被遮挡（0:20 起），不应超过 10%，请看画面。"
    assert [(one.start, one.end) for one in outcome.findings] == [(20, 40), (50, 60)]


@pytest.mark.parametrize(
    ("key", "parameters"), [("picture_fault", {}), ("picture_fault", {"of": ["cold"], "max_share": 0}), ("av_lag", {})]
)
def test_what_states_no_limit_is_a_fault(key, parameters):
    with pytest.raises(ValidationError):
        by_key()[key].model_validate(parameters)

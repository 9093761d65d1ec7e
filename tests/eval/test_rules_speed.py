"""Judging stays quick: two and a half times what was measured on one 2.5 GHz core is too slow.

`eval.benchmarks rules` has the targets.
"""

from engine.evidence.file import pack, unpack
from engine.rules import evaluate, load
from engine.rules.replay import replay
from eval.benchmarks import rules

SLACK = 2.5
LONG_S = 0.25  # 200 rules over an hour
READ_S = 0.006  # one stored session of ten minutes, read
STORED_S = 0.045  # one stored session of ten minutes, read and judged
REFERENCE_S = 0.048  # a million additions on that core


def _slowness() -> float:
    """How much slower this machine is just now, 1 or more: the tests share it with others."""

    def additions() -> None:
        total = 0
        for number in range(1_000_000):
            total += number

    return max(1.0, rules.seconds_of(additions) / REFERENCE_S)


def test_two_hundred_rules_over_an_hour():
    session = rules.conversation(load(rules.RULESET), rules.LONG_MINUTES)
    large = rules.enlarged(rules.RULESET, rules.ITEMS)
    assert len(large.rules) == rules.ITEMS
    seconds = rules.seconds_of(lambda: evaluate(session, large, rules.ORDER), trials=3)
    assert seconds <= SLACK * LONG_S * _slowness()


def test_a_stored_session_is_read_and_judged():
    ruleset = load(rules.RULESET)
    data = pack(rules.answered(rules.conversation(ruleset, rules.STORED_MINUTES), ruleset))
    assert replay(unpack(data), ruleset, rules.ORDER).requests == ()
    reading = rules.seconds_of(lambda: unpack(data))
    assert reading <= SLACK * READ_S * _slowness()
    seconds = rules.seconds_of(lambda: replay(unpack(data), ruleset, rules.ORDER), trials=3)
    assert seconds <= SLACK * STORED_S * _slowness()

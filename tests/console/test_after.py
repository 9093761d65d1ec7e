"""After the decision, in a real browser: appeal, final judgement, counts that move; rules approved by a second person;
a customer let in once."""

import pytest

from tests.console.driving import drive, missing
from tests.console.past import second_officer
from tests.console.stage import stage

pytestmark = [
    pytest.mark.skipif(missing() is not None, reason=str(missing())),
    pytest.mark.timeout(900),
]


def test_what_comes_after_a_decision() -> None:
    with stage() as found:
        second_officer(found)
        done = drive("after.mjs", found.told())
    assert done.returncode == 0, done.stderr

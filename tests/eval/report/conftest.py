"""A finished run with every kind of error, of written sessions."""

import pytest

from engine.networks import Networks
from eval.runs import RunFolder, RunOptions, run
from tests.eval.runs.made import LEFT_OUT, MISHEARD, TOLD, Case, corpus

HOSTILE = '<script>alert("1")</script>'
CASES = [
    Case("clean"),
    Case("clean-10", noise="10 dB"),
    Case("false-clear", TOLD, LEFT_OUT, violating=True, noise="10 dB"),
    Case("needless", MISHEARD, TOLD, noise=HOSTILE),
    Case("broken", broken=True),
    Case("promised", promised=True),
    Case("missing", LEFT_OUT, violating=True, fault="missing"),
    Case("real-clean", source="real", split="tuning"),
]


@pytest.fixture(scope="session")
def errors(tmp_path_factory: pytest.TempPathFactory) -> RunFolder:
    """The run."""
    folder = tmp_path_factory.mktemp("errors")
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(Networks, "references", lambda *_, **__: ())
        return run(corpus(folder / "corpus", CASES), folder / "run", RunOptions(), lambda _: None)

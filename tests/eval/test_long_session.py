"""The long session of the benchmark has the asked length."""

import numpy as np
import pytest

from eval.bench import long
from models.mandarin_voice import RATE


def test_length(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(long, "speak", lambda text, _voice: np.zeros(round(len(text) * 0.2 * RATE), np.float32))
    script = long.long_script(3.0)
    seconds = long._seconds(list(script.lines))
    assert 180 <= seconds < 180 + 20
    assert script.id == "long-3"
    assert script == long.long_script(3.0)

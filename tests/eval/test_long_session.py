"""The long session of the benchmark: as long as asked, and measured through the command line."""

import pytest

from eval.benchmarks import long


@pytest.mark.parametrize(
    ("minutes", "names"), [(1.0, ["clean"]), (5.0, ["clean", "faulty"]), (7.0, ["clean", "faulty", "clean"])]
)
def test_it_is_at_least_as_long_as_asked(minutes: float, names: list[str]) -> None:
    assert [path.stem for path in long.parts(minutes)] == names


def test_a_process_without_a_result_is_told() -> None:
    with pytest.raises(RuntimeError, match="exit status 2"):
        long.inspect_apart((long.DEMO / "clean.yaml",))


@pytest.mark.full
def test_cost_of_the_shortest_session() -> None:
    figures = {figure.name: figure for figure in long.measure(1.0)}
    assert figures["duration"].value > 60
    assert figures["processor seconds"].value > 0
    assert not figures["peak memory"].missed

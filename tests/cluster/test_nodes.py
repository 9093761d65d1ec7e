"""A cluster of two machines, here two Ray nodes: the same results, and nothing lost when one goes in the middle."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.cluster.house import House, settings_of, until
from tests.cluster.recordings import short

pytestmark = pytest.mark.timeout(900)

MEMORY = 150 * 1024**2


@pytest.fixture
def cluster() -> Iterator[Any]:
    """A head that does no work, and a driver that has joined it; nodes are added by the test."""
    import ray
    from ray.cluster_utils import Cluster

    made = Cluster(
        initialize_head=True,
        head_node_args={"num_cpus": 0, "object_store_memory": MEMORY, "include_dashboard": False},
    )
    try:
        ray.init(address=made.address, log_to_driver=False, configure_logging=False)
        yield made
    finally:
        ray.shutdown()
        made.shutdown()
        os.environ.pop("RAY_ADDRESS", None)


def test_a_machine_that_goes_takes_no_recording_with_it(house: House, tmp_path: Path, cluster: Any) -> None:
    nodes = [cluster.add_node(num_cpus=1, object_store_memory=MEMORY) for _ in range(2)]
    cluster.wait_for_nodes()
    sessions = [house.add(short(tmp_path, number), number) for number in range(5)]
    two = settings_of(house.settings.store.folder, whole={"least": 2, "most": 2, "cpus": 1})
    with house.dispatching(two) as dispatcher:
        until(lambda: len(house.workers()) == 2)
        until(lambda: any(house.session(one).state == "inspected" for one in sessions))
        cluster.remove_node(nodes[0], allow_graceful=False)
        until(lambda: all(house.session(one).state == "inspected" for one in sessions))
        assert dispatcher.ended["failed"] == 0
    assert [len(house.inspected(one)) for one in sessions] == [1] * 5
    assert all(house.job(one).deaths <= 1 for one in sessions)
    assert house.orphans() == ()

"""The process of the dispatcher: `python -m engine.cluster`. Its supervisor begins it anew whenever it ends.

Ray ends a driver that has lost its cluster, without asking; nothing is lost by that, because what is under way stands
in the database.
"""

import faulthandler
import logging
import os
import signal
import sys
import threading

from engine.cluster.joining import joined, nodes, prepare
from engine.cluster.places import shared
from engine.errors import MingjianError
from engine.logs import set_up_json_logs
from engine.settings import load_settings
from engine.store import open_store

log = logging.getLogger("engine.cluster")

MISTAKE, CUT_OFF, LATER = 2, 3, 75
HEARTBEAT_S = 5.0
PATIENCE_S = 30.0


def main() -> int:
    """Work until SIGTERM or SIGINT. 2: a person must mend something; 3: the cluster is gone; 75: begin again later."""
    faulthandler.enable()
    set_up_json_logs(os.environ.get("MINGJIAN_LOG", "INFO"))
    leaving = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: leaving.set())
    try:
        settings = load_settings()
        prepare(settings)
        from engine.cluster.dispatcher import Dispatcher  # imports Ray, which reads its environment then

        with open_store(settings) as store, joined(settings):
            for number in (signal.SIGTERM, signal.SIGINT):  # Ray sets its own
                signal.signal(number, lambda *_: leaving.set())
            threading.Thread(target=_watch, args=(leaving,), daemon=True, name="watch").start()
            Dispatcher(store, shared(settings)).run(leaving)
    except MingjianError as error:
        print(error, file=sys.stderr, flush=True)
        return LATER if error.code in ("store_unavailable", "blobs_unavailable", "cluster_unreachable") else MISTAKE
    return 0


def _watch(leaving: threading.Event) -> None:
    """End the process when its cluster has not answered for long: whoever waits on Ray might wait for ever."""
    answered = threading.Event()

    def ask() -> None:
        while not leaving.is_set():
            try:
                if nodes():
                    answered.set()
            except Exception as error:  # noqa: BLE001  whatever it is, the silence counts
                log.warning("Ray does not answer: %s", type(error).__name__)
            leaving.wait(HEARTBEAT_S)

    threading.Thread(target=ask, daemon=True, name="ask").start()
    while not leaving.is_set():
        answered.clear()
        if not answered.wait(PATIENCE_S) and not leaving.is_set():
            log.error("the Ray cluster is gone")
            os._exit(CUT_OFF)
        leaving.wait(HEARTBEAT_S)


if __name__ == "__main__":
    sys.exit(main())

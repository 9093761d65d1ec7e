"""The process of the interface: `python -m api.serving`. With `--prepare` it only makes the store ready and ends."""

import sys

from api.ending import MISTAKE, ended_by
from engine.errors import MingjianError


def main(arguments: list[str]) -> int:
    """Serve until SIGTERM; see api/ending.py for the exit status."""
    try:
        return _prepare() if arguments == ["--prepare"] else _serve()
    except MingjianError as error:
        return ended_by(error)


def _prepare() -> int:
    """Make what several processes would otherwise make at once: structure of the database, keys, folders."""
    from api.keys import load_keys
    from api.settings import server_settings
    from engine.settings import load_settings
    from engine.store import open_store

    settings = load_settings()
    load_keys(settings, server_settings(settings))
    with open_store(settings):
        return 0


def _serve() -> int:
    import uvicorn

    from api.app import create_app
    from api.logs import set_up_json_logs
    from api.settings import server_settings
    from engine.settings import load_settings

    set_up_json_logs()
    settings = load_settings()
    server = uvicorn.Server(uvicorn.Config(create_app(settings), log_config=None, **server_settings(settings).uvicorn))
    server.run()
    return 0 if server.started else MISTAKE + 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""A network that breaks: a proxy that cuts connections after a random number of bytes."""

import random
import socket
import threading
from types import TracebackType
from typing import Self

PIECE = 16 * 1024
RESET = b"\x01\x00\x00\x00\x00\x00\x00\x00"
"""SO_LINGER of zero seconds: closing sends RST, as when a machine goes."""


class CuttingProxy:
    """Forwards to `port` of this machine; a connection lives for `least` to `most` bytes of what the client sends."""

    def __init__(self, port: int, least: int, most: int, seed: int) -> None:
        self._target = ("127.0.0.1", port)
        self._span = (least, most)
        self._random = random.Random(seed)
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=200)
        self.cuts = 0

    @property
    def port(self) -> int:
        return int(self._listener.getsockname()[1])

    def __enter__(self) -> Self:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            budget = self._random.randint(*self._span)
            server = socket.create_connection(self._target)
            threading.Thread(target=self._forward, args=(client, server, budget), daemon=True).start()
            threading.Thread(target=self._back, args=(server, client), daemon=True).start()

    def _forward(self, client: socket.socket, server: socket.socket, budget: int) -> None:
        try:
            while piece := client.recv(PIECE):
                server.sendall(piece[:budget])
                budget -= len(piece)
                if budget <= 0:
                    self.cuts += 1
                    break
        except OSError:
            pass
        for one in (client, server):
            try:
                one.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
                one.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
            one.close()

    def _back(self, server: socket.socket, client: socket.socket) -> None:
        try:
            while piece := server.recv(PIECE):
                client.sendall(piece)
        except OSError:
            pass

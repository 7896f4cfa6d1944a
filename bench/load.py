"""Clients that ask as fast as they are answered, over connections that stay open."""

import itertools
import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from statistics import median

from bench.servers import TICK, Server


@dataclass(frozen=True)
class Load:
    """What came of some seconds of asking."""

    answers: int
    wall: float
    server: float  # its processor seconds
    latencies: tuple[float, ...]

    @property
    def per_server_second(self) -> float:
        """Answers per second of the server's processor time: the figure to compare."""
        # The kernel counts in ticks; a run of a blink may seem to have cost nothing.
        return self.answers / max(self.server, TICK)

    @property
    def per_second(self) -> float:
        """Answers per second on the clock; the clients share the machine."""
        return self.answers / self.wall

    @property
    def median_latency(self) -> float:
        """Seconds."""
        return median(self.latencies)

    @property
    def high_latency(self) -> float:
        """Seconds; one in a hundred took longer."""
        return sorted(self.latencies)[int(len(self.latencies) * 0.99)]


def request(method: str, path: str, body: bytes = b"", **headers: str) -> bytes:
    """The bytes of a request."""
    lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1", f"Content-Length: {len(body)}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode() + body


def ask(server: Server, make: Callable[[int], bytes], *, clients: int, seconds: float) -> Load:
    """Ask for so many seconds; `make` gives the request of each number. Raises on a refusal."""
    numbers = itertools.count()
    latencies: list[list[float]] = [[] for _ in range(clients)]
    failures: list[BaseException] = []
    until = time.monotonic() + seconds

    def client(mine: list[float]) -> None:
        try:
            with socket.create_connection(("127.0.0.1", server.port)) as connection:
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                while time.monotonic() < until:
                    began = time.monotonic()
                    connection.sendall(make(next(numbers)))
                    _read_answer(connection)
                    mine.append(time.monotonic() - began)
        except BaseException as failure:  # noqa: BLE001 - told by whoever asked
            failures.append(failure)

    used, began = server.seconds(), time.monotonic()
    threads = [threading.Thread(target=client, args=(mine,)) for mine in latencies]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]
    every = tuple(itertools.chain.from_iterable(latencies))
    return Load(len(every), time.monotonic() - began, server.seconds() - used, every)


def _read_answer(connection: socket.socket) -> None:
    data = b""
    while b"\r\n\r\n" not in data:
        data += _more(connection)
    head, _, body = data.partition(b"\r\n\r\n")
    status, *lines = head.split(b"\r\n")
    if not status.split()[1].startswith(b"2"):
        raise RuntimeError(data[:600].decode(errors="replace"))
    length = next(int(value) for name, value in _headers(lines) if name == b"content-length")
    while len(body) < length:
        body += _more(connection)


def _headers(lines: list[bytes]) -> Iterator[tuple[bytes, bytes]]:
    for line in lines:
        name, _, value = line.partition(b":")
        yield name.strip().lower(), value.strip()


def _more(connection: socket.socket) -> bytes:
    data = connection.recv(65536)
    if not data:
        raise RuntimeError("the server closed the connection")
    return data

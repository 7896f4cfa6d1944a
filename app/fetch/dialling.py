"""The network beneath one fetch: dials only what was checked, and ends when the time is up.

The HTTP library would resolve the host a second time, and a name server in an attacker's hands
would give it another answer (DNS rebinding). Its network backend is the place where it opens
sockets, so ours ignores the name it is asked for and dials the addresses it was made with; the
library still sends the name as Host and SNI and checks the certificate against it.

The library's time-outs are per operation, and a server that sends a byte a second never meets
one. Every operation here gets what is left of one deadline instead.
"""

import ssl
import time
from collections.abc import Iterable
from typing import Any

import httpcore2

CONNECT_SECONDS = 2.0


class Deadline:
    """A moment on the monotonic clock by which everything has to be done."""

    def __init__(self, seconds: float) -> None:
        self._until = time.monotonic() + seconds

    def seconds_left(self) -> float:
        """What remains; never zero, which sockets take for "do not block"."""
        return max(self._until - time.monotonic(), 0.001)

    def has_passed(self) -> bool:
        """Whether the moment is over."""
        return time.monotonic() >= self._until


class PinnedBackend(httpcore2.NetworkBackend):
    """Opens connections to the given addresses only, whatever host is asked for."""

    def __init__(self, addresses: list[str], deadline: Deadline) -> None:
        self._addresses = addresses
        self._deadline = deadline
        self._sockets = httpcore2.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.NetworkStream:
        """The first address that answers; the next one is tried when it does not.

        Raises httpcore2.ConnectError or ConnectTimeout.
        """
        failure: Exception = httpcore2.ConnectTimeout("no time was left to connect")
        for address in self._addresses:
            if self._deadline.has_passed():
                break
            try:
                stream = self._sockets.connect_tcp(
                    address, port, timeout=min(CONNECT_SECONDS, self._deadline.seconds_left())
                )
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout) as error:
                failure = error
            else:
                return TimedStream(stream, self._deadline)
        raise failure


class TimedStream(httpcore2.NetworkStream):
    """A connection on which every step has only what is left of the deadline."""

    def __init__(self, stream: httpcore2.NetworkStream, deadline: Deadline) -> None:
        self._stream = stream
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """What has arrived; raises ReadTimeout after the deadline."""
        # Asked here, because a read that finds bytes waiting never times out.
        if self._deadline.has_passed():
            raise httpcore2.ReadTimeout("the answer took too long")
        return self._stream.read(max_bytes, timeout=self._deadline.seconds_left())

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Send some bytes."""
        self._stream.write(buffer, timeout=self._deadline.seconds_left())

    def close(self) -> None:
        """End the connection."""
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore2.NetworkStream:
        """The same connection behind TLS, under the same deadline."""
        secured = self._stream.start_tls(
            ssl_context, server_hostname, timeout=self._deadline.seconds_left()
        )
        return TimedStream(secured, self._deadline)

    def get_extra_info(self, info: str) -> Any:
        """What the connection below knows of itself."""
        return self._stream.get_extra_info(info)

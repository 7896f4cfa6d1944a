import queue
import socket
import threading
from collections.abc import Callable
from typing import Any

from app.errors import CheckUndecided

ResolveHost = Callable[[str, int], list[str]]
"""From host and port to IP addresses, best first; raises OSError when there are none."""


def resolve_with_system(host: str, port: int) -> list[str]:
    """Every address the system knows for a host, in the order of RFC 6724."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def resolve_in_time(resolve: ResolveHost, host: str, port: int, seconds: float) -> list[str]:
    """The addresses of a host, or CheckUndecided (`timeout`, `fetch_failed`).

    The system's resolver knows no deadline, so it works in a thread that is left behind when the
    time is up. Such threads end with the resolver's own time-out, and there are never more of them
    than callers waiting; being daemons, they keep no process alive.
    """
    outcome: queue.SimpleQueue[Any] = queue.SimpleQueue()

    def look_up() -> None:
        try:
            outcome.put(resolve(host, port))
        except (OSError, UnicodeError) as error:
            outcome.put(error)

    threading.Thread(target=look_up, name="resolve", daemon=True).start()
    try:
        result = outcome.get(timeout=seconds)
    except queue.Empty:
        raise CheckUndecided("timeout", f"the name {host} was not resolved in time") from None
    if isinstance(result, Exception) or not result:
        raise CheckUndecided("fetch_failed", f"the name {host} could not be resolved")
    addresses: list[str] = result
    return addresses

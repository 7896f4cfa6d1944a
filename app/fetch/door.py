"""One visit to an address that a stranger chose (attack catalogue P13 to P16).

1. The address was read by its form: https, a DNS name, a permitted port (`urls.py`).
2. The name is resolved, once.
3. Every address it resolves to has to be public; one private among public ones refuses the whole.
4. One of exactly these addresses is dialled, with the name as Host and SNI.
5. One request is sent, without cookies, proxies, environment or credentials. Nothing is followed: a
   redirect is an answer we do not take, since its target would have to pass all of this again.
6. The body is read up to a limit, and only as it is: a compressed one could unfold without end.

All of it happens within one deadline, from the look-up of the name to the last byte.
"""

import ssl
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

import httpcore2

from app.errors import CheckUndecided
from app.fetch.dialling import Deadline, PinnedBackend
from app.fetch.resolver import ResolveHost, resolve_in_time
from app.fetch.urls import Address

Read = TypeVar("Read")
Header = tuple[str, str]

_ALWAYS: tuple[Header, ...] = (
    ("Accept-Encoding", "identity"),
    ("Connection", "close"),
    ("User-Agent", "Signet"),
)


@dataclass(frozen=True)
class Door:
    """How the world is visited: the time there is, the name server, the rule for addresses, and
    the certificates to trust."""

    timeout_seconds: float
    resolve_host: ResolveHost
    check_address: Callable[[str], None]
    trusted: ssl.SSLContext

    def visit(
        self,
        address: Address,
        read: Callable[[httpcore2.Response], Read],
        *,
        method: str,
        headers: Sequence[Header],
        body: bytes = b"",
    ) -> Read:
        """What `read` makes of the answer, with steps 2 to 6 around it.

        Raises CheckUndecided: `fetch_blocked`, in which case nothing was sent to anybody;
        `timeout`; and `fetch_failed`.
        """
        deadline = Deadline(self.timeout_seconds)
        host = address.host
        ips = resolve_in_time(self.resolve_host, host, address.port, self.timeout_seconds)
        for ip in ips:
            self.check_address(ip)
        target = httpcore2.URL(
            scheme=address.scheme.encode(),
            host=host.encode(),
            port=address.port,
            target=address.target.encode(),
        )
        backend = PinnedBackend(ips, deadline)
        try:
            with (
                httpcore2.ConnectionPool(ssl_context=self.trusted, network_backend=backend) as pool,
                pool.stream(
                    method, target, headers=[*headers, *_ALWAYS], content=body or None
                ) as response,
            ):
                return read(response)
        except httpcore2.TimeoutException:
            raise CheckUndecided(
                "timeout", f"{host} did not answer within {self.timeout_seconds:g} seconds"
            ) from None
        except (httpcore2.NetworkError, httpcore2.ProtocolError) as error:
            raise CheckUndecided(
                "fetch_failed", f"{host} could not be read: {type(error).__name__}"
            ) from error

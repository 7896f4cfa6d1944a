"""Telling one address something: the POST of a webhook, through the same door as everything else.

An issuer chose the address, so it is as little trusted as one in a credential. Of the answer only
the status is wanted; nothing of its body is read.
"""

import ssl
from collections.abc import Callable, Sequence
from dataclasses import replace

import httpcore2

from app.fetch.addresses import check_loopback_address, check_public_address
from app.fetch.door import Door, Header
from app.fetch.resolver import ResolveHost, resolve_with_system
from app.fetch.urls import Address, parse_address, parse_loopback_address

Post = Callable[[str, bytes, Sequence[Header]], int]
"""Sends a JSON body with some headers to an address; the status of the answer. Raises
CheckUndecided with `fetch_blocked`, `fetch_failed` or `timeout`."""


def make_post(
    *,
    timeout_seconds: float,
    loopback: bool = False,
    resolve_host: ResolveHost = resolve_with_system,
    check_address: Callable[[str], None] = check_public_address,
    ssl_context: ssl.SSLContext | None = None,
) -> Post:
    """A `Post` to the network. `loopback` opens `http://127.0.0.1:PORT` and `http://localhost:PORT`
    as well, for developing a receiver on the same machine."""
    trusted = ssl_context or httpcore2.default_ssl_context()
    door = Door(timeout_seconds, resolve_host, check_address, trusted)
    home = replace(door, check_address=check_loopback_address)

    def post(url: str, body: bytes, headers: Sequence[Header]) -> int:
        address = parse_webhook_address(url, loopback=loopback)
        return (home if address.scheme == "http" else door).visit(
            address,
            lambda response: response.status,
            method="POST",
            headers=[
                ("Content-Type", "application/json"),
                ("Content-Length", str(len(body))),
                *headers,
            ],
            body=body,
        )

    return post


def parse_webhook_address(url: str, *, loopback: bool) -> Address:
    """The parts of an address that may be told something; raises CheckUndecided (`fetch_blocked`).

    The form alone: what the name resolves to is looked at each time that it is visited.
    """
    if loopback and url.startswith("http:"):
        return parse_loopback_address(url)
    return parse_address(url)

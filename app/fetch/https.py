"""Reading one https address that a stranger chose; `door.py` says how it is visited."""

import ssl
from collections.abc import Callable

import httpcore2

from app.errors import CheckUndecided
from app.fetch.addresses import check_public_address
from app.fetch.door import Door
from app.fetch.resolver import ResolveHost, resolve_with_system
from app.fetch.result import Fetch, Fetched
from app.fetch.urls import parse_address

_HEADERS = (("Accept", "application/json, */*;q=0.1"),)


def make_fetch(
    *,
    timeout_seconds: float,
    max_bytes: int = 2 * 1024 * 1024,
    resolve_host: ResolveHost = resolve_with_system,
    check_address: Callable[[str], None] = check_public_address,
    ssl_context: ssl.SSLContext | None = None,
) -> Fetch:
    """A `Fetch` that reads the network. The name server, the rule for addresses and the
    certificates to trust are arguments, so that a test can bring its own.

    The `Fetch` raises CheckUndecided: `fetch_blocked` for what may not be visited, in which case
    nothing was sent to anybody; `timeout`; `not_found` for 404 and 410; `too_large`; and
    `fetch_failed` for every other way of not getting a body, redirects included.
    """
    trusted = ssl_context or httpcore2.default_ssl_context()
    door = Door(timeout_seconds, resolve_host, check_address, trusted)

    def fetch(url: str) -> Fetched:
        address = parse_address(url)

        def read(response: httpcore2.Response) -> Fetched:
            return _read(response, url, address.host, max_bytes)

        return door.visit(address, read, method="GET", headers=_HEADERS)

    return fetch


def _read(response: httpcore2.Response, url: str, host: str, max_bytes: int) -> Fetched:
    headers = {name.lower(): value for name, value in response.headers}
    _check_status(response.status, host)
    if headers.get(b"content-encoding", b"identity").strip().lower() != b"identity":
        raise CheckUndecided(
            "fetch_failed", f"{host} answered in an encoding that was not asked for"
        )
    body = _read_body(response, max_bytes, host)
    media_type = headers.get(b"content-type", b"").split(b";")[0].strip().lower()
    return Fetched(url, body, media_type.decode("latin-1"))


def _check_status(status: int, host: str) -> None:
    if status in {404, 410}:
        raise CheckUndecided("not_found", f"{host} has nothing at this address")
    if 300 <= status < 400:
        raise CheckUndecided("fetch_failed", f"{host} redirects, and redirects are not followed")
    if status != 200:
        raise CheckUndecided("fetch_failed", f"{host} answered with status {status}")


def _read_body(response: httpcore2.Response, max_bytes: int, host: str) -> bytes:
    body = bytearray()
    for chunk in response.iter_stream():
        body += chunk
        if len(body) > max_bytes:
            raise CheckUndecided("too_large", f"{host} sent more than {max_bytes} bytes")
    return bytes(body)

"""Reading one https address that a stranger chose (attack catalogue P13 to P16).

1. The address is read by its form: https, a DNS name, a permitted port (`urls.py`).
2. The name is resolved, once.
3. Every address it resolves to has to be public; one private among public ones refuses the whole.
4. One of exactly these addresses is dialled, with the name as Host and SNI.
5. One GET is sent, without cookies, proxies, environment or credentials. Nothing is followed: a
   redirect is an answer we do not take, since its target would have to pass all of this again.
6. The body is read up to a limit, and only as it is: a compressed one could unfold without end.

All of it happens within one deadline, from the look-up of the name to the last byte.
"""

import ssl
from collections.abc import Callable

import httpcore2

from app.errors import CheckUndecided
from app.fetch.addresses import check_public_address
from app.fetch.dialling import Deadline, PinnedBackend
from app.fetch.resolver import ResolveHost, resolve_in_time, resolve_with_system
from app.fetch.result import Fetch, Fetched
from app.fetch.urls import Address, parse_address

_HEADERS = [
    ("Accept", "application/json, */*;q=0.1"),
    ("Accept-Encoding", "identity"),
    ("Connection", "close"),
    ("User-Agent", "Signet"),
]


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

    def fetch(url: str) -> Fetched:
        deadline = Deadline(timeout_seconds)
        address = parse_address(url)
        ips = resolve_in_time(resolve_host, address.host, address.port, timeout_seconds)
        for ip in ips:
            check_address(ip)
        try:
            return _get(url, address, PinnedBackend(ips, deadline), trusted, max_bytes)
        except httpcore2.TimeoutException:
            raise CheckUndecided(
                "timeout", f"{address.host} did not answer within {timeout_seconds:g} seconds"
            ) from None
        except (httpcore2.NetworkError, httpcore2.ProtocolError) as error:
            raise CheckUndecided(
                "fetch_failed", f"{address.host} could not be read: {type(error).__name__}"
            ) from error

    return fetch


def _get(
    url: str, address: Address, backend: PinnedBackend, trusted: ssl.SSLContext, max_bytes: int
) -> Fetched:
    target = httpcore2.URL(
        scheme=b"https",
        host=address.host.encode(),
        port=address.port,
        target=address.target.encode(),
    )
    with (
        httpcore2.ConnectionPool(ssl_context=trusted, network_backend=backend) as pool,
        pool.stream("GET", target, headers=_HEADERS) as response,
    ):
        headers = {name.lower(): value for name, value in response.headers}
        _check_status(response.status, address.host)
        if headers.get(b"content-encoding", b"identity").strip().lower() != b"identity":
            raise CheckUndecided(
                "fetch_failed", f"{address.host} answered in an encoding that was not asked for"
            )
        body = _read_body(response, max_bytes, address.host)
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

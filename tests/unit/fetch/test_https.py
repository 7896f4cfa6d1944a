import gzip
import socket
import ssl
import struct
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from app.errors import CheckUndecided
from app.fetch import Fetch, make_fetch
from tests.unit.fetch.tls_server import HOST, Answer, Authority, TlsServer, reply

DEADLINE = 0.3
PATIENCE = 5.0


def resolve_to_loopback(host: str, port: int) -> list[str]:
    return ["127.0.0.1"]


def allow_loopback(address: str) -> None:
    assert address.startswith("127.")


@pytest.fixture(scope="module")
def authority() -> Authority:
    return Authority.create()


@pytest.fixture
def serve(authority: Authority, tmp_path: Path) -> Iterator[Callable[..., TlsServer]]:
    servers: list[TlsServer] = []

    def start(answer: Answer, *, host: str = HOST, shakes_hands: bool = True) -> TlsServer:
        context = authority.server_context(host, tmp_path)
        servers.append(TlsServer(context, answer, shakes_hands=shakes_hands))
        return servers[-1]

    yield start
    for server in servers:
        server.close()


@pytest.fixture
def fetch(authority: Authority) -> Fetch:
    return make_fetch(
        timeout_seconds=PATIENCE,
        max_bytes=1000,
        resolve_host=resolve_to_loopback,
        check_address=allow_loopback,
        ssl_context=authority.client_context(),
    )


@pytest.fixture
def hasty_fetch(authority: Authority) -> Fetch:
    return make_fetch(
        timeout_seconds=DEADLINE,
        resolve_host=resolve_to_loopback,
        check_address=allow_loopback,
        ssl_context=authority.client_context(),
    )


def code_of(fetch: Fetch, url: str) -> str:
    with pytest.raises(CheckUndecided) as caught:
        fetch(url)
    return caught.value.code


def test_body_and_media_type_are_returned(serve: Callable[..., TlsServer], fetch: Fetch) -> None:
    server = serve(reply(b'{"id": 1}', Content_Type="Application/DID+JSON; charset=utf-8"))
    url = f"https://{HOST}:{server.port}/did.json?a=b"

    found = fetch(url)

    assert (found.url, found.body) == (url, b'{"id": 1}')
    assert found.media_type == "application/did+json"


def test_an_answer_without_content_type_has_an_empty_media_type(
    serve: Callable[..., TlsServer], fetch: Fetch
) -> None:
    server = serve(reply(b"{}"))

    assert fetch(f"https://{HOST}:{server.port}").media_type == ""


def test_the_name_is_kept_as_host_and_sni_and_nothing_personal_is_sent(
    serve: Callable[..., TlsServer], fetch: Fetch
) -> None:
    server = serve(reply(b"{}"))

    fetch(f"https://BADGE.Example:{server.port}/a?b=c#fragment")

    [request] = server.requests
    assert server.names_asked_for == [HOST]
    assert request.startswith(b"GET /a?b=c HTTP/1.1\r\n")
    names = {line.split(b":")[0].lower() for line in request.split(b"\r\n")[1:] if line}
    assert names == {b"host", b"accept", b"accept-encoding", b"connection", b"user-agent"}
    assert f"Host: {HOST}:{server.port}".encode() in request


def test_the_name_is_resolved_once_and_a_second_answer_never_asked_for(
    serve: Callable[..., TlsServer], authority: Authority
) -> None:
    server = serve(reply(b"{}"))
    answers = [["127.0.0.1"], ["10.0.0.1"]]
    rebinding = make_fetch(
        timeout_seconds=PATIENCE,
        resolve_host=lambda host, port: answers.pop(0),
        check_address=allow_loopback,
        ssl_context=authority.client_context(),
    )

    assert rebinding(f"https://{HOST}:{server.port}/").body == b"{}"
    assert answers == [["10.0.0.1"]]


def test_one_private_address_among_public_ones_refuses_them_all(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def never_connect(*_: object, **__: object) -> socket.socket:
        raise AssertionError("nothing may be dialled")

    monkeypatch.setattr(socket, "create_connection", never_connect)
    mixed = make_fetch(
        timeout_seconds=PATIENCE, resolve_host=lambda host, port: ["8.8.8.8", "169.254.169.254"]
    )

    assert code_of(mixed, f"https://{HOST}/") == "fetch_blocked"


def test_a_name_for_the_loopback_address_is_refused_by_default(
    serve: Callable[..., TlsServer],
) -> None:
    server = serve(reply(b"secret"))
    by_default = make_fetch(timeout_seconds=PATIENCE, resolve_host=resolve_to_loopback)

    assert code_of(by_default, f"https://{HOST}:{server.port}/") == "fetch_blocked"
    assert server.requests == []


def test_the_next_address_is_tried_when_one_does_not_answer(
    serve: Callable[..., TlsServer], authority: Authority
) -> None:
    server = serve(reply(b"{}"))
    with_spare = make_fetch(
        timeout_seconds=PATIENCE,
        resolve_host=lambda host, port: ["127.0.0.2", "127.0.0.1"],
        check_address=allow_loopback,
        ssl_context=authority.client_context(),
    )

    assert with_spare(f"https://{HOST}:{server.port}/").body == b"{}"


def test_nobody_listening_is_a_failure(fetch: Fetch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]

    assert code_of(fetch, f"https://{HOST}:{port}/") == "fetch_failed"


@pytest.mark.parametrize("status", ["301 Moved", "302 Found", "307 Temporary Redirect"])
def test_a_redirect_is_not_followed(
    serve: Callable[..., TlsServer], fetch: Fetch, status: str
) -> None:
    inside = serve(reply(b"secret"))
    server = serve(reply(b"", status, Location=f"https://{HOST}:{inside.port}/"))

    assert code_of(fetch, f"https://{HOST}:{server.port}/") == "fetch_failed"
    assert inside.requests == []


@pytest.mark.parametrize(
    ("status", "code"),
    [
        ("404 Not Found", "not_found"),
        ("410 Gone", "not_found"),
        ("403 Forbidden", "fetch_failed"),
        ("500 Oops", "fetch_failed"),
        ("206 Partial Content", "fetch_failed"),
    ],
)
def test_any_status_but_200_is_no_document(
    serve: Callable[..., TlsServer], fetch: Fetch, status: str, code: str
) -> None:
    server = serve(reply(b"{}", status))

    assert code_of(fetch, f"https://{HOST}:{server.port}/") == code


def test_a_body_of_exactly_the_limit_is_read(serve: Callable[..., TlsServer], fetch: Fetch) -> None:
    server = serve(reply(b"x" * 1000))

    assert len(fetch(f"https://{HOST}:{server.port}/").body) == 1000


def test_a_body_past_the_limit_is_not_read_to_its_end(
    serve: Callable[..., TlsServer], fetch: Fetch
) -> None:
    def pour(client: ssl.SSLSocket, over: threading.Event) -> None:
        client.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        while not over.is_set():
            client.sendall(b"1000\r\n" + b"x" * 0x1000 + b"\r\n")

    server = serve(pour)

    assert code_of(fetch, f"https://{HOST}:{server.port}/") == "too_large"


def test_a_compressed_body_is_refused_unopened(
    serve: Callable[..., TlsServer], fetch: Fetch
) -> None:
    bomb = gzip.compress(b"\0" * 500_000)
    assert len(bomb) < 1000
    server = serve(reply(bomb, Content_Encoding="gzip"))

    assert code_of(fetch, f"https://{HOST}:{server.port}/") == "fetch_failed"


def drip(head: bytes) -> Answer:
    """A server that is never silent for long and never done."""

    def answer(client: ssl.SSLSocket, over: threading.Event) -> None:
        client.sendall(head)
        while not over.wait(0.01):
            client.sendall(b"x")

    return answer


@pytest.mark.parametrize(
    "head",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nX-Slow: ",
        b"",
    ],
    ids=["body", "headers", "status line"],
)
def test_a_dripping_server_meets_the_deadline(
    serve: Callable[..., TlsServer], hasty_fetch: Fetch, head: bytes
) -> None:
    server = serve(drip(head))
    started = time.monotonic()

    assert code_of(hasty_fetch, f"https://{HOST}:{server.port}/") == "timeout"
    assert time.monotonic() - started < DEADLINE + 1


@pytest.mark.parametrize("shakes_hands", [True, False])
def test_a_silent_server_meets_the_deadline(
    serve: Callable[..., TlsServer], hasty_fetch: Fetch, shakes_hands: bool
) -> None:
    server = serve(lambda client, over: over.wait() and None, shakes_hands=shakes_hands)
    started = time.monotonic()

    assert code_of(hasty_fetch, f"https://{HOST}:{server.port}/") == "timeout"
    assert time.monotonic() - started < DEADLINE + 1


def test_a_certificate_of_an_unknown_authority_is_refused(
    serve: Callable[..., TlsServer],
) -> None:
    server = serve(reply(b"{}"))
    distrustful = make_fetch(
        timeout_seconds=PATIENCE, resolve_host=resolve_to_loopback, check_address=allow_loopback
    )

    assert code_of(distrustful, f"https://{HOST}:{server.port}/") == "fetch_failed"
    assert server.requests == []


def test_a_certificate_for_another_host_is_refused(
    serve: Callable[..., TlsServer], fetch: Fetch
) -> None:
    server = serve(reply(b"{}"), host="other.example")

    assert code_of(fetch, f"https://{HOST}:{server.port}/") == "fetch_failed"
    assert server.requests == []


def test_a_reset_connection_is_a_failure(serve: Callable[..., TlsServer], fetch: Fetch) -> None:
    def reset(client: ssl.SSLSocket, over: threading.Event) -> None:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    assert code_of(fetch, f"https://{HOST}:{serve(reset).port}/") == "fetch_failed"


def test_an_answer_that_ends_early_is_a_failure(
    serve: Callable[..., TlsServer], fetch: Fetch
) -> None:
    def break_off(client: ssl.SSLSocket, over: threading.Event) -> None:
        client.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n{")

    assert code_of(fetch, f"https://{HOST}:{serve(break_off).port}/") == "fetch_failed"


def test_an_answer_that_is_not_http_is_a_failure(
    serve: Callable[..., TlsServer], fetch: Fetch
) -> None:
    def greet(client: ssl.SSLSocket, over: threading.Event) -> None:
        client.sendall(b"220 mail.example ESMTP\r\n\r\n")

    assert code_of(fetch, f"https://{HOST}:{serve(greet).port}/") == "fetch_failed"


def test_proxies_in_the_environment_are_not_used(
    serve: Callable[..., TlsServer], fetch: Fetch, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    server = serve(reply(b"{}"))

    assert fetch(f"https://{HOST}:{server.port}/").body == b"{}"

import json
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from app.errors import CheckUndecided
from app.fetch import Post, make_post, parse_webhook_address
from tests.unit.fetch.tls_server import HOST, Answer, Authority, TlsServer, reply

BODY = json.dumps({"type": "webhook.ping"}).encode()
HEADERS = [("webhook-id", "one")]


@pytest.fixture(scope="module")
def authority() -> Authority:
    return Authority.create()


@pytest.fixture
def serve(authority: Authority, tmp_path: Path) -> Iterator[Callable[[Answer], TlsServer]]:
    servers: list[TlsServer] = []

    def start(answer: Answer) -> TlsServer:
        servers.append(TlsServer(authority.server_context(HOST, tmp_path), answer))
        return servers[-1]

    yield start
    for server in servers:
        server.close()


@pytest.fixture
def post(authority: Authority) -> Post:
    return make_post(
        timeout_seconds=5.0,
        resolve_host=lambda host, port: ["127.0.0.1"],
        check_address=lambda address: None,
        ssl_context=authority.client_context(),
    )


def after_body(answer: Answer, bodies: list[bytes]) -> Answer:
    """The same answer, once the body has been read, which comes after the headers."""

    def answering(client: ssl.SSLSocket, over: threading.Event) -> None:
        bodies.append(client.recv(65536))
        answer(client, over)

    return answering


def code_of(post: Post, url: str) -> str:
    with pytest.raises(CheckUndecided) as caught:
        post(url, BODY, HEADERS)
    return caught.value.code


def test_body_and_headers_arrive_and_the_status_comes_back(
    serve: Callable[[Answer], TlsServer], post: Post
) -> None:
    bodies: list[bytes] = []
    server = serve(after_body(reply(b"thanks", status="202 Accepted"), bodies))

    assert post(f"https://{HOST}:{server.port}/hook?a=b", BODY, HEADERS) == 202

    [request] = server.requests
    head, _, early = request.partition(b"\r\n\r\n")
    assert head.startswith(b"POST /hook?a=b HTTP/1.1\r\n")
    names = {line.split(b":")[0].lower() for line in head.split(b"\r\n")[1:]}
    assert names == {
        b"host", b"content-type", b"content-length", b"webhook-id",
        b"accept-encoding", b"connection", b"user-agent",
    }  # fmt: skip
    assert early + b"".join(bodies) == BODY


def test_a_redirect_is_a_status_and_is_not_followed(
    serve: Callable[[Answer], TlsServer], post: Post
) -> None:
    server = serve(
        after_body(reply(b"", status="307 Go", Location="https://elsewhere.example/"), [])
    )

    assert post(f"https://{HOST}:{server.port}/", BODY, HEADERS) == 307
    assert len(server.requests) == 1


def test_an_endless_answer_is_not_read(serve: Callable[[Answer], TlsServer], post: Post) -> None:
    hung_up = threading.Event()

    def endless(client: ssl.SSLSocket, over: threading.Event) -> None:
        try:
            client.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n")
            while not over.is_set():
                client.sendall(b"x" * 65536)
        except OSError:
            hung_up.set()

    server = serve(endless)

    assert post(f"https://{HOST}:{server.port}/", BODY, HEADERS) == 200
    assert hung_up.wait(5)


def test_private_addresses_are_refused_when_they_are_resolved() -> None:
    inside = make_post(timeout_seconds=5.0, resolve_host=lambda host, port: ["10.0.0.7"])

    assert code_of(inside, "https://hooks.example/") == "fetch_blocked"


@pytest.mark.parametrize("loopback", [True, False])
@pytest.mark.parametrize(
    "url",
    [
        "http://hooks.example/",
        "https://127.0.0.1:9000/",
        "http://127.0.0.1/",
        "http://127.0.0.1:80/",
        "http://127.0.0.1:99999/",
        "http://127.0.0.1:9000@evil.example/",
        "http://127.0.0.2:9000/",
        "http://localhost.evil.example:9000/",
        "http://user@localhost:9000/",
        "http://localhost:9000/" + "a" * 3000,
        "ftp://localhost:9000/",
    ],
)
def test_only_the_plainest_addresses_of_this_machine_are_ever_open(
    url: str, loopback: bool
) -> None:
    with pytest.raises(CheckUndecided) as caught:
        parse_webhook_address(url, loopback=loopback)
    assert caught.value.code == "fetch_blocked"


def test_this_machine_is_open_only_where_that_was_set() -> None:
    said: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}?a#b"

        def answer() -> None:
            client, _ = listener.accept()
            with client:
                said.append(client.recv(65536))
                client.sendall(b"HTTP/1.1 204 No Content\r\n\r\n")

        thread = threading.Thread(target=answer)
        thread.start()
        assert code_of(make_post(timeout_seconds=5.0), url) == "fetch_blocked"
        assert make_post(timeout_seconds=5.0, loopback=True)(url, BODY, HEADERS) == 204
        thread.join(5)
    assert said[0].startswith(b"POST /?a HTTP/1.1\r\n")


def test_localhost_that_leads_elsewhere_is_refused() -> None:
    astray = make_post(
        timeout_seconds=5.0, loopback=True, resolve_host=lambda host, port: ["10.0.0.7"]
    )

    assert code_of(astray, "http://localhost:9000/") == "fetch_blocked"

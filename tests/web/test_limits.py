"""What a request may not exceed, and what every answer carries."""

from collections.abc import Iterator

import pytest
from fastapi import FastAPI, Request, Response
from fastapi.testclient import TestClient

from app.settings import Settings
from app.web.limits import DEFAULT_HEADERS

Headers = dict[str, str]


@pytest.fixture
def settings(sqlite_url: str, tmp_path: object) -> Settings:
    """No database is asked anything here, so one kind will do."""
    return Settings(
        database_url=sqlite_url, keys=f"file:{tmp_path}/keys", max_request_bytes=64 * 1024
    )


@pytest.fixture
def echo(app: FastAPI) -> TestClient:
    @app.post("/echo")
    async def echo(request: Request) -> Response:
        return Response(await request.body())

    @app.post("/early")
    async def early(request: Request) -> Response:
        """Answers, and reads on."""
        return Response("early")

    @app.post("/swallowing")
    async def swallowing(request: Request) -> Response:
        """Answers in its own way when it cannot read."""
        try:
            return Response(await request.body())
        except Exception:  # noqa: BLE001 - as a framework might
            return Response("could not read", 400)

    return TestClient(app)


def chunks(size: int) -> Iterator[bytes]:
    for start in range(0, size, 1024):
        yield b"x" * min(1024, size - start)


@pytest.mark.parametrize("chunked", [False, True])
def test_a_body_up_to_the_limit_is_read(echo: TestClient, chunked: bool) -> None:
    size = 64 * 1024
    answer = echo.post("/echo", content=chunks(size) if chunked else b"x" * size)
    assert (answer.status_code, len(answer.content)) == (200, size)


@pytest.mark.parametrize("chunked", [False, True])
@pytest.mark.parametrize(
    "path", ["/echo", "/swallowing", "/api/v1/issuers", "/api/v1/issuers/acme/images"]
)
def test_a_larger_body_is_413_whoever_reads_it(
    echo: TestClient, admin_headers: Headers, path: str, chunked: bool
) -> None:
    size = 64 * 1024 + 1
    media_type = "image/png" if path.endswith("images") else "application/json"
    headers = {**admin_headers, "Content-Type": media_type}
    answer = echo.post(path, headers=headers, content=chunks(size) if chunked else b"x" * size)
    assert answer.status_code == 413
    assert answer.json()["code"] == "too_large"
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_a_declared_length_is_refused_before_anything_is_read(echo: TestClient) -> None:
    answer = echo.post("/early", headers={"Content-Length": "99999999"}, content=b"x")
    assert answer.status_code == 413


def test_a_length_that_is_no_number_is_counted_instead(echo: TestClient) -> None:
    assert echo.post("/echo", headers={"Content-Length": "x"}, content=b"x").status_code == 200


def test_every_answer_carries_the_default_headers(client: TestClient) -> None:
    for path in ("/healthz", "/nowhere", "/openapi.json"):
        headers = client.get(path).headers
        assert {name: headers[name] for name in DEFAULT_HEADERS} == DEFAULT_HEADERS


def test_a_route_may_set_a_policy_of_its_own(app: FastAPI) -> None:
    @app.get("/own")
    def own() -> Response:
        return Response(headers={"Content-Security-Policy": "default-src 'self'"})

    answer = TestClient(app).get("/own")
    assert answer.headers.get_list("content-security-policy") == ["default-src 'self'"]


def test_head_answers_like_get_without_content(client: TestClient) -> None:
    got, head = client.get("/healthz"), client.head("/healthz")
    assert head.status_code == 200
    assert head.content == b""
    assert head.headers["content-length"] == got.headers["content-length"]
    assert client.head("/nowhere").status_code == 404


def test_no_answer_depends_on_the_host_that_was_named(
    client: TestClient, admin_headers: Headers
) -> None:
    headers = {**admin_headers, "Host": "evil.example", "X-Forwarded-Host": "evil.example"}
    for path in ("/openapi.json", "/api/v1/issuers/", "/healthz", "/docs"):
        answer = client.get(path, headers=headers)
        assert "evil" not in answer.text + str(answer.headers)
    made = client.post("/api/v1/issuers", headers=headers, json={"id": "acme", "name": "A"})
    assert made.status_code == 201
    assert "evil" not in made.text + made.headers["location"]

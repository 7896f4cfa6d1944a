"""Pictures over HTTP; what is accepted stands in tests/unit/registry/test_images.py."""

import hashlib

import pytest
from fastapi.testclient import TestClient

Headers = dict[str, str]
PATH = "/api/v1/issuers/acme/images"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"><path d="M0 0h1v1z"/></svg>'


@pytest.fixture(autouse=True)
def acme(client: TestClient, admin_headers: Headers) -> None:
    made = client.post("/api/v1/issuers", headers=admin_headers, json={"id": "acme", "name": "A"})
    assert made.status_code == 201


def test_a_picture_is_served_as_it_came_and_can_do_nothing(
    client: TestClient, admin_headers: Headers
) -> None:
    headers = {**admin_headers, "Content-Type": "image/svg+xml; charset=utf-8"}
    answer = client.post(PATH, headers=headers, content=SVG)
    assert answer.status_code == 201
    url = f"http://127.0.0.1:8000/images/{hashlib.sha256(SVG).hexdigest()}.svg"
    assert answer.json() == {"id": url}
    assert answer.headers["location"] == url
    picture = client.get(url)
    assert picture.content == SVG
    assert picture.headers["content-type"] == "image/svg+xml"
    assert picture.headers["content-security-policy"].startswith("default-src 'none';")
    assert "sandbox" in picture.headers["content-security-policy"]
    assert "script" not in picture.headers["content-security-policy"]
    assert picture.headers["x-content-type-options"] == "nosniff"
    assert "immutable" in picture.headers["cache-control"]
    assert client.get(url.replace(".svg", ".png")).status_code == 404
    assert client.get(url.replace(".svg", "")).status_code == 404


def test_the_same_picture_twice_is_one(client: TestClient, admin_headers: Headers) -> None:
    headers = {**admin_headers, "Content-Type": "image/svg+xml"}
    answers = [client.post(PATH, headers=headers, content=SVG) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].content == answers[1].content


@pytest.mark.parametrize(
    ("media_type", "data", "status", "code"),
    [
        ("image/jpeg", b"\xff\xd8", 415, "unsupported_media_type"),
        ("application/json", b"{}", 415, "unsupported_media_type"),
        ("image/png", b"", 422, "bad_png"),
        ("image/png", SVG, 422, "bad_png"),
        ("image/svg+xml", b"", 422, "bad_svg"),
        ("image/svg+xml", b"<html/>", 422, "bad_svg"),
    ],
)
def test_anything_else_is_refused(
    client: TestClient,
    admin_headers: Headers,
    media_type: str,
    data: bytes,
    status: int,
    code: str,
) -> None:
    headers = {**admin_headers, "Content-Type": media_type}
    answer = client.post(PATH, headers=headers, content=data)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_an_unknown_picture_is_404(client: TestClient) -> None:
    for name in (f"{'0' * 64}.png", "x.png", "0" * 64):
        assert client.get(f"/images/{name}").status_code == 404

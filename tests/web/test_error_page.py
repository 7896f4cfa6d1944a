"""Problems are pages to people and problem documents to programs."""

import pytest
from fastapi.testclient import TestClient

BROWSER = {"Accept": "text/html,*/*;q=0.8"}


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """Pages do not differ by database."""
    return sqlite_url


def test_a_person_reads_a_sentence(client: TestClient) -> None:
    answer = client.get("/nowhere", headers=BROWSER)

    assert answer.status_code == 404
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert "Accept" in answer.headers["vary"].split(", ")
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["content-security-policy"].startswith("default-src 'none'; style-src")
    assert "There is nothing at this address." in answer.text


def test_a_program_reads_a_problem(client: TestClient) -> None:
    answer = client.get("/nowhere")

    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["code"] == "not_found"


def test_what_was_asked_for_is_not_echoed(client: TestClient) -> None:
    answer = client.get("/nowhere/%3Cscript%3Ealert(1)%3C/script%3E", headers=BROWSER)

    assert "<script" not in answer.text


def test_a_page_still_tells_the_client_what_it_may_do(client: TestClient) -> None:
    answer = client.delete("/verify", headers=BROWSER)

    assert answer.status_code == 405
    assert "GET" in answer.headers["allow"] or "POST" in answer.headers["allow"]
    assert answer.headers["content-type"] == "text/html; charset=utf-8"


def test_a_body_too_large_is_a_page_too(client: TestClient) -> None:
    answer = client.post("/verify", content=b"x" * (3 * 1024 * 1024), headers=BROWSER)

    assert answer.status_code == 413
    assert "<h1>The file is too large</h1>" in answer.text


def test_head_has_the_headers_of_the_page_and_no_words(client: TestClient) -> None:
    answer = client.head("/nowhere", headers=BROWSER)

    assert answer.status_code == 404
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.content == b""

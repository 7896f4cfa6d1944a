"""The verify page and `POST /verify`: every way in, every verdict, nothing fetched unasked."""

import dataclasses
import json
import re
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from app.errors import CheckUndecided
from app.fetch import Fetched
from tests.publishing import Publisher

PAGE = {"Accept": "text/html"}
HOST = "http://127.0.0.1:8000"


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """Pages do not differ by database."""
    return sqlite_url


@pytest.fixture
def outside(app: FastAPI) -> dict[str, bytes]:
    """What the rest of the web answers; every other address times out."""
    documents: dict[str, bytes] = {}

    def fetch(url: str) -> Fetched:
        if url not in documents:
            raise CheckUndecided("timeout", "it did not answer in time")
        return Fetched(url, documents[url], "application/json")

    app.state.desk = dataclasses.replace(app.state.desk, fetch=fetch)
    return documents


def _words(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


def _document(client: TestClient, credential: str) -> dict[str, Any]:
    return dict(client.get(f"/credentials/{credential}").json())


def _submit(client: TestClient, text: str) -> str:
    answer = client.post("/verify", data={"text": text}, headers=PAGE)
    assert answer.status_code == 200
    return answer.text


# --- the form -----------------------------------------------------------------------------------


def test_the_form_explains_the_words_that_stand_in_credentials(client: TestClient) -> None:
    page = client.get("/verify").text

    words = _words(page[page.index('id="glossary"') :])
    for expected in (
        "Learning outcome What a learner knows, understands or can do afterwards.",
        "SCQF Scottish Credit and Qualifications Framework",
        "ECTS credits European Credit Transfer and Accumulation System: 25 to 30 hours",
        "SCQF credits Scottish Credit and Qualifications Framework credit: 10 hours",
        "US semester hours United States semester credit hour: at least 45 hours",
        "EFTSL Equivalent full-time student load (Australia, New Zealand)",
    ):
        assert expected in words


def test_the_form_may_run_our_script_and_nothing_else(client: TestClient) -> None:
    answer = client.get("/verify")

    assert answer.status_code == 200
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; ")
    assert policy.endswith("; script-src 'self'")
    assert re.findall(r'<script src="([^"?]+)', answer.text) == ["/static/scan.js"]


def test_a_link_in_the_address_only_fills_the_form(
    client: TestClient, outside: dict[str, bytes]
) -> None:
    link = 'https://elsewhere.example/c?a="><script>'

    answer = client.get("/verify", params={"url": link})

    assert "https://elsewhere.example/c?a=&#34;&gt;&lt;script&gt;</textarea>" in answer.text


def test_an_empty_form_is_answered_with_the_form_and_what_to_do(client: TestClient) -> None:
    answer = client.post("/verify", data={"text": "  "}, headers=PAGE)

    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert "Choose a file, or paste a link" in answer.text


def test_an_empty_form_from_a_program_is_a_problem(client: TestClient) -> None:
    answer = client.post("/verify", data={"text": ""})

    assert answer.status_code == 422
    assert answer.json()["code"] == "invalid_request"


# --- every way in -------------------------------------------------------------------------------


@pytest.mark.parametrize("suffix", ["json", "jwt", "png", "svg"])
def test_every_download_can_be_checked_as_a_file(
    client: TestClient, publisher: Publisher, suffix: str
) -> None:
    data = client.get(f"/credentials/{publisher.issue()}.{suffix}").content

    answer = client.post("/verify", files={"file": (f"badge.{suffix}", data)}, headers=PAGE)

    words = _words(answer.text)
    assert answer.status_code == 200
    assert "Verified" in words
    assert "Data Ethics in Practice" in words
    assert "it issued this itself" in words


@pytest.mark.parametrize("suffix", ["", ".json", ".jwt", ".png", "?x=1"])
def test_a_link_of_ours_is_checked_from_the_records(
    client: TestClient, publisher: Publisher, outside: dict[str, bytes], suffix: str
) -> None:
    words = _words(_submit(client, f" {HOST}/credentials/{publisher.issue()}{suffix}\n"))

    assert "Verified" in words
    assert "Addresses visited for this check (0)" in words


@pytest.mark.parametrize("suffix", ["json", "jwt"])
def test_a_pasted_text_is_checked(client: TestClient, publisher: Publisher, suffix: str) -> None:
    text = client.get(f"/credentials/{publisher.issue()}.{suffix}").text

    assert "Verified" in _words(_submit(client, f"\r\n{text}\r\n"))


def test_a_foreign_link_is_fetched_when_the_button_is_pressed(
    client: TestClient, publisher: Publisher, outside: dict[str, bytes]
) -> None:
    link = "https://elsewhere.example/badge.json"
    outside[link] = client.get(f"/credentials/{publisher.issue()}").content

    html = _submit(client, link)

    assert "Verified" in _words(html)
    assert f"<li>{link}</li>" in html


@pytest.mark.parametrize("path", [f"/credentials/{'A' * 22}", "/verify"])
def test_a_link_of_ours_without_a_credential_is_not_asked_for_over_the_web(
    client: TestClient, outside: dict[str, bytes], path: str
) -> None:
    outside[f"{HOST}{path}"] = b"{}"

    words = _words(_submit(client, f"{HOST}{path}"))

    assert "Could not be checked" in words
    assert "This service has no credential at that address." in words


def test_a_foreign_link_that_does_not_answer_is_neither_yes_nor_no(
    client: TestClient, outside: dict[str, bytes]
) -> None:
    words = _words(_submit(client, "https://elsewhere.example/badge.json"))

    assert "Could not be checked" in words
    assert "This is neither a yes nor a no" in words
    assert "The address did not answer in time." in words
    assert "Passed" not in words


@pytest.mark.parametrize(
    "link",
    [
        "javascript:alert(1)",
        "//evil.example/c",
        "data:text/html,<script>alert(1)</script>",
        "file:///etc/passwd",
    ],
)
def test_what_is_no_web_address_is_read_as_text(client: TestClient, link: str) -> None:
    html = _submit(client, link)

    assert "This is not a credential we can read" in _words(html)
    assert f'href="{link}' not in html


@pytest.mark.parametrize(
    "link",
    [
        "http://169.254.169.254/latest/meta-data",
        "https://127.0.0.1/x",
        "https://localhost:8000/credentials",
    ],
)
def test_an_address_that_may_not_be_visited_is_not(client: TestClient, link: str) -> None:
    words = _words(_submit(client, link))

    assert "Could not be checked" in words
    assert "This address may not be visited" in words


# --- every verdict ------------------------------------------------------------------------------


def test_a_changed_credential_shows_no_certificate(
    client: TestClient, publisher: Publisher
) -> None:
    document = _document(client, publisher.issue())
    document["credentialSubject"]["identifier"][-1]["identityHash"] = "Mallory Forger"

    html = _submit(client, json.dumps(document))

    words = _words(html)
    assert "Not valid: changed or forged" in words
    assert "What this file claims" in words
    assert "Mallory Forger" in words
    assert 'class="certificate' not in html
    assert "known to this service" not in words
    assert "it issued this itself" not in words
    assert words.count("Not checked") >= 2


def test_a_revoked_credential_keeps_its_words_and_loses_its_ornaments(
    client: TestClient, publisher: Publisher
) -> None:
    credential = publisher.issue()
    publisher.revoke(credential)

    html = _submit(client, f"{HOST}/credentials/{credential}")

    assert "Not valid: revoked" in _words(html)
    assert 'class="certificate withdrawn"' in html


def test_a_status_list_out_of_reach_is_never_green(
    client: TestClient, publisher: Publisher, outside: dict[str, bytes], app: FastAPI
) -> None:
    document = client.get(f"/credentials/{publisher.issue()}").text
    # Under another name the service does not take the list for its own, and asks the network.
    desk = app.state.desk
    settings = desk.settings.model_copy(update={"public_url": "https://other.example"})
    app.state.desk = dataclasses.replace(desk, settings=settings)

    html = _submit(client, document)

    assert '<p class="verdict-word" id="verdict">Could not be checked</p>' in html
    assert "The status list could not be read" in html
    assert 'class="certificate withdrawn"' in html


def test_a_file_that_is_no_credential_says_what_to_ask_for(client: TestClient) -> None:
    answer = client.post(
        "/verify", files={"file": ("holiday.png", b"\x89PNG\r\n\x1a\nnothing")}, headers=PAGE
    )

    words = _words(answer.text)
    assert answer.status_code == 200
    assert "This is not a credential we can read" in words
    assert "a screenshot, a scan or a retyped copy holds no signature" in words
    assert "What this file claims" not in words


def test_hostile_words_in_a_forgery_stay_words(client: TestClient) -> None:
    hostile = "</pre><script>alert(1)</script>"
    forgery = {
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "type": [hostile],
        "issuer": {"id": "https://evil.example/", "name": hostile},
        "credentialSubject": {"achievement": {"name": hostile}},
        hostile: hostile,
    }

    html = _submit(client, json.dumps(forgery))

    assert "<script" not in html
    assert "&lt;script&gt;alert(1)" in html


# --- programs -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("suffix", "media_type"),
    [
        ("json", "application/vc"),
        ("json", "application/ld+json"),
        ("json", "application/json"),
        ("jwt", "application/jwt"),
        ("jwt", "text/plain"),
        ("png", "image/png"),
        ("svg", "image/svg+xml"),
    ],
)
def test_a_program_sends_the_bytes_and_gets_the_checks(
    client: TestClient, publisher: Publisher, suffix: str, media_type: str
) -> None:
    data = client.get(f"/credentials/{publisher.issue()}.{suffix}").content

    answer = client.post("/verify", content=data, headers={"Content-Type": media_type})

    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    body = answer.json()
    assert body["verdict"] == "verified"
    assert [check["outcome"] for check in body["checks"]] == ["passed"] * 7
    assert body["issuer"]["trusted"] is True
    assert body["own_records"] is True
    assert body["fetched"] == []


@pytest.mark.parametrize("form", ["json", "jwt"])
def test_a_credential_may_come_wrapped(client: TestClient, publisher: Publisher, form: str) -> None:
    answer = client.get(f"/credentials/{publisher.issue()}.{form}")
    credential = answer.json() if form == "json" else answer.text

    body = client.post("/verify", json={"credential": credential}).json()

    assert body["verdict"] == "verified"


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"{}", None),
        (b"[]", None),
        (b"{", "not_json"),
        (b'{"a":1,"a":2}', "duplicate_key"),
        (b'{"credential": 7}', None),
        (b'{"credential": "words"}', None),
        (b"\xff\xfe{}", None),
        (b"", None),
    ],
)
def test_nonsense_is_answered_with_a_verdict(
    client: TestClient, body: bytes, code: str | None
) -> None:
    answer = client.post("/verify", content=body, headers={"Content-Type": "application/json"})

    assert answer.status_code == 200
    verdict = answer.json()
    assert verdict["verdict"] in {"malformed", "not_valid", "not_checked"}
    if code is not None:
        assert verdict["checks"][0]["problem"]["code"] == code


def test_a_type_that_is_not_read_here_is_refused(client: TestClient) -> None:
    answer = client.post("/verify", content=b"x", headers={"Content-Type": "application/pdf"})

    assert answer.status_code == 415
    assert answer.json()["code"] == "unsupported_media_type"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"--x\r\n",
        b'--x\r\nContent-Disposition: form-data; name="text"\r\n\r\nunfinished',
        b"--x\r\nnonsense\r\n\r\n\r\n--x--\r\n",
    ],
)
def test_a_broken_form_is_a_problem_and_never_a_crash(client: TestClient, body: bytes) -> None:
    headers = {"Content-Type": "multipart/form-data; boundary=x"}

    answer = client.post("/verify", content=body, headers=headers)

    assert answer.status_code in {400, 422}


def test_a_form_with_many_parts_is_refused(client: TestClient) -> None:
    files = [("file", (f"{n}.json", b"{}")) for n in range(9)]

    assert client.post("/verify", files=files, headers=PAGE).status_code == 400


def test_a_file_too_large_is_refused(client: TestClient, app: FastAPI) -> None:
    data = b" " * (app.state.desk.settings.max_request_bytes + 1)

    answer = client.post("/verify", files={"file": ("x.json", data)}, headers=PAGE)

    assert answer.status_code == 413


def test_checking_leaves_nothing_behind(
    client: TestClient, app: FastAPI, publisher: Publisher
) -> None:
    document = client.get(f"/credentials/{publisher.issue()}").text

    answer = client.post("/verify", data={"text": document}, headers=PAGE)

    assert "set-cookie" not in answer.headers
    assert answer.headers["cache-control"] == "no-store"

"""Catalogue 2.4 at the web server: bytes, headers and hosts that are meant to confuse it."""

import json
from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from tests.forgeries.all_lies import FORGERIES
from tests.forgeries.examine import as_bytes
from tests.forgeries.genuine import CONTROLS
from tests.forgeries.scene import Scene, genuine
from tests.forgeries.signing import Json, compact_json
from tests.publishing import SLUG, Publisher, open_publisher

_ISSUE = f"/api/v1/issuers/{SLUG}/credentials"
_SIGN = f"/issuers/{SLUG}/credentials/issue"
_DEFINE = f"/api/v1/issuers/{SLUG}/achievements"
_MAKERS = [_ISSUE, _SIGN, _DEFINE, "/api/v1/issuers", "/api/v1/api-keys"]
_VERIFIERS = ["/credentials/verify", "/presentations/verify"]


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """What is tested here is done before any database is asked: one kind is enough."""
    return sqlite_url


@pytest.fixture
def publisher(client: TestClient, admin_headers: dict[str, str]) -> Publisher:
    return open_publisher(client, admin_headers)


def _post(
    publisher: Publisher, path: str, body: bytes, media_type: str = "application/json"
) -> int:
    """The status of the answer, which is a problem in words and never a 500."""
    answer = publisher.client.post(
        path, content=body, headers={**publisher.headers, "Content-Type": media_type}
    )
    if path != "/verify" and answer.status_code != 201:
        assert answer.headers["content-type"] in ("application/problem+json", "application/json")
    assert "Traceback" not in answer.text
    return answer.status_code


# A member of every body, so that what is wrong stands in an object that could be right.
_BODIES: dict[str, bytes] = {
    "a member twice": b'{"name":"a","name":"b","verifiableCredential":{}}',
    "a member twice behind an escape": b'{"name":"a","n\\u0061me":"b"}',
    "NaN": b'{"name":NaN}',
    "Infinity": b'{"name":-Infinity}',
    "a number too large": b'{"name":1e400}',
    "an integer of 5000 digits": b'{"name":' + b"9" * 5000 + b"}",
    "half a character": b'{"name":"\\ud800"}',
    "half a character as a name": b'{"\\udfff":"name"}',
    "nested a thousand deep": b'{"name":' + b"[" * 1000 + b"]" * 1000 + b"}",
    "nested a hundred thousand deep": b'{"name":' + b"[" * 100_000,
    "UTF-16": '{"name":"a"}'.encode("utf-16"),
    "UTF-32": '{"name":"a"}'.encode("utf-32"),
    "a byte order mark": b'\xef\xbb\xbf{"name":"a"}',
    "not UTF-8": b'{"name":"\xff"}',
    "a text that never ends": b'{"name":"' + b'\\"' * 100_000,
    "a list": b"[]",
    "null": b"null",
    "nothing": b"",
    "five thousand members": compact_json({str(n): n for n in range(5000)}),
}


@pytest.mark.parametrize("path", [*_MAKERS, *_VERIFIERS])
def test_hostile_json_is_a_client_error(publisher: Publisher, path: str) -> None:
    statuses = {what: _post(publisher, path, body) for what, body in _BODIES.items()}

    assert {
        what: status for what, status in statuses.items() if status not in (400, 413, 422)
    } == {}


def test_hostile_json_on_the_verify_page_is_malformed(publisher: Publisher) -> None:
    for media_type in ("application/json", "application/ld+json", "text/plain", "image/png"):
        for what, body in _BODIES.items():
            answer = publisher.client.post(
                "/verify", content=body, headers={"Content-Type": media_type}
            )
            verdict = answer.json().get("verdict")
            assert answer.status_code in (200, 400, 413, 422), what
            assert verdict in (None, "malformed", "not_valid"), what


@pytest.mark.parametrize("path", [*_MAKERS, *_VERIFIERS])
@pytest.mark.parametrize(
    "media_type",
    [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/jsonp",
        "text/json",
        "application/xml",
        "",
        "application/json, text/plain",
    ],
)
def test_what_a_foreign_form_could_send_is_not_read(
    publisher: Publisher, path: str, media_type: str
) -> None:
    """A page elsewhere can post these without being asked (CVE-2021-32677)."""
    assert _post(publisher, path, b'{"name":"a"}', media_type) == 415


@pytest.mark.parametrize("path", [*_MAKERS, *_VERIFIERS, "/verify"])
def test_twenty_megabytes_are_refused(publisher: Publisher, path: str) -> None:
    assert _post(publisher, path, b'{"name":"' + b"x" * 20_000_000 + b'"}') == 413


@pytest.mark.parametrize("path", [*_MAKERS, *_VERIFIERS, "/verify"])
def test_a_body_without_an_announced_length_is_counted(publisher: Publisher, path: str) -> None:
    def pieces() -> Iterator[bytes]:
        for _ in range(40):
            yield b" " * 500_000

    answer = publisher.client.post(
        path,
        content=pieces(),
        headers={**publisher.headers, "Content-Type": "application/json"},
    )

    assert answer.status_code == 413


# --- hosts --------------------------------------------------------------------------------------

_EVIL = "evil.example"
_HOSTS = [
    {"Host": _EVIL},
    {"Host": f"127.0.0.1:8000@{_EVIL}"},
    {"Host": f"127.0.0.1:8000/{_EVIL}"},
    {"X-Forwarded-Host": _EVIL},
    {"X-Forwarded-Host": _EVIL, "X-Forwarded-Proto": "https", "X-Forwarded-Prefix": f"//{_EVIL}"},
    {"Forwarded": f"host={_EVIL};proto=https"},
    {"X-Original-URL": f"//{_EVIL}/", "X-Rewrite-URL": f"//{_EVIL}/"},
]


@pytest.mark.parametrize("headers", _HOSTS, ids=str)
def test_no_address_is_built_from_what_the_request_says(
    publisher: Publisher, headers: dict[str, str]
) -> None:
    credential = publisher.issue()
    paths = [
        "/",
        "/verify",
        "/openapi.json",
        "/docs",
        f"/issuers/{SLUG}",
        f"/issuers/{SLUG}/did.json",
        f"/credentials/{credential}",
        f"/credentials/{credential}.json",
        f"/credentials/{credential}.svg",
        f"/credentials/{credential}/",
        "//evil/",
        "/nowhere",
    ]
    for path in paths:
        for accept in ("text/html", "application/json"):
            answer = publisher.client.get(path, headers={**headers, "Accept": accept})
            reflected = {value for value in answer.headers.values() if _EVIL in value}
            assert answer.status_code < 500
            assert (path, reflected) == (path, set())
            assert _EVIL not in answer.text.replace("//evil/", "")


@pytest.mark.parametrize("headers", _HOSTS, ids=str)
def test_what_is_issued_names_the_configured_address(
    publisher: Publisher, headers: dict[str, str]
) -> None:
    body = {"achievement": publisher.achievement, "recipient": {"email": "a@b.example"}}
    answer = publisher.client.post(_ISSUE, json=body, headers={**publisher.headers, **headers})

    assert answer.status_code == 201
    assert _EVIL not in answer.text + answer.headers["location"]


# --- verdicts over HTTP -------------------------------------------------------------------------

_SAMPLE = [
    "term_dropped_by_context",
    "revoked_status_under_its_iri",
    "issuer_written_twice",
    "algorithm_none",
    "blank_node_as_subject",
    "small_order_key_03",
    "png_with_two_badges",
    "svg_of_a_billion_laughs",
    "nested_a_hundred_deep",
]


@pytest.mark.parametrize("name", _SAMPLE)
def test_verify_page_is_never_green_for_a_forgery(client: TestClient, name: str) -> None:
    data = as_bytes(FORGERIES[name].forge(Scene()))
    answer = client.post("/verify", content=data, headers={"Content-Type": "text/plain"})

    assert answer.status_code == 200
    assert answer.json()["verdict"] in ("not_valid", "malformed")


@pytest.mark.parametrize("name", _SAMPLE[:2])
def test_vc_api_answers_400_for_a_forgery(client: TestClient, name: str) -> None:
    body = {"verifiableCredential": FORGERIES[name].forge(Scene())}
    answer = client.post("/credentials/verify", json=body)

    assert answer.status_code == 400
    assert answer.json()["verified"] is False


def _did_key_badge() -> Json:
    made = CONTROLS["issuer_did_key"].make(Scene())
    assert isinstance(made, dict)
    return made


# Its signature is wrong, and its key is in its name: nothing has to be looked up to say so.
_REVISED = {**_did_key_badge(), "name": "Doctor of Medicine"}


@pytest.mark.parametrize("path", _VERIFIERS)
@pytest.mark.parametrize(
    "options",
    [
        {"checks": [["credentialStatus"]]},
        {"checks": "proof"},
        {"profile": ["vc"]},
        {"profile": {}},
        {"challenge": 1},
        {"domain": ["a"]},
        [],
        "x",
        None,
        1,
    ],
    ids=str,
)
def test_odd_options_are_a_client_error_or_passed_over(
    client: TestClient, path: str, options: object
) -> None:
    member = "verifiableCredential" if "credentials" in path else "verifiablePresentation"
    answer = client.post(path, json={member: _REVISED, "options": options})

    assert answer.status_code in (400, 422)


_ODD: list[object] = [
    None,
    1,
    True,
    [],
    [genuine()],
    "",
    "x.y.z",
    "eyJ.eyJ.AA.AA",
    {},
    {"type": []},
]


@pytest.mark.parametrize("path", _VERIFIERS)
@pytest.mark.parametrize("secured", _ODD, ids=range(len(_ODD)))
def test_odd_credentials_are_a_client_error(client: TestClient, path: str, secured: object) -> None:
    member = "verifiableCredential" if "credentials" in path else "verifiablePresentation"

    assert client.post(path, json={member: secured}).status_code in (400, 422)


def test_no_error_repeats_a_hostile_value(publisher: Publisher) -> None:
    """What is echoed could be half a character again, or markup."""
    body = json.dumps({"name": {"<script>alert(1)</script>": 1}, "<img src=x>": 2}).encode()
    for path in _MAKERS:
        answer = publisher.client.post(
            path, content=body, headers={**publisher.headers, "Content-Type": "application/json"}
        )
        assert answer.status_code in (400, 422)
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.headers["x-content-type-options"] == "nosniff"

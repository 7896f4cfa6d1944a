"""Issuing, listing, reading and revoking credentials through the HTTP API."""

import base64
import gzip
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import func, select

from app.storage.tables import AuditEvent, Credential, StatusList
from app.web.dependencies import current_time
from tests.builders import EXAM_MARK, a_profile, an_achievement_definition
from tests.conftest import NOW

Headers = dict[str, str]
MakeKey = Callable[..., Headers]

ISSUE = "/api/v1/issuers/inverbrae/credentials"


@pytest.fixture
def achievement(client: TestClient, admin_headers: Headers) -> str:
    return make_issuer(client, admin_headers, "inverbrae")


def make_issuer(client: TestClient, headers: Headers, slug: str) -> str:
    """An issuer with an achievement; the achievement's id."""
    made = client.post("/api/v1/issuers", json={"id": slug, **a_profile()}, headers=headers)
    assert made.status_code == 201, made.text
    defined = client.post(
        f"/api/v1/issuers/{slug}/achievements", json=an_achievement_definition(), headers=headers
    )
    assert defined.status_code == 201, defined.text
    return str(defined.json()["id"])


def a_request(achievement: str, **members: Any) -> dict[str, Any]:
    return {
        "achievement": achievement,
        "recipient": {"email": "ailsa@university.example"},
        **members,
    }


def issue(client: TestClient, headers: Headers, achievement: str, **members: Any) -> dict[str, Any]:
    answer = client.post(ISSUE, json=a_request(achievement, **members), headers=headers)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


# --- issuing ------------------------------------------------------------------------------------


def test_issuing_answers_with_the_stored_credential_and_its_address(
    client: TestClient, admin_headers: Headers, achievement: str, app: FastAPI
) -> None:
    answer = client.post(ISSUE, json=a_request(achievement), headers=admin_headers)
    body = answer.json()

    assert answer.status_code == 201
    assert set(body) == {"id", "url", "credential"}
    assert body["url"] == f"http://127.0.0.1:8000/credentials/{body['id']}"
    assert answer.headers["location"] == body["url"] == body["credential"]["id"]
    assert answer.headers["cache-control"] == "no-store"
    with app.state.desk.database.read() as session:
        stored = session.get_one(Credential, body["id"])
    assert answer.content.endswith(b',"credential":' + stored.document + b"}")


def test_a_credential_that_nobody_could_read_is_not_issued(
    client: TestClient, admin_headers: Headers, achievement: str, app: FastAPI
) -> None:
    tags = [f"tag {number}" for number in range(3000)]
    defined = client.post(
        "/api/v1/issuers/inverbrae/achievements",
        json=an_achievement_definition(tag=tags),
        headers=admin_headers,
    )
    evidence = [{"narrative": f"Piece {number}."} for number in range(400)]

    answer = client.post(
        ISSUE, json=a_request(defined.json()["id"], evidence=evidence), headers=admin_headers
    )

    assert answer.status_code == 400
    assert answer.json()["code"] == "too_many_nodes"
    with app.state.desk.database.read() as session:
        assert session.scalar(select(func.count()).select_from(Credential)) == 0


def test_the_plain_address_of_a_recipient_is_not_in_the_credential(
    client: TestClient, admin_headers: Headers, achievement: str
) -> None:
    credential = issue(client, admin_headers, achievement)["credential"]

    assert "ailsa" not in json.dumps(credential)
    assert credential["credentialSubject"]["identifier"][0]["hashed"] is True


@pytest.mark.parametrize("part", ["address", "last part"])
def test_an_achievement_is_named_by_its_address_or_the_last_part_of_it(
    client: TestClient, admin_headers: Headers, achievement: str, part: str
) -> None:
    url = f"http://127.0.0.1:8000/achievements/{achievement.rpartition('/')[2]}"
    name = url if part == "address" else achievement.rpartition("/")[2]

    assert (
        issue(client, admin_headers, name)["credential"]["credentialSubject"]["achievement"]["id"]
        == url
    )


@pytest.mark.parametrize(
    ("members", "code", "field"),
    [
        ({"achievement": "AAAAAAAAAAAAAAAAAAAAAA"}, "achievement_unknown", "/achievement"),
        ({"achievement": "no such thing"}, "achievement_unknown", "/achievement"),
        ({"recipient": {"email": "not an address"}}, "bad_value", "/recipient/email"),
        ({"recipient": {"did": "did:example:ali ce"}}, "bad_value", "/recipient/did"),
        (
            {"results": [{"resultDescription": EXAM_MARK, "value": "101"}]},
            "out_of_range",
            "/results/0/value",
        ),
        ({"mark": "A+"}, "unknown_member", "/mark"),
    ],
)
def test_a_request_that_cannot_be_issued_names_the_field(
    client: TestClient,
    admin_headers: Headers,
    achievement: str,
    app: FastAPI,
    members: dict[str, Any],
    code: str,
    field: str,
) -> None:
    body = {**a_request(achievement), **members}
    answer = client.post(ISSUE, json=body, headers=admin_headers)

    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert (answer.json()["code"], answer.json()["field"]) == (code, field)
    with app.state.desk.database.read() as session:
        assert session.scalar(select(func.count()).select_from(Credential)) == 0
        assert session.scalar(select(func.count()).select_from(StatusList)) == 0


def test_issuing_for_an_unknown_issuer_is_not_found(
    client: TestClient, admin_headers: Headers, achievement: str
) -> None:
    answer = client.post(
        "/api/v1/issuers/nobody/credentials", json=a_request(achievement), headers=admin_headers
    )

    assert answer.status_code == 404


def test_an_achievement_of_another_issuer_is_unknown(
    client: TestClient, admin_headers: Headers, achievement: str
) -> None:
    other = make_issuer(client, admin_headers, "elsewhere")
    answer = client.post(ISSUE, json=a_request(other), headers=admin_headers)

    assert (answer.status_code, answer.json()["code"]) == (422, "achievement_unknown")


def test_issuing_needs_a_key_with_the_scope(
    client: TestClient, achievement: str, make_key: MakeKey
) -> None:
    body = a_request(achievement)

    assert client.post(ISSUE, json=body).status_code == 401
    reader = make_key("inverbrae", "credentials:read")
    assert client.post(ISSUE, json=body, headers=reader).status_code == 403
    issuer = make_key("inverbrae", "credentials:issue")
    assert client.post(ISSUE, json=body, headers=issuer).status_code == 201


def test_what_is_odd_about_a_request_is_told_or_does_not_matter(
    client: TestClient, admin_headers: Headers, achievement: str, make_key: MakeKey
) -> None:
    """The short way is for ordinary requests; the long way answers the same and knows more."""
    body = json.dumps(a_request(achievement)).encode()
    bearer = admin_headers["Authorization"].removeprefix("Bearer ")
    reader = make_key("inverbrae", "credentials:read")["Authorization"]

    def ask(
        path: str = ISSUE, content: bytes = body, **headers: str
    ) -> tuple[int, str | None, str | None]:
        sent = {**admin_headers, "Content-Type": "application/json"}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        answer = client.post(path, content=content, headers=sent)
        told = answer.json()
        return answer.status_code, told.get("code"), told.get("field")

    assert ask() == (201, None, None)
    assert ask(Authorization=f"bearer {bearer}") == (201, None, None)
    assert ask(Authorization=f"Bearer  {bearer} ") == (201, None, None)
    assert ask(Authorization=f"Basic {bearer}") == (401, "not_authenticated", None)
    assert ask(Authorization="Bearer") == (401, "not_authenticated", None)
    assert ask(Authorization=f"Bearer {bearer} x") == (401, "not_authenticated", None)
    assert ask(Idempotency_Key="x" * 256) == (422, "bad_value", "idempotency-key")
    assert ask(Idempotency_Key="two words") == (422, "bad_value", "idempotency-key")
    assert ask(Idempotency_Key="two words", Authorization=reader) == (403, "not_authorized", None)
    long = f"/api/v1/issuers/{'x' * 257}/credentials"
    assert ask(long) == (422, "bad_value", "issuer")
    assert ask(long, Authorization=reader) == (404, "not_found", None)
    assert ask(content=b"[]") == (422, "wrong_type", "")
    assert ask(content=b"[]", Authorization="Basic x") == (401, "not_authenticated", None)
    assert ask(content=b"{", Authorization="Basic x") == (400, "not_json", None)
    assert ask(content=b"") == (400, "not_json", None)
    assert ask(Content_Type="text/plain", Authorization="Basic x")[:2] == (
        415,
        "unsupported_media_type",
    )


def test_the_audit_table_says_who_issued_before_and_after_signing(
    client: TestClient, achievement: str, make_key: MakeKey, app: FastAPI
) -> None:
    headers = make_key("inverbrae", "credentials:issue")
    issued = issue(client, headers, achievement)
    key_id = headers["Authorization"].removeprefix("Bearer ").partition(".")[0]
    with app.state.desk.database.read() as session:
        query = select(AuditEvent).where(AuditEvent.subject == issued["id"])
        lines = session.scalars(query.order_by(AuditEvent.id)).all()

    assert [line.action for line in lines] == ["credential.signing", "credential.signed"]
    assert {line.actor for line in lines} == {f"api-key:{key_id}"}


# --- repetition ---------------------------------------------------------------------------------


def test_the_same_idempotency_key_gives_the_same_credential_byte_for_byte(
    client: TestClient, admin_headers: Headers, achievement: str, app: FastAPI
) -> None:
    headers = {**admin_headers, "Idempotency-Key": "award-1"}
    first, second = (
        client.post(ISSUE, json=a_request(achievement), headers=headers) for _ in range(2)
    )

    assert first.status_code == second.status_code == 201
    assert first.content == second.content
    assert first.headers["location"] == second.headers["location"]
    with app.state.desk.database.read() as session:
        assert session.scalar(select(func.count()).select_from(Credential)) == 1


def test_the_same_idempotency_key_with_another_body_is_a_conflict(
    client: TestClient, admin_headers: Headers, achievement: str
) -> None:
    headers = {**admin_headers, "Idempotency-Key": "award-1"}
    client.post(ISSUE, json=a_request(achievement), headers=headers)
    answer = client.post(ISSUE, json=a_request(achievement, role="tutor"), headers=headers)

    assert (answer.status_code, answer.json()["code"]) == (409, "idempotency_key_reused")


# --- listing and reading ------------------------------------------------------------------------


def test_credentials_are_listed_newest_first_in_pages(
    client: TestClient, admin_headers: Headers, achievement: str, app: FastAPI
) -> None:
    ids = []
    for minute in range(3):
        app.dependency_overrides[current_time] = lambda m=minute: NOW + timedelta(minutes=m)
        ids.append(issue(client, admin_headers, achievement)["id"])
    first = client.get("/api/v1/credentials?limit=2", headers=admin_headers).json()
    second = client.get(
        f"/api/v1/credentials?limit=2&cursor={first['next']}", headers=admin_headers
    ).json()

    assert [item["id"] for item in first["items"] + second["items"]] == ids[::-1]
    assert (first["total"], second["total"], second["next"]) == (3, 3, None)


def test_a_listed_credential_shows_what_is_on_record(
    client: TestClient, admin_headers: Headers, achievement: str
) -> None:
    issued = issue(client, admin_headers, achievement, valid_until="2028-03-01T00:00:00Z")
    (item,) = client.get("/api/v1/credentials", headers=admin_headers).json()["items"]

    assert item == {
        "id": issued["id"],
        "url": issued["url"],
        "issuer": "inverbrae",
        "achievement": f"http://127.0.0.1:8000/achievements/{achievement.rpartition('/')[2]}",
        "issued_at": issued["credential"]["validFrom"],
        "valid_from": issued["credential"]["validFrom"],
        "valid_until": "2028-03-01T00:00:00Z",
        "revoked": False,
        "revoked_at": None,
        "revocation_reason": None,
    }


def test_a_key_of_one_issuer_sees_only_its_own_credentials(
    client: TestClient, admin_headers: Headers, achievement: str, make_key: MakeKey
) -> None:
    make_issuer(client, admin_headers, "elsewhere")
    issued = issue(client, admin_headers, achievement)
    stranger = make_key("elsewhere", "credentials:read", "credentials:revoke")
    own = make_key("inverbrae", "credentials:read")

    assert client.get("/api/v1/credentials", headers=own).json()["total"] == 1
    assert client.get("/api/v1/credentials", headers=stranger).json()["total"] == 0
    named = client.get("/api/v1/credentials?issuer=inverbrae", headers=stranger)
    assert named.status_code == 404
    one = client.get(f"/api/v1/credentials/{issued['id']}", headers=stranger)
    absent = client.get("/api/v1/credentials/AAAAAAAAAAAAAAAAAAAAAA", headers=stranger)
    assert (one.status_code, one.json()) == (absent.status_code, absent.json())
    revoked = client.post(
        f"/api/v1/credentials/{issued['id']}/status",
        json={"revoked": True, "reason": "mischief"},
        headers=stranger,
    )
    assert revoked.status_code == 404


def test_the_list_can_be_limited_to_an_issuer(
    client: TestClient, admin_headers: Headers, achievement: str
) -> None:
    make_issuer(client, admin_headers, "elsewhere")
    issue(client, admin_headers, achievement)

    def total(issuer: str) -> int:
        answer = client.get(f"/api/v1/credentials?issuer={issuer}", headers=admin_headers)
        return int(answer.json()["total"])

    assert (total("inverbrae"), total("elsewhere")) == (1, 0)
    absent = client.get("/api/v1/credentials?issuer=nobody", headers=admin_headers)
    assert absent.status_code == 404


def test_one_credential_is_read_with_its_stored_bytes(
    client: TestClient, admin_headers: Headers, achievement: str, app: FastAPI
) -> None:
    issued = issue(client, admin_headers, achievement)
    answer = client.get(f"/api/v1/credentials/{issued['id']}", headers=admin_headers)
    with app.state.desk.database.read() as session:
        stored = session.get_one(Credential, issued["id"])

    assert answer.json()["credential"] == issued["credential"]
    assert answer.json()["revoked"] is False
    assert answer.content.endswith(b',"credential":' + stored.document + b"}")


@pytest.mark.parametrize("query", ["limit=0", "limit=101", "cursor=zzz", "limit=many"])
def test_pages_beyond_reason_are_refused(
    client: TestClient, admin_headers: Headers, query: str
) -> None:
    assert client.get(f"/api/v1/credentials?{query}", headers=admin_headers).status_code == 422


# --- revocation ---------------------------------------------------------------------------------


def bit_of(client: TestClient, credential: dict[str, Any]) -> bool:
    """The credential's bit in the published list, read as a stranger would."""
    entry = credential["credentialStatus"]
    answer = client.get(entry["statusListCredential"])
    encoded = answer.json()["credentialSubject"]["encodedList"]
    index = int(entry["statusListIndex"])
    bits = gzip.decompress(base64.urlsafe_b64decode(encoded[1:] + "=="))
    return bool(bits[index // 8] & (0x80 >> index % 8))


def revoke(client: TestClient, headers: Headers, issued: dict[str, Any], **members: Any) -> Any:
    body = {"revoked": True, "reason": "awarded by mistake", **members}
    return client.post(f"/api/v1/credentials/{issued['id']}/status", json=body, headers=headers)


def test_a_revocation_is_published_at_once(
    client: TestClient, admin_headers: Headers, achievement: str
) -> None:
    issued = issue(client, admin_headers, achievement)
    other = issue(client, admin_headers, achievement)
    assert bit_of(client, issued["credential"]) is False
    answer = revoke(client, admin_headers, issued)

    assert answer.status_code == 200
    assert answer.json()["revoked"] is True
    assert answer.json()["revocation_reason"] == "awarded by mistake"
    assert bit_of(client, issued["credential"]) is True
    assert bit_of(client, other["credential"]) is False


def test_revoking_twice_changes_nothing(
    client: TestClient, admin_headers: Headers, achievement: str, app: FastAPI
) -> None:
    issued = issue(client, admin_headers, achievement)
    first = revoke(client, admin_headers, issued)
    app.dependency_overrides[current_time] = lambda: NOW + timedelta(days=1)
    second = revoke(client, admin_headers, issued, reason="another reason")

    assert (second.status_code, second.json()) == (200, first.json())


def test_a_revocation_cannot_be_taken_back(
    client: TestClient, admin_headers: Headers, achievement: str
) -> None:
    issued = issue(client, admin_headers, achievement)
    early = revoke(client, admin_headers, issued, revoked=False)
    revoke(client, admin_headers, issued)
    late = revoke(client, admin_headers, issued, revoked=False)

    assert (early.status_code, early.json()["code"]) == (422, "bad_value")
    assert (late.status_code, late.json()["code"]) == (409, "already_revoked")
    assert bit_of(client, issued["credential"]) is True


@pytest.mark.parametrize(
    ("body", "code", "field"),
    [
        ({"revoked": True}, "missing_member", "/reason"),
        ({"revoked": True, "reason": " "}, "missing_member", "/reason"),
        ({"revoked": True, "reason": "x" * 1001}, "too_large", "/reason"),
        ({"reason": "because"}, "missing_member", "/revoked"),
        ({"revoked": "yes", "reason": "because"}, "wrong_type", "/revoked"),
        ({"revoked": True, "reason": "because", "by": "me"}, "unknown_member", "/by"),
    ],
)
def test_a_revocation_needs_a_reason_and_nothing_else(
    client: TestClient,
    admin_headers: Headers,
    achievement: str,
    body: dict[str, Any],
    code: str,
    field: str,
) -> None:
    issued = issue(client, admin_headers, achievement)
    answer = client.post(
        f"/api/v1/credentials/{issued['id']}/status", json=body, headers=admin_headers
    )

    assert answer.status_code == 422
    assert (answer.json()["code"], answer.json()["field"]) == (code, field)


def test_revoking_needs_its_own_scope(
    client: TestClient, admin_headers: Headers, achievement: str, make_key: MakeKey
) -> None:
    issued = issue(client, admin_headers, achievement)

    assert revoke(client, make_key("inverbrae", "credentials:issue"), issued).status_code == 403
    assert revoke(client, make_key("inverbrae", "credentials:revoke"), issued).status_code == 200

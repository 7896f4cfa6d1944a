"""The VC-API's issuing side: what it signs, what it adds, and what it refuses with 400."""

from collections.abc import Callable
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import func, select

from app.issuing.records import load_credential
from app.storage.tables import Credential, StatusList
from tests.builders import a_profile

Headers = dict[str, str]
MakeKey = Callable[..., Headers]

ISSUE = "/issuers/inverbrae/credentials/issue"
DID = "did:web:127.0.0.1%3A8000:issuers:inverbrae"
V1 = "https://www.w3.org/2018/credentials/v1"
V2 = "https://www.w3.org/ns/credentials/v2"
EXAMPLES = "https://www.w3.org/ns/credentials/examples/v2"
DATA_INTEGRITY_1 = "https://w3id.org/security/data-integrity/v1"
DATA_INTEGRITY_2 = "https://w3id.org/security/data-integrity/v2"
STATUS = "https://www.w3.org/ns/credentials/status/v1"


@pytest.fixture(autouse=True)
def issuer(client: TestClient, admin_headers: Headers) -> None:
    made = client.post(
        "/api/v1/issuers", json={"id": "inverbrae", **a_profile()}, headers=admin_headers
    )
    assert made.status_code == 201, made.text


def given_2(**members: Any) -> dict[str, Any]:
    return {
        "@context": [V2, EXAMPLES],
        "type": ["VerifiableCredential", "ExampleDegreeCredential"],
        "issuer": DID,
        "credentialSubject": {"id": "did:example:ailsa", "degree": "MSc"},
        **members,
    }


def given_1(**members: Any) -> dict[str, Any]:
    return {
        "@context": [V1],
        "id": "urn:uuid:86294362-4254-4f36-854f-3952fe42555d",
        "type": ["VerifiableCredential"],
        "issuer": {"id": DID},
        "issuanceDate": "2020-03-16T22:37:26Z",
        "credentialSubject": {"id": "did:example:ailsa"},
        **members,
    }


def sign(client: TestClient, headers: Headers, credential: Any, **members: Any) -> Any:
    return client.post(ISSUE, json={"credential": credential, **members}, headers=headers)


def signed(client: TestClient, headers: Headers, credential: Any) -> dict[str, Any]:
    answer = sign(client, headers, credential)
    assert answer.status_code == 201, answer.text
    return dict(answer.json()["verifiableCredential"])


def test_a_given_credential_is_signed_as_it_is_with_a_status_entry(
    client: TestClient, admin_headers: Headers, app: FastAPI
) -> None:
    answer = sign(client, admin_headers, given_2(id="urn:example:1"), options={})
    credential = answer.json()["verifiableCredential"]
    entry, proof = credential.pop("credentialStatus"), credential.pop("proof")
    row_id = answer.headers["location"].rpartition("/")[2]

    assert answer.status_code == 201
    assert credential == given_2(id="urn:example:1")
    assert entry["type"] == "BitstringStatusListEntry"
    assert proof["cryptosuite"] == "eddsa-rdfc-2022"
    assert proof["verificationMethod"].startswith(f"{DID}#z6Mk")
    with app.state.desk.database.read() as session:
        row = load_credential(session, row_id)
    assert row.credential_id == "urn:example:1"
    assert row.achievement_id is None
    assert answer.content == b'{"verifiableCredential":' + row.document + b"}"


def test_a_credential_without_an_id_stays_without_one(
    client: TestClient, admin_headers: Headers
) -> None:
    assert "id" not in signed(client, admin_headers, given_2())
    assert "id" not in signed(client, admin_headers, given_2())


def test_a_vcdm_1_credential_gets_the_contexts_that_its_proof_and_status_need(
    client: TestClient, admin_headers: Headers
) -> None:
    credential = signed(client, admin_headers, given_1())

    assert credential["@context"] == [V1, DATA_INTEGRITY_2, STATUS]
    assert credential["id"] == given_1()["id"]


def test_contexts_that_are_there_are_not_added_again(
    client: TestClient, admin_headers: Headers
) -> None:
    contexts = [V1, STATUS, DATA_INTEGRITY_1]
    credential = signed(client, admin_headers, given_1(**{"@context": contexts}))

    assert credential["@context"] == contexts


def test_a_status_entry_that_is_there_stays_and_ours_joins_it(
    client: TestClient, admin_headers: Headers
) -> None:
    theirs = {
        "id": "https://status.example/9#7",
        "type": "BitstringStatusListEntry",
        "statusPurpose": "suspension",
        "statusListIndex": "7",
        "statusListCredential": "https://status.example/9",
    }
    one = signed(client, admin_headers, given_2(credentialStatus=theirs))
    many = signed(client, admin_headers, given_2(credentialStatus=[theirs]))

    for credential in (one, many):
        first, second = credential["credentialStatus"]
        assert first == theirs
        assert second["statusListCredential"].startswith("http://127.0.0.1:8000/status/")


def test_what_was_signed_can_be_revoked(client: TestClient, admin_headers: Headers) -> None:
    answer = sign(client, admin_headers, given_2())
    row_id = answer.headers["location"].rpartition("/")[2]
    revoked = client.post(
        f"/api/v1/credentials/{row_id}/status",
        json={"revoked": True, "reason": "mistake"},
        headers=admin_headers,
    )

    assert revoked.json()["revoked"] is True
    assert revoked.json()["achievement"] is None


def test_an_id_names_one_credential(client: TestClient, admin_headers: Headers) -> None:
    signed(client, admin_headers, given_1())
    answer = sign(client, admin_headers, given_1())

    assert (answer.status_code, answer.json()["code"]) == (409, "already_exists")


@pytest.mark.parametrize(
    ("members", "code", "field"),
    [
        ({"issuer": "did:example:other"}, "issuer_mismatch", "/credential/issuer"),
        ({"issuer": {}}, "issuer_mismatch", "/credential/issuer/id"),
        ({"issuer": None}, "issuer_mismatch", "/credential/issuer"),
        ({"issuer": [DID]}, "issuer_mismatch", "/credential/issuer"),
        ({"proof": {}}, "unknown_member", "/credential/proof"),
        ({"id": "http://127.0.0.1:8000/credentials/mine"}, "bad_value", "/credential/id"),
        (
            {"credentialStatus": {"statusListCredential": "http://127.0.0.1:8000/status/x"}},
            "bad_value",
            "/credential/credentialStatus",
        ),
        ({"credentialStatus": None}, None, "/credential/credentialStatus/0"),
        ({"credentialStatus": "none"}, None, None),
        ({"id": 7}, None, None),
        ({"id": "urn:example:\0"}, None, None),
        ({"name": "\0"}, None, None),
        ({"type": ["ExampleDegreeCredential"]}, None, "/credential/type"),
        ({"credentialSubject": {}}, None, "/credential/credentialSubject"),
        ({"@context": [V2]}, "data_loss", None),
        ({"@context": []}, "context_not_allowed", "/credential/@context"),
        ({"@context": [V2, "https://example.com"]}, "unknown_context", "/credential/@context"),
        ({"validFrom": "Sat 25 Feb 2023"}, None, "/credential/validFrom"),
    ],
)
def test_what_must_not_be_signed_is_refused_with_400_and_leaves_nothing(
    client: TestClient,
    admin_headers: Headers,
    app: FastAPI,
    members: dict[str, Any],
    code: str | None,
    field: str | None,
) -> None:
    answer = sign(client, admin_headers, given_2(**members))

    assert answer.status_code == 400, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["status"] == 400
    assert answer.json()["type"].startswith("https://")
    assert code in (None, answer.json()["code"])
    assert field in (None, answer.json()["field"])
    with app.state.desk.database.read() as session:
        assert session.scalar(select(func.count()).select_from(Credential)) == 0
        assert session.scalar(select(func.count()).select_from(StatusList)) == 0


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"verifiableCredential": given_2()},
        {"credential": "text"},
        {"credential": given_2(), "options": {"mandatoryPointers": ["/issuer"]}},
        {"credential": given_2(), "options": []},
    ],
)
def test_a_request_of_another_shape_is_refused_with_400(
    client: TestClient, admin_headers: Headers, body: dict[str, Any]
) -> None:
    assert client.post(ISSUE, json=body, headers=admin_headers).status_code == 400


def test_signing_needs_a_key_of_this_issuer_with_the_scope(
    client: TestClient, admin_headers: Headers, make_key: MakeKey
) -> None:
    client.post("/api/v1/issuers", json={"id": "elsewhere", **a_profile()}, headers=admin_headers)

    assert sign(client, {}, given_2()).status_code == 401
    assert sign(client, make_key("inverbrae", "credentials:read"), given_2()).status_code == 403
    assert sign(client, make_key("elsewhere", "credentials:issue"), given_2()).status_code == 404
    assert sign(client, make_key("inverbrae", "credentials:issue"), given_2()).status_code == 201


def test_repeating_with_the_same_idempotency_key_signs_once(
    client: TestClient, admin_headers: Headers
) -> None:
    headers = {**admin_headers, "Idempotency-Key": "sign-1"}
    first, second = (sign(client, headers, given_1()) for _ in range(2))

    assert first.status_code == second.status_code == 201
    assert first.content == second.content

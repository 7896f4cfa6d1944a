"""The VC-API's verifying side: the status code is the answer, the body says why."""

import copy
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from app.encoding.dates import format_datetime
from app.encoding.multibase import encode_base58btc
from app.encoding.strict_json import JsonObject, dump_json
from app.errors import CheckUndecided
from app.fetch import Fetched, fetch_from_documents
from app.issuing.key_changes import withdraw_key
from app.jsonld.contexts import ContextBundle
from app.keys.did_key import did_key_of
from app.keys.file_store import FileKeyStore, FileSigner
from app.proofs.checked import check_document, read_unsecured
from app.proofs.data_integrity import add_proof
from app.proofs.eddsa_rdfc_2022 import hash_data
from app.proofs.profiles import VC, VCDM_2
from app.registry.keys import load_key
from app.storage.tables import Issuer
from app.web.dependencies import Desk
from tests.builders import a_profile, an_achievement_definition
from tests.conftest import NOW
from tests.hot_operations import statements

Headers = dict[str, str]
VERIFY = "/credentials/verify"
PRESENT = "/presentations/verify"


@pytest.fixture
def issued(client: TestClient, admin_headers: Headers) -> JsonObject:
    """A credential issued through the front door, with its id here."""
    client.post("/api/v1/issuers", json={"id": "inverbrae", **a_profile()}, headers=admin_headers)
    achievement = client.post(
        "/api/v1/issuers/inverbrae/achievements",
        json=an_achievement_definition(),
        headers=admin_headers,
    ).json()["id"]
    answer = client.post(
        "/api/v1/issuers/inverbrae/credentials",
        json={"achievement": achievement, "recipient": {"email": "ailsa@university.example"}},
        headers=admin_headers,
    )
    return dict(answer.json())


@pytest.fixture
def contexts(app: FastAPI) -> ContextBundle:
    desk: Desk = app.state.desk
    return desk.contexts


@pytest.fixture
def no_network(app: FastAPI) -> list[str]:
    """The outside network answers nothing; the list says who was asked for."""
    asked: list[str] = []

    def fetch(url: str) -> Fetched:
        asked.append(url)
        raise CheckUndecided("timeout", "the outside does not answer")

    replace_fetch(app, fetch)
    return asked


def replace_fetch(app: FastAPI, fetch: Callable[[str], Fetched]) -> None:
    desk: Desk = app.state.desk
    app.state.desk = replace(desk, fetch=fetch)


def stranger(tmp_path: Path, issuer: str | None = None) -> FileSigner:
    """A key of somebody who is not hosted here; a did:key unless an issuer is named."""
    store = FileKeyStore(str(tmp_path / "stranger"), None)
    store.check()
    uri, key = store.generate("Ed25519")
    did = did_key_of(key)
    return store.load(uri, f"{issuer}#key-1" if issuer else f"{did}#{key.to_multikey()}")


def a_foreign_credential(signer: FileSigner, contexts: ContextBundle, **members: Any) -> JsonObject:
    document: JsonObject = {
        "@context": [VCDM_2],
        "id": "urn:uuid:2f1e8a4e-62cf-4b0e-9d2e-5a5bb3a7a001",
        "type": ["VerifiableCredential"],
        "issuer": signer.verification_method.partition("#")[0],
        "validFrom": format_datetime(NOW - timedelta(days=1)),
        "credentialSubject": {"id": "did:example:learner"},
        **members,
    }
    checked = check_document(document, profile=VC, contexts=contexts)
    return add_proof(checked, signer, cryptosuite="eddsa-rdfc-2022", created=NOW)


def a_presentation(
    holder: FileSigner, contexts: ContextBundle, *credentials: JsonObject, **proof_members: str
) -> JsonObject:
    """A presentation as a wallet makes it."""
    document: JsonObject = {
        "@context": [VCDM_2],
        "type": ["VerifiablePresentation"],
        "holder": holder.verification_method.partition("#")[0],
        "verifiableCredential": list(credentials),
    }
    configuration: JsonObject = {
        "type": "DataIntegrityProof",
        "cryptosuite": "eddsa-rdfc-2022",
        "created": format_datetime(NOW),
        "verificationMethod": holder.verification_method,
        "proofPurpose": "authentication",
        **proof_members,
    }
    signature = holder.sign(hash_data(read_unsecured(document, VC, contexts), configuration))
    proof = {**configuration, "proofValue": "z" + encode_base58btc(signature)}
    return {**document, "proof": proof}


def codes(answer: Any) -> set[str]:
    return {problem["code"] for problem in answer.json()["problemDetails"]}


def test_own_credential_is_verified_without_any_visit_outside(
    client: TestClient, issued: JsonObject, no_network: list[str]
) -> None:
    answer = client.post(VERIFY, json={"verifiableCredential": issued["credential"]})

    assert answer.status_code == 200
    told = answer.json()
    assert told["verified"] is True
    assert told["verdict"] == "verified"
    assert told["errors"] == []
    assert told["own_records"] is True
    assert told["issuer"]["trusted"] is True
    assert no_network == []


def test_the_open_badge_profile_can_be_asked_for(client: TestClient, issued: JsonObject) -> None:
    answer = client.post(
        VERIFY,
        json={"verifiableCredential": issued["credential"], "options": {"profile": "open-badge"}},
    )
    assert answer.status_code == 200


def test_token_form_is_verified_as_well(client: TestClient, issued: JsonObject) -> None:
    token = client.get(f"/credentials/{issued['id']}.jwt").text
    assert client.post(VERIFY, json={"verifiableCredential": token}).status_code == 200
    envelope = {
        "@context": VCDM_2,
        "type": "EnvelopedVerifiableCredential",
        "id": f"data:application/vc+jwt,{token}",
    }
    assert client.post(VERIFY, json={"verifiableCredential": envelope}).status_code == 200


def test_revoked_credential_is_400_and_says_revoked(
    client: TestClient, issued: JsonObject, admin_headers: Headers
) -> None:
    client.post(
        f"/api/v1/credentials/{issued['id']}/status",
        json={"revoked": True, "reason": "issued twice"},
        headers=admin_headers,
    )
    answer = client.post(VERIFY, json={"verifiableCredential": issued["credential"]})

    assert answer.status_code == 400
    assert answer.json()["verified"] is False
    assert "revoked" in codes(answer)


def test_a_check_asks_two_things_of_the_records_and_asks_them_every_time(
    app: FastAPI, client: TestClient, issued: JsonObject, admin_headers: Headers
) -> None:
    desk: Desk = app.state.desk
    body = {"verifiableCredential": issued["credential"]}
    for _ in range(2):
        with statements(desk.database.engine) as sent:
            assert client.post(VERIFY, json=body).status_code == 200
        asked = [each.statement for each in sent if each.statement.startswith("SELECT")]
        tables = [set(re.findall(r"\b(keys|status_lists)\b", each)) for each in asked]
        assert tables == [{"keys"}, {"status_lists"}]

    client.post(
        f"/api/v1/credentials/{issued['id']}/status",
        json={"revoked": True, "reason": "issued twice"},
        headers=admin_headers,
    )
    assert codes(client.post(VERIFY, json=body)) == {"revoked"}

    with desk.database.write() as session:
        name = issued["credential"]["proof"]["verificationMethod"].partition("#")[2]
        withdraw_key(
            session,
            desk.issuing,
            session.get_one(Issuer, "inverbrae"),
            load_key(session, "inverbrae", name),
            reason="stolen",
            now=NOW,
            actor="cli:registrar",
        )
    assert "key_revoked" in codes(client.post(VERIFY, json=body))


def test_status_is_left_out_only_when_the_checks_do_not_name_it(
    client: TestClient, issued: JsonObject, admin_headers: Headers
) -> None:
    client.post(
        f"/api/v1/credentials/{issued['id']}/status",
        json={"revoked": True, "reason": "issued twice"},
        headers=admin_headers,
    )
    body = {"verifiableCredential": issued["credential"], "options": {"checks": ["proof"]}}
    answer = client.post(VERIFY, json=body)
    assert answer.status_code == 200
    status = next(check for check in answer.json()["checks"] if check["name"] == "status")
    assert status["outcome"] == "not_checked"
    assert status["problem"]["code"] == "not_requested"

    body["options"] = {"checks": ["proof", "credentialStatus"]}
    assert client.post(VERIFY, json=body).status_code == 400


def test_changed_credential_is_400(client: TestClient, issued: JsonObject) -> None:
    forged = copy.deepcopy(issued["credential"])
    forged["credentialSubject"]["achievement"]["name"] = "Something grander"
    answer = client.post(VERIFY, json={"verifiableCredential": forged})
    assert answer.status_code == 400
    assert "proof_invalid" in codes(answer)


def test_issuer_elsewhere_that_does_not_answer_is_400_and_not_checked(
    client: TestClient, contexts: ContextBundle, tmp_path: Path, no_network: list[str]
) -> None:
    signer = stranger(tmp_path, "did:web:silent.example")
    credential = a_foreign_credential(signer, contexts)
    answer = client.post(VERIFY, json={"verifiableCredential": credential})

    assert answer.status_code == 400
    assert answer.json()["verdict"] == "not_checked"
    assert "did_unavailable" in codes(answer)
    assert no_network == ["https://silent.example/.well-known/did.json"]
    assert answer.json()["fetched"] == no_network


def test_issuer_elsewhere_is_verified_from_its_own_document(
    app: FastAPI, client: TestClient, contexts: ContextBundle, tmp_path: Path
) -> None:
    did = "did:web:college.example"
    signer = stranger(tmp_path, did)
    method = {
        "id": signer.verification_method,
        "type": "Multikey",
        "controller": did,
        "publicKeyMultibase": signer.public_key.to_multikey(),
    }
    document = {
        "id": did,
        "verificationMethod": [method],
        "assertionMethod": [signer.verification_method],
    }
    url = "https://college.example/.well-known/did.json"
    replace_fetch(app, fetch_from_documents({url: document}))
    credential = a_foreign_credential(signer, contexts)
    answer = client.post(VERIFY, json={"verifiableCredential": credential})

    assert answer.status_code == 200
    assert answer.json()["fetched"] == [url]
    assert answer.json()["issuer"] == {"id": did, "name": None, "trusted": False}


def test_status_list_that_this_service_never_published_is_not_checked(
    client: TestClient, contexts: ContextBundle, tmp_path: Path
) -> None:
    signer = stranger(tmp_path)
    url = "http://127.0.0.1:8000/status/AAAAAAAAAAAAAAAAAAAAAA"
    entry = {
        "type": "BitstringStatusListEntry",
        "statusPurpose": "revocation",
        "statusListIndex": "7",
        "statusListCredential": url,
    }
    credential = a_foreign_credential(signer, contexts, credentialStatus=entry)
    answer = client.post(VERIFY, json={"verifiableCredential": credential})
    assert answer.status_code == 400
    assert answer.json()["verdict"] == "not_checked"
    assert "status_unavailable" in codes(answer)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "/verifiableCredential"),
        ({"verifiableCredential": 4}, "/verifiableCredential"),
        ({"verifiableCredential": '{"a":1}'}, "/verifiableCredential"),
        ({"verifiableCredential": {}, "options": []}, "/options"),
        ({"verifiableCredential": {}, "options": {"checks": "proof"}}, "/options/checks"),
        ({"verifiableCredential": {}, "options": {"profile": "lenient"}}, "/options/profile"),
        ({"verifiableCredential": {}, "options": {"domain": 1}}, "/options/domain"),
    ],
)
def test_request_that_is_not_one_is_400_and_names_the_member(
    client: TestClient, body: JsonObject, field: str
) -> None:
    answer = client.post(VERIFY, json=body)
    assert answer.status_code == 400
    assert answer.json()["field"] == field


@pytest.mark.parametrize("path", [VERIFY, PRESENT])
def test_what_is_no_object_is_told_so(client: TestClient, path: str) -> None:
    for content in ("[]", '"text"', "7"):
        answer = client.post(path, content=content, headers={"Content-Type": "application/json"})
        assert (answer.status_code, answer.json()["code"]) == (422, "wrong_type"), content


@pytest.mark.parametrize("path", [VERIFY, PRESENT])
def test_two_members_of_one_name_are_refused(client: TestClient, path: str) -> None:
    answer = client.post(
        path,
        content=b'{"verifiableCredential":{},"verifiableCredential":{}}',
        headers={"Content-Type": "application/json"},
    )
    assert answer.status_code == 400
    assert answer.json()["code"] == "duplicate_key"


def test_presentation_by_its_holder_is_verified_with_its_credentials(
    client: TestClient, issued: JsonObject, contexts: ContextBundle, tmp_path: Path
) -> None:
    holder = stranger(tmp_path)
    presentation = a_presentation(
        holder, contexts, issued["credential"], challenge="c-1", domain="jobs.example"
    )
    options = {"challenge": "c-1", "domain": "jobs.example"}
    answer = client.post(PRESENT, json={"verifiablePresentation": presentation, "options": options})

    assert answer.status_code == 200, answer.text
    assert [c["verdict"] for c in answer.json()["credentials"]] == ["verified"]


def test_badges_in_a_presentation_can_be_held_to_the_rules_of_badges(
    client: TestClient, issued: JsonObject, contexts: ContextBundle, tmp_path: Path
) -> None:
    """The wallet's own document need not be a badge for that."""
    holder = stranger(tmp_path)
    options = {"profile": "open-badge"}
    presentation = a_presentation(holder, contexts, issued["credential"])
    answer = client.post(PRESENT, json={"verifiablePresentation": presentation, "options": options})
    assert answer.status_code == 200, answer.text

    plain = a_presentation(holder, contexts, a_foreign_credential(holder, contexts))
    answer = client.post(PRESENT, json={"verifiablePresentation": plain, "options": options})
    assert answer.status_code == 400
    assert "context_not_allowed" in codes(answer)


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ({"challenge": "another"}, "invalid_challenge"),
        ({"domain": "elsewhere.example"}, "invalid_domain"),
    ],
)
def test_presentation_made_for_somebody_else_is_refused(
    client: TestClient,
    issued: JsonObject,
    contexts: ContextBundle,
    tmp_path: Path,
    options: JsonObject,
    code: str,
) -> None:
    presentation = a_presentation(
        stranger(tmp_path), contexts, issued["credential"], challenge="c-1", domain="jobs.example"
    )
    answer = client.post(PRESENT, json={"verifiablePresentation": presentation, "options": options})
    assert answer.status_code == 400
    assert code in codes(answer)


def test_presentation_is_no_better_than_the_worst_credential_in_it(
    client: TestClient, issued: JsonObject, contexts: ContextBundle, tmp_path: Path
) -> None:
    holder = stranger(tmp_path)
    forged = copy.deepcopy(issued["credential"])
    forged["name"] = "Forged"
    presentation = a_presentation(holder, contexts, issued["credential"], forged)
    answer = client.post(PRESENT, json={"verifiablePresentation": presentation})

    assert answer.status_code == 400
    assert [c["verdict"] for c in answer.json()["credentials"]] == ["verified", "not_valid"]
    assert {"credential_invalid", "proof_invalid"} <= codes(answer)


def test_answer_never_echoes_a_secret_looking_member(client: TestClient) -> None:
    answer = client.post(
        VERIFY,
        content=dump_json({"verifiableCredential": {"password": "hunter2-hunter2"}}),
        headers={"Content-Type": "application/json"},
    )
    assert answer.status_code == 400
    assert "hunter2" not in answer.text

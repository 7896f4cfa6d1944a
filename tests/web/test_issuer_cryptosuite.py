"""An issuer chooses once how its proofs are made."""

import json
from typing import Any

import pytest
from fastapi.testclient import TestClient

from tests.builders import an_achievement_definition


def created(client: TestClient, headers: dict[str, str], **members: Any) -> dict[str, Any]:
    body = {"id": "inverbrae", "name": "University of Inverbrae", **members}
    answer = client.post("/api/v1/issuers", json=body, headers=headers)
    return {"status": answer.status_code, **answer.json()}


@pytest.mark.parametrize("cryptosuite", ["eddsa-rdfc-2022", "eddsa-jcs-2022"])
def test_credentials_and_status_lists_carry_the_issuers_cryptosuite(
    client: TestClient, admin_headers: dict[str, str], cryptosuite: str
) -> None:
    issuer = created(client, admin_headers, cryptosuite=cryptosuite)
    achievement = client.post(
        "/api/v1/issuers/inverbrae/achievements",
        json=an_achievement_definition(),
        headers=admin_headers,
    ).json()
    issued = client.post(
        "/api/v1/issuers/inverbrae/credentials",
        json={"achievement": achievement["id"], "recipient": {"email": "learner@example.org"}},
        headers=admin_headers,
    ).json()
    listed = client.get(issued["credential"]["credentialStatus"]["statusListCredential"])

    assert issuer["cryptosuite"] == cryptosuite
    assert issued["credential"]["proof"]["cryptosuite"] == cryptosuite
    assert json.loads(listed.content)["proof"]["cryptosuite"] == cryptosuite


def test_without_a_word_proofs_are_eddsa_rdfc_2022(
    client: TestClient, admin_headers: dict[str, str]
) -> None:
    assert created(client, admin_headers)["cryptosuite"] == "eddsa-rdfc-2022"


@pytest.mark.parametrize(
    ("cryptosuite", "code"), [("bbs-2023", "unknown_cryptosuite"), (7, "wrong_type")]
)
def test_another_cryptosuite_is_refused_by_its_field(
    client: TestClient, admin_headers: dict[str, str], cryptosuite: object, code: str
) -> None:
    answer = created(client, admin_headers, cryptosuite=cryptosuite)

    assert (answer["status"], answer["code"], answer["field"]) == (422, code, "/cryptosuite")

"""An issuer with an achievement and credentials, published through the HTTP API as a platform does.

For tests of pages, and for the screenshots of the documentation.
"""

from dataclasses import dataclass
from typing import Any

from fastapi.testclient import TestClient

from app.encoding.strict_json import JsonObject
from tests.builders import a_profile, an_achievement_definition, an_issue_body
from tests.microcredentials import a_definition, a_request

SLUG = "inverbrae"


@dataclass(frozen=True)
class Publisher:
    """An issuer and its API key, on one client."""

    client: TestClient
    headers: dict[str, str]
    achievement: str

    def issue(self, **members: Any) -> str:
        """The id of a new credential, valid since 1 February 2026; keywords as in the API."""
        times = {
            "valid_from": "2026-02-01T09:00:00Z",
            "awarded_date": "2026-01-30T16:30:00Z",
            "activity_start": None,
            "activity_end": None,
        }
        body = an_issue_body(**{"achievement": self.achievement, **times, **members})
        path = f"/api/v1/issuers/{SLUG}/credentials"
        answer = self.client.post(path, json=body, headers=self.headers)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    def issue_module(self, microcredential: JsonObject, provider: str) -> JsonObject:
        """The answer to issuing a badge for a new achievement that is worth that much."""
        path = f"/api/v1/issuers/{SLUG}"
        definition = a_definition(microcredential)
        made = self.client.post(f"{path}/achievements", json=definition, headers=self.headers)
        assert made.status_code == 201, made.text
        request = a_request(
            achievement=made.json()["id"],
            credit_received={"scheme": "SCQF", "value": 20},
            grade="B",
            supervision="supervised-id",
            provider={"name": provider},
        )
        answer = self.client.post(f"{path}/credentials", json=request, headers=self.headers)
        assert answer.status_code == 201, answer.text
        issued: JsonObject = answer.json()
        return issued

    def revoke(self, credential: str, reason: str = "Awarded in error.") -> None:
        """Withdraw a credential."""
        answer = self.client.post(
            f"/api/v1/credentials/{credential}/status",
            json={"revoked": True, "reason": reason},
            headers=self.headers,
        )
        assert answer.status_code == 200, answer.text

    def upload(self, data: bytes, media_type: str) -> str:
        """The address of an uploaded picture."""
        answer = self.client.post(
            f"/api/v1/issuers/{SLUG}/images",
            content=data,
            headers={**self.headers, "Content-Type": media_type},
        )
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    def define(self, **members: Any) -> str:
        """The address of a further achievement."""
        return _define(self.client, self.headers, **members)


def open_publisher(client: TestClient, headers: dict[str, str]) -> Publisher:
    """A new issuer with one achievement, on a service where there is none yet."""
    made = client.post("/api/v1/issuers", json={"id": SLUG, **a_profile()}, headers=headers)
    assert made.status_code == 201, made.text
    return Publisher(client, headers, _define(client, headers, image=None))


def _define(client: TestClient, headers: dict[str, str], **members: Any) -> str:
    answer = client.post(
        f"/api/v1/issuers/{SLUG}/achievements",
        json=an_achievement_definition(**members),
        headers=headers,
    )
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])

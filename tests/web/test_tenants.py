"""Route by role by tenant: who may do what to whom.

A new operation needs a row in `ROWS`; a test holds the table against the OpenAPI document.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import httpx2
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from app.registry.api_keys import SCOPES
from tests.federation import ANCHOR, COLLEGE, a_federation, key_set
from tests.publishing import SLUG, Publisher

Headers = dict[str, str]
BADGE = {"name": "Badge", "description": "A badge.", "criteria": {"narrative": "Be there."}}
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489"
    "0000000d49444154789c6360606060000000050001a5f645400000000049454e44ae426082"
)


NO_ISSUERS = {
    "source": "https://list.example/issuers.json",
    "digestSRI": "sha256-T1PNoYwrqgwDVLtfmj7L5e0Sq02OEbqHPC8RFhICuUU=",
    "entries": [],
}
# Satisfied by nothing at all, so that who may ask is all that matters.
RULE = {"award": {"name": "A"}, "require": {"id": "few", "count": "credential", "max": 9}}
RECIPIENT = {"email": "someone@example.org"}
PATHWAYS = "/api/v1/issuers/{issuer}/pathways"
ACHIEVEMENT = "/api/v1/issuers/{issuer}/achievements/{achievement}"
BATCHES = "/api/v1/issuers/{issuer}/batches"
BATCH = f"{BATCHES}/{{batch}}"
AWARDS = "/api/v1/issuers/{issuer}/awards"
WEBHOOKS = "/api/v1/issuers/{issuer}/webhooks"
WEBHOOK = f"{WEBHOOKS}/{{webhook}}"
HOOK = {"url": "https://hooks.example/signet"}
REGISTRY = "/api/v1/registry"
FEDERATION = a_federation()
KEYS = {"name": "Federation", "jwks": key_set(FEDERATION.anchor.key)}
OTHER_ANCHOR = {"entity_id": "https://other.example", **KEYS}
CHAIN = {"trust_chain": FEDERATION.chain()}
ENTITY = {"entity_id": COLLEGE, "anchor": ANCHOR, **CHAIN}
DECISION = {
    "decision": "full",
    "toward": "MSc Data Ethics",
    "decided_by": "Admissions board",
    "decided_on": "2026-02-27",
    "reasons": "All outcomes are covered.",
    "appeal": "To the registrar.",
}


@dataclass(frozen=True)
class Row:
    """One operation: what it needs, what it is asked with, what success looks like.

    `needs` is a scope, "any key" of the issuer, "anybody's key", or "administrator". With `by_id`
    the address names a thing and no issuer. `body` is JSON, a picture, or nothing.
    """

    method: str
    path: str
    needs: str
    success: int
    body: Any = None
    by_id: bool = False


ROWS = [
    Row("POST", "/api/v1/issuers", "administrator", 201, {"id": "new", "name": "New"}),
    Row("GET", "/api/v1/issuers", "administrator", 200),
    Row("POST", "/api/v1/api-keys", "administrator", 201, {}),
    Row("GET", "/api/v1/api-keys", "administrator", 200),
    Row("DELETE", "/api/v1/api-keys/{api_key}", "administrator", 200),
    Row("POST", "/api/v1/registry/issuers", "administrator", 201, {"did": "did:a:b", "name": "B"}),
    Row("GET", "/api/v1/registry/issuers", "administrator", 200),
    Row("DELETE", "/api/v1/registry/issuers/{entry}", "administrator", 200),
    Row("POST", "/api/v1/registry/imports", "administrator", 200, NO_ISSUERS),
    Row("POST", f"{REGISTRY}/anchors", "administrator", 201, OTHER_ANCHOR),
    Row("GET", f"{REGISTRY}/anchors", "administrator", 200),
    Row("DELETE", f"{REGISTRY}/anchors/{{anchor}}", "administrator", 200),
    # The entity is known already, so a chain for it is a newer one.
    Row("POST", f"{REGISTRY}/entities", "administrator", 200, ENTITY),
    Row("GET", f"{REGISTRY}/entities", "administrator", 200),
    Row("POST", f"{REGISTRY}/entities/{{entity}}/refresh", "administrator", 200, CHAIN),
    Row("DELETE", f"{REGISTRY}/entities/{{entity}}", "administrator", 200),
    Row("GET", "/api/v1/issuers/{issuer}", "any key", 200),
    Row("PATCH", "/api/v1/issuers/{issuer}", "issuers:write", 200, {"name": "Renamed"}),
    Row("POST", "/api/v1/issuers/{issuer}/images", "achievements:write", 201, PNG),
    Row("POST", "/api/v1/issuers/{issuer}/achievements", "achievements:write", 201, BADGE),
    Row("GET", "/api/v1/issuers/{issuer}/achievements", "any key", 200),
    Row("GET", "/api/v1/issuers/{issuer}/achievements/{achievement}", "any key", 200),
    Row(
        "POST",
        "/api/v1/issuers/{issuer}/achievements/{achievement}/versions",
        "achievements:write",
        201,
        BADGE,
    ),
    Row("POST", PATHWAYS, "achievements:write", 201, RULE),
    Row("GET", PATHWAYS, "any key", 200),
    Row("POST", f"{PATHWAYS}/{{pathway}}/versions", "achievements:write", 201, RULE),
    Row(
        "POST",
        f"{PATHWAYS}/{{pathway}}/awards",
        "credentials:issue",
        201,
        {"credentials": [{}], "recipient": RECIPIENT},
    ),
    Row(
        "POST",
        "/api/v1/issuers/{issuer}/credentials",
        "credentials:issue",
        201,
        {"achievement": "{achievement}", "recipient": {"email": "someone@example.org"}},
    ),
    Row("POST", BATCHES, "credentials:issue", 202, {"rows": [{}]}),
    Row("GET", BATCHES, "credentials:issue", 200),
    Row("GET", BATCH, "credentials:issue", 200),
    Row("GET", f"{BATCH}/events", "credentials:issue", 200),
    Row("GET", f"{BATCH}/results.ndjson", "credentials:issue", 200),
    Row("GET", f"{BATCH}/results.csv", "credentials:issue", 200),
    Row("POST", f"{BATCH}/cancel", "credentials:issue", 200),
    Row("POST", f"{BATCH}/resume", "credentials:issue", 200),
    Row("GET", f"{ACHIEVEMENT}/batch-template.csv", "any key", 200),
    Row("GET", "/api/v1/credentials?issuer={issuer}", "credentials:read", 200),
    Row("GET", "/api/v1/credentials/{credential_id}", "credentials:read", 200, by_id=True),
    Row(
        "POST",
        "/api/v1/credentials/{credential_id}/status",
        "credentials:revoke",
        200,
        {"revoked": True, "reason": "Awarded in error."},
        by_id=True,
    ),
    Row("POST", "/issuers/{issuer}/credentials/issue", "credentials:issue", 201, {}),
    Row(
        "POST",
        "/api/v1/issuers/{issuer}/recognition-decisions",
        "credentials:issue",
        201,
        DECISION,
    ),
    Row("GET", f"{ACHIEVEMENT}/review", "any key", 200),
    # It is published, so these two are refused; but not to those who may not ask.
    Row("POST", f"{ACHIEVEMENT}/submit", "achievements:write", 409),
    Row("POST", f"{ACHIEVEMENT}/approve", "achievements:write", 409, {"minute": "LTC 7"}),
    Row("POST", f"{ACHIEVEMENT}/publish", "achievements:write", 200),
    Row("POST", f"{ACHIEVEMENT}/withdraw", "achievements:write", 200),
    Row("GET", "/api/v1/policies", "anybody's key", 200),
    Row("PUT", "/api/v1/issuers/{issuer}/policy", "issuers:write", 200, {"preset": "nzqa"}),
    Row("GET", "/api/v1/issuers/{issuer}/policy", "any key", 200),
    Row("DELETE", "/api/v1/issuers/{issuer}/policy", "issuers:write", 204),
    Row("POST", "/api/v1/policies/nzqa/check", "anybody's key", 200, {"credential": {}}),
    Row(
        "POST",
        AWARDS,
        "credentials:issue",
        201,
        {"achievement": "{achievement}", "recipient": {"email": "someone@example.org"}},
    ),
    Row("GET", AWARDS, "credentials:read", 200),
    Row("GET", f"{AWARDS}/{{award}}", "credentials:read", 200),
    Row("POST", f"{AWARDS}/{{award}}/confirm", "credentials:issue", 200, {"minute": "Board 4"}),
    Row("POST", WEBHOOKS, "notifications:write", 201, HOOK),
    Row("GET", WEBHOOKS, "notifications:write", 200),
    Row("GET", WEBHOOK, "notifications:write", 200),
    Row("PATCH", WEBHOOK, "notifications:write", 200, {"events": None}),
    Row("DELETE", WEBHOOK, "notifications:write", 200),
    Row("POST", f"{WEBHOOK}/secret", "notifications:write", 201),
    Row("POST", f"{WEBHOOK}/ping", "notifications:write", 202),
    Row("POST", f"{WEBHOOK}/replay", "notifications:write", 200),
    Row("GET", f"{WEBHOOK}/deliveries", "notifications:write", 200),
    Row("POST", f"{WEBHOOK}/deliveries/{{delivery}}/replay", "notifications:write", 200),
    Row("GET", "/api/v1/issuers/{issuer}/mail", "notifications:write", 200),
    Row("PUT", "/api/v1/issuers/{issuer}/mail", "notifications:write", 200, {}),
    Row("GET", "/api/v1/issuers/{issuer}/mail/deliveries", "notifications:write", 200),
]
IDS = [f"{row.method} {row.path}" for row in ROWS]


@dataclass(frozen=True)
class World:
    """Two issuers, keys of every kind, and something of the first issuer's to ask for."""

    client: TestClient
    names: dict[str, str]
    make_key: Callable[..., Headers]

    def ask(self, row: Row, headers: Headers) -> httpx2.Response:
        """The operation on the first issuer's things."""
        path = row.path.format(**self.names)
        body = row.body
        if isinstance(body, bytes):
            return self.client.post(
                path, headers={**headers, "Content-Type": "image/png"}, content=body
            )
        if isinstance(body, dict):
            body = {
                name: value.format(**self.names) if isinstance(value, str) else value
                for name, value in body.items()
            }
        if row.path.endswith("/credentials/issue"):
            body = {"credential": self.unsigned()}
        if row.body is DECISION:
            badge = self.client.get(f"/credentials/{self.names['credential_id']}.json").json()
            body = {"credential": badge, **DECISION}
        if row.method == "GET" and row.path.endswith("/policy"):
            keeper = self.make_key(SLUG, "issuers:write")
            self.client.put(path, headers=keeper, json={"preset": "nzqa"})
        return self.client.request(row.method, path, headers=headers, json=body)

    def unsigned(self) -> dict[str, Any]:
        """A credential of the first issuer's for the VC-API to sign."""
        return {
            "@context": [
                "https://www.w3.org/ns/credentials/v2",
                "https://www.w3.org/ns/credentials/examples/v2",
            ],
            "type": ["VerifiableCredential"],
            "issuer": f"did:web:127.0.0.1%3A8000:issuers:{SLUG}",
            "credentialSubject": {"id": "did:example:subject"},
        }


@pytest.fixture
def world(
    client: TestClient,
    admin_headers: Headers,
    publisher: Publisher,
    make_key: Callable[..., Headers],
) -> World:
    made = client.post("/api/v1/issuers", headers=admin_headers, json={"id": "other", "name": "O"})
    assert made.status_code == 201
    spare = client.post("/api/v1/api-keys", headers=admin_headers, json={}).json()
    achievement = publisher.achievement.rpartition("/")[2]
    award = client.post(
        f"/api/v1/issuers/{SLUG}/awards",
        headers=admin_headers,
        json={"achievement": achievement, "recipient": {"email": "someone@example.org"}},
    )
    listed = client.post(
        "/api/v1/registry/issuers", headers=admin_headers, json={"did": "did:x:y", "name": "Y"}
    )
    award_here = {**RULE, "award": {"name": "A", "id": publisher.achievement}}
    pathway = client.post(
        f"/api/v1/issuers/{SLUG}/pathways", headers=admin_headers, json=award_here
    )
    webhook = client.post(f"/api/v1/issuers/{SLUG}/webhooks", headers=admin_headers, json=HOOK)
    hook = f"/api/v1/issuers/{SLUG}/webhooks/{webhook.json()['id']}"
    client.post(f"{hook}/ping", headers=admin_headers)
    [delivery] = client.get(f"{hook}/deliveries", headers=admin_headers).json()["items"]
    anchor = {"entity_id": ANCHOR, **KEYS}
    trusted = client.post(f"{REGISTRY}/anchors", headers=admin_headers, json=anchor)
    entity = client.post(f"{REGISTRY}/entities", headers=admin_headers, json=ENTITY)
    batches = f"/api/v1/issuers/{SLUG}/batches"
    batch = client.post(batches, headers=admin_headers, json=[{}]).json()["id"]
    client.post(f"{batches}/{batch}/cancel", headers=admin_headers)  # so that events end
    names = {
        "anchor": trusted.json()["id"],
        "entity": entity.json()["id"],
        "batch": batch,
        "webhook": webhook.json()["id"],
        "delivery": delivery["id"],
        "pathway": pathway.json()["id"].rpartition("/")[2],
        "entry": listed.json()["id"],
        "issuer": SLUG,
        "achievement": achievement,
        "credential_id": publisher.issue(),
        "award": award.json()["id"],
        "api_key": spare["id"],
    }
    return World(client, names, make_key)


def test_every_operation_that_needs_a_key_is_in_the_table(app: FastAPI) -> None:
    document = app.openapi()
    guarded = {
        f"{method.upper()} {path}"
        for path, operations in document["paths"].items()
        for method, operation in operations.items()
        if operation.get("security")
    }
    named = {name.partition("?")[0] for name in IDS}
    assert guarded == {name.replace("/policies/nzqa/", "/policies/{policy}/") for name in named}


@pytest.mark.parametrize("row", ROWS, ids=IDS)
def test_who_may_do_what_to_whom(world: World, row: Row) -> None:
    administrator_only = row.needs == "administrator"
    needed = set(SCOPES) & {row.needs}
    if row.path.endswith("/images"):
        needed.add("issuers:write")  # a picture may be for either

    no_key = world.ask(row, {})
    assert (no_key.status_code, no_key.json()["code"]) == (401, "not_authenticated")
    assert no_key.headers["www-authenticate"].startswith("Bearer")

    others = world.ask(row, world.make_key("other", *SCOPES))
    if row.needs == "anybody's key":
        assert others.status_code == row.success
    else:
        assert others.status_code == (403 if administrator_only else 404)

    unscoped = world.ask(row, world.make_key(SLUG, *(set(SCOPES) - needed)))
    if needed or administrator_only:
        assert (unscoped.status_code, unscoped.json()["code"]) == (403, "not_authorized")
        others_unscoped = world.ask(row, world.make_key("other", *(set(SCOPES) - needed)))
        assert others_unscoped.status_code in {403, 404}
    else:
        assert unscoped.status_code == row.success

    for scope in needed:
        own = world.ask(row, world.make_key(SLUG, scope))
        assert own.status_code == row.success, own.text
    if row.path.endswith("/status") or (row.method, row.path) == ("DELETE", WEBHOOK):
        return  # revoked or removed by now, once and for all
    administrators = world.ask(row, world.make_key(None))
    assert administrators.status_code == row.success, administrators.text


def test_an_achievement_is_not_found_under_another_issuer(
    world: World, admin_headers: Headers
) -> None:
    headers = world.make_key("other", *SCOPES)
    path = f"/api/v1/issuers/other/achievements/{world.names['achievement']}"
    for key in (headers, admin_headers):
        assert world.client.get(path, headers=key).status_code == 404
        versions = world.client.post(f"{path}/versions", headers=key, json=BADGE)
        assert versions.status_code == 404
        listed = world.client.get(
            "/api/v1/issuers/other/achievements",
            headers=key,
            params={"versions_of": world.names["achievement"]},
        )
        assert listed.status_code == 404


@pytest.mark.parametrize(
    "member", ["tenant_id", "status", "is_admin", "issuer", "validFrom", "proof", "creator"]
)
def test_nobody_sets_what_is_ours_to_set(
    client: TestClient, admin_headers: Headers, publisher: Publisher, member: str
) -> None:
    ours = f"/api/v1/issuers/{SLUG}"
    rows: list[tuple[str, str, dict[str, Any]]] = [
        ("POST", "/api/v1/issuers", {"id": "new", "name": "New"}),
        ("PATCH", ours, {}),
        ("POST", f"{ours}/achievements", BADGE),
        ("POST", "/api/v1/api-keys", {"label": "x"} if member != "issuer" else {"scopes": 7}),
    ]
    for method, path, body in rows:
        answer = client.request(method, path, headers=admin_headers, json={**body, member: "x"})
        assert answer.status_code in {404, 422}, (method, path)

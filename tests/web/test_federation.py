"""Federations over HTTP: anchors, entities, what follows for the registry, and when it ends."""

import base64
import hashlib
import io
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from app.errors import CheckUndecided
from app.fetch import Fetch, Fetched, fetch_from_documents
from app.jobs import federation as jobs_federation
from app.jobs.desk import JobDesk
from app.jobs.periodic import PERIODIC, Rounds
from app.registry.trust_chains import ISSUER_TYPE
from app.verification.result import Basis, IssuerSummary
from app.web.checking import known_by
from app.web.dependencies import current_time
from app.web.request_log import make_log
from app.web.wording import word_standing
from tests.conftest import NOW
from tests.federation import (
    ANCHOR,
    COLLEGE,
    COLLEGE_DID,
    DAY,
    Federation,
    a_federation,
    ed25519_key,
    key_set,
    p256_key,
)

PATH = "/api/v1/registry"
HOUR = timedelta(hours=1)
RENEWING = [task for task in PERIODIC if task.name == "renew_trust_chains"]
FIRST_END = NOW + 3 * DAY
"""When the first statement of the chain ends."""


class Administrator:
    """An administrator of a service, with a federation that can be reached or not."""

    def __init__(self, app: FastAPI, client: TestClient, headers: dict[str, str]) -> None:
        self.app, self.client, self.headers = app, client, headers
        self.federation = a_federation()

    def publish(self, federation: Federation | None, *, now: datetime = NOW) -> None:
        """What the network answers from now on; None for nothing at all."""
        documents = {} if federation is None else federation.documents(now=now)
        desk = replace(self.app.state.desk, fetch=fetch_from_documents(documents))
        self.app.state.desk = desk

    def at(self, now: datetime) -> None:
        """The time from now on."""
        self.app.dependency_overrides[current_time] = lambda: now

    def send(self, method: str, path: str, status: int, body: Any = None) -> Any:
        """The answer to a request."""
        answer = self.client.request(method, f"{PATH}{path}", json=body, headers=self.headers)
        assert answer.status_code == status, answer.text
        return answer.json()

    def trust(self, status: int = 201, **changes: Any) -> Any:
        """Configure the anchor."""
        anchor = self.federation.anchor
        body = {"entity_id": ANCHOR, "name": "Federation", "jwks": key_set(anchor.key)}
        return self.send("POST", "/anchors", status, body | changes)

    def know(self, status: int = 201, **changes: Any) -> Any:
        """Make the college known."""
        return self.send(
            "POST", "/entities", status, {"entity_id": COLLEGE, "anchor": ANCHOR} | changes
        )

    def known(self, now: datetime = NOW) -> list[str]:
        """Who says at some time that the college's did:web is known."""
        return [each.source for each in known_by(self.app.state.desk, COLLEGE_DID, now)]

    def shown(self) -> list[tuple[str, str]]:
        """What the world sees."""
        items = self.client.get("/registry").json()["items"]
        return sorted((item["did"], item["basis"]) for item in items)


@pytest.fixture
def admin(app: FastAPI, client: TestClient, admin_headers: dict[str, str]) -> Administrator:
    administrator = Administrator(app, client, admin_headers)
    administrator.publish(administrator.federation)
    return administrator


def test_an_entity_is_known_until_the_first_of_its_statements_ends(admin: Administrator) -> None:
    anchor = admin.trust(fields=["06"], levels=[{"framework": "SCQF", "value": 11}])
    entity = admin.know()

    assert (anchor["kids"], anchor["fields"], anchor["ended_at"]) == (["anchor-1"], ["06"], None)
    assert entity["issuer_ids"] == [COLLEGE_DID, COLLEGE]
    assert (entity["name"], entity["expires_at"]) == ("Example College", "2026-03-04T12:00:00Z")
    assert len(entity["trust_chain"]) == 4
    assert admin.shown() == [(COLLEGE_DID, "federation"), (COLLEGE, "federation")]
    (known,) = known_by(admin.app.state.desk, COLLEGE_DID, NOW)
    assert (known.basis, known.source, known.until) == (Basis.FEDERATION, ANCHOR, FIRST_END)
    (words,) = word_standing(IssuerSummary(COLLEGE_DID, "College", True, (known,)))
    assert words.text == "member of the federation federation.example until 4 March 2026"
    assert "SCQF level 11" in words.scope
    html = admin.client.get("/registry", headers={"Accept": "text/html"}).text
    assert "Member of the federation" in html

    assert admin.known(FIRST_END - DAY) == [ANCHOR]
    assert admin.known(FIRST_END) == []
    admin.at(FIRST_END)
    assert admin.shown() == []
    listed = admin.send("GET", "/entities", 200)
    assert [(each["id"], each["issuer_ids"]) for each in listed["items"]] == [(entity["id"], [])]


def test_a_chain_may_be_given_and_then_nothing_is_fetched(admin: Administrator) -> None:
    admin.trust()
    admin.publish(None)

    assert admin.know(422)["code"] == "not_found"
    entity = admin.know(trust_chain=admin.federation.chain())
    newer = admin.federation.chain(now=NOW + DAY)
    admin.at(NOW + DAY)
    refreshed = admin.send("POST", f"/entities/{entity['id']}/refresh", 200, {"trust_chain": newer})

    assert refreshed["trust_chain"] == newer
    assert refreshed["expires_at"] == "2026-03-05T12:00:00Z"
    assert admin.know(200, trust_chain=newer)["id"] == entity["id"]


def test_a_refresh_prolongs_and_one_that_fails_changes_nothing(admin: Administrator) -> None:
    admin.trust()
    path = f"/entities/{admin.know()['id']}/refresh"
    later = NOW + 2 * DAY
    admin.at(later)
    admin.publish(None)
    assert admin.send("POST", path, 422)["code"] == "not_found"
    stranger = replace(admin.federation, network=replace(admin.federation.network))
    admin.publish(replace(stranger, anchor=replace(stranger.anchor, key=p256_key("anchor-1"))))
    assert admin.send("POST", path, 422)["code"] == "proof_invalid"
    assert admin.known(later) == [ANCHOR]
    assert admin.known(FIRST_END) == []

    admin.publish(admin.federation, now=later)
    admin.send("POST", path, 200)
    assert admin.known(FIRST_END) == [ANCHOR]
    listed = admin.send("GET", "/issuers", 200)
    assert listed["total"] == 2  # the entries were prolonged, not entered again

    gone = later + 8 * DAY
    admin.at(gone)
    admin.publish(admin.federation, now=gone)
    admin.send("POST", path, 200)
    assert admin.known(gone) == [ANCHOR]
    assert admin.known(gone - DAY) == []  # in between nobody vouched for it
    assert admin.send("GET", "/issuers", 200)["total"] == 4


def test_changed_keys_of_an_anchor_end_what_they_do_not_prove(admin: Administrator) -> None:
    admin.trust()
    admin.know()
    new = p256_key("anchor-2")
    both = key_set(admin.federation.anchor.key, new)

    assert admin.trust(200, jwks=both, name="Renamed")["name"] == "Renamed"
    assert admin.known() == [ANCHOR]
    admin.trust(200, jwks=both, award_types=["MicroCredential"])
    (known,) = known_by(admin.app.state.desk, COLLEGE_DID, NOW)
    assert known.covers == ("MicroCredential",)
    admin.trust(200, jwks=key_set(new))
    assert admin.known() == []
    assert admin.know(422)["code"] == "key_not_listed"
    assert admin.send("GET", "/entities", 200)["items"][0]["issuer_ids"] == []

    admin.trust(200)
    assert admin.known() == [ANCHOR]  # the keys that proved it are configured again


def test_an_anchor_that_ends_takes_everything_with_it(admin: Administrator) -> None:
    anchor = admin.trust()
    entity = admin.know()

    ended = [admin.send("DELETE", f"/anchors/{anchor['id']}", 200) for _ in range(2)]
    assert ended[0] == ended[1]
    assert ended[0]["ended_at"] is not None
    assert admin.known() == []
    assert admin.know(422)["code"] == "anchor_unknown"
    admin.send("POST", f"/entities/{entity['id']}/refresh", 404)
    assert [each["ended_at"] for each in admin.send("GET", "/anchors", 200)["items"]] == [
        ended[0]["ended_at"]
    ]
    again = admin.trust()
    assert again["id"] != anchor["id"]
    assert admin.known() == []


def test_an_entity_that_is_removed_is_known_no_longer(admin: Administrator) -> None:
    admin.trust()
    entity = admin.know()
    entries = admin.send("GET", "/issuers", 200)["items"]

    refused = admin.send("DELETE", f"/issuers/{entries[0]['id']}", 409)
    assert refused["code"] == "follows_from_chain"
    ended = [admin.send("DELETE", f"/entities/{entity['id']}", 200) for _ in range(2)]
    assert ended[0] == ended[1]
    assert admin.known() == []
    assert admin.send("POST", f"/entities/{entity['id']}/refresh", 404)["code"] == "not_found"


def test_a_list_from_the_anchors_address_does_not_end_what_follows_from_chains(
    admin: Administrator,
) -> None:
    admin.trust()
    admin.know()
    digest = f"sha256-{base64.b64encode(hashlib.sha256(b'[]').digest()).decode()}"
    body = {"source": ANCHOR, "digestSRI": digest, "entries": []}

    assert admin.send("POST", "/imports", 200, body)["ended"] == 0
    assert admin.known() == [ANCHOR]


def test_nothing_is_kept_of_a_chain_that_is_refused(admin: Administrator) -> None:
    admin.trust()
    federation = admin.federation
    refused: dict[str, dict[str, Any]] = {
        "chain_broken": {"entity_id": "https://other.example", "trust_chain": federation.chain()},
        "statement_expired": {"trust_chain": federation.chain(leaf={"exp": 1})},
        "not_an_issuer": {"trust_chain": federation.chain(leaf={"metadata": {}})},
        "bad_value": {"entity_id": "college"},
        "anchor_unknown": {"anchor": "https://other.example"},
        "chain_length": {"trust_chain": []},
    }
    for code, changes in refused.items():
        assert admin.know(422, **changes)["code"] == code
    assert admin.know(400, trust_chain=["x"] * 3)["code"] == "bad_jwt"
    assert admin.know(422, trust_chain=["x"] * 9)["field"] == "/trust_chain"
    assert admin.send("GET", "/entities", 200)["total"] == 0
    assert admin.shown() == []


@pytest.mark.parametrize(
    ("change", "code", "field"),
    [
        ({"entity_id": "http://x.example"}, "bad_value", "/entity_id"),
        ({"entity_id": None}, "wrong_type", "/entity_id"),
        ({"name": ""}, "bad_value", "/name"),
        ({"jwks": {}}, "wrong_type", "/jwks"),
        ({"jwks": {"keys": [{"kty": "oct", "kid": "x", "k": "AAAA"}]}}, "bad_key", "/jwks"),
        (
            {"jwks": {"keys": [{**ed25519_key("x").jwk, "x": "A" * 43}]}},
            "weak_key",
            "/jwks",
        ),
        ({"levels": ["11"]}, "wrong_type", "/levels"),
        ({"trusted": True}, "unknown_member", ""),
    ],
)
def test_a_faulty_anchor_is_refused_by_name(
    admin: Administrator, change: dict[str, Any], code: str, field: str
) -> None:
    refused = admin.trust(422, **change)

    assert (refused["code"], refused.get("field") or "") == (code, field)


def test_only_administrators_may_say_who_is_trusted(
    admin: Administrator, make_key: Any, publisher: Any
) -> None:
    for headers, status in ((make_key("inverbrae", "credentials:issue"), 403), ({}, 401)):
        for method, path in (
            ("POST", "/anchors"),
            ("GET", "/anchors"),
            ("DELETE", "/anchors/x"),
            ("POST", "/entities"),
            ("GET", "/entities"),
            ("POST", "/entities/x/refresh"),
            ("DELETE", "/entities/x"),
        ):
            answer = admin.client.request(method, f"{PATH}{path}", json={}, headers=headers)
            assert answer.status_code == status, (method, path)


def test_what_is_not_there_cannot_end(admin: Administrator) -> None:
    for id_ in ("x", "A" * 22):
        admin.send("DELETE", f"/anchors/{id_}", 404)
        admin.send("DELETE", f"/entities/{id_}", 404)


@pytest.fixture
def round_(
    admin: Administrator, monkeypatch: pytest.MonkeyPatch
) -> Callable[[datetime], list[dict[str, Any]]]:
    """What a worker does about federations at some time, and what it logs; its network is ours."""

    def make_network(*, timeout_seconds: float) -> Fetch:
        assert timeout_seconds > 0
        fetch: Fetch = admin.app.state.desk.fetch
        return fetch

    def walk(now: datetime) -> list[dict[str, Any]]:
        stream = io.StringIO()
        desk = admin.app.state.desk
        Rounds(RENEWING).walk(JobDesk(desk.database, desk.issuing, make_log("INFO", stream)), now)
        return [json.loads(line) for line in stream.getvalue().splitlines()]

    monkeypatch.setattr(jobs_federation, "make_fetch", make_network)
    return walk


def test_a_worker_renews_chains_before_they_end(
    admin: Administrator, round_: Callable[[datetime], list[dict[str, Any]]]
) -> None:
    admin.trust()
    entity = admin.know()["id"]
    admin.publish(admin.federation, now=NOW + 2 * DAY)

    assert round_(NOW + 2 * DAY - HOUR) == []  # a third of its three days is left
    (line,) = round_(NOW + 2 * DAY)

    assert (line["event"], line["count"]) == ("trust_chains_renewed", 1)
    assert admin.known(FIRST_END) == [ANCHOR]
    (listed,) = admin.send("GET", "/entities", 200)["items"]
    assert (listed["id"], listed["expires_at"]) == (entity, "2026-03-06T12:00:00Z")
    assert round_(NOW + 2 * DAY + HOUR) == []


def test_what_cannot_be_renewed_is_logged_and_tried_again_for_a_while(
    admin: Administrator, round_: Callable[[datetime], list[dict[str, Any]]]
) -> None:
    admin.trust()
    entity = admin.know()["id"]
    admin.publish(None)

    for now in (FIRST_END - HOUR, FIRST_END + HOUR, FIRST_END + 29 * DAY):
        (line,) = round_(now)
        assert (line["event"], line["entity"]) == ("trust_chain_not_renewed", entity)
        assert line["code"] == "not_found"
    assert round_(FIRST_END + 31 * DAY) == []
    admin.publish(admin.federation, now=FIRST_END + DAY)
    round_(FIRST_END + DAY)
    assert admin.known(FIRST_END + DAY) == [ANCHOR]


def test_an_entity_that_is_removed_meanwhile_does_not_come_back(admin: Administrator) -> None:
    admin.trust()
    entity = admin.know()["id"]
    fetch = admin.app.state.desk.fetch

    def fetch_slowly(url: str) -> Fetched:
        admin.send("DELETE", f"/entities/{entity}", 200)
        answer: Fetched = fetch(url)
        return answer

    admin.app.state.desk = replace(admin.app.state.desk, fetch=fetch_slowly)
    admin.send("POST", f"/entities/{entity}/refresh", 404)

    assert admin.known() == []
    assert len(admin.send("GET", "/entities", 200)["items"]) == 1


def test_no_connection_is_held_while_a_federation_is_slow(admin: Administrator) -> None:
    database = admin.app.state.desk.database

    def fetch(url: str) -> Fetched:
        with database.write() as session:  # would wait for a writer that waits for us
            session.connection()
        raise CheckUndecided("timeout", url)

    admin.trust()
    admin.app.state.desk = replace(admin.app.state.desk, fetch=fetch)
    assert admin.know(422)["code"] == "timeout"


def test_an_entity_may_be_known_by_two_anchors(admin: Administrator) -> None:
    admin.trust()
    admin.know()
    other = replace(admin.federation.anchor, id="https://other.example")
    admin.trust(entity_id=other.id)
    network = replace(admin.federation.network, superiors=(ANCHOR, other.id))
    chain = replace(admin.federation, anchor=other, network=network).chain()
    admin.know(anchor=other.id, trust_chain=chain)

    assert admin.known() == [ANCHOR, other.id]
    assert ISSUER_TYPE in admin.federation.college.metadata

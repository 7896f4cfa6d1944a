"""The registry: entries and lists, what the world sees, and what verification says of them."""

import base64
import hashlib
import json
from datetime import timedelta
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from app.encoding.jcs import canonicalize_json
from app.registry.trusted_issuers import MAX_ENTRIES
from app.verification.result import IssuerSummary
from app.web.checking import check_bytes, known_by
from app.web.dependencies import Desk, current_time
from app.web.wording import StandingWords, word_standing
from tests.conftest import NOW
from tests.publishing import Publisher

BROWSER = {"Accept": "text/html"}
ENTRIES = "/api/v1/registry/issuers"
IMPORTS = "/api/v1/registry/imports"
SOURCE = "https://lists.example/issuers.json"
COLLEGE = {
    "did": "did:web:badges.college.example",
    "name": "Collège Exemplaire",
    "fields": ["0612"],
    "levels": [{"framework": "SCQF", "value": 11}],
    "award_types": ["MicroCredential"],
    "until": "2028-07-31T12:00:00Z",
}


def a_list(*entries: Any, algorithm: str = "sha384", source: str = SOURCE) -> dict[str, Any]:
    """An import, with the right digest."""
    digest = hashlib.new(algorithm, canonicalize_json(list(entries))).digest()
    sri = f"{algorithm}-{base64.b64encode(digest).decode()}"
    return {"source": source, "digestSRI": sri, "entries": list(entries)}


class Registry:
    """The registry as an administrator uses it."""

    def __init__(self, client: TestClient, headers: dict[str, str]) -> None:
        self.client, self.headers = client, headers

    def post(self, path: str, body: Any, status: int) -> dict[str, Any]:
        """Something that is sent, and its answer."""
        answer = self.client.post(path, json=body, headers=self.headers)
        assert answer.status_code == status, answer.text
        told: dict[str, Any] = answer.json()
        return told

    def names(self, **query: str) -> list[str]:
        """Who is found by the world."""
        answer = self.client.get("/registry", params=query)
        assert answer.status_code == 200
        return [item["name"] for item in answer.json()["items"]]


@pytest.fixture
def registry(client: TestClient, admin_headers: dict[str, str]) -> Registry:
    return Registry(client, admin_headers)


def test_an_entry_is_made_found_and_ended(registry: Registry) -> None:
    made = registry.post(ENTRIES, COLLEGE, 201)

    assert (made["source"], made["digest"]) == ("http://127.0.0.1:8000/registry", None)
    assert made["levels"] == ["SCQF level 11"]
    for query in ({}, {"did": COLLEGE["did"]}, {"name": "COLLEGE exemplaire"}):
        assert registry.names(**query) == ["Collège Exemplaire"], query
    assert registry.names(name="other") == registry.names(did="did:web:college") == []
    shown = registry.client.get("/registry").json()["items"][0]
    assert set(shown).isdisjoint({"added_by", "id"})

    path = f"{ENTRIES}/{made['id']}"
    ended = [registry.client.delete(path, headers=registry.headers).json() for _ in range(2)]
    assert ended[0] == ended[1]
    assert ended[0]["ended_at"] is not None
    assert registry.names() == []
    listed = registry.client.get(ENTRIES, headers=registry.headers).json()
    assert [item["id"] for item in listed["items"]] == [made["id"]]


def test_an_entry_counts_from_its_beginning_to_its_end(app: FastAPI, registry: Registry) -> None:
    begin, end = NOW + timedelta(days=1), NOW + timedelta(days=2)
    times = {"from": begin.isoformat(), "until": end.isoformat()}
    registry.post(ENTRIES, COLLEGE | times, 201)

    found = []
    for moment in (NOW, begin, end - timedelta(seconds=1), end):
        app.dependency_overrides[current_time] = lambda at=moment: at
        found.append(len(registry.names()))
    assert found == [0, 1, 1, 0]


@pytest.mark.parametrize(
    ("change", "code", "field"),
    [
        ({"did": "college"}, "bad_value", "/did"),
        ({"did": "did:web:a b"}, "bad_value", "/did"),
        ({"did": None}, "wrong_type", "/did"),
        ({"name": ""}, "bad_value", "/name"),
        ({"name": "x" * 201}, "bad_value", "/name"),
        ({"name": "a\u202eb"}, "bad_value", "/name"),
        ({"fields": ["cows"]}, "unknown_term", "/fields"),
        ({"fields": "0612"}, "wrong_type", "/fields"),
        ({"levels": [11]}, "wrong_type", "/levels"),
        ({"levels": 11}, "wrong_type", "/levels"),
        ({"levels": [{"framework": "SCQF", "value": 13}]}, "unknown_term", "/levels"),
        ({"until": "soon"}, "bad_date", "/until"),
        ({"until": "2020-01-01T00:00:00Z"}, "bad_value", "/until"),
        ({"trusted": True}, "unknown_member", ""),
    ],
)
def test_a_faulty_entry_is_refused_by_name(
    registry: Registry, change: dict[str, Any], code: str, field: str
) -> None:
    refused = registry.post(ENTRIES, COLLEGE | change, 422)

    assert (refused["code"], refused.get("field") or "") == (code, field)


def test_an_entry_that_is_not_there_cannot_end(registry: Registry) -> None:
    for id_ in ("x", "A" * 22):
        answer = registry.client.delete(f"{ENTRIES}/{id_}", headers=registry.headers)
        assert answer.status_code == 404


def test_a_list_takes_the_place_of_what_its_source_said_before(registry: Registry) -> None:
    own = {"did": "did:web:own.example", "name": "Own"}
    other = {"did": "did:web:other.example", "name": "Other"}
    third = {"did": "https://third.example/issuer", "name": "Third"}
    registry.post(ENTRIES, own, 201)

    first = registry.post(IMPORTS, a_list(COLLEGE, other, other), 200)
    again = registry.post(IMPORTS, a_list(COLLEGE, other, algorithm="sha512"), 200)
    changed = registry.post(IMPORTS, a_list(COLLEGE, third, algorithm="sha256"), 200)

    counts = [(each["added"], each["ended"], each["unchanged"]) for each in (first, again, changed)]
    assert counts == [(2, 0, 0), (0, 0, 2), (1, 1, 1)]
    assert sorted(registry.names()) == ["Collège Exemplaire", "Own", "Third"]
    registry.post(IMPORTS, a_list(), 200)
    assert registry.names() == ["Own"]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"digestSRI": a_list()["digestSRI"]}, "digest_mismatch"),
        ({"digestSRI": "md5-1B2M2Y8AsgTpgAmY7PhCfg=="}, "bad_value"),
        ({"source": "http://lists.example"}, "bad_value"),
        ({"source": " "}, "bad_value"),
        ({"entries": {}}, "wrong_type"),
        ({"trusted": True}, "unknown_member"),
    ],
)
def test_a_list_that_is_not_what_it_says_is_not_taken(
    registry: Registry, change: dict[str, Any], code: str
) -> None:
    refused = registry.post(IMPORTS, a_list(COLLEGE) | change, 422)

    assert refused["code"] == code
    assert registry.names() == []


def test_one_bad_entry_keeps_the_whole_list_out(registry: Registry) -> None:
    for bad, field in (({"did": "x", "name": "X"}, "/entries/1/did"), (7, "/entries/1")):
        refused = registry.post(IMPORTS, a_list(COLLEGE, bad), 422)
        assert refused["field"] == field
    too_many = a_list(*[7] * (MAX_ENTRIES + 1))
    assert registry.post(IMPORTS, too_many, 422)["code"] == "out_of_range"
    assert registry.names() == []


def test_the_page_shows_everybody_and_lets_nobody_break_out(
    registry: Registry, publisher: Publisher
) -> None:
    registry.post(ENTRIES, COLLEGE | {"name": "<script>alert(1)</script>"}, 201)
    registry.post(IMPORTS, a_list({"did": "did:web:x.example", "name": "X"}), 200)

    html = registry.client.get("/registry", headers=BROWSER).text
    assert "<script>" not in html
    assert "until <time" in html
    assert "SCQF level 11" in html
    assert f'href="{SOURCE}"' in html
    assert "University of Inverbrae" in html
    empty = registry.client.get("/registry", params={"name": "zz"}, headers=BROWSER).text
    assert "says nothing against them" in empty
    further = registry.client.get("/registry", params={"limit": 1, "name": ""}, headers=BROWSER)
    assert "/registry?cursor=" in further.text


def test_issuers_of_this_service_are_found_without_being_listed(
    client: TestClient, publisher: Publisher
) -> None:
    did = "did:web:127.0.0.1%3A8000:issuers:inverbrae"
    for query in ({}, {"did": did}, {"name": "university"}):
        hosted = client.get("/registry", params=query).json()["hosted"]
        assert [each["did"] for each in hosted] == [did]
    assert (
        client.get("/registry", params={"did": "did:\x00", "name": "\x00"}).json()["hosted"] == []
    )
    assert client.get("/registry", params={"cursor": "x"}).status_code == 422


def test_verification_says_who_knows_the_issuer_and_until_when(
    app: FastAPI, registry: Registry, publisher: Publisher
) -> None:
    desk: Desk = app.state.desk
    data = registry.client.get(f"/credentials/{publisher.issue()}.json").content
    did = json.loads(data)["issuer"]["id"]
    own = check_bytes(desk, data, now=NOW).issuer
    registry.post(IMPORTS, a_list(COLLEGE | {"did": did}), 200)
    both = check_bytes(desk, data, now=NOW).issuer

    assert own is not None
    assert own.trusted
    assert own.as_json()["known_by"] == [
        {
            "source": "http://127.0.0.1:8000",
            "basis": "own",
            "until": None,
            "covers": [],
            "fit": "covered",
            "because": [],
        }
    ]
    assert word_standing(own) == (StandingWords("known to this service"),)
    assert both is not None
    assert both.as_json()["known_by"][1]["until"] == "2028-07-31T12:00:00Z"
    words = word_standing(both)[1]
    assert words.text == "listed by lists.example/issuers.json until 31 July 2028"
    assert "SCQF level 11" in words.scope


def test_an_issuer_elsewhere_is_known_while_it_is_listed(
    app: FastAPI, registry: Registry, publisher: Publisher
) -> None:
    known = app.state.desk
    did = "did:web:badges.college.example"
    assert known_by(known, did, NOW) == ()

    made = registry.post(ENTRIES, COLLEGE | {"until": None}, 201)
    (listed,) = known_by(known, did, NOW)
    assert (listed.own, listed.until) == (False, None)
    (words,) = word_standing(IssuerSummary(did, "College", True, (listed,)))
    assert words.text == "listed by 127.0.0.1:8000/registry"
    registry.client.delete(f"{ENTRIES}/{made['id']}", headers=registry.headers)
    assert known_by(known, did, NOW) == ()
    assert word_standing(IssuerSummary(did, "College", False)) == word_standing(None) == ()


def test_the_world_can_ask_who_is_known_for_what(registry: Registry) -> None:
    broad = {"did": "did:web:broad.example", "name": "Broad", "fields": ["06"]}
    other = {"did": "did:web:other.example", "name": "Other", "fields": ["0221"]}
    european = {
        "did": "did:web:eu.example",
        "name": "Europe",
        "levels": [{"framework": "EQF", "value": 7}],
        "award_types": ["Degré %_"],
    }
    anybody = {"did": "did:web:any.example", "name": "Any"}
    registry.post(IMPORTS, a_list(COLLEGE, broad, other, european, anybody), 200)

    def found(**query: str) -> set[str]:
        return set(registry.names(**query)) - {"Any"}

    college = COLLEGE["name"]
    assert found(field="0612") == {college, "Broad", "Europe"}
    assert found(field="Religion and theology") == {"Other", "Europe"}
    assert found(field="06") == {"Broad", "Europe"}
    assert found(framework="SCQF", level="11") == {college, "Broad", "Other", "Europe"}
    assert found(level="7") == {"Broad", "Other", "Europe"}
    assert found(framework="SCQF", level="10") == {"Broad", "Other"}
    assert found(framework="SCQF") == {college, "Broad", "Other", "Europe"}
    assert found(award_type="microcredential") == {college, "Broad", "Other"}
    assert found(award_type="degré %_") == {"Broad", "Other", "Europe"}
    assert found(award_type="%") == {"Broad", "Other"}
    assert found(field="0612", level="7", award_type="MicroCredential") == {"Broad"}
    assert "Any" in registry.names(field="0221", level="1", award_type="x")
    for query, field in (
        ({"field": "cows"}, "field"),
        ({"level": "99"}, "level"),
        ({"level": "1", "framework": "x"}, "framework"),
        ({"at": "soon"}, "at"),
        ({"at": "2026-02-30"}, "at"),
    ):
        refused = registry.client.get("/registry", params=query)
        assert (refused.status_code, refused.json()["field"]) == (422, field)


def test_the_world_can_ask_who_was_known_when(
    app: FastAPI, registry: Registry, publisher: Publisher
) -> None:
    made = registry.post(ENTRIES, COLLEGE, 201)
    app.dependency_overrides[current_time] = lambda: NOW + timedelta(days=5)
    registry.client.delete(f"{ENTRIES}/{made['id']}", headers=registry.headers)

    assert registry.names() == []
    name = [COLLEGE["name"]]
    assert registry.names(at="2026-03-01") == registry.names(at="2026-03-05") == name
    assert registry.names(at="2026-03-06T11:59:59Z") == name
    assert registry.names(at="2026-03-06T12:00:00Z") == registry.names(at="2026-02-28") == []
    before = registry.client.get("/registry", params={"at": "2020-01-01"}).json()
    assert (before["items"], before["hosted"]) == ([], [])
    html = registry.client.get("/registry", params={"at": "2026-03-05"}, headers=BROWSER).text
    assert "on 5 March 2026" in html


def test_pages_of_the_registry_neither_skip_nor_repeat(registry: Registry) -> None:
    many = [{"did": f"did:web:i{n}.example", "name": f"I{n}"} for n in range(7)]
    registry.post(IMPORTS, a_list(*many), 200)
    seen: list[str] = []
    query: dict[str, Any] = {"limit": 3}
    while True:
        answer = registry.client.get("/registry", params=query).json()
        seen += [item["name"] for item in answer["items"]]
        assert answer["total"] == 7  # as counted when the first page was read
        if len(seen) == 3:  # somebody new must not move the others
            registry.post(ENTRIES, COLLEGE | {"from": "2020-01-01T00:00:00Z"}, 201)
            assert answer["next"] is not None
        if answer["next"] is None:
            break
        query = {"limit": 3, "cursor": answer["next"]}
    assert len(seen) == len(set(seen)) >= 7


def test_a_check_says_whether_the_listing_covers_the_credential(
    app: FastAPI, registry: Registry, publisher: Publisher
) -> None:
    desk: Desk = app.state.desk
    path = f"/credentials/{publisher.issue()}"
    data = registry.client.get(f"{path}.json").content
    did = json.loads(data)["issuer"]["id"]
    other = {**COLLEGE, "did": did, "fields": [], "levels": []}
    registry.post(ENTRIES, other | {"award_types": ["Degree"]}, 201)
    registry.post(IMPORTS, a_list(COLLEGE | {"did": did, "levels": [], "award_types": []}), 200)
    registry.post(ENTRIES, {"did": did, "name": "X"}, 201)

    issuer = check_bytes(desk, data, now=NOW).issuer
    assert issuer is not None
    told = issuer.as_json()["known_by"]
    fits = sorted((each["basis"], each["fit"], each["covers"] != []) for each in told)
    assert fits == [
        ("entry", "covered", False),
        ("entry", "not_covered", True),
        ("list", "not_comparable", True),
        ("own", "covered", False),
    ]
    scopes = [words.scope for words in word_standing(issuer)]
    assert any("is not within that, because its kind of award is " in scope for scope in scopes)
    assert any("cannot be told, because it names no field of study" in scope for scope in scopes)
    page = registry.client.get(path, headers=BROWSER).text
    assert "is not within that, because its kind of award is " in page


def test_a_list_of_many_is_taken_whole(registry: Registry) -> None:
    many = [{"did": f"did:web:i{n}.example", "name": f"I{n}"} for n in range(1500)]

    assert registry.post(IMPORTS, a_list(*many), 200)["added"] == 1500
    again = registry.post(IMPORTS, a_list(*many[:-1], COLLEGE), 200)
    assert (again["added"], again["ended"], again["unchanged"]) == (1, 1, 1499)
    assert registry.client.get("/registry").json()["total"] == 1500

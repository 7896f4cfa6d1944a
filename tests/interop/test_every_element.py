"""Every element survives: from what people state to the signed credential, an independent JSON-LD
processor, our verifier's reading and the recognition report, for all worked examples.
"""

import hashlib
import json
from dataclasses import dataclass, replace

import pytest

from app.credentials.display import in_words
from app.credentials.key_facts import key_facts
from app.credentials.learning import Learning, read_learning
from app.encoding.strict_json import JsonObject
from tests.element_table import ELEMENTS
from tests.elements import Element, Rows, rows, rows_in_document, rows_in_expansion
from tests.interop.oracle import ask
from tests.worked_examples import EXAMPLES, Given, run

BADGES = [(name, badge) for name, example in EXAMPLES.items() for badge in example.badges]
STAGES = ("signed", "expanded", "read", "reported")


@dataclass(frozen=True)
class Journey:
    """One badge on its way."""

    given: Given
    signed: JsonObject
    expanded: JsonObject
    learning: Learning
    report: JsonObject

    def stages(self, element: Element) -> dict[str, Rows]:
        """The element at each stage."""
        signed, expanded = element.signed, element.expanded
        return {
            "signed": rows(
                rows_in_document(self.signed, signed)
                if isinstance(signed, str)
                else signed(self.signed)
            ),
            "expanded": rows(
                rows_in_expansion(self.expanded, expanded)
                if isinstance(expanded, str)
                else expanded(self.expanded)
            ),
            "read": rows(element.learning(self.learning)),
            "reported": rows(element.report(self.report)),
        }


@pytest.fixture(scope="module")
def journeys() -> dict[tuple[str, str], Journey]:
    """All badges of all examples; one process of npm for all of them."""
    runs = {name: run(name) for name in EXAMPLES}
    documents = [runs[name].badges[badge] for name, badge in BADGES]
    contexts = {url: served for each in runs.values() for url, served in each.contexts.items()}
    expansions = ask("expand", documents=documents, contexts=contexts)
    found = {}
    for (name, badge), document, [expanded] in zip(BADGES, documents, expansions, strict=True):
        report = runs[name].reports[badge]
        assert report["verification"]["verdict"] == "verified"
        given = runs[name].given[badge]
        found[name, badge] = Journey(given, document, expanded, read_learning(document), report)
    return found


@pytest.mark.parametrize(
    "element", ELEMENTS, ids=lambda each: f"{each.number} {each.name}".replace(" ", "-")
)
def test_an_element_is_found_again_everywhere(
    element: Element, journeys: dict[tuple[str, str], Journey]
) -> None:
    stated = {where: rows(element.given(each.given)) for where, each in journeys.items()}
    assert any(stated.values()), "no example states it"

    lost = [
        (where, stage, sorted(stated[where]), sorted(found))
        for where, journey in journeys.items()
        for stage, found in journey.stages(element).items()
        if stated[where] and stated[where] != found
    ]
    invented = [
        (where, stage, sorted(found))
        for where, journey in journeys.items()
        for stage, found in journey.stages(element).items()
        if not stated[where] and found and element.name not in FILLED_IN
    ]

    assert lost == []
    assert invented == []


FILLED_IN = {"awarding bodies"}
"""What the service says where people say nothing: without other bodies the issuer awards."""


def test_every_element_of_the_mapping_has_a_row() -> None:
    elsewhere = {1, 13, 30}

    assert {each.number for each in ELEMENTS} | elsewhere == set(range(1, 31))


@pytest.mark.parametrize(("name", "badge"), BADGES)
def test_the_learner_is_identified_and_the_report_does_not_say_who(
    name: str, badge: str, journeys: dict[tuple[str, str], Journey]
) -> None:
    journey = journeys[name, badge]
    recipient = journey.given.request["recipient"]
    subject = journey.signed["credentialSubject"]
    [expanded] = rows_in_expansion(journey.expanded, "cred:credentialSubject:: id")
    kinds = journey.report["identification"]["learner_identified_by"]

    assert journey.learning.learner_identified
    if "did" in recipient:
        assert (subject["id"],) == expanded == (recipient["did"],)
        assert "an identifier of the kind did:key" in kinds
    else:
        kind, value = ("emailAddress", recipient.get("email"))
        if value is None:
            kind, value = recipient["identifier"]["type"], recipient["identifier"]["value"]
        [hashed] = [each for each in subject["identifier"] if each["identityType"] == kind]
        digest = hashlib.sha256((value + hashed["salt"]).encode()).hexdigest()
        assert hashed["identityHash"] == f"sha256${digest}"
        path = "cred:credentialSubject/ob:identifier:: ob:identityType ob:identityHash"
        assert (kind, hashed["identityHash"]) in rows_in_expansion(journey.expanded, path)
        assert f"{in_words(kind)} (hashed)" in kinds
    assert recipient["name"] not in json.dumps(journey.report)
    assert subject["id"] not in json.dumps(journey.report)


@pytest.mark.parametrize(("name", "badge"), BADGES)
def test_key_facts_say_it_to_wallets_that_show_little(
    name: str, badge: str, journeys: dict[tuple[str, str], Journey]
) -> None:
    journey = journeys[name, badge]
    [(narrative,)] = rows_in_document(
        journey.signed, "credentialSubject/achievement/criteria/narrative"
    )
    path = "cred:credentialSubject/ob:achievement/ob:Criteria/ob:narrative"

    assert narrative.startswith(journey.given.achievement["criteria"]["narrative"])
    assert rows_in_expansion(journey.expanded, path) == [(narrative,)]
    offered = read_learning(journey.signed["credentialSubject"]["achievement"])
    for fact in key_facts(offered):
        assert f"- **{fact.label}:** {fact.text}" in narrative
    for outcome in journey.given.achievement["microcredential"]["outcomes"]:
        assert outcome["title"].rstrip(".") in narrative


@pytest.mark.parametrize(
    "element",
    [each for each in ELEMENTS if isinstance(each.signed, str)],
    ids=lambda each: f"{each.number} {each.name}".replace(" ", "-"),
)
def test_a_dropped_element_is_missed(
    element: Element, journeys: dict[tuple[str, str], Journey]
) -> None:
    """The comparison above is one that can fail."""
    journey = next(each for each in journeys.values() if rows(element.given(each.given)))
    stated = rows(element.given(journey.given))
    assert isinstance(element.signed, str)
    damaged = json.loads(json.dumps(journey.signed))
    for path in element.signed.split(" or "):
        drop(damaged, path.partition("::")[0].strip())

    stages = replace(journey, signed=damaged, learning=read_learning(damaged)).stages(element)

    assert stages["signed"] == set()
    assert stages["read"] != stated or element.name in TWICE
    assert stages["expanded"] == stages["reported"] == stated


TWICE = {"title", "credit offered, natively", "level", "level, natively", "field"}
"""What stands in two places: one copy is enough for our reader."""


def drop(document: JsonObject, path: str) -> None:
    """Take what a path leads to out of a document."""
    *parents, last = path.removesuffix("/*").split("/")
    if last.startswith("target"):
        *parents, last = parents
    last = last.partition("[")[0]
    nodes = [document]
    for step in parents:
        found = [node[step] for node in nodes if step in node]
        nodes = [each for one in found for each in (one if isinstance(one, list) else [one])]
    for node in nodes:
        node.pop(last, None)

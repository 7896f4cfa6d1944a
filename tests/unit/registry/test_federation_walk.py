"""Finding a chain: every address on the way was written by somebody else."""

from collections.abc import Mapping
from typing import Any

import pytest

from app.errors import SignetError
from app.fetch import Fetched, fetch_from_documents, record_fetches
from app.registry.federation_walk import MAX_FETCHES, find_chain
from app.registry.trust_chains import TrustChain
from tests.conftest import NOW
from tests.federation import (
    ANCHOR,
    COLLEGE,
    NETWORK,
    WELL_KNOWN,
    Federation,
    a_federation,
    ed25519_key,
    sign,
    superior,
)

F = a_federation()
ABOUT_NETWORK = f"{ANCHOR}/fetch?sub=https%3A%2F%2Fnetwork.example"
TIMEOUT = {"error": "timeout"}


def found(documents: Mapping[str, Any], federation: Federation = F) -> TrustChain:
    return find_chain(fetch_from_documents(documents), COLLEGE, federation.pinned, now=NOW)


def reason(documents: Mapping[str, Any]) -> str:
    with pytest.raises(SignetError) as refused:
        found(documents)
    return refused.value.code


def test_the_chain_is_found_from_the_entity_upwards() -> None:
    documents = F.documents()
    fetch, visited = record_fetches(fetch_from_documents(documents))
    chain = find_chain(fetch, COLLEGE, F.pinned, now=NOW)

    assert chain.tokens == (
        documents[f"{COLLEGE}{WELL_KNOWN}"],
        documents[f"{NETWORK}/fetch?sub=https%3A%2F%2Fbadges.college.example%2Fissuers%2Fcollege"],
        documents[ABOUT_NETWORK],
        documents[f"{ANCHOR}{WELL_KNOWN}"],
    )
    assert sorted(visited) == sorted(documents)


def test_a_way_that_leads_nowhere_is_left_for_another() -> None:
    federation = F.with_college(superiors=("https://gone.example", NETWORK, "https://x.example"))

    assert found(federation.documents()).subject == COLLEGE


def test_a_superior_may_be_reached_on_two_ways_and_the_sound_one_counts() -> None:
    """The short way is refused by a policy, the long one is not."""
    side = superior("https://side.example", ed25519_key("side-1"), ANCHOR)
    federation = F.with_college(superiors=(side.id, NETWORK))
    refused = {"naming_constraints": {"permitted": ["side.example"]}}
    documents = federation.documents() | {
        f"{side.id}{WELL_KNOWN}": sign(side.configuration(), side.key),
        f"{side.id}/fetch?sub=https%3A%2F%2Fbadges.college.example%2Fissuers%2Fcollege": sign(
            side.about(F.college), side.key
        ),
        f"{ANCHOR}/fetch?sub=https%3A%2F%2Fside.example": sign(
            F.anchor.about(side, constraints=refused), F.anchor.key
        ),
    }
    assert len(found(documents).tokens) == 4

    del documents[ABOUT_NETWORK]
    assert reason(documents) == "name_not_permitted"


def test_an_endpoint_may_have_a_query_of_its_own() -> None:
    network = superior(NETWORK, F.network.key, ANCHOR)
    network.metadata["federation_entity"]["federation_fetch_endpoint"] = f"{NETWORK}/api?do=fetch"
    documents = F.documents()
    address = f"{NETWORK}/fetch?sub=https%3A%2F%2Fbadges.college.example%2Fissuers%2Fcollege"
    documents[address.replace("/fetch?", "/api?do=fetch&")] = documents.pop(address)
    documents[f"{NETWORK}{WELL_KNOWN}"] = sign(network.configuration(), network.key)

    assert found(documents).subject == COLLEGE


@pytest.mark.parametrize(
    ("address", "document", "code"),
    [
        (f"{COLLEGE}{WELL_KNOWN}", TIMEOUT, "timeout"),
        (f"{COLLEGE}{WELL_KNOWN}", None, "not_found"),
        (f"{COLLEGE}{WELL_KNOWN}", "é", "bad_jwt"),
        (f"{COLLEGE}{WELL_KNOWN}", "<html>", "bad_jwt"),
        (f"{NETWORK}{WELL_KNOWN}", TIMEOUT, "timeout"),
        (f"{ANCHOR}{WELL_KNOWN}", None, "not_found"),
        (ABOUT_NETWORK, TIMEOUT, "timeout"),
        (ABOUT_NETWORK, None, "not_found"),
    ],
)
def test_what_cannot_be_read_is_named(address: str, document: Any, code: str) -> None:
    documents: dict[str, Any] = F.documents()
    del documents[address]

    assert reason(documents if document is None else {**documents, address: document}) == code


@pytest.mark.parametrize(
    ("configuration", "code"),
    [
        (sign(F.anchor.configuration(), F.anchor.key), "chain_broken"),
        (sign(F.anchor.about(F.network), F.anchor.key), "chain_broken"),
        (sign(F.network.configuration(), ed25519_key("network-1")), "proof_invalid"),
        (sign(F.network.configuration(exp=1), F.network.key), "statement_expired"),
        (sign(F.network.configuration(metadata={}), F.network.key), "superior_unreachable"),
        (
            sign(
                F.network.configuration(
                    metadata={
                        "federation_entity": {"federation_fetch_endpoint": "http://x.example"}
                    }
                ),
                F.network.key,
            ),
            "superior_unreachable",
        ),
        (
            sign(F.network.configuration(authority_hints=[COLLEGE]), F.network.key),
            "no_way_to_anchor",
        ),
        (sign(F.network.configuration(authority_hints=None), F.network.key), "no_way_to_anchor"),
    ],
)
def test_a_superior_that_is_not_in_order_ends_the_way(configuration: str, code: str) -> None:
    assert reason(F.documents() | {f"{NETWORK}{WELL_KNOWN}": configuration}) == code


def test_an_anchor_is_not_its_own_subordinate() -> None:
    with pytest.raises(SignetError, match="no_way_to_anchor"):
        find_chain(fetch_from_documents(F.documents()), ANCHOR, F.pinned, now=NOW)


@pytest.mark.parametrize("entity", ["http://x.example", "https://10.0.0.1", "college", ""])
def test_what_is_no_identifier_is_not_visited(entity: str) -> None:
    with pytest.raises(SignetError, match="bad_value"):
        find_chain(_unreachable, entity, F.pinned, now=NOW)


def test_a_walk_without_end_is_ended() -> None:
    """Everybody names twenty more superiors, each with a statement in order."""
    key = ed25519_key("k")
    asked: list[str] = []

    def fetch(url: str) -> Fetched:
        asked.append(url)
        id_ = url.removesuffix(WELL_KNOWN)
        names = [f"https://{id_[8:10]}{len(asked)}-{n}.example" for n in range(20)]
        return Fetched(url, sign(superior(id_, key, *names).configuration(), key).encode(), "")

    with pytest.raises(SignetError, match="fetch_blocked"):
        find_chain(fetch, COLLEGE, F.pinned, now=NOW)
    assert len(asked) == MAX_FETCHES


def test_a_federation_in_which_everybody_stands_above_everybody_is_given_up() -> None:
    key = ed25519_key("k")
    names = [f"https://e{n}.example" for n in range(12)]
    documents = {
        f"{name}{WELL_KNOWN}": sign(superior(name, key, *names).configuration(), key)
        for name in [*names, COLLEGE]
    }

    assert reason(documents) == "no_way_to_anchor"


def _unreachable(url: str) -> Fetched:
    raise AssertionError(url)

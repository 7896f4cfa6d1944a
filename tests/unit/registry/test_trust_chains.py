"""Trust chains: what a genuine one says, and one lie after the other, each refused by its name."""

from dataclasses import replace
from typing import Any

import pytest

from app.errors import SignetError
from app.registry.trust_chains import ISSUER_IDS, ISSUER_TYPE, AnchorKeys, validate_chain
from tests.conftest import NOW
from tests.federation import (
    ANCHOR,
    COLLEGE,
    COLLEGE_DID,
    DAY,
    NETWORK,
    Entity,
    Federation,
    ed25519_key,
    p256_key,
)
from tests.federation_lies import (
    LIES,
    TRUTHS,
    F,
    by_anchor,
    by_network,
    last,
    leaf,
    swapped,
)

ELSEWHERE = "did:web:badges.vendor.example:issuers:college"


def code_of(chain: list[str], anchor: AnchorKeys = F.pinned) -> str:
    with pytest.raises(SignetError) as refused:
        validate_chain(chain, anchor, now=NOW)
    return refused.value.code


@pytest.mark.parametrize("lie", LIES)
def test_a_lie_is_refused_by_its_name(lie: str) -> None:
    chain, code = LIES[lie]

    assert code_of(chain()) == code


def test_there_are_many_lies() -> None:
    assert len(LIES) >= 80


@pytest.mark.parametrize("truth", TRUTHS)
def test_what_is_in_order_is_believed(truth: str) -> None:
    chain = validate_chain(TRUTHS[truth](), F.pinned, now=NOW)

    assert (chain.anchor, chain.subject, chain.name) == (
        ANCHOR,
        COLLEGE,
        "Example College" if "federation_entity" in chain.metadata else COLLEGE,
    )
    assert chain.issuer_ids == (COLLEGE, COLLEGE_DID)


def test_a_chain_ends_with_the_first_of_its_statements() -> None:
    end = NOW + 2 * DAY
    for change in (leaf, by_network, by_anchor, last):
        chain = change(exp=int(end.timestamp()))
        found = validate_chain(chain, F.pinned, now=NOW)
        assert found.expires_at == end
        with pytest.raises(SignetError, match="statement_expired"):
            validate_chain(chain, F.pinned, now=end)


def test_every_change_of_a_signed_byte_is_seen() -> None:
    chain = F.chain()
    for number, token in enumerate(chain):
        for position in range(0, len(token), 37):
            letter = token[position]
            other = "." if letter == "." else ("A" if letter != "A" else "B")
            forged = f"{token[:position]}{other}{token[position + 1 :]}"
            if forged != token and position != len(token) - 1:
                assert code_of(swapped(chain, number, forged))


def test_an_anchor_may_have_several_keys() -> None:
    second = p256_key("anchor-2")
    federation = replace(F, anchor=replace(F.anchor, key=second))
    pinned = AnchorKeys(ANCHOR, {**F.pinned.keys, second.kid: second.jwk})

    assert validate_chain(federation.chain(), pinned, now=NOW).subject == COLLEGE
    assert validate_chain(F.chain(), pinned, now=NOW).subject == COLLEGE


def test_a_superiors_word_goes_before_the_entitys() -> None:
    chain = validate_chain(
        F.chain(
            leaf={"metadata": {ISSUER_TYPE: {"display": "Oxford"}, "openid_provider": {}}},
            by_network={"metadata": {ISSUER_TYPE: {"display": "College"}, "oauth_client": {}}},
            by_anchor={"constraints": {"allowed_entity_types": [ISSUER_TYPE]}},
        ),
        F.pinned,
        now=NOW,
    )

    assert chain.metadata == {ISSUER_TYPE: {"display": "College"}}


@pytest.mark.parametrize(
    ("entity_id", "ids"),
    [
        ("https://a.example", ["did:web:a.example"]),
        ("https://a.example/", ["did:web:a.example"]),
        ("https://a.example:8443", ["did:web:a.example%3A8443"]),
        ("https://a.example/x/y", ["did:web:a.example:x:y"]),
        ("https://A.example/x", []),
        ("https://a.example/x%2Fy", []),
        ("https://a.example//x", []),
        ("https://a.example/.well-known", []),
        ("https://a.example/x:y", []),
    ],
)
def test_an_entity_is_the_did_web_of_its_very_address(entity_id: str, ids: list[str]) -> None:
    entity = Entity(entity_id, ed25519_key("k"), (NETWORK,), {ISSUER_TYPE: {}})
    chain = validate_chain(replace(F, college=entity).chain(), F.pinned, now=NOW)

    assert chain.issuer_ids == (entity_id, *ids)


def test_what_an_entity_says_of_its_identifiers_alone_counts_for_nothing() -> None:
    own = {"metadata": {ISSUER_TYPE: {ISSUER_IDS: [ELSEWHERE]}}}
    bounds = {"metadata_policy": {ISSUER_TYPE: {ISSUER_IDS: {"subset_of": [ELSEWHERE]}}}}
    demanded = {"metadata_policy": {ISSUER_TYPE: {ISSUER_IDS: {"superset_of": [ELSEWHERE]}}}}
    added = {"metadata_policy": {ISSUER_TYPE: {ISSUER_IDS: {"add": [ELSEWHERE]}}}}
    stated = {"metadata": {ISSUER_TYPE: {ISSUER_IDS: [ELSEWHERE]}}}
    cases: list[tuple[Federation, dict[str, Any], bool]] = [
        (F, {"leaf": own}, False),
        (F, {"leaf": own, "by_network": bounds}, True),
        (F, {"leaf": own, "by_anchor": bounds}, True),
        (F, {"by_network": bounds}, False),
        (F, {"by_network": stated}, True),
        (F, {"by_anchor": stated}, False),
        (F, {"by_anchor": added}, True),
        (F, {"leaf": own, "by_anchor": demanded}, False),
    ]
    for federation, changes, counts in cases:
        chain = validate_chain(federation.chain(**changes), F.pinned, now=NOW)
        assert (ELSEWHERE in chain.issuer_ids) is counts, changes

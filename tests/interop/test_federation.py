"""OpenID Federation, held against `@openid-federation/core`: federation after federation, read by
both from the same addresses, with the metadata that comes of it or the refusal.

The other implementation leaves rules out: those cases stand apart, with the rule that is ours.
"""

from collections.abc import Mapping
from typing import Any

import pytest

from app.encoding.strict_json import JsonObject
from app.errors import SignetError
from app.fetch import fetch_from_documents
from app.registry.federation_walk import find_chain
from app.registry.trust_chains import ISSUER_TYPE
from tests.conftest import NOW
from tests.federation import (
    ANCHOR,
    COLLEGE,
    NETWORK,
    WELL_KNOWN,
    a_federation,
    ed25519_key,
    key_set,
    sign,
)
from tests.interop.oracle import ask

KIND = "federation_entity"
ISSUER = {"client_registration_types_supported": ["automatic"]}  # which the other one demands
F = a_federation().with_college(
    metadata={KIND: {"organization_name": "Example College"}, ISSUER_TYPE: ISSUER}
)
OWN = f"{COLLEGE}{WELL_KNOWN}"
ABOUT_COLLEGE = f"{NETWORK}/fetch?sub=https%3A%2F%2Fbadges.college.example%2Fissuers%2Fcollege"
ABOUT_NETWORK = f"{ANCHOR}/fetch?sub=https%3A%2F%2Fnetwork.example"
STRANGER = ed25519_key("network-1")
OTHER_KEY = ed25519_key("college-1")

Documents = Mapping[str, str]


def publish(**changes: JsonObject) -> Documents:
    """What stands at the addresses of the federation, with changes to its four statements."""
    own, about_college, about_network, last = F.chain(**changes)  # type: ignore[arg-type]
    return F.documents() | {
        OWN: own,
        ABOUT_COLLEGE: about_college,
        ABOUT_NETWORK: about_network,
        f"{ANCHOR}{WELL_KNOWN}": last,
    }


def policy(*operators: JsonObject, contacts: Any = None) -> Documents:
    """The policies of the anchor and the network for one parameter, and what the college says."""
    changes = dict(
        zip(
            ("by_anchor", "by_network"),
            ({"metadata_policy": {KIND: {"contacts": each}}} for each in operators),
            strict=False,
        )
    )
    entity = {"organization_name": "Example College"}
    if contacts is not None:
        entity["contacts"] = contacts
    return publish(leaf={"metadata": {KIND: entity, ISSUER_TYPE: ISSUER}}, **changes)


def without(address: str) -> Documents:
    return {url: text for url, text in F.documents().items() if url != address}


AGREED: dict[str, Documents] = {
    "genuine": publish(),
    "a superior's metadata": publish(by_network={"metadata": {KIND: {"organization_name": "X"}}}),
    "add": policy({"add": ["a"]}, contacts=["b"]),
    "add twice": policy({"add": ["a"]}, {"add": ["c"]}, contacts=["a"]),
    "default": policy({"default": ["a"]}),
    "default beside a value": policy({"default": ["a"]}, contacts=["b"]),
    "value": policy({"value": ["a"]}, contacts=["b"]),
    "value twice the same": policy({"value": ["a"]}, {"value": ["a"]}),
    "value against value": policy({"value": ["a"]}, {"value": ["b"]}),
    "value null": policy({"value": None}, contacts=["b"]),
    "subset": policy({"subset_of": ["a", "b"]}, {"subset_of": ["b", "c"]}, contacts=["a", "b"]),
    "subset and essential": policy({"subset_of": ["a"], "essential": True}, contacts=["a", "c"]),
    "essential and absent": policy({"essential": True}),
    "default and essential": policy({"default": ["a"]}, {"essential": True}),
    "one of, and add": policy({"one_of": ["a"]}, {"add": ["a"]}, contacts=["a"]),
    "superset that is all": policy({"superset_of": ["a"]}, contacts=["a"]),
    "unknown operator": policy({"regexp": "x"}, contacts=["a"]),
    "critical operator": publish(
        by_anchor={
            "metadata_policy": {KIND: {"contacts": {"regexp": "x"}}},
            "metadata_policy_crit": ["regexp"],
        }
    ),
    "signed by a stranger": {
        **F.documents(),
        ABOUT_COLLEGE: sign(F.network.about(F.college), STRANGER),
    },
    "own statement signed by a stranger": {
        **F.documents(),
        OWN: sign(F.college.configuration(), OTHER_KEY),
    },
    "intermediate expired": publish(by_network={"exp": 1}),
    "anchor's word expired": publish(by_anchor={"exp": 1}),
    "another typ": {
        **F.documents(),
        OWN: sign(F.college.configuration(), F.college.key, {"typ": "JWT"}),
    },
    "no word of the anchor": without(ABOUT_NETWORK),
    "no word of the entity": without(OWN),
    "no way up": publish(leaf={"authority_hints": ["https://nobody.example"]}),
    "no hints": publish(leaf={"authority_hints": None}),
}

OURS_ALONE: dict[str, tuple[Documents, str]] = {
    "the entity's own statement has expired": (publish(leaf={"exp": 1}), "statement_expired"),
    "the superior does not list the entity's key": (
        {**F.documents(), OWN: sign(F.college.configuration(jwks=key_set(OTHER_KEY)), OTHER_KEY)},
        "proof_invalid",
    ),
    "too many intermediates": (
        publish(by_anchor={"constraints": {"max_path_length": 0}}),
        "path_too_long",
    ),
    "a name that is not permitted": (
        publish(by_anchor={"constraints": {"naming_constraints": {"permitted": ["x.example"]}}}),
        "name_not_permitted",
    ),
    "less than a superset": (
        policy({"superset_of": ["a", "b"]}, contacts=["a"]),
        "metadata_policy_broken",
    ),
}


def ours(documents: Documents) -> Any:
    """The resolved metadata, or the code of the refusal."""
    try:
        chain = find_chain(fetch_from_documents(documents), COLLEGE, F.pinned, now=NOW)
    except SignetError as error:
        return error.code
    return chain.metadata


@pytest.fixture(scope="module")
def theirs() -> dict[str, Any]:
    """What the other implementation makes of every case, in one process."""
    cases = {**AGREED, **{name: documents for name, (documents, _) in OURS_ALONE.items()}}
    answers = ask(
        "resolveFederations",
        now=NOW,
        entity=COLLEGE,
        anchor=ANCHOR,
        federations=list(cases.values()),
    )
    return dict(zip(cases, answers, strict=True))


@pytest.mark.parametrize("case", AGREED)
def test_both_come_to_the_same_metadata_or_refuse(case: str, theirs: dict[str, Any]) -> None:
    found = ours(AGREED[case])

    assert (None if isinstance(found, str) else found) == theirs[case]


@pytest.mark.parametrize("case", OURS_ALONE)
def test_a_rule_that_the_other_leaves_out_is_kept_here(case: str, theirs: dict[str, Any]) -> None:
    documents, code = OURS_ALONE[case]

    assert ours(documents) == code
    assert theirs[case] is not None, "it keeps the rule now: move the case to AGREED"

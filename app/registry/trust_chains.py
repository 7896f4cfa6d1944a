"""Trust chains: from an entity, statement by statement, up to an anchor whose keys we were given.

OpenID Federation 1.0, sections 4 and 10.2. A chain is valid or it is not: whoever holds a
`TrustChain` holds one that passed every rule. What follows from it for the issuer of a credential
is decided here too (docs/decisions/0016), and is less than the federation may mean.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any

from app.encoding.strict_json import JsonObject
from app.errors import CheckFailed
from app.keys.did_web import did_web_of, did_web_urls
from app.registry.chain_constraints import (
    FEDERATION_ENTITY,
    check_constraints,
    keep_allowed_types,
)
from app.registry.entity_statements import (
    EntityStatement,
    check_signature,
    check_times,
    read_statement,
)
from app.registry.metadata_policy import Policy, apply_policy, resolve_policy

MAX_CHAIN = 8
"""Statements in a chain: the subject, six superiors at most, and the anchor's own."""

ISSUER_TYPE = "openid_credential_issuer"
"""The entity type of those that issue credentials (OpenID4VCI, OpenID Federation for Wallets)."""

ISSUER_IDS = "https://w3id.org/signet/federation/v1#issuer_ids"
"""Our metadata parameter: further identifiers under which the entity issues, set by a superior."""

_MAX_ISSUER_IDS = 20
_MAX_ISSUER_ID = 512
_MAX_NAME = 200


@dataclass(frozen=True)
class AnchorKeys:
    """A trust anchor as an administrator configured it: who it is, and its public keys by id."""

    entity_id: str
    keys: Mapping[str, JsonObject]


@dataclass(frozen=True)
class TrustChain:
    """A chain that is valid. `metadata` is the resolved metadata of its subject.

    `expires_at` is when the first of its statements ends (section 10.4). `set_by_superiors` are
    the values of `ISSUER_IDS` that a superior set or bounded, not the entity by itself.
    """

    anchor: str
    subject: str
    tokens: tuple[str, ...]
    expires_at: datetime
    metadata: JsonObject
    set_by_superiors: frozenset[str]

    @property
    def name(self) -> str:
        """What the entity calls itself in its resolved metadata; else its identifier."""
        for kind in (FEDERATION_ENTITY, ISSUER_TYPE):
            name = self.metadata.get(kind, {}).get("organization_name")
            if isinstance(name, str) and name.strip() and name.isprintable():
                return name.strip()[:_MAX_NAME]
        return self.subject

    @property
    def issuer_ids(self) -> tuple[str, ...]:
        """The identifiers of issuers that the chain speaks of (decision 16).

        The entity identifier itself; the did:web whose document stands at that very address; and
        those of `ISSUER_IDS` that a superior set. Nothing that the entity says of itself alone.
        """
        named = self.metadata[ISSUER_TYPE].get(ISSUER_IDS, [])
        further = [each for each in named if each in self.set_by_superiors]
        return tuple(dict.fromkeys([self.subject, *_did_web_at(self.subject), *further]))


def validate_chain(tokens: Sequence[str], anchor: AnchorKeys, *, now: datetime) -> TrustChain:
    """A trust chain, its subject's Entity Configuration first, checked from end to end.

    The anchor's own Entity Configuration may be left out at the end (section 4). Raises
    `MalformedInput` and `CheckFailed`; each code names the rule that was broken.
    """
    if not 2 <= len(tokens) <= MAX_CHAIN:
        raise CheckFailed("chain_length", f"a chain has 2 to {MAX_CHAIN} statements")
    statements = [
        read_statement(token, place=f"/trust_chain/{number}") for number, token in enumerate(tokens)
    ]
    for statement in statements:
        check_times(statement, now)
    below = _below_anchor(statements, anchor)
    _check_links(below)
    check_constraints(below)
    _check_signatures(statements, below, anchor)
    # Section 6.1.4: the most superior statement first.
    policy = resolve_policy(below[:0:-1])
    return TrustChain(
        anchor=anchor.entity_id,
        subject=below[0].subject,
        tokens=tuple(tokens),
        expires_at=min(statement.expires_at for statement in statements),
        metadata=_resolved(below, policy),
        set_by_superiors=_set_by_superiors(below[1], policy),
    )


def _below_anchor(
    statements: Sequence[EntityStatement], anchor: AnchorKeys
) -> Sequence[EntityStatement]:
    """The chain without the anchor's Entity Configuration; the rest has to end at the anchor."""
    last = statements[-1]
    if last.issuer != anchor.entity_id:
        raise CheckFailed(
            "anchor_unknown",
            f"the chain ends at {last.issuer}, and not at the anchor {anchor.entity_id}",
            field=last.place,
        )
    below = statements[:-1] if last.is_configuration else statements
    if len(below) < 2:
        raise CheckFailed("chain_broken", "the anchor says nothing of anybody in this chain")
    return below


def _check_links(below: Sequence[EntityStatement]) -> None:
    """Who speaks of whom (sections 4 and 10.2), and nobody twice (section 10.1)."""
    leaf, *superiors = below
    if not leaf.is_configuration:
        raise CheckFailed(
            "chain_broken", "a chain begins with what its subject says of itself", field=leaf.place
        )
    for statement, following in pairwise(below):
        said_by = statement.subject if statement is leaf else statement.issuer
        if following.is_configuration or following.subject != said_by:
            raise CheckFailed(
                "chain_broken",
                f"a statement about {said_by} by its superior has to follow",
                field=following.place,
            )
    named = [leaf.subject, *(statement.issuer for statement in superiors)]
    if len(set(named)) != len(named):
        raise CheckFailed("chain_loop", "an entity stands above itself")
    if superiors[0].issuer not in leaf.authority_hints:
        raise CheckFailed(
            "superior_not_named",
            f"{leaf.subject} does not name {superiors[0].issuer} among its authority_hints",
            field=leaf.place,
        )


def _check_signatures(
    statements: Sequence[EntityStatement], below: Sequence[EntityStatement], anchor: AnchorKeys
) -> None:
    """Each with a key that the next one lists; what the anchor says with a configured key too.

    Whoever speaks of himself uses a key of his own list. The anchor's keys are those that were
    configured, whatever its own statement lists besides.
    """
    for statement, following in pairwise(statements):
        check_signature(statement, following.keys, f"the keys listed by {following.issuer}")
    for statement in statements:
        if statement.is_configuration:
            check_signature(statement, statement.keys, f"the keys that {statement.subject} lists")
    for statement in statements[len(below) - 1 :]:
        check_signature(statement, anchor.keys, f"the configured keys of {anchor.entity_id}")


def _resolved(below: Sequence[EntityStatement], policy: Policy) -> JsonObject:
    """The subject's metadata: a superior's own first, then kinds, then policy (6.1.4.2, 6.2.3)."""
    leaf, *superiors = below
    stated = superiors[0].member("metadata")
    metadata = {
        kind: {**parameters, **stated.get(kind, {})}
        for kind, parameters in leaf.member("metadata").items()
    }
    resolved = apply_policy(policy, keep_allowed_types(metadata, superiors))
    if ISSUER_TYPE not in resolved:
        raise CheckFailed(
            "not_an_issuer",
            f"{leaf.subject} is no issuer of credentials ({ISSUER_TYPE}) in this federation",
        )
    _check_issuer_ids(resolved[ISSUER_TYPE].get(ISSUER_IDS, []))
    return resolved


def _check_issuer_ids(named: Any) -> None:
    if not isinstance(named, list) or len(named) > _MAX_ISSUER_IDS:
        raise CheckFailed("wrong_type", f"issuer_ids is a list of up to {_MAX_ISSUER_IDS}")
    for each in named:
        plain = isinstance(each, str) and each.isascii() and each.isprintable()
        if not plain or " " in each or not each.startswith(("did:", "https://")):
            raise CheckFailed("bad_value", "issuer_ids holds DIDs and https IRIs")
        if len(each) > _MAX_ISSUER_ID:
            raise CheckFailed("bad_value", f"an issuer id has at most {_MAX_ISSUER_ID} letters")


def _set_by_superiors(statement: EntityStatement, policy: Policy) -> frozenset[str]:
    """What superiors themselves say of `ISSUER_IDS`: as metadata, or in a policy that names values.

    A value that remains in the resolved metadata and stands here was chosen by a superior, or by
    the entity out of what a superior allows.
    """
    operators = policy.get(ISSUER_TYPE, {}).get(ISSUER_IDS, {})
    sources = [
        statement.member("metadata").get(ISSUER_TYPE, {}).get(ISSUER_IDS),
        *(operators.get(name) for name in ("value", "add", "default", "subset_of")),
    ]
    lists = [source for source in sources if isinstance(source, list)]
    return frozenset(each for found in lists for each in found if isinstance(each, str))


def _did_web_at(entity_id: str) -> list[str]:
    """The did:web whose document stands where the entity's own configuration stands, if any."""
    address = entity_id.removesuffix("/")
    path = address.removeprefix("https://").split("/")[1:]
    did = did_web_of(address, *path)
    try:
        (url,) = did_web_urls(did)
    except CheckFailed:  # a path that no did:web can have
        return []
    below = "" if path else "/.well-known"
    return [did] if url == f"{address}{below}/did.json" else []

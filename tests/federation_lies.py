"""Trust chains of a college: one lie after the other, and what must be believed beside them."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

from cryptography.hazmat.primitives.asymmetric import rsa

from app.encoding.multibase import decode_base64url, encode_base64url
from app.registry.trust_chains import ISSUER_IDS, ISSUER_TYPE
from tests.conftest import NOW
from tests.federation import (
    ANCHOR,
    COLLEGE,
    COLLEGE_DID,
    NETWORK,
    FederationKey,
    a_federation,
    changed,
    ed25519_key,
    key_set,
    p256_key,
    segment,
    sign,
    superior,
)

F = a_federation()
STRANGER = ed25519_key("network-1")
"""Another key under the key id of the network."""
RSA = FederationKey(rsa.generate_private_key(65537, 2048), "college-1", "RS256")


def at(**since_now: float) -> int:
    """A NumericDate."""
    return int((NOW + timedelta(**since_now)).timestamp())


def re_headed(token: str, **header: Any) -> str:
    """The statement with another header, and the signature that it had."""
    head, payload, signature = token.split(".")
    members = json.loads(decode_base64url(head)) | header
    return f"{segment(members)}.{payload}.{signature}"


def swapped(chain: list[str], number: int, token: str) -> list[str]:
    return [*chain[:number], token, *chain[number + 1 :]]


def leaf(
    header: dict[str, Any] | None = None, key: FederationKey | None = None, **claims: Any
) -> list[str]:
    """The chain with the college's own statement changed, and signed by it."""
    statement = changed(F.college.configuration(), claims)
    return swapped(F.chain(), 0, sign(statement, key or F.college.key, header))


def by_network(**claims: Any) -> list[str]:
    return F.chain(by_network=claims)


def by_anchor(**claims: Any) -> list[str]:
    return F.chain(by_anchor=claims)


def last(**claims: Any) -> list[str]:
    return F.chain(last=claims)


def policy(*operators: dict[str, Any], value: Any = None) -> list[str]:
    """Policies of the anchor and of the network for one parameter of the college, and its value."""
    given: list[dict[str, Any] | None] = [
        {"metadata_policy": {ISSUER_TYPE: {"x": each}}} for each in operators
    ]
    first, second = (*given, None)[:2]
    metadata = {ISSUER_TYPE: {} if value is None else {"x": value}}
    return F.chain(by_anchor=first, by_network=second, leaf={"metadata": metadata})


def looped() -> list[str]:
    """The network stands above a body that stands above the network."""
    body = superior("https://body.example", p256_key("body-1"), NETWORK)
    network = F.network
    return [
        sign(F.college.configuration(), F.college.key),
        sign(network.about(F.college), network.key),
        sign(body.about(network), body.key),
        sign(network.about(body), network.key),
        sign(F.anchor.about(network), F.anchor.key),
    ]


def too_long() -> list[str]:
    chain = F.chain()
    return [*chain[:2], *chain[1:2] * 6, *chain[2:]]


def impostor_anchor() -> list[str]:
    """All in order below somebody who calls himself the anchor."""
    impostor = replace(F.anchor, key=p256_key("anchor-1"))
    return replace(F, anchor=impostor).chain()


def other_anchor() -> list[str]:
    """A federation in order, below another anchor."""
    other = superior("https://other.example", F.anchor.key)
    return replace(F, anchor=other, network=replace(F.network, superiors=(other.id,))).chain()


def unpinned_key_of_anchor() -> list[str]:
    """The anchor lists a second key, which nobody configured, and speaks with it."""
    second = p256_key("anchor-2")
    chain = last(jwks=key_set(F.anchor.key, second))
    return swapped(chain, 2, sign(F.anchor.about(F.network), second))


def retired_key_of_anchor() -> list[str]:
    """The anchor no longer lists the key that it spoke with, and that is still configured."""
    new = p256_key("anchor-2")
    chain = F.chain()
    return swapped(chain, 3, sign(changed(F.anchor.configuration(), {"jwks": key_set(new)}), new))


def embedded_key() -> list[str]:
    """Signed with a key that the header brings along."""
    key = ed25519_key("college-1")
    return leaf(key=key, header={"jwk": key.jwk})


def stolen_signature() -> list[str]:
    """What the anchor says of another entity, with the network's name written over it."""
    chain = F.chain()
    head, _, signature = chain[2].split(".")
    forged = segment({**F.anchor.about(F.network), "jwks": key_set(STRANGER)})
    return swapped(chain, 2, f"{head}.{forged}.{signature}")


def hmac_with_public_key() -> list[str]:
    """The old trick: the public key as the secret of a MAC."""
    return swapped(F.chain(), 2, re_headed(F.chain()[2], alg="HS256"))


def unsigned() -> list[str]:
    head, payload, _ = F.chain()[0].split(".")
    members = json.loads(decode_base64url(head)) | {"alg": "none"}
    return swapped(F.chain(), 0, f"{segment(members)}.{payload}.")


def alg_none() -> list[str]:
    return swapped(F.chain(), 0, re_headed(F.chain()[0], alg="none"))


def twice_in_one_object() -> list[str]:
    chain = F.chain()
    head, payload, signature = chain[0].split(".")
    text = decode_base64url(payload).decode().replace('"iss"', '"iss": "https://x.example", "iss"')
    return swapped(chain, 0, f"{head}.{encode_base64url(text.encode())}.{signature}")


LIES: dict[str, tuple[Callable[[], list[str]], str]] = {
    # Signatures and keys.
    "signed by a stranger in the superior's name": (
        lambda: swapped(F.chain(), 1, sign(F.network.about(F.college), STRANGER)),
        "proof_invalid",
    ),
    "signed by a stranger in the subject's name": (
        lambda: leaf(key=ed25519_key("college-1")),
        "proof_invalid",
    ),
    "subject's keys swapped in its own statement": (
        lambda: leaf(key=(new := ed25519_key("college-1")), jwks=key_set(new)),
        "proof_invalid",
    ),
    "subject's keys swapped by a new key id": (
        lambda: leaf(key=(new := ed25519_key("college-2")), jwks=key_set(new)),
        "key_not_listed",
    ),
    "superior's keys swapped on the way": (
        lambda: by_anchor(jwks=key_set(STRANGER)),
        "proof_invalid",
    ),
    "content swapped under a good signature": (stolen_signature, "proof_invalid"),
    "key brought along in the header": (embedded_key, "proof_invalid"),
    "impostor of the anchor": (impostor_anchor, "proof_invalid"),
    "anchor's key that nobody configured": (unpinned_key_of_anchor, "key_not_listed"),
    "anchor's key that the anchor has retired": (retired_key_of_anchor, "key_not_listed"),
    "key of another kind than the algorithm": (
        lambda: swapped(F.chain(), 0, re_headed(F.chain()[0], alg="ES256")),
        "key_type_mismatch",
    ),
    "private key published": (
        lambda: by_network(jwks={"keys": [{**F.college.key.jwk, "d": "AAAA"}]}),
        "bad_key",
    ),
    "key that is meant for encryption": (
        lambda: by_network(jwks={"keys": [{**F.college.key.jwk, "use": "enc"}]}),
        "bad_key",
    ),
    "two keys with one key id": (
        lambda: by_network(jwks=key_set(F.college.key, ed25519_key("college-1"))),
        "bad_key",
    ),
    "key without a key id": (
        lambda: by_network(jwks={"keys": [{"kty": "OKP"}]}),
        "bad_key",
    ),
    "no keys": (lambda: by_network(jwks={"keys": []}), "wrong_type"),
    # Headers and form.
    "alg none": (alg_none, "algorithm_not_allowed"),
    "no signature": (unsigned, "bad_jwt"),
    "MAC instead of a signature": (hmac_with_public_key, "algorithm_not_allowed"),
    "typ of an ordinary JWT": (lambda: leaf(header={"typ": "JWT"}), "header_not_allowed"),
    "no typ": (lambda: leaf(header={"typ": None}), "header_not_allowed"),
    "no key id": (lambda: leaf(header={"kid": None}), "header_not_allowed"),
    "critical header": (lambda: leaf(header={"crit": ["b64"]}), "header_not_allowed"),
    "claims that stand twice": (twice_in_one_object, "duplicate_key"),
    "not a token": (lambda: swapped(F.chain(), 1, "a.b"), "bad_jwt"),
    "not base64url": (lambda: swapped(F.chain(), 1, "ä.b.c"), "bad_jwt"),
    "a statement of great length": (lambda: leaf(x="y" * 40_000), "too_large"),
    # Times.
    "subject's statement expired": (lambda: leaf(exp=at(seconds=0)), "statement_expired"),
    "intermediate expired": (lambda: by_anchor(exp=at(seconds=-1)), "statement_expired"),
    "anchor's own statement expired": (lambda: last(exp=at(days=-1)), "statement_expired"),
    "dated in the future": (lambda: by_network(iat=at(minutes=6)), "statement_in_future"),
    "no end": (lambda: by_network(exp=None), "missing_member"),
    "no beginning": (lambda: by_network(iat=None), "missing_member"),
    "end written as a text": (lambda: by_network(exp="2030-01-01T00:00:00Z"), "bad_number"),
    "end that is true": (lambda: by_network(exp=True), "bad_number"),
    # Who speaks of whom.
    "statement about somebody else": (
        lambda: by_network(sub="https://other.example"),
        "chain_broken",
    ),
    "statement about the neighbour's path": (lambda: by_network(sub=f"{COLLEGE}2"), "chain_broken"),
    "superior's statement by somebody else": (
        lambda: by_network(iss="https://other.example"),
        "chain_broken",
    ),
    "begins with a superior's statement": (lambda: F.chain()[1:], "chain_broken"),
    "a link is left out": (
        lambda: [F.chain()[0], *F.chain()[2:]],
        "chain_broken",
    ),
    "links in the wrong order": (
        lambda: [F.chain()[0], F.chain()[2], F.chain()[1], F.chain()[3]],
        "chain_broken",
    ),
    "subject's statement twice": (lambda: [F.chain()[0], *F.chain()], "chain_broken"),
    "anchor speaks of itself alone": (lambda: [F.chain()[3]] * 2, "chain_broken"),
    "only the subject": (lambda: F.chain()[:1], "chain_length"),
    "more statements than a chain has": (too_long, "chain_length"),
    "circle of superiors": (looped, "chain_loop"),
    "superior that the subject does not name": (
        lambda: leaf(authority_hints=[ANCHOR]),
        "superior_not_named",
    ),
    "subject names no superior at all": (lambda: leaf(authority_hints=None), "superior_not_named"),
    "empty list of superiors": (lambda: leaf(authority_hints=[]), "wrong_type"),
    "chain ends before the anchor": (lambda: F.chain()[:2], "anchor_unknown"),
    "anchor that nobody configured": (other_anchor, "anchor_unknown"),
    "identifier without https": (lambda: leaf(iss="http://x.example"), "bad_value"),
    "identifier with a query": (lambda: leaf(iss=f"{COLLEGE}?x"), "bad_value"),
    "identifier that is an address": (lambda: leaf(iss="https://127.0.0.1/x"), "bad_value"),
    "identifier that is a number": (lambda: leaf(iss=7), "wrong_type"),
    # Claims in the wrong place, and demands that cannot be met.
    "subject gives itself a policy": (lambda: leaf(metadata_policy={}), "claim_misplaced"),
    "subject gives itself constraints": (lambda: leaf(constraints={}), "claim_misplaced"),
    "superior's hints about the subject": (
        lambda: by_network(authority_hints=[ANCHOR]),
        "claim_misplaced",
    ),
    "trust marks from a superior": (lambda: by_network(trust_marks=[]), "claim_misplaced"),
    "answer to a registration": (lambda: leaf(trust_anchor=ANCHOR), "claim_misplaced"),
    "critical claim": (lambda: by_anchor(crit=["quota"], quota=7), "claim_not_understood"),
    "critical claim of the standard itself": (
        lambda: by_anchor(crit=["exp"]),
        "claim_not_understood",
    ),
    "critical policy operator": (
        lambda: by_anchor(metadata_policy_crit=["regexp"]),
        "claim_not_understood",
    ),
    "metadata that is null": (
        lambda: leaf(metadata={ISSUER_TYPE: {"display": None}}),
        "wrong_type",
    ),
    "metadata that is a list": (lambda: leaf(metadata={ISSUER_TYPE: []}), "wrong_type"),
    # Constraints.
    "more intermediates than the anchor allows": (
        lambda: by_anchor(constraints={"max_path_length": 0}),
        "path_too_long",
    ),
    "length of a path below zero": (
        lambda: by_network(constraints={"max_path_length": -1}),
        "wrong_type",
    ),
    "length of a path that is true": (
        lambda: by_network(constraints={"max_path_length": True}),
        "wrong_type",
    ),
    "host that is not permitted": (
        lambda: by_network(constraints={"naming_constraints": {"permitted": ["college.example"]}}),
        "name_not_permitted",
    ),
    "host that only looks permitted": (
        lambda: by_network(
            constraints={"naming_constraints": {"permitted": [".ges.college.example"]}}
        ),
        "name_not_permitted",
    ),
    "host that the anchor excludes two levels up": (
        lambda: by_anchor(
            constraints={
                "naming_constraints": {
                    "permitted": [".example", "x"],
                    "excluded": [".college.example"],
                }
            }
        ),
        "name_not_permitted",
    ),
    "intermediate whose name is not permitted": (
        lambda: by_anchor(constraints={"naming_constraints": {"permitted": [".college.example"]}}),
        "name_not_permitted",
    ),
    "nothing is permitted": (
        lambda: by_network(constraints={"naming_constraints": {"permitted": []}}),
        "name_not_permitted",
    ),
    "names that are no list": (
        lambda: by_network(constraints={"naming_constraints": {"excluded": "x.example"}}),
        "wrong_type",
    ),
    "constraint on names that is no object": (
        lambda: by_network(constraints={"naming_constraints": ["x.example"]}),
        "wrong_type",
    ),
    "kind of entity that the anchor does not allow": (
        lambda: by_anchor(constraints={"allowed_entity_types": ["openid_provider"]}),
        "not_an_issuer",
    ),
    "no kind of entity is allowed": (
        lambda: by_network(constraints={"allowed_entity_types": []}),
        "not_an_issuer",
    ),
    "kinds that name what is always allowed": (
        lambda: by_network(constraints={"allowed_entity_types": ["federation_entity"]}),
        "wrong_type",
    ),
    "subject that issues nothing": (
        lambda: leaf(metadata={"openid_provider": {}}),
        "not_an_issuer",
    ),
    "superior makes an issuer of one that is none": (
        lambda: F.chain(
            leaf={"metadata": {}}, by_network={"metadata": {ISSUER_TYPE: {"display": "X"}}}
        ),
        "not_an_issuer",
    ),
    # Policies, as a chain meets them; `test_metadata_policy.py` has their rules one by one.
    "policies that set two values": (
        lambda: policy({"value": "a"}, {"value": "b"}),
        "metadata_policy_invalid",
    ),
    "policies that leave no choice": (
        lambda: policy({"one_of": ["a"]}, {"one_of": ["b"]}),
        "metadata_policy_invalid",
    ),
    "operators that exclude each other across the chain": (
        lambda: policy({"add": ["a"]}, {"one_of": ["a"]}),
        "metadata_policy_invalid",
    ),
    "value that a superior does not allow": (
        lambda: policy({"one_of": ["a", "b"]}, value="c"),
        "metadata_policy_broken",
    ),
    "parameter that a superior demands": (
        lambda: policy({"essential": True}),
        "metadata_policy_broken",
    ),
    "part that a superior demands": (
        lambda: policy({"superset_of": ["a", "b"]}, value=["a"]),
        "metadata_policy_broken",
    ),
    "policy that is no object": (
        lambda: by_anchor(metadata_policy={ISSUER_TYPE: 7}),
        "metadata_policy_invalid",
    ),
    # Identifiers of issuers.
    "issuer ids that are no list": (
        lambda: leaf(metadata={ISSUER_TYPE: {ISSUER_IDS: COLLEGE_DID}}),
        "wrong_type",
    ),
    "issuer id that is a phrase": (
        lambda: leaf(metadata={ISSUER_TYPE: {ISSUER_IDS: ["did:web:a b"]}}),
        "bad_value",
    ),
    "issuer id that never ends": (
        lambda: leaf(metadata={ISSUER_TYPE: {ISSUER_IDS: ["did:web:" + "a" * 600]}}),
        "bad_value",
    ),
}


TRUTHS: dict[str, Callable[[], list[str]]] = {
    "as it is": F.chain,
    "without the anchor's own statement": lambda: F.chain()[:-1],
    "RSA": lambda: replace(F, college=replace(F.college, key=RSA)).chain(),
    "clock a little ahead": lambda: by_network(iat=at(minutes=4)),
    "last second": lambda: by_network(exp=at(seconds=1)),
    "unknown claims and headers": lambda: leaf(header={"x5c": ["AAAA"]}, jti="7"),
    "keys of unknown kinds beside": lambda: by_network(
        jwks={"keys": [{"kty": "AKP", "kid": "pq"}, F.college.key.jwk]}
    ),
    "several superiors named": lambda: leaf(authority_hints=["https://x.example", NETWORK]),
    "as many intermediates as allowed": lambda: by_anchor(constraints={"max_path_length": 1}),
    "no intermediates below the network": lambda: by_network(constraints={"max_path_length": 0}),
    "permitted host": lambda: by_network(
        constraints={"naming_constraints": {"permitted": ["BADGES.college.example"]}}
    ),
    "permitted domain": lambda: by_anchor(
        constraints={
            "naming_constraints": {
                "permitted": [".college.example", "network.example"],
                "excluded": ["college.example", ".badges.college.example"],
            }
        }
    ),
    "allowed kind": lambda: by_anchor(constraints={"allowed_entity_types": [ISSUER_TYPE]}),
    "unknown constraints": lambda: by_anchor(constraints={"moon_phase": "full"}),
    "unknown operators": lambda: policy({"regexp": "^a$"}, value="b"),
    "value within what is allowed": lambda: policy(
        {"one_of": ["a", "b"]}, {"one_of": ["b"]}, value="b"
    ),
    "policy for kinds that the subject has not": lambda: by_anchor(
        metadata_policy={"openid_provider": {"x": {"essential": True}}}
    ),
    "trust marks, which are not looked at": lambda: leaf(trust_marks=[]),
}

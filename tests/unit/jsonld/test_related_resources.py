"""Pins by digest: what is held here must match, and a matching context may stand anywhere."""

import hashlib
from collections.abc import Mapping
from typing import Any

import pytest

from app.encoding.multibase import encode_base58btc, encode_base64url
from app.errors import CheckFailed
from app.jsonld.contexts import ContextBundle, digest_sri, load_contexts
from app.jsonld.related_resources import with_pinned_contexts
from app.jsonld.safe_mode import canonicalize
from app.proofs.checked import read_unsecured
from app.proofs.profiles import OPEN_BADGE, VC
from app.settings import PROJECT

V2 = "https://www.w3.org/ns/credentials/v2"
EXAMPLES = "https://www.w3.org/ns/credentials/examples/v2"
ELSEWHERE = "https://college.example/contexts/examples.json"


@pytest.fixture(scope="module")
def contexts() -> ContextBundle:
    return load_contexts(PROJECT / "contexts")


def a_document(*resources: Any, context: str = ELSEWHERE) -> dict[str, Any]:
    return {
        "@context": [V2, context],
        "type": ["VerifiableCredential"],
        "issuer": "did:example:issuer",
        "credentialSubject": {"id": "did:example:learner", "alumniOf": "a college"},
        "relatedResource": list(resources),
    }


def content_of(contexts: ContextBundle, url: str) -> bytes:
    return contexts.files[url].read_bytes()


@pytest.mark.parametrize("algorithm", ["sha256", "sha384", "sha512"])
def test_context_elsewhere_is_read_when_it_is_pinned_to_one_of_ours(
    contexts: ContextBundle, algorithm: str
) -> None:
    pin = {"id": ELSEWHERE, "digestSRI": digest_sri(content_of(contexts, EXAMPLES), algorithm)}
    unsecured = read_unsecured(a_document(pin), VC, contexts)

    own = a_document(pin, context=EXAMPLES)
    assert unsecured.canonical == canonicalize(own, contexts)
    assert b"https://www.w3.org/ns/credentials/examples#alumniOf" in unsecured.canonical


@pytest.mark.parametrize(
    "pin",
    [
        None,
        {"id": ELSEWHERE},
        {"id": ELSEWHERE, "digestSRI": "sha384-AAAA"},
        {"id": ELSEWHERE, "digestSRI": 5},
        {"id": "https://other.example/", "digestSRI": "sha384-AAAA"},
        {"digestSRI": "sha384-AAAA"},
        "https://college.example/contexts/examples.json",
    ],
)
def test_context_elsewhere_is_refused_without_such_a_pin(
    contexts: ContextBundle, pin: object
) -> None:
    document = a_document() if pin is None else a_document(pin)
    with pytest.raises(CheckFailed) as refused:
        read_unsecured(document, VC, contexts)
    assert refused.value.code == "unknown_context"


def test_pin_of_one_document_says_nothing_to_the_next(contexts: ContextBundle) -> None:
    pin = {"id": ELSEWHERE, "digestSRI": digest_sri(content_of(contexts, EXAMPLES))}
    read_unsecured(a_document(pin), VC, contexts)
    with pytest.raises(CheckFailed) as refused:
        read_unsecured(a_document(), VC, contexts)
    assert refused.value.code == "unknown_context"
    assert ELSEWHERE not in contexts


def test_same_address_may_stand_for_different_contexts_in_different_documents(
    contexts: ContextBundle,
) -> None:
    multikey = "https://w3id.org/security/multikey/v1"
    one = {"id": ELSEWHERE, "digestSRI": digest_sri(content_of(contexts, EXAMPLES))}
    other = {"id": ELSEWHERE, "digestSRI": digest_sri(content_of(contexts, multikey))}
    read_unsecured(a_document(one), VC, contexts)
    with pytest.raises(CheckFailed) as refused:
        read_unsecured(a_document(other), VC, contexts)
    assert (refused.value.code, refused.value.field) == ("data_loss", "/credentialSubject/alumniOf")


def test_pinning_does_not_let_a_context_in_that_the_profile_refuses(
    contexts: ContextBundle,
) -> None:
    """@vocab would give every invented word a meaning; Open Badges are read without it."""
    pin = {"id": ELSEWHERE, "digestSRI": digest_sri(content_of(contexts, EXAMPLES))}
    document = a_document(pin)
    document["@context"].insert(1, "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json")
    with pytest.raises(CheckFailed) as refused:
        read_unsecured(document, OPEN_BADGE, contexts)
    assert refused.value.code == "context_not_allowed"


def test_pinned_address_cannot_take_the_place_of_the_leading_context(
    contexts: ContextBundle,
) -> None:
    pin = {"id": ELSEWHERE, "digestSRI": digest_sri(content_of(contexts, V2))}
    document = {**a_document(pin), "@context": [ELSEWHERE]}
    with pytest.raises(CheckFailed) as refused:
        read_unsecured(document, VC, contexts)
    assert refused.value.code == "context_not_allowed"


def right_digests(content: bytes) -> list[Mapping[str, str]]:
    sha256 = hashlib.sha256(content).digest()
    sha384 = hashlib.sha384(content).digest()
    return [
        {"digestSRI": digest_sri(content)},
        {"digestMultibase": "z" + encode_base58btc(b"\x12\x20" + sha256)},
        {"digestMultibase": "u" + encode_base64url(b"\x20\x30" + sha384)},
        {"digestMultibase": "u" + encode_base64url(sha256)},
    ]


def test_resource_that_is_held_here_must_be_the_pinned_one(contexts: ContextBundle) -> None:
    content = content_of(contexts, V2)
    for right in right_digests(content):
        assert with_pinned_contexts(a_document({"id": V2, **right}), contexts) is contexts
    wrong = [
        *right_digests(content + b"\n"),
        {"digestMultibase": "not multibase"},
        {"digestSRI": "sha512-short"},
    ]
    for digest in wrong:
        with pytest.raises(CheckFailed) as refused:
            with_pinned_contexts(a_document({"id": V2, **digest}), contexts)
        assert refused.value.code == "related_resource_mismatch"


def test_single_resource_need_not_stand_in_a_list(contexts: ContextBundle) -> None:
    document = {**a_document(), "relatedResource": {"id": V2, "digestSRI": "sha256-wrong"}}
    with pytest.raises(CheckFailed) as refused:
        with_pinned_contexts(document, contexts)
    assert refused.value.code == "related_resource_mismatch"

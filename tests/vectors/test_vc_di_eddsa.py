"""The vectors of Data Integrity EdDSA Cryptosuites 1.0: every intermediate value, every signature.

Their issuers are addresses on vc.example, but their keys are did:keys: for us the proof is right
and the issuer is not bound to it (docs/divergences.md).
"""

import copy
import hashlib
import json
import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ed25519

from app.encoding.jcs import canonicalize_json
from app.encoding.multibase import decode_base58btc, encode_base58btc
from app.jsonld.contexts import ContextBundle
from app.jsonld.safe_mode import canonicalize
from app.keys.file_store import FileSigner
from app.keys.public_key import PublicKey
from app.proofs.checked import check_document, read_unsecured
from app.proofs.data_integrity import add_proof, read_proof
from app.proofs.profiles import VC
from app.verification.result import Verdict
from app.verification.verify import verify_credential
from tests.vectors.published import document, needs_vectors, text
from tests.world import CONTEXTS, a_world, outcomes

pytestmark = needs_vectors

_CITIZENSHIP = "https://w3id.org/citizenship/v4rc1"
_CITIZENSHIP_FILE = (
    Path(__file__).parents[1]
    / "node/node_modules/@digitalbazaar/citizenship-context/contexts/v4rc1.jsonld"
)

RDFC = ("eddsa-rdfc-2022", "{}DataInt")
EMPLOY = ("eddsa-rdfc-2022/employ", "{}DataInt")
JCS = ("eddsa-jcs-2022", "{}JCS")
ALL = [RDFC, EMPLOY, JCS]


def _contexts(secured: dict[str, Any]) -> ContextBundle:
    """Our contexts; with the citizenship context of npm for the vectors that use it."""
    if _CITIZENSHIP not in secured["@context"]:
        return CONTEXTS
    if not _CITIZENSHIP_FILE.is_file():
        reason = "the citizenship context is in an npm package that is not installed"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    context = json.loads(_CITIZENSHIP_FILE.read_bytes())
    return replace(CONTEXTS, documents={**CONTEXTS.documents, _CITIZENSHIP: context}, resolved={})


def _file(vector: tuple[str, str], name: str, suffix: str = "txt") -> str:
    return text("vc-di-eddsa", vector[0], f"{vector[1].format(name)}.{suffix}")


def _signed(vector: tuple[str, str]) -> dict[str, Any]:
    signed: dict[str, Any] = json.loads(_file(vector, "signed", "json"))
    return signed


def _private_key(name: str = "keyPair.json", pair: str | None = None) -> ed25519.Ed25519PrivateKey:
    pairs = document("vc-di-eddsa", name)
    multikey = (pairs[pair] if pair else pairs)["privateKeyMultibase"]
    return ed25519.Ed25519PrivateKey.from_private_bytes(decode_base58btc(multikey[1:])[2:])


@pytest.mark.parametrize("vector", ALL, ids=lambda vector: vector[0])
def test_every_intermediate_value_is_as_published(vector: tuple[str, str]) -> None:
    signed = _signed(vector)
    contexts = _contexts(signed)
    unsecured = read_unsecured(signed, VC, contexts)
    configuration = json.loads(_file(vector, "proofConfig", "json"))
    proof = read_proof(signed["proof"], signed["@context"])

    if vector is JCS:
        canonical_document = canonicalize_json(unsecured.document)
        canonical_proof = canonicalize_json(configuration)
    else:
        canonical_document = unsecured.canonical
        canonical_proof = canonicalize(configuration, contexts)
    members = {name: member for name, member in signed["proof"].items() if name != "proofValue"}
    combined = proof.cryptosuite.hash_data(unsecured, members)

    assert canonical_document.decode() == _file(vector, "canonDoc")
    assert canonical_proof.decode() == _file(vector, "proofCanon")
    assert hashlib.sha256(canonical_document).hexdigest() == _file(vector, "docHash")
    assert hashlib.sha256(canonical_proof).hexdigest() == _file(vector, "proofHash")
    assert combined.hex() == _file(vector, "combinedHash")


@pytest.mark.parametrize("vector", ALL, ids=lambda vector: vector[0])
def test_the_published_key_makes_the_published_signature(vector: tuple[str, str]) -> None:
    signed = _signed(vector)
    contexts = _contexts(signed)
    method = signed["proof"]["verificationMethod"]
    unsecured = {name: member for name, member in signed.items() if name != "proof"}
    created = read_proof(signed["proof"], signed["@context"]).created
    assert created is not None
    signer = FileSigner(_private_key(), method)

    ours = add_proof(
        check_document(unsecured, profile=VC, contexts=contexts),
        signer,
        cryptosuite=signed["proof"]["cryptosuite"],
        created=created,
    )

    assert ours == signed
    signature = decode_base58btc(signed["proof"]["proofValue"][1:])
    assert signature.hex() == _file(vector, "sigHex")
    assert "z" + encode_base58btc(signature) == _file(vector, "sigBTC58").strip()


@pytest.mark.parametrize("vector", ALL, ids=lambda vector: vector[0])
def test_the_proof_is_right_and_the_issuer_is_somebody_else(vector: tuple[str, str]) -> None:
    signed = _signed(vector)

    result = verify_credential(signed, profile=VC, world=a_world(contexts=_contexts(signed)))

    assert result.verdict is Verdict.NOT_VALID
    assert outcomes(result) == {
        "parse": "passed",
        "contexts": "passed",
        "proof": "passed",
        "issuer_binding": "issuer_mismatch",
        "conformance": "passed",
        "validity_period": "earlier_check_failed",
        "status": "earlier_check_failed",
    }


@pytest.mark.parametrize("vector", ALL, ids=lambda vector: vector[0])
def test_the_same_document_in_its_signers_name_is_verified(vector: tuple[str, str]) -> None:
    signed = _signed(vector)
    contexts = _contexts(signed)
    method = signed["proof"]["verificationMethod"]
    unsecured = {name: member for name, member in signed.items() if name != "proof"}
    checked = check_document(
        {**unsecured, "issuer": method.partition("#")[0]}, profile=VC, contexts=contexts
    )
    created = read_proof(signed["proof"], signed["@context"]).created
    assert created is not None

    ours = add_proof(
        checked,
        FileSigner(_private_key(), method),
        cryptosuite=signed["proof"]["cryptosuite"],
        created=created,
    )
    result = verify_credential(ours, profile=VC, world=a_world(contexts=contexts))

    assert result.verdict is Verdict.VERIFIED


def _changes(signed: dict[str, Any]) -> list[dict[str, Any]]:
    """The signed document with one thing changed, several times over."""
    changed = []
    for path, value in [
        (("credentialSubject", "id"), "did:example:somebody"),
        (("proof", "created"), "2023-02-24T23:36:39Z"),
        (("proof", "proofValue"), "z" + "2" * 88),
        (("type",), ["VerifiableCredential"]),
    ]:
        copied = copy.deepcopy(signed)
        inner = copied
        for name in path[:-1]:
            inner = inner[name]
        inner[path[-1]] = value
        changed.append(copied)
    return changed


@pytest.mark.parametrize("vector", ALL, ids=lambda vector: vector[0])
def test_a_changed_vector_is_not_valid(vector: tuple[str, str]) -> None:
    signed = _signed(vector)
    world = a_world(contexts=_contexts(signed))

    for changed in _changes(signed):
        assert outcomes(verify_credential(changed, profile=VC, world=world))["proof"] == (
            "proof_invalid"
        )


def test_the_published_keys_belong_together() -> None:
    public = document("vc-di-eddsa", "keyPair.json")["publicKeyMultibase"]

    assert PublicKey("Ed25519", _private_key().public_key()).to_multikey() == public


# --- proof sets and chains ----------------------------------------------------------------------

SETS = ["signedProofSet1", "signedProofSet2", "signedProofChain1", "signedProofChain2"]


@pytest.mark.parametrize("name", SETS)
def test_every_proof_of_a_set_or_chain_is_right(name: str) -> None:
    signed = document("vc-di-eddsa", "proof-set-chain", f"{name}.json")

    found = outcomes(verify_credential(signed, profile=VC, world=a_world()))

    assert (found["proof"], found["issuer_binding"]) == ("passed", "issuer_mismatch")


@pytest.mark.parametrize("name", SETS)
def test_no_proof_of_a_set_or_chain_can_be_exchanged(name: str) -> None:
    signed = document("vc-di-eddsa", "proof-set-chain", f"{name}.json")
    proofs = signed["proof"] if isinstance(signed["proof"], list) else [signed["proof"]]

    for n, proof in enumerate(proofs):
        for other in (PUBLISHED_ELSEWHERE, proofs[n - 1]["proofValue"]):
            if other == proof["proofValue"]:
                continue
            forged = {
                **signed,
                "proof": [*proofs[:n], {**proof, "proofValue": other}, *proofs[n + 1 :]],
            }
            result = verify_credential(forged, profile=VC, world=a_world())
            assert outcomes(result)["proof"] == "proof_invalid"


PUBLISHED_ELSEWHERE = (
    "z2YwC8z3ap7yx1nZYCg4L3j3ApHsF8kgPdSb5xoS1VR7vPG3F561B52hYnQF9iseabecm3ijx4K1FBTQsCZahKZme"
)


def test_a_chain_without_its_first_link_is_broken() -> None:
    signed = document("vc-di-eddsa", "proof-set-chain", "signedProofChain2.json")
    for n in range(3):
        proofs = [proof for m, proof in enumerate(signed["proof"]) if m != n]
        result = verify_credential({**signed, "proof": proofs}, profile=VC, world=a_world())

        assert outcomes(result)["proof"] == "proof_chain_broken"


# --- the suite that is not known here -----------------------------------------------------------


def test_the_older_suite_is_not_checked() -> None:
    signed = document("vc-di-eddsa", "Ed25519Signature2020", "signedEdSig.json")

    result = verify_credential(signed, profile=VC, world=a_world())

    assert result.verdict is Verdict.NOT_CHECKED
    assert outcomes(result)["proof"] == "unknown_proof_type"


@pytest.mark.parametrize(
    "path",
    [
        ("ecdsa-rdfc-2019-p256", "signedECDSAP256.json"),
        ("ecdsa-rdfc-2019-p384", "signedECDSAP384.json"),
        ("ecdsa-jcs-2019-p256", "signedJCSECDSAP256.json"),
        ("ecdsa-jcs-2019-p384", "signedJCSECDSAP384.json"),
    ],
)
def test_ecdsa_suites_are_not_checked(path: tuple[str, str]) -> None:
    result = verify_credential(document("vc-di-ecdsa", *path), profile=VC, world=a_world())

    assert result.verdict is Verdict.NOT_CHECKED
    assert outcomes(result)["proof"] == "unknown_cryptosuite"


@pytest.mark.parametrize(
    ("folder", "name", "algorithm"),
    [
        ("ecdsa-rdfc-2019-p256", "ECDSAP256", "sha256"),
        ("ecdsa-rdfc-2019-p384", "ECDSAP384", "sha384"),
    ],
)
def test_their_documents_are_canonicalised_as_published(
    folder: str, name: str, algorithm: str
) -> None:
    signed = document("vc-di-ecdsa", folder, f"signed{name}.json")
    unsecured = {member: value for member, value in signed.items() if member != "proof"}

    canonical = canonicalize(unsecured, CONTEXTS, algorithm=algorithm)

    assert canonical.decode() == text("vc-di-ecdsa", folder, f"canonDoc{name}.txt")

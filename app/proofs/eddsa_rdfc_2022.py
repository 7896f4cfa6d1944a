"""Cryptosuite eddsa-rdfc-2022 (Data Integrity EdDSA Cryptosuites 1.0, section 3.2)."""

import hashlib

from app.credentials.skeleton import skeleton_of_proof
from app.encoding.remembered import Remembered, bytes_of
from app.encoding.strict_json import JsonObject
from app.jsonld.contexts import ContextBundle
from app.jsonld.safe_mode import canonicalize
from app.proofs.checked import UnsecuredDocument


def hash_data(unsecured: UnsecuredDocument, proof_configuration: JsonObject) -> bytes:
    """SHA-256 of the canonical proof configuration, then of the canonical document (3.2.4)."""
    configuration = {
        **proof_configuration,
        "@context": unsecured.document["@context"],  # 3.2.5 step 4
    }
    return _digest(configuration, unsecured.contexts) + unsecured.digest


# One key at one second signs many credentials, and what was signed is verified at once.
_DIGESTS = Remembered[bytes](max_entries=2048)


def _digest(configuration: JsonObject, contexts: ContextBundle) -> bytes:
    """The SHA-256 of the canonical configuration, which its bytes and its contexts decide."""
    content = bytes_of(configuration)
    if content is None:
        return hashlib.sha256(canonicalize(configuration, contexts)).digest()
    key = contexts.key(content)
    digest = _DIGESTS.get(key)
    if digest is None:
        parted = skeleton_of_proof(configuration)
        digest = hashlib.sha256(canonicalize(configuration, contexts, parted=parted)).digest()
        _DIGESTS.put(key, digest)
    return digest

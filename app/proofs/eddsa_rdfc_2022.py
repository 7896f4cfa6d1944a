"""Cryptosuite eddsa-rdfc-2022 (Data Integrity EdDSA Cryptosuites 1.0, section 3.2)."""

import hashlib

from app.encoding.strict_json import JsonObject
from app.jsonld.safe_mode import canonicalize
from app.proofs.checked import UnsecuredDocument


def hash_data(unsecured: UnsecuredDocument, proof_configuration: JsonObject) -> bytes:
    """SHA-256 of the canonical proof configuration, then of the canonical document (3.2.4)."""
    configuration = {
        **proof_configuration,
        "@context": unsecured.document["@context"],  # 3.2.5 step 4
    }
    canonical = canonicalize(configuration, unsecured.contexts)
    return hashlib.sha256(canonical).digest() + hashlib.sha256(unsecured.canonical).digest()

"""Cryptosuite eddsa-jcs-2022 (Data Integrity EdDSA Cryptosuites 1.0, section 3.3)."""

import hashlib

from app.encoding.jcs import canonicalize_json
from app.encoding.strict_json import JsonObject
from app.proofs.checked import UnsecuredDocument


def hash_data(unsecured: UnsecuredDocument, proof_configuration: JsonObject) -> bytes:
    """SHA-256 of the JCS proof configuration, then of the JCS document (3.3.4)."""
    return hashlib.sha256(canonicalize_json(proof_configuration)).digest() + unsecured.jcs_digest

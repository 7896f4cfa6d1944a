"""Sealing what the service itself must be able to read again: webhook secrets, mail addresses.

AES-256-GCM under a key that lives in the key store, so a copy of the database alone tells nothing.
A seal is bound to its place (a table and a row): moved to another row, it does not open.
"""

import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from app.errors import KeyStoreError
from app.keys.signer import KeyStore

_NONCE_BYTES = 12  # NIST SP 800-38D section 8.2.2


def seal(store: KeyStore, plain: bytes, *, place: str) -> bytes:
    """Some bytes, readable only with the key store and only at `place`, such as `outbox/ID`."""
    nonce = os.urandom(_NONCE_BYTES)
    return nonce + AESGCM(store.sealing_key()).encrypt(nonce, plain, place.encode())


def unseal(store: KeyStore, sealed: bytes, *, place: str) -> bytes:
    """What was sealed; raises `KeyStoreError` with another key or at another place."""
    nonce, rest = sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:]
    try:
        return AESGCM(store.sealing_key()).decrypt(nonce, rest, place.encode())
    except (InvalidTag, ValueError):  # the latter for what is too short to be a seal
        raise KeyStoreError(
            "key_store", "a sealed value does not open: the key store has another seal.pem"
        ) from None

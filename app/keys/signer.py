"""Signers behind a URI: whoever signs holds a `Signer`, never a private key.

`file:` is the store that stands; `pkcs11:` or a cloud's key service would be one more entry in the
table of `open_key_store`.
"""

from typing import Protocol

from app.errors import KeyStoreError
from app.keys.file_store import FileKeyStore
from app.keys.public_key import PublicKey


class Signer(Protocol):
    """Something that signs in the name of one verification method."""

    @property
    def verification_method(self) -> str:
        """The DID URL under which verifiers find the public key."""

    @property
    def public_key(self) -> PublicKey:
        """The public half."""

    @property
    def algorithm(self) -> str:
        """The JOSE name of the signature algorithm: EdDSA or ES256."""

    def sign(self, data: bytes) -> bytes:
        """The signature over `data`: 64 bytes, for ECDSA as r‖s."""


class KeyStore(Protocol):
    """Where private keys live; they never leave it."""

    def generate(self, key_type: str) -> tuple[str, PublicKey]:
        """Make a key of type Ed25519 or P-256; its signer URI and public half."""

    def load(self, signer_uri: str, verification_method: str) -> Signer:
        """The signer behind a URI; raises `KeyStoreError`."""

    def sealing_key(self) -> bytes:
        """The 32 bytes of `app.keys.sealing`; made when they are first asked for."""

    def check(self) -> None:
        """Raise `KeyStoreError` unless every private key is readable by its owner alone."""


_SCHEMES = {"file": FileKeyStore}


def open_key_store(uri: str, passphrase: str | None) -> KeyStore:
    """The key store that a URI names, checked; raises `KeyStoreError`.

    `file:FOLDER` holds one PKCS#8 file per key, encrypted when there is a passphrase.
    """
    scheme, _, rest = uri.partition(":")
    if scheme not in _SCHEMES or not rest:
        raise KeyStoreError("key_store", f"SIGNET_KEYS must look like file:FOLDER, not {uri!r}")
    store = _SCHEMES[scheme](rest, passphrase)
    store.check()
    return store

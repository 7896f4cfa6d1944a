"""Private keys in files: one PKCS#8 PEM per key, mode 0600, in a folder of mode 0700.

A file that others could read stops the service, because then it is no longer known who can sign.
With a passphrase the files are PBES2 with scrypt and AES-256-CBC (RFC 8018, RFC 7914), which
`openssl pkey` reads as well; OpenSSL's own default, PBKDF2 with 2048 rounds, is too cheap to guess.
"""

import contextlib
import os
import stat
import uuid
from collections.abc import Callable
from pathlib import Path
from re import compile as pattern
from typing import cast

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, utils
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from nacl.bindings import crypto_sign, crypto_sign_BYTES, crypto_sign_seed_keypair

from app.errors import KeyStoreError
from app.keys.pkcs8 import encrypted_pem
from app.keys.public_key import PublicKey

PrivateKey = ed25519.Ed25519PrivateKey | ec.EllipticCurvePrivateKey

_URI = pattern(r"file:([0-9a-f-]{36})")
_SEAL = "seal"
_GENERATORS: dict[str, Callable[[], PrivateKey]] = {
    "Ed25519": ed25519.Ed25519PrivateKey.generate,
    "P-256": lambda: ec.generate_private_key(ec.SECP256R1()),
}


class FileSigner:
    """Signs with a key from a file; shows nothing of it."""

    def __init__(self, private_key: PrivateKey, verification_method: str) -> None:
        self._sign = _signing_function(private_key)
        self.verification_method = verification_method
        self.public_key = _public_half(private_key)
        self.algorithm = "EdDSA" if self.public_key.key_type == "Ed25519" else "ES256"

    def __repr__(self) -> str:
        return f"<FileSigner {self.verification_method}>"

    def sign(self, data: bytes) -> bytes:
        """The 64-byte signature over `data`; ECDSA as r‖s (IEEE P1363)."""
        return self._sign(data)


class FileKeyStore:
    """A folder of private keys."""

    def __init__(self, folder: str, passphrase: str | None) -> None:
        self._folder = Path(folder)
        self._passphrase = passphrase.encode() if passphrase else None
        # A key file never changes, and opening an encrypted one costs some 50 ms by design.
        self._opened: dict[tuple[str, str], FileSigner] = {}
        self._sealing_key: bytes | None = None

    def __repr__(self) -> str:
        return f"<FileKeyStore {self._folder}>"

    def check(self) -> None:
        """Refuse a folder that others may change and any key that others may read."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if self._folder.stat().st_mode & (stat.S_IWGRP | stat.S_IWOTH):
            raise KeyStoreError(
                "key_store", f"{self._folder} can be changed by others; run: chmod go-w on it"
            )
        for path in sorted(self._folder.glob("*.pem")):
            self._check_file(path)

    def generate(self, key_type: str) -> tuple[str, PublicKey]:
        """Make and store a key; its URI `file:UUID` and its public half."""
        if key_type not in _GENERATORS:
            raise KeyStoreError("key_store", f"keys of type {key_type!r} cannot be made here")
        private_key = _GENERATORS[key_type]()
        name = str(uuid.uuid4())
        self._write(name, private_key)
        return f"file:{name}", _public_half(private_key)

    def load(self, signer_uri: str, verification_method: str) -> FileSigner:
        """The signer of a stored key; raises `KeyStoreError` when it cannot be had."""
        match = _URI.fullmatch(signer_uri)
        if match is None:
            raise KeyStoreError("key_store", f"{signer_uri!r} is not a key of this store")
        path = f"{self._folder}/{match[1]}.pem"
        try:
            self._check_file(path)
        except FileNotFoundError:
            raise KeyStoreError("key_store", f"the private key {signer_uri} is missing") from None
        signer = self._opened.get((signer_uri, verification_method))
        if signer is None:
            signer = FileSigner(self._open(Path(path), signer_uri), verification_method)
            self._opened[signer_uri, verification_method] = signer
        return signer

    def sealing_key(self) -> bytes:
        """32 bytes that never sign anything, kept as the other keys are, in `seal.pem`.

        Derived by HKDF (RFC 5869) from a private key of their own, so that one file format, with
        or without a passphrase, serves both. Raises `KeyStoreError`.
        """
        if self._sealing_key is None:
            path = self._folder / f"{_SEAL}.pem"
            if not path.exists():
                self._write_seal(path)
            self._check_file(path)
            key = self._open(path, path.name)
            secret = key.private_bytes(
                serialization.Encoding.DER,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
            derivation = HKDF(hashes.SHA256(), length=32, salt=None, info=b"signet seal")
            self._sealing_key = derivation.derive(secret)
        return self._sealing_key

    def _write_seal(self, path: Path) -> None:
        """Make the key under another name first: nobody shall read a file that is half written."""
        name = f"{_SEAL}-{uuid.uuid4()}"
        self._write(name, ed25519.Ed25519PrivateKey.generate())
        made = self._folder / f"{name}.pem"
        try:
            # Another process may have been faster; then its key is the one.
            with contextlib.suppress(FileExistsError):
                path.hardlink_to(made)
        finally:
            made.unlink()

    def _open(self, path: Path, signer_uri: str) -> PrivateKey:
        try:
            key = serialization.load_pem_private_key(path.read_bytes(), self._passphrase)
        except (ValueError, TypeError):
            raise KeyStoreError(
                "key_store",
                f"the private key {signer_uri} cannot be opened; is SIGNET_KEY_PASSPHRASE right?",
            ) from None
        if not _is_of_our_kinds(key):
            raise KeyStoreError("key_store", f"the private key {signer_uri} is of another kind")
        return cast(PrivateKey, key)

    def _check_file(self, path: Path | str) -> None:
        status = os.lstat(path)
        if not stat.S_ISREG(status.st_mode):
            raise KeyStoreError("key_store", f"{path} must be a plain file, not a link")
        if status.st_mode & 0o077:
            raise KeyStoreError(
                "key_store", f"{path} can be read by others; run: chmod 600 on it, then rotate it"
            )
        if status.st_uid != os.geteuid():
            raise KeyStoreError("key_store", f"{path} belongs to another user")

    def _write(self, name: str, private_key: PrivateKey) -> None:
        """Write once, never over another key, and reach the disk before anybody relies on it."""
        der = private_key.private_bytes(
            serialization.Encoding.DER,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        if self._passphrase is None:
            pem = private_key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
        else:
            pem = encrypted_pem(der, self._passphrase)
        path = self._folder / f"{name}.pem"
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(pem)
            file.flush()
            os.fsync(file.fileno())
        folder = os.open(self._folder, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def _is_of_our_kinds(key: object) -> bool:
    if isinstance(key, ec.EllipticCurvePrivateKey):
        return isinstance(key.curve, ec.SECP256R1)
    return isinstance(key, ed25519.Ed25519PrivateKey)


def _signing_function(private_key: PrivateKey) -> Callable[[bytes], bytes]:
    """Ed25519 is signed by libsodium, in half the time of OpenSSL and to the same bytes."""
    if isinstance(private_key, ed25519.Ed25519PrivateKey):
        _, secret = crypto_sign_seed_keypair(private_key.private_bytes_raw())
        return lambda data: crypto_sign(data, secret)[:crypto_sign_BYTES]

    def sign_ecdsa(data: bytes) -> bytes:
        signature = private_key.sign(data, ec.ECDSA(hashes.SHA256()))
        r, s = utils.decode_dss_signature(signature)
        return r.to_bytes(32, "big") + s.to_bytes(32, "big")

    return sign_ecdsa


def _public_half(private_key: PrivateKey) -> PublicKey:
    key_type = "Ed25519" if isinstance(private_key, ed25519.Ed25519PrivateKey) else "P-256"
    return PublicKey(key_type, private_key.public_key())

"""The encrypted form of a key file, down to its lengths."""

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519, rsa

from app.keys.pkcs8 import encrypted_pem


@pytest.mark.parametrize("size", ["short", "long"])
def test_what_is_written_is_read_by_the_library(size: str) -> None:
    key = (
        ed25519.Ed25519PrivateKey.generate()
        if size == "short"
        else rsa.generate_private_key(65537, 2048)  # lengths of more than one byte
    )
    der = key.private_bytes(
        serialization.Encoding.DER,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )

    pem = encrypted_pem(der, "pässword".encode())

    assert max(map(len, pem.splitlines())) <= 64
    read = serialization.load_pem_private_key(pem, "pässword".encode())
    assert (
        read.private_bytes(
            serialization.Encoding.DER,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        == der
    )

"""EncryptedPrivateKeyInfo with scrypt: a PKCS#8 form that `cryptography` reads but cannot write.

RFC 5958 section 3, RFC 8018 appendix A.4 (PBES2), RFC 7914 section 7 (scrypt in ASN.1).
"""

import base64
import os
import textwrap

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt
from cryptography.hazmat.primitives.padding import PKCS7

_PBES2 = bytes.fromhex("06092a864886f70d01050d")
_SCRYPT = bytes.fromhex("06092b06010401da47040b")
_AES_256_CBC = bytes.fromhex("060960864801650304012a")

# 16 MiB and some 50 ms per guess; OpenSSL refuses to read more than 32 MiB by default.
_N, _R, _PARALLEL = 2**14, 8, 1


def encrypted_pem(private_key_info: bytes, passphrase: bytes) -> bytes:
    """PEM "ENCRYPTED PRIVATE KEY" of a DER PrivateKeyInfo."""
    salt, iv = os.urandom(16), os.urandom(16)
    key = Scrypt(salt=salt, length=32, n=_N, r=_R, p=_PARALLEL).derive(passphrase)
    padder = PKCS7(128).padder()
    padded = padder.update(private_key_info) + padder.finalize()
    encryptor = Cipher(algorithms.AES(key), modes.CBC(iv)).encryptor()
    encrypted = encryptor.update(padded) + encryptor.finalize()
    scrypt = _sequence(_SCRYPT, _sequence(_octets(salt), *map(_integer, (_N, _R, _PARALLEL))))
    scheme = _sequence(_AES_256_CBC, _octets(iv))
    der = _sequence(_sequence(_PBES2, _sequence(scrypt, scheme)), _octets(encrypted))
    lines = textwrap.wrap(base64.b64encode(der).decode("ascii"), 64)
    return "\n".join(
        ["-----BEGIN ENCRYPTED PRIVATE KEY-----", *lines, "-----END ENCRYPTED PRIVATE KEY-----", ""]
    ).encode("ascii")


def _tagged(tag: int, content: bytes) -> bytes:
    size = len(content)
    if size < 128:
        return bytes([tag, size]) + content
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([tag, 128 + len(length)]) + length + content


def _sequence(*parts: bytes) -> bytes:
    return _tagged(0x30, b"".join(parts))


def _octets(data: bytes) -> bytes:
    return _tagged(0x04, data)


def _integer(number: int) -> bytes:
    return _tagged(0x02, number.to_bytes(number.bit_length() // 8 + 1, "big"))

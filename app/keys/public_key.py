"""Public keys, whichever way they are written, and the check of a signature with them.

Multikey (Controlled Identifiers 1.0), JWK (RFC 7517, 7518, 8037), thumbprints (RFC 7638). A key
that could verify what nobody signed — small order, wrong curve, too short — never becomes one.
"""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, cast

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa, utils
from nacl.bindings import crypto_sign_BYTES, crypto_sign_open
from nacl.exceptions import BadSignatureError

from app.encoding.jcs import canonicalize_json
from app.encoding.multibase import decode_base64url, encode_base64url
from app.encoding.multikey import KeyType, decode_multikey, encode_multikey
from app.errors import CheckFailed

Handle = ed25519.Ed25519PublicKey | ec.EllipticCurvePublicKey | rsa.RSAPublicKey

# The y coordinates of the eight points of small order on edwards25519: with such a key a
# "signature" can be made that fits almost any message (RFC 8032 leaves the check to us).
_P = 2**255 - 19
_Y8 = 0x7A03AC9277FDC74EC6CC392CFA53202A0F67100D760B3CBA4FD84D3D706A17C7
_SMALL_ORDER_Y = frozenset({0, 1, _P - 1, _Y8, _P - _Y8})

_CURVES: dict[str, tuple[ec.EllipticCurve, int]] = {
    "P-256": (ec.SECP256R1(), 32),
    "P-384": (ec.SECP384R1(), 48),
}
_RSA_BITS = range(2048, 4097)
_PRIVATE_MEMBERS = frozenset({"d", "p", "q", "dp", "dq", "qi", "oth", "k"})


@dataclass(frozen=True)
class PublicKey:
    """A public key that may be relied on; `key_type` is Ed25519, P-256, P-384 or RSA."""

    key_type: str
    handle: Handle

    @classmethod
    def from_multikey(cls, text: object) -> "PublicKey":
        """The key behind a `publicKeyMultibase`; raises `CheckFailed` bad_key or weak_key."""
        if not isinstance(text, str):
            raise CheckFailed("bad_key", "a Multikey is a text that starts with z")
        return _from_multikey(text)

    @classmethod
    def from_jwk(cls, jwk: object) -> "PublicKey":
        """The key behind a public JWK meant for signatures.

        Raises `CheckFailed` bad_key or weak_key; private members, another `use`, `key_ops` without
        verify, and an `alg` that does not fit are refused.
        """
        if not isinstance(jwk, Mapping):
            raise CheckFailed("bad_key", "a JWK is a JSON object")
        if _PRIVATE_MEMBERS & jwk.keys():
            raise CheckFailed("bad_key", "the JWK holds private members; it must not be published")
        kind = (jwk.get("kty"), jwk.get("crv"))
        if kind not in _JWK_READERS:
            raise CheckFailed("bad_key", "the JWK is of a kind that is not known here")
        key = _JWK_READERS[kind](jwk)
        _check_jwk_use(jwk, key.key_type)
        return key

    @classmethod
    def _from_raw(cls, key_type: str, raw: bytes) -> "PublicKey":
        if key_type == "Ed25519":
            _check_ed25519_point(raw)
            return cls(key_type, ed25519.Ed25519PublicKey.from_public_bytes(raw))
        if raw[0] not in (2, 3):
            raise CheckFailed("bad_key", "an elliptic curve key must be a compressed point")
        curve, _ = _CURVES[key_type]
        try:
            return cls(key_type, ec.EllipticCurvePublicKey.from_encoded_point(curve, raw))
        except ValueError:
            raise CheckFailed("bad_key", "the key is not a point on its curve") from None

    def raw(self) -> bytes:
        """The raw public key: 32 bytes, or a compressed point; RSA keys have none."""
        if isinstance(self.handle, ed25519.Ed25519PublicKey):
            return self.handle.public_bytes_raw()
        if isinstance(self.handle, ec.EllipticCurvePublicKey):
            return self.handle.public_bytes(
                serialization.Encoding.X962, serialization.PublicFormat.CompressedPoint
            )
        raise CheckFailed("bad_key", "RSA keys have no Multikey form here")

    def to_multikey(self) -> str:
        """The `publicKeyMultibase`; raises `CheckFailed` bad_key for RSA."""
        raw = self.raw()
        return encode_multikey(cast(KeyType, self.key_type), raw)

    def to_jwk(self) -> dict[str, str]:
        """The public JWK, required members only (RFC 7517 section 4, RFC 7638 section 3.2)."""
        if isinstance(self.handle, ed25519.Ed25519PublicKey):
            return {"crv": "Ed25519", "kty": "OKP", "x": encode_base64url(self.raw())}
        if isinstance(self.handle, rsa.RSAPublicKey):
            numbers = self.handle.public_numbers()
            return {"e": _encode_number(numbers.e), "kty": "RSA", "n": _encode_number(numbers.n)}
        point = self.handle.public_numbers()
        _, length = _CURVES[self.key_type]
        return {
            "crv": self.key_type,
            "kty": "EC",
            "x": encode_base64url(point.x.to_bytes(length, "big")),
            "y": encode_base64url(point.y.to_bytes(length, "big")),
        }

    def thumbprint(self) -> str:
        """The SHA-256 JWK thumbprint (RFC 7638)."""
        return encode_base64url(hashlib.sha256(canonicalize_json(self.to_jwk())).digest())

    def verify(self, algorithm: str, data: bytes, signature: bytes) -> None:
        """Check a signature by the algorithm of that JOSE name; return only if it is right.

        Raises `CheckFailed` key_type_mismatch when the key is of another family, and
        proof_invalid when the signature is wrong.
        """
        if _KEY_TYPE_OF.get(algorithm) != self.key_type:
            raise CheckFailed(
                "key_type_mismatch", f"a {self.key_type} key cannot check {algorithm} signatures"
            )
        try:
            _VERIFIERS[algorithm](self.handle, data, signature)
        except InvalidSignature:
            raise CheckFailed(
                "proof_invalid", "the signature was not made over this content with this key"
            ) from None


@lru_cache(maxsize=1024)
def _from_multikey(text: str) -> PublicKey:
    """Whoever has many credentials to check meets few issuers."""
    key_type, raw = decode_multikey(text)
    return PublicKey._from_raw(key_type, raw)


def _check_ed25519_point(raw: bytes) -> None:
    y = int.from_bytes(raw, "little") & (2**255 - 1)
    if y >= _P:
        raise CheckFailed("weak_key", "the Ed25519 key is not in its canonical form")
    if y in _SMALL_ORDER_Y:
        raise CheckFailed("weak_key", "the Ed25519 key is a point of small order")


def _check_jwk_use(jwk: Mapping[str, Any], key_type: str) -> None:
    if jwk.get("use", "sig") != "sig":
        raise CheckFailed("bad_key", "the JWK is not meant for signatures (use)")
    operations = jwk.get("key_ops", ["verify"])
    if not isinstance(operations, list) or "verify" not in operations:
        raise CheckFailed("bad_key", "the JWK is not meant for verification (key_ops)")
    if "alg" in jwk and _KEY_TYPE_OF.get(str(jwk["alg"])) != key_type:
        raise CheckFailed("bad_key", "the JWK's alg does not fit its kind")


def _jwk_bytes(jwk: Mapping[str, Any], member: str, length: int | None = None) -> bytes:
    text = jwk.get(member)
    if not isinstance(text, str) or not 1 <= len(text) <= 1024:
        raise CheckFailed("bad_key", f"the JWK needs its member {member}")
    try:
        data = decode_base64url(text)
    except CheckFailed as error:
        raise CheckFailed("bad_key", f"the JWK's {member}: {error.detail}") from None
    if length is not None and len(data) != length:
        raise CheckFailed("bad_key", f"the JWK's {member} must have {length} bytes")
    return data


def _read_okp(jwk: Mapping[str, Any]) -> PublicKey:
    return PublicKey._from_raw("Ed25519", _jwk_bytes(jwk, "x", 32))


def _read_ec(jwk: Mapping[str, Any]) -> PublicKey:
    curve, length = _CURVES[jwk["crv"]]
    x, y = (int.from_bytes(_jwk_bytes(jwk, member, length), "big") for member in ("x", "y"))
    try:
        return PublicKey(jwk["crv"], ec.EllipticCurvePublicNumbers(x, y, curve).public_key())
    except ValueError:
        raise CheckFailed("bad_key", "the key is not a point on its curve") from None


def _read_rsa(jwk: Mapping[str, Any]) -> PublicKey:
    n, e = (int.from_bytes(_jwk_bytes(jwk, member), "big") for member in ("n", "e"))
    if n.bit_length() not in _RSA_BITS or n % 2 == 0:
        raise CheckFailed("weak_key", "an RSA key must have 2048 to 4096 bits")
    if not 2**16 < e < 2**32 or e % 2 == 0:
        raise CheckFailed("weak_key", "an RSA key's exponent must be odd and at least 65537")
    return PublicKey("RSA", rsa.RSAPublicNumbers(e, n).public_key())


_JWK_READERS: dict[tuple[Any, Any], Callable[[Mapping[str, Any]], PublicKey]] = {
    ("OKP", "Ed25519"): _read_okp,
    ("EC", "P-256"): _read_ec,
    ("EC", "P-384"): _read_ec,
    ("RSA", None): _read_rsa,
}


def _encode_number(number: int) -> str:
    return encode_base64url(number.to_bytes((number.bit_length() + 7) // 8, "big"))


def _verify_eddsa(handle: Any, data: bytes, signature: bytes) -> None:
    """By libsodium, in half the time of OpenSSL.

    It refuses what OpenSSL refuses, and an R of small order besides, which no honest signer makes.
    """
    if len(signature) != crypto_sign_BYTES:
        raise InvalidSignature
    try:
        crypto_sign_open(signature + data, handle.public_bytes_raw())
    except BadSignatureError:
        raise InvalidSignature from None


def _verify_ecdsa(handle: Any, data: bytes, signature: bytes) -> None:
    """IEEE P1363 form, r‖s; a high s is accepted, as RFC 7518 and Data Integrity do."""
    curve, length = _CURVES[{256: "P-256", 384: "P-384"}[handle.key_size]]
    if len(signature) != 2 * length:
        raise InvalidSignature
    r, s = int.from_bytes(signature[:length], "big"), int.from_bytes(signature[length:], "big")
    digest = hashes.SHA256() if curve.key_size == 256 else hashes.SHA384()
    handle.verify(utils.encode_dss_signature(r, s), data, ec.ECDSA(digest))


def _verify_rs256(handle: Any, data: bytes, signature: bytes) -> None:
    handle.verify(signature, data, padding.PKCS1v15(), hashes.SHA256())


# JOSE algorithm names: https://www.iana.org/assignments/jose/jose.xhtml
_KEY_TYPE_OF: dict[str, str] = {
    "EdDSA": "Ed25519",
    "ES256": "P-256",
    "ES384": "P-384",
    "RS256": "RSA",
}
_VERIFIERS: dict[str, Callable[[Any, bytes, bytes], None]] = {
    "EdDSA": _verify_eddsa,
    "ES256": _verify_ecdsa,
    "ES384": _verify_ecdsa,
    "RS256": _verify_rs256,
}

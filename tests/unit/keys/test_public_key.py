"""Public keys: three spellings of the same key, and keys that could prove nothing are refused."""

import hashlib
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa, utils

from app.encoding.multibase import encode_base58btc, encode_base64url
from app.encoding.multikey import encode_multikey
from app.errors import CheckFailed
from app.keys.public_key import PublicKey

ED25519 = ed25519.Ed25519PrivateKey.from_private_bytes(hashlib.sha256(b"Inverbrae").digest())
P256 = ec.derive_private_key(20260302, ec.SECP256R1())
P384 = ec.derive_private_key(20260302, ec.SECP384R1())
RSA = rsa.generate_private_key(65537, 2048)


def _number(n: int) -> str:
    return encode_base64url(n.to_bytes((n.bit_length() + 7) // 8, "big"))


def _ed25519_jwk(**members: Any) -> dict[str, Any]:
    return {
        "kty": "OKP",
        "crv": "Ed25519",
        "x": encode_base64url(ED25519.public_key().public_bytes_raw()),
        **members,
    }


def _ec_jwk(key: ec.EllipticCurvePrivateKey = P256, **members: Any) -> dict[str, Any]:
    point = key.public_key().public_numbers()
    length = (key.key_size + 7) // 8
    return {
        "kty": "EC",
        "crv": {256: "P-256", 384: "P-384"}[key.key_size],
        "x": encode_base64url(point.x.to_bytes(length, "big")),
        "y": encode_base64url(point.y.to_bytes(length, "big")),
        **members,
    }


def _rsa_jwk(key: rsa.RSAPrivateKey = RSA, **members: Any) -> dict[str, Any]:
    numbers = key.public_key().public_numbers()
    return {"kty": "RSA", "n": _number(numbers.n), "e": _number(numbers.e), **members}


JWKS = {
    "Ed25519": _ed25519_jwk(),
    "P-256": _ec_jwk(),
    "P-384": _ec_jwk(P384),
    "RSA": _rsa_jwk(),
}


# --- spellings ----------------------------------------------------------------------------------


@pytest.mark.parametrize("key_type", JWKS)
def test_a_jwk_comes_back(key_type: str) -> None:
    key = PublicKey.from_jwk(JWKS[key_type])

    assert key.key_type == key_type
    assert key.to_jwk() == JWKS[key_type]


@pytest.mark.parametrize("key_type", ["Ed25519", "P-256", "P-384"])
def test_a_multikey_is_the_same_key_as_its_jwk(key_type: str) -> None:
    key = PublicKey.from_jwk(JWKS[key_type])

    again = PublicKey.from_multikey(key.to_multikey())

    assert again.to_jwk() == JWKS[key_type]
    assert again.raw() == key.raw()


def test_an_rsa_key_has_no_multikey() -> None:
    with pytest.raises(CheckFailed) as refusal:
        PublicKey.from_jwk(JWKS["RSA"]).to_multikey()

    assert refusal.value.code == "bad_key"


def test_a_thumbprint_is_that_of_rfc_7638() -> None:
    key = PublicKey.from_jwk(
        {
            "kty": "RSA",
            "n": "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuh"
            "DR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4"
            "QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbI"
            "SD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kE"
            "gU8awapJzKnqDKgw",
            "e": "AQAB",
            "alg": "RS256",
            "kid": "2011-04-29",
        }
    )

    assert key.thumbprint() == "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs"


def test_an_okp_thumbprint_is_that_of_rfc_8037() -> None:
    key = PublicKey.from_jwk(
        {
            "kty": "OKP",
            "crv": "Ed25519",
            "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
        }
    )

    assert key.thumbprint() == "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"


# --- refused JWKs -------------------------------------------------------------------------------

JWK_ACCEPTED: list[tuple[str, dict[str, Any]]] = [
    ("use sig", _ed25519_jwk(use="sig")),
    ("key_ops verify", _ed25519_jwk(key_ops=["sign", "verify"])),
    ("alg EdDSA", _ed25519_jwk(alg="EdDSA")),
    ("alg ES256", _ec_jwk(alg="ES256")),
    ("alg ES384", _ec_jwk(P384, alg="ES384")),
    ("alg RS256", _rsa_jwk(alg="RS256")),
    ("members that say nothing here", _ed25519_jwk(kid="a", x5t="b", iss="c")),
]


@pytest.mark.parametrize("jwk", [r[1] for r in JWK_ACCEPTED], ids=[r[0] for r in JWK_ACCEPTED])
def test_a_jwk_for_signatures_is_accepted(jwk: dict[str, Any]) -> None:
    PublicKey.from_jwk(jwk)


def _without(jwk: dict[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in jwk.items() if key != name}


_N = RSA.public_key().public_numbers().n

JWK_REFUSED: list[tuple[str, object, str]] = [
    ("no object", "jwk", "bad_key"),
    ("empty", {}, "bad_key"),
    ("symmetric", {"kty": "oct", "k": "AAAA"}, "bad_key"),
    ("private d", _ed25519_jwk(d="AAAA"), "bad_key"),
    ("private p", _rsa_jwk(p="AAAA"), "bad_key"),
    ("unknown curve", {**_ed25519_jwk(), "crv": "Ed448"}, "bad_key"),
    ("X25519", {**_ed25519_jwk(), "crv": "X25519"}, "bad_key"),
    ("secp256k1", {**_ec_jwk(), "crv": "secp256k1"}, "bad_key"),
    ("kty of another kind", {**_ed25519_jwk(), "kty": "EC"}, "bad_key"),
    ("kty that is a list", {**_ed25519_jwk(), "kty": ("OKP",)}, "bad_key"),
    ("use enc", _ec_jwk(use="enc"), "bad_key"),
    ("key_ops without verify", _ec_jwk(key_ops=["sign"]), "bad_key"),
    ("key_ops that is no list", _ec_jwk(key_ops="verify"), "bad_key"),
    ("alg of another family", _ec_jwk(alg="RS256"), "bad_key"),
    ("alg of another curve", _ec_jwk(alg="ES384"), "bad_key"),
    ("alg none", _ed25519_jwk(alg="none"), "bad_key"),
    ("alg that is no text", _ed25519_jwk(alg=["EdDSA"]), "bad_key"),
    ("alg PS256", _rsa_jwk(alg="PS256"), "bad_key"),
    ("no x", _without(_ed25519_jwk(), "x"), "bad_key"),
    ("x that is no text", _ed25519_jwk(x=7), "bad_key"),
    ("empty x", _ed25519_jwk(x=""), "bad_key"),
    ("x padded", _ed25519_jwk(x=_ed25519_jwk()["x"] + "="), "bad_key"),
    ("x of 31 bytes", _ed25519_jwk(x=encode_base64url(b"\x07" * 31)), "bad_key"),
    ("x of a megabyte", _ed25519_jwk(x="A" * 2**20), "bad_key"),
    ("no y", _without(_ec_jwk(), "y"), "bad_key"),
    ("x of 33 bytes", _ec_jwk(x=encode_base64url(b"\0" * 33)), "bad_key"),
    ("a point off the curve", _ec_jwk(y=_ec_jwk()["x"]), "bad_key"),
    ("the point 0,0", _ec_jwk(x="A" * 43, y="A" * 43), "bad_key"),
    ("coordinates beyond the field", _ec_jwk(x=encode_base64url(b"\xff" * 32)), "bad_key"),
    ("a P-384 point under P-256", {**_ec_jwk(P384), "crv": "P-256"}, "bad_key"),
    ("no modulus", _without(_rsa_jwk(), "n"), "bad_key"),
    ("an RSA key of 1024 bits", _rsa_jwk(n=_number(_N >> 1024 | 1)), "weak_key"),
    ("an RSA key of 4097 bits", _rsa_jwk(n=_number(1 << 4096 | 1)), "weak_key"),
    ("an even modulus", _rsa_jwk(n=_number(_N - 1)), "weak_key"),
    ("exponent 1", _rsa_jwk(e="AQ"), "weak_key"),
    ("exponent 3", _rsa_jwk(e="Aw"), "weak_key"),
    ("an even exponent", _rsa_jwk(e=_number(2**16 + 2)), "weak_key"),
    ("a huge exponent", _rsa_jwk(e=_number(2**64 + 1)), "weak_key"),
]


@pytest.mark.parametrize(
    ("jwk", "code"), [r[1:] for r in JWK_REFUSED], ids=[r[0] for r in JWK_REFUSED]
)
def test_a_jwk_that_proves_nothing_is_refused(jwk: object, code: str) -> None:
    with pytest.raises(CheckFailed) as refusal:
        PublicKey.from_jwk(jwk)

    assert refusal.value.code == code


# --- weak Ed25519 keys --------------------------------------------------------------------------

# All encodings of points of small order, canonical or not (the list that libsodium blocks).
SMALL_ORDER = [
    "0000000000000000000000000000000000000000000000000000000000000000",
    "0000000000000000000000000000000000000000000000000000000000000080",
    "0100000000000000000000000000000000000000000000000000000000000000",
    "0100000000000000000000000000000000000000000000000000000000000080",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
]
NOT_CANONICAL = ["f0" + "ff" * 30 + "7f", "ff" * 32]


@pytest.mark.parametrize("raw", [*SMALL_ORDER, *NOT_CANONICAL])
def test_an_ed25519_key_that_fits_any_message_is_refused(raw: str) -> None:
    data = bytes.fromhex(raw)

    with pytest.raises(CheckFailed, match="weak_key"):
        PublicKey.from_multikey(encode_multikey("Ed25519", data))
    with pytest.raises(CheckFailed, match="weak_key"):
        PublicKey.from_jwk(_ed25519_jwk(x=encode_base64url(data)))


def _points_of_small_order() -> set[int]:
    """The y coordinates of all points whose order divides eight, by arithmetic on the curve."""
    p = 2**255 - 19
    order = 2**252 + 27742317777372353535851937790883648493
    d = -121665 * pow(121666, -1, p) % p

    def add(a: tuple[int, int], b: tuple[int, int]) -> tuple[int, int]:
        t = d * a[0] * b[0] * a[1] * b[1] % p
        return (
            (a[0] * b[1] + b[0] * a[1]) * pow(1 + t, -1, p) % p,
            (a[1] * b[1] + a[0] * b[0]) * pow(1 - t, -1, p) % p,
        )

    def times(n: int, point: tuple[int, int]) -> tuple[int, int]:
        result = (0, 1)
        while n:
            result = add(result, point) if n & 1 else result
            point, n = add(point, point), n >> 1
        return result

    found = set()
    for y in range(2, 60):
        x2 = (y * y - 1) * pow(d * y * y + 1, -1, p) % p
        x = pow(x2, (p + 3) // 8, p)
        if (x * x - x2) % p:
            x = x * pow(2, (p - 1) // 4, p) % p
        if (x * x - x2) % p == 0:
            found.add(times(order, (x, y))[1])
    return found


def test_every_point_of_small_order_is_known() -> None:
    points = _points_of_small_order()

    assert len(points) == 5
    for y in points:
        with pytest.raises(CheckFailed, match="weak_key"):
            PublicKey.from_multikey(encode_multikey("Ed25519", y.to_bytes(32, "little")))


POINTS_REFUSED = [
    ("uncompressed", "8024", b"\x04" + b"\x07" * 32),
    ("hybrid", "8024", b"\x06" + b"\x07" * 32),
    ("infinity", "8024", b"\x00" * 33),
    ("off the curve", "8024", b"\x02" + b"\xff" * 32),
    ("P-384 off the curve", "8124", b"\x03" + b"\xff" * 48),
]


@pytest.mark.parametrize(
    ("header", "raw"), [r[1:] for r in POINTS_REFUSED], ids=[r[0] for r in POINTS_REFUSED]
)
def test_a_multikey_that_is_no_compressed_point_is_refused(header: str, raw: bytes) -> None:
    with pytest.raises(CheckFailed) as refusal:
        PublicKey.from_multikey("z" + encode_base58btc(bytes.fromhex(header) + raw))

    assert refusal.value.code == "bad_key"


# --- signatures ---------------------------------------------------------------------------------

MESSAGE = b"Data Ethics in Practice"


def _p1363(key: ec.EllipticCurvePrivateKey, digest: hashes.HashAlgorithm) -> bytes:
    length = (key.key_size + 7) // 8
    r, s = utils.decode_dss_signature(key.sign(MESSAGE, ec.ECDSA(digest)))
    return r.to_bytes(length, "big") + s.to_bytes(length, "big")


SIGNATURES = {
    "EdDSA": ("Ed25519", ED25519.sign(MESSAGE)),
    "ES256": ("P-256", _p1363(P256, hashes.SHA256())),
    "ES384": ("P-384", _p1363(P384, hashes.SHA384())),
    "RS256": ("RSA", RSA.sign(MESSAGE, padding.PKCS1v15(), hashes.SHA256())),
}


@pytest.mark.parametrize("algorithm", SIGNATURES)
def test_a_right_signature_is_right(algorithm: str) -> None:
    key_type, signature = SIGNATURES[algorithm]

    PublicKey.from_jwk(JWKS[key_type]).verify(algorithm, MESSAGE, signature)


def _broken(signature: bytes) -> list[bytes]:
    return [
        b"",
        signature[:-1],
        signature + b"\0",
        bytes(len(signature)),
        bytes([signature[0] ^ 1]) + signature[1:],
        signature[:-1] + bytes([signature[-1] ^ 1]),
    ]


@pytest.mark.parametrize("algorithm", SIGNATURES)
def test_a_changed_signature_or_message_is_wrong(algorithm: str) -> None:
    key_type, signature = SIGNATURES[algorithm]
    key = PublicKey.from_jwk(JWKS[key_type])

    for data, broken in [
        *((MESSAGE, broken) for broken in _broken(signature)),
        (MESSAGE + b".", signature),
        (b"", signature),
    ]:
        with pytest.raises(CheckFailed) as refusal:
            key.verify(algorithm, data, broken)
        assert refusal.value.code == "proof_invalid"


@pytest.mark.parametrize("algorithm", [*SIGNATURES, "HS256", "none", "PS256", ""])
@pytest.mark.parametrize("key_type", JWKS)
def test_a_key_checks_its_own_algorithm_only(algorithm: str, key_type: str) -> None:
    own, signature = SIGNATURES.get(algorithm, ("", b""))
    if own == key_type:
        return
    with pytest.raises(CheckFailed) as refusal:
        PublicKey.from_jwk(JWKS[key_type]).verify(algorithm, MESSAGE, signature)

    assert refusal.value.code == "key_type_mismatch"


def test_a_der_signature_is_not_a_jose_signature() -> None:
    with pytest.raises(CheckFailed) as refusal:
        PublicKey.from_jwk(JWKS["P-256"]).verify(
            "ES256", MESSAGE, P256.sign(MESSAGE, ec.ECDSA(hashes.SHA256()))
        )

    assert refusal.value.code == "proof_invalid"


def test_a_high_s_is_accepted_because_jose_and_data_integrity_accept_it() -> None:
    order = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
    signature = SIGNATURES["ES256"][1]
    s = order - int.from_bytes(signature[32:], "big")

    PublicKey.from_jwk(JWKS["P-256"]).verify(
        "ES256", MESSAGE, signature[:32] + s.to_bytes(32, "big")
    )


def test_an_rsa_signature_with_padding_that_is_not_pkcs1_is_wrong() -> None:
    pss = padding.PSS(padding.MGF1(hashes.SHA256()), 32)

    with pytest.raises(CheckFailed):
        PublicKey.from_jwk(JWKS["RSA"]).verify(
            "RS256", MESSAGE, RSA.sign(MESSAGE, pss, hashes.SHA256())
        )


_ORDER = 2**252 + 27742317777372353535851937790883648493


def test_a_signature_whose_r_has_small_order_is_wrong_though_openssl_takes_it() -> None:
    # With R the neutral element, S = k·a fits: whoever has the key can make it, and no signer does.
    public = ED25519.public_key().public_bytes_raw()
    digest = hashlib.sha512(ED25519.private_bytes_raw()).digest()
    scalar = (int.from_bytes(digest[:32], "little") & ((1 << 254) - 8)) | (1 << 254)
    neutral = (1).to_bytes(32, "little")
    k = int.from_bytes(hashlib.sha512(neutral + public + b"message").digest(), "little")
    signature = neutral + (k * scalar % _ORDER).to_bytes(32, "little")

    ED25519.public_key().verify(signature, b"message")
    with pytest.raises(CheckFailed, match="not made over this content"):
        PublicKey("Ed25519", ED25519.public_key()).verify("EdDSA", b"message", signature)


@pytest.mark.parametrize("length", [0, 63, 65])
def test_a_signature_of_another_length_is_wrong(length: int) -> None:
    # However the two are split, signature and message together are what was signed.
    signed = ED25519.sign(b"message") + b"message"

    with pytest.raises(CheckFailed, match="not made over this content"):
        PublicKey("Ed25519", ED25519.public_key()).verify("EdDSA", signed[length:], signed[:length])


def test_the_repr_of_a_key_shows_no_private_part() -> None:
    pem = ED25519.private_bytes(
        serialization.Encoding.Raw,
        serialization.PrivateFormat.Raw,
        serialization.NoEncryption(),
    )

    assert pem.hex() not in repr(PublicKey.from_jwk(JWKS["Ed25519"]))

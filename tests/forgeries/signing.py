"""Signing by other means than ours: PyLD as it comes, `rfc8785`, and keys from fixed seeds.

A forger does not use our signer, which refuses what a forger wants. So nothing here imports from
`app`: what the genuine inputs are signed with is also what the forged ones are signed with.
"""

import base64
import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import rfc8785
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa, utils
from pyld import jsonld

Json = dict[str, Any]

_CONTEXTS = Path(__file__).parents[2] / "contexts"
_BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_MULTICODEC = {"Ed25519": b"\xed\x01", "P-256": b"\x80\x24", "P-384": b"\x81\x24"}


def base58(data: bytes) -> str:
    number = int.from_bytes(data, "big")
    text = ""
    while number:
        number, digit = divmod(number, 58)
        text = _BASE58[digit] + text
    return "1" * (len(data) - len(data.lstrip(b"\0"))) + text


def base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def multikey(kind: str, raw: bytes) -> str:
    return "z" + base58(_MULTICODEC[kind] + raw)


# --- keys ---------------------------------------------------------------------------------------

# The only key that cannot be derived from a seed here; it opens nothing.
_RSA = (Path(__file__).parent / "rsa_test_key.json").read_text()


class Key:
    """A key pair from a word: the same word, the same key."""

    def __init__(self, word: str, kind: str = "Ed25519") -> None:
        seed = hashlib.sha256(b"signet forgeries: " + word.encode()).digest()
        self.kind = kind
        self.private: Any
        if kind == "Ed25519":
            self.private = ed25519.Ed25519PrivateKey.from_private_bytes(seed)
        elif kind == "RSA":
            self.private = _rsa_key()
        else:
            curve = {"P-256": ec.SECP256R1(), "P-384": ec.SECP384R1()}[kind]
            self.private = ec.derive_private_key(int.from_bytes(seed, "big") >> 1, curve)

    @property
    def raw(self) -> bytes:
        """32 bytes, or the compressed point."""
        if self.kind == "Ed25519":
            raw: bytes = self.private.public_key().public_bytes_raw()
            return raw
        numbers: Any = self.private.public_key().public_numbers()
        length = {"P-256": 32, "P-384": 48}[self.kind]
        x: bytes = numbers.x.to_bytes(length, "big")
        return bytes([2 + numbers.y % 2]) + x

    @property
    def multibase(self) -> str:
        return multikey(self.kind, self.raw)

    @property
    def did_key(self) -> str:
        return f"did:key:{self.multibase}"

    @property
    def jwk(self) -> Json:
        if self.kind == "Ed25519":
            return {"kty": "OKP", "crv": "Ed25519", "x": base64url(self.raw)}
        numbers: Any = self.private.public_key().public_numbers()
        if self.kind == "RSA":
            return {"kty": "RSA", "n": _number(numbers.n), "e": _number(numbers.e)}
        length = {"P-256": 32, "P-384": 48}[self.kind]
        return {
            "kty": "EC",
            "crv": self.kind,
            "x": base64url(numbers.x.to_bytes(length, "big")),
            "y": base64url(numbers.y.to_bytes(length, "big")),
        }

    @property
    def algorithm(self) -> str:
        return {"Ed25519": "EdDSA", "P-256": "ES256", "P-384": "ES384", "RSA": "RS256"}[self.kind]

    def sign(self, data: bytes) -> bytes:
        """EdDSA and RSA are deterministic; for ECDSA only the verdict is."""
        signature: bytes
        if self.kind == "Ed25519":
            signature = self.private.sign(data)
        elif self.kind == "RSA":
            signature = self.private.sign(data, padding.PKCS1v15(), hashes.SHA256())
        else:
            length = {"P-256": 32, "P-384": 48}[self.kind]
            digest = hashes.SHA256() if length == 32 else hashes.SHA384()
            r, s = utils.decode_dss_signature(self.private.sign(data, ec.ECDSA(digest)))
            signature = r.to_bytes(length, "big") + s.to_bytes(length, "big")
        return signature


def _rsa_key() -> rsa.RSAPrivateKey:
    numbers = {name: int(text, 16) for name, text in json.loads(_RSA).items()}
    public = rsa.RSAPublicNumbers(65537, numbers["p"] * numbers["q"])
    p, q = numbers["p"], numbers["q"]
    d = pow(65537, -1, (p - 1) * (q - 1))
    return rsa.RSAPrivateNumbers(
        p, q, d, rsa.rsa_crt_dmp1(d, p), rsa.rsa_crt_dmq1(d, q), rsa.rsa_crt_iqmp(p, q), public
    ).private_key()


def _number(number: int) -> str:
    return base64url(number.to_bytes((number.bit_length() + 7) // 8, "big"))


# --- Data Integrity -----------------------------------------------------------------------------


def _load_contexts() -> dict[str, Json]:
    manifest = json.loads((_CONTEXTS / "manifest.json").read_bytes())
    return {
        entry["url"]: json.loads((_CONTEXTS / entry["file"]).read_bytes())
        for entry in manifest["contexts"]
    }


CONTEXT_DOCUMENTS = _load_contexts()


def naive_canonical_form(document: Mapping[str, Any]) -> bytes:
    """What PyLD makes of a document when nobody is careful: it drops what it does not know."""

    def load(url: str, _options: object) -> Json:
        return {
            "contextUrl": None,
            "documentUrl": url,
            "document": CONTEXT_DOCUMENTS[url],
            "tag": "static",
        }

    options = {
        "algorithm": "URDNA2015",
        "format": "application/n-quads",
        "documentLoader": load,
    }
    quads: str = jsonld.normalize(dict(document), options)
    return quads.encode("utf-8")


def signed_data(document: Json, configuration: Json) -> bytes:
    """What a proof with this configuration signs."""
    if configuration["cryptosuite"] == "eddsa-jcs-2022":
        parts = [rfc8785.dumps(configuration), rfc8785.dumps(document)]
    else:
        with_context = {**configuration, "@context": document["@context"]}
        parts = [naive_canonical_form(with_context), naive_canonical_form(document)]
    return b"".join(hashlib.sha256(part).digest() for part in parts)


def add_proof(
    document: Json,
    key: Key,
    method: str,
    **members: Any,
) -> Json:
    """The document with a proof more; a proof that stands there already is kept."""
    proof = make_proof(document, key, method, **members)
    before = document.get("proof", [])
    others = before if isinstance(before, list) else [before]
    return {**document, "proof": [*others, proof] if others else proof}


def make_proof(
    document: Json,
    key: Key,
    method: str,
    *,
    cryptosuite: str = "eddsa-rdfc-2022",
    created: str | None = "2026-03-01T09:00:00Z",
    purpose: str = "assertionMethod",
    **members: Any,
) -> Json:
    unsecured = {name: member for name, member in document.items() if name != "proof"}
    configuration: Json = {
        "type": "DataIntegrityProof",
        "cryptosuite": cryptosuite,
        **({"created": created} if created is not None else {}),
        "verificationMethod": method,
        "proofPurpose": purpose,
        **members,
    }
    if cryptosuite == "eddsa-jcs-2022":
        configuration["@context"] = unsecured["@context"]
    value = key.sign(signed_data(unsecured, configuration))
    return {**configuration, "proofValue": "z" + base58(value)}


# --- JOSE ---------------------------------------------------------------------------------------


def compact_json(value: Any) -> bytes:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode("utf-8")


def jws(header: Json | bytes, payload: Json | bytes, key: Key) -> str:
    """A compact JWS over exactly these bytes."""
    parts = [part if isinstance(part, bytes) else compact_json(part) for part in (header, payload)]
    signing_input = ".".join(base64url(part) for part in parts)
    return f"{signing_input}.{base64url(key.sign(signing_input.encode()))}"

"""Wycheproof: signatures that implementations got wrong, against `PublicKey.verify`."""

from collections.abc import Iterator
from typing import Any

import pytest

from app.encoding.multibase import encode_base64url
from app.errors import CheckFailed
from app.keys.public_key import PublicKey
from tests.vectors.published import document, needs_vectors

pytestmark = needs_vectors

FILES = {
    "ed25519_test.json": ("EdDSA", 151),
    "ecdsa_secp256r1_sha256_p1363_test.json": ("ES256", 262),
    "ecdsa_secp384r1_sha384_p1363_test.json": ("ES384", 280),
}


def _key(group: dict[str, Any]) -> PublicKey:
    if "pk" in group["publicKey"]:
        x = encode_base64url(bytes.fromhex(group["publicKey"]["pk"]))
        return PublicKey.from_jwk({"kty": "OKP", "crv": "Ed25519", "x": x})
    length = {"secp256r1": 32, "secp384r1": 48}[group["publicKey"]["curve"]]
    x, y = (
        encode_base64url(int(group["publicKey"][name], 16).to_bytes(length, "big"))
        for name in ("wx", "wy")
    )
    return PublicKey.from_jwk(
        {"kty": "EC", "crv": {32: "P-256", 48: "P-384"}[length], "x": x, "y": y}
    )


def _cases() -> Iterator[Any]:
    for file, (algorithm, _) in FILES.items():
        for group in document("wycheproof", file).get("testGroups", []):
            for case in group["tests"]:
                label = f"{algorithm} {case['tcId']} {case['comment']}"
                yield pytest.param(group, case, algorithm, id=label)


@pytest.mark.parametrize(("group", "case", "algorithm"), [*_cases()])
def test_a_signature_is_judged_as_published(
    group: dict[str, Any], case: dict[str, Any], algorithm: str
) -> None:
    key = _key(group)
    data, signature = bytes.fromhex(case["msg"]), bytes.fromhex(case["sig"])

    if case["result"] == "valid":
        key.verify(algorithm, data, signature)
    else:
        with pytest.raises(CheckFailed) as refusal:
            key.verify(algorithm, data, signature)
        assert refusal.value.code == "proof_invalid"


@pytest.mark.parametrize("file", FILES)
def test_no_case_is_left_out(file: str) -> None:
    groups = document("wycheproof", file)["testGroups"]

    assert sum(len(group["tests"]) for group in groups) == FILES[file][1]
    assert {case["result"] for group in groups for case in group["tests"]} == {"valid", "invalid"}

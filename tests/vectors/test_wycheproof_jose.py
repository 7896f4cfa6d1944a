"""Wycheproof: JSON Web Signatures and Keys, as far as a verifier of credentials meets them.

The payloads are texts such as `foo`, so `read_jws` refuses every token for its content alone; what
is compared here is everything else: the three segments, the header's algorithm, the key and the
signature, put together as `read_jws` and `verify_credential` do it.

Groups that do not apply are counted at the end, so that none is left out unseen.
"""

from collections import Counter
from typing import Any

import pytest

from app.encoding.multibase import decode_base64url
from app.encoding.strict_json import parse_object
from app.errors import CheckFailed, MalformedInput, SignetError
from app.keys.public_key import PublicKey
from app.proofs.vc_jose import ALGORITHMS, looks_like_jws, read_jws
from tests.vectors.published import document, needs_vectors

pytestmark = needs_vectors

SIGNATURES: list[dict[str, Any]] = document("wycheproof", "json_web_signature_test.json").get(
    "testGroups", []
)
KEYS: list[dict[str, Any]] = document("wycheproof", "json_web_key_test.json").get("testGroups", [])


def _check(token: str, jwk: object) -> None:
    """A compact JWS against a public JWK; raises for every reason there is."""
    if not looks_like_jws(token.encode("utf-8")):
        raise MalformedInput("bad_jwt", "three parts of base64url")
    header, payload, signature = token.split(".")
    algorithm = parse_object(decode_base64url(header)).get("alg")
    if algorithm not in ALGORITHMS:
        raise CheckFailed("algorithm_not_allowed", str(algorithm))
    decode_base64url(payload)
    key = PublicKey.from_jwk(jwk)
    key.verify(algorithm, f"{header}.{payload}".encode(), decode_base64url(signature))


def _public_key(group: dict[str, Any]) -> dict[str, Any]:
    """A group's public key; for the symmetric groups there is only the secret."""
    half = group.get("public") or group["private"]
    jwk: dict[str, Any] = half["keys"][0] if "keys" in half else half
    return jwk


def _applies(group: dict[str, Any]) -> bool:
    """RSA and EC keys, for an algorithm of ours or for none at all."""
    jwk = _public_key(group)
    wanted = jwk.get("alg", "RS256")
    return (
        jwk["kty"] != "oct"
        and not wanted.startswith(("PS", "RS3", "RS5"))
        and jwk.get("crv") != "P-521"
    )


def _cases(groups: list[dict[str, Any]], *, applying: bool) -> list[Any]:
    return [
        pytest.param(group, case, id=f"{group['comment']} {case['tcId']} {case['comment']}")
        for group in groups
        for case in group["tests"]
        if _applies(group) is applying
    ]


# Valid by RFC 7515, but no credential: refused before the signature is looked at.
EMPTY_PAYLOAD = {"emptyPayload"}
# An RSA modulus as the chips of CVE-2017-15361 made them: nothing here looks for it.
ROCA = {"rejectsKeyWithRocaVulnerability"}


# --- groups that apply: RS256 and ES256 ---------------------------------------------------------


@pytest.mark.parametrize(
    ("group", "case"), [*_cases(SIGNATURES, applying=True), *_cases(KEYS, applying=True)]
)
def test_a_token_is_judged_as_published(group: dict[str, Any], case: dict[str, Any]) -> None:
    named = case["comment"]
    if (case["result"] == "valid" and named not in EMPTY_PAYLOAD) or named in ROCA:
        _check(case["jws"], _public_key(group))
    else:
        with pytest.raises(SignetError):
            _check(case["jws"], _public_key(group))


# --- groups that do not apply -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("group", "case"), [*_cases(SIGNATURES, applying=False), *_cases(KEYS, applying=False)]
)
def test_a_token_of_another_algorithm_is_refused_whatever_it_is(
    group: dict[str, Any], case: dict[str, Any]
) -> None:
    with pytest.raises(SignetError):
        _check(case["jws"], _public_key(group))


@pytest.mark.parametrize(
    ("group", "case"),
    [*_cases(SIGNATURES, applying=True), *_cases(SIGNATURES, applying=False)],
)
def test_no_token_with_such_a_payload_is_a_credential(
    group: dict[str, Any], case: dict[str, Any]
) -> None:
    with pytest.raises(SignetError):
        read_jws(case["jws"].encode())


def test_every_case_is_counted() -> None:
    signatures = Counter(
        str(_public_key(group).get("alg")) for group in SIGNATURES for _ in group["tests"]
    )
    keys = Counter(str(_public_key(group)["kty"]) for group in KEYS for _ in group["tests"])

    assert signatures == {
        "RS256": 233,  # applies
        "ES256": 39,  # applies
        "None": 4,  # applies: keys for encryption
        "HS256": 40,  # symmetric: there is no public key to publish
        "PS256": 50,  # not an algorithm of OB 3.0
        "PS384": 5,
        "PS512": 20,
        "RS384": 4,
        "RS512": 4,
        "ES521": 2,  # P-521
    }
    assert keys == {"RSA": 6, "EC": 5, "oct": 15}
    applying = len(_cases(SIGNATURES, applying=True)), len(_cases(KEYS, applying=True))
    assert applying == (276, 11)

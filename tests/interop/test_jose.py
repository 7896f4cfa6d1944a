"""Tokens between us and npm `jose`: what one signs, the other verifies; tricks are refused."""

from collections.abc import Callable
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

from app.encoding.multibase import encode_base64url
from app.encoding.strict_json import JsonObject, dump_json
from app.keys.public_key import PublicKey
from app.proofs.checked import check_document
from app.proofs.profiles import OPEN_BADGE
from app.proofs.vc_jose import read_jws, sign_jwt
from app.verification.result import Verdict, VerificationResult
from app.verification.verify import verify_credential
from tests.builders import ISSUER_DID, SUBJECT_ID
from tests.interop.oracle import ask
from tests.world import (
    CONTEXTS,
    a_badge,
    a_token,
    a_web_party,
    a_world,
    outcomes,
)

PARTY = a_web_party()
JWK = PARTY.token_signer.public_key.to_jwk()
DID_URL = next(iter(PARTY.documents))


def _read(tokens: list[str], key: JsonObject, **options: Any) -> list[dict[str, Any] | None]:
    answers: list[dict[str, Any] | None] = ask(
        "verifyTokens", tokens=tokens, options={"algorithms": ["ES256"], **options}, **key
    )
    return answers


@pytest.mark.parametrize(
    "key", [{"jwk": JWK}, {"jwks": {"keys": [{**JWK, "kid": PARTY.kid}]}}], ids=["JWK", "JWKS"]
)
def test_they_verify_a_token_of_ours(key: JsonObject) -> None:
    badge = a_badge(PARTY)
    token = a_token(badge, PARTY)

    (answer,) = _read([token], key, issuer=PARTY.did, subject=SUBJECT_ID, typ="JWT")

    assert answer is not None
    claims = {name: answer["payload"].pop(name) for name in ("iss", "jti", "sub", "nbf", "exp")}
    assert answer["payload"] == badge
    assert claims["jti"] == badge["id"]
    assert answer["protectedHeader"] == {"alg": "ES256", "typ": "JWT", "kid": PARTY.kid}


def test_they_refuse_a_token_of_ours_that_was_changed() -> None:
    header, payload, signature = a_token(a_badge(PARTY), PARTY).split(".")
    tokens = [
        f"{header}.{payload}.{signature}",
        f"{header}.{payload[:-4]}AAAA.{signature}",
        f"{header}.{payload}.{signature[:-4]}AAAA",
        f"{header}.{payload}.",
    ]

    genuine, *changed = _read(tokens, {"jwk": JWK})

    assert genuine is not None
    assert changed == [None, None, None]


# --- what they sign -----------------------------------------------------------------------------


def _number(number: int) -> str:
    return encode_base64url(number.to_bytes((number.bit_length() + 7) // 8, "big"))


def _p256() -> tuple[PublicKey, JsonObject]:
    key = ec.generate_private_key(ec.SECP256R1())
    public = PublicKey("P-256", key.public_key())
    d = key.private_numbers().private_value.to_bytes(32, "big")
    return public, {**public.to_jwk(), "d": encode_base64url(d)}


def _ed25519() -> tuple[PublicKey, JsonObject]:
    key = ed25519.Ed25519PrivateKey.generate()
    public = PublicKey("Ed25519", key.public_key())
    return public, {**public.to_jwk(), "d": encode_base64url(key.private_bytes_raw())}


def _rsa() -> tuple[PublicKey, JsonObject]:
    key = rsa.generate_private_key(65537, 2048)
    public = PublicKey("RSA", key.public_key())
    numbers = key.private_numbers()
    members = {
        "d": numbers.d,
        "p": numbers.p,
        "q": numbers.q,
        "dp": numbers.dmp1,
        "dq": numbers.dmq1,
        "qi": numbers.iqmp,
    }
    return public, {**public.to_jwk(), **{n: _number(v) for n, v in members.items()}}


KINDS: dict[str, Callable[[], tuple[PublicKey, JsonObject]]] = {
    "ES256": _p256,
    "RS256": _rsa,
    "EdDSA": _ed25519,
}
METHOD = f"{ISSUER_DID}#theirs"


def _did_document(public: PublicKey) -> JsonObject:
    method = {
        "id": METHOD,
        "type": "JsonWebKey",
        "controller": ISSUER_DID,
        "publicKeyJwk": public.to_jwk(),
    }
    ours = PARTY.did_document  # whose Ed25519 key signs the status list
    return {
        **ours,
        "verificationMethod": [*ours["verificationMethod"], method],
        "assertionMethod": [*ours["assertionMethod"], METHOD],
    }


def _payload() -> JsonObject:
    """The claims and members as OB 3.0 asks for them."""
    checked = check_document(a_badge(PARTY), profile=OPEN_BADGE, contexts=CONTEXTS)
    jws = read_jws(sign_jwt(checked, PARTY.token_signer, kid=PARTY.kid).encode())
    return {**jws.document, **jws.claims}


def _verdict(token: str, document: JsonObject) -> VerificationResult:
    return verify_credential(
        token.encode(),
        profile=OPEN_BADGE,
        world=a_world(PARTY, documents={DID_URL: document}),
    )


def _tokens(private: JsonObject, *headers: JsonObject, **claims: Any) -> list[str]:
    """A token of theirs for each header."""
    payload = {**_payload(), **claims}
    tokens: list[str] = ask(
        "signTokens",
        tokens=[{"header": header, "payload": payload, "key": private} for header in headers],
    )
    return tokens


@pytest.mark.parametrize("algorithm", KINDS)
def test_we_verify_a_token_of_theirs(algorithm: str) -> None:
    public, private = KINDS[algorithm]()
    plain = {"alg": algorithm, "kid": METHOD}

    for token in _tokens(private, plain, {**plain, "typ": "JWT"}, {**plain, "typ": "vc+jwt"}):
        result = _verdict(token, _did_document(public))
        assert result.verdict is Verdict.VERIFIED, outcomes(result)


def test_we_verify_a_token_of_theirs_that_carries_its_key() -> None:
    public, private = _p256()

    (token,) = _tokens(private, {"alg": "ES256", "jwk": public.to_jwk()})

    assert _verdict(token, _did_document(public)).verdict is Verdict.VERIFIED
    # The key in the header counts for nothing unless the issuer's document lists it.
    stranger = _verdict(token, _did_document(_p256()[0]))
    assert outcomes(stranger)["proof"] == "key_not_in_did_document"


@pytest.mark.parametrize(
    "claims",
    [
        {"iss": "did:web:elsewhere.example"},
        {"sub": "did:example:mallory"},
        {"jti": "urn:uuid:another"},
        {"nbf": 1},
        {"exp": 4102444800},
    ],
    ids=lambda claims: next(iter(claims)),
)
def test_we_refuse_a_token_of_theirs_whose_claims_lie(claims: JsonObject) -> None:
    public, private = _p256()

    (token,) = _tokens(private, {"alg": "ES256", "kid": METHOD}, **claims)

    assert outcomes(_verdict(token, _did_document(public)))["proof"] == "claims_mismatch"


# --- algorithm tricks ---------------------------------------------------------------------------


def _segment(value: JsonObject) -> str:
    return encode_base64url(dump_json(value))


@pytest.mark.parametrize("algorithm", ["none", "nOnE", "None", ""])
def test_a_token_without_signature_is_refused(algorithm: str) -> None:
    public, _ = _p256()
    header = _segment({"alg": algorithm, "kid": METHOD})

    result = _verdict(f"{header}.{_segment(_payload())}.AAAA", _did_document(public))

    assert outcomes(result)["parse"] == "algorithm_not_allowed"


@pytest.mark.parametrize("form", ["raw", "jwk", "multikey"])
def test_a_public_key_is_no_secret(form: str) -> None:
    public, _ = _p256()
    secret = {
        "raw": public.raw(),
        "jwk": dump_json(public.to_jwk()),
        "multikey": public.to_multikey().encode(),
    }[form]
    key = {"kty": "oct", "k": encode_base64url(secret)}

    (token,) = _tokens(key, {"alg": "HS256", "kid": METHOD})

    assert outcomes(_verdict(token, _did_document(public)))["parse"] == "algorithm_not_allowed"


@pytest.mark.parametrize(("signed", "listed"), [("ES256", "RS256"), ("EdDSA", "ES256")])
def test_an_algorithm_of_another_family_is_refused(signed: str, listed: str) -> None:
    _, private = KINDS[signed]()
    public, _ = KINDS[listed]()

    (token,) = _tokens(private, {"alg": signed, "kid": METHOD})

    assert outcomes(_verdict(token, _did_document(public)))["proof"] == "key_type_mismatch"


def test_an_rsa_algorithm_that_ob_3_does_not_name_is_refused() -> None:
    public, private = _rsa()

    for token in _tokens(
        private, *({"alg": name, "kid": METHOD} for name in ("PS256", "RS384", "RS512"))
    ):
        found = outcomes(_verdict(token, _did_document(public)))
        assert found["parse"] == "algorithm_not_allowed"


def test_a_header_that_steers_the_verifier_is_refused() -> None:
    public, private = _p256()
    members: list[JsonObject] = [
        {"crit": ["b64"], "b64": True},
        {"jku": "https://elsewhere.example/jwks.json"},
        {"x5u": "https://elsewhere.example/chain.pem"},
        {"x5c": ["MIIB"]},
    ]

    for token in _tokens(private, *({"alg": "ES256", "kid": METHOD, **m} for m in members)):
        assert outcomes(_verdict(token, _did_document(public)))["parse"] == "header_not_allowed"

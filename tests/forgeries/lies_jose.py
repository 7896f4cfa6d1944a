"""Catalogue 2.3, and P20: JSON Web Tokens."""

import hashlib
import hmac
from base64 import urlsafe_b64decode
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from tests.forgeries.catalogue import MALFORMED, VERIFIED, forgery
from tests.forgeries.genuine import VC_ENVELOPE, data_url_of, vcdm_1_1_badge
from tests.forgeries.scene import (
    FORGER,
    FORGERS_KEY,
    HEADER,
    JWK_URL,
    KEY,
    METHOD,
    P256_KEY,
    P384_KEY,
    RSA_URL,
    UNIVERSITY,
    Scene,
    badge,
    claims_of,
    method,
    token,
)
from tests.forgeries.signing import Json, Key, base64url, compact_json, jws

_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
_FORGERS_P256 = Key("forger", "P-256")


def payload_of(document: Json | None = None) -> Json:
    document = badge() if document is None else document
    return {**document, **claims_of(document)}


def resigned(signature: bytes, header: Json | None = None) -> str:
    """The genuine token with another signature."""
    head, payload, _ = token(header=header).split(".")
    return f"{head}.{payload}.{base64url(signature)}"


def headed(**members: Any) -> str:
    """The university's token with further members in its header."""
    return token(header={**HEADER, **members})


# --- T1, T2, T3, T4: which algorithm, whose key? ------------------------------------------------


@forgery("T1", "The token says that it needs no signature.", "algorithm_not_allowed")
def algorithm_none(_: Scene) -> str:
    return resigned(b"\0", {**HEADER, "alg": "none"})


@forgery("T1", "It says so in mixed case.", "algorithm_not_allowed")
def algorithm_none_in_mixed_case(_: Scene) -> str:
    return resigned(b"\0", {**HEADER, "alg": "nOnE"})


@forgery(
    "T1",
    "It says so, and its signature is empty.",
    "not_json",
    verdict=MALFORMED,
    because="a compact JWS has three parts; with an empty one it is no token at all",
)
def algorithm_none_and_no_signature(_: Scene) -> str:
    return resigned(b"", {**HEADER, "alg": "none"})


@forgery("T1", "The token names no algorithm.", "algorithm_not_allowed")
def algorithm_left_out(_: Scene) -> str:
    return token(header={"typ": "JWT", "kid": JWK_URL})


def _hmac(secret: bytes, kid: str) -> str:
    header = {"alg": "HS256", "typ": "JWT", "kid": kid}
    signing_input = ".".join(base64url(compact_json(part)) for part in (header, payload_of()))
    mac = hmac.new(secret, signing_input.encode(), hashlib.sha256).digest()
    return f"{signing_input}.{base64url(mac)}"


@forgery("T2", "The bytes of the public key are used as a shared secret.", "algorithm_not_allowed")
def public_key_as_a_secret(_: Scene) -> str:
    return _hmac(KEY.raw, METHOD)


@forgery("T2", "The text of the public key is used as a shared secret.", "algorithm_not_allowed")
def multikey_text_as_a_secret(_: Scene) -> str:
    return _hmac(KEY.multibase.encode(), METHOD)


@forgery(
    "T2", "The header names an algorithm of another family than the key's.", "key_type_mismatch"
)
def algorithm_of_another_family(_: Scene) -> str:
    return jws({**HEADER, "alg": "EdDSA"}, payload_of(), KEY)


@forgery("T2", "The header names RS256 for an elliptic curve key.", "key_type_mismatch")
def rsa_algorithm_with_a_curve(_: Scene) -> str:
    return headed(alg="RS256")


@forgery("T2", "An algorithm that we have, but not for tokens.", "algorithm_not_allowed")
def algorithm_not_for_tokens(_: Scene) -> str:
    header = {"alg": "ES384", "typ": "JWT", "kid": f"{UNIVERSITY}#p384"}
    return jws(header, payload_of(), P384_KEY)


@forgery("T3", "The forger brings his key along in the header.", "key_not_in_did_document")
def key_brought_in_the_header(_: Scene) -> str:
    header = {"alg": "ES256", "typ": "JWT", "jwk": _FORGERS_P256.jwk}
    return jws(header, payload_of(), _FORGERS_P256)


@forgery(
    "T3",
    "The header names the university's key and brings the forger's.",
    "key_not_in_did_document",
)
def key_brought_beside_the_genuine_name(_: Scene) -> str:
    return jws({**HEADER, "jwk": _FORGERS_P256.jwk}, payload_of(), _FORGERS_P256)


@forgery("T3", "The header is to be believed about where keys are.", "header_not_allowed")
def address_of_keys_in_the_header(_: Scene) -> str:
    return jws({**HEADER, "jku": "https://forger.example/jwks.json"}, payload_of(), _FORGERS_P256)


@forgery("T4", "The key is one of the forger's DID.", "issuer_mismatch")
def key_of_the_forgers_did(_: Scene) -> str:
    header = {"alg": "EdDSA", "typ": "JWT", "kid": method(FORGER, FORGERS_KEY)}
    return jws(header, payload_of(), FORGERS_KEY)


@forgery("T4", "The key stands at an address of the forger's.", "key_not_in_did_document")
def key_at_the_forgers_address(scene: Scene) -> str:
    scene.documents["https://forger.example/key"] = _FORGERS_P256.jwk
    header = {**HEADER, "kid": "https://forger.example/key"}
    return jws(header, payload_of(), _FORGERS_P256)


@forgery("T4", "The key's name is a path.", "key_not_in_did_document")
def key_name_is_a_path(_: Scene) -> str:
    return headed(kid="../../../dev/null")


@forgery("T4", "The key's name is a piece of SQL.", "key_not_in_did_document")
def key_name_is_sql(_: Scene) -> str:
    return headed(kid="x' UNION SELECT 'AA'--")


@forgery("T4", "The key's name is a number.", "header_not_allowed")
def key_name_is_a_number(_: Scene) -> str:
    return headed(kid=0)


@forgery("T4", "Nothing says which key it was.", "key_not_in_did_document")
def key_not_named(_: Scene) -> str:
    return token(header={"alg": "ES256", "typ": "JWT"})


@forgery("T4", "The name is that of another key of the university's.", "key_type_mismatch")
def key_name_of_another_key(_: Scene) -> str:
    return headed(kid=RSA_URL)


# --- T5 to T10: headers and forms ---------------------------------------------------------------


@forgery("T5", "An extension that must be understood, and is not.", "header_not_allowed")
def critical_extension(_: Scene) -> str:
    return headed(crit=["exp"], exp=1)


@forgery("T5", "An empty list of extensions.", "header_not_allowed")
def critical_extensions_empty(_: Scene) -> str:
    return headed(crit=[])


@forgery("T5", "The one extension that libraries wave through.", "header_not_allowed")
def critical_b64_true(_: Scene) -> str:
    return headed(crit=["b64"], b64=True)


@forgery("T6", "The payload is said not to be encoded.", "header_not_allowed")
def payload_not_encoded(_: Scene) -> str:
    return headed(b64=False)


@forgery("T7", "The header names two algorithms.", "duplicate_key", verdict=MALFORMED)
def algorithm_named_twice(_: Scene) -> str:
    header = f'{{"alg":"none","typ":"JWT","kid":"{JWK_URL}","alg":"ES256"}}'.encode()
    return jws(header, payload_of(), P256_KEY)


@forgery("T7", "The payload has two issuers.", "duplicate_key", verdict=MALFORMED)
def issuer_named_twice(_: Scene) -> str:
    payload = compact_json(payload_of())
    return jws(HEADER, payload[:-1] + b',"iss":"did:web:forger.example"}', P256_KEY)


@forgery("T7", "An escape hides that a member stands twice.", "duplicate_key", verdict=MALFORMED)
def member_twice_behind_an_escape(_: Scene) -> str:
    payload = compact_json(payload_of())
    return jws(HEADER, payload[:-1] + b',"\\u0069ss":"did:web:forger.example"}', P256_KEY)


@forgery("T8", "A date is not a number.", "bad_number", verdict=MALFORMED)
def claim_is_nan(_: Scene) -> str:
    payload = compact_json(payload_of())
    return jws(HEADER, payload[:-1] + b',"iat":NaN}', P256_KEY)


@forgery("T8", "A text holds half a character.", "bad_string", verdict=MALFORMED)
def half_a_character_in_a_claim(_: Scene) -> str:
    payload = compact_json(payload_of())
    return jws(HEADER, payload[:-1] + b',"nonce":"\\ud800"}', P256_KEY)


@forgery(
    "T8",
    "The end is a text, which is never smaller than a number.",
    "claims_mismatch",
    because="well-formed JSON; the claim contradicts the credential",
)
def end_is_a_text(_: Scene) -> str:
    return token(exp="9999999999")


@forgery("T8", "The token was made at a time that is a text.", "bad_number", verdict=MALFORMED)
def time_of_making_is_a_text(_: Scene) -> str:
    return token(iat="1772355600")


@forgery("P9", "The token was made next week.", "proof_created_in_future")
def token_from_the_future(_: Scene) -> str:
    return token(iat=1772971200)


@forgery("T9", "An access token is shown as a credential.", "header_not_allowed")
def access_token_as_a_credential(_: Scene) -> str:
    return headed(typ="at+jwt")


@forgery("T9", "A presentation is shown as a credential.", "header_not_allowed")
def presentation_as_a_credential(_: Scene) -> str:
    return headed(typ="vp+jwt")


@forgery("T10", "The payload is said to be compressed.", "header_not_allowed")
def payload_compressed(_: Scene) -> str:
    return headed(zip="DEF")


@forgery("T10", "A token of five parts, as encrypted ones have.", "not_json", verdict=MALFORMED)
def token_of_five_parts(_: Scene) -> str:
    return token() + ".AAAA.AAAA"


@forgery("T10", "The token is written as JSON.", "context_not_allowed")
def token_written_as_json(_: Scene) -> Json:
    header, payload, signature = token().split(".")
    return {"payload": payload, "signatures": [{"protected": header, "signature": signature}]}


@forgery("T10", "The token's payload is another token.", "not_json", verdict=MALFORMED)
def token_in_a_token(_: Scene) -> str:
    return jws({**HEADER, "cty": "JWT"}, token().encode(), P256_KEY)


# --- T11: spellings, and keys for other uses ----------------------------------------------------


def _published(scene: Scene, **members: Any) -> None:
    for entry in scene.university["verificationMethod"]:
        if entry["id"] == f"{UNIVERSITY}#p256":
            entry["publicKeyJwk"] = {**entry["publicKeyJwk"], **members}


@forgery("T11", "The key is for encryption.", "bad_key")
def key_for_encryption(scene: Scene) -> str:
    _published(scene, use="enc")
    return token()


@forgery("T11", "The key may do other things, but not verify.", "bad_key")
def key_not_for_verification(scene: Scene) -> str:
    _published(scene, key_ops=["encrypt", "wrapKey"])
    return token()


@forgery("T11", "The key is for another algorithm.", "bad_key")
def key_for_another_algorithm(scene: Scene) -> str:
    _published(scene, alg="ES384")
    return token()


@forgery("T11", "The private half of the key has been published.", "bad_key")
def private_key_published(scene: Scene) -> str:
    _published(scene, d=base64url(bytes(31) + b"\1"))
    return token()


@forgery(
    "T11",
    "The signature is padded.",
    "not_json",
    verdict=MALFORMED,
    because="with an = it is no compact JWS; nothing else is read instead",
)
def padded_signature(_: Scene) -> str:
    return token() + "=="


@forgery("T11", "The last character carries bits that nobody reads.", "bad_jwt", verdict=MALFORMED)
def stray_bits_in_the_signature(_: Scene) -> str:
    text = token()
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    return text[:-1] + alphabet[alphabet.index(text[-1]) | 1]


@forgery("T11", "A line break stands in the middle.", "not_json", verdict=MALFORMED)
def line_break_in_a_token(_: Scene) -> str:
    return token().replace(".", ".\n", 1)


# --- T12, T13: what the claims say --------------------------------------------------------------


@forgery("T12", "`iss` is the forger.", "claims_mismatch")
def claim_of_another_issuer(_: Scene) -> str:
    return token(iss=FORGER)


@forgery("T12", "`iss` is a list with the university in it.", "claims_mismatch")
def claim_of_several_issuers(_: Scene) -> str:
    return token(iss=[UNIVERSITY, FORGER])


@forgery("T12", "`jti` is another credential's.", "claims_mismatch")
def claim_of_another_credential(_: Scene) -> str:
    return token(jti="https://university.example/credentials/other")


@forgery("T12", "`sub` is another learner.", "claims_mismatch")
def claim_of_another_learner(_: Scene) -> str:
    return token(sub="urn:uuid:00000000-0000-4000-8000-000000000000")


@forgery("T12", "`nbf` is a year earlier.", "claims_mismatch")
def claim_of_an_earlier_start(_: Scene) -> str:
    return token(nbf=1740646800)


@forgery("T12", "`exp` is a hundred years later.", "claims_mismatch")
def claim_of_a_later_end(_: Scene) -> str:
    return token(exp=5000000000)


@forgery("T12", "`exp` says when it ends, the credential does not.", "claims_mismatch")
def claim_without_a_member(_: Scene) -> str:
    return token(badge(validUntil=None), exp=1930000000)


@forgery(
    "T12",
    "The claims are left out.",
    "claims_mismatch",
    vc=(VERIFIED, ""),
    because="VC-JOSE-COSE asks for no claims; OB 3.0 section 8.2 does",
)
def claims_left_out(_: Scene) -> str:
    return jws(HEADER, badge(), P256_KEY)


@forgery("T13", "The payload was changed after it was signed.", "proof_invalid")
def payload_changed(_: Scene) -> str:
    header, _payload, signature = token().split(".")
    changed = compact_json(payload_of(badge(name="Doctor of Medicine")))
    return f"{header}.{base64url(changed)}.{signature}"


@forgery("T13", "A credential stands in `vc`, and beside it another.", "header_not_allowed")
def credential_inside_a_credential(_: Scene) -> str:
    return jws(HEADER, {**payload_of(), "vc": badge(name="Doctor of Medicine")}, P256_KEY)


@forgery(
    "T13",
    "What is written on the envelope is not in it.",
    "",
    verdict=VERIFIED,
    because="the envelope's own words are never shown: a test holds it",
)
def envelope_that_says_more(_: Scene) -> Json:
    return {**VC_ENVELOPE, "id": data_url_of(token()), "name": "Doctor of Medicine"}


@forgery(
    "T13",
    "Beside `vc` stands what the issuer never put into it.",
    "",
    verdict=VERIFIED,
    because="it is signed, and never shown: a test holds it",
)
def members_beside_the_inner_credential(_: Scene) -> str:
    document = vcdm_1_1_badge()
    payload = {**claims_of(document), "vc": document, "name": "Doctor of Medicine"}
    return jws({"alg": "EdDSA", "typ": "JWT", "kid": METHOD}, payload, KEY)


# --- P20: ECDSA ---------------------------------------------------------------------------------


def _der() -> bytes:
    signing_input = token().rpartition(".")[0]
    der: bytes = P256_KEY.private.sign(signing_input.encode(), ec.ECDSA(hashes.SHA256()))
    return der


@forgery("P20", "The signature is in the form that X.509 uses.", "proof_invalid")
def signature_in_der(_: Scene) -> str:
    return resigned(_der())


@forgery("P20", "The signature is nothing but zeros.", "proof_invalid")
def signature_of_zeros(_: Scene) -> str:
    return resigned(bytes(64))


@forgery("P20", "r and s are the order of the curve.", "proof_invalid")
def signature_beyond_the_order(_: Scene) -> str:
    return resigned(_ORDER.to_bytes(32, "big") * 2)


@forgery("P20", "A byte follows the signature.", "proof_invalid")
def signature_with_a_byte_more(_: Scene) -> str:
    return resigned(urlsafe_b64decode(token().rpartition(".")[2] + "==") + b"\0")


@forgery("P20", "A P-384 key has signed what says ES256.", "key_type_mismatch")
def key_of_another_curve(_: Scene) -> str:
    header = {"alg": "ES256", "typ": "JWT", "kid": f"{UNIVERSITY}#p384"}
    return jws(header, payload_of(), P384_KEY)

"""Credentials as tokens: read strictly, bound to a listed key, their claims no lie."""

from datetime import UTC, datetime
from typing import Any

import pytest

from app.encoding.multibase import encode_base64url
from app.encoding.strict_json import JsonObject, dump_json
from app.errors import CheckFailed, MalformedInput, SignetError
from app.keys.controlled_identifier import ControlledIdentifierDocument
from app.proofs.checked import CheckedDocument, UnsecuredDocument
from app.proofs.profiles import OPEN_BADGE
from app.proofs.vc_jose import (
    Jws,
    check_claims,
    check_own_jwt,
    looks_like_jws,
    method_of,
    read_jws,
    sign_jwt,
    signed_at,
)
from tests.builders import NOW, SUBJECT_ID
from tests.world import CONTEXTS, Party, a_badge, a_token, a_web_party

PARTY = a_web_party()
BADGE = a_badge(PARTY)
TOKEN = a_token(BADGE, PARTY)
V1 = "https://www.w3.org/2018/credentials/v1"
V2 = "https://www.w3.org/ns/credentials/v2"


def _segment(value: object) -> str:
    return encode_base64url(value if isinstance(value, bytes) else dump_json(value))


def _token(header: object = None, payload: object = None, signature: str = "AAAA") -> bytes:
    header = {"alg": "ES256"} if header is None else header
    payload = {"a": 1} if payload is None else payload
    return f"{_segment(header)}.{_segment(payload)}.{signature}".encode()


# --- signing ------------------------------------------------------------------------------------


def test_a_token_repeats_the_credential_in_its_claims() -> None:
    jws = read_jws(TOKEN.encode())

    assert jws.document == BADGE
    assert jws.header == {"alg": "ES256", "typ": "JWT", "kid": PARTY.kid}
    assert jws.claims == {
        "iss": PARTY.did,
        "jti": BADGE["id"],
        "sub": SUBJECT_ID,
        "nbf": int(NOW.timestamp()),
        "exp": int(datetime(2031, 3, 2, 9, tzinfo=UTC).timestamp()),
    }
    assert jws.algorithm == "ES256"
    PARTY.token_signer.public_key.verify("ES256", jws.signing_input, jws.signature)


def _checked(**members: Any) -> CheckedDocument:
    """The badge, with other members, as if it had been checked like that."""
    document = {**BADGE, **members}
    unsecured = UnsecuredDocument(document, CONTEXTS, b"")
    return CheckedDocument(unsecured, OPEN_BADGE, dump_json(document))


def _check(token: bytes, checked: CheckedDocument, *, by: Party = PARTY) -> None:
    key = by.token_signer.public_key
    check_own_jwt(token, checked, key, algorithm="ES256", kid=PARTY.kid)


def _sign(checked: CheckedDocument, kid: str = PARTY.kid) -> bytes:
    return sign_jwt(checked, PARTY.token_signer, kid=kid).encode()


@pytest.mark.parametrize(
    "members",
    [
        {},
        {"name": 'Said "no": \U0001f9ad\n\\', "credits": [7.5, 1e-7, 2**53 - 1, None, {}]},
        {"credentialSubject": [{"type": ["AchievementSubject"]}]},
    ],
)
def test_a_token_that_is_let_pass_unread_reads_as_what_was_checked(members: JsonObject) -> None:
    checked = _checked(**members)
    token = _sign(checked)

    _check(token, checked)
    jws = read_jws(token)
    assert jws.document == checked.document
    check_claims(jws, required=True)
    PARTY.token_signer.public_key.verify("ES256", jws.signing_input, jws.signature)


def test_a_token_that_says_something_else_than_was_checked_is_refused() -> None:
    checked = _checked()
    token = _sign(checked)
    _, payload, signature = token.split(b".")

    for other in (
        _sign(_checked(name="Another")),
        _sign(checked, kid=f"{PARTY.kid}1"),
        _token({"alg": "ES256"}).split(b".")[0] + b"." + payload + b"." + signature,
        b"a." + token,
        b"",
    ):
        with pytest.raises(CheckFailed) as caught:
            _check(other, checked)
        assert caught.value.code == "claims_mismatch"

    checked.document["issuer"] = "did:web:another.example"
    with pytest.raises(CheckFailed, match="does not say what was checked"):
        _check(_sign(checked), checked)


@pytest.mark.parametrize("name", ["aud", "iat", "iss", "nonce", "vc"])
def test_a_credential_with_a_member_that_readers_take_away_gets_no_token(name: str) -> None:
    checked = _checked(**{name: "something"})

    with pytest.raises(CheckFailed, match="the name of a claim"):
        _check(_sign(checked), checked)


def test_a_token_that_nobody_would_read_is_refused() -> None:
    checked = _checked(name="x" * 262_000)
    token = _sign(checked)

    with pytest.raises(MalformedInput) as caught:
        _check(token, checked)
    assert caught.value.code == "too_large"
    with pytest.raises(MalformedInput):
        read_jws(token)


def test_the_signature_of_another_key_is_noticed() -> None:
    checked = _checked()

    with pytest.raises(CheckFailed) as caught:
        _check(_sign(checked), checked, by=a_web_party("did:web:another.example"))
    assert caught.value.code == "proof_invalid"


# --- reading ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "looks"),
    [
        (TOKEN.encode(), True),
        (b"\n " + TOKEN.encode() + b"\n", True),
        (b"a.b.c", True),
        (b"", False),
        (b"{}", False),
        (b"a.b", False),
        (b"a.b.c.d.e", False),
        (b"a..c", False),
        (b"a.b.", False),
        (b"a.b.c=", False),
        (b"a.b.c d", False),
        ("a.b.é".encode(), False),
    ],
)
def test_a_compact_jws_is_told_by_its_shape(data: bytes, looks: bool) -> None:
    assert looks_like_jws(data) is looks


UNREADABLE: list[tuple[str, bytes, str]] = [
    ("two parts", b"a.b", "bad_jwt"),
    ("five parts", b"a.b.c.d.e", "bad_jwt"),
    ("padding", TOKEN.encode() + b"==", "bad_jwt"),
    ("not ASCII", "é.b.c".encode(), "bad_jwt"),
    ("stray bits", _token(signature="AB"), "bad_jwt"),
    ("a long header", _token({"alg": "ES256", "kid": "x" * 4000}), "bad_jwt"),
    ("a header that is no JSON", _token(b"{"), "not_json"),
    ("a header that is a list", _token([]), "not_json"),
    ("a header with a member twice", _token(b'{"alg":"ES256","alg":"none"}'), "duplicate_key"),
    ("a payload that is no JSON", _token(payload=b"foo"), "not_json"),
    ("a payload with a member twice", _token(payload=b'{"iss":"a","iss":"b"}'), "duplicate_key"),
    ("a payload with NaN", _token(payload=b'{"exp":NaN}'), "bad_number"),
    ("a payload of a megabyte", _token(payload=b'"' + b"a" * 2**20 + b'"'), "too_large"),
    ("a vc that is no object", _token(payload={"vc": "x"}), "not_a_credential"),
]


@pytest.mark.parametrize(
    ("data", "code"), [r[1:] for r in UNREADABLE], ids=[r[0] for r in UNREADABLE]
)
def test_what_is_no_token_is_malformed(data: bytes, code: str) -> None:
    with pytest.raises(MalformedInput) as refusal:
        read_jws(data)

    assert refusal.value.code == code


HEADERS: list[tuple[str, JsonObject, str]] = [
    ("no alg", {}, "algorithm_not_allowed"),
    ("none", {"alg": "none"}, "algorithm_not_allowed"),
    ("nOnE", {"alg": "nOnE"}, "algorithm_not_allowed"),
    ("HS256", {"alg": "HS256"}, "algorithm_not_allowed"),
    ("ES384", {"alg": "ES384"}, "algorithm_not_allowed"),
    ("PS256", {"alg": "PS256"}, "algorithm_not_allowed"),
    ("alg that is a list", {"alg": ["ES256"]}, "header_not_allowed"),
    ("alg that is null", {"alg": None}, "header_not_allowed"),
    ("kid that is a number", {"alg": "ES256", "kid": 1}, "header_not_allowed"),
    ("typ that is a number", {"alg": "ES256", "typ": 1}, "header_not_allowed"),
    ("cty that is a number", {"alg": "ES256", "cty": 1}, "header_not_allowed"),
    ("crit", {"alg": "ES256", "crit": ["b64"]}, "header_not_allowed"),
    ("b64", {"alg": "ES256", "b64": True}, "header_not_allowed"),
    ("zip", {"alg": "ES256", "zip": "DEF"}, "header_not_allowed"),
    ("jku", {"alg": "ES256", "jku": "https://x.example"}, "header_not_allowed"),
    ("x5c", {"alg": "ES256", "x5c": []}, "header_not_allowed"),
    ("an access token", {"alg": "ES256", "typ": "at+jwt"}, "header_not_allowed"),
    ("a presentation", {"alg": "ES256", "typ": "vp+jwt"}, "header_not_allowed"),
    ("an SD-JWT", {"alg": "ES256", "typ": "vc+sd-jwt"}, "header_not_allowed"),
]


@pytest.mark.parametrize(("header", "code"), [r[1:] for r in HEADERS], ids=[r[0] for r in HEADERS])
def test_a_header_that_must_not_be_accepted_is_refused(header: JsonObject, code: str) -> None:
    with pytest.raises(CheckFailed) as refusal:
        read_jws(_token(header))

    assert refusal.value.code == code


@pytest.mark.parametrize("typ", [None, "JWT", "vc+jwt"])
def test_the_types_of_a_credential_are_accepted(typ: str | None) -> None:
    read_jws(_token({"alg": "ES256", "cty": "vc", **({"typ": typ} if typ else {})}))


def test_a_presentation_has_its_own_type() -> None:
    read_jws(_token({"alg": "ES256", "typ": "vp+jwt"}), presentation=True)
    with pytest.raises(CheckFailed, match="header_not_allowed"):
        read_jws(_token({"alg": "ES256", "typ": "vc+jwt"}), presentation=True)


def test_vcdm_1_wraps_its_credential_and_vcdm_2_does_not() -> None:
    wrapped = {"vc": {"@context": [V1]}, "iss": "did:x"}

    assert read_jws(_token(payload=wrapped)).document == {"@context": [V1]}
    assert read_jws(_token(payload={"vc": {"@context": V1}})).document == {"@context": V1}
    with pytest.raises(CheckFailed, match="header_not_allowed"):
        read_jws(_token(payload={"vc": {"@context": [V2]}}))
    legacy = read_jws(_token(payload={"vc": {"@context": [V2]}}), legacy=True)
    assert legacy.document == {"@context": [V2]}
    presented = read_jws(_token(payload={"vp": {"@context": [V1]}}), presentation=True)
    assert presented.document == {"@context": [V1]}


# --- the key ------------------------------------------------------------------------------------

CONTROLLER = ControlledIdentifierDocument.parse(PARTY.did_document, PARTY.did)
JWK = PARTY.token_signer.public_key.to_jwk()
FRAGMENT = PARTY.token_signer.verification_method.removeprefix(PARTY.did)


def _jws(header: JsonObject) -> Jws:
    return read_jws(_token({"alg": "ES256", **header}))


@pytest.mark.parametrize(
    "header",
    [
        {"kid": PARTY.kid},
        {"kid": PARTY.token_signer.verification_method},
        {"kid": FRAGMENT},
        {"jwk": JWK},
        {"kid": PARTY.kid, "jwk": JWK},
    ],
    ids=str,
)
def test_a_header_points_to_a_key_of_the_issuers_document(header: JsonObject) -> None:
    method = method_of(_jws(header), CONTROLLER, at=NOW, purpose="assertionMethod")

    assert method.id == PARTY.token_signer.verification_method


OTHER_JWK = a_web_party("did:web:elsewhere.example").token_signer.public_key.to_jwk()
POINTERS: list[tuple[str, JsonObject, str]] = [
    ("nothing", {}, "key_not_in_did_document"),
    ("another kid", {"kid": "https://x.example/k"}, "key_not_in_did_document"),
    ("an empty kid", {"kid": ""}, "key_not_in_did_document"),
    ("a path", {"kid": "../../etc/passwd"}, "key_not_in_did_document"),
    ("another's key", {"jwk": OTHER_JWK}, "key_not_in_did_document"),
    ("a kid and another's key", {"kid": PARTY.kid, "jwk": OTHER_JWK}, "key_not_in_did_document"),
    ("a jwk that is a text", {"jwk": "x"}, "bad_key"),
    ("a private jwk", {"jwk": {**JWK, "d": "AAAA"}}, "bad_key"),
]


@pytest.mark.parametrize(
    ("header", "code"), [r[1:] for r in POINTERS], ids=[r[0] for r in POINTERS]
)
def test_a_key_that_the_document_does_not_list_is_refused(header: JsonObject, code: str) -> None:
    with pytest.raises(CheckFailed) as refusal:
        method_of(_jws(header), CONTROLLER, at=NOW, purpose="assertionMethod")

    assert refusal.value.code == code


def test_a_broken_key_beside_the_right_one_does_no_harm() -> None:
    document = PARTY.did_document
    broken = {"id": "#b", "type": "Multikey", "controller": PARTY.did, "publicKeyMultibase": "z"}
    controller = ControlledIdentifierDocument.parse(
        {**document, "verificationMethod": [broken, *document["verificationMethod"]]}, PARTY.did
    )

    method = method_of(_jws({"jwk": JWK}), controller, at=NOW, purpose="assertionMethod")

    assert method.id == PARTY.token_signer.verification_method


# --- the claims ---------------------------------------------------------------------------------


def _claiming(document: JsonObject | None = None, /, **claims: Any) -> Jws:
    genuine = read_jws(TOKEN.encode()).claims
    merged = {**genuine, **claims}
    kept = {name: value for name, value in merged.items() if value is not ...}
    return read_jws(_token(payload={**(BADGE if document is None else document), **kept}))


def _reduced(*names: str, **members: Any) -> JsonObject:
    return {**{name: member for name, member in BADGE.items() if name not in names}, **members}


AGREEING: list[Jws] = [
    _claiming(),
    _claiming(nbf=NOW.timestamp() + 0.5),
    _claiming(aud="https://x.example", iat=5, nonce="n"),
    _claiming(_reduced("validUntil"), exp=...),
    _claiming(_reduced("id"), jti=...),
    _claiming(_reduced(credentialSubject={"name": "x"}), sub=...),
    _claiming(_reduced(credentialSubject=[{"id": "urn:a"}]), sub=...),
    _claiming(_reduced(issuer=PARTY.did)),
    _claiming(_reduced("validFrom", issuanceDate="2026-03-02T09:00:00Z")),
    _claiming(_reduced("validFrom", validFrom="2026-03-02T11:00:00.25+02:00")),
]


@pytest.mark.parametrize("jws", AGREEING)
@pytest.mark.parametrize("required", [True, False])
def test_claims_that_say_what_the_credential_says_are_accepted(jws: Jws, required: bool) -> None:
    check_claims(jws, required=required)


@pytest.mark.parametrize("claim", ["iss", "jti", "sub", "nbf", "exp"])
def test_a_claim_may_be_missing_only_where_it_is_not_required(claim: str) -> None:
    jws = _claiming(**{claim: ...})

    check_claims(jws, required=False)
    with pytest.raises(CheckFailed, match=f"claims_mismatch.*{claim}"):
        check_claims(jws, required=True)


CONTRADICTING: list[tuple[str, Jws]] = [
    ("another issuer", _claiming(iss="did:web:evil.example")),
    ("a part of the issuer", _claiming(iss=PARTY.did[:-1])),
    ("a list with the issuer", _claiming(iss=[PARTY.did])),
    ("another id", _claiming(jti="urn:uuid:1")),
    ("another subject", _claiming(sub="did:example:mallory")),
    ("an earlier start", _claiming(nbf=1)),
    ("a start as a text", _claiming(nbf=str(int(NOW.timestamp())))),
    ("a start that is true", _claiming(nbf=True)),
    ("a start that is null", _claiming(nbf=None)),
    ("a later end", _claiming(exp=4102444800)),
    ("an end that is not in the credential", _claiming(_reduced("validUntil"))),
    ("an id that is not in the credential", _claiming(_reduced("id"))),
    ("one of two subjects", _claiming(_reduced(credentialSubject=[{"id": SUBJECT_ID}]))),
    ("an issuer where there is none", _claiming(_reduced("issuer"))),
]


@pytest.mark.parametrize("jws", [r[1] for r in CONTRADICTING], ids=[r[0] for r in CONTRADICTING])
@pytest.mark.parametrize("required", [True, False])
def test_claims_that_contradict_the_credential_are_refused(jws: Jws, required: bool) -> None:
    with pytest.raises(CheckFailed) as refusal:
        check_claims(jws, required=required)

    assert refusal.value.code == "claims_mismatch"


@pytest.mark.parametrize(
    ("claims", "moment"),
    [
        ({}, NOW),
        ({"iat": 0}, datetime(1970, 1, 1, tzinfo=UTC)),
        ({"iat": 1.5}, datetime(1970, 1, 1, 0, 0, 1, 500_000, tzinfo=UTC)),
        ({"iat": 253402300799}, datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)),
        ({"nbf": ...}, None),
    ],
)
def test_a_token_says_when_it_was_made(claims: dict[str, Any], moment: datetime | None) -> None:
    assert signed_at(_claiming(**claims)) == moment


@pytest.mark.parametrize("value", [True, None, "5", -1, 253402300800, [5]], ids=repr)
def test_a_time_that_is_no_number_of_seconds_is_malformed(value: object) -> None:
    with pytest.raises(SignetError) as refusal:
        signed_at(_claiming(iat=value))

    assert refusal.value.code == "bad_number"

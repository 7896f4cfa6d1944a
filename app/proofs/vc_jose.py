"""Credentials secured as JSON Web Signatures: OB 3.0 section 8.2 "JSON Web Token Proof Format".

The token is read by hand and strictly: one family of algorithms per key, taken from a table and
never from the header alone; no headers but the allowed ones; no duplicate members anywhere.
"""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from app.encoding.dates import parse_datetime
from app.encoding.multibase import decode_base64url, encode_base64url
from app.encoding.strict_json import JsonObject, dump_json, parse_object
from app.errors import CheckFailed, MalformedInput
from app.keys.controlled_identifier import ControlledIdentifierDocument, VerificationMethod
from app.keys.public_key import PublicKey
from app.keys.signer import Signer
from app.proofs.checked import CheckedDocument
from app.proofs.profiles import VCDM_1

ALGORITHMS = frozenset({"EdDSA", "ES256", "RS256"})
_HEADERS = frozenset({"alg", "cty", "jwk", "kid", "typ"})
_CREDENTIAL_TYPES = frozenset({"JWT", "vc+jwt"})
_PRESENTATION_TYPES = frozenset({"JWT", "vp+jwt"})
_CLAIMS = frozenset({"aud", "exp", "iat", "iss", "jti", "nbf", "sub", "nonce"})
_NOT_OF_A_DOCUMENT = _CLAIMS | {"vc"}
_COMPACT = re.compile(rb"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+")
_MAX_HEADER = 4096
_MAX_PAYLOAD = 256 * 1024


@dataclass(frozen=True)
class Jws:
    """A compact JWS, split and parsed, its signature not yet checked."""

    header: JsonObject
    claims: JsonObject  # the registered JWT claims
    document: JsonObject  # the credential or presentation: the payload without the claims
    signing_input: bytes
    signature: bytes

    @property
    def algorithm(self) -> str:
        """The `alg` of the header; one of `ALGORITHMS`."""
        return str(self.header["alg"])


def sign_jwt(checked: CheckedDocument, signer: Signer, *, kid: str) -> str:
    """The compact JWS of a checked credential, its claims repeating its members."""
    document = checked.document
    payload = dump_json({**document, **_expected_claims(document)})
    signing_input = f"{_header(signer.algorithm, kid)}.{encode_base64url(payload)}"
    signature = signer.sign(signing_input.encode("ascii"))
    return f"{signing_input}.{encode_base64url(signature)}"


def check_own_jwt(
    token: bytes, checked: CheckedDocument, key: PublicKey, *, algorithm: str, kid: str
) -> None:
    """Check a token that was just made by `sign_jwt`: what it says, and its signature.

    It is held against the one text that says what was checked, the checked bytes and the claims
    behind them, which costs a tenth of reading it. Raises `CheckFailed` claims_mismatch and what
    `PublicKey.verify` raises, and `MalformedInput` for a document too large to be read as a token.
    """
    payload = checked.content[:-1] + b"," + dump_json(_expected_claims(checked.document))[1:]
    if len(payload) > _MAX_PAYLOAD:
        raise MalformedInput("too_large", f"a token may say at most {_MAX_PAYLOAD} bytes")
    # Whoever reads a token takes these members away from the document.
    if not _NOT_OF_A_DOCUMENT.isdisjoint(checked.document):
        raise _mismatch("a member of the credential has the name of a claim")
    signing_input, _, signature = token.rpartition(b".")
    if signing_input != f"{_header(algorithm, kid)}.{encode_base64url(payload)}".encode("ascii"):
        raise _mismatch("the signed token does not say what was checked")
    key.verify(algorithm, signing_input, decode_base64url(signature.decode("ascii")))


def looks_like_jws(data: bytes) -> bool:
    """Whether some bytes could be a compact JWS."""
    return _COMPACT.fullmatch(data.strip()) is not None


def read_jws(data: bytes, *, presentation: bool = False, legacy: bool = False) -> Jws:
    """Split and parse a compact JWS.

    VCDM 2.0 payloads are the document itself; VCDM 1.1 ones hold it in `vc` or `vp`, and `legacy`
    accepts that form for VCDM 2.0 too, as tokens made before the Recommendation have it. Raises
    `MalformedInput` for what is not a token, `CheckFailed` algorithm_not_allowed or
    header_not_allowed for one that must not be accepted.
    """
    segments = data.strip().split(b".")
    if len(segments) != 3 or len(segments[0]) > _MAX_HEADER:
        raise MalformedInput("bad_jwt", "a compact JWS has three parts, and a short header")
    try:
        header, payload, signature = (
            decode_base64url(segment.decode("ascii")) for segment in segments
        )
    except (CheckFailed, UnicodeDecodeError):
        raise MalformedInput("bad_jwt", "a part of the token is not base64url") from None
    members = parse_object(header)
    _check_header(members, _PRESENTATION_TYPES if presentation else _CREDENTIAL_TYPES)
    body = parse_object(payload, max_bytes=_MAX_PAYLOAD)
    claims = {name: claim for name, claim in body.items() if name in _CLAIMS}
    return Jws(
        members,
        claims,
        _document(body, "vp" if presentation else "vc", legacy),
        segments[0] + b"." + segments[1],
        signature,
    )


def method_of(
    jws: Jws, controller: ControlledIdentifierDocument, *, at: datetime, purpose: str
) -> VerificationMethod:
    """The controller's method that the header points to, by `kid` or by the key in `jwk`.

    A `kid` must be the id of a method, or the `kid` inside its `publicKeyJwk` (the address of a
    bare JWK, which OB 3.0 asks for). Raises `CheckFailed` key_not_in_did_document and what
    `method_for` raises.
    """
    kid, jwk = jws.header.get("kid"), jws.header.get("jwk")
    candidates = list(controller.methods.values())
    if kid is not None:
        full = controller.id + kid if kid.startswith("#") else kid
        candidates = [m for m in candidates if full in (m.id, m.key_id())]
    if jwk is not None:
        thumbprint = PublicKey.from_jwk(jwk).thumbprint()
        candidates = [m for m in candidates if _has_thumbprint(m, thumbprint)]
    if len(candidates) != 1 or (kid is None and jwk is None):
        raise CheckFailed(
            "key_not_in_did_document",
            f"the document of {controller.id} does not list the key that the token names",
        )
    return controller.method_for(candidates[0].id, at=at, purpose=purpose)


def check_claims(jws: Jws, *, required: bool) -> None:
    """The claims must say what the credential says (OB 3.0 section 9.2, VCDM 1.1 section 6.3.1).

    With `required`, absent ones fail as well. Raises `CheckFailed` claims_mismatch.
    """
    expected = _expected_claims(jws.document)
    for name in ("iss", "jti", "sub", "nbf", "exp"):
        claim = jws.claims.get(name)
        if name not in jws.claims:
            if required and name in expected:
                raise _mismatch(f"the claim {name} is missing")
        elif name not in expected:
            raise _mismatch(f"the claim {name} has nothing in the credential to stand for")
        elif isinstance(claim, bool) or not _same(claim, expected[name]):
            raise _mismatch(f"the claim {name} contradicts the credential")


def signed_at(jws: Jws) -> datetime | None:
    """When the token says it was made: `iat`, else `nbf`; raises `MalformedInput`."""
    for name in ("iat", "nbf"):
        if name in jws.claims:
            return numeric_date(jws.claims[name], name)
    return None


def numeric_date(value: Any, name: str) -> datetime:
    """A NumericDate (RFC 7519 section 2) as a time; raises `MalformedInput` bad_number."""
    if (
        isinstance(value, bool)
        or not isinstance(value, int | float)
        or not 0 <= value < 253402300800
    ):
        raise MalformedInput("bad_number", f"the claim {name} is not a number of seconds")
    return parse_datetime("1970-01-01T00:00:00Z") + timedelta(seconds=value)


def _check_header(header: JsonObject, types: frozenset[str]) -> None:
    if unknown := header.keys() - _HEADERS:
        raise CheckFailed("header_not_allowed", f"the header {sorted(unknown)[0][:40]!r}")
    for name in ("alg", "kid", "typ", "cty"):
        if name in header and not isinstance(header[name], str):
            raise CheckFailed("header_not_allowed", f"the header {name} must be a text")
    if header.get("alg") not in ALGORITHMS:
        raise CheckFailed(
            "algorithm_not_allowed", f"{str(header.get('alg'))[:40]!r} is not accepted"
        )
    if header.get("typ", "JWT") not in types:
        raise CheckFailed("header_not_allowed", f"typ {header['typ'][:40]!r} is not accepted here")


def _document(body: JsonObject, wrapper: str, legacy: bool) -> JsonObject:
    inner = body.get(wrapper)
    if inner is None:
        return {name: member for name, member in body.items() if name not in _CLAIMS}
    if not isinstance(inner, dict):
        raise MalformedInput("not_a_credential", f"the claim {wrapper} must be an object")
    context = inner.get("@context")
    if not legacy and VCDM_1 not in (context if isinstance(context, list) else [context]):
        raise CheckFailed("header_not_allowed", f"only VCDM 1.1 puts a credential into {wrapper}")
    return inner


def _expected_claims(document: JsonObject) -> JsonObject:
    """The claims that repeat the members of a credential."""
    claims: JsonObject = {}
    issuer, subject = document.get("issuer"), document.get("credentialSubject")
    issuer_id = issuer.get("id") if isinstance(issuer, dict) else issuer
    subject_id = subject.get("id") if isinstance(subject, dict) else None
    if issuer_id is not None:
        claims["iss"] = issuer_id
    if "id" in document:
        claims["jti"] = document["id"]
    if subject_id is not None:
        claims["sub"] = subject_id
    for claim, names in (
        ("nbf", ("validFrom", "issuanceDate")),
        ("exp", ("validUntil", "expirationDate")),
    ):
        for name in names:
            if name in document:
                claims[claim] = int(parse_datetime(document[name], field=f"/{name}").timestamp())
    return claims


def _same(claim: Any, expected: Any) -> bool:
    """Equal, times at whole seconds."""
    if isinstance(claim, float) and isinstance(expected, int):
        return int(claim) == expected
    return bool(claim == expected)


def _has_thumbprint(method: VerificationMethod, thumbprint: str) -> bool:
    try:
        return method.public_key().thumbprint() == thumbprint
    except CheckFailed:
        return False


def _header(algorithm: str, kid: str) -> str:
    return encode_base64url(dump_json({"alg": algorithm, "typ": "JWT", "kid": kid}))


def _mismatch(reason: str) -> CheckFailed:
    return CheckFailed("claims_mismatch", reason)

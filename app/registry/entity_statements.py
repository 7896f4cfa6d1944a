"""Entity Statements: what one entity of a federation signs about another, or about itself.

OpenID Federation 1.0, section 3. A statement is read by hand and strictly; that it was read says
nothing yet: `check_signature` needs keys which the caller trusts for a reason of his own.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from app.encoding.multibase import decode_base64url
from app.encoding.strict_json import JsonObject, parse_object
from app.errors import CheckFailed, CheckUndecided, MalformedInput
from app.fetch.urls import parse_address
from app.keys.public_key import PublicKey
from app.proofs.data_integrity import CLOCK_TOLERANCE
from app.proofs.vc_jose import numeric_date

TYPE = "entity-statement+jwt"
ALGORITHMS = frozenset({"EdDSA", "ES256", "ES384", "RS256"})
MAX_STATEMENT = 32 * 1024
MAX_ENTITY_ID = 512
_MAX_HEADER = 16 * 1024
_MAX_KEYS = 20
_MAX_HINTS = 20

_REQUIRED = ("iss", "sub", "iat", "exp", "jwks")
_OF_CONFIGURATIONS = (
    "authority_hints",
    "trust_anchor_hints",
    "trust_marks",
    "trust_mark_issuers",
    "trust_mark_owners",
)
_OF_SUBORDINATES = ("constraints", "metadata_policy", "metadata_policy_crit", "source_endpoint")
_OBJECTS = ("metadata", "metadata_policy", "constraints")


@dataclass(frozen=True)
class EntityStatement:
    """A statement, split and parsed, its signature not yet checked.

    `keys` are the subject's, by key id; `place` says where the statement stands, for errors.
    """

    token: str
    header: JsonObject
    claims: JsonObject
    signing_input: bytes
    signature: bytes
    issuer: str
    subject: str
    issued_at: datetime
    expires_at: datetime
    keys: Mapping[str, JsonObject]
    place: str

    @property
    def is_configuration(self) -> bool:
        """Whether the entity speaks of itself (an Entity Configuration)."""
        return self.issuer == self.subject

    @property
    def authority_hints(self) -> tuple[str, ...]:
        """The immediate superiors that an Entity Configuration names."""
        return tuple(self.claims.get("authority_hints", ()))

    def member(self, name: str) -> JsonObject:
        """A claim that is an object; empty where there is none."""
        found: JsonObject = self.claims.get(name, {})
        return found


def read_statement(token: str, *, place: str = "") -> EntityStatement:
    """Split and parse one Entity Statement (section 3.2, all but time and signature).

    Raises `MalformedInput` for what is no token, and `CheckFailed` algorithm_not_allowed,
    header_not_allowed, missing_member, wrong_type, bad_value, bad_key, claim_misplaced or
    claim_not_understood, naming the claim below `place`.
    """
    header, claims, signing_input, signature = _split(token, place)
    _check_header(header, place)
    for name in _REQUIRED:
        if name not in claims:
            raise CheckFailed("missing_member", f"the claim {name} is needed", field=place)
    statement = EntityStatement(
        token=token,
        header=header,
        claims=claims,
        signing_input=signing_input,
        signature=signature,
        issuer=check_entity_id(claims["iss"], f"{place}/iss"),
        subject=check_entity_id(claims["sub"], f"{place}/sub"),
        issued_at=numeric_date(claims["iat"], "iat"),
        expires_at=numeric_date(claims["exp"], "exp"),
        keys=read_key_set(claims["jwks"], f"{place}/jwks"),
        place=place,
    )
    _check_claims(statement)
    return statement


def check_times(statement: EntityStatement, now: datetime) -> None:
    """Section 10.2: issued in the past, give or take a slow clock, and not expired.

    Raises `CheckFailed` statement_in_future, statement_expired.
    """
    if statement.issued_at > now + CLOCK_TOLERANCE:
        raise CheckFailed(
            "statement_in_future",
            f"what {statement.issuer} says is dated {statement.issued_at:%FT%TZ}",
            field=statement.place,
        )
    if statement.expires_at <= now:
        raise CheckFailed(
            "statement_expired",
            f"what {statement.issuer} says of {statement.subject} ended at "
            f"{statement.expires_at:%FT%TZ}",
            field=statement.place,
        )


def check_signature(statement: EntityStatement, keys: Mapping[str, JsonObject], whose: str) -> None:
    """The statement was signed with the one of these keys that its header names (section 3.2).

    Raises `CheckFailed` key_not_listed, key_type_mismatch, proof_invalid, bad_key, weak_key.
    """
    kid = str(statement.header["kid"])
    if kid not in keys:
        raise CheckFailed(
            "key_not_listed",
            f"signed with the key {kid[:80]!a}, which is not among {whose}",
            field=statement.place,
        )
    key = PublicKey.from_jwk(keys[kid])
    try:
        key.verify(str(statement.header["alg"]), statement.signing_input, statement.signature)
    except CheckFailed as error:
        raise CheckFailed(error.code, f"{error.detail} ({whose})", field=statement.place) from None


def check_entity_id(value: Any, field: str) -> str:
    """An Entity Identifier: an https URL with a host, without query and fragment (section 1.2).

    Only hosts that may be visited are names of entities here. Raises `CheckFailed` wrong_type,
    bad_value.
    """
    if not isinstance(value, str):
        raise CheckFailed("wrong_type", "an entity identifier is a text", field=field)
    try:
        parse_address(value)
    except CheckUndecided as error:
        raise CheckFailed("bad_value", error.detail, field=field) from None
    if "?" in value or "#" in value or len(value) > MAX_ENTITY_ID:
        raise CheckFailed(
            "bad_value",
            f"an entity identifier has no query, no fragment and at most {MAX_ENTITY_ID} letters",
            field=field,
        )
    return value


def host_of(entity_id: str) -> str:
    """The host of an Entity Identifier, in lower case."""
    return (urlsplit(entity_id).hostname or "").lower()


def read_key_set(value: Any, field: str) -> dict[str, JsonObject]:
    """A JWK Set by key ids, each of which there is once (section 3.1.1).

    Keys of kinds that are unknown here may stand in it; they just check nothing. Raises
    `CheckFailed` wrong_type, bad_key.
    """
    keys = value.get("keys") if isinstance(value, dict) else None
    if not isinstance(keys, list) or not 1 <= len(keys) <= _MAX_KEYS:
        raise CheckFailed(
            "wrong_type", f"a key set has a list `keys` of 1 to {_MAX_KEYS}", field=field
        )
    found: dict[str, JsonObject] = {}
    for key in keys:
        kid = key.get("kid") if isinstance(key, dict) else None
        if not isinstance(kid, str) or not kid or kid in found:
            raise CheckFailed("bad_key", "each key has a `kid` of its own", field=field)
        found[kid] = key
    return found


def _split(token: str, place: str) -> tuple[JsonObject, JsonObject, bytes, bytes]:
    if len(token) > MAX_STATEMENT:
        raise MalformedInput("too_large", f"a statement has at most {MAX_STATEMENT} letters")
    segments = token.split(".")
    if len(segments) != 3 or not all(segments) or len(segments[0]) > _MAX_HEADER:
        raise MalformedInput("bad_jwt", "an entity statement is a signed, compact JWT", field=place)
    try:
        header, claims, signature = map(decode_base64url, segments)
    except CheckFailed:
        raise MalformedInput(
            "bad_jwt", "a part of the statement is not base64url", field=place
        ) from None
    signing_input = ".".join(segments[:2]).encode("ascii")
    return parse_object(header), parse_object(claims), signing_input, signature


def _check_header(header: JsonObject, place: str) -> None:
    """`typ`, `alg` and `kid`; keys in the header are never used, critical extensions refused."""
    if header.get("typ") != TYPE:
        raise CheckFailed("header_not_allowed", f"typ must be {TYPE}", field=place)
    if header.get("alg") not in ALGORITHMS:
        raise CheckFailed(
            "algorithm_not_allowed", f"{str(header.get('alg'))[:40]!a} is not accepted", field=place
        )
    if not isinstance(header.get("kid"), str) or not header["kid"]:
        raise CheckFailed("header_not_allowed", "the header names no key (kid)", field=place)
    if "crit" in header or "b64" in header:
        raise CheckFailed(
            "header_not_allowed", "the header has extensions that are not known here", field=place
        )


def _check_claims(statement: EntityStatement) -> None:
    claims, place = statement.claims, statement.place
    strange = _OF_SUBORDINATES if statement.is_configuration else _OF_CONFIGURATIONS
    for name in (*strange, "trust_anchor"):
        if name in claims:
            raise CheckFailed(
                "claim_misplaced", f"{name} has no place in this kind of statement", field=place
            )
    if "crit" in claims:  # there is no extension of statements that we know of
        raise CheckFailed(
            "claim_not_understood",
            f"{str(claims['crit'])[:120]} must be understood and is not",
            field=f"{place}/crit",
        )
    for name in _OBJECTS:
        if name in claims:
            _check_object(claims[name], f"{place}/{name}")
    for kind, parameters in statement.member("metadata").items():
        _check_object(parameters, f"{place}/metadata/{kind}")
        if None in parameters.values():
            raise CheckFailed("wrong_type", "metadata is never null", field=f"{place}/metadata")
    for name in ("authority_hints", "trust_anchor_hints"):
        if name in claims:
            _check_hints(claims[name], f"{place}/{name}")


def _check_hints(hints: Any, field: str) -> None:
    if not isinstance(hints, list) or not 1 <= len(hints) <= _MAX_HINTS:
        raise CheckFailed("wrong_type", f"a list of 1 to {_MAX_HINTS} is needed", field=field)
    for hint in hints:
        check_entity_id(hint, field)


def _check_object(value: Any, field: str) -> None:
    if not isinstance(value, dict):
        raise CheckFailed("wrong_type", "an object is needed here", field=field)

"""Building the unsecured document of an OpenBadgeCredential: OB 3.0 over VCDM 2.0.

Pure: the caller brings the time, the URLs, the salt and the fresh subject identifier. What is built
here still has to pass `check_open_badge` and JSON-LD safe mode before it can be signed.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from app.credentials.conformance import found, raise_invalid_request
from app.credentials.identity import hash_identity, plain_identity
from app.credentials.issue_request import IssueRequest, Recipient
from app.credentials.rules import results_broken
from app.credentials.vcdm import CONTEXT_V2
from app.encoding.dates import format_datetime
from app.encoding.strict_json import JsonObject
from app.errors import Finding

OB_CONTEXT = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"
EXTENSIONS_CONTEXT = "https://purl.imsglobal.org/spec/ob/v3p0/extensions.json"

# The terms that only the extensions context defines; without it safe mode would refuse them.
_EXTENSION_TYPES = (
    "1EdTechJsonSchemaValidator2019",
    "1EdTechRevocationList",
    "1EdTechCredentialRefresh",
)


def build_open_badge(
    *,
    credential_url: str,
    issuer_profile: JsonObject,
    achievement: JsonObject,
    subject: JsonObject,
    valid_from: datetime,
    credential_status: JsonObject,
    valid_until: datetime | None = None,
    awarded_date: datetime | None = None,
    evidence: Sequence[JsonObject] = (),
    name: str | None = None,
    description: str | None = None,
    image: JsonObject | None = None,
) -> JsonObject:
    """The unsecured document; `subject` comes from `build_subject`.

    `issuer_profile` is a whole OB Profile (never a bare URL: many readers fail on one),
    `achievement` the published Achievement. `name` is the achievement's unless given.
    """
    document: JsonObject = {
        "@context": [CONTEXT_V2, OB_CONTEXT],
        "id": credential_url,
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "name": name if name is not None else achievement["name"],
        "description": description,
        "image": image,
        "issuer": issuer_profile,
        "validFrom": format_datetime(valid_from),
        "validUntil": _date(valid_until),
        "awardedDate": _date(awarded_date),
        "credentialSubject": {**subject, "achievement": achievement},
        "evidence": list(evidence) or None,
        "credentialStatus": credential_status,
    }
    document = _without_none(document)
    if any(term in _EXTENSION_TYPES for term in _types(document)):
        document["@context"].append(EXTENSIONS_CONTEXT)
    return document


def build_subject(
    request: IssueRequest, achievement: JsonObject, *, subject_id: str, salt: str
) -> JsonObject:
    """The AchievementSubject without its achievement.

    A recipient without a DID is given `subject_id`, a fresh `urn:uuid:`, so that a VC-JWT has its
    `sub`; `salt` is as in `hash_identity`. Raises `InvalidRequest` when a result contradicts the
    achievement, with the field in the request.
    """
    raise_invalid_request(_result_findings(request, achievement))
    return _without_none(
        {
            "id": request.recipient.did or subject_id,
            "type": ["AchievementSubject"],
            "identifier": _identities(request.recipient, salt) or None,
            "activityStartDate": _date(request.activity_start),
            "activityEndDate": _date(request.activity_end),
            "creditsEarned": request.credits_earned,
            "licenseNumber": request.license_number,
            "narrative": request.narrative,
            "result": list(request.results) or None,
            "role": request.role,
            "term": request.term,
        }
    )


def _result_findings(request: IssueRequest, achievement: JsonObject) -> Iterator[Finding]:
    for code, names, sentence in results_broken(list(request.results), achievement):
        yield found(code, "/results/" + "/".join(str(name) for name in names), sentence)


def _identities(recipient: Recipient, salt: str) -> list[JsonObject]:
    identities = []
    identifier = recipient.identifier
    if identifier is not None and identifier.hashed:
        identities.append(hash_identity(identifier.value, identifier.type, salt))
    elif identifier is not None:
        identities.append(plain_identity(identifier.value, identifier.type))
    if recipient.name is not None:
        identities.append(plain_identity(recipient.name, "name"))
    return identities


def _date(moment: datetime | None) -> str | None:
    return None if moment is None else format_datetime(moment)


def _without_none(members: Mapping[str, Any]) -> JsonObject:
    return {name: value for name, value in members.items() if value is not None}


def _types(value: Any) -> Iterator[Any]:
    """Every `type` term in a document."""
    if isinstance(value, list):
        for item in value:
            yield from _types(item)
    elif isinstance(value, dict):
        types = value.get("type", [])
        yield from types if isinstance(types, list) else [types]
        for item in value.values():
            yield from _types(item)

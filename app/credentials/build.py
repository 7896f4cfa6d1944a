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
from app.credentials.microcredential_subject import credits_earned, results_of, subject_members
from app.credentials.microcredential_terms import (
    CANONICAL_CONTEXT,
    SUBJECT_TYPE,
    ContextPin,
    is_our_type,
    types_in,
)
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
    microcredential_context: ContextPin | None = None,
) -> JsonObject:
    """The unsecured document; `subject` comes from `build_subject`.

    `issuer_profile` is a whole OB Profile (never a bare URL: many readers fail on one),
    `achievement` the published Achievement. `name` is the achievement's unless given. Our own
    context is named only when its terms are used: at the address of `microcredential_context`,
    pinned by digest, else by its canonical name.
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
    types = list(types_in(document))
    if any(term in _EXTENSION_TYPES for term in types):
        document["@context"].append(EXTENSIONS_CONTEXT)
    if any(map(is_our_type, types)):
        pin = microcredential_context
        document["@context"].append(CANONICAL_CONTEXT if pin is None else pin.url)
        if pin is not None:
            document["relatedResource"] = [pin.as_related_resource()]
    return document


def build_subject(
    request: IssueRequest, achievement: JsonObject, *, subject_id: str, salt: str
) -> JsonObject:
    """The AchievementSubject without its achievement.

    A recipient without a DID is given `subject_id`, a fresh `urn:uuid:`, so that a VC-JWT has its
    `sub`; `salt` is as in `hash_identity`. Raises `InvalidRequest` when a result or the credit
    received contradicts the achievement, with the field in the request.
    """
    results = results_of(request, achievement)
    raise_invalid_request(_result_findings(request, results, achievement))
    subject = _without_none(
        {
            "id": request.recipient.did or subject_id,
            "type": ["AchievementSubject"],
            "identifier": identities_of(request.recipient, salt) or None,
            "activityStartDate": _date(request.activity_start),
            "activityEndDate": _date(request.activity_end),
            "creditsEarned": credits_earned(request),
            "licenseNumber": request.license_number,
            "narrative": request.narrative,
            "result": results or None,
            "role": request.role,
            "term": request.term,
        }
    )
    extension = subject_members(request, achievement)
    if extension:
        subject["type"].append(SUBJECT_TYPE)
    return {**subject, **extension}


def _result_findings(
    request: IssueRequest, results: list[JsonObject], achievement: JsonObject
) -> Iterator[Finding]:
    for code, (index, *names), sentence in results_broken(results, achievement):
        given = isinstance(index, int) and index < len(request.results)
        place = f"/results/{index}" if given else "/grade"
        yield found(code, "/".join([place, *map(str, names)] if given else [place]), sentence)


def identities_of(recipient: Recipient, salt: str) -> list[JsonObject]:
    """The IdentityObjects of a recipient; `salt` is as in `hash_identity`."""
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

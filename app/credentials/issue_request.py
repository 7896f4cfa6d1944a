"""The body of `POST /api/v1/issuers/{issuer}/credentials`, checked and typed.

Its own members are in snake_case; `results` and `evidence` hold OB 3.0 objects (Result, Evidence)
with the specification's member names, `type` left out or not.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from types import MappingProxyType
from typing import Any

from app.credentials.classes import (
    OPEN_BADGES,
    Classes,
    ObClass,
    ObjectOf,
    TypeForm,
    many,
    maybe,
    one,
)
from app.credentials.conformance import (
    Reading,
    object_findings,
    raise_invalid_request,
    tree_findings,
    with_types,
)
from app.credentials.identity import normalise_identifier
from app.credentials.values import (
    BOOLEAN,
    CREDITS,
    DATE_TIME,
    IDENTIFIER_TYPE,
    TEXT,
    Fault,
    Scalar,
    is_email_address,
)
from app.encoding.dates import parse_datetime
from app.encoding.strict_json import JsonObject

# DID syntax, DID Core section 3.1: no path, query or fragment, for it names a subject.
_DID_PART = r"(?:[A-Za-z0-9._-]|%[0-9A-Fa-f]{2})"
_DID = re.compile(rf"did:[a-z0-9]+:(?:{_DID_PART}*:)*{_DID_PART}+")
_LONGEST_DID = 2048


def _email_fault(value: Any) -> Fault | None:
    if isinstance(value, str) and is_email_address(value.strip()):
        return None
    return "bad_value", "must be a plain e-mail address such as ailsa@university.example"


def _did_fault(value: Any) -> Fault | None:
    if isinstance(value, str) and len(value) <= _LONGEST_DID and _DID.fullmatch(value):
        return None
    return "bad_value", "must be a DID such as did:key:z6Mk…, without a path or fragment"


_CLASSES: Classes = MappingProxyType(
    {
        **OPEN_BADGES,
        "recipient": ObClass(
            "recipient",
            (
                maybe("email", Scalar(_email_fault)),
                maybe("did", Scalar(_did_fault)),
                maybe("identifier", ObjectOf("recipient identifier")),
                maybe("name", TEXT),
            ),
            TypeForm.NONE,
        ),
        "recipient identifier": ObClass(
            "recipient identifier",
            (one("type", IDENTIFIER_TYPE), one("value", TEXT), maybe("hashed", BOOLEAN)),
            TypeForm.NONE,
        ),
    }
)
_REQUEST = ObClass(
    "request",
    (
        one("achievement", TEXT),
        one("recipient", ObjectOf("recipient")),
        maybe("valid_from", DATE_TIME),
        maybe("valid_until", DATE_TIME),
        maybe("awarded_date", DATE_TIME),
        many("results", ObjectOf("Result")),
        many("evidence", ObjectOf("Evidence")),
        maybe("narrative", TEXT),
        maybe("activity_start", DATE_TIME),
        maybe("activity_end", DATE_TIME),
        maybe("credits_earned", CREDITS),
        maybe("license_number", TEXT),
        maybe("role", TEXT),
        maybe("term", TEXT),
        maybe("name", TEXT),
        maybe("description", TEXT),
    ),
    TypeForm.NONE,
)


@dataclass(frozen=True)
class RecipientIdentifier:
    """An identifier of OB 3.0's IdentifierTypeEnum; in the credential hashed, or in the clear."""

    type: str
    value: str
    hashed: bool = True


@dataclass(frozen=True)
class Recipient:
    """Whom the credential is for: a DID, or an identifier (an e-mail address is one)."""

    did: str | None = None
    identifier: RecipientIdentifier | None = None
    name: str | None = None


@dataclass(frozen=True)
class IssueRequest:
    """One credential to be issued. `results` and `evidence` are OB 3.0 objects, types filled in."""

    achievement: str
    recipient: Recipient
    valid_from: datetime | None = None
    valid_until: datetime | None = None
    awarded_date: datetime | None = None
    results: tuple[JsonObject, ...] = ()
    evidence: tuple[JsonObject, ...] = ()
    narrative: str | None = None
    activity_start: datetime | None = None
    activity_end: datetime | None = None
    credits_earned: float | None = None
    license_number: str | None = None
    role: str | None = None
    term: str | None = None
    name: str | None = None
    description: str | None = None


def parse_issue_request(body: JsonObject) -> IssueRequest:
    """Check the body and give it types; whether its achievement exists is not looked at.

    Raises `InvalidRequest`: `field` is the JSON pointer of the first thing to mend.
    """
    findings = object_findings(body, _REQUEST, Reading(_CLASSES, api_input=True))
    raise_invalid_request(chain(findings, tree_findings(body)))

    def time(name: str) -> datetime | None:
        return parse_datetime(body[name]) if name in body else None

    def typed(name: str, class_name: str) -> tuple[JsonObject, ...]:
        ob_class = _CLASSES[class_name]
        return tuple(with_types(item, ob_class, _CLASSES) for item in body.get(name, []))

    return IssueRequest(
        achievement=body["achievement"],
        recipient=_recipient(body["recipient"]),
        valid_from=time("valid_from"),
        valid_until=time("valid_until"),
        awarded_date=time("awarded_date"),
        results=typed("results", "Result"),
        evidence=typed("evidence", "Evidence"),
        narrative=body.get("narrative"),
        activity_start=time("activity_start"),
        activity_end=time("activity_end"),
        credits_earned=body.get("credits_earned"),
        license_number=body.get("license_number"),
        role=body.get("role"),
        term=body.get("term"),
        name=body.get("name"),
        description=body.get("description"),
    )


def _recipient(given: JsonObject) -> Recipient:
    name = given.get("name")
    if "did" in given:
        return Recipient(did=given["did"], name=name)
    if "email" in given:
        address = normalise_identifier(given["email"], "emailAddress")
        return Recipient(identifier=RecipientIdentifier("emailAddress", address), name=name)
    identifier = given["identifier"]
    identity_type = identifier["type"]
    value = normalise_identifier(identifier["value"], identity_type)
    hashed = identifier.get("hashed", True)
    return Recipient(identifier=RecipientIdentifier(identity_type, value, hashed), name=name)

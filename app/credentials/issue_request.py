"""The body of `POST /api/v1/issuers/{issuer}/credentials`, checked and typed.

Its own members are in snake_case; `results` and `evidence` hold OB 3.0 objects (Result, Evidence)
with the specification's member names, `type` left out or not.
"""

import re
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain
from types import MappingProxyType
from typing import Any

from app.credentials.classes import (
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
from app.credentials.learning_parts import Agent, Credit
from app.credentials.microcredential import parse_credits
from app.credentials.microcredential_input import INPUT_CLASSES, WORD
from app.credentials.values import (
    BOOLEAN,
    CREDITS,
    DATE_TIME,
    IDENTIFIER_TYPE,
    LANGUAGE,
    TEXT,
    Fault,
    Scalar,
    is_email_address,
)
from app.encoding.dates import parse_datetime
from app.encoding.jcs import canonicalize_json
from app.encoding.strict_json import JsonObject
from app.errors import InvalidRequest
from app.vocabularies.terms import RECOGNITION_BASIS, SUPERVISION, Vocabulary

# DID syntax, DID Core section 3.1: no path, query or fragment, for it names a subject.
_DID_PART = r"(?:[A-Za-z0-9._-]|%[0-9A-Fa-f]{2})"
_DID = re.compile(rf"did:[a-z0-9]+:(?:{_DID_PART}*:)*{_DID_PART}+")
_LONGEST_DID = 2048

LONGEST_MINUTE = 500
"""How many characters the reference of a meeting's minute may have."""


def _email_fault(value: Any) -> Fault | None:
    if isinstance(value, str) and is_email_address(value.strip()):
        return None
    return "bad_value", "must be a plain e-mail address such as ailsa@university.example"


def _did_fault(value: Any) -> Fault | None:
    if isinstance(value, str) and len(value) <= _LONGEST_DID and _DID.fullmatch(value):
        return None
    return "bad_value", "must be a DID such as did:key:z6Mk…, without a path or fragment"


def _minute_fault(value: Any) -> Fault | None:
    if isinstance(value, str) and 0 < len(value.strip()) <= len(value) <= LONGEST_MINUTE:
        return None
    return "bad_value", f"must be the minute's reference, 1 to {LONGEST_MINUTE} characters"


_CLASSES: Classes = MappingProxyType(
    {
        **INPUT_CLASSES,
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
        "board": ObClass(
            "board",
            (one("minute", Scalar(_minute_fault)), maybe("confirmed_at", DATE_TIME)),
            TypeForm.NONE,
        ),
        "notify": ObClass(
            "notify",
            (maybe("email", Scalar(_email_fault)), maybe("language", LANGUAGE)),
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
        many("credit_received", ObjectOf("Credit"), compactable=True),
        maybe("grade", TEXT),
        maybe("supervision", WORD),
        maybe("recognition_basis", WORD),
        many("awarding_bodies", ObjectOf("Organisation")),
        many("provider", ObjectOf("Organisation"), compactable=True),
        maybe("license_number", TEXT),
        maybe("role", TEXT),
        maybe("term", TEXT),
        maybe("name", TEXT),
        maybe("description", TEXT),
        maybe("board", ObjectOf("board")),
        maybe("award", TEXT),
        maybe("notify", ObjectOf("notify")),
    ),
    TypeForm.NONE,
)
# How a request stands to a board, and who is told, is no part of what the board confirmed.
_AROUND_THE_AWARD = frozenset({"board", "award", "notify"})


@dataclass(frozen=True)
class BoardConfirmation:
    """That a board confirmed an award: the minute's reference, and when it met if that is told."""

    minute: str
    confirmed_at: datetime | None = None


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
class MailWish:
    """That the learner shall be told by mail: the plain address, and perhaps a language."""

    email: str = field(repr=False)
    language: str | None = None


@dataclass(frozen=True)
class IssueRequest:
    """One credential to be issued. `results` and `evidence` are OB 3.0 objects, types filled in.

    `supervision` (as it was) and `recognition_basis` are codes of their vocabularies. `award` is
    the id of a provisional award; `given` are the request's canonical bytes without what says how
    it stands to a board (`award`, `board`) and whom to tell (`notify`).
    """

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
    credit_received: tuple[Credit, ...] = ()
    grade: str | None = None
    supervision: str | None = None
    recognition_basis: str | None = None
    awarding_bodies: tuple[Agent, ...] = ()
    provider: tuple[Agent, ...] = ()
    license_number: str | None = None
    role: str | None = None
    term: str | None = None
    name: str | None = None
    description: str | None = None
    board: BoardConfirmation | None = None
    award: str | None = None
    notify: MailWish | None = None
    given: bytes = b""


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

    def code(name: str, words: Vocabulary) -> str | None:
        return words.lookup(str(body[name]), field=f"/{name}").code if name in body else None

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
        credit_received=parse_credits(body.get("credit_received"), "/credit_received"),
        grade=body.get("grade"),
        supervision=code("supervision", SUPERVISION),
        recognition_basis=code("recognition_basis", RECOGNITION_BASIS),
        awarding_bodies=_agents(body.get("awarding_bodies", [])),
        provider=_agents(body.get("provider", [])),
        license_number=body.get("license_number"),
        role=body.get("role"),
        term=body.get("term"),
        name=body.get("name"),
        description=body.get("description"),
        board=_board(body["board"]) if "board" in body else None,
        award=body.get("award"),
        notify=_notify(body) if "notify" in body else None,
        given=canonicalize_json(
            {name: value for name, value in body.items() if name not in _AROUND_THE_AWARD}
        ),
    )


def _board(given: JsonObject) -> BoardConfirmation:
    met = given.get("confirmed_at")
    return BoardConfirmation(given["minute"], None if met is None else parse_datetime(met))


def _notify(body: JsonObject) -> MailWish:
    """The address is the recipient's, where they are named by one and no other is given."""
    wish = body["notify"]
    email = wish.get("email", body["recipient"].get("email"))
    if email is None:
        raise InvalidRequest(
            "missing_member",
            "The recipient is not named by an e-mail address: say where the mail shall go.",
            field="/notify/email",
        )
    return MailWish(email.strip(), wish.get("language"))


def _agents(given: list[JsonObject] | JsonObject) -> tuple[Agent, ...]:
    listed = given if isinstance(given, list) else [given]
    return tuple(Agent(each["name"], each.get("id"), each.get("url")) for each in listed)


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

"""Credentials over HTTP for platforms and registrars: issue, list, read, revoke."""

from typing import Annotated, Any

from fastapi import APIRouter, Body, Depends, Path, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from app.credentials.issue_request import LONGEST_MINUTE
from app.encoding.dates import format_datetime, format_if_any
from app.encoding.strict_json import JsonObject
from app.errors import Conflict, InvalidRequest
from app.issuing.desk import IssuingDesk
from app.issuing.records import list_credentials, load_credential
from app.issuing.revocation import revoke_credential
from app.registry.achievements import achievement_url
from app.registry.api_keys import Caller
from app.registry.issuers import load_issuer
from app.storage.tables import Credential
from app.web.dependencies import (
    CurrentDesk,
    Cursor,
    IssuerId,
    Limit,
    Now,
    ReadSession,
    Repeatable,
    WriteSession,
    require,
)
from app.web.issue_road import SCOPE, IssueRoute, issue_once
from app.web.lists import ListAnswer, list_answer
from app.web.openapi import json_body, problems, refs
from app.web.spliced import spliced
from app.web.strict_body import StrictRoute

router = APIRouter(prefix="/api/v1", tags=["credentials"], route_class=StrictRoute)

CredentialId = Annotated[
    str, Path(description="The last part of the credential's URL.", max_length=256)
]


class IssuedCredential(BaseModel):
    """A credential that has just been issued, exactly as it is served."""

    id: str = Field(description="The last part of its URL.")
    url: str = Field(description="Its share page; also the `id` in the document.")
    findings: list[JsonObject] | None = Field(
        None, description="What the issuer's definition policy says of it, where there is one."
    )
    credential: JsonObject = Field(description="The signed Open Badge.")


class CredentialRecord(BaseModel):
    """What is on record about an issued credential."""

    id: str
    url: str
    issuer: str
    achievement: str | None = Field(description="Absent for credentials given to be signed.")
    issued_at: str
    valid_from: str | None
    valid_until: str | None
    revoked: bool
    revoked_at: str | None
    revocation_reason: str | None


class CredentialDetails(CredentialRecord):
    """A record together with the signed document."""

    credential: JsonObject


class StatusChange(BaseModel):
    """A revocation and why. It is for good: there is no way back."""

    model_config = ConfigDict(extra="forbid", strict=True)

    revoked: bool = Field(description="Only `true`: a revocation cannot be taken back.")
    reason: str = Field(
        default="", description="Why, for the record; 1 to 1000 characters. It is not published."
    )


_DATE = {"type": "string", "format": "date-time"}
_TEXT = {"type": "string", "minLength": 1}
ISSUE_REQUEST: JsonObject = {
    "type": "object",
    "required": ["achievement", "recipient"],
    "additionalProperties": False,
    "properties": {
        "achievement": {**_TEXT, "description": "The achievement's URL, or the last part of it."},
        "recipient": {
            "type": "object",
            "description": "Exactly one of `email`, `did` and `identifier`. An e-mail address is "
            "stored in the credential as a salted hash.",
            "additionalProperties": False,
            "properties": {
                "email": {"type": "string", "format": "email"},
                "did": {"type": "string", "pattern": "^did:[a-z0-9]+:.+$"},
                "identifier": {
                    "type": "object",
                    "required": ["type", "value"],
                    "additionalProperties": False,
                    "properties": {
                        "type": _TEXT,
                        "value": _TEXT,
                        "hashed": {"type": "boolean", "default": True},
                    },
                },
                "name": _TEXT,
            },
        },
        "valid_from": _DATE,
        "valid_until": _DATE,
        "awarded_date": _DATE,
        "results": {"type": "array", "minItems": 1, "items": refs("Result")},
        "evidence": {"type": "array", "minItems": 1, "items": refs("Evidence")},
        "narrative": {**_TEXT, "description": "Markdown: what this learner did."},
        "activity_start": _DATE,
        "activity_end": _DATE,
        "credits_earned": {"type": "number", "minimum": 0},
        "credit_received": {
            "description": "One amount, or several of which the first was awarded and the others "
            "follow by a published rule; no more than the achievement offers.",
            "anyOf": [refs("Credit"), {"type": "array", "minItems": 1, "items": refs("Credit")}],
        },
        "grade": {**_TEXT, "description": "A result for the achievement's only kind of grade."},
        "supervision": {**_TEXT, "description": "As it was; `supervised-id`, for instance."},
        "recognition_basis": {
            **_TEXT,
            "description": "`taught`, `prior-certificated` or `prior-experiential`.",
        },
        "awarding_bodies": {
            "type": "array",
            "minItems": 1,
            "items": refs("Organisation"),
            "description": "Where they are others than the issuer, or several.",
        },
        "provider": {
            "description": "Who taught it, where that is not the issuer.",
            "anyOf": [
                refs("Organisation"),
                {"type": "array", "minItems": 1, "items": refs("Organisation")},
            ],
        },
        "license_number": _TEXT,
        "role": _TEXT,
        "term": _TEXT,
        "name": {**_TEXT, "description": "Instead of the achievement's name."},
        "description": _TEXT,
        "board": {
            "type": "object",
            "description": "That a board confirmed it, where it carries credit under a policy.",
            "required": ["minute"],
            "additionalProperties": False,
            "properties": {"minute": {**_TEXT, "maxLength": LONGEST_MINUTE}, "confirmed_at": _DATE},
        },
        "award": {**_TEXT, "description": "Instead: the award that was recorded and confirmed."},
        "notify": {
            "type": "object",
            "description": "Write to the learner that it was issued: to `email`, or else to the "
            "recipient's address, which is then kept, sealed, until the mail is delivered.",
            "additionalProperties": False,
            "properties": {
                "email": {"type": "string", "format": "email"},
                "language": {"type": "string", "description": "A language tag, such as `cy`."},
            },
        },
    },
}


def issue(
    desk: CurrentDesk,
    now: Now,
    caller: Annotated[Caller, Depends(require(SCOPE))],
    once: Repeatable,
    issuer: IssuerId,
    body: Annotated[dict[str, Any], Body()],
) -> Response:
    """Issue a credential for an achievement to one recipient.

    Send an `Idempotency-Key`: repeating the request then gives the same credential, byte for byte,
    for a month, and issues nothing new after that either.
    """
    return issue_once(desk, once, caller, issuer, body, now=now)


router.add_api_route(
    "/issuers/{issuer}/credentials",
    issue,
    methods=["POST"],
    status_code=201,
    response_model=IssuedCredential,
    responses=problems(400, 401, 403, 404, 409, 413, 415, 422, 503),
    openapi_extra=json_body(
        ISSUE_REQUEST,
        {
            "achievement": "hQ3dX0m2Sb6TgkzVfJ8rWA",
            "recipient": {"email": "ailsa@university.example", "name": "Ailsa Munro"},
        },
    ),
    route_class_override=IssueRoute,
)


@router.get("/credentials", responses=problems(401, 403, 404, 422))
def list_issued(
    desk: CurrentDesk,
    session: ReadSession,
    caller: Annotated[Caller, Depends(require("credentials:read"))],
    issuer: Annotated[
        str | None, Query(description="Only this issuer's; a key of one issuer sees only its own.")
    ] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> ListAnswer[CredentialRecord]:
    """The credentials that were issued, newest first."""
    if issuer is not None:
        caller.require_issuer(issuer)
        load_issuer(session, issuer)
    page = list_credentials(
        session, issuer_id=issuer or caller.issuer_id, limit=limit, cursor=cursor
    )
    return list_answer(page, lambda credential: _record(desk.issuing, credential))


@router.get(
    "/credentials/{credential_id}",
    response_model=CredentialDetails,
    responses=problems(401, 403, 404),
)
def read(
    desk: CurrentDesk,
    session: ReadSession,
    caller: Annotated[Caller, Depends(require("credentials:read"))],
    credential_id: CredentialId,
) -> Response:
    """One credential: what is on record, and the signed document as it is served."""
    credential = load_credential(session, credential_id)
    caller.require_issuer(credential.issuer_id)
    record = _record(desk.issuing, credential).model_dump()
    return Response(
        spliced(record, "credential", credential.document),
        headers={"Cache-Control": "no-store"},
        media_type="application/json",
    )


@router.post(
    "/credentials/{credential_id}/status",
    response_model=CredentialRecord,
    responses=problems(400, 401, 403, 404, 409, 413, 415, 422, 503),
)
def change_status(
    desk: CurrentDesk,
    session: WriteSession,
    now: Now,
    caller: Annotated[Caller, Depends(require("credentials:revoke"))],
    credential_id: CredentialId,
    change: StatusChange,
) -> CredentialRecord:
    """Revoke a credential for good, with a reason for the record.

    Repeating it is safe: the answer is the same, and the first reason and time stand.
    """
    credential = load_credential(session, credential_id)
    caller.require_issuer(credential.issuer_id)
    if not change.revoked:
        _refuse_return(credential)
    revoked = revoke_credential(
        session, desk.issuing, credential, reason=change.reason, now=now, actor=caller.actor
    )
    return _record(desk.issuing, revoked)


def _refuse_return(credential: Credential) -> None:
    """Verifiers may have seen the revocation: a list that took it back could not be trusted."""
    if credential.revoked:
        raise Conflict(
            "already_revoked",
            "A revocation cannot be taken back; issue the credential again.",
            field="/revoked",
        )
    raise InvalidRequest(
        "bad_value",
        "The credential is not revoked; send `true` to revoke it.",
        field="/revoked",
    )


def _record(desk: IssuingDesk, credential: Credential) -> CredentialRecord:
    achievement = credential.achievement_id
    return CredentialRecord(
        id=credential.id,
        url=desk.credential_url(credential.id),
        issuer=credential.issuer_id,
        achievement=None if achievement is None else achievement_url(desk.settings, achievement),
        issued_at=format_datetime(credential.issued_at),
        valid_from=format_if_any(credential.valid_from),
        valid_until=format_if_any(credential.valid_until),
        revoked=credential.revoked,
        revoked_at=format_if_any(credential.revoked_at),
        revocation_reason=credential.revocation_reason,
    )

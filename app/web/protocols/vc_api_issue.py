"""The issuing side of the W3C VC-API: sign a credential that the caller wrote.

https://w3c-ccg.github.io/vc-api/#issue-credential. Everything that is wrong with the credential is
answered with 400, as that API asks, not with the 422 of our own.
"""

from typing import Annotated, Any

from fastapi import APIRouter, Body, Depends, Response
from pydantic import BaseModel

from app.encoding.strict_json import JsonObject
from app.errors import CheckFailed, InvalidRequest, MalformedInput, found_within
from app.issuing.sign_given import issue_given
from app.registry.api_keys import Caller
from app.registry.idempotency import Answer
from app.storage.tables import Credential
from app.web.dependencies import CurrentDesk, IssuerId, Now, Repeatable, WriteSession, require
from app.web.openapi import json_body, problems
from app.web.strict_body import StrictRoute

router = APIRouter(tags=["VC-API"], route_class=StrictRoute)

_REQUEST: JsonObject = {
    "type": "object",
    "required": ["credential"],
    "properties": {
        "credential": {
            "type": "object",
            "description": "A credential without proof, VCDM 2.0 or 1.1, whose issuer is the "
            "issuer in the path. A status entry is added.",
        },
        "options": {"type": "object", "description": "None are supported yet; may be empty."},
    },
}


class SignedCredential(BaseModel):
    """The credential with its status entry and its proof."""

    verifiableCredential: JsonObject  # noqa: N815 - the standard's own name


@router.post(
    "/issuers/{issuer}/credentials/issue",
    status_code=201,
    response_model=SignedCredential,
    responses=problems(400, 401, 403, 404, 409, 413, 415, 503),
    openapi_extra=json_body(_REQUEST),
)
def issue_given_credential(
    desk: CurrentDesk,
    session: WriteSession,
    now: Now,
    caller: Annotated[Caller, Depends(require("credentials:issue"))],
    once: Repeatable,
    issuer: IssuerId,
    body: Annotated[dict[str, Any], Body()],
) -> Response:
    """Sign a given credential with the issuer's key (VC-API)."""
    given = _given(body)

    def create() -> Answer:
        try:
            row = issue_given(session, desk.issuing, issuer, given, now=now, actor=caller.actor)
        except (CheckFailed, InvalidRequest) as error:
            raise found_within("/credential", error, MalformedInput) from error
        return _answer(row, desk.issuing.credential_url(row.id))

    return once.answer(session, now, create)


def _given(body: dict[str, Any]) -> JsonObject:
    credential = body.get("credential")
    if not isinstance(credential, dict):
        raise MalformedInput(
            "missing_member", "Send the credential as the object `credential`.", field="/credential"
        )
    options = body.get("options", {})
    if not isinstance(options, dict):
        raise MalformedInput("wrong_type", "`options` must be an object.", field="/options")
    if options:
        # Signing without what was asked for would mislead; `mandatoryPointers` is one of them.
        raise MalformedInput("unknown_member", "This issuer supports no options.", field="/options")
    return credential


def _answer(row: Credential, url: str) -> Answer:
    return Answer(201, b'{"verifiableCredential":' + row.document + b"}", url)

"""Recognition decisions over HTTP: what a receiving institution decided, signed by it."""

from typing import Annotated, Any

from fastapi import APIRouter, Body, Depends, Response

from app.credentials.reading import iri_in
from app.credentials.recognition_decision import (
    KINDS,
    MAX_TEXT,
    OUTCOMES,
    parse_recognition_decision,
)
from app.encoding.strict_json import JsonObject, dump_json
from app.errors import InvalidRequest
from app.issuing.recognition_decision import issue_decision
from app.recognition.decisions import content_digest, endorsed_id
from app.recognition.report import verified_document
from app.registry.api_keys import Caller
from app.registry.idempotency import Answer
from app.verification.result import Verdict, VerificationResult
from app.web.checking import check_bytes
from app.web.dependencies import CurrentDesk, IssuerId, Now, Repeatable, require
from app.web.openapi import json_body, problems, refs
from app.web.spliced import spliced
from app.web.strict_body import StrictRoute

router = APIRouter(prefix="/api/v1", tags=["recognition"], route_class=StrictRoute)

_TEXT: JsonObject = {"type": "string", "minLength": 1, "maxLength": MAX_TEXT}
_WORD: JsonObject = {"type": ["string", "integer"]}
_BODY: JsonObject = {
    "type": "object",
    "required": ["credential", "decision", "toward", "decided_by", "decided_on", "reasons"],
    "additionalProperties": False,
    "properties": {
        "credential": {
            "description": "The credential that was decided on, as an object or a JWT. It is "
            "verified once more, and its content pinned by digest.",
            "anyOf": [{"type": "object"}, {"type": "string", "minLength": 1}],
        },
        "decision": {"enum": list(OUTCOMES)},
        "kind": {"enum": list(KINDS), "description": "Credit for this module, or for any."},
        "credit": {**refs("Credit"), "description": "What is granted."},
        "level": {
            "type": "object",
            "required": ["framework", "value"],
            "properties": {"framework": _WORD, "value": _WORD},
        },
        "toward": {**_TEXT, "description": "The programme or award that it counts towards."},
        "decided_by": {**_TEXT, "description": "The board or role; no person’s name is needed."},
        "decided_on": {"type": "string", "format": "date"},
        "reasons": _TEXT,
        "conditions": {**_TEXT, "description": "Exactly with the decision `conditional`."},
        "appeal": {**_TEXT, "description": "Where and until when to appeal; needed unless `full`."},
    },
}
_EXAMPLE: JsonObject = {
    "credential": "eyJ…",
    "decision": "partial",
    "kind": "specific",
    "credit": {"scheme": "ECTS", "value": 5},
    "toward": "MSc Data Ethics",
    "decided_by": "Admissions board",
    "decided_on": "2026-03-01",
    "reasons": "Two of the three outcomes are covered.",
    "appeal": "To the registrar, within four weeks.",
}


@router.post(
    "/issuers/{issuer}/recognition-decisions",
    status_code=201,
    summary="Sign a recognition decision",
    response_class=Response,
    responses={
        201: {
            "description": "The decision, signed as an endorsement",
            "content": {"application/json": {"schema": refs("IssuedCredential")}},
        },
        **problems(400, 401, 403, 404, 409, 413, 415, 422, 503),
    },
    openapi_extra=json_body(_BODY, _EXAMPLE),
)
def post_decision(
    desk: CurrentDesk,
    caller: Annotated[Caller, Depends(require("credentials:issue"))],
    once: Repeatable,
    now: Now,
    issuer: IssuerId,
    body: Annotated[dict[str, Any], Body()],
) -> Response:
    """Signs what people decided about somebody else's credential, as an OB 3.0 endorsement of it.

    The credential is verified first; one that is not verified now is not decided on. The answer is
    public at its address, and is revoked like a credential.
    """
    decision = parse_recognition_decision(
        {name: value for name, value in body.items() if name != "credential"}
    )
    document = _verified(check_bytes(desk, _bytes_of(body.get("credential")), now=now))
    id_ = iri_in(document.get("id"))
    if id_ is None or endorsed_id(document) is not None:
        raise InvalidRequest(
            "not_a_credential",
            "Only a credential with an id that speaks of learning can be decided on.",
            field="/credential",
        )
    with desk.database.write() as session:

        def create() -> Answer:
            row = issue_decision(
                session,
                desk.issuing,
                issuer,
                decision,
                endorsed=id_,
                content_digest=content_digest(document),
                now=now,
                actor=caller.actor,
            )
            url = desk.issuing.credential_url(row.id)
            return Answer(201, spliced({"id": row.id, "url": url}, "credential", row.document), url)

        return once.answer(session, now, create)


def _bytes_of(given: Any) -> bytes:
    if isinstance(given, dict):
        return dump_json(given)
    if isinstance(given, str):
        return given.encode()
    raise InvalidRequest(
        "missing_member", "`credential` is the one that was decided on.", field="/credential"
    )


def _verified(result: VerificationResult) -> JsonObject:
    document = verified_document(result)
    if document is not None:
        return dict(document)
    code = "credential_not_checked"
    if result.verdict is not Verdict.NOT_CHECKED:
        code = "credential_invalid"
    raise InvalidRequest(
        code,
        "The credential is not verified now, so nothing is signed about it: see what the verify "
        "page says.",
        field="/credential",
    )

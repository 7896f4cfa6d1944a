"""Credentials reckoned under a pathway, for anybody; and its award issued, for its issuer."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Request, Response
from pydantic import BaseModel, Field

from app.encoding.strict_json import MAX_VALUES, JsonObject, dump_json, parse_object
from app.errors import InvalidRequest
from app.pathways.answers import evaluation_json
from app.pathways.awarding import issue_award, terms_of
from app.pathways.evaluation import MOST_CREDENTIALS
from app.pathways.records import load_pathway, pathway_url
from app.registry.api_keys import Caller
from app.registry.idempotency import Answer
from app.web.dependencies import CurrentDesk, IssuerId, Now, Repeatable, require
from app.web.openapi import json_body, problems, refs
from app.web.presenting import Given, present
from app.web.spliced import spliced
from app.web.strict_body import MEDIA_TYPES, check_media_type

# Not a StrictRoute: forty credentials at once are more than the limits for one document allow.
router = APIRouter(prefix="/api/v1", tags=["pathways"])

PathwayId = Annotated[str, Path(description="The id of one version.", max_length=256)]

_CREDENTIALS: JsonObject = {
    "type": "array",
    "description": "Open Badges from any issuers, as objects or compact JWTs.",
    "minItems": 1,
    "maxItems": MOST_CREDENTIALS,
    "items": {"anyOf": [{"type": "object"}, {"type": "string", "minLength": 1}]},
}
_EVALUATION_BODY: JsonObject = {
    "type": "object",
    "required": ["credentials"],
    "additionalProperties": False,
    "properties": {"credentials": _CREDENTIALS},
}
_AWARD_BODY: JsonObject = {
    "type": "object",
    "description": "A request to issue, without `achievement` and `evidence`, which the pathway "
    "gives; with the credentials and the confirmations of what people decide.",
    "required": ["credentials", "recipient"],
    "properties": {
        "credentials": _CREDENTIALS,
        "recipient": {"type": "object"},
        "manual": {
            "type": "object",
            "description": "For each condition by its id: who confirmed, or where it is recorded. "
            "`identity` where a credential does not say itself that it is the recipient's.",
            "additionalProperties": {"type": "string", "minLength": 1, "maxLength": 500},
        },
    },
}


class CheckAnswer(BaseModel):
    """One check of the rules."""

    id: str
    required: JsonObject = Field(description="As in the rule: `min`, `max`, `include`, `window`.")
    found: Any = Field(description="An amount, a share, a number; of a window its two dates.")
    passed: bool
    needed: bool = Field(description="False in an alternative that is not taken.")


class EvaluationAnswer(BaseModel):
    """What the credentials come to. Conditions for people are repeated, never decided."""

    pathway: str
    digest: str = Field(description="Of the rules that were applied.")
    satisfied: bool
    used: list[str] = Field(description="The smallest set that satisfies, or the best part of it.")
    counted: list[JsonObject] = Field(description="What each used credential counts for.")
    checks: list[CheckAnswer]
    missing: list[JsonObject]
    spare: list[str] = Field(description="Credentials that count and are not needed.")
    excluded: list[JsonObject] = Field(description="`credential`, `rule` (a test's id), `reason`.")
    conversions: list[JsonObject]
    manual: list[JsonObject]
    in_force: bool | None = Field(description="Null where the rules are not bounded in time.")
    exact: bool = Field(description="False where the search was given up: there may be better.")


async def _large_body(request: Request, desk: CurrentDesk) -> JsonObject:
    """An object with many credentials in it: each is held to the limits of one when it is read."""
    check_media_type(request, MEDIA_TYPES)
    return parse_object(
        await request.body(),
        max_bytes=desk.settings.max_request_bytes,
        max_values=MOST_CREDENTIALS * MAX_VALUES,
    )


LargeBody = Annotated[JsonObject, Depends(_large_body)]


@router.post(
    "/pathways/{pathway}/evaluations",
    summary="See how far credentials lead",
    response_model=EvaluationAnswer,
    responses=problems(400, 404, 413, 415, 422),
    openapi_extra=json_body(_EVALUATION_BODY),
)
def post_evaluation(desk: CurrentDesk, now: Now, pathway: PathwayId, body: LargeBody) -> Response:
    """Anybody may ask. Each credential is verified first; nothing is kept.

    The answer is the smallest set of credentials that satisfies the rules, or the best part of the
    way with what is missing.
    """
    for name in body:
        if name != "credentials":
            raise InvalidRequest("unknown_member", f"`{name}` is not known here.", field=f"/{name}")
    given = _given(body)
    with desk.database.read() as session:
        load_pathway(session, pathway)  # before anything is verified for nobody
    candidates = [each.candidate for each in present(desk, given, now=now)]
    with desk.database.read() as session:
        row = load_pathway(session, pathway)
        terms = terms_of(session, desk.settings, row, candidates)
        named = {"pathway": pathway_url(desk.settings, row.id), "digest": row.digest}
    answer = evaluation_json(terms.words, terms.evaluate(candidates, now=now))
    return Response(
        dump_json({**named, **answer}),
        headers={"Cache-Control": "no-store"},
        media_type="application/json",
    )


@router.post(
    "/issuers/{issuer}/pathways/{pathway}/awards",
    status_code=201,
    summary="Issue the award of a pathway",
    response_class=Response,
    responses={
        201: {
            "description": "The award, signed",
            "content": {"application/json": {"schema": refs("IssuedCredential")}},
        },
        **problems(400, 401, 403, 404, 409, 413, 415, 422, 503),
    },
    openapi_extra=json_body(_AWARD_BODY),
)
def post_award(
    desk: CurrentDesk,
    caller: Annotated[Caller, Depends(require("credentials:issue"))],
    once: Repeatable,
    now: Now,
    issuer: IssuerId,
    pathway: PathwayId,
    body: LargeBody,
) -> Response:
    """Evaluates, and issues the award naming the credentials it was built from.

    Where the rules say single use, these are marked as used in the same transaction.
    """
    given = _given(body)
    with desk.database.read() as session:
        load_pathway(session, pathway, issuer_id=issuer)
    presented = present(desk, given, now=now)
    with desk.database.write() as session:

        def create() -> Answer:
            row = load_pathway(session, pathway, issuer_id=issuer)
            award = issue_award(
                session, desk.issuing, row, presented, body, now=now, actor=caller.actor
            )
            url = desk.issuing.credential_url(award.id)
            members = {"id": award.id, "url": url}
            return Answer(201, spliced(members, "credential", award.document), url)

        return once.answer(session, now, create)


def _given(body: JsonObject) -> list[Given]:
    listed = body.get("credentials")
    if not isinstance(listed, list) or not listed:
        raise InvalidRequest(
            "missing_member", "`credentials` is a list of Open Badges.", field="/credentials"
        )
    if len(listed) > MOST_CREDENTIALS:
        raise InvalidRequest(
            "out_of_range", f"At most {MOST_CREDENTIALS} at once.", field="/credentials"
        )
    return [_one_given(number, each) for number, each in enumerate(listed)]


def _one_given(number: int, value: Any) -> Given:
    name = f"#{number + 1}"
    if isinstance(value, dict):
        return Given(name, dump_json(value))
    if isinstance(value, str):
        return Given(name, value.encode())
    raise InvalidRequest(
        "wrong_type", "A credential is an object or a JWT.", field=f"/credentials/{number}"
    )

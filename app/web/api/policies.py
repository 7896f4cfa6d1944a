"""Definition policies over HTTP: what there is, which one an issuer keeps, and putting one to
something.
"""

from typing import Annotated, Any

from fastapi import APIRouter, Body, Depends, Path, Response
from pydantic import BaseModel, Field
from sqlalchemy.orm import Session

from app.encoding.strict_json import JsonObject, parse_object
from app.errors import InvalidRequest, NotFound, found_within
from app.issuing.policies import (
    PolicyRecord,
    find_policy,
    known_policies,
    read_policy,
    set_policy,
)
from app.policy.evaluation import RuleFinding, conforms, evaluate
from app.policy.facts import Facts
from app.policy.profile import facts_of_achievement, facts_of_credential
from app.registry.achievements import compose_members
from app.registry.api_keys import Caller
from app.registry.issuers import issuer_profile, load_issuer
from app.registry.policies import remove_policy
from app.verification.envelope import read_secured, secured_object
from app.web.dependencies import (
    AnyKey,
    Authenticated,
    CurrentDesk,
    Cursor,
    IssuerId,
    Limit,
    Now,
    ReadSession,
    WriteSession,
    require,
)
from app.web.lists import ListAnswer, list_answer
from app.web.openapi import json_body, problems
from app.web.strict_body import StrictRoute

router = APIRouter(prefix="/api/v1", tags=["policies"], route_class=StrictRoute)

PolicyId = Annotated[
    str, Path(description="The last part of the policy's address.", max_length=256)
]


class PolicyAnswer(BaseModel):
    """A policy: where it is served, its digest, and what it says."""

    id: str = Field(description="The last part of its address.")
    url: str = Field(description="Its public address, which never shows another text.")
    digest: str = Field(description="Of the bytes at its address (Subresource Integrity).")
    issuer: str | None = Field(description="Whose own it is; null for those that come along.")
    policy: JsonObject


class FindingAnswer(BaseModel):
    """What came of one rule."""

    rule: str
    level: str = Field(description="`must`, `mustIfApplicable`, `should` or `may`.")
    outcome: str = Field(description="`passed`, `failed` or `not_applicable`.")
    message: str = Field(description="What to add, where it failed.")
    source: str = Field(description="Who asks for it.")


class CheckAnswer(BaseModel):
    """Whether nothing failed that must not, and every rule's finding."""

    conforms: bool
    findings: list[FindingAnswer]


_POLICY_BODY: JsonObject = {
    "type": "object",
    "description": "`preset` alone, or a whole policy with `label`, `appliesTo` and `rules`.",
    "properties": {
        "preset": {"type": "string", "minLength": 1},
        "label": {"type": "string", "minLength": 1},
        "version": {"type": "string", "minLength": 1},
        "appliesTo": {"type": "object"},
        "rules": {"type": "array", "minItems": 1, "items": {"type": "object"}},
    },
}
_CHECK_BODY: JsonObject = {
    "type": "object",
    "description": "Exactly one of the two. An achievement with `microcredential` is read as it "
    "would be sent to be published, any other one as a published document. A credential is an "
    "object or a JWT. It is read, not verified.",
    "properties": {
        "achievement": {"type": "object"},
        "credential": {"anyOf": [{"type": "object"}, {"type": "string", "minLength": 1}]},
    },
}
# What every achievement must have before it is read, though a policy may be asked without it.
_NEEDED: JsonObject = {"name": "–", "description": "–", "criteria": {"narrative": "–"}}
_NOWHERE = "urn:uuid:00000000-0000-0000-0000-000000000000"


@router.get("/policies", summary="List policies", responses=problems(401, 422))
def get_policies(
    desk: CurrentDesk,
    caller: Authenticated,
    session: ReadSession,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> ListAnswer[PolicyAnswer]:
    """The issuer's own policies, newest first; an administrator sees everybody's. Those that come
    along stand on the last page, beyond the limit.
    """
    page = known_policies(session, desk.settings, caller.issuer_id, limit=limit, cursor=cursor)
    return list_answer(page, policy_answer)


@router.get(
    "/issuers/{issuer}/policy", summary="Read the issuer's policy", responses=problems(401, 404)
)
def get_policy(
    desk: CurrentDesk, _caller: AnyKey, session: ReadSession, issuer: IssuerId
) -> PolicyAnswer:
    """The policy that the issuer keeps now; 404 for an issuer without one."""
    kept = load_issuer(session, issuer).policy_id
    if kept is None:
        raise NotFound("not_found", "The issuer keeps no definition policy.")
    return policy_answer(find_policy(session, desk.settings, kept))


@router.put(
    "/issuers/{issuer}/policy",
    summary="Choose the issuer's policy",
    responses=problems(400, 401, 403, 404, 415, 422),
    openapi_extra=json_body(_POLICY_BODY, {"preset": "eu-annex-1"}),
)
def put_policy(
    desk: CurrentDesk,
    caller: Annotated[Caller, Depends(require("issuers:write"))],
    now: Now,
    session: WriteSession,
    issuer: IssuerId,
    body: Annotated[JsonObject, Body()],
) -> PolicyAnswer:
    """From now on achievements are drafted under it, and published when they meet it.

    A policy never changes: sending another one makes another policy, and what was published under
    the former is still issued under the former.
    """
    owner = load_issuer(session, issuer)
    record = set_policy(session, desk.settings, owner, body, now=now, actor=caller.actor)
    return policy_answer(record)


@router.delete(
    "/issuers/{issuer}/policy",
    status_code=204,
    response_class=Response,
    summary="Keep no policy any more",
    responses=problems(401, 403, 404),
)
def delete_policy(
    caller: Annotated[Caller, Depends(require("issuers:write"))],
    now: Now,
    session: WriteSession,
    issuer: IssuerId,
) -> None:
    """From now on what is created is published at once. What was published under the policy is
    still issued under it; drafts, and what is in review or approved, can only be made anew or
    withdrawn. Doing it twice is the same.
    """
    remove_policy(session, load_issuer(session, issuer), now=now, actor=caller.actor)


@router.post(
    "/policies/{policy}/check",
    summary="Put a policy to an achievement or a credential",
    responses=problems(400, 401, 404, 415, 422),
    openapi_extra=json_body(
        _CHECK_BODY,
        {"achievement": {"name": "Data Literacy", "achievementType": "MicroCredential"}},
    ),
)
def post_check(
    desk: CurrentDesk,
    caller: Authenticated,
    session: ReadSession,
    policy: PolicyId,
    body: Annotated[JsonObject, Body()],
) -> CheckAnswer:
    """What the document really says is put to the policy, whichever policies it claims to meet.

    Of an achievement by itself, what is decided when it is issued does not apply yet. Whether a
    credential is genuine is for the verifier to say: ask it first.
    """
    record = find_policy(session, desk.settings, policy)
    findings = evaluate(read_policy(record), _facts(session, caller, record, body))
    return CheckAnswer(conforms=conforms(findings), findings=shown(findings))


def shown(findings: tuple[RuleFinding, ...]) -> list[FindingAnswer]:
    """Findings as the API answers them."""
    return [FindingAnswer.model_validate(finding.as_json()) for finding in findings]


def _facts(session: Session, caller: Caller, record: PolicyRecord, body: JsonObject) -> Facts:
    if set(body) == {"credential"}:
        return facts_of_credential(_credential(body["credential"]))
    if set(body) != {"achievement"} or not isinstance(body["achievement"], dict):
        raise InvalidRequest(
            "bad_value", "Send one object `achievement`, or one `credential`.", field=""
        )
    achievement: JsonObject = body["achievement"]
    owner = caller.issuer_id or record.issuer_id
    issuer = None if owner is None else load_issuer(session, owner)
    if "microcredential" in achievement:
        achievement = _composed(achievement)
    return facts_of_achievement(achievement, None if issuer is None else issuer_profile(issuer))


def _credential(given: Any) -> JsonObject:
    if isinstance(given, dict):
        return secured_object(given).document
    if isinstance(given, str):
        return read_secured(given.encode()).document
    raise InvalidRequest("wrong_type", "A credential is an object or a JWT.", field="/credential")


def _composed(definition: JsonObject) -> JsonObject:
    """The document that a definition would become; what it lacks may still be missing."""
    try:
        document = compose_members({**_NEEDED, **definition}, _NOWHERE)
    except InvalidRequest as error:
        raise found_within("/achievement", error, InvalidRequest) from error
    return document if "name" in definition else {**document, "name": None}


def policy_answer(record: PolicyRecord) -> PolicyAnswer:
    """A policy as the API answers it."""
    return PolicyAnswer(
        id=record.id,
        url=record.url,
        digest=record.digest,
        issuer=record.issuer_id,
        policy=parse_object(record.document),
    )

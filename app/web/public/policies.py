"""Definition policies for everybody: what an issuer, or a framework, asks of a micro-credential.

Each is served as it is stored, and as a page with its rules in plain words.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Header, Path, Request, Response
from sqlalchemy.orm import Session

from app.encoding.dates import parse_datetime
from app.encoding.strict_json import dump_json, parse_object
from app.issuing.policies import (
    PolicyRecord,
    find_policy,
    known_policies,
    read_policy,
    shipped_policies,
)
from app.policy.definition import DefinitionPolicy, Rule, RuleLevel
from app.policy.words import phrase_of, sentence_of
from app.registry.issuers import load_issuer
from app.registry.policies import keepers_of_policy
from app.settings import Settings
from app.web.api.policies import PolicyAnswer, policy_answer
from app.web.dependencies import CurrentDesk, Cursor, Limit, ReadSession
from app.web.documents import FOR_GOOD, REVALIDATE, document_response
from app.web.lists import ListAnswer, list_answer
from app.web.negotiation import wants_page
from app.web.openapi import problems
from app.web.pages import render_page

router = APIRouter(tags=["public documents"])

Accept = Annotated[str | None, Header(description="`text/html` gets a page for people.")]

_MOST_KEEPERS = 20

_LEVELS = (
    (
        RuleLevel.MUST,
        "Must",
        "Nothing is published or issued under this policy that fails one of these.",
    ),
    (
        RuleLevel.MUST_IF_APPLICABLE,
        "Must, where it applies",
        "The same, where the condition that stands with it holds.",
    ),
    (RuleLevel.SHOULD, "Should", "Expected. What is missing is reported, and stops nothing."),
    (RuleLevel.MAY, "May", "Welcome. What is missing is mentioned, and stops nothing."),
)


@dataclass(frozen=True)
class RuleLine:
    """One rule as the page tells of it; `advice` and `source` only where they add something."""

    id: str
    words: str
    where: str | None
    advice: str | None
    source: str | None


@dataclass(frozen=True)
class RuleGroup:
    """The rules of one level, with what the level means."""

    title: str
    meaning: str
    rules: tuple[RuleLine, ...]


@router.get(
    "/policies",
    summary="What counts as a micro-credential",
    response_model=ListAnswer[PolicyAnswer],
    responses=problems(422),
)
def get_policies(
    request: Request,
    desk: CurrentDesk,
    session: ReadSession,
    limit: Limit = 50,
    cursor: Cursor = None,
    accept: Accept = None,
) -> Response:
    """The policies of the issuers here, newest first, and those that come with the program, which
    stand on the last page, beyond the limit; or a page.
    """
    page = known_policies(session, desk.settings, None, limit=limit, cursor=cursor or None)
    if not wants_page(accept):
        body = dump_json(list_answer(page, policy_answer).model_dump())
        return document_response(request, body, "application/json", cache_control=REVALIDATE)
    own = [(record, read_policy(record)) for record in page.items if record.issuer_id is not None]
    values = {
        "shipped": [(record, read_policy(record)) for record in shipped_policies(desk.settings)],
        "own": [
            (record, policy, load_issuer(session, record.issuer_id or "").profile["name"])
            for record, policy in own
        ],
        "next_page": page.next and f"/policies?cursor={page.next}",
    }
    return render_page(
        "policies.html", desk.settings, values, cache_control=REVALIDATE, listed=True
    )


@router.get(
    "/policies/{policy}",
    summary="A definition policy",
    response_class=Response,
    responses=problems(404),
)
def get_policy(
    request: Request,
    desk: CurrentDesk,
    session: ReadSession,
    policy: Annotated[str, Path(max_length=256, description="The policy's id.")],
    accept: Accept = None,
) -> Response:
    """The policy that achievements name in `definitionPolicy`, or its page. It never changes."""
    record = find_policy(session, desk.settings, policy)
    if wants_page(accept):
        values = _values(session, desk.settings, record)
        return render_page(
            "policy.html", desk.settings, values, cache_control=REVALIDATE, listed=True
        )
    return document_response(request, record.document, "application/json", cache_control=FOR_GOOD)


def _values(session: Session, settings: Settings, record: PolicyRecord) -> dict[str, Any]:
    policy = read_policy(record)
    issuer = None if record.issuer_id is None else load_issuer(session, record.issuer_id)
    since = parse_object(record.document).get("validFrom")
    keepers = keepers_of_policy(session, record.id, limit=_MOST_KEEPERS)
    return {
        "record": record,
        "policy": policy,
        "valid_from": None if since is None else parse_datetime(since),
        "groups": tuple(_groups(policy)),
        "issuer": None if issuer is None else (issuer.id, issuer.profile["name"]),
        "keepers": [(each.id, each.profile["name"]) for each in keepers],
    }


def _groups(policy: DefinitionPolicy) -> Iterator[RuleGroup]:
    """The rules by their levels, the strictest first; levels without rules are left out."""
    for level, title, meaning in _LEVELS:
        rules = tuple(_line(rule, policy) for rule in policy.rules if rule.level is level)
        if rules:
            yield RuleGroup(title, meaning, rules)


def _line(rule: Rule, policy: DefinitionPolicy) -> RuleLine:
    words = phrase_of(rule.test)
    return RuleLine(
        rule.id,
        words[:1].upper() + words[1:],
        None if rule.applicable is None else phrase_of(rule.applicable),
        None if rule.message == sentence_of(rule.test) else rule.message,
        None if rule.source in ("", policy.source) else rule.source,
    )

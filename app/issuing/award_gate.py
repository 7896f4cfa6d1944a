"""What stands between a request to issue and a credential, besides being well formed.

Only published achievements are issued. Under a definition policy, what is issued has to meet it,
and credit is awarded by a board: its confirmation stands in the request, or in an award that was
recorded and confirmed before. An issuer without a policy passes.
"""

from datetime import datetime

from sqlalchemy.orm import Session

from app.credentials.issue_request import IssueRequest
from app.encoding.strict_json import JsonObject
from app.errors import Conflict, InvalidRequest
from app.issuing.policies import IN_CREDENTIAL, IN_REQUEST, find_policy, read_policy, refuse_unmet
from app.policy.definition import DefinitionPolicy
from app.policy.evaluation import RuleFinding, evaluate, governs, is_credit_bearing
from app.policy.profile import facts_of_credential
from app.registry.awards import claim_award, record_confirmed_award
from app.registry.reviews import PUBLISHED
from app.settings import Settings
from app.storage.tables import Achievement, Award, Issuer


def require_published(achievement: Achievement) -> None:
    """Raise Conflict (`achievement_state`) unless the achievement is published."""
    if achievement.state != PUBLISHED:
        state = achievement.state.replace("_", " ")
        raise Conflict(
            "achievement_state",
            f"Only published achievements are issued, and the state of this one is: {state}.",
            field="/achievement",
        )


def award_for(
    session: Session,
    achievement: Achievement,
    request: IssueRequest,
    *,
    now: datetime,
    actor: str,
) -> Award | None:
    """The award that the request names, or that its board's confirmation makes; often none.

    Raises InvalidRequest for both at once, and as `claim_award` does.
    """
    if request.award is None:
        if request.board is None:
            return None
        return record_confirmed_award(
            session, achievement, request.given, request.board, now=now, actor=actor
        )
    if request.board is not None:
        raise InvalidRequest(
            "contradiction",
            "An award that was recorded has its board's confirmation already: leave `board` out.",
            field="/board",
        )
    return claim_award(session, achievement, request.award, request.given)


def hold_to_policy(
    session: Session,
    settings: Settings,
    issuer: Issuer,
    achievement: Achievement,
    document: JsonObject,
    award: Award | None,
) -> tuple[RuleFinding, ...]:
    """Put the policy to a credential before it is signed; what it says, nothing if none governs.

    It is the policy that the achievement was made under, else the issuer's. Raises InvalidRequest
    (`policy_not_met`) naming each rule, and Conflict (`board_needed`) for credit without an award.
    """
    policy = governing_policy(session, settings, issuer, achievement)
    return hold_to(policy, document, confirmed=award is not None)


def hold_to(
    policy: DefinitionPolicy | None, document: JsonObject, *, confirmed: bool
) -> tuple[RuleFinding, ...]:
    """The same with the policy at hand; `confirmed` says whether a board did."""
    if policy is None:
        return ()
    facts = facts_of_credential(document)
    if not governs(policy, facts):
        return ()
    findings = evaluate(policy, facts)
    refuse_unmet(findings, IN_REQUEST)
    if not confirmed and is_credit_bearing(facts):
        raise Conflict(
            "board_needed",
            "The achievement carries credit, which a board awards: send `board` with its `minute`, "
            "or record the award and have it confirmed before it is issued.",
            field="/board",
        )
    return findings


def hold_given_to_policy(
    session: Session, settings: Settings, issuer: Issuer, credential: JsonObject
) -> None:
    """The same for a credential that somebody else wrote.

    Under a policy, credit is not awarded this way at all: no board is known to have confirmed it.
    """
    policy = governing_policy(session, settings, issuer, None)
    if policy is None:
        return
    facts = facts_of_credential(credential)
    if governs(policy, facts):
        refuse_unmet(evaluate(policy, facts), IN_CREDENTIAL)
    if is_credit_bearing(facts):
        raise Conflict(
            "board_needed",
            "The credential carries credit, which a board awards: issue it for an achievement of "
            "yours, where the board's confirmation is recorded.",
            field="/credentialSubject",
        )


def governing_policy(
    session: Session, settings: Settings, issuer: Issuer, achievement: Achievement | None
) -> DefinitionPolicy | None:
    """The policy that the achievement was made under, else the issuer's, if there is one."""
    made_under = None if achievement is None else achievement.policy_id
    policy_id = made_under or issuer.policy_id
    return None if policy_id is None else read_policy(find_policy(session, settings, policy_id))

"""Publishing achievements under the issuer's definition policy, and the reviews before it.

An issuer without a policy publishes what it creates. With one, what is created is a draft that
names the policy; what carries no credit and meets every `must` is published at once, what carries
credit is submitted, approved by somebody else, and published. The policy is put to the stored
document itself.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from app.encoding.strict_json import JsonObject, parse_object
from app.errors import Conflict
from app.issuing.policies import IN_DEFINITION, policy_of, refuse_unmet
from app.policy.definition import DefinitionPolicy
from app.policy.evaluation import RuleFinding, conforms, evaluate, governs, is_credit_bearing
from app.policy.facts import Facts
from app.policy.profile import facts_of_achievement
from app.registry import reviews
from app.registry.achievements import compose_achievement, create_achievement, create_version
from app.registry.issuers import issuer_profile, load_issuer
from app.settings import Settings
from app.storage.tables import Achievement, Issuer

_NOT_YET = "x" * 22  # stands for an id while a definition is only looked at


@dataclass(frozen=True)
class Review:
    """How an achievement stands to its issuer's policy; no findings where none governs it."""

    credit_bearing: bool
    findings: tuple[RuleFinding, ...] = ()


def draft_or_publish(
    session: Session,
    settings: Settings,
    issuer: Issuer,
    definition: JsonObject,
    *,
    former: Achievement | None = None,
    now: datetime,
    actor: str,
) -> tuple[Achievement, Review | None]:
    """Make an achievement, or with `former` a further version of it.

    Without a policy it is published, and there is no review. Raises InvalidRequest for what is
    wrong with the definition; failing the policy is no error here, for drafts may be incomplete.
    """
    policy = policy_of(session, settings, issuer)
    if policy is None:
        made = _make(session, settings, issuer, definition, former, None, now=now, actor=actor)
        return made, None
    looked_at = compose_achievement(settings, issuer, definition, _NOT_YET)
    if governs(policy, facts_of_achievement(looked_at, issuer_profile(issuer))):
        definition = _naming(policy, definition)
    made = _make(
        session, settings, issuer, definition, former, issuer.policy_id, now=now, actor=actor
    )
    review = _review(policy, _facts(issuer, made))
    if not review.credit_bearing and conforms(review.findings):
        reviews.publish_achievement(
            session, made, from_draft=True, minute=None, now=now, actor=actor
        )
    return made, review


def publish_reviewed(
    session: Session,
    settings: Settings,
    achievement: Achievement,
    *,
    minute: str | None,
    now: datetime,
    actor: str,
) -> None:
    """Publish an approved achievement, or a draft that carries no credit.

    Raises InvalidRequest (`policy_not_met`) naming each rule, its source and what to add, Conflict
    when the state is another or the issuer has another policy since, or none.
    """
    review = review_of(session, settings, achievement)
    if achievement.state not in {reviews.PUBLISHED, reviews.WITHDRAWN}:
        issuer = load_issuer(session, achievement.issuer_id)
        if achievement.policy_id != issuer.policy_id:
            raise Conflict(
                "policy_changed",
                "The issuer's definition policy is not the one that this was drafted under: make a "
                "new version of it.",
            )
        refuse_unmet(review.findings, IN_DEFINITION)
    reviews.publish_achievement(
        session,
        achievement,
        from_draft=not review.credit_bearing,
        minute=minute,
        now=now,
        actor=actor,
    )


def review_of(session: Session, settings: Settings, achievement: Achievement) -> Review:
    """How the achievement stands to the issuer's present policy."""
    issuer = load_issuer(session, achievement.issuer_id)
    facts = _facts(issuer, achievement)
    policy = policy_of(session, settings, issuer)
    return Review(is_credit_bearing(facts)) if policy is None else _review(policy, facts)


def _review(policy: DefinitionPolicy, facts: Facts) -> Review:
    findings = evaluate(policy, facts) if governs(policy, facts) else ()
    return Review(is_credit_bearing(facts), findings)


def _facts(issuer: Issuer, achievement: Achievement) -> Facts:
    return facts_of_achievement(parse_object(achievement.document), issuer_profile(issuer))


def _naming(policy: DefinitionPolicy, definition: JsonObject) -> JsonObject:
    """The definition with the policy among those that it is said to meet."""
    micro = definition.get("microcredential", {})
    named = [*micro.get("definition_policies", []), policy.id]
    micro = {**micro, "definition_policies": list(dict.fromkeys(named))}
    return {**definition, "microcredential": micro}


def _make(
    session: Session,
    settings: Settings,
    issuer: Issuer,
    definition: JsonObject,
    former: Achievement | None,
    draft_under: str | None,
    *,
    now: datetime,
    actor: str,
) -> Achievement:
    if former is None:
        return create_achievement(
            session,
            settings,
            issuer,
            definition,
            now=now,
            actor=actor,
            draft_under=draft_under,
        )
    return create_version(
        session, settings, former, definition, now=now, actor=actor, draft_under=draft_under
    )

"""From what a document says about learning to the facts that policies speak of.

`micro-credentials.md` section 5.1: policies see the normalised profile and never the document, so
that Open Badges of every author are judged alike. What is claimed is taken as claimed: whether a
credential is genuine is for the verifier to say.
"""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any

from app.credentials.learning import Learning, read_learning
from app.credentials.learning_parts import Link
from app.credentials.reading import first_of, object_in, text_in
from app.credentials.rules import objects
from app.encoding.dates import format_datetime
from app.encoding.strict_json import JsonObject
from app.policy.facts import FACTS, Entry, Fact, Facts, Owner, Value, amount_or_text

# What nobody can know of an achievement before somebody has been awarded it.
_AWARDED = tuple(name for name, kind in FACTS.items() if kind.owner is Owner.AWARD)
_ISSUER = tuple(name for name, kind in FACTS.items() if kind.owner is Owner.ISSUER)


def facts_of_credential(document: Any) -> Facts:
    """The facts of a credential, ours or a stranger's; bears any JSON."""
    subject = first_of(objects(object_in(document).get("credentialSubject")))
    achievement = object_in(subject.get("achievement"))
    return facts_of(read_learning(document), endorsers=_endorsers(achievement))


def facts_of_achievement(document: Any, issuer_profile: JsonObject | None) -> Facts:
    """The facts of an achievement by itself, its issuer being the one of the profile.

    Without a profile the issuer's country is left open, as achievements do not name it.
    """
    achievement = object_in(document)
    if issuer_profile is not None:
        achievement = {**achievement, "creator": issuer_profile}
    facts = dict(facts_of(read_learning(achievement), endorsers=_endorsers(achievement)))
    unknown = [*_AWARDED]
    if issuer_profile is None:
        unknown += [name for name in _ISSUER if facts[name] is None]
    return MappingProxyType({name: facts[name] for name in facts if name not in unknown})


def facts_of(learning: Learning, *, endorsers: Iterable[str] = ()) -> Facts:
    """The normalised facts; `endorsers` are named by endorsements in the achievement."""
    awarded = learning.awarded_date or learning.valid_from
    bodies = [body.name for body in learning.awarding_bodies if body.name]
    facts: Mapping[str, Fact] = {
        "achievementType": learning.achievement_type,
        "title": learning.title,
        "learner.identifier": "stated" if learning.learner_identified else None,
        "issuer.country": learning.issuer.country,
        "issuer.regulated": bool(learning.quality_assurance),
        "awardingBody.name": bodies[0] if bodies else None,
        "awardedDate": None if awarded is None else format_datetime(awarded),
        "learningOutcomes": tuple(
            _entry(title=each.title, skills=amount_or_text(str(len(each.skills))))
            for each in learning.outcomes
        ),
        "workloadHours": learning.workload_hours,
        "credit": tuple(
            _entry(scheme=each.scheme, value=each.value, rule=each.rule)
            for each in learning.credit_offered or learning.credit_received
            if each.value > 0
        ),
        "level": tuple(
            _entry(scheme=each.framework, value=amount_or_text(each.value))
            for each in learning.levels
        ),
        "assessment": tuple(
            _entry(type=each.type, title=each.title, supervision=each.supervision)
            for each in learning.assessments
        ),
        "participation": learning.participation,
        "supervision": learning.supervision_actual or learning.supervision_required,
        "qualityAssurance": tuple(
            _entry(type=each.type, agent=each.agent or each.url)
            for each in learning.quality_assurance
        ),
        "qualityStatement": learning.quality_statement,
        "prerequisites": learning.prerequisites,
        "result.status": _first(each.status for each in learning.results),
        "result.value": _first(each.value or each.level for each in learning.results),
        "stackability": learning.stackability,
        "stacksInto": tuple(
            _entry(award=each.award or each.name, pathway=each.pathway)
            for each in learning.stacks_into
        ),
        "skills": _links(learning.skills),
        "occupations": _links(learning.occupations),
        "employerEndorsements": tuple(_entry(endorser=each) for each in endorsers),
        "industryRecognition": _links(learning.industry_recognition),
        "isFullAward": learning.full_award,
        "learningSetting": learning.learning_setting,
    }
    return MappingProxyType(facts)


def _entry(**members: Value | None) -> Entry:
    return {name: value for name, value in members.items() if value is not None}


def _links(links: Iterable[Link]) -> tuple[Entry, ...]:
    return tuple(_entry(name=each.name, url=each.url) for each in links)


def _first(values: Iterable[str | None]) -> str | None:
    return next((value for value in values if value), None)


def _endorsers(achievement: Mapping[str, Any]) -> list[str]:
    """Who endorsed the achievement, as its embedded endorsements say."""
    issuers = [each.get("issuer") for each in objects(achievement.get("endorsement"))]
    named = [
        text_in(each) or text_in(object_in(each).get("name")) or text_in(object_in(each).get("id"))
        for each in issuers
    ]
    return [name for name in named if name]

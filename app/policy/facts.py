"""The facts that a definition policy may speak of: the normalised profile of an achievement.

`micro-credentials.md` section 5.1. Every fact has a name, a kind, words for people, and the place
where a registrar fills it in. What a policy says is checked against this table when the policy is
read, so that evaluating it cannot go wrong later.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from fractions import Fraction
from types import MappingProxyType

from app.vocabularies.amounts import amount_in
from app.vocabularies.credit import find_scheme
from app.vocabularies.levels import find_framework
from app.vocabularies.terms import (
    ASSESSMENT,
    LEARNING_SETTING,
    PARTICIPATION,
    QUALITY_ASSURANCE,
    STACKABILITY,
    SUPERVISION,
)

Value = str | bool | Fraction
Entry = Mapping[str, Value]
Fact = Value | tuple[str, ...] | tuple[Entry, ...] | None
Facts = Mapping[str, Fact]
"""Values by name. None and () say that the document does not state it; a name that is missing says
that it cannot be known yet: who a learner is, for instance, before anybody has been awarded."""

Normal = Callable[[str], Value]


class Kind(Enum):
    """What sort of value a fact has, and so which operators suit it."""

    TEXT = "a text"
    FLAG = "true or false"
    AMOUNT = "a number"
    TEXTS = "a list of words"
    ENTRIES = "a list of entries"


class Owner(Enum):
    """Whose document states a fact."""

    ACHIEVEMENT = "the achievement"
    ISSUER = "the issuer's profile"
    AWARD = "the request to issue"


@dataclass(frozen=True)
class FactKind:
    """One fact: its kind, what people call it, where they fill it in.

    `place` is a path in what the owner's document is made of. `normal` turns a word of a policy
    into the form in which facts have it; `members` are those of entries, each with the same.
    """

    kind: Kind
    words: str
    place: str
    normal: Normal = str
    members: Mapping[str, Normal] = field(default_factory=dict)
    owner: Owner = Owner.ACHIEVEMENT


def _scheme(word: str) -> str:
    found = find_scheme(word)
    return word if found is None else found.code


def _framework(word: str) -> str:
    found = find_framework(word)
    return word if found is None else found.code


def amount_or_text(word: str) -> Value:
    """A level's value: mostly a number, sometimes `Entry 3`."""
    amount = amount_in(word)
    return word if amount is None else amount


def _entries(words: str, place: str, **members: Normal) -> FactKind:
    return FactKind(Kind.ENTRIES, words, place, members=MappingProxyType(members))


FACTS: Mapping[str, FactKind] = MappingProxyType(
    {
        "achievementType": FactKind(Kind.TEXT, "the kind of achievement", "achievementType"),
        "title": FactKind(Kind.TEXT, "a title", "name"),
        "learner.identifier": FactKind(
            Kind.TEXT, "the learner's identifier", "recipient", owner=Owner.AWARD
        ),
        "issuer.country": FactKind(
            Kind.TEXT, "the issuer's country", "address.addressCountryCode", owner=Owner.ISSUER
        ),
        "issuer.regulated": FactKind(
            Kind.FLAG, "an issuer under quality assurance", "microcredential.quality_assurance"
        ),
        "awardingBody.name": FactKind(
            Kind.TEXT, "the awarding body's name", "name", owner=Owner.ISSUER
        ),
        "awardedDate": FactKind(
            Kind.TEXT, "the date of the award", "awarded_date", owner=Owner.AWARD
        ),
        "learningOutcomes": _entries(
            "learning outcomes", "microcredential.outcomes", title=str, skills=amount_or_text
        ),
        "workloadHours": FactKind(
            Kind.AMOUNT, "the workload in hours", "microcredential.workload_hours"
        ),
        "credit": _entries(
            "credit", "microcredential.credit", scheme=_scheme, value=amount_or_text, rule=str
        ),
        "level": _entries(
            "level", "microcredential.level", scheme=_framework, value=amount_or_text
        ),
        "assessment": _entries(
            "assessment",
            "microcredential.assessment",
            type=ASSESSMENT.code_of,
            title=str,
            supervision=SUPERVISION.code_of,
        ),
        "participation": FactKind(
            Kind.TEXTS,
            "the form of participation",
            "microcredential.participation",
            PARTICIPATION.code_of,
        ),
        "supervision": FactKind(
            Kind.TEXT,
            "supervision and identity checks",
            "microcredential.supervision",
            SUPERVISION.code_of,
        ),
        "qualityAssurance": _entries(
            "quality assurance",
            "microcredential.quality_assurance",
            type=QUALITY_ASSURANCE.code_of,
            agent=str,
        ),
        "qualityStatement": FactKind(
            Kind.TEXT, "a statement of quality", "microcredential.quality_statement"
        ),
        "prerequisites": FactKind(Kind.TEXTS, "prerequisites", "microcredential.prerequisites"),
        "result.status": FactKind(
            Kind.TEXT, "the status of the result", "results", owner=Owner.AWARD
        ),
        "result.value": FactKind(Kind.TEXT, "the grade", "grade", owner=Owner.AWARD),
        "stackability": FactKind(
            Kind.TEXTS, "stackability", "microcredential.stackability", STACKABILITY.code_of
        ),
        "stacksInto": _entries(
            "awards that it counts towards", "microcredential.stacks_into", award=str, pathway=str
        ),
        "skills": _entries("skills", "microcredential.skills", name=str, url=str),
        "occupations": _entries("occupations", "microcredential.occupations", name=str, url=str),
        "employerEndorsements": _entries("endorsements", "endorsement", endorser=str),
        "industryRecognition": _entries(
            "recognition by industry", "microcredential.industry_recognition", name=str, url=str
        ),
        "isFullAward": FactKind(
            Kind.FLAG, "whether it is a full award", "microcredential.full_award"
        ),
        "learningSetting": FactKind(
            Kind.TEXT,
            "the learning setting",
            "microcredential.learning_setting",
            LEARNING_SETTING.code_of,
        ),
    }
)

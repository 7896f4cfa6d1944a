"""What stands in the terms of our context `microcredential-v1.json`.

Values may be compacted in any of JSON-LD's ways, and a stranger may use the same context: what
cannot be read is left out, identifiers that are in no list of ours are kept as they stand.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from typing import Any

from app.credentials.learning_parts import (
    Agent,
    Assessment,
    Credit,
    Link,
    Outcome,
    QualityClaim,
    StackingOption,
)
from app.credentials.reading import iri_in, moment_in, object_in, text_in, values_of
from app.credentials.rules import objects
from app.vocabularies.amounts import amount_in
from app.vocabularies.credit import find_rule, find_scheme
from app.vocabularies.levels import Level, level_of_iri
from app.vocabularies.terms import (
    ASSESSMENT,
    FIELD,
    LEARNING_SETTING,
    PARTICIPATION,
    QUALITY_ASSURANCE,
    RECOGNITION_BASIS,
    REUSABILITY,
    STACKABILITY,
    SUPERVISION,
    Vocabulary,
)

_HOURS = re.compile(
    r"PT(?=\d)(?:(\d{1,6})H)?(?:(\d{1,8})M)?(?:(\d{1,8}(?:\.\d{1,9})?)S)?", re.ASCII
)


@dataclass(frozen=True)
class TermClaims:
    """The copies in our terms."""

    outcomes: tuple[Outcome, ...]
    workload_hours: Fraction | None
    contact_hours: Fraction | None
    credit_offered: tuple[Credit, ...]
    credit_received: tuple[Credit, ...]
    levels: tuple[Level, ...]
    assessments: tuple[Assessment, ...]
    participation: tuple[str, ...]
    supervision_taken: tuple[str | None, ...]
    quality_assurance: tuple[QualityClaim, ...]
    quality_statement: str | None
    industry_recognition: tuple[Link, ...]
    prerequisites: tuple[str, ...]
    stackability: tuple[str, ...]
    stacks_into: tuple[StackingOption, ...]
    full_award: bool | None
    field: tuple[str, ...]
    learning_setting: str | None
    recognition_basis: str | None
    awarding_bodies: tuple[Agent, ...]
    awarding_date: datetime | None
    provider: tuple[Agent, ...]
    definition_policies: tuple[str, ...]


def read_terms(
    achievement: Mapping[str, Any], subject: Mapping[str, Any], language: str | None
) -> TermClaims:
    """The copies of an achievement and its subject; either is empty when its type is not there."""
    tongue = language or ""
    award = object_in(subject.get("awardedBy"))
    partial = first_value(achievement.get("isPartialQualification"))
    return TermClaims(
        outcomes=tuple(_outcomes(achievement, tongue)),
        workload_hours=hours_in(achievement.get("volumeOfLearning")),
        contact_hours=amount_in(text_in(achievement.get("contactHour"))),
        credit_offered=_credits(achievement.get("creditPoint")),
        credit_received=_credits(subject.get("creditReceived")),
        levels=_levels(achievement),
        assessments=tuple(
            _assessment(each, tongue) for each in _objects(achievement, "assessment")
        ),
        participation=_codes(achievement.get("mode"), PARTICIPATION),
        supervision_taken=tuple(
            _code(each.get("idVerification"), SUPERVISION)
            for each in _objects(subject, "assessmentTaken")
        ),
        quality_assurance=tuple(
            _quality_claim(each, tongue) for each in _objects(achievement, "accreditation")
        ),
        quality_statement=_words(achievement.get("qualityStatement"), tongue),
        industry_recognition=_links(achievement.get("industryRecognition")),
        prerequisites=tuple(
            text
            for each in _objects(achievement, "entryRequirement")
            if (text := _words(each.get("noteLiteral"), tongue))
        ),
        stackability=_codes(achievement.get("stackability"), STACKABILITY),
        stacks_into=tuple(_stacking_option(each) for each in _objects(achievement, "stacksInto")),
        full_award=not partial if isinstance(partial, bool) else None,
        field=_codes(achievement.get("thematicArea"), FIELD),
        learning_setting=_code(achievement.get("learningSetting"), LEARNING_SETTING),
        recognition_basis=_code(subject.get("recognitionBasis"), RECOGNITION_BASIS),
        awarding_bodies=_agents(award.get("awardingBody")),
        awarding_date=moment_in(award.get("awardingDate")),
        provider=_agents(subject.get("directedBy")),
        definition_policies=tuple(_iris(achievement.get("definitionPolicy"))),
    )


def hours_in(value: Any) -> Fraction | None:
    """The hours of a duration; None where it counts days or months, which are no hours of study."""
    match = _HOURS.fullmatch(text_in(value) or "")
    if match is None:
        return None
    hours, minutes, seconds = (Fraction(part or 0) for part in match.groups())
    return hours + minutes / 60 + seconds / 3600


def first_value(value: Any) -> Any:
    """The first of one or many."""
    found = values_of(value)
    return found[0] if found else None


def _objects(value: Mapping[str, Any], name: str) -> list[dict[str, Any]]:
    return objects(value.get(name))


def _words(value: Any, tongue: str) -> str | None:
    """The text of a language map: in the achievement's language, else the first there is."""
    languages = object_in(value)
    texts = {str(key).casefold(): text_in(text) for key, text in languages.items()}
    return (
        texts.get(tongue.casefold())
        or next((text for text in texts.values() if text), None)
        or text_in(value)
    )


def _iris(value: Any) -> Iterator[str]:
    for each in values_of(value):
        found = iri_in(each.get("id") if isinstance(each, dict) else each)
        if found is not None:
            yield found


def _codes(value: Any, words: Vocabulary) -> tuple[str, ...]:
    """Our codes for terms or identifiers; other identifiers as they stand."""
    found = []
    for each in values_of(value):
        text = text_in(each.get("id") if isinstance(each, dict) else each)
        if text is not None and (words.find(text) is not None or iri_in(text) is not None):
            found.append(words.code_of(text))
    return tuple(found)


def _code(value: Any, words: Vocabulary) -> str | None:
    found = _codes(value, words)
    return found[0] if found else None


def _outcomes(achievement: Mapping[str, Any], tongue: str) -> Iterator[Outcome]:
    for each in _objects(achievement, "learningOutcome"):
        title = _words(each.get("title"), tongue)
        if title is not None:
            skills = (*_iris(each.get("relatedESCOSkill")), *_iris(each.get("relatedSkill")))
            reuse = _code(each.get("reusabilityLevel"), REUSABILITY)
            yield Outcome(title, skills, reuse, iri_in(each.get("id")))


def _credits(value: Any) -> tuple[Credit, ...]:
    return tuple(credit for each in objects(value) if (credit := _credit(each)) is not None)


def _credit(value: Mapping[str, Any]) -> Credit | None:
    amount = amount_in(first_value(value.get("point")))
    if amount is None:
        return None
    iri = first_of_iris(value.get("framework"))
    known = find_scheme(iri)
    rule = first_of_iris(value.get("conversionRule"))
    found = find_rule(rule)
    return Credit(
        scheme=None if known is None else known.code,
        value=amount,
        rule=rule if found is None else found.id,
        units_per_year=amount_in(first_value(value.get("unitsPerYear"))),
        iri=iri,
    )


def first_of_iris(value: Any) -> str | None:
    """The first identifier, written plainly or as an object with an id."""
    return next(_iris(value), None)


def _levels(achievement: Mapping[str, Any]) -> tuple[Level, ...]:
    named = [
        iri
        for member in ("nqfLevel", "educationLevel", "eqfLevel")
        for iri in _iris(achievement.get(member))
    ]
    return tuple(level_of_iri(iri) or Level(None, iri, iri) for iri in named)


def _assessment(value: Mapping[str, Any], tongue: str) -> Assessment:
    return Assessment(
        type=_code(value.get("assessmentType"), ASSESSMENT),
        title=_words(value.get("title"), tongue),
        weight=amount_in(first_value(value.get("weight"))),
        participation=_codes(value.get("mode"), PARTICIPATION),
        supervision=_code(value.get("requiredIdVerification"), SUPERVISION),
        id=iri_in(value.get("id")),
    )


def _quality_claim(value: Mapping[str, Any], tongue: str) -> QualityClaim:
    agent = value.get("accreditingAgent")
    return QualityClaim(
        type=_code(value.get("accreditationType"), QUALITY_ASSURANCE),
        agent=text_in(object_in(agent).get("name")),
        url=first_of_iris(agent),
        title=_words(value.get("title"), tongue),
        report=first_of_iris(value.get("report")),
        decision=text_in(value.get("decision")),
        dated=_day(value.get("dateIssued")),
        expires=_day(value.get("expiryDate")),
    )


def _day(value: Any) -> date | None:
    moment = moment_in(value)
    return None if moment is None else moment.date()


def _stacking_option(value: Mapping[str, Any]) -> StackingOption:
    return StackingOption(
        award=first_of_iris(value.get("award")),
        name=text_in(value.get("name")),
        pathway=first_of_iris(value.get("ruleSet")),
        digest=text_in(value.get("digestSRI")),
        counts_for=text_in(value.get("countsFor")),
        level=first_of_iris(value.get("awardLevel")),
    )


def _links(value: Any) -> tuple[Link, ...]:
    found = (
        Link(text_in(object_in(each).get("name")), first_of_iris(each)) for each in values_of(value)
    )
    return tuple(link for link in found if link.words)


def _agents(value: Any) -> tuple[Agent, ...]:
    found = (
        Agent(
            text_in(object_in(each).get("name")),
            first_of_iris(each),
            text_in(object_in(each).get("url")),
        )
        for each in values_of(value)
    )
    return tuple(agent for agent in found if agent.name or agent.id)

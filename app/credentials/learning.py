"""What a badge says about learning, read once, in one form, for everything that compares badges.

`read_learning` takes any Open Badges 3.0 credential or achievement, ours or a stranger's. Elements
stand in native slots (alignments, `creditsAvailable`) and, with our context, in our terms; where
both do and disagree, neither is chosen: the element is left empty and named in `contradictions`.
Like `display.py` it bears any JSON and judges nothing: read it of verified credentials only.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Any

from app.credentials.learning_native import NativeClaims, read_native
from app.credentials.learning_parts import (
    Agent,
    Assessment,
    Credit,
    Evidence,
    Link,
    Outcome,
    QualityClaim,
    StackingOption,
)
from app.credentials.learning_terms import TermClaims, read_terms
from app.credentials.microcredential_terms import ACHIEVEMENT_TYPE, SUBJECT_TYPE, is_our_context
from app.credentials.reading import first_of, iri_in, moment_in, object_in, text_in, values_of
from app.credentials.rules import objects
from app.vocabularies.amounts import amount_text
from app.vocabularies.levels import EQF, Level, reference_of

_REGION = re.compile(r"[A-Z]{2}(-[A-Z0-9]{1,3})?")


@dataclass(frozen=True)
class Issuer:
    """Who issued it; `identifiers` are pairs of type and value, such as (`ext:ROR`, …)."""

    id: str | None = None
    name: str | None = None
    url: str | None = None
    country: str | None = None
    region: str | None = None
    identifiers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class LearningResult:
    """One result, in the document's own words; `scale` is its least, greatest, allowed values."""

    name: str | None = None
    type: str | None = None
    value: str | None = None
    status: str | None = None
    level: str | None = None
    scale: str | None = None
    required: str | None = None


@dataclass(frozen=True)
class Contradiction:
    """An element whose copies disagree, with what each of them says."""

    element: str
    one: str
    other: str


@dataclass(frozen=True)
class Learning:
    """Every element of the mapping; None and empty mean that the document does not say.

    `levels` holds the EQF level too. `awarding_bodies` are the stated ones, else the issuer.
    `supervision_required` and `supervision_actual` are the one code that all assessments share.
    `quality_assurance` and `definition_policies` are claims of the issuer. `code` and `identifiers`
    (pairs of type and value) are those of the achievement in its institution's own systems.
    """

    achievement_id: str | None
    achievement_type: str | None
    title: str | None
    description: str | None
    language: str | None
    code: str | None
    version: str | None
    identifiers: tuple[tuple[str, str], ...]
    specialization: str | None
    topics: tuple[str, ...]
    issuer: Issuer
    awarding_bodies: tuple[Agent, ...]
    provider: tuple[Agent, ...]
    learner_identified: bool
    awarded_date: datetime | None
    valid_from: datetime | None
    valid_until: datetime | None
    activity_start: datetime | None
    activity_end: datetime | None
    term: str | None
    outcomes: tuple[Outcome, ...]
    workload_hours: Fraction | None
    contact_hours: Fraction | None
    credit_offered: tuple[Credit, ...]
    credit_received: tuple[Credit, ...]
    levels: tuple[Level, ...]
    assessments: tuple[Assessment, ...]
    participation: tuple[str, ...]
    supervision_required: str | None
    supervision_actual: str | None
    quality_assurance: tuple[QualityClaim, ...]
    quality_statement: str | None
    industry_recognition: tuple[Link, ...]
    prerequisites: tuple[str, ...]
    results: tuple[LearningResult, ...]
    evidence: tuple[Evidence, ...]
    stackability: tuple[str, ...]
    stacks_into: tuple[StackingOption, ...]
    full_award: bool | None
    skills: tuple[Link, ...]
    occupations: tuple[Link, ...]
    field: tuple[str, ...]
    learning_setting: str | None
    recognition_basis: str | None
    definition_policies: tuple[str, ...]
    contradictions: tuple[Contradiction, ...]

    @property
    def eqf_level(self) -> int | None:
        """The EQF level as stated."""
        stated = [level.number for level in self.levels if level.framework == EQF.code]
        return stated[0] if stated else None

    @property
    def says_anything(self) -> bool:
        """Whether there is more to show than any badge has."""
        return bool(
            self.outcomes
            or self.workload_hours
            or self.credit_offered
            or self.credit_received
            or self.levels
            or self.assessments
            or self.quality_assurance
            or self.stackability
            or self.stacks_into
            or self.contradictions
        )


def read_learning(document: Any) -> Learning:
    """The one reading of a credential, or of an achievement by itself; never raises."""
    credential = object_in(document)
    subject = first_of(objects(credential.get("credentialSubject")))
    is_credential = "credentialSubject" in credential
    achievement = object_in(subject.get("achievement")) if is_credential else credential
    readable = "@context" not in credential or any(
        is_our_context(entry) for entry in values_of(credential["@context"])
    )
    terms = read_terms(
        achievement if readable and _has_type(achievement, ACHIEVEMENT_TYPE) else {},
        subject if readable and _has_type(subject, SUBJECT_TYPE) else {},
        text_in(achievement.get("inLanguage")),
    )
    native = read_native(achievement, subject)
    issuer = _issuer(credential.get("issuer") if is_credential else achievement.get("creator"))
    judged = _Judged(terms, native)
    return Learning(
        achievement_id=iri_in(achievement.get("id")),
        achievement_type=text_in(achievement.get("achievementType")),
        title=text_in(achievement.get("name")) or text_in(credential.get("name")),
        description=text_in(achievement.get("description")),
        language=text_in(achievement.get("inLanguage")),
        code=text_in(achievement.get("humanCode")),
        version=text_in(achievement.get("version")),
        identifiers=_identifiers(achievement),
        specialization=text_in(achievement.get("specialization")),
        topics=tuple(text for each in values_of(achievement.get("tag")) if (text := text_in(each))),
        issuer=issuer,
        awarding_bodies=terms.awarding_bodies or _as_body(issuer),
        provider=terms.provider,
        learner_identified=_is_identified(subject),
        awarded_date=moment_in(credential.get("awardedDate")) or terms.awarding_date,
        valid_from=moment_in(credential.get("validFrom", credential.get("issuanceDate"))),
        valid_until=moment_in(credential.get("validUntil", credential.get("expirationDate"))),
        activity_start=moment_in(subject.get("activityStartDate")),
        activity_end=moment_in(subject.get("activityEndDate")),
        term=text_in(subject.get("term")),
        outcomes=terms.outcomes,
        workload_hours=terms.workload_hours,
        contact_hours=terms.contact_hours,
        credit_offered=judged.credit_offered,
        credit_received=judged.credit_received,
        levels=judged.levels,
        assessments=terms.assessments,
        participation=terms.participation,
        supervision_required=_shared([each.supervision for each in terms.assessments]),
        supervision_actual=_shared(list(terms.supervision_taken)),
        quality_assurance=terms.quality_assurance or native.quality_assurance,
        quality_statement=terms.quality_statement,
        industry_recognition=terms.industry_recognition,
        prerequisites=terms.prerequisites,
        results=_results(subject, achievement),
        evidence=tuple(_evidence(each) for each in objects(credential.get("evidence"))),
        stackability=terms.stackability,
        stacks_into=terms.stacks_into,
        full_award=terms.full_award,
        skills=native.skills,
        occupations=native.occupations,
        field=judged.field,
        learning_setting=terms.learning_setting,
        recognition_basis=terms.recognition_basis,
        definition_policies=terms.definition_policies,
        contradictions=judged.contradictions,
    )


# --- Two copies of one thing ---------------------------------------------------------------------


class _Judged:
    """The elements that stand in two places, once their copies were held against each other."""

    def __init__(self, terms: TermClaims, native: NativeClaims) -> None:
        found: list[Contradiction] = []
        self.credit_offered = _credit(
            "credit_offered", terms.credit_offered, native.credits_available, found
        )
        self.credit_received = _credit(
            "credit_received", terms.credit_received, native.credits_earned, found
        )
        self.levels = _levels(terms.levels, native.levels, found)
        self.field = _fields(terms.field, native.field, found)
        found += _referencing(self.levels)
        self.contradictions = tuple(found)


def _credit(
    element: str,
    in_terms: tuple[Credit, ...],
    native: Fraction | None,
    found: list[Contradiction],
) -> tuple[Credit, ...]:
    """Our terms; a native number alone is credit of a scheme that is not named."""
    if not in_terms:
        return () if native is None else (Credit(None, native),)
    if native is not None and native != in_terms[0].value:
        found.append(Contradiction(element, in_terms[0].words, f"{amount_text(native)} credits"))
        return ()
    return in_terms


def _levels(
    in_terms: tuple[Level, ...], native: tuple[Level, ...], found: list[Contradiction]
) -> tuple[Level, ...]:
    if not in_terms:
        agreed, others = native, native
    else:
        agreed, others = in_terms, (*native, *in_terms)
    contested: set[str | None] = set()
    for level in agreed:
        for other in others:
            same = level.framework is not None and other.framework == level.framework
            if same and other.value != level.value and level.framework not in contested:
                contested.add(level.framework)
                found.append(Contradiction("level", level.words, other.words))
    known = {level.framework for level in agreed}
    added = [each for each in native if each.framework not in known]
    return tuple(level for level in (*agreed, *added) if level.framework not in contested)


def _fields(
    in_terms: tuple[str, ...], native: tuple[str, ...], found: list[Contradiction]
) -> tuple[str, ...]:
    if in_terms and native and set(in_terms) != set(native):
        found.append(Contradiction("field", ", ".join(in_terms), ", ".join(native)))
        return ()
    return in_terms or native


def _referencing(levels: tuple[Level, ...]) -> list[Contradiction]:
    """A national level beside an EQF level that its referencing report does not give it."""
    found: list[Contradiction] = []
    stated = [level for level in levels if level.framework == EQF.code]
    for level in levels:
        reference = reference_of(level)
        if reference is not None and stated and stated[0].number != reference.eqf:
            report = f"EQF level {reference.eqf} ({reference.source}, {reference.year})"
            found.append(Contradiction("level", f"{level.words}: {report}", stated[0].words))
    return found


# --- The rest ------------------------------------------------------------------------------------


def _has_type(value: Mapping[str, Any], name: str) -> bool:
    return name in values_of(value.get("type"))


def _issuer(value: Any) -> Issuer:
    if isinstance(value, str):
        return Issuer(id=iri_in(value))
    profile = object_in(value)
    address = object_in(profile.get("address"))
    country = text_in(address.get("addressCountryCode"))
    region = text_in(address.get("addressRegion"))
    return Issuer(
        id=iri_in(profile.get("id")),
        name=text_in(profile.get("name")),
        url=text_in(profile.get("url")),
        country=country or (region[:2] if region and _REGION.fullmatch(region) else None),
        region=region,
        identifiers=_identifiers(profile),
    )


def _identifiers(value: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    pairs = (
        (text_in(each.get("identifierType")), text_in(each.get("identifier")))
        for each in objects(value.get("otherIdentifier"))
    )
    return tuple((kind, value) for kind, value in pairs if kind and value)


def _evidence(value: Mapping[str, Any]) -> Evidence:
    return Evidence(
        name=text_in(value.get("name")),
        url=iri_in(value.get("id")),
        genre=text_in(value.get("genre")),
        description=text_in(value.get("description")),
    )


def _as_body(issuer: Issuer) -> tuple[Agent, ...]:
    if issuer.id is None and issuer.name is None:
        return ()
    return (Agent(issuer.name, issuer.id, issuer.url),)


def _is_identified(subject: Mapping[str, Any]) -> bool:
    """By an identifier, or by an id that is more than a name made up for the occasion."""
    identifier = iri_in(subject.get("id"))
    named = identifier is not None and not identifier.startswith("urn:uuid:")
    return named or any(
        text_in(each.get("identityHash")) for each in objects(subject.get("identifier"))
    )


def _shared(codes: list[str | None]) -> str | None:
    return codes[0] if codes and all(code == codes[0] for code in codes) else None


def _results(
    subject: Mapping[str, Any], achievement: Mapping[str, Any]
) -> tuple[LearningResult, ...]:
    descriptions = objects(achievement.get("resultDescription"))
    return tuple(_result(each, descriptions) for each in objects(subject.get("result")))


def _result(result: Mapping[str, Any], descriptions: list[dict[str, Any]]) -> LearningResult:
    linked = text_in(result.get("resultDescription"))
    described = first_of([each for each in descriptions if linked and each.get("id") == linked])
    levels = objects(described.get("rubricCriterionLevel"))
    level, needed = (
        first_of([each for each in levels if id_ and each.get("id") == id_])
        for id_ in (text_in(result.get("achievedLevel")), text_in(described.get("requiredLevel")))
    )
    allowed = [text for each in values_of(described.get("allowedValue")) if (text := text_in(each))]
    bounds = [text_in(described.get(name)) for name in ("valueMin", "valueMax")]
    least, most = bounds
    return LearningResult(
        name=text_in(described.get("name")),
        type=text_in(described.get("resultType")),
        value=text_in(result.get("value")),
        status=text_in(result.get("status")),
        level=text_in(level.get("name")),
        scale=", ".join(allowed) or (f"{least}–{most}" if least and most else None),
        required=text_in(described.get("requiredValue")) or text_in(needed.get("name")),
    )

"""What a credential says, in one normal form for people to read.

JSON-LD lets a signer write one value or a list of one, a text or a language value object, and
nothing about the signature changes (security.md J16); pages must not depend on which. `view_badge`
reads all of them, never raises, and leaves out what it cannot read. It judges nothing: a view of a
document whose proof was not checked is a view of a claim. Links are kept only when they lead to the
web, and characters that turn text around are taken out.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.credentials.key_facts import without_key_facts
from app.credentials.learning import Learning, read_learning
from app.credentials.reading import (
    first_of,
    iri_in,
    link_in,
    moment_in,
    number_in,
    object_in,
    picture_in,
    text_in,
    values_of,
)
from app.credentials.rules import objects

_WORD_BREAK = re.compile(r"(?<=[a-z])(?=[A-Z])|_")

# Where splitting the standard's own term into words does not give what people say.
_WORDS = {
    "emailAddress": "e-mail address",
    "CoCurricular": "co-curricular activity",
    "GeneralEducationDevelopment": "general educational development",
    "MicroCredential": "micro-credential",
    "CFItem": "competency",
    "CFRubric": "rubric",
    "CFRubricCriterion": "rubric criterion",
    "CFRubricCriterionLevel": "rubric criterion level",
    "CTDL": "credential",
    "ceasn:Competency": "competency",
    "ceterms:Credential": "credential",
}


@dataclass(frozen=True)
class AlignmentView:
    """What an achievement or result corresponds to in a framework of others."""

    name: str
    url: str | None
    framework: str | None
    code: str | None
    description: str | None
    type: str | None


@dataclass(frozen=True)
class ResultView:
    """One result, with the names of its description and level in place of their identifiers.

    `value` is what was reached: a mark, a level's name, or a status in words. `scale` and
    `required` say what could have been reached and what was needed, where the achievement tells.
    """

    name: str
    value: str | None
    level_description: str | None
    scale: str | None
    required: str | None
    type: str | None
    alignments: tuple[AlignmentView, ...]


@dataclass(frozen=True)
class LevelView:
    """One level of a rubric, as the achievement lists them."""

    name: str
    description: str | None
    points: str | None


@dataclass(frozen=True)
class ResultDescriptionView:
    """One kind of result that an achievement asks for."""

    name: str
    type: str | None
    scale: str | None
    required: str | None
    levels: tuple[LevelView, ...]


@dataclass(frozen=True)
class EvidenceView:
    """A piece of evidence; `narrative` is Markdown, `url` leads to the evidence itself."""

    name: str | None
    description: str | None
    narrative: str | None
    url: str | None
    genre: str | None
    audience: str | None


@dataclass(frozen=True)
class IdentityView:
    """One way in which the recipient is identified; `value` is None when it is hashed."""

    type: str
    value: str | None


@dataclass(frozen=True)
class BadgeView:
    """A badge (or any credential) as pages show it; None and empty mean that it does not say."""

    id: str | None
    title: str
    description: str | None
    achievement_id: str | None
    achievement_type: str | None
    criteria_markdown: str | None
    criteria_url: str | None
    image_src: str | None
    image_caption: str | None
    issuer_id: str | None
    issuer_name: str | None
    issuer_url: str | None
    issuer_description: str | None
    issuer_image_src: str | None
    recipient_id: str | None
    recipient_name: str | None
    identities: tuple[IdentityView, ...]
    valid_from: datetime | None
    valid_until: datetime | None
    awarded_date: datetime | None
    activity_start: datetime | None
    activity_end: datetime | None
    narrative: str | None
    results: tuple[ResultView, ...]
    result_descriptions: tuple[ResultDescriptionView, ...]
    alignments: tuple[AlignmentView, ...]
    evidence: tuple[EvidenceView, ...]
    tags: tuple[str, ...]
    credits_available: float | None
    credits_earned: float | None
    license_number: str | None
    role: str | None
    term: str | None
    field_of_study: str | None
    specialization: str | None
    human_code: str | None
    language: str | None
    version: str | None
    learning: Learning
    subjects: int
    endorsements: int
    statement: str | None


def view_badge(document: Mapping[str, Any]) -> BadgeView:
    """The normal form of a credential; bears any JSON object."""
    all_subjects = objects(document.get("credentialSubject"))
    subject = first_of(all_subjects)
    achievement = object_in(subject.get("achievement"))
    criteria = object_in(achievement.get("criteria"))
    issuer = _issuer(document.get("issuer"))
    identities = tuple(_identity(each) for each in objects(subject.get("identifier")))
    image = picture_in(achievement.get("image")) or picture_in(document.get("image"))
    return BadgeView(
        id=iri_in(document.get("id")),
        title=text_in(achievement.get("name")) or text_in(document.get("name")) or _kind(document),
        description=text_in(achievement.get("description")) or text_in(document.get("description")),
        achievement_id=iri_in(achievement.get("id")),
        achievement_type=_term(achievement.get("achievementType")) or _endorsement(document),
        criteria_markdown=_criteria_text(achievement),
        criteria_url=link_in(criteria.get("id")),
        image_src=image,
        image_caption=text_in(object_in(achievement.get("image")).get("caption")),
        issuer_id=iri_in(issuer.get("id")),
        issuer_name=text_in(issuer.get("name")),
        issuer_url=link_in(issuer.get("url")),
        issuer_description=text_in(issuer.get("description")),
        issuer_image_src=picture_in(issuer.get("image")),
        recipient_id=iri_in(subject.get("id")),
        recipient_name=_recipient_name(subject, identities),
        identities=identities,
        valid_from=moment_in(document.get("validFrom", document.get("issuanceDate"))),
        valid_until=moment_in(document.get("validUntil", document.get("expirationDate"))),
        awarded_date=moment_in(document.get("awardedDate")),
        activity_start=moment_in(subject.get("activityStartDate")),
        activity_end=moment_in(subject.get("activityEndDate")),
        narrative=text_in(subject.get("narrative")),
        results=_results(subject.get("result"), achievement),
        result_descriptions=tuple(
            _result_description(each) for each in objects(achievement.get("resultDescription"))
        ),
        alignments=_alignments(achievement),
        evidence=tuple(_evidence(each) for each in objects(document.get("evidence"))),
        tags=tuple(tag for each in values_of(achievement.get("tag")) if (tag := text_in(each))),
        credits_available=number_in(achievement.get("creditsAvailable")),
        credits_earned=number_in(subject.get("creditsEarned")),
        license_number=text_in(subject.get("licenseNumber")),
        role=text_in(subject.get("role")),
        term=text_in(subject.get("term")),
        field_of_study=text_in(achievement.get("fieldOfStudy")),
        specialization=text_in(achievement.get("specialization")),
        human_code=text_in(achievement.get("humanCode")),
        language=text_in(achievement.get("inLanguage")),
        version=text_in(achievement.get("version")),
        learning=read_learning(document),
        subjects=len(all_subjects),
        endorsements=_endorsements(document, achievement, issuer),
        statement=text_in(subject.get("endorsementComment")),
    )


def view_achievement(achievement: Mapping[str, Any]) -> BadgeView:
    """The normal form of an achievement nobody has earned yet; its creator stands as the issuer."""
    return view_badge(
        {
            "issuer": achievement.get("creator"),
            "credentialSubject": {"achievement": dict(achievement)},
        }
    )


def _criteria_text(achievement: Mapping[str, Any]) -> str | None:
    """The criteria; the key facts that we wrote behind them are shown from `learning` instead."""
    narrative = text_in(object_in(achievement.get("criteria")).get("narrative"))
    if narrative is None:
        return None
    return without_key_facts(narrative, read_learning(achievement)) or None


def in_words(term: str) -> str:
    """A term of OB 3.0 as people say it: `CertificateOfCompletion`, certificate of completion."""
    if term in _WORDS:
        return _WORDS[term]
    return _WORD_BREAK.sub(" ", term.removeprefix("ext:")).lower()


# --- The parts -----------------------------------------------------------------------------------


def _issuer(value: Any) -> dict[str, Any]:
    return {"id": value} if isinstance(value, str) else object_in(value)


def _identity(identity: Mapping[str, Any]) -> IdentityView:
    shown = None if identity.get("hashed") is True else text_in(identity.get("identityHash"))
    return IdentityView(_term(identity.get("identityType")) or "identifier", shown)


def _recipient_name(subject: Mapping[str, Any], identities: tuple[IdentityView, ...]) -> str | None:
    """A name given as an identity (OB 3.0), or as the subject's own `name` (many other issuers)."""
    named = [each.value for each in identities if each.type == "name" and each.value]
    return named[0] if named else text_in(subject.get("name"))


def _alignments(value: Mapping[str, Any]) -> tuple[AlignmentView, ...]:
    return tuple(
        AlignmentView(
            name=text_in(each.get("targetName")) or "",
            url=link_in(each.get("targetUrl")),
            framework=text_in(each.get("targetFramework")),
            code=text_in(each.get("targetCode")),
            description=text_in(each.get("targetDescription")),
            type=_term(each.get("targetType")),
        )
        for each in objects(value.get("alignment"))
    )


def _evidence(value: Mapping[str, Any]) -> EvidenceView:
    return EvidenceView(
        name=text_in(value.get("name")),
        description=text_in(value.get("description")),
        narrative=text_in(value.get("narrative")),
        url=link_in(value.get("id")),
        genre=text_in(value.get("genre")),
        audience=text_in(value.get("audience")),
    )


def _results(value: Any, achievement: Mapping[str, Any]) -> tuple[ResultView, ...]:
    descriptions = objects(achievement.get("resultDescription"))
    return tuple(_result(each, descriptions) for each in objects(value))


def _result(result: Mapping[str, Any], descriptions: list[dict[str, Any]]) -> ResultView:
    description = _with_id(descriptions, result.get("resultDescription"))
    levels = objects(description.get("rubricCriterionLevel"))
    if not description:
        levels = [each for d in descriptions for each in objects(d.get("rubricCriterionLevel"))]
    level = _with_id(levels, result.get("achievedLevel"))
    status = _term(result.get("status"))
    return ResultView(
        name=text_in(description.get("name")) or "Result",
        value=text_in(level.get("name"))
        or _amount(result.get("value"), description)
        or (status and status.capitalize()),
        level_description=text_in(level.get("description")),
        scale=_scale(description),
        required=_required(description),
        type=_term(description.get("resultType")),
        alignments=_alignments(result),
    )


def _result_description(description: Mapping[str, Any]) -> ResultDescriptionView:
    return ResultDescriptionView(
        name=text_in(description.get("name")) or "Result",
        type=_term(description.get("resultType")),
        scale=_scale(description),
        required=_required(description),
        levels=tuple(
            LevelView(
                name=text_in(level.get("name")) or "",
                description=text_in(level.get("description")),
                points=text_in(level.get("points")),
            )
            for level in objects(description.get("rubricCriterionLevel"))
        ),
    )


def _required(description: Mapping[str, Any]) -> str | None:
    levels = objects(description.get("rubricCriterionLevel"))
    level = _with_id(levels, description.get("requiredLevel"))
    return text_in(level.get("name")) or _amount(description.get("requiredValue"), description)


def _amount(value: Any, description: Mapping[str, Any]) -> str | None:
    """A value with its unit: percentages are often written as bare numbers."""
    text = text_in(value)
    if text and text[-1].isdigit() and description.get("resultType") == "Percent":
        return f"{text} %"
    return text


def _scale(description: Mapping[str, Any]) -> str | None:
    """What could be reached, from worst to best as the achievement lists it."""
    levels = objects(description.get("rubricCriterionLevel"))
    named = [text_in(level.get("name")) for level in levels] or [
        text_in(each) for each in values_of(description.get("allowedValue"))
    ]
    if named:
        return ", ".join(each for each in named if each)
    least = _amount(description.get("valueMin"), description)
    most = _amount(description.get("valueMax"), description)
    if least and most:
        return f"{least} to {most}"
    if most:
        return f"up to {most}"
    return f"from {least}" if least else None


def _with_id(candidates: list[dict[str, Any]], identifier: Any) -> dict[str, Any]:
    """The object that has this identifier; an empty one when there is none."""
    found = [each for each in candidates if identifier is not None and each.get("id") == identifier]
    return first_of(found)


def _endorsement(document: Mapping[str, Any]) -> str | None:
    """The word for a credential that speaks for another one instead of an achievement."""
    return "endorsement" if "EndorsementCredential" in values_of(document.get("type")) else None


def _endorsements(*parts: Mapping[str, Any]) -> int:
    """How many endorsements the credential, its achievement and its issuer carry."""
    return sum(
        len(objects(part.get("endorsement"))) + len(values_of(part.get("endorsementJwt")))
        for part in parts
    )


def _term(value: Any) -> str | None:
    term = text_in(value)
    return in_words(term) if term else None


def _kind(document: Mapping[str, Any]) -> str:
    """The most special type, in words: the title of a credential that has no name."""
    types = [each for each in values_of(document.get("type")) if isinstance(each, str)]
    special = [each for each in types if each != "VerifiableCredential"]
    return (_term(special[-1:]) or "credential").capitalize()

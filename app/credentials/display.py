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

from app.credentials.rules import objects
from app.credentials.values import is_absolute_iri, is_web_address
from app.encoding.dates import parse_datetime
from app.errors import CheckFailed

# Controls, marks and isolates that reorder text (UAX #9), and the invisible controls.
_MISLEADING = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]"
)
_PICTURE_DATA = ("data:image/png;base64,", "data:image/svg+xml;base64,")
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
    subjects: int
    endorsements: int


def view_badge(document: Mapping[str, Any]) -> BadgeView:
    """The normal form of a credential; bears any JSON object."""
    all_subjects = objects(document.get("credentialSubject"))
    subject = _first(all_subjects)
    achievement = _object(subject.get("achievement"))
    criteria = _object(achievement.get("criteria"))
    issuer = _issuer(document.get("issuer"))
    identities = tuple(_identity(each) for each in objects(subject.get("identifier")))
    image = _picture(achievement.get("image")) or _picture(document.get("image"))
    return BadgeView(
        id=_iri(document.get("id")),
        title=_text(achievement.get("name")) or _text(document.get("name")) or _kind(document),
        description=_text(achievement.get("description")) or _text(document.get("description")),
        achievement_id=_iri(achievement.get("id")),
        achievement_type=_term(achievement.get("achievementType")),
        criteria_markdown=_text(criteria.get("narrative")),
        criteria_url=_link(criteria.get("id")),
        image_src=image,
        image_caption=_text(_object(achievement.get("image")).get("caption")),
        issuer_id=_iri(issuer.get("id")),
        issuer_name=_text(issuer.get("name")),
        issuer_url=_link(issuer.get("url")),
        issuer_description=_text(issuer.get("description")),
        issuer_image_src=_picture(issuer.get("image")),
        recipient_id=_iri(subject.get("id")),
        recipient_name=_recipient_name(subject, identities),
        identities=identities,
        valid_from=_moment(document.get("validFrom", document.get("issuanceDate"))),
        valid_until=_moment(document.get("validUntil", document.get("expirationDate"))),
        awarded_date=_moment(document.get("awardedDate")),
        activity_start=_moment(subject.get("activityStartDate")),
        activity_end=_moment(subject.get("activityEndDate")),
        narrative=_text(subject.get("narrative")),
        results=_results(subject.get("result"), achievement),
        result_descriptions=tuple(
            _result_description(each) for each in objects(achievement.get("resultDescription"))
        ),
        alignments=_alignments(achievement),
        evidence=tuple(_evidence(each) for each in objects(document.get("evidence"))),
        tags=tuple(tag for each in _list(achievement.get("tag")) if (tag := _text(each))),
        credits_available=_number(achievement.get("creditsAvailable")),
        credits_earned=_number(subject.get("creditsEarned")),
        license_number=_text(subject.get("licenseNumber")),
        role=_text(subject.get("role")),
        term=_text(subject.get("term")),
        field_of_study=_text(achievement.get("fieldOfStudy")),
        specialization=_text(achievement.get("specialization")),
        human_code=_text(achievement.get("humanCode")),
        language=_text(achievement.get("inLanguage")),
        version=_text(achievement.get("version")),
        subjects=len(all_subjects),
        endorsements=_endorsements(document, achievement, issuer),
    )


def view_achievement(achievement: Mapping[str, Any]) -> BadgeView:
    """The normal form of an achievement nobody has earned yet; its creator stands as the issuer."""
    return view_badge(
        {
            "issuer": achievement.get("creator"),
            "credentialSubject": {"achievement": dict(achievement)},
        }
    )


def in_words(term: str) -> str:
    """A term of OB 3.0 as people say it: `CertificateOfCompletion`, certificate of completion."""
    if term in _WORDS:
        return _WORDS[term]
    return _WORD_BREAK.sub(" ", term.removeprefix("ext:")).lower()


# --- The parts -----------------------------------------------------------------------------------


def _issuer(value: Any) -> dict[str, Any]:
    return {"id": value} if isinstance(value, str) else _object(value)


def _identity(identity: Mapping[str, Any]) -> IdentityView:
    shown = None if identity.get("hashed") is True else _text(identity.get("identityHash"))
    return IdentityView(_term(identity.get("identityType")) or "identifier", shown)


def _recipient_name(subject: Mapping[str, Any], identities: tuple[IdentityView, ...]) -> str | None:
    """A name given as an identity (OB 3.0), or as the subject's own `name` (many other issuers)."""
    named = [each.value for each in identities if each.type == "name" and each.value]
    return named[0] if named else _text(subject.get("name"))


def _alignments(value: Mapping[str, Any]) -> tuple[AlignmentView, ...]:
    return tuple(
        AlignmentView(
            name=_text(each.get("targetName")) or "",
            url=_link(each.get("targetUrl")),
            framework=_text(each.get("targetFramework")),
            code=_text(each.get("targetCode")),
            description=_text(each.get("targetDescription")),
            type=_term(each.get("targetType")),
        )
        for each in objects(value.get("alignment"))
    )


def _evidence(value: Mapping[str, Any]) -> EvidenceView:
    return EvidenceView(
        name=_text(value.get("name")),
        description=_text(value.get("description")),
        narrative=_text(value.get("narrative")),
        url=_link(value.get("id")),
        genre=_text(value.get("genre")),
        audience=_text(value.get("audience")),
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
        name=_text(description.get("name")) or "Result",
        value=_text(level.get("name"))
        or _amount(result.get("value"), description)
        or (status and status.capitalize()),
        level_description=_text(level.get("description")),
        scale=_scale(description),
        required=_required(description),
        type=_term(description.get("resultType")),
        alignments=_alignments(result),
    )


def _result_description(description: Mapping[str, Any]) -> ResultDescriptionView:
    return ResultDescriptionView(
        name=_text(description.get("name")) or "Result",
        type=_term(description.get("resultType")),
        scale=_scale(description),
        required=_required(description),
        levels=tuple(
            LevelView(
                name=_text(level.get("name")) or "",
                description=_text(level.get("description")),
                points=_text(level.get("points")),
            )
            for level in objects(description.get("rubricCriterionLevel"))
        ),
    )


def _required(description: Mapping[str, Any]) -> str | None:
    levels = objects(description.get("rubricCriterionLevel"))
    level = _with_id(levels, description.get("requiredLevel"))
    return _text(level.get("name")) or _amount(description.get("requiredValue"), description)


def _amount(value: Any, description: Mapping[str, Any]) -> str | None:
    """A value with its unit: percentages are often written as bare numbers."""
    text = _text(value)
    if text and text[-1].isdigit() and description.get("resultType") == "Percent":
        return f"{text} %"
    return text


def _scale(description: Mapping[str, Any]) -> str | None:
    """What could be reached, from worst to best as the achievement lists it."""
    levels = objects(description.get("rubricCriterionLevel"))
    named = [_text(level.get("name")) for level in levels] or [
        _text(each) for each in _list(description.get("allowedValue"))
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
    return _first(found)


def _endorsements(*parts: Mapping[str, Any]) -> int:
    """How many endorsements the credential, its achievement and its issuer carry."""
    return sum(
        len(objects(part.get("endorsement"))) + len(_list(part.get("endorsementJwt")))
        for part in parts
    )


# --- The values ----------------------------------------------------------------------------------


def _list(value: Any) -> list[Any]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def _first(values: list[dict[str, Any]]) -> dict[str, Any]:
    return values[0] if values else {}


def _object(value: Any) -> dict[str, Any]:
    return _first(objects(value))


def _text(value: Any) -> str | None:
    """A text, the first of several, or the words of a language value object."""
    for each in _list(value):
        words = each.get("@value") if isinstance(each, dict) else each
        if isinstance(words, str):
            shown = _MISLEADING.sub("", words).strip()
            if shown:
                return shown
    return None


def _term(value: Any) -> str | None:
    term = _text(value)
    return in_words(term) if term else None


def _kind(document: Mapping[str, Any]) -> str:
    """The most special type, in words: the title of a credential that has no name."""
    types = [each for each in _list(document.get("type")) if isinstance(each, str)]
    special = [each for each in types if each != "VerifiableCredential"]
    return (_term(special[-1:]) or "credential").capitalize()


def _iri(value: Any) -> str | None:
    text = _text(value)
    return text if is_absolute_iri(text) else None


def _link(value: Any) -> str | None:
    text = _text(value)
    return text if is_web_address(text) else None


def _picture(value: Any) -> str | None:
    """The address of an Image, written as an object or (wrongly, but often) as its URL."""
    text = _text(_object(value).get("id")) or _text(value)
    if text is None or text.startswith(_PICTURE_DATA):
        return text
    return _link(text)


def _number(value: Any) -> float | None:
    first = _list(value)[:1]
    if not first or isinstance(first[0], bool) or not isinstance(first[0], int | float):
        return None
    return first[0]


def _moment(value: Any) -> datetime | None:
    try:
        return parse_datetime(_text(value))
    except CheckFailed:
        return None

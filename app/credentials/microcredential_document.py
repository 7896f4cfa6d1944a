"""A micro-credential as members of an OB 3.0 Achievement, each element in two forms.

The native slots of Open Badges are what every wallet and verifier can show: alignments,
`creditsAvailable`, `fieldOfStudy`, the criteria. The terms of our context say the same so that a
machine can tell, for instance, which scheme the credit is of. What the caller gave natively is
kept, unless the two contradict each other.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from fractions import Fraction
from typing import Any

from app.credentials.conformance import found
from app.credentials.key_facts import with_key_facts
from app.credentials.learning import read_learning
from app.credentials.learning_parts import Assessment, Credit, Link, Outcome, QualityClaim
from app.credentials.learning_parts import StackingOption as Option
from app.credentials.microcredential import (
    PLACE,
    MicroCredential,
    parse_microcredential,
    warnings_of,
)
from app.credentials.microcredential_terms import (
    ACHIEVEMENT_TYPE,
    ESCO_SKILLS,
    STACKABILITY_TERMS,
    hours_as_duration,
)
from app.encoding.strict_json import JsonObject
from app.errors import Finding, InvalidRequest
from app.vocabularies.amounts import amount_in, amount_text
from app.vocabularies.credit import find_rule
from app.vocabularies.levels import EQF, Level, find_framework
from app.vocabularies.terms import (
    ASSESSMENT,
    FIELD,
    LEARNING_SETTING,
    NAMESPACE,
    PARTICIPATION,
    QUALITY_ASSURANCE,
    REUSABILITY,
    SUPERVISION,
)

_UNKNOWN_LANGUAGE = "und"


def publish_microcredential(members: JsonObject, url: str) -> JsonObject:
    """The members of an achievement with `microcredential` turned into both forms.

    `members` come from `validate_achievement`, `url` is the achievement's own. Without the member
    they are returned as they are. Raises `InvalidRequest` as `parse_microcredential` does, and
    contradiction when a native member says something else.
    """
    if "microcredential" not in members:
        return members
    micro = parse_microcredential(members["microcredential"])
    achievement = {name: item for name, item in members.items() if name != "microcredential"}
    achievement = _with_native_slots(achievement, micro)
    achievement["type"] = list(dict.fromkeys([*achievement["type"], ACHIEVEMENT_TYPE]))
    achievement |= extension_members(micro, url, achievement.get("inLanguage"))
    criteria = achievement["criteria"]
    facts = with_key_facts(criteria.get("narrative"), read_learning(achievement))
    return {**achievement, "criteria": {**criteria, "narrative": facts}}


def microcredential_warnings(definition: JsonObject) -> tuple[Finding, ...]:
    """What is hardly plausible in an achievement that was accepted."""
    if "microcredential" not in definition:
        return ()
    return warnings_of(parse_microcredential(definition["microcredential"]))


# --- Native slots --------------------------------------------------------------------------------


def _with_native_slots(achievement: JsonObject, micro: MicroCredential) -> JsonObject:
    filled = dict(achievement)
    if micro.credit:
        native = micro.credit[0].value
        given = achievement.get("creditsAvailable")
        if given is not None and amount_in(given) != native:
            raise _contradiction("credit", f"`creditsAvailable` is {given}")
        filled.setdefault("creditsAvailable", number_of(native))
    if micro.field:
        filled.setdefault("fieldOfStudy", FIELD.label_of(micro.field[0]))
    given_alignments = achievement.get("alignment", [])
    known = {each["targetUrl"] for each in given_alignments}
    alignments = [*given_alignments]
    for alignment in _alignments(micro):
        _agree_with_given(alignment, given_alignments)
        if alignment["targetUrl"] not in known:
            alignments.append(alignment)
            known.add(alignment["targetUrl"])
    if alignments:
        filled["alignment"] = alignments
    return filled


def _agree_with_given(alignment: JsonObject, given: list[JsonObject]) -> None:
    """A caller's own EQF alignment may not name another level than ours."""
    if alignment["targetType"] != "ext:EQF":
        return
    for index, each in enumerate(given):
        other = each.get("targetType") == "ext:EQF" and each["targetUrl"] != alignment["targetUrl"]
        if other:
            raise _contradiction("level", f"`alignment/{index}` names another EQF level")


def _contradiction(member: str, native: str) -> InvalidRequest:
    place = f"{PLACE}/{member}"
    finding = found("contradiction", place, f"contradicts what is said natively: {native}")
    return InvalidRequest("contradiction", finding.detail, field=place, findings=(finding,))


def _alignments(micro: MicroCredential) -> Iterator[JsonObject]:
    for level in micro.levels:
        yield _level_alignment(level)
    for code in micro.field:
        name, url = FIELD.label_of(code), FIELD.iri_of(code)
        yield _alignment("ext:ISCEDF", name, url, code=code, framework="ISCED-F 2013")
    for kind, links in (("Skill", micro.skills), ("Occupation", micro.occupations)):
        for link in links:
            name = link.name or f"ESCO {kind.lower()} {(link.url or '').rpartition('/')[2]}"
            listed = "ESCO" if "/esco/" in (link.url or "") else None
            yield _alignment(f"ext:ESCO{kind}", name, link.url or "", framework=listed)
    for claim in micro.quality_assurance:
        page = claim.report or claim.url
        if page is not None:
            name = claim.agent or claim.title or QUALITY_ASSURANCE.label_of(claim.type or "")
            yield _alignment("ext:QualityAssurance", name, page)


def _level_alignment(level: Level) -> JsonObject:
    framework = find_framework(level.framework)
    kind = "ext:EQF" if level.framework == EQF.code else "ext:NQF"
    name = "" if framework is None else framework.name
    return _alignment(kind, level.words, level.iri or "", code=level.value, framework=name)


def _alignment(
    kind: str, name: str, url: str, *, code: str | None = None, framework: str | None = None
) -> JsonObject:
    return _present(
        {
            "type": ["Alignment"],
            "targetType": kind,
            "targetName": name,
            "targetCode": code,
            "targetFramework": framework,
            "targetUrl": url,
        }
    )


# --- The terms of our context --------------------------------------------------------------------


def extension_members(micro: MicroCredential, url: str, language: str | None) -> JsonObject:
    """The members in our terms, with an absolute identifier for every outcome and assessment."""
    tongue = language or _UNKNOWN_LANGUAGE
    eqf = [level.iri for level in micro.levels if level.framework == EQF.code]
    national = [level.iri or "" for level in micro.levels if level.framework != EQF.code]
    return _present(
        {
            "learningOutcome": [
                _outcome(each, f"{url}#outcome-{number}", tongue)
                for number, each in enumerate(micro.outcomes, 1)
            ],
            "volumeOfLearning": _hours(micro.workload_hours),
            "contactHour": micro.contact_hours and amount_text(micro.contact_hours),
            "creditPoint": [credit_point(each) for each in micro.credit],
            "eqfLevel": eqf[0] if eqf else None,
            "nqfLevel": [iri for iri in national if not iri.startswith(NAMESPACE)],
            "educationLevel": [iri for iri in national if iri.startswith(NAMESPACE)],
            "thematicArea": [FIELD.iri_of(code) for code in micro.field],
            "assessment": [
                _assessment(each, f"{url}#assessment-{number}", tongue)
                for number, each in enumerate(micro.assessments, 1)
            ],
            "mode": [PARTICIPATION.iri_of(code) for code in micro.participation],
            "learningSetting": micro.learning_setting
            and LEARNING_SETTING.iri_of(micro.learning_setting),
            "accreditation": [_accreditation(each, tongue) for each in micro.quality_assurance],
            "qualityStatement": _text(micro.quality_statement, tongue),
            "industryRecognition": [_link(each) for each in micro.industry_recognition],
            "entryRequirement": [
                {"type": "Note", "noteLiteral": {tongue: each}} for each in micro.prerequisites
            ],
            "isPartialQualification": None if micro.full_award is None else not micro.full_award,
            "stackability": [STACKABILITY_TERMS[code] for code in micro.stackability],
            "stacksInto": [_stacking_option(each) for each in micro.stacks_into],
            "definitionPolicy": list(micro.definition_policies),
        }
    )


def credit_point(credit: Credit) -> JsonObject:
    """An amount of credit; the number is a text, as the European Learning Model has it."""
    rule = find_rule(credit.rule)
    load = credit.units_per_year
    return _present(
        {
            "type": "CreditPoint",
            "framework": credit.iri,
            "point": amount_text(credit.value),
            "conversionRule": None if rule is None else rule.iri,
            "unitsPerYear": None if load is None else amount_text(load),
        }
    )


def number_of(amount: Fraction) -> int | float:
    """An amount as a JSON number, for the slots of Open Badges that want one."""
    return int(amount) if amount.denominator == 1 else float(amount)


def _outcome(outcome: Outcome, identifier: str, tongue: str) -> JsonObject:
    reuse = outcome.reusability
    return _present(
        {
            "id": identifier,
            "type": "LearningOutcome",
            "title": {tongue: outcome.title},
            "relatedESCOSkill": [each for each in outcome.skills if each.startswith(ESCO_SKILLS)],
            "relatedSkill": [each for each in outcome.skills if not each.startswith(ESCO_SKILLS)],
            "reusabilityLevel": None if reuse is None else REUSABILITY.iri_of(reuse),
        }
    )


def _assessment(assessment: Assessment, identifier: str, tongue: str) -> JsonObject:
    weight, supervision = assessment.weight, assessment.supervision
    return _present(
        {
            "id": identifier,
            "type": "LearningAssessmentSpecification",
            "title": _text(assessment.title, tongue),
            "assessmentType": assessment.type and ASSESSMENT.iri_of(assessment.type),
            "mode": [PARTICIPATION.iri_of(code) for code in assessment.participation],
            "requiredIdVerification": supervision and SUPERVISION.iri_of(supervision),
            "weight": None if weight is None else amount_text(weight),
        }
    )


def _accreditation(claim: QualityClaim, tongue: str) -> JsonObject:
    agent = _present({"id": claim.url, "name": claim.agent})
    return _present(
        {
            "type": "Accreditation",
            "title": _text(claim.title, tongue),
            "accreditationType": claim.type and QUALITY_ASSURANCE.iri_of(claim.type),
            "accreditingAgent": agent,
            "decision": claim.decision,
            "report": claim.report,
            "dateIssued": _midnight(claim.dated),
            "expiryDate": _midnight(claim.expires),
        }
    )


def _stacking_option(option: Option) -> JsonObject:
    return _present(
        {
            "type": "StackingOption",
            "award": option.award,
            "name": option.name,
            "awardLevel": option.level,
            "ruleSet": option.pathway,
            "digestSRI": option.digest,
            "countsFor": option.counts_for,
        }
    )


def _link(link: Link) -> JsonObject:
    return _present({"id": link.url, "name": link.name})


def _hours(hours: Fraction | None) -> str | None:
    return None if hours is None else hours_as_duration(hours)


def _midnight(day: date | None) -> str | None:
    return None if day is None else f"{day.isoformat()}T00:00:00Z"


def _text(text: str | None, tongue: str) -> JsonObject | None:
    return None if text is None else {tongue: text}


def _present(members: Mapping[str, Any]) -> JsonObject:
    """The members that say something: None and empty lists are left out."""
    return {name: value for name, value in members.items() if value not in (None, [], {}, "")}

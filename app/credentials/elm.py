"""A credential as European Learning Model 3.1 JSON-LD, as Europass tools read it.

A projection of what `learning.py` reads, unsigned: it says the same in other words and proves
nothing. Term names are those of the European context `edc-ap`; the context is written into the
document, so that nobody has to fetch one. European Digital Credentials for Learning ask for two
things more that a badge does not have, an eIDAS identifier of the issuer and a picture of the page
(`displayParameter`); a seal is theirs to put on as well.
"""

from collections.abc import Mapping
from typing import Any

from app.credentials.learning import Learning, LearningResult, read_learning
from app.credentials.learning_parts import Agent, Assessment, Credit, Outcome, QualityClaim
from app.credentials.microcredential_terms import ESCO_SKILLS, hours_as_duration
from app.encoding.dates import format_datetime
from app.encoding.strict_json import JsonObject
from app.vocabularies.amounts import amount_text
from app.vocabularies.credit import find_scheme
from app.vocabularies.levels import EQF
from app.vocabularies.terms import (
    ASSESSMENT,
    COUNTRY,
    FIELD,
    LEARNING_SETTING,
    NAMESPACE,
    PARTICIPATION,
    QUALITY_ASSURANCE,
    REUSABILITY,
    SUPERVISION,
    Vocabulary,
)

_ELM = "http://data.europa.eu/snb/model/elm/"
_DC = "http://purl.org/dc/terms/"
_XSD = "http://www.w3.org/2001/XMLSchema#"
_CRED = "https://www.w3.org/2018/credentials#"
_SKOS = "http://www.w3.org/2004/02/skos/core#"
_SNB = "http://data.europa.eu/snb/"
_GENERIC = f"{_SNB}credential/e34929035b"
_LANGUAGE = "en"

_CLASSES = (
    "Accreditation",
    "Address",
    "AwardingProcess",
    "CreditPoint",
    "EuropeanDigitalCredential",
    "LearningAchievement",
    "LearningActivity",
    "LearningAssessment",
    "LearningAssessmentSpecification",
    "LearningOpportunity",
    "LearningOutcome",
    "Note",
    "Organisation",
    "Person",
    "Qualification",
    "WebResource",
)
_LINKS = (
    "accreditation",
    "accreditingAgent",
    "additionalNote",
    "address",
    "awardedBy",
    "awardingBody",
    "countryCode",
    "creditPoint",
    "creditReceived",
    "credentialProfiles",
    "defaultLanguage",
    "directedBy",
    "educationLevel",
    "entryRequirement",
    "framework",
    "grade",
    "hasClaim",
    "idVerification",
    "influencedBy",
    "learningAchievementSpecification",
    "learningOutcome",
    "learningSetting",
    "location",
    "mode",
    "providedBy",
    "provenBy",
    "relatedESCOSkill",
    "relatedSkill",
    "report",
    "reusabilityLevel",
    "specifiedBy",
)
ELM_CONTEXT: JsonObject = {
    "id": "@id",
    "type": "@type",
    "VerifiableCredential": f"{_CRED}VerifiableCredential",
    "Concept": f"{_SKOS}Concept",
    "ConceptScheme": f"{_SKOS}ConceptScheme",
    "Location": f"{_DC}Location",
    "PeriodOfTime": f"{_DC}PeriodOfTime",
    **{name: f"{_ELM}{name}" for name in _CLASSES},
    **{name: {"@id": f"{_ELM}{name}", "@type": "@id"} for name in _LINKS},
    "eqfLevel": {"@id": f"{_ELM}EQFLevel", "@type": "@id"},
    "nqfLevel": {"@id": f"{_ELM}NQFLevel", "@type": "@id"},
    "thematicArea": {"@id": f"{_ELM}ISCEDFCode", "@type": "@id"},
    "dcType": {"@id": f"{_DC}type", "@type": "@id"},
    "temporal": {"@id": f"{_DC}temporal", "@type": "@id"},
    "homepage": {"@id": "http://xmlns.com/foaf/0.1/homepage", "@type": "@id"},
    "inScheme": {"@id": f"{_SKOS}inScheme", "@type": "@id"},
    "issuer": {"@id": f"{_CRED}issuer", "@type": "@id"},
    "credentialSubject": {"@id": f"{_CRED}credentialSubject", "@type": "@id"},
    "validFrom": {"@id": f"{_CRED}validFrom", "@type": f"{_XSD}dateTime"},
    "validUntil": {"@id": f"{_CRED}validUntil", "@type": f"{_XSD}dateTime"},
    "awardingDate": {"@id": f"{_ELM}awardingDate", "@type": f"{_XSD}dateTime"},
    "startDate": {"@id": f"{_ELM}startDate", "@type": f"{_XSD}dateTime"},
    "endDate": {"@id": f"{_ELM}endDate", "@type": f"{_XSD}dateTime"},
    "dateModified": {"@id": f"{_DC}modified", "@type": f"{_XSD}dateTime"},
    "dateIssued": {"@id": f"{_DC}issued", "@type": f"{_XSD}dateTime"},
    "expiryDate": {"@id": f"{_ELM}expiryDate", "@type": f"{_XSD}dateTime"},
    "volumeOfLearning": {"@id": f"{_ELM}volumeOfLearning", "@type": f"{_XSD}duration"},
    "contactHour": {"@id": f"{_ELM}contactHour", "@type": f"{_XSD}string"},
    "point": {"@id": f"{_ELM}point", "@type": f"{_XSD}string"},
    "contentURL": {"@id": f"{_ELM}contentUrl", "@type": f"{_XSD}anyURI"},
    "isPartialQualification": {
        "@id": f"{_ELM}isPartialQualification",
        "@type": f"{_XSD}boolean",
    },
    "title": {"@id": f"{_DC}title", "@container": "@language"},
    "description": {"@id": f"{_DC}description", "@container": "@language"},
    "legalName": {"@id": "http://www.w3.org/ns/regorg#legalName", "@container": "@language"},
    "noteLiteral": {"@id": f"{_ELM}noteLiteral", "@container": "@language"},
    "prefLabel": {"@id": f"{_SKOS}prefLabel", "@container": "@language"},
}


def export_elm(credential: JsonObject) -> JsonObject:
    """The credential as European Learning Model JSON-LD; only what it states, nothing derived."""
    learning = read_learning(credential)
    tongue = learning.language or _LANGUAGE
    return {
        "@context": ELM_CONTEXT,
        **present(
            {
                "id": credential.get("id"),
                "type": ["VerifiableCredential", "EuropeanDigitalCredential"],
                "credentialProfiles": [concept(_GENERIC, "Generic")],
                "issuer": issuer_of(learning, tongue),
                "validFrom": _moment(learning.valid_from),
                "validUntil": _moment(learning.valid_until),
                "credentialSubject": present(
                    {
                        "id": _subject_id(credential),
                        "type": "Person",
                        "hasClaim": [_achievement(learning, tongue)],
                    }
                ),
            }
        ),
    }


def _subject_id(credential: Mapping[str, Any]) -> Any:
    subject = credential.get("credentialSubject")
    return subject.get("id") if isinstance(subject, dict) else None


def _achievement(learning: Learning, tongue: str) -> JsonObject:
    process = _awarding_process(learning, tongue)
    results = [each for each in learning.results if each.value or each.level or each.status]
    return present(
        {
            "type": "LearningAchievement",
            "title": {tongue: learning.title or "Achievement"},
            "description": learning.description and {tongue: learning.description},
            "awardedBy": process,
            "creditReceived": _credits(learning.credit_received),
            "provenBy": [_assessed(each, learning, process, tongue) for each in results],
            "influencedBy": _activity(learning, process, tongue),
            "additionalNote": [
                _note(f"Recognised on the basis of {basis.replace('-', ' ')} learning", "en")
                for basis in filter(None, [learning.recognition_basis])
            ],
            "specifiedBy": qualification_of(learning, tongue),
        }
    )


def qualification_of(learning: Learning, tongue: str) -> JsonObject:
    """What was to be learned; levels and accreditation stand only on a Qualification."""
    partial = None if learning.full_award is None else not learning.full_award
    eqf = [level for level in learning.levels if level.framework == EQF.code]
    others = [level for level in learning.levels if level.iri and level not in eqf]
    national = [level for level in others if (level.iri or "").startswith(_SNB)]
    contact = learning.contact_hours
    hours = learning.workload_hours
    return present(
        {
            "id": learning.achievement_id,
            "type": "Qualification",
            "title": {tongue: learning.title or "Achievement"},
            "learningOutcome": [_outcome(each, tongue) for each in learning.outcomes],
            "volumeOfLearning": None if hours is None else hours_as_duration(hours),
            "contactHour": None if contact is None else amount_text(contact),
            "creditPoint": _credits(learning.credit_offered),
            "eqfLevel": [concept(each.iri or "", each.words) for each in eqf],
            "nqfLevel": [concept(each.iri or "", each.words) for each in national],
            "educationLevel": [
                concept(each.iri or "", each.words) for each in others if each not in national
            ],
            "thematicArea": _concepts(learning.field, FIELD),
            "provenBy": [_assessment(each, tongue) for each in learning.assessments],
            "mode": _concepts(learning.participation, PARTICIPATION),
            "learningSetting": _concepts(_maybe(learning.learning_setting), LEARNING_SETTING),
            "accreditation": [_accreditation(each, tongue) for each in learning.quality_assurance],
            "entryRequirement": [_note(each, tongue) for each in learning.prerequisites],
            "isPartialQualification": partial,
        }
    )


def _assessed(
    result: LearningResult, learning: Learning, process: JsonObject, tongue: str
) -> JsonObject:
    """A result: the model wants a grade, and who awarded it, for every assessment taken."""
    grade = result.value or result.level or result.status or ""
    return present(
        {
            "type": "LearningAssessment",
            "title": {tongue: result.name or "Result"},
            "awardedBy": process,
            "grade": _note(grade, tongue),
            "idVerification": _concepts(_maybe(learning.supervision_actual), SUPERVISION),
        }
    )


def _assessment(assessment: Assessment, tongue: str) -> JsonObject:
    title = assessment.title
    label = ASSESSMENT.label_of(assessment.type) if assessment.type else "Assessment"
    return present(
        {
            "id": assessment.id,
            "type": "LearningAssessmentSpecification",
            "title": {tongue: title} if title else {"en": label},
            "dcType": _concepts(_maybe(assessment.type), ASSESSMENT),
            "mode": _concepts(assessment.participation, PARTICIPATION),
        }
    )


def _activity(learning: Learning, process: JsonObject, tongue: str) -> JsonObject | None:
    """When it was learned and who taught it, where that is stated."""
    period = present(
        {
            "type": "PeriodOfTime",
            "startDate": _moment(learning.activity_start),
            "endDate": _moment(learning.activity_end),
        }
    )
    if len(period) == 1 and not learning.provider:
        return None
    return present(
        {
            "type": "LearningActivity",
            "title": {tongue: learning.title or "Achievement"},
            "awardedBy": process,
            "temporal": period if len(period) > 1 else None,
            "directedBy": [_organisation(each, tongue) for each in learning.provider],
        }
    )


def _awarding_process(learning: Learning, tongue: str) -> JsonObject:
    return present(
        {
            "type": "AwardingProcess",
            "awardingBody": [_organisation(each, tongue) for each in learning.awarding_bodies],
            "awardingDate": _moment(learning.awarded_date),
        }
    )


def _outcome(outcome: Outcome, tongue: str) -> JsonObject:
    esco = [each for each in outcome.skills if each.startswith(ESCO_SKILLS)]
    return present(
        {
            "id": outcome.id,
            "type": "LearningOutcome",
            "title": {tongue: outcome.title},
            "relatedESCOSkill": esco,
            "relatedSkill": [each for each in outcome.skills if each not in esco],
            "reusabilityLevel": _concepts(_maybe(outcome.reusability), REUSABILITY),
        }
    )


def _credits(credits: tuple[Credit, ...]) -> list[JsonObject]:
    """Only credit whose scheme is known: the model has no place for a bare number."""
    return [_credit(each, each.iri) for each in credits if each.iri is not None]


def _credit(credit: Credit, iri: str) -> JsonObject:
    found = find_scheme(credit.scheme)
    return {
        "type": "CreditPoint",
        "framework": concept(iri, found.name if found else iri),
        "point": amount_text(credit.value),
    }


def _accreditation(claim: QualityClaim, tongue: str) -> JsonObject:
    label = QUALITY_ASSURANCE.label_of(claim.type) if claim.type else "Quality assurance"
    report = claim.report
    return present(
        {
            "type": "Accreditation",
            "title": {tongue: claim.title} if claim.title else {"en": label},
            "dcType": _concepts(_maybe(claim.type), QUALITY_ASSURANCE),
            "accreditingAgent": _organisation(Agent(claim.agent, claim.url), tongue),
            "report": report and {"type": "WebResource", "contentURL": report},
            "dateIssued": claim.dated and f"{claim.dated.isoformat()}T00:00:00Z",
            "expiryDate": claim.expires and f"{claim.expires.isoformat()}T00:00:00Z",
        }
    )


def issuer_of(learning: Learning, tongue: str) -> JsonObject:
    """The issuer as an Organisation, with its country where that is known."""
    issuer = learning.issuer
    country = COUNTRY.find(issuer.country)
    organisation = _organisation(Agent(issuer.name, issuer.id, issuer.url), tongue)
    if country is not None:
        place = {"type": "Address", "countryCode": concept(country.iri, country.code)}
        organisation["location"] = [{"type": "Location", "address": [place]}]
    return organisation


def _organisation(agent: Agent, tongue: str) -> JsonObject:
    page = agent.url and {"type": "WebResource", "contentURL": agent.url}
    return present(
        {
            "id": agent.id,
            "type": "Organisation",
            "legalName": {tongue: agent.name or agent.id or "not named"},
            "homepage": page,
        }
    )


def _note(text: str, tongue: str) -> JsonObject:
    return {"type": "Note", "noteLiteral": {tongue: text}}


def _concepts(codes: tuple[str, ...], words: Vocabulary) -> list[JsonObject]:
    return [concept(words.iri_of(code), words.label_of(code)) for code in codes]


def concept(iri: str, label: str) -> JsonObject:
    """A term of a list, with the list where it is one of the European ones or ours."""
    return present(
        {"id": iri, "type": "Concept", "prefLabel": {"en": label}, "inScheme": _scheme_of(iri)}
    )


def _scheme_of(iri: str) -> JsonObject | None:
    """The list that an identifier is of: the European ones follow one pattern."""
    if iri.startswith(_SNB):
        name = f"{_SNB}{iri.removeprefix(_SNB).partition('/')[0]}/25831c2"
        return {"id": name, "type": "ConceptScheme"}
    if iri.startswith(NAMESPACE):
        return {"id": NAMESPACE.rstrip("#"), "type": "ConceptScheme"}
    return None


def _maybe(code: str | None) -> tuple[str, ...]:
    return () if code is None else (code,)


def _moment(value: Any) -> str | None:
    return None if value is None else format_datetime(value)


def present(members: Mapping[str, Any]) -> JsonObject:
    """The members that say something."""
    return {name: value for name, value in members.items() if value not in (None, [], {}, "")}

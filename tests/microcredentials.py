"""Worked examples of micro-credentials, as their institutions would describe them to the API.

The institutions are made up; the shapes are those of the field: a postgraduate module in Scotland,
one abroad in ECTS, a platform's series, a continuing-education certificate counted in semester
hours, an Australian unit in points of its own, and recognition of prior learning.
"""

from dataclasses import dataclass
from typing import Any

from app.credentials.build import build_open_badge, build_subject
from app.credentials.definitions import validate_achievement
from app.credentials.issue_request import parse_issue_request
from app.credentials.microcredential_document import publish_microcredential
from app.credentials.microcredential_terms import ContextPin
from app.encoding.strict_json import JsonObject
from app.jsonld.contexts import digest_sri
from tests.builders import (
    ACHIEVEMENT_URL,
    CREDENTIAL_URL,
    ISSUER_DID,
    NOW,
    SALT,
    SUBJECT_ID,
    a_status_entry,
    an_issuer_profile,
    changed,
)
from tests.world import CONTEXTS

PIN = ContextPin(
    "https://badges.inverbrae.example/contexts/microcredential-v1.json",
    digest_sri(CONTEXTS.files["https://w3id.org/signet/mc/v1"].read_bytes()),
)
ESCO_SKILL = "http://data.europa.eu/esco/skill/5fd5c985-eaaa-47aa-8314-62359c54505a"
ESCO_OCCUPATION = "http://data.europa.eu/esco/occupation/258e46f9-0075-4a2e-adae-1ff0477e0f30"


@dataclass(frozen=True)
class Example:
    """A definition and a request to issue, as the API takes them, and the issuer's country."""

    definition: JsonObject
    request: JsonObject
    country: str

    def achievement(self) -> JsonObject:
        """The achievement as it is published."""
        members = publish_microcredential(validate_achievement(self.definition), ACHIEVEMENT_URL)
        creator = {"id": ISSUER_DID, "type": ["Profile"], "name": "University of Inverbrae"}
        return {"id": ACHIEVEMENT_URL, "version": "1", "creator": creator, **members}

    def credential(self, pin: ContextPin | None = PIN) -> JsonObject:
        """The unsecured credential."""
        request = parse_issue_request(self.request)
        achievement = self.achievement()
        address = {"type": ["Address"], "addressCountryCode": self.country}
        return build_open_badge(
            credential_url=CREDENTIAL_URL,
            issuer_profile=an_issuer_profile(address=address),
            achievement=achievement,
            subject=build_subject(request, achievement, subject_id=SUBJECT_ID, salt=SALT),
            valid_from=NOW,
            awarded_date=request.awarded_date,
            credential_status=a_status_entry(),
            microcredential_context=pin,
        )


def a_definition(microcredential: JsonObject, **members: Any) -> JsonObject:
    """An achievement as the API takes it, with what it is worth."""
    definition: JsonObject = {
        "name": "Applied Data Ethics",
        "description": "Weighs what may be done with personal data.",
        "achievementType": "MicroCredential",
        "criteria": {"narrative": "Pass a case study report."},
        "inLanguage": "en",
        "microcredential": microcredential,
    }
    return changed(definition, members)


def a_request(**members: Any) -> JsonObject:
    """A request to issue, as the API takes it."""
    request: JsonObject = {
        "achievement": ACHIEVEMENT_URL,
        "recipient": {"email": "ailsa.morrison@students.inverbrae.example"},
        "awarded_date": "2026-02-27T16:30:00Z",
        "activity_start": "2025-09-15T08:00:00Z",
        "activity_end": "2026-02-20T17:00:00Z",
        "recognition_basis": "taught",
    }
    return changed(request, members)


def a_microcredential(**members: Any) -> JsonObject:
    """20 credits at SCQF level 11, with every element that can be stated."""
    given: JsonObject = {
        "outcomes": [
            {
                "title": "Critically evaluate an algorithmic system against an ethical framework.",
                "skills": [ESCO_SKILL, "https://skills.example/ethics/7"],
                "reusability": "cross-sector",
            },
            {"title": "Propose measures that stand up to scrutiny."},
        ],
        "workload_hours": 200,
        "contact_hours": 7.5,
        "credit": [
            {"scheme": "SCQF", "value": 20},
            {"scheme": "ECTS", "value": 10, "rule": "uk-ects-2to1"},
        ],
        "level": {"framework": "SCQF", "value": 11},
        "eqf_level": 7,
        "assessment": [
            {"type": "marked assignment", "title": "Case study report", "weight": 60},
            {
                "type": "oral-exam",
                "title": "Defence",
                "weight": 40,
                "participation": "on-site",
                "supervision": "supervised",
            },
        ],
        "participation": ["online", "blended"],
        "supervision": "supervised-id",
        "quality_assurance": [
            {
                "type": "institutional",
                "agent": "Quality Agency of the Highlands",
                "url": "https://quality.example",
                "title": "Institutional review",
                "report": "https://quality.example/reports/inverbrae",
                "decision": "Confidence",
                "date": "2024-05-01",
                "expires": "2029-04-30",
            },
            {"type": "programme", "agent": "https://engineers.example"},
        ],
        "quality_statement": "Every module is reviewed each year by an external examiner.",
        "industry_recognition": [
            {"url": "https://chamber.example", "name": "Chamber of Data Trades"},
            "https://guild.example",
        ],
        "prerequisites": ["Bachelor degree or equivalent experience."],
        "learning_setting": "formal",
        "stackability": ["stand-alone", "stackable"],
        "stacks_into": [
            {
                "award": "https://www.inverbrae.example/awards/pgcert-data-ethics",
                "name": "PG Certificate Data Ethics",
                "pathway": "https://badges.inverbrae.example/pathways/pgcert-data-ethics",
                "digest": f"sha384-{'A' * 64}",
                "counts_for": "P5Y",
                "level": {"framework": "SCQF", "value": 11},
            }
        ],
        "full_award": False,
        "field": "0612",
        "skills": [{"url": ESCO_SKILL, "name": "develop digital content"}],
        "occupations": [{"url": ESCO_OCCUPATION, "name": "data protection officer"}],
        "definition_policies": ["https://badges.inverbrae.example/policies/micro/v1"],
    }
    return changed(given, members)


EXAMPLES: dict[str, Example] = {
    "PG Cert module": Example(
        a_definition(
            a_microcredential(),
            resultDescription=[
                {
                    "id": f"{ACHIEVEMENT_URL}#grade",
                    "name": "Module grade",
                    "resultType": "RawScore",
                    "valueMin": "0",
                    "valueMax": "20",
                    "requiredValue": "7",
                }
            ],
        ),
        a_request(
            credit_received=[
                {"scheme": "SCQF", "value": 20},
                {"scheme": "ECTS", "value": 10},
            ],
            grade="16.5",
            supervision="supervised-id",
            awarding_bodies=[
                {"name": "University of Inverbrae", "id": ISSUER_DID},
                {"name": "Firth College", "id": "https://firth.example"},
            ],
            provider={"name": "Course Platform", "id": "https://platform.example"},
        ),
        "GB",
    ),
    "module abroad in ECTS": Example(
        a_definition(
            {
                "outcomes": [{"title": "Legt eine Datenethik-Folgenabschätzung vor."}],
                "workload_hours": 250,
                "credit": {"scheme": "ECTS", "value": 10},
                "eqf_level": "7",
                "assessment": [{"type": "Project work"}],
                "participation": "on-site",
                "supervision": "Supervised with ID Verification",
                "quality_assurance": [{"type": "programme", "agent": "Agentur für Qualität"}],
                "learning_setting": "formal",
                "stackability": ["stackable"],
                "stacks_into": [{"award": "Master Datenethik"}],
                "field": ["0223"],
            },
            name="Datenethik",
            inLanguage="de",
        ),
        a_request(credit_received={"scheme": "ECTS", "value": 10}),
        "AT",
    ),
    "platform series": Example(
        a_definition(
            {
                "outcomes": [{"title": "Designs a supply chain and defends the design."}],
                "workload_hours": 600,
                "assessment": [
                    {"type": "quiz", "title": "Five courses"},
                    {"type": "written-exam", "title": "Proctored comprehensive exam"},
                ],
                "participation": ["online"],
                "supervision": "supervised-id",
                "learning_setting": "non-formal",
                "stackability": ["stand-alone", "stackable"],
                "stacks_into": [
                    {
                        "award": "https://institute.example/masters/supply-chain",
                        "pathway": "https://institute.example/pathways/supply-chain",
                    }
                ],
                "field": "0413",
            },
            name="Supply Chain Series",
        ),
        a_request(
            provider=[{"name": "Course Platform"}], grade="Pass", supervision="supervised-id"
        ),
        "US",
    ),
    "microcertificate course": Example(
        a_definition(
            {
                "outcomes": [{"title": "Reads and questions corporate sustainability reports."}],
                "workload_hours": 180,
                "credit": [
                    {"scheme": "semester hour", "value": 4},
                    {"scheme": "ECTS", "value": 8},
                ],
                "assessment": [{"type": "continuous"}],
                "participation": ["blended"],
                "quality_assurance": [
                    {"type": "institutional-licence", "agent": "Regional Commission"}
                ],
                "stackability": ["stackable"],
                "stacks_into": [
                    {"award": "Microcertificate in Sustainability", "counts_for": "P3Y"}
                ],
            },
            name="Corporate Sustainability",
            resultDescription=[
                {
                    "id": f"{ACHIEVEMENT_URL}#grade",
                    "name": "Grade",
                    "resultType": "LetterGrade",
                    "allowedValue": ["A", "B", "C"],
                    "requiredValue": "B",
                }
            ],
        ),
        a_request(credit_received={"scheme": "US-SEM", "value": 4}, grade="A"),
        "US",
    ),
    "Australian unit": Example(
        a_definition(
            {
                "outcomes": [{"title": "Cares for data of patients."}],
                "workload_hours": 37.5,
                "credit": [
                    {"scheme": "institutional points", "value": 3.125, "units_per_year": 100},
                    {"scheme": "EFTSL", "value": 0.03125},
                ],
                "level": {"framework": "AQF", "value": 8},
                "assessment": [{"type": "practical"}],
                "participation": ["on-site"],
                "supervision": "unsupervised",
                "quality_statement": "Reviewed by the academic board every three years.",
                "stackability": ["stand-alone"],
                "full_award": False,
                "field": "091",
            },
            name="Health Data",
        ),
        a_request(
            credit_received={
                "scheme": "POINTS",
                "value": 3.125,
                "units_per_year": 100,
            }
        ),
        "AU",
    ),
    "prior learning": Example(
        a_definition(
            {
                "outcomes": [{"title": "Leads a team through an incident."}],
                "workload_hours": 100,
                "credit": {"scheme": "CQFW", "value": 10},
                "level": [
                    {"framework": "CQFW", "value": "6"},
                    {"framework": "FHEQ", "value": 6},
                ],
                "assessment": [{"type": "portfolio", "title": "Portfolio of work", "weight": 1}],
                "supervision": "unsupervised-id",
                "participation": ["work-based"],
            },
            name="Incident Leadership",
        ),
        a_request(
            credits_earned=10,
            recognition_basis="Prior experiential learning",
            supervision="unsupervised-id",
        ),
        "GB",
    ),
}

"""What the first look shows: a university in an example, a course, and what a learner did in it.

Frameworks, vocabularies and the definition policy are real and so are their addresses; the
university is not, and nobody in particular earned the badge.
"""

from datetime import datetime, timedelta

from app.encoding.dates import format_datetime
from app.encoding.strict_json import JsonObject

ISSUER_ID = "university-of-example"
LEARNER = "learner@example.org"
TITLE = "Research Data Management"
CERTIFICATE = "Certificate in Research Data"
POLICY = "eu-annex-1"

PROFILE: JsonObject = {
    "name": "University of Example",
    "url": "https://www.example.edu",
    "description": (
        "A public research university that offers short courses for working professionals."
    ),
    "email": "registry@example.edu",
    "address": {
        "addressLocality": "Exampleton",
        "addressCountry": "United Kingdom",
        "addressCountryCode": "GB",
    },
}

_CRITERIA = """\
To earn this credential a learner has

1. followed the six-week online course,
2. written a **data management plan** for a research project of their own, which two examiners \
assessed with the rubric below, and
3. passed a supervised **written examination** (pass mark 50 %).
"""


def certificate() -> JsonObject:
    """The award that the course counts towards, as the API takes it."""
    return {
        "name": CERTIFICATE,
        "description": "Three short courses on research data, of five ECTS credits each.",
        "achievementType": "Certificate",
        "criteria": {"narrative": "Courses that satisfy the rules of the pathway."},
        "humanCode": "CRD",
        "inLanguage": "en-GB",
        "microcredential": {
            "credit": {"scheme": "ECTS", "value": 15},
            "eqf_level": 6,
            "full_award": True,
        },
    }


def pathway(certificate_url: str) -> JsonObject:
    """The rules of the certificate, as the API takes them."""
    return {
        "award": {
            "id": certificate_url,
            "name": CERTIFICATE,
            "level": {"framework": "EQF", "value": 6},
            "credits": 15,
        },
        "description": "Three courses; one of them may come from another institution.",
        "creditSystem": "ECTS",
        "conversions": [{"from": "SCQF", "factor": "1/2", "rule": "uk-ects-2to1"}],
        "eligible": [
            {"id": "assessed", "where": {"assessed": True}},
            {"id": "recency", "where": {"awarded": {"maxAge": "P5Y"}}},
            {"id": "level", "where": {"level.EQF": {"min": 6}}},
        ],
        "require": {
            "all": [
                {"id": "total", "sum": "credit", "min": 15},
                {
                    "id": "elsewhere",
                    "share": "credit",
                    "of": "award",
                    "where": {"not": {"issuer": "self"}},
                    "max": "1/3",
                },
            ]
        },
        "use": {"exclusive": True},
        "manual": [{"id": "board", "text": "The examination board confirms the award"}],
    }


def _worth(certificate_url: str, pathway_url: str, policy_url: str) -> JsonObject:
    """What the learning is worth, as people state it."""
    return {
        "outcomes": [
            {
                "title": "Plan how research data are collected, described, stored and shared.",
                "reusability": "cross-sector",
            },
            {"title": "Choose a licence and a repository, and give data a lasting identifier."},
            {"title": "Make data findable, accessible, interoperable and reusable (FAIR)."},
            {"title": "Handle personal data lawfully, with an assessment where one is needed."},
        ],
        "workload_hours": 125,
        "contact_hours": 12,
        "credit": {"scheme": "ECTS", "value": 5},
        "eqf_level": 6,
        "assessment": [
            {"type": "project work", "title": "Data management plan", "weight": 60},
            {"type": "written exam", "title": "Written examination", "weight": 40},
        ],
        "participation": "online",
        "supervision": "supervised-id",
        "quality_assurance": [
            {"type": "programme", "agent": "Agency of Example", "url": "https://agency.example"}
        ],
        "prerequisites": "A first degree, or two years of work with research data.",
        "learning_setting": "formal",
        "stackability": ["stand-alone", "stackable"],
        "stacks_into": [
            {
                "award": certificate_url,
                "name": CERTIFICATE,
                "pathway": pathway_url,
                "counts_for": "P5Y",
            }
        ],
        "full_award": False,
        "field": "0322",
        "definition_policies": [policy_url],
    }


def achievement(
    image_url: str, *, certificate_url: str, pathway_url: str, policy_url: str
) -> JsonObject:
    """The course's definition, as the API takes it: its picture, and where it leads."""
    return {
        "name": TITLE,
        "description": (
            "Plans, documents, protects and shares research data so that others can find, "
            "understand and reuse them."
        ),
        "achievementType": "MicroCredential",
        "criteria": {"narrative": _CRITERIA},
        "image": {
            "id": image_url,
            "type": "Image",
            "caption": "A medal with the letters RDM and the name of the university",
        },
        "microcredential": _worth(certificate_url, pathway_url, policy_url),
        "alignment": [
            {
                "targetName": "Managing data, information and digital content",
                "targetUrl": "https://publications.jrc.ec.europa.eu/repository/handle/JRC128415",
                "targetFramework": "DigComp 2.2, The Digital Competence Framework for Citizens",
                "targetCode": "1.3",
                "targetDescription": (
                    "To organise, store and retrieve data, information and content in digital "
                    "environments, and to process them in a structured environment."
                ),
                "targetType": "ceasn:Competency",
            },
        ],
        "resultDescription": [
            {
                "id": "examination",
                "name": "Written examination",
                "resultType": "Percent",
                "valueMin": "0",
                "valueMax": "100",
                "requiredValue": "50",
            },
            {
                "id": "plan",
                "name": "Data management plan",
                "resultType": "RubricCriterionLevel",
                "requiredLevel": "plan-proficient",
                "rubricCriterionLevel": [
                    {
                        "id": "plan-developing",
                        "name": "Developing",
                        "description": "Says where the data are kept and who may see them.",
                        "level": "1",
                    },
                    {
                        "id": "plan-proficient",
                        "name": "Proficient",
                        "description": "Also describes the data, their rights, and their future.",
                        "level": "2",
                    },
                    {
                        "id": "plan-excellent",
                        "name": "Excellent",
                        "description": "Also shows that others can find and reuse the data.",
                        "level": "3",
                    },
                ],
            },
        ],
        "fieldOfStudy": "Library, information and archival studies",
        "humanCode": "RDM-101",
        "inLanguage": "en-GB",
        "tag": ["research data", "FAIR", "data protection", "open science"],
    }


def issue_body(achievement_url: str, *, now: datetime) -> JsonObject:
    """The request for the demo's badge: somebody has just finished the course."""
    return {
        "achievement": achievement_url,
        "recipient": {"email": LEARNER},
        "awarded_date": format_datetime(now),
        "activity_start": format_datetime(now - timedelta(weeks=6)),
        "activity_end": format_datetime(now - timedelta(days=3)),
        "credit_received": {"scheme": "ECTS", "value": 5},
        "supervision": "supervised-id",
        "recognition_basis": "taught",
        "board": {"minute": "Board of examiners, item 4"},
        "results": [
            {"resultDescription": f"{achievement_url}#examination", "value": "78"},
            {
                "resultDescription": f"{achievement_url}#plan",
                "achievedLevel": f"{achievement_url}#plan-excellent",
            },
        ],
        "evidence": [
            {
                "name": "Data management plan",
                "description": "A plan of eleven pages for a study with interviews.",
                "narrative": (
                    "The plan covers consent, pseudonymisation, storage during the project, and "
                    "the deposit of the anonymised data with a licence."
                ),
                "genre": "Report",
            }
        ],
    }

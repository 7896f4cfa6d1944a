"""What the first look shows: a university in an example, a course, and what a learner did in it.

Frameworks and vocabularies are real and so are their addresses; the university is not, and nobody
in particular earned the badge.
"""

from datetime import datetime, timedelta

from app.encoding.dates import format_datetime
from app.encoding.strict_json import JsonObject

ISSUER_ID = "university-of-example"
LEARNER = "learner@example.org"
TITLE = "Research Data Management"

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

1. followed the six-week online course (125 hours of work in all),
2. written a **data management plan** for a research project of their own, which two examiners \
assessed with the rubric below, and
3. passed a supervised **written examination** (pass mark 50 %).

Learners who have earned it can

- plan how research data are collected, described, stored and shared,
- choose a licence and a repository, and give data a persistent identifier,
- apply the *FAIR* principles (findable, accessible, interoperable, reusable), and
- handle personal data lawfully, with a data protection assessment where one is needed.
"""


def achievement(image_url: str) -> JsonObject:
    """The course's definition, as the API takes it, with its picture at this address."""
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
        "alignment": [
            {
                "targetName": "EQF level 6",
                "targetUrl": "http://data.europa.eu/snb/eqf/6",
                "targetFramework": "European Qualifications Framework",
                "targetCode": "6",
                "targetType": "ext:QualificationLevel",
            },
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
        "creditsAvailable": 5,
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
        "credits_earned": 5,
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

"""A pathway and badges for it over HTTP: the University of Inverbrae and a college abroad."""

from dataclasses import dataclass
from typing import Any

from fastapi.testclient import TestClient

from app.encoding.strict_json import JsonObject
from tests.builders import a_profile
from tests.publishing import SLUG, Publisher, open_publisher

COLLEGE = "nordhavn"
ACCEPT_PAGE = {"Accept": "text/html"}


def a_module(title: str, *, scheme: str, credit: int, framework: str, level: int) -> JsonObject:
    """A micro-credential as the API takes it."""
    return {
        "name": title,
        "description": f"What {title} is about.",
        "achievementType": "MicroCredential",
        "criteria": {"narrative": "Pass the case study."},
        "inLanguage": "en",
        "microcredential": {
            "outcomes": [{"title": f"Explains {title.lower()}."}],
            "workload_hours": credit * (10 if scheme == "SCQF" else 25),
            "credit": {"scheme": scheme, "value": credit},
            "level": {"framework": framework, "value": level},
            "assessment": [{"type": "marked assignment", "title": "Case study", "weight": 1}],
            "participation": ["online"],
            "supervision": "unsupervised",
            "quality_assurance": [{"type": "institutional", "agent": "The university"}],
            "stackability": ["stand-alone", "stackable"],
        },
    }


def a_certificate_rule(award: str, **members: Any) -> JsonObject:
    """The postgraduate certificate of Inverbrae."""
    rule: JsonObject = {
        "award": {
            "name": "Postgraduate Certificate in Data Ethics",
            "id": award,
            "level": {"framework": "SCQF", "value": 11},
            "credits": 60,
        },
        "description": "Three modules of twenty credits, up to half of it from elsewhere.",
        "creditSystem": "SCQF",
        "conversions": [{"from": "ECTS", "factor": 2, "rule": "uk-ects-2to1"}],
        "eligible": [
            {"id": "valid", "where": {"status": "valid"}},
            {"id": "assessed", "where": {"assessed": True}},
            {"id": "recency", "where": {"awarded": {"maxAge": "P5Y"}}},
            {
                "id": "level",
                "where": {"any": [{"level.SCQF": {"min": 10, "max": 11}}, {"level.EQF": 7}]},
            },
        ],
        "require": {
            "all": [
                {"id": "total", "sum": "credit", "min": 60},
                {
                    "id": "at-level",
                    "sum": "credit",
                    "where": {"any": [{"level.SCQF": {"min": 11}}, {"level.EQF": 7}]},
                    "min": 40,
                },
                {
                    "id": "external-cap",
                    "share": "credit",
                    "of": "award",
                    "where": {"not": {"issuer": "self"}},
                    "max": 0.5,
                },
            ]
        },
        "use": {"exclusive": True},
        "manual": [
            {"id": "coherence", "text": "The programme director confirms that the set is coherent"},
            {"id": "board", "text": "The examination board confirms the award"},
        ],
        "source": [{"url": "https://www.inverbrae.example/regulations", "quote": "60 credits"}],
    }
    return {**rule, **members}


@dataclass(frozen=True)
class Stack:
    """Inverbrae with three modules and an award, a college with one module, and a pathway."""

    publisher: Publisher
    modules: list[str]
    foreign: str
    award: str
    pathway: str

    @property
    def client(self) -> TestClient:
        return self.publisher.client

    def issue(self, achievement: str, issuer: str = SLUG, **members: Any) -> JsonObject:
        """A badge, signed, as it is downloaded."""
        body = {
            "achievement": achievement,
            "recipient": {"email": "ailsa@x.example", "name": "Ailsa Morrison"},
            "awarded_date": "2026-01-30T16:30:00Z",
            "valid_from": "2026-02-01T09:00:00Z",
            **members,
        }
        answer = self.client.post(
            f"/api/v1/issuers/{issuer}/credentials", json=body, headers=self.publisher.headers
        )
        assert answer.status_code == 201, answer.text
        credential: JsonObject = answer.json()["credential"]
        return credential

    def own(self, number: int) -> list[JsonObject]:
        """Badges for so many of Inverbrae's modules."""
        return [self.issue(module) for module in self.modules[:number]]

    def abroad(self, **members: Any) -> JsonObject:
        """The college's badge, in ECTS."""
        return self.issue(self.foreign, COLLEGE, **members)

    def evaluate(self, *credentials: Any, pathway: str | None = None) -> JsonObject:
        """What credentials come to."""
        answer = self.client.post(
            f"/api/v1/pathways/{pathway or self.pathway}/evaluations",
            json={"credentials": list(credentials)},
        )
        assert answer.status_code == 200, answer.text
        found: JsonObject = answer.json()
        return found

    def publish(self, rule: JsonObject, issuer: str = SLUG) -> str:
        """The id of another pathway."""
        answer = self.client.post(
            f"/api/v1/issuers/{issuer}/pathways", json=rule, headers=self.publisher.headers
        )
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"]).rpartition("/")[2]


def open_stack(publisher: Publisher) -> Stack:
    """The stack, on a service where Inverbrae has been opened."""
    client, headers = publisher.client, publisher.headers
    profile = {"id": COLLEGE, **a_profile(name="Nordhavn College", url="https://nordhavn.example")}
    made = client.post("/api/v1/issuers", json=profile, headers=headers)
    assert made.status_code == 201, made.text

    def define(issuer: str, definition: JsonObject) -> str:
        answer = client.post(
            f"/api/v1/issuers/{issuer}/achievements", json=definition, headers=headers
        )
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    titles = ("Applied Data Ethics", "Law and Data", "Responsible Machine Learning")
    modules = [
        define(SLUG, a_module(title, scheme="SCQF", credit=20, framework="SCQF", level=11))
        for title in titles
    ]
    foreign = define(
        COLLEGE, a_module("Data Governance", scheme="ECTS", credit=10, framework="EQF", level=7)
    )
    award = define(
        SLUG,
        {
            "name": "Postgraduate Certificate in Data Ethics",
            "description": "Sixty credits at SCQF level 11.",
            "achievementType": "Certificate",
            "criteria": {"narrative": "Stack three modules."},
        },
    )
    stack = Stack(publisher, modules, foreign, award, "")
    return Stack(publisher, modules, foreign, award, stack.publish(a_certificate_rule(award)))


def open_stack_alone(client: TestClient, headers: dict[str, str]) -> Stack:
    """The stack on an empty service."""
    return open_stack(open_publisher(client, headers))

"""Sound definitions, one for each policy that comes along, and cases made of them by changing it.

A case is what a registrar would send: it is composed, published in our terms and read back before
a policy sees it, as in the service itself.
"""

from dataclasses import dataclass, field
from typing import Any

from app.encoding.strict_json import JsonObject
from app.policy.facts import Facts
from app.policy.profile import facts_of_achievement
from app.registry.achievements import compose_members
from tests.builders import ACHIEVEMENT_URL, ISSUER_DID, a_profile, changed

Micro = dict[str, Any]

SKILL = "http://data.europa.eu/esco/skill/5fd5c985-eaaa-47aa-8314-62359c54505a"
OCCUPATION = "http://data.europa.eu/esco/occupation/258e46f9-0075-4a2e-adae-1ff0477e0f30"
OUTCOMES = [{"title": "Judge whether a data set may be used."}]
PROJECT = [{"type": "project-work", "title": "Final project"}]
REVIEWED = [{"type": "institutional", "agent": "https://quality.example"}]
CERTIFICATE = [{"award": "PG Certificate in Data Ethics"}]

BASES: dict[str, Micro] = {
    "eu-annex-1": {
        "outcomes": OUTCOMES,
        "workload_hours": 150,
        "credit": {"scheme": "ECTS", "value": 6},
        "eqf_level": 7,
        "assessment": PROJECT,
        "participation": ["online"],
        "quality_assurance": REVIEWED,
    },
    "st-andrews-like": {
        "outcomes": OUTCOMES,
        "workload_hours": 200,
        "credit": {"scheme": "SCQF", "value": 20},
        "level": {"framework": "SCQF", "value": 11},
        "assessment": PROJECT,
        "stackability": ["stackable"],
        "stacks_into": CERTIFICATE,
        "skills": [SKILL],
        "quality_assurance": REVIEWED,
    },
    "au-nmf": {
        "outcomes": OUTCOMES,
        "workload_hours": 12,
        "assessment": PROJECT,
        "full_award": False,
        "quality_assurance": REVIEWED,
    },
    "nzqa": {
        "outcomes": OUTCOMES,
        "credit": {"scheme": "NZ", "value": 10},
        "level": {"framework": "NZQCF", "value": 5},
    },
    "cmf": {
        "outcomes": OUTCOMES,
        "workload_hours": 120,
        "credit": {"scheme": "ECTS", "value": 5},
        "eqf_level": 6,
        "assessment": PROJECT,
        "supervision": "supervised-id",
    },
    "nl-hbo-wo": {
        "outcomes": OUTCOMES,
        "credit": {"scheme": "ECTS", "value": 5},
        "level": {"framework": "NLQF", "value": 6},
        "quality_assurance": REVIEWED,
    },
    "non-credit-cpd": {"outcomes": OUTCOMES, "workload_hours": 6},
    "non-credit-cpd-microcredential": {"outcomes": OUTCOMES, "workload_hours": 6},
}


@dataclass(frozen=True)
class Case:
    """A definition: its policy's sound one with `micro` and `members` changed, None taking away.

    `rule` is the one that must find the fault, empty for a sound case.
    """

    name: str
    policy: str
    rule: str = ""
    micro: Micro = field(default_factory=dict)
    members: Micro = field(default_factory=dict)
    profile: Micro = field(default_factory=dict)

    @property
    def definition(self) -> JsonObject:
        """What is sent to the API."""
        kind = "Course" if self.policy == "non-credit-cpd" else "MicroCredential"
        definition: JsonObject = {
            "name": "Data Ethics in Practice",
            "description": "Weighs what may be done with personal data.",
            "achievementType": kind,
            "criteria": {"narrative": "Pass the final project."},
            "microcredential": changed(BASES[self.policy], self.micro),
        }
        return changed(definition, self.members)

    def facts(self) -> Facts:
        """The facts as a policy sees them when the definition is to be published."""
        document = compose_members(self.definition, ACHIEVEMENT_URL)
        profile = {"id": ISSUER_DID, "type": ["Profile"], **a_profile(**self.profile)}
        return facts_of_achievement(document, profile)

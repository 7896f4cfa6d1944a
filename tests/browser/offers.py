"""Something of everything that a catalogue shows, on a running service."""

from dataclasses import dataclass

from app.encoding.strict_json import JsonObject
from tests.microcredentials import a_microcredential
from tests.pathways import a_rule
from tests.publishing import SLUG, Publisher

OWN_POLICY: JsonObject = {
    "label": "Micro-credentials of the Faculty of Law",
    "source": "Faculty regulations 2026",
    "appliesTo": {"achievementType": ["MicroCredential"]},
    "rules": [
        {
            "id": "outcomes",
            "level": "must",
            "test": {"count": "learningOutcomes", "min": 2},
            "message": "Add at least two learning outcomes: `microcredential.outcomes`.",
            "source": "Faculty regulations 2026, section 3",
        },
        {
            "id": "size",
            "level": "should",
            "test": {"some": "credit", "where": {"scheme": ["SCQF"], "value": {"max": 40}}},
        },
    ],
}


@dataclass(frozen=True)
class Offers:
    """The last parts of the addresses of what was published, and a pathway's whole address."""

    achievement: str
    pathway_url: str
    policy: str


def publish_offers(publisher: Publisher) -> Offers:
    """A policy, kept for a moment; a pathway; an achievement that leads there and names both."""
    client, headers = publisher.client, publisher.headers
    issuer = f"/api/v1/issuers/{SLUG}"
    base = publisher.achievement.partition("/achievements/")[0]
    rule = a_rule(
        {"id": "total", "sum": "credit", "min": 60},
        description="Sixty credits in working with data, at level 11.",
    )
    rule["award"] = {
        "name": "Graduate Certificate in Data",
        "credits": 60,
        "level": {"framework": "SCQF", "value": 11},
    }
    pathway = client.post(f"{issuer}/pathways", json=rule, headers=headers).json()["id"]
    chosen = client.put(f"{issuer}/policy", json=OWN_POLICY, headers=headers)
    assert chosen.status_code == 200, chosen.text
    # Under it, what carries credit would be a draft; the achievement only names it.
    client.delete(f"{issuer}/policy", headers=headers)
    policies = [f"{base}/policies/eu-annex-1", chosen.json()["url"]]
    achievement = publisher.define(
        name="Applied Data Ethics",
        alignment=None,
        creditsAvailable=None,
        microcredential=a_microcredential(
            stacks_into=[{"award": "Graduate Certificate in Data", "pathway": pathway}],
            definition_policies=policies,
        ),
    )
    return Offers(achievement.rpartition("/")[2], pathway, chosen.json()["id"])

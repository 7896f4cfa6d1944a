"""Policies as pages: the list, and one policy with its rules in plain words."""

import re
from typing import Any

import pytest
from fastapi.testclient import TestClient

from app.policy.presets import PRESETS
from tests.publishing import SLUG, Publisher

BROWSER = {"Accept": "text/html"}
HOSTILE = "</p><script>alert(1)</script>"


def choose(publisher: Publisher, policy: Any) -> str:
    """The id of the policy that the issuer keeps from now on."""
    path = f"/api/v1/issuers/{SLUG}/policy"
    answer = publisher.client.put(path, json=policy, headers=publisher.headers)
    assert answer.status_code == 200, answer.text
    return str(answer.json()["id"])


def text_of(html: str) -> str:
    """What a page says, in one line."""
    return " ".join(re.sub("<[^>]*>", " ", html.partition("<main")[2]).split())


@pytest.mark.parametrize("id_", PRESETS)
def test_every_rule_that_comes_along_stands_on_its_page(client: TestClient, id_: str) -> None:
    html = client.get(f"/policies/{id_}", headers=BROWSER).text

    assert html.count("Rule <code>") == len(PRESETS[id_]["rules"])
    for rule in PRESETS[id_]["rules"]:
        assert f"<code>{rule['id']}</code>" in html
    assert "Comes with the program" in html


def test_the_rules_are_told_in_plain_words_by_their_levels(client: TestClient) -> None:
    said = text_of(client.get("/policies/eu-annex-1", headers=BROWSER).text)

    must, _, rest = said.partition("Must, where it applies")
    applies, _, rest = rest.partition("Should")
    should, _, may = rest.partition("May")
    assert "Learning outcomes" in must
    assert "The workload in hours or credit, scheme being ECTS" in must
    assert "Where: the learning setting not being non-formal" in applies
    assert "workload-in-ects" in should
    assert "opt-grade" in may
    assert "`" not in said
    title = text_of(client.get("/policies/nzqa", headers=BROWSER).text)
    assert "A title without New Zealand or national or diploma or degree or bachelor" in title


def test_an_own_policy_says_whose_it_is_and_who_keeps_it(publisher: Publisher) -> None:
    rule = {
        "id": "outcomes",
        "level": "must",
        "test": {"count": "learningOutcomes", "min": 2},
        "message": f"Add `two` {HOSTILE}",
        "source": "Senate 7",
    }
    id_ = choose(publisher, {"label": f"Ours {HOSTILE}", "source": "Faculty", "rules": [rule]})
    answer = publisher.client.get(f"/policies/{id_}", headers=BROWSER)

    assert "Accept" in answer.headers["vary"].split(", ")
    assert "x-robots-tag" not in answer.headers
    assert "<script>" not in answer.text
    said = text_of(answer.text)
    assert "every achievement" in said
    assert "In force from" in said
    assert "Senate 7" in said
    assert "To meet it: Add two" in said
    assert said.count("University of Inverbrae") == 2  # made by, kept by
    digest = publisher.client.get("/api/v1/policies", headers=publisher.headers).json()
    assert digest["items"][0]["digest"] in answer.text


def test_the_same_address_has_the_rules_as_json(publisher: Publisher) -> None:
    id_ = choose(publisher, {"preset": "cmf"})
    plain = publisher.client.get(f"/policies/{id_}")
    named = publisher.client.get(f"/policies/{id_}", headers={"Accept": "application/json"})

    assert plain.headers["content-type"] == "application/json"
    assert plain.json()["rules"] == PRESETS["cmf"]["rules"]
    assert plain.content == named.content
    assert "Accept" in plain.headers["vary"].split(", ")


def test_the_list_has_own_ones_in_pages_and_all_that_come_along(publisher: Publisher) -> None:
    assert (
        "No institution has written one of its own."
        in publisher.client.get("/policies", headers=BROWSER).text
    )
    rule = {"id": "outcomes", "level": "must", "test": {"count": "learningOutcomes", "min": 2}}
    for number in range(2):
        choose(publisher, {"label": f"Ours {number}", "rules": [rule]})

    html = publisher.client.get("/policies?limit=1", headers=BROWSER).text
    assert html.count("Ours ") == 1
    assert all(f'href="/policies/{id_}"' in html for id_ in PRESETS)
    following = re.search(r'href="(/policies\?cursor=[^"]+)" rel="next"', html)
    assert following is not None
    assert publisher.client.get(following[1], headers=BROWSER).text.count("Ours ") == 1

    listed = publisher.client.get("/policies").json()
    assert listed["total"] == len(listed["items"]) == 2 + len(PRESETS)
    assert listed["next"] is None
    assert {item["issuer"] for item in listed["items"]} == {SLUG, None}
    assert publisher.client.get("/policies?cursor=x").json()["field"] == "cursor"


def test_a_recognition_report_leads_to_the_policy_that_was_put_to_the_badge(
    publisher: Publisher,
) -> None:
    badge = publisher.client.get(f"/credentials/{publisher.issue()}.json").json()
    body = {"credentials": [badge], "policy": "eu-annex-1"}
    report = publisher.client.post("/recognition/reports", json=body, headers=BROWSER)

    assert report.status_code == 200
    assert '<a href="http://127.0.0.1:8000/policies/eu-annex-1">' in report.text

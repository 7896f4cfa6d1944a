"""A visitor's way through what is offered: the catalogue, an achievement, a pathway, a policy."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenWindow, Window
from tests.browser.offers import Offers, publish_offers
from tests.browser.running import Service
from tests.browser.test_accessibility import violations


@pytest.fixture(scope="session")
def offers(service: Service) -> Offers:
    """An achievement with everything that can be said of one, its pathway, and two policies."""
    return publish_offers(service.publisher)


def paths(offers: Offers) -> dict[str, str]:
    """Every page that is looked at here."""
    return {
        "catalogue": "/catalogue",
        "catalogue towards a pathway": f"/catalogue?stacks_into={offers.pathway_url}",
        "achievement": f"/achievements/{offers.achievement}",
        "policy of a framework": "/policies/eu-annex-1",
        "policy of an institution": f"/policies/{offers.policy}",
        "policies": "/policies",
    }


def headings(page: Page) -> list[str]:
    return page.get_by_role("heading", level=3).all_inner_texts()


def test_from_the_catalogue_to_the_pathway_and_back_to_what_counts(
    window: Window, offers: Offers
) -> None:
    page = window.open("/catalogue")
    page.get_by_label("Words").fill("scrutiny")
    page.get_by_role("button", name="Search").click()
    assert headings(page) == ["Applied Data Ethics"]

    page.get_by_role("link", name="Graduate Certificate in Data").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Graduate Certificate in Data")
    page.get_by_role("link", name="What counts towards it").click()
    assert headings(page) == ["Applied Data Ethics"]
    assert "These count towards" in page.get_by_role("region", name="1 result").inner_text()


def test_achievements_and_pathways_can_be_told_apart(window: Window, offers: Offers) -> None:
    page = window.open("/catalogue")
    page.get_by_label("What", exact=True).select_option("Pathways to larger awards")
    page.get_by_role("button", name="Search").click()

    assert "Graduate Certificate in Data" in headings(page)
    assert "Applied Data Ethics" not in headings(page)
    assert page.get_by_label("What", exact=True).input_value() == "pathway"


def test_an_achievement_says_what_it_is_worth_where_it_leads_and_by_which_definition(
    window: Window, offers: Offers
) -> None:
    page = window.open(f"/achievements/{offers.achievement}")

    worth = page.get_by_role("region", name="What the learning is worth").inner_text()
    for fact in ("20 SCQF credits", "10 ECTS credits", "SCQF level 11", "EQF level 7", "200 hours"):
        assert fact in worth
    assert page.get_by_role("link", name="How badges add up to it").is_visible()
    page.get_by_role("link", name="European standard elements").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("European standard elements")


def test_a_policy_says_in_words_what_must_and_what_may_be(window: Window, offers: Offers) -> None:
    page = window.open("/policies")
    page.get_by_role("link", name="Micro-credentials of the Faculty of Law").click()

    must = page.get_by_role("region", name="Must", exact=True).inner_text()
    assert "Learning outcomes, their number at least 2" in must
    assert "Faculty regulations 2026, section 3" in must
    assert page.get_by_role("region", name="Should").is_visible()
    assert page.get_by_role("link", name="University of Inverbrae").first.is_visible()


@pytest.mark.parametrize("width", [320, 1200])
def test_nothing_is_wider_than_the_page(
    open_window: OpenWindow, offers: Offers, width: int
) -> None:
    window = open_window(viewport={"width": width, "height": 900})
    for name, path in paths(offers).items():
        wide: Any = window.open(path).evaluate("document.documentElement.scrollWidth")
        assert wide <= width, name


def test_no_javascript_is_needed(open_window: OpenWindow, offers: Offers) -> None:
    test_from_the_catalogue_to_the_pathway_and_back_to_what_counts(
        open_window(java_script_enabled=False), offers
    )


def test_the_pages_are_accessible(window: Window, offers: Offers, axe_source: str) -> None:
    found = {
        name: violations(window.open(path), axe_source) for name, path in paths(offers).items()
    }
    assert found == {name: [] for name in found}

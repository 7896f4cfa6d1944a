"""The page of a batch, for whoever waits for it: readable, and each number beside its name."""

from tests.batches import BATCHES
from tests.browser.conftest import OpenWindow
from tests.browser.running import Service
from tests.browser.test_accessibility import violations


def test_a_waiting_batch_is_told_in_numbers_with_their_names(
    open_window: OpenWindow, service: Service, axe_source: str
) -> None:
    publisher = service.publisher
    row = {"achievement": publisher.achievement, "recipient": {"email": "a@x.example"}}
    sent = publisher.client.post(BATCHES, json={"rows": [row] * 3}, headers=publisher.headers)
    assert sent.status_code == 202, sent.text
    page = open_window(viewport={"width": 390, "height": 844}).open(f"/batches/{sent.json()['id']}")

    assert page.get_by_role("heading", level=1).inner_text() == "Waiting its turn"
    assert page.get_by_role("progressbar", name="0 of 3 checked").is_visible()
    facts = page.locator(".facts > div")
    assert facts.first.inner_text().split() == ["Rows", "3"]
    edges = "([a, b]) => [...document.querySelectorAll(a)].map(e => e.getBoundingClientRect()[b])"
    assert page.evaluate(edges, [".facts dt", "left"]) == page.evaluate(
        edges, [".facts dd", "left"]
    )
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    assert violations(page, axe_source) == []

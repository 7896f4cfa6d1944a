"""WCAG 2.2 AA, as far as a machine can tell: axe-core finds nothing on any page, light or dark."""

from typing import Any, Literal

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import Window
from tests.browser.running import Service

_STANDARDS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

_SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")

ADDRESSES = {
    "start": "/",
    "verify form": "/verify",
    "valid": "/credentials/{valid}",
    "revoked": "/credentials/{revoked}",
    "achievement": "/achievements/{achievement}",
    "issuer": "/issuers/inverbrae",
    "catalogue": "/catalogue",
    "registry": "/registry",
    "registry, searched": "/registry?name=nobody",
    "catalogue, searched": "/catalogue?framework=SCQF&level=9&q=nowhere",
    "API documentation": "/docs",
    "not found": "/nowhere",
}
SUBMISSIONS = ["verified", "revoked", "tampered", "not checked", "unreadable"]


def violations(page: Page, axe_source: str) -> list[str]:
    """What axe-core objects to; evaluated through the debugger, which no policy stops."""
    page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true; })")
    page.evaluate(axe_source)
    complaints: list[str] = []
    for scheme in _SCHEMES:
        page.emulate_media(color_scheme=scheme)
        found: dict[str, Any] = page.evaluate(
            "tags => axe.run(document, { runOnly: { type: 'tag', values: tags } })", _STANDARDS
        )
        complaints += [
            f"{scheme}: {violation['id']}: {node['html'][:160]} {node['failureSummary']}"
            for violation in found["violations"]
            for node in violation["nodes"]
        ]
    return complaints


def _submission(service: Service, name: str) -> str:
    return {
        "verified": service.document(service.valid).decode(),
        "revoked": f"{service.url}/credentials/{service.revoked}",
        "tampered": service.tampered(),
        "not checked": service.stranger(),
        "unreadable": "once upon a time",
    }[name]


@pytest.mark.parametrize("name", ADDRESSES)
def test_a_page_is_accessible(window: Window, service: Service, axe_source: str, name: str) -> None:
    address = ADDRESSES[name].format(
        valid=service.valid,
        revoked=service.revoked,
        achievement=service.publisher.achievement.rpartition("/")[2],
    )

    found = violations(window.open(address), axe_source)

    if name == "not found":
        window.complaints.clear()  # the browser notes a 404 as an error
    assert found == []


@pytest.mark.parametrize("name", SUBMISSIONS)
def test_a_result_is_accessible(
    window: Window, service: Service, axe_source: str, name: str
) -> None:
    page = window.submit_text(_submission(service, name))

    assert violations(page, axe_source) == []


@pytest.mark.parametrize(
    "path", ["/", "/verify", "/catalogue", "/registry", "/credentials/{valid}"]
)
def test_targets_are_large_enough(window: Window, service: Service, path: str) -> None:
    """24 by 24 CSS pixels, or a link within a sentence (WCAG 2.2, 2.5.8)."""
    page = window.open(path.format(valid=service.valid))

    small = page.evaluate(
        """() => [...document.querySelectorAll("a, button, summary, input, textarea")]
            .filter((element) => element.offsetParent !== null && !element.closest("p, dd, span"))
            .filter((element) => !element.classList.contains("skip"))
            .map((element) => [element.outerHTML.slice(0, 80), element.getBoundingClientRect()])
            .filter(([, box]) => box.width < 24 || box.height < 24)
            .map(([html]) => html)"""
    )

    assert small == []

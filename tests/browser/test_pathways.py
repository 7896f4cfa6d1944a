"""A learner's way through a pathway: the page with its picture, badges dropped, the answer."""

from pathlib import Path

import pytest

from app.encoding.strict_json import dump_json
from tests.browser.conftest import OpenWindow, Window
from tests.browser.running import Service
from tests.browser.test_accessibility import violations
from tests.stacking import Stack, open_stack


@pytest.fixture(scope="session")
def stack(service: Service) -> Stack:
    """A pathway on the running service."""
    return open_stack(service.publisher)


@pytest.fixture
def files(stack: Stack, tmp_path: Path) -> list[Path]:
    """Badges as a learner has them: two of our own and one from abroad."""
    badges = [*stack.own(2), stack.abroad()]
    paths = [tmp_path / f"badge-{number}.json" for number in range(len(badges))]
    for path, badge in zip(paths, badges, strict=True):
        path.write_bytes(dump_json(badge))
    return paths


def drop(window: Window, stack: Stack, files: list[Path]) -> None:
    window.open(f"/pathways/{stack.pathway}/evaluate")
    window.page.get_by_label("Badge files").set_input_files(files)
    window.page.get_by_role("button", name="See how far they lead").click()
    window.page.wait_for_selector("#verdict")


def test_the_page_says_in_words_and_draws_what_is_needed(window: Window, stack: Stack) -> None:
    page = window.open(f"/pathways/{stack.pathway}")

    assert page.get_by_role("heading", level=1).inner_text().startswith("Postgraduate Certificate")
    assert page.get_by_role("listitem").filter(has_text="At least 60 SCQF credits").count() == 1
    picture = page.get_by_role("img", name="The way to: Postgraduate Certificate in Data Ethics")
    assert picture.is_visible()
    page.get_by_role("link", name="See how far your badges lead").first.click()
    assert page.get_by_role("heading", name="How far do my badges lead?").is_visible()


def test_badges_from_two_institutions_make_the_award(
    window: Window, stack: Stack, files: list[Path]
) -> None:
    drop(window, stack, files)

    assert window.page.locator("#verdict").inner_text() == "Your badges add up"
    used = window.page.get_by_role("region", name="Badges that are used (3)")
    assert "20 SCQF credits, from 10 ECTS credits by uk-ects-2to1" in used.inner_text()


def test_what_is_missing_is_said(window: Window, stack: Stack, files: list[Path]) -> None:
    drop(window, stack, files[:2])

    assert window.page.locator("#verdict").inner_text() == "Not there yet"
    assert "Still missing: 20 more SCQF credits." in window.page.get_by_role("status").inner_text()


def test_no_javascript_is_needed(open_window: OpenWindow, stack: Stack, files: list[Path]) -> None:
    drop(open_window(java_script_enabled=False), stack, files)


def test_a_form_without_badges_says_what_to_do(window: Window, stack: Stack) -> None:
    page = window.open(f"/pathways/{stack.pathway}/evaluate")

    page.get_by_role("button", name="See how far they lead").click()

    assert page.get_by_role("alert").inner_text() == "Choose your badges, or paste links to them."
    window.complaints.clear()  # the browser notes a 422 as an error, before it shows the page


@pytest.mark.parametrize("width", [390, 1200])
def test_nothing_is_wider_than_the_page(
    open_window: OpenWindow, stack: Stack, files: list[Path], width: int
) -> None:
    window = open_window(viewport={"width": width, "height": 900})
    window.open(f"/pathways/{stack.pathway}")
    assert window.page.evaluate("document.documentElement.scrollWidth") <= width
    drop(window, stack, files)
    assert window.page.evaluate("document.documentElement.scrollWidth") <= width


def test_the_pages_are_accessible(
    window: Window, stack: Stack, files: list[Path], axe_source: str
) -> None:
    window.open(f"/pathways/{stack.pathway}")
    assert violations(window.page, axe_source) == []
    window.open(f"/pathways/{stack.pathway}/evaluate")
    assert violations(window.page, axe_source) == []
    drop(window, stack, files[1:])
    assert violations(window.page, axe_source) == []

"""The recognition report in a browser: it can be reached, read, printed, and is accessible."""

from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import OpenWindow, Window
from tests.browser.recognition import hand_in, issue_module
from tests.browser.running import Service
from tests.browser.test_accessibility import violations


@pytest.fixture(scope="module")
def module(service: Service) -> bytes:
    """A micro-credential that states everything."""
    return issue_module(service)


def report(window: Window, module: bytes, folder: Path) -> Page:
    page = window.open("/recognition")
    hand_in(page, {"module.json": module, "notes.txt": b"once upon a time"}, folder)
    return page


def test_the_form_is_accessible(window: Window, axe_source: str) -> None:
    assert violations(window.open("/recognition"), axe_source) == []


def test_the_report_is_accessible(
    window: Window, axe_source: str, module: bytes, tmp_path: Path
) -> None:
    page = report(window, module, tmp_path)

    assert page.get_by_role("heading", level=1).inner_text() == "Recognition report"
    assert page.get_by_role("heading", name="Credential 1: Applied Data Ethics").is_visible()
    assert violations(page, axe_source) == []


def test_nothing_is_wider_than_a_telephone(
    open_window: OpenWindow, module: bytes, tmp_path: Path
) -> None:
    """Wide tables move within their frames."""
    window = open_window(viewport={"width": 320, "height": 640})
    page = report(window, module, tmp_path)

    assert page.evaluate("document.documentElement.scrollWidth") <= 320


def test_the_printed_report_has_room_for_the_decision(
    window: Window, module: bytes, tmp_path: Path
) -> None:
    page = report(window, module, tmp_path)
    page.emulate_media(media="print")

    assert page.get_by_role("rowheader", name="Decided by (role)").is_visible()
    assert not page.get_by_role("link", name="Another report").is_visible()


def test_the_form_makes_a_pdf(window: Window, module: bytes, tmp_path: Path) -> None:
    page = window.open("/recognition")
    path = tmp_path / "module.json"
    path.write_bytes(module)
    page.get_by_label("Credential files").set_input_files(path)
    with page.expect_download() as started:
        page.get_by_role("button", name="Make it a PDF").click()

    assert started.value.suggested_filename == "recognition-report.pdf"
    assert Path(started.value.path()).read_bytes().startswith(b"%PDF-1.7")

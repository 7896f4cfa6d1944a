"""What people see: the share page and the verify page in a real browser, every verdict."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenWindow, Window
from tests.browser.running import Service


def _verdict(page: Page) -> str:
    return page.locator("#verdict").inner_text()


def test_a_valid_credential_is_shown_with_its_verdict(window: Window, service: Service) -> None:
    page = window.open(f"/credentials/{service.valid}")

    assert _verdict(page) == "Verified"
    expect(page.get_by_role("heading", level=1)).to_have_text("Data Ethics in Practice")
    expect(page.get_by_text("Awarded to Ailsa Morrison")).to_be_visible()
    expect(page.get_by_role("img", name="QR code")).to_be_visible()
    picture = page.get_by_role("img", name="Badge picture: Data Ethics in Practice")
    assert picture.evaluate("image => image.naturalWidth") > 0
    assert page.locator(".check-outcome").all_inner_texts() == ["Passed"] * 7


def test_check_again_gives_the_verdict_of_now(window: Window, service: Service) -> None:
    credential = service.publisher.issue(recipient={"email": "c@x.example", "name": "Chris"})
    page = window.open(f"/credentials/{credential}")
    assert _verdict(page) == "Verified"
    service.publisher.revoke(credential)

    page.get_by_role("link", name="Check again").click()

    assert _verdict(page) == "Not valid: revoked"


def test_a_revoked_credential_says_so_first(window: Window, service: Service) -> None:
    page = window.open(f"/credentials/{service.revoked}")

    assert _verdict(page) == "Not valid: revoked"
    expect(page.get_by_text("The placement was not completed.")).to_be_visible()
    banner = page.get_by_role("region", name="Result of the check")
    certificate = page.locator(".certificate")
    top, below = banner.bounding_box(), certificate.bounding_box()
    assert top is not None
    assert below is not None
    assert top["y"] < below["y"]


@pytest.mark.parametrize("suffix", ["png", "svg", "json", "jwt"])
def test_a_download_is_verified_when_it_is_given_back(
    window: Window, service: Service, suffix: str
) -> None:
    page = window.open(f"/credentials/{service.valid}")
    with page.expect_download() as downloading:
        page.locator(f'a[href$=".{suffix}"]').click()
    path = downloading.value.path()

    window.open("/verify")
    page.get_by_label("Credential file").set_input_files(path)
    page.get_by_role("button", name="Check the file").click()

    assert _verdict(page) == "Verified"
    expect(page.get_by_role("heading", name="Data Ethics in Practice")).to_be_visible()


def test_a_pasted_credential_is_verified(window: Window, service: Service) -> None:
    page = window.submit_text(service.document(service.valid).decode())

    assert _verdict(page) == "Verified"


def test_a_pasted_link_is_verified(window: Window, service: Service) -> None:
    page = window.submit_text(f"{service.url}/credentials/{service.valid}")

    assert _verdict(page) == "Verified"


def test_a_revoked_file_is_not_valid(window: Window, service: Service) -> None:
    page = window.submit_text(service.document(service.revoked).decode())

    assert _verdict(page) == "Not valid: revoked"


def test_a_changed_file_shows_only_what_it_claims(window: Window, service: Service) -> None:
    page = window.submit_text(service.tampered())

    assert _verdict(page) == "Not valid: changed or forged"
    claims = page.get_by_role("region", name="What this file claims")
    expect(claims.get_by_text("Mallory Forger")).to_be_visible()
    expect(page.locator(".certificate")).to_have_count(0)


def test_an_issuer_out_of_reach_is_neither_yes_nor_no(window: Window, service: Service) -> None:
    page = window.submit_text(service.stranger())

    assert _verdict(page) == "Could not be checked"
    assert "Could not be checked" in page.locator(".check-outcome").all_inner_texts()


def test_a_picture_without_a_credential_is_explained(window: Window) -> None:
    page = window.open("/verify")
    page.get_by_label("Credential file").set_input_files(
        {"name": "holiday.png", "mimeType": "image/png", "buffer": b"\x89PNG\r\n\x1a\n"}
    )
    page.get_by_role("button", name="Check the file").click()

    assert _verdict(page) == "This is not a credential we can read"


def test_everything_works_without_javascript(open_window: OpenWindow, service: Service) -> None:
    window = open_window(java_script_enabled=False)

    window.open(f"/credentials/{service.valid}")
    assert _verdict(window.page) == "Verified"
    window.open("/verify")
    expect(window.page.get_by_role("button", name="Scan a QR code")).to_be_hidden()
    window.submit_text(service.tampered())
    assert _verdict(window.page) == "Not valid: changed or forged"


def test_everything_works_with_the_keyboard_alone(window: Window, service: Service) -> None:
    page = window.open("/verify")
    press = page.keyboard.press

    press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    press("Enter")
    press("Tab")
    expect(page.get_by_label("Credential file")).to_be_focused()
    press("Tab")
    press("Tab")
    expect(page.get_by_label("Link or credential text")).to_be_focused()
    page.keyboard.insert_text(f"{service.url}/credentials/{service.valid}")
    press("Tab")
    expect(page.get_by_role("button", name="Check the text")).to_be_focused()
    press("Enter")
    page.wait_for_selector("#verdict")
    assert _verdict(page) == "Verified"
    summary = page.locator("summary").first
    summary.focus()
    press("Enter")
    assert summary.locator("..").get_attribute("open") is not None


@pytest.mark.parametrize(
    "path",
    ["/", "/verify", "/catalogue", "/registry", "/docs", "/credentials/{valid}", "/nowhere"],
)
def test_a_narrow_screen_needs_no_sideways_scrolling(
    open_window: OpenWindow, service: Service, path: str
) -> None:
    window = open_window(viewport={"width": 320, "height": 640})

    page = window.page
    page.goto(service.url + path.format(valid=service.valid))

    width = page.evaluate("document.documentElement.scrollWidth")
    window.complaints.clear()  # the browser notes a 404 as an error
    assert width <= 320


def test_a_printed_page_keeps_verdict_and_code_and_drops_the_controls(
    window: Window, service: Service
) -> None:
    page = window.open(f"/credentials/{service.valid}")

    page.emulate_media(media="print", color_scheme="dark")

    expect(page.locator("#verdict")).to_be_visible()
    expect(page.get_by_role("img", name="QR code")).to_be_visible()
    expect(page.get_by_text(f"{service.url}/credentials/{service.valid}").first).to_be_visible()
    expect(page.get_by_text("Paper can be copied and altered")).to_be_visible()
    expect(page.get_by_role("link", name="Check again")).to_be_hidden()
    expect(page.get_by_role("link", name="Add to LinkedIn")).to_be_hidden()
    ground = page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
    assert ground == "rgb(255, 255, 255)"

"""The camera on the verify page: it reads a code into the form, and does nothing else by itself."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest
import qrcode
from playwright.sync_api import Page, Playwright, expect

from tests.browser.conftest import Window
from tests.browser.running import Service, open_browser

WIDTH, HEIGHT, SCALE = 640, 480, 8

Film = Callable[[str], AbstractContextManager[Window]]


def _film(path: Path, text: str) -> None:
    """A film (YUV4MPEG2) of one picture: a QR code held before a camera."""
    code = qrcode.QRCode(border=4, box_size=1)
    code.add_data(text)
    rows = code.get_matrix()
    light = bytearray(b"\xeb" * (WIDTH * HEIGHT))
    left, top = (WIDTH - len(rows) * SCALE) // 2, (HEIGHT - len(rows) * SCALE) // 2
    for y, row in enumerate(rows):
        for x, dark in enumerate(row):
            if dark:
                for line in range(SCALE):
                    start = (top + y * SCALE + line) * WIDTH + left + x * SCALE
                    light[start : start + SCALE] = b"\x10" * SCALE
    frame = b"FRAME\n" + bytes(light) + b"\x80" * (WIDTH * HEIGHT // 2)
    path.write_bytes(f"YUV4MPEG2 W{WIDTH} H{HEIGHT} F10:1 Ip C420jpeg\n".encode() + frame * 3)


@pytest.fixture
def before_camera(
    playwright: Playwright, browser_program: str, service: Service, tmp_path: Path
) -> Film:
    """`with before_camera(text) as window`: a browser whose camera sees a QR code."""

    @contextmanager
    def opened(text: str) -> Iterator[Window]:
        film = tmp_path / "film.y4m"
        _film(film, text)
        arguments = (
            "--use-fake-ui-for-media-stream",
            "--use-fake-device-for-media-stream",
            f"--use-file-for-fake-video-capture={film}",
        )
        with open_browser(playwright, browser_program, *arguments) as browser:
            context = browser.new_context(permissions=["camera"])
            window = Window(context, service.url)
            yield window
            context.close()
        assert window.complaints == []
        assert window.elsewhere == []

    return opened


def _scan(window: Window) -> Page:
    requested: list[str] = []
    window.page.on("request", lambda request: requested.append(request.url))
    page = window.open("/verify")
    assert not any("jsqr" in url for url in requested)
    page.get_by_role("button", name="Scan a QR code with the camera").click()
    expect(page.locator("#scan-state")).to_contain_text("Code read", timeout=20_000)
    assert any("jsqr" in url for url in requested)
    return page


def test_a_scanned_share_link_is_put_into_the_form(before_camera: Film, service: Service) -> None:
    link = f"{service.url}/credentials/{service.valid}"
    with before_camera(link) as window:
        page = _scan(window)

        expect(page.get_by_label("Link or credential text")).to_have_value(link)
        expect(page.locator("#scan-state")).to_contain_text("a link to this service")
        expect(page.locator("#video")).to_be_hidden()
        page.get_by_role("button", name="Check the text").click()
        expect(page.locator("#verdict")).to_have_text("Verified")


@pytest.mark.parametrize("text", ["javascript:alert(1)", "https://us@evil.example/credentials/x"])
def test_a_scanned_trap_is_only_text(before_camera: Film, text: str) -> None:
    with before_camera(text) as window:
        page = _scan(window)

        expect(page.get_by_label("Link or credential text")).to_have_value(text)
        expect(page.locator("#scan-state")).to_contain_text("not a link to this service")
        assert page.url == f"{window.url}/verify"


def test_without_a_camera_there_are_other_ways(window: Window) -> None:
    page = window.open("/verify")

    page.get_by_role("button", name="Scan a QR code with the camera").click()

    expect(page.locator("#scan-state")).to_contain_text("Paste the link instead")
    expect(page.get_by_role("button", name="Scan a QR code with the camera")).to_be_focused()

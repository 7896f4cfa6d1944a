"""One service and one browser for all browser tests; a fresh window for each of them."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, sync_playwright

from tests.browser.running import Service, find_browser, must_have_everything, open_browser, serve

AXE = Path(__file__).parent.parent / "node" / "node_modules" / "axe-core" / "axe.min.js"


def unavailable(reason: str) -> None:
    """Skip with the reason, or fail where everything has to be there."""
    if must_have_everything():
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def browser_program() -> str:
    """The path of the machine's Chromium."""
    program = find_browser()
    if program is None:
        unavailable("no Chromium: install the package chromium")
    return str(program)


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    """Playwright's driver; there can be one per process."""
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="session")
def browser(playwright: Playwright, browser_program: str) -> Iterator[Browser]:
    """A headless Chromium."""
    with open_browser(playwright, browser_program) as browser:
        yield browser


@pytest.fixture(scope="session")
def service(_sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """A running service with something published."""
    folder = tmp_path_factory.mktemp("browser")
    database = folder / "signet.db"
    shutil.copyfile(_sqlite_template, database)
    with serve(database, folder / "keys") as running:
        yield running


class Window:
    """A browser window that notes what went wrong and where it went."""

    def __init__(self, context: BrowserContext, url: str) -> None:
        self.page: Page = context.new_page()
        self.url = url
        self.complaints: list[str] = []
        self.elsewhere: list[str] = []
        self.page.on("console", lambda message: self._heard(message.type, message.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("request", lambda request: self._went(request.url))

    def open(self, path: str) -> Page:
        """Go to a path of the service."""
        self.page.goto(self.url + path)
        return self.page

    def submit_text(self, text: str) -> Page:
        """Have a text or link checked."""
        self.open("/verify")
        self.page.get_by_label("Link or credential text").fill(text)
        self.page.get_by_role("button", name="Check the text").click()
        return self.page

    def _heard(self, kind: str, text: str) -> None:
        if kind in {"error", "warning"}:
            self.complaints.append(text)

    def _went(self, url: str) -> None:
        if not url.startswith((self.url + "/", "data:image/")):
            self.elsewhere.append(url)


OpenWindow = Callable[..., Window]


@pytest.fixture
def open_window(browser: Browser, service: Service) -> Iterator[OpenWindow]:
    """`open_window(**options)`: a window; afterwards nothing may have failed or left the house."""
    windows: list[Window] = []
    contexts: list[BrowserContext] = []

    def opened(**options: Any) -> Window:
        context = browser.new_context(**options)
        contexts.append(context)
        windows.append(Window(context, service.url))
        return windows[-1]

    yield opened
    for context in contexts:
        cookies = context.cookies()
        context.close()
        assert cookies == []
    for window in windows:
        assert window.complaints == []
        assert window.elsewhere == []


@pytest.fixture
def window(open_window: OpenWindow) -> Window:
    """An ordinary window."""
    return open_window()


@pytest.fixture(scope="session")
def axe_source() -> str:
    """axe-core, the accessibility checker."""
    if not AXE.exists():
        unavailable("no axe-core: run npm ci in tests/node")
    return AXE.read_text()

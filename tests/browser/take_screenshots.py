"""Take the documentation's pictures anew: `python -m tests.browser.take_screenshots [FOLDER]`.

They show a made-up university on a service that runs for the occasion, at a fixed time.
"""

import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from playwright.sync_api import FilePayload, Page, sync_playwright
from pypdf import PdfReader

from app.encoding.strict_json import dump_json, parse_object
from app.settings import PROJECT, Settings
from app.storage.database import upgrade
from tests.browser.offers import publish_offers
from tests.browser.recognition import hand_in, issue_module
from tests.browser.running import Service, find_browser, open_browser, serve
from tests.builders import a_profile
from tests.recognition_decisions import DECISION
from tests.stacking import open_stack

PUBLIC_URL = "https://badges.inverbrae.example"

_WIDE, _NARROW = 1200, 390
_PAPER_WIDTH, _PAPER_HEIGHT = 760, 1073


@dataclass(frozen=True)
class Shot:
    """One picture: a page that is opened, or the answer to a text or badges that are submitted."""

    name: str
    path: str = "/verify"
    text: str | None = None
    width: int = _WIDE
    height: int = 870
    scheme: Literal["light", "dark"] = "light"
    badges: tuple[bytes, ...] = ()


def _shots(service: Service) -> Iterator[Shot]:
    valid, revoked = f"/credentials/{service.valid}", f"/credentials/{service.revoked}"
    yield Shot("share-page", valid)
    yield Shot("share-page-dark", valid, scheme="dark")
    yield Shot("share-page-narrow", valid, width=_NARROW, height=1100)
    yield Shot("share-page-revoked", revoked)
    yield Shot("verify-page")
    yield Shot("verify-verified", text=service.document(service.valid).decode(), height=820)
    yield Shot("verify-revoked", text=service.document(service.revoked).decode())
    yield Shot("verify-tampered", text=service.tampered(), height=900)
    yield Shot("verify-not-checked", text=service.stranger(), height=900)
    # Made only now: the pictures above are of a service without these achievements.
    stack = open_stack(service.publisher)
    page = f"/pathways/{stack.pathway}"
    badges = [*stack.own(2), stack.issue(stack.modules[2], awarded_date="2019-05-03T00:00:00Z")]
    evaluation = Shot(
        "pathway-evaluation", f"{page}/evaluate", height=980, badges=tuple(map(dump_json, badges))
    )
    yield Shot("pathway-page", page, height=1150)
    yield evaluation
    yield replace(
        evaluation, name="pathway-evaluation-narrow", width=_NARROW, height=1250, scheme="dark"
    )
    offers = publish_offers(service.publisher)
    yield Shot("catalogue", "/catalogue", height=1060)
    yield Shot("achievement-page", f"/achievements/{offers.achievement}", height=1250)
    worth = parse_object(issue_module(service))["id"].removeprefix(service.public_url)
    yield Shot("share-page-worth", worth, height=2050)
    yield Shot("share-page-worth-narrow", worth, width=_NARROW, height=2900, scheme="dark")
    yield Shot("policy-page", "/policies/eu-annex-1", height=1060)
    yield Shot("policies-narrow", "/policies", width=_NARROW, height=1100, scheme="dark")


_FURTHER = (
    ("Statistics for Public Health", "0542", {"scheme": "SCQF", "value": 15}, "on-site"),
    ("Research Software Engineering", "0613", {"scheme": "SCQF", "value": 20}, "online"),
)


def _fill_catalogue(service: Service) -> None:
    """Something more to find than the one achievement that the other pages show."""
    for name, code, credit, form in _FURTHER:
        micro = {
            "outcomes": [{"title": "Take a project from a question to a published answer."}],
            "credit": credit,
            "level": {"framework": "SCQF", "value": 11},
            "eqf_level": 7,
            "participation": [form],
            "field": code,
        }
        description = "For those who work with data and have to answer for the result."
        service.publisher.define(
            name=name, description=description, microcredential=micro, alignment=None,
            creditsAvailable=None,
        )  # fmt: skip


def _take(page: Page, service: Service, shot: Shot, folder: Path) -> None:
    page.set_viewport_size({"width": shot.width, "height": shot.height})
    page.emulate_media(color_scheme=shot.scheme)
    page.goto(service.url + shot.path)
    if shot.text is not None:
        page.get_by_label("Link or credential text").fill(shot.text)
        page.get_by_role("button", name="Check the text").click()
        page.wait_for_selector("#verdict")
    if shot.badges:
        files: list[FilePayload] = [
            {"name": f"badge-{number}.json", "mimeType": "application/json", "buffer": badge}
            for number, badge in enumerate(shot.badges, 1)
        ]
        page.get_by_label("Badge files").set_input_files(files)
        page.get_by_role("button", name="See how far they lead").click()
        page.wait_for_selector("#verdict")
    page.screenshot(path=folder / f"{shot.name}.png")


def _take_reports(page: Page, service: Service, folder: Path, scratch: Path) -> None:
    """The form for a recognition report, and the sections of one that people look at most."""
    module = issue_module(service)
    page.emulate_media(color_scheme="light")
    page.set_viewport_size({"width": _WIDE, "height": 1100})
    page.goto(f"{service.url}/recognition")
    page.screenshot(path=folder / "recognition-form.png")
    hand_in(page, {"module.json": module, "notes.txt": b"once upon a time"}, scratch)
    page.screenshot(path=folder / "recognition-report.png")
    page.get_by_role("heading", name="3. Issuer").evaluate("each => each.scrollIntoView()")
    page.screenshot(path=folder / "recognition-quality.png")
    page.emulate_media(color_scheme="dark")
    page.get_by_role("heading", name="6. Workload").evaluate("each => each.scrollIntoView()")
    page.screenshot(path=folder / "recognition-credit-dark.png")
    page.set_viewport_size({"width": _NARROW, "height": 1100})
    page.emulate_media(color_scheme="light")
    page.get_by_role("heading", name="4. Level").evaluate("each => each.scrollIntoView()")
    page.screenshot(path=folder / "recognition-narrow.png")


def _take_paper(page: Page, service: Service, folder: Path, scratch: Path) -> None:
    """Two pages of a report's PDF: the first, and the one with a decision presented along."""
    module = issue_module(service)
    files = [
        ("files", ("module.json", module)),
        ("files", ("decision.json", _decision(service, module))),
    ]
    asked = {"format": "pdf", "target_framework": "CQFW", "policy": "eu-annex-1"}
    answer = service.publisher.client.post("/recognition/reports", files=files, data=asked)
    paper = scratch / "report.pdf"
    paper.write_bytes(answer.content)
    leaves = enumerate(PdfReader(paper).pages, 1)
    decision = next(number for number, leaf in leaves if "13. Decision" in leaf.extract_text())
    shown = "".join(
        f'<embed src="report.pdf#toolbar=0&navpanes=0&view=Fit&page={number}" '
        f'type="application/pdf" width="{_PAPER_WIDTH}" height="{_PAPER_HEIGHT}">'
        for number in (1, decision)
    )
    desk = scratch / "paper.html"
    desk.write_text(f'<body style="margin: 0; display: flex">{shown}</body>', encoding="utf-8")
    page.set_viewport_size({"width": 2 * _PAPER_WIDTH, "height": _PAPER_HEIGHT})
    page.goto(desk.as_uri())
    page.wait_for_timeout(5000)  # the browser's own viewer does not say when it has drawn
    page.screenshot(path=folder / "recognition-pdf.png")


def _decision(service: Service, module: bytes) -> bytes:
    """What another institution signed about the badge."""
    publisher = service.publisher
    college = {"id": "nordhavn", **a_profile(name="Nordhavn College")}
    publisher.client.post("/api/v1/issuers", json=college, headers=publisher.headers)
    decided = publisher.client.post(
        "/api/v1/issuers/nordhavn/recognition-decisions",
        json={"credential": parse_object(module), **DECISION},
        headers=publisher.headers,
    )
    return dump_json(decided.json()["credential"])


def main(folder: Path) -> None:
    """Write every picture into the folder."""
    program = find_browser()
    if program is None:
        sys.exit("There is no Chromium on this machine.")
    with tempfile.TemporaryDirectory() as scratch:
        database = Path(scratch) / "signet.db"
        upgrade(Settings(database_url=f"sqlite:///{database}"))
        with (
            serve(database, Path(scratch) / "keys", PUBLIC_URL) as service,
            sync_playwright() as playwright,
            open_browser(playwright, program) as browser,
            browser.new_context() as context,
        ):
            _fill_catalogue(service)
            page = context.new_page()
            for shot in _shots(service):
                _take(page, service, shot, folder)
            _take_reports(page, service, folder, Path(scratch))
            _take_paper(page, service, folder, Path(scratch))


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else PROJECT / "docs" / "images")

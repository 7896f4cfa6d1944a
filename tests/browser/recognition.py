"""Handing credentials in for a recognition report, for tests and for pictures."""

from pathlib import Path

from playwright.sync_api import Page

from tests.browser.running import Service
from tests.microcredentials import a_microcredential


def issue_module(service: Service) -> bytes:
    """The file of a micro-credential that states everything, issued by the service's issuer."""
    # At the address of this service there is no such pathway: the issuer's own site has it.
    award = {
        "award": "https://www.inverbrae.example/awards/pgcert-data-ethics",
        "name": "PG Certificate Data Ethics",
        "pathway": "https://www.inverbrae.example/pathways/pgcert-data-ethics",
        "counts_for": "P5Y",
    }
    worth = a_microcredential(definition_policies=None, workload_hours=150, stacks_into=[award])
    issued = service.publisher.issue_module(worth, provider="Course Platform")
    return service.document(issued["id"])


def hand_in(page: Page, files: dict[str, bytes], folder: Path) -> None:
    """Fill in the form that the page shows, and send it."""
    paths = [folder / name for name in files]
    for path in paths:
        path.write_bytes(files[path.name])
    page.get_by_label("Credential files").set_input_files(paths)
    page.get_by_label("Your qualifications framework").select_option("CQFW")
    page.get_by_label("A definition to hold them against").select_option("eu-annex-1")
    page.get_by_role("button", name="Make the report").click()
    page.wait_for_selector("#report")

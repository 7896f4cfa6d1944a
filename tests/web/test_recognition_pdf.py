"""The recognition report as a PDF: read back with another library, and bounded."""

import io
from collections.abc import Iterator
from pathlib import Path
from threading import BoundedSemaphore
from typing import Any

import pytest
from fastapi.testclient import TestClient
from pypdf import PdfReader
from pypdf.generic import IndirectObject
from weasyprint.urls import FatalURLFetchingError

from app.encoding.jcs import canonicalize_json
from app.encoding.strict_json import JsonObject
from app.web import pdf, pdf_press
from tests.publishing import SLUG, Publisher
from tests.stacking import a_certificate_rule

PATH = "/recognition/reports"
ACCEPT = {"Accept": "application/pdf"}


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """Paper does not depend on the kind of database."""
    return sqlite_url


def elements(node: Any) -> Iterator[JsonObject]:
    """Every element of a structure tree, in the order of reading."""
    node = node.get_object() if isinstance(node, IndirectObject) else node
    if isinstance(node, list):
        for each in node:
            yield from elements(each)
    elif isinstance(node, dict):
        if "/S" in node:
            yield node
        yield from elements(node.get("/K", []))


def test_the_pdf_is_tagged_and_holds_what_it_was_made_of(publisher: Publisher) -> None:
    client = publisher.client
    ids = [publisher.issue(), publisher.issue()]
    badge = client.get(f"/credentials/{ids[0]}.json").json()
    picture = client.get(f"/credentials/{ids[1]}.png").content
    award = publisher.define(name="Certificate")
    way = client.post(
        f"/api/v1/issuers/{SLUG}/pathways",
        json=a_certificate_rule(award),
        headers=publisher.headers,
    ).json()
    files = [
        ("files", ("badge.json", canonicalize_json(badge))),
        ("files", ("badge.png", picture)),
        ("files", ("notes.txt", b"once upon a time")),
    ]
    asked = {"format": "pdf", "pathway": way["id"], "target_framework": "SCQF"}
    answer = client.post(PATH, files=files, data=asked, headers={"Accept": "text/html"})

    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.headers["content-disposition"].endswith('filename="recognition-report.pdf"')
    assert answer.headers["cache-control"] == "no-store"
    reader = PdfReader(io.BytesIO(answer.content))
    root: Any = reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "en"
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert "pdfuaid" in root["/Metadata"].get_data().decode()
    assert str(reader.metadata and reader.metadata.title).startswith("Recognition report: ")

    found = list(elements(root["/StructTreeRoot"]["/K"]))
    kinds = {str(each["/S"]) for each in found}
    assert {"/H1", "/H2", "/H3", "/Table", "/THead", "/TH", "/TD", "/Caption", "/LI"} <= kinds
    assert "/Figure" not in kinds
    cells = [each for each in found if each["/S"] == "/TD" and each["/A"].get("/Headers")]
    names = {str(each["/ID"]) for each in found if each["/S"] == "/TH" and "/ID" in each}
    assert cells
    assert all(str(name) in names for cell in cells for name in cell["/A"]["/Headers"])
    titles = [str(each["/Title"]) for each in reader.outline if not isinstance(each, list)]
    assert titles == ["Recognition report"]

    text = "\n".join(page.extract_text() for page in reader.pages)
    assert f"Page 2 of {len(reader.pages)}" in text
    assert "claimed by the issuer" in text
    assert "Pathway: Postgraduate Certificate in Data Ethics" in text
    assert "The examination board confirms the award" in text
    assert "13. Decision" in text

    attached = {name: each[0] for name, each in reader.attachments.items()}
    assert list(attached) == ["recognition-report.json", "credential-1.json", "credential-2.png"]
    assert attached["credential-1.json"] == canonicalize_json(badge)
    assert attached["credential-2.png"] == picture
    assert b'"pathway":{"pathway":' in attached["recognition-report.json"]
    related = [each.get_object() for each in root["/AF"]]
    assert [str(each["/AFRelationship"]) for each in related] == ["/Data", "/Source", "/Source"]
    assert str(related[1]["/EF"]["/F"].get_object()["/Subtype"]) == "/application/vc"


def test_a_pdf_of_what_is_no_credential_has_only_the_report_attached(client: TestClient) -> None:
    answer = client.post(PATH, json={"credentials": ["x"]}, headers=ACCEPT)

    reader = PdfReader(io.BytesIO(answer.content))
    assert list(reader.attachments) == ["recognition-report.json"]
    assert reader.metadata is not None
    assert reader.metadata.title == "Recognition report"


def test_without_pango_everything_but_pdf_is_there(
    client: TestClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    missing = "raise OSError(\"cannot load library 'libpango-1.0-0'\")"
    (tmp_path / "weasyprint.py").write_text(missing)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))

    answer = client.post(PATH, json={"credentials": ["x"]}, headers=ACCEPT)

    assert answer.status_code == 503
    assert answer.json()["code"] == "pdf_unavailable"
    assert client.post(PATH, json={"credentials": ["x"]}).status_code == 200


@pytest.mark.parametrize("fault", ["raise MemoryError", "import os; os.kill(os.getpid(), 9)"])
def test_a_report_that_costs_too_much_is_refused(
    client: TestClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    """The press ends like this when its memory or its computing time is used up."""
    (tmp_path / "weasyprint.py").write_text(fault)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))

    answer = client.post(PATH, json={"credentials": ["x"]}, headers=ACCEPT)

    assert answer.status_code == 422
    assert answer.json()["code"] == "pdf_too_costly"


def test_a_report_that_is_too_long_is_not_begun(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pdf, "MAX_CHARACTERS", 1000)

    answer = client.post(PATH, json={"credentials": ["x"]}, headers=ACCEPT)

    assert answer.json()["code"] == "pdf_too_costly"


def test_a_press_that_does_not_end_is_stopped(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pdf, "_SECONDS", 0)

    answer = client.post(PATH, json={"credentials": ["x"]}, headers=ACCEPT)

    assert answer.json()["code"] == "pdf_too_costly"


def test_when_every_press_is_busy_one_comes_back_later(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pdf, "_presses", BoundedSemaphore(1))
    monkeypatch.setattr(pdf, "_PATIENCE_SECONDS", 0)
    with pdf._presses:
        answer = client.post(PATH, json={"credentials": ["x"]}, headers=ACCEPT)

    assert answer.status_code == 503
    assert answer.json()["code"] == "unavailable"
    assert answer.headers["retry-after"]


def test_the_press_is_not_told_our_secrets(
    client: TestClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "weasyprint.py").write_text(
        "import os, sys\nsys.exit(any(name.startswith('SIGNET_') for name in os.environ))"
    )
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setenv("SIGNET_KEY_PASSPHRASE", "open sesame")

    answer = client.post(PATH, json={"credentials": ["x"]}, headers=ACCEPT)

    assert answer.status_code == 200  # the stand-in left without a word, and without an error


@pytest.mark.parametrize(
    "wanted",
    [
        '<img src="https://far.example/a.png" alt="">',
        '<img src="file:///etc/passwd" alt="">',
        '<link rel="attachment" href="file:///etc/passwd">',
        "<style>@import 'http://far.example/a.css'</style>",
    ],
)
def test_the_press_fetches_nothing(wanted: str) -> None:
    job = {"html": f"<html lang=en>{wanted}", "made_at": "2026-03-01T12:00:00Z", "files": []}

    with pytest.raises(FatalURLFetchingError, match="a page wants"):
        pdf_press.press(job)

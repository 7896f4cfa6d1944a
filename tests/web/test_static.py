"""The files that pages use: a closed list, nothing from elsewhere, the vendored one as it was."""

import hashlib
import re

import pytest
from fastapi.testclient import TestClient

from app.web.pages import STATIC, STATIC_TYPES, TEMPLATES, static_url

# jsqr 1.4.0 from npm, dist/jsQR.js; see app/web/static/README.md.
JSQR_SHA256 = "bc40c8a15196236b2314db0856f72ca0b49980cd5413b8c852a7349f5fee0859"


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """Files do not differ by database."""
    return sqlite_url


@pytest.mark.parametrize("name", sorted(STATIC_TYPES))
def test_a_file_may_be_kept_for_good_under_its_version(client: TestClient, name: str) -> None:
    answer = client.get(static_url(name))

    assert answer.content == (STATIC / name).read_bytes()
    assert answer.headers["content-type"] == STATIC_TYPES[name]
    assert "immutable" in answer.headers["cache-control"]
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_a_file_under_another_version_is_asked_for_again(client: TestClient) -> None:
    answer = client.get("/static/signet.css?v=old")

    assert answer.headers["cache-control"] == "no-cache"
    held = {"If-None-Match": answer.headers["etag"]}
    assert client.get("/static/signet.css", headers=held).status_code == 304


@pytest.mark.parametrize("name", ["README.md", "x.css", "..%2fpages.py", "jsqr-1.4.0.LICENSE"])
def test_nothing_else_is_served(client: TestClient, name: str) -> None:
    assert client.get(f"/static/{name}").status_code == 404


def test_the_vendored_decoder_is_the_published_one() -> None:
    data = (STATIC / "jsqr-1.4.0.js").read_bytes()

    assert hashlib.sha256(data).hexdigest() == JSQR_SHA256
    assert JSQR_SHA256 in (STATIC / "README.md").read_text()


def test_our_own_files_load_nothing_from_elsewhere() -> None:
    for path in (STATIC / "signet.css", STATIC / "scan.js", *STATIC.glob("*.svg")):
        text = path.read_text().replace('xmlns="http://www.w3.org/2000/svg"', "")
        assert not re.search(r"https?:|//[a-z]|@import", re.sub(r"^\s*//.*$", "", text, flags=re.M))


# The second is data for search engines: a browser runs nothing of that type.
ALLOWED_SCRIPTS = [
    "<script src=\"{{ static('scan.js') }}\" defer>",
    '<script type="application/ld+json">',
]


def test_templates_need_no_inline_style_or_script() -> None:
    # The paper's frame becomes a PDF here; no browser reads it.
    for path in set(TEMPLATES.glob("*.html")) - {TEMPLATES / "paper.html"}:
        text = path.read_text()
        assert not re.search(r"<style|\sstyle=|\son[a-z]+=|javascript:", text), path.name
        for script in re.findall(r"<script[^>]*>", text):
            assert script in ALLOWED_SCRIPTS, path.name
        assert "|safe" not in re.sub(r"\|safe_link", "", text), path.name

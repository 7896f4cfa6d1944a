"""A credential at its address: the page, the exact bytes, the downloads."""

import json
import re
from datetime import UTC, datetime

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import delete, update
from sqlalchemy.orm import make_transient

from app.credentials.png import unbake_png
from app.credentials.svg import unbake_svg
from app.storage.tables import Credential, Key
from app.web.dependencies import current_time
from tests.publishing import Publisher

BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
PNG_START = b"\x89PNG\r\n\x1a\n"


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """Pages do not differ by database."""
    return sqlite_url


def _stored(app: FastAPI, credential: str) -> bytes:
    with app.state.desk.database.read() as session:
        return bytes(session.get_one(Credential, credential).document)


def _words(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


# --- what is answered to whom -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        ("*/*", "application/vc"),
        ("application/vc", "application/vc"),
        ("application/ld+json", "application/ld+json"),
        ("application/json", "application/json"),
        ("application/json, text/html;q=0.5", "application/json"),
    ],
)
def test_programs_get_the_exact_signed_bytes(
    client: TestClient, app: FastAPI, publisher: Publisher, accept: str, media_type: str
) -> None:
    credential = publisher.issue()

    answer = client.get(f"/credentials/{credential}", headers={"Accept": accept})

    assert answer.content == _stored(app, credential)
    assert answer.headers["content-type"] == media_type
    assert "Accept" in answer.headers["vary"].split(", ")
    assert answer.headers["access-control-allow-origin"] == "*"


def test_a_second_read_has_the_same_bytes_and_forgets_them_within_a_minute(
    client: TestClient, app: FastAPI, publisher: Publisher
) -> None:
    desk, now = app.state.desk, 0.0
    desk.kept.clock = lambda: now
    credential = publisher.issue()
    stored = _stored(app, credential)
    path = f"/credentials/{credential}"
    assert client.get(path).content == stored
    with desk.database.write() as session:  # by hand; nothing here does
        session.execute(delete(Credential).where(Credential.id == credential))

    now += 59
    again = client.get(path)
    page = client.get(path, headers=BROWSER)
    now += 2
    late = client.get(path)

    assert (again.status_code, again.content) == (200, stored)
    assert page.status_code == 404
    assert late.status_code == 404
    assert late.json()["code"] == "not_found"


def test_what_was_looked_for_too_early_is_found_when_it_is_there(
    client: TestClient, app: FastAPI, publisher: Publisher
) -> None:
    credential = publisher.issue()
    with app.state.desk.database.write() as session:
        row = session.get_one(Credential, credential)
        session.expunge(row)
        session.execute(delete(Credential).where(Credential.id == credential))
    assert client.get(f"/credentials/{credential}").status_code == 404
    with app.state.desk.database.write() as session:
        make_transient(row)
        session.add(row)

    assert client.get(f"/credentials/{credential}").content == _stored(app, credential)


def test_a_program_that_holds_the_bytes_already_is_told_so(
    client: TestClient, publisher: Publisher
) -> None:
    path = f"/credentials/{publisher.issue()}"
    etag = client.get(path).headers["etag"]

    answer = client.get(path, headers={"If-None-Match": etag})

    assert answer.status_code == 304
    assert answer.content == b""


def test_a_revoked_credential_is_still_served_to_programs(
    client: TestClient, app: FastAPI, publisher: Publisher
) -> None:
    credential = publisher.issue()
    publisher.revoke(credential)

    assert client.get(f"/credentials/{credential}").content == _stored(app, credential)


@pytest.mark.parametrize("suffix", ["", ".json", ".jwt", ".png", ".svg", "/picture.png"])
@pytest.mark.parametrize("unknown", ["A" * 22, "x", "%2e%2e", "A" * 300])
def test_what_was_never_issued_is_not_found(client: TestClient, suffix: str, unknown: str) -> None:
    assert client.get(f"/credentials/{unknown}{suffix}").status_code in {404, 422}


# --- the page -----------------------------------------------------------------------------------


def test_the_page_says_who_issued_what_to_whom_and_that_it_is_genuine(
    client: TestClient, publisher: Publisher
) -> None:
    answer = client.get(f"/credentials/{publisher.issue()}", headers=BROWSER)

    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    words = _words(answer.text)
    for expected in (
        "Verified",
        "University of Inverbrae",
        "known to this service",
        "Identified by its web address, 127.0.0.1:8000",
        "Data Ethics in Practice",
        "Awarded to Ailsa Morrison",
        "30 January 2026",
        "2 March 2031",
        "Credits earned 10",
        "INV-DE-101",
        "INV-2026-00017",
        "written examination",
        "Written examination 72 %",
        "Case study Excellent",
        "Also proposes measures that stand up to scrutiny.",
        "SCQF level 9",
        "Case study: a shared care record",
        "data protection",
        "Checked by 127.0.0.1:8000, which also issued it, from its own records.",
        "Checked on 1 March 2026, 12:00 UTC",
    ):
        assert expected in words
    assert words.count("Passed") == 7
    assert "Failed" not in words
    assert "Case study Excellent" in re.sub(r"<[^>]+>", "", answer.text)  # as it is read out


def test_the_page_never_shows_an_address_of_the_learner(
    client: TestClient, publisher: Publisher
) -> None:
    html = client.get(f"/credentials/{publisher.issue()}", headers=BROWSER).text

    assert "ailsa.morrison@" not in html
    assert "sha256$" not in html


def test_a_learner_without_a_name_is_not_named(client: TestClient, publisher: Publisher) -> None:
    credential = publisher.issue(recipient={"email": "ailsa@students.inverbrae.example"})

    assert "Awarded to" not in client.get(f"/credentials/{credential}", headers=BROWSER).text


def test_a_revoked_credential_says_since_when_and_why(
    client: TestClient, publisher: Publisher
) -> None:
    credential = publisher.issue()
    publisher.revoke(credential, "The placement was not completed.")

    html = client.get(f"/credentials/{credential}", headers=BROWSER).text

    words = _words(html)
    assert "Not valid: revoked" in words
    assert "Revoked on 1 March 2026." in words
    assert "Reason given by the issuer: The placement was not completed." in words
    assert "Add to LinkedIn" not in words
    assert "Not valid: revoked" in html.split("</title>")[0]
    assert 'content="Data Ethics in Practice – Not valid: revoked"' in html


def test_an_expired_credential_says_until_when(
    client: TestClient, app: FastAPI, publisher: Publisher
) -> None:
    credential = publisher.issue()
    app.dependency_overrides[current_time] = lambda: datetime(2032, 1, 1, tzinfo=UTC)

    words = _words(client.get(f"/credentials/{credential}", headers=BROWSER).text)

    assert "Not valid: expired" in words
    assert "It was valid until 2 March 2031." in words


def test_a_credential_of_tomorrow_says_from_when(client: TestClient, publisher: Publisher) -> None:
    credential = publisher.issue(valid_from="2026-03-02T09:00:00Z")

    words = _words(client.get(f"/credentials/{credential}", headers=BROWSER).text)

    assert "Not valid yet" in words
    assert "It will be valid from 2 March 2026." in words


def test_what_was_signed_with_a_key_that_is_now_compromised_is_only_a_claim(
    client: TestClient, app: FastAPI, publisher: Publisher
) -> None:
    credential = publisher.issue()
    with app.state.desk.database.write() as session:
        session.execute(
            update(Key).values(state="revoked", revoked_at=datetime(2026, 2, 2, tzinfo=UTC))
        )

    html = client.get(f"/credentials/{credential}", headers=BROWSER).text

    words = _words(html)
    assert "Verified" not in words
    assert "What this file claims" in words
    assert "None of this is confirmed" in words
    assert 'class="certificate' not in html


def test_hostile_words_from_an_issuer_stay_words(client: TestClient, publisher: Publisher) -> None:
    hostile = '"><script>alert(1)</script><img src=x onerror=alert(1)>'
    achievement = publisher.define(
        name=hostile,
        description=hostile,
        criteria={"narrative": f"{hostile} [x](javascript:alert(1)) [y](//evil.example)"},
        image=None,
        tag=[hostile],
    )
    credential = publisher.issue(
        achievement=achievement,
        recipient={"email": "a@students.example", "name": hostile},
        narrative=hostile,
        license_number=hostile,
    )

    for path in (f"/credentials/{credential}", achievement.removeprefix("http://127.0.0.1:8000")):
        html = client.get(path, headers=BROWSER).text
        # The achievement's data for search engines is the one element of that name, and no script.
        assert "<script" not in html.replace('<script type="application/ld+json">', "")
        assert "onerror=alert(1)>" not in html
        assert 'href="javascript' not in html
        assert 'href="//' not in html


def test_a_picture_of_another_host_is_never_loaded(
    client: TestClient, publisher: Publisher
) -> None:
    image = {"id": "https://tracker.example/pixel.png", "type": "Image"}
    credential = publisher.issue(achievement=publisher.define(image=image))

    html = client.get(f"/credentials/{credential}", headers=BROWSER).text

    assert "tracker.example" not in html
    assert '<img src="data:image/svg+xml;base64,' in html


def test_the_page_loads_nothing_and_runs_nothing(client: TestClient, publisher: Publisher) -> None:
    answer = client.get(f"/credentials/{publisher.issue()}", headers=BROWSER)

    assert answer.headers["content-security-policy"] == (
        "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; "
        "frame-ancestors 'none'; base-uri 'none'"
    )
    assert "set-cookie" not in answer.headers
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert "noindex" in answer.headers["x-robots-tag"]
    assert not re.search(r"<script|\sstyle=|\son[a-z]+=", answer.text)
    for source in re.findall(r'(?:src|<link[^>]+href)="([^"]+)"', answer.text):
        assert source.startswith(("/static/", "data:image/", "http://127.0.0.1:8000/"))


def test_a_link_preview_has_a_picture_and_does_not_name_the_learner(
    client: TestClient, publisher: Publisher
) -> None:
    credential = publisher.issue()

    html = client.get(f"/credentials/{credential}", headers=BROWSER).text

    preview = "".join(re.findall(r"<meta property=.*?>", html))
    address = f"http://127.0.0.1:8000/credentials/{credential}"
    assert f'property="og:image" content="{address}/picture.png"' in preview
    assert 'content="Issued 1 February 2026 by University of Inverbrae.' in preview
    assert "Ailsa" not in preview
    assert client.get(f"/credentials/{credential}/picture.png").content.startswith(PNG_START)


def test_the_page_leads_to_linkedin_with_everything_filled_in(
    client: TestClient, publisher: Publisher
) -> None:
    credential = publisher.issue()

    html = client.get(f"/credentials/{credential}", headers=BROWSER).text

    link = re.search(r'href="(https://www\.linkedin\.com/[^"]+)"', html)
    assert link is not None
    assert link[1].replace("&amp;", "&") == (
        "https://www.linkedin.com/profile/add?startTask=CERTIFICATION_NAME"
        "&name=Data%20Ethics%20in%20Practice&organizationName=University%20of%20Inverbrae"
        "&issueYear=2026&issueMonth=1&expirationYear=2031&expirationMonth=3"
        f"&certUrl=http%3A%2F%2F127.0.0.1%3A8000%2Fcredentials%2F{credential}&certId={credential}"
    )


# --- downloads ----------------------------------------------------------------------------------


def test_the_json_file_is_the_signed_document(
    client: TestClient, app: FastAPI, publisher: Publisher
) -> None:
    credential = publisher.issue()

    answer = client.get(f"/credentials/{credential}.json")

    assert answer.content == _stored(app, credential)
    assert answer.headers["content-type"] == "application/vc"


def test_the_token_is_plain_text(client: TestClient, publisher: Publisher) -> None:
    answer = client.get(f"/credentials/{publisher.issue()}.jwt")

    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert re.fullmatch(r"[\w-]+\.[\w-]+\.[\w-]+", answer.text)


def test_without_a_token_there_is_none_to_download(
    client: TestClient, app: FastAPI, publisher: Publisher
) -> None:
    credential = publisher.issue()
    with app.state.desk.database.write() as session:
        session.execute(update(Credential).values(jwt=None))

    assert client.get(f"/credentials/{credential}.jwt").status_code == 404
    assert "Token (JWT)" not in client.get(f"/credentials/{credential}", headers=BROWSER).text


def test_the_baked_pictures_carry_the_signed_document(
    client: TestClient, app: FastAPI, publisher: Publisher
) -> None:
    credential = publisher.issue()

    png = client.get(f"/credentials/{credential}.png")
    svg = client.get(f"/credentials/{credential}.svg")

    document = json.loads(_stored(app, credential))
    assert json.loads(unbake_png(png.content)) == document
    assert json.loads(unbake_svg(svg.content)) == document
    assert png.headers["content-type"] == "image/png"
    assert svg.headers["content-type"] == "image/svg+xml"
    name = 'attachment; filename="data-ethics-in-practice.png"'
    assert png.headers["content-disposition"] == name


def test_an_uploaded_picture_is_shown_and_baked(client: TestClient, publisher: Publisher) -> None:
    picture = client.get(f"/credentials/{publisher.issue()}/picture.png").content
    uploaded = publisher.upload(picture, "image/png")
    achievement = publisher.define(image={"id": uploaded, "type": "Image"}, name="With a picture")
    credential = publisher.issue(achievement=achievement)

    html = client.get(f"/credentials/{credential}", headers=BROWSER).text
    baked = client.get(f"/credentials/{credential}.png").content

    assert f'<img src="{uploaded.removeprefix("http://127.0.0.1:8000")}"' in html
    assert client.get(f"/credentials/{credential}/picture.png").content == picture
    assert baked.startswith(picture[:-12])
    # There is no SVG of it, so that one gets our medal.
    assert b"textPath" in client.get(f"/credentials/{credential}.svg").content


def test_an_uploaded_picture_that_is_gone_is_replaced_by_the_medal(
    client: TestClient, publisher: Publisher
) -> None:
    image = {"id": f"http://127.0.0.1:8000/images/{'0' * 64}.png", "type": "Image"}
    credential = publisher.issue(achievement=publisher.define(image=image))

    answer = client.get(f"/credentials/{credential}/picture.png")

    assert answer.content.startswith(PNG_START)

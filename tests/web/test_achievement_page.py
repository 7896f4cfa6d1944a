"""What can be earned, at its address: the page, and the document that never changes."""

import json
import re

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from app.storage.tables import Achievement
from tests.builders import an_achievement_definition
from tests.publishing import Publisher

BROWSER = {"Accept": "text/html"}
HOST = "http://127.0.0.1:8000"


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """Pages do not differ by database."""
    return sqlite_url


def _words(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


def _newer(publisher: Publisher, name: str) -> str:
    answer = publisher.client.post(
        publisher.achievement.replace("/achievements/", "/api/v1/issuers/inverbrae/achievements/")
        + "/versions",
        json=an_achievement_definition(name=name, image=None),
        headers=publisher.headers,
    )
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


@pytest.mark.parametrize("accept", ["*/*", "application/json", "application/ld+json"])
def test_programs_get_the_published_bytes(
    client: TestClient, app: FastAPI, publisher: Publisher, accept: str
) -> None:
    answer = client.get(publisher.achievement, headers={"Accept": accept})

    with app.state.desk.database.read() as session:
        row = session.get_one(Achievement, publisher.achievement.rpartition("/")[2])
        assert answer.content == row.document
    assert json.loads(answer.content)["id"] == publisher.achievement
    assert answer.headers["content-type"] == accept.replace("*/*", "application/json")
    assert answer.headers["access-control-allow-origin"] == "*"
    assert "Accept" in answer.headers["vary"].split(", ")
    assert "immutable" in answer.headers["cache-control"]
    again = client.get(
        publisher.achievement, headers={"Accept": accept, "If-None-Match": answer.headers["etag"]}
    )
    assert again.status_code == 304


def test_the_page_says_what_it_takes(client: TestClient, publisher: Publisher) -> None:
    answer = client.get(publisher.achievement, headers=BROWSER)

    words = _words(answer.text)
    for expected in (
        "Data Ethics in Practice",
        "micro-credential",
        "Offered by University of Inverbrae",
        "Credits 10",
        "INV-DE-101",
        "Information science",
        "Language English (en-GB)",
        "written examination",
        "Results it may carry",
        "Needed: 50 %",
        "Proficient (2) Names the risks and weighs them against each other.",
        "Possible: A, B, C, D",
        "SCQF level 9",
        "Version 1 , this page",
    ):
        assert expected in words
    assert "There is a newer version" not in words


def test_an_older_version_points_to_the_newest(client: TestClient, publisher: Publisher) -> None:
    newer = _newer(publisher, "Data Ethics in Practice, revised")

    old = client.get(publisher.achievement, headers=BROWSER).text
    new = client.get(newer, headers=BROWSER).text

    path = newer.removeprefix(HOST)
    assert f'There is a newer version of this achievement: <a href="{path}">open version 2' in old
    assert "There is a newer version" not in new
    assert f'href="{publisher.achievement.removeprefix(HOST)}">Version 1</a>' in new


def test_the_picture_is_there_for_link_previews(client: TestClient, publisher: Publisher) -> None:
    html = client.get(publisher.achievement, headers=BROWSER).text

    assert f'property="og:image" content="{publisher.achievement}/picture.png"' in html
    picture = client.get(f"{publisher.achievement}/picture.png")
    assert picture.content.startswith(b"\x89PNG\r\n\x1a\n")
    assert picture.headers["content-type"] == "image/png"


@pytest.mark.parametrize("accept", ["text/html", "application/json"])
@pytest.mark.parametrize("unknown", ["A" * 22, "x"])
def test_what_was_never_published_is_not_found(
    client: TestClient, accept: str, unknown: str
) -> None:
    answer = client.get(f"/achievements/{unknown}", headers={"Accept": accept})

    assert answer.status_code == 404

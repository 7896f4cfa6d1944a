"""The page of a batch, for people who wait for it: numbers that come to an end."""

import re

import pytest
from fastapi import FastAPI

from tests.batches import BATCHES, work_off
from tests.publishing import Publisher

BROWSER = {"Accept": "text/html"}


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """What a page says does not depend on the kind of database."""
    return sqlite_url


def said(publisher: Publisher, batch: str) -> str:
    """The words of the page."""
    html = publisher.client.get(f"/batches/{batch}", headers=BROWSER).text
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def test_rows_that_have_to_be_mended_are_not_waited_for(app: FastAPI, publisher: Publisher) -> None:
    addresses = ("a@x.example", "nobody", "b@x.example")
    rows = [
        {"achievement": publisher.achievement, "recipient": {"email": address}}
        for address in addresses
    ]
    sent = publisher.client.post(
        BATCHES,
        json={"rows": rows},
        params={"accept": "partial"},
        headers=publisher.headers,
    )
    batch = sent.json()["id"]

    assert "0 of 3 checked" in said(publisher, batch)
    work_off(app, chunks=1)
    assert "0 of 2 issued" in said(publisher, batch)
    assert "How far it is" in said(publisher, batch)
    work_off(app)
    words = said(publisher, batch)
    assert "What became of the rows" in words
    assert "Issued 2 Issued before 0 To be mended 1" in words


def test_a_dry_run_says_that_nothing_is_issued(app: FastAPI, publisher: Publisher) -> None:
    row = {"achievement": publisher.achievement, "recipient": {"email": "a@x.example"}}
    sent = publisher.client.post(
        BATCHES, json={"rows": [row]}, params={"dry_run": "true"}, headers=publisher.headers
    )
    work_off(app)

    words = said(publisher, sent.json()["id"])
    assert "they are only checked, and nothing is issued" in words
    assert "Checked 1 Issued 0" in words

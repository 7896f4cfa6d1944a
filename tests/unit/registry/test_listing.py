"""Pages of a list; how they look from outside stands in tests/web/test_issuers.py."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.errors import InvalidRequest
from app.registry.listing import list_page
from app.registry.row_ids import is_row_id
from app.storage.database import Database
from app.storage.tables import Issuer
from tests.conftest import NOW


@pytest.fixture
def seven(database: Database) -> Database:
    """Seven issuers, of which three were made at the same moment."""
    minutes = [0, 1, 1, 1, 2, 3, 4]
    with database.write() as session:
        for number, minute in enumerate(minutes):
            moment = NOW + timedelta(minutes=minute)
            session.add(
                Issuer(
                    id=f"i{number}",
                    did=f"did:web:example.org:{number}",
                    did_method="web",
                    profile={"name": "x"},
                    created_at=moment,
                    updated_at=moment,
                )
            )
    return database


def read_all(database: Database, limit: int) -> list[list[str]]:
    pages: list[list[str]] = []
    cursor = None
    with database.read() as session:
        while not pages or cursor is not None:
            page = list_page(
                session, select(Issuer), Issuer.created_at, Issuer.id, limit=limit, cursor=cursor
            )
            assert page.total == 7
            pages.append([issuer.id for issuer in page.items])
            cursor = page.next
    return pages


@pytest.mark.parametrize("limit", [1, 2, 3, 6, 7, 8, 100])
def test_every_row_stands_on_one_page(seven: Database, limit: int) -> None:
    pages = read_all(seven, limit)
    assert [id_ for page in pages for id_ in page] == [f"i{n}" for n in reversed(range(7))]
    assert all(len(page) == limit for page in pages[:-1])
    assert len(pages) == -(-7 // limit)


@pytest.mark.parametrize("limit", [-1, 0, 101, 10**9])
def test_a_page_has_one_to_a_hundred_rows(database: Database, limit: int) -> None:
    with pytest.raises(InvalidRequest) as refused:
        read_all(database, limit)
    assert refused.value.field == "limit"


def test_only_what_could_be_an_id_is_one() -> None:
    assert is_row_id("A-z_0123456789abcdefgh")
    for text in ("", "a" * 21, "a" * 23, "a" * 21 + "\n", "é" * 22, "a" * 21 + "\0"):
        assert not is_row_id(text)

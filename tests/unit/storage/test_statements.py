"""Statements that go straight to the driver keep SQLAlchemy's promises, on both databases."""

from datetime import timedelta, timezone

import pytest
from sqlalchemy import bindparam, event, func, insert, select, text
from sqlalchemy.exc import IntegrityError, OperationalError, SQLAlchemyError

from app.settings import Settings
from app.storage.database import Database, make_engine
from app.storage.statements import ReadyStatement
from app.storage.tables import Image, Issuer
from tests.conftest import NOW

ADD = ReadyStatement(insert(Image))
READ = ReadyStatement(select(Image).where(Image.id == bindparam("id")))
ISSUER = ReadyStatement(select(Issuer).where(Issuer.id == bindparam("id")))
LATEST = ReadyStatement(select(func.max(Image.created_at)).where(Image.media_type == "image/png"))

IMAGE = {"id": "0" * 64, "media_type": "image/png", "data": b"\x00\xff", "created_at": NOW}


def an_issuer() -> Issuer:
    return Issuer(
        id="acme",
        did="did:web:example.org",
        did_method="web",
        profile={"name": "Acme", "number": 7},
        created_at=NOW,
        updated_at=NOW,
    )


def test_values_come_back_as_their_columns_have_them(database: Database) -> None:
    elsewhere = NOW.astimezone(timezone(timedelta(hours=5)))
    with database.write() as session:
        assert ADD.rows(session, **{**IMAGE, "created_at": elsewhere}) == []
        session.add(an_issuer())
    with database.read() as session:
        [image] = READ.objects(session, Image, id="0" * 64)
        assert (image.data, image.created_at) == (b"\x00\xff", NOW)
        assert image.created_at.utcoffset() == timedelta(0)
        assert LATEST.row(session) == (NOW,)
        [issuer] = ISSUER.objects(session, Issuer, id="acme")
        assert issuer.profile == {"name": "Acme", "number": 7}
        assert issuer not in session
        assert READ.row(session, id="none") is None
    assert database.look(READ, id="0" * 64) == ("0" * 64, "image/png", b"\x00\xff", NOW)


def test_what_is_pending_in_the_session_is_seen(database: Database) -> None:
    with database.write() as session:
        session.add(an_issuer())
        assert ISSUER.row(session, id="acme") is not None


def test_a_parameter_that_is_missing_is_never_stored_as_nothing(database: Database) -> None:
    incomplete = {name: value for name, value in IMAGE.items() if name != "data"}
    with pytest.raises((SQLAlchemyError, KeyError)), database.write() as session:
        ADD.rows(session, **incomplete)
    assert database.look(READ, id="0" * 64) is None


def test_a_refusal_is_sqlalchemys_and_shows_no_parameter(database: Database) -> None:
    with database.write() as session:
        ADD.rows(session, **IMAGE)
    with pytest.raises(IntegrityError) as refused, database.write() as session:
        ADD.rows(session, **{**IMAGE, "data": b"hunter2"})
    assert "hunter2" not in str(refused.value)


def test_whoever_listens_to_the_engine_hears_of_it(database: Database) -> None:
    heard: list[str] = []

    def executed(_c: object, _cursor: object, statement: str, *_rest: object) -> None:
        heard.append(statement)

    event.listen(database.engine, "before_cursor_execute", executed)
    event.listen(database.engine, "after_cursor_execute", executed)
    database.look(READ, id="0" * 64)
    assert len(heard) == 2
    assert heard[0].startswith("SELECT images.id")
    assert heard[0] == heard[1]


def test_a_connection_that_is_lost_is_not_used_again(postgres_url: str) -> None:
    database = Database(make_engine(Settings(database_url=postgres_url)))
    other = Database(make_engine(Settings(database_url=postgres_url)))

    def lose_the_connection() -> None:
        with database.write() as session:
            session.add(an_issuer())
            own = session.scalar(text("SELECT pg_backend_pid()"))
            with other.write() as killer:
                killer.execute(text("SELECT pg_terminate_backend(:pid, 60000)"), {"pid": own})
            ISSUER.row(session, id="acme")

    with pytest.raises(OperationalError) as refused:
        lose_the_connection()
    assert refused.value.connection_invalidated
    assert database.look(ISSUER, id="acme") is None
    database.close()
    other.close()

"""Chunks under the worker: what changes meanwhile, what fails, what is kept and for how long."""

import json
import sqlite3
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, func, select, update
from sqlalchemy.exc import OperationalError

from app.credentials.identity import recipient_matches
from app.encoding.strict_json import parse_object
from app.errors import Conflict
from app.issuing import batch_chunks, batch_intake, batch_rows
from app.issuing.batch_intake import receive_rows
from app.issuing.batches import (
    BatchOptions,
    cancel_batch,
    close_upload,
    fail_batch,
    load_batch,
    next_chunk,
    open_batch,
    progress_of,
    results_of,
    resume_batch,
)
from app.issuing.desk import IssuingDesk, open_issuing
from app.issuing.signing import sign_and_verify
from app.jobs.batches import work_on_chunk
from app.jobs.desk import JobDesk
from app.jobs.fsck import check_everything
from app.jobs.retention import empty_old_batches
from app.keys.signer import open_key_store
from app.registry.achievements import create_achievement
from app.registry.keys import rotate_key
from app.settings import Settings
from app.storage.database import Database
from app.storage.tables import (
    Achievement,
    Award,
    Batch,
    BatchChunk,
    Credential,
    IssuedRow,
    Issuer,
    OutboxItem,
    StatusList,
)
from app.web.request_log import make_log
from tests.builders import an_achievement_definition
from tests.conftest import NOW
from tests.issuers import make_issuer

SLUG = "inverbrae"
ACTOR = {"now": NOW, "actor": "cli:test"}


def no_queue(session: object, batch_id: str, numbers: object) -> None:
    pass


class Bench:
    """A database with an issuer and an achievement, and a worker that does one chunk at a time."""

    def __init__(self, database: Database, settings: Settings, *, did_method: str = "web") -> None:
        issuing = open_issuing(settings)
        self.desk = JobDesk(database, issuing, make_log("ERROR"))
        self.database = database
        with database.write() as session:
            common: dict[str, Any] = {**ACTOR}
            issuer = make_issuer(session, issuing, SLUG, did_method=did_method)
            self.achievement = create_achievement(
                session, settings, issuer, an_achievement_definition(), **common
            ).id

    def send(self, *rows: Any, accept: str = "partial", named: bool = True) -> str:
        achievement = self.achievement if named else None
        options = BatchOptions("ndjson", accept, achievement=achievement)
        content = b"".join(json.dumps(row).encode() + b"\n" for row in rows)
        with self.database.write() as session:
            batch_id = open_batch(session, SLUG, options, at_most=9, now=NOW, actor="cli:test").id
        received = receive_rows(self.database, self.desk.issuing, batch_id, options, [content])
        with self.database.write() as session:
            close_upload(
                session,
                batch_id,
                total=received.rows,
                chunks=received.chunks,
                enqueue=no_queue,
                now=NOW,
                actor="cli:test",
            )
        return batch_id

    def work(self, chunks: int = 99, clock: datetime = NOW) -> None:
        for _ in range(chunks):
            with self.database.read() as session:
                chunk = next_chunk(session)
            if chunk is not None:
                work_on_chunk(self.desk, *chunk, enqueue=no_queue, clock=lambda: clock)

    def batch(self, batch_id: str) -> Batch:
        with self.database.read() as session:
            return load_batch(session, SLUG, batch_id)

    def outcomes(self, batch_id: str) -> list[tuple[str, str]]:
        """What became of each row, with the first thing to mend."""
        with self.database.read() as session:
            results = results_of(session, batch_id, 0) or []
        return [(each.outcome, each.findings[0].code if each.findings else "") for each in results]

    def count(self, table: Any) -> int:
        with self.database.read() as session:
            return session.scalars(select(func.count()).select_from(table)).one()


@pytest.fixture
def settings(sqlite_url: str, tmp_path: Path) -> Settings:
    return Settings(database_url=sqlite_url, keys=f"file:{tmp_path / 'keys'}")


@pytest.fixture
def bench(database: Database, settings: Settings) -> Bench:
    return Bench(database, settings)


def row(number: int = 1, **members: Any) -> dict[str, Any]:
    return {"recipient": {"email": f"learner{number}@b.example"}, "key": str(number), **members}


def once_signed(monkeypatch: pytest.MonkeyPatch, change: Callable[[], None]) -> None:
    """Let something happen once, when a credential was signed and is not yet stored."""
    sign = sign_and_verify
    waiting = [change]

    def sign_first(*arguments: Any, **options: Any) -> bytes:
        signed = sign(*arguments, **options)
        if waiting:
            waiting.pop()()
        return signed

    monkeypatch.setattr("app.issuing.batch_signing.sign_and_verify", sign_first)


def second_overtakes(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, first: str, second: str
) -> None:
    """Check two batches of a chunk each, and issue the second while the first is being signed."""

    def work_on(batch: str) -> None:
        work_on_chunk(bench.desk, batch, 0, enqueue=no_queue, clock=lambda: NOW)

    work_on(first)
    work_on(second)
    once_signed(monkeypatch, lambda: work_on(second))
    work_on(first)


def test_a_chunk_that_was_cut_off_uses_the_entries_that_it_had_reserved(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = bench.send(row(1), row(2))

    def cut_off() -> None:
        raise OperationalError("COMMIT", {}, Exception("gone"))

    once_signed(monkeypatch, cut_off)
    with pytest.raises(OperationalError):
        bench.work()
    assert bench.count(Credential) == 0
    bench.work()

    assert bench.batch(batch).issued == bench.count(Credential) == 2
    with bench.database.read() as session:
        assert session.scalars(select(StatusList.next_position)).one() == 2


def test_entries_that_a_batch_did_not_need_are_no_damage_and_a_credential_that_is_gone_is(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench.send(row(1), row(1), row(2))  # three entries for two credentials
    bench.work()
    stopped = bench.send(row(3))

    def cut_off() -> None:
        raise OperationalError("COMMIT", {}, Exception("gone"))

    once_signed(monkeypatch, cut_off)
    with pytest.raises(OperationalError):
        bench.work()
    assert bench.batch(stopped).issued == 0

    def codes() -> list[str]:
        with bench.database.read() as session:
            nobody: dict[str, Any] = {"now": NOW, "progress": lambda _: None}
            found = check_everything(session, bench.desk.issuing, **nobody)
            return [each.code for each in found]

    assert codes() == []
    with bench.database.write() as session:
        gone = session.scalars(select(IssuedRow).where(IssuedRow.key == "2")).one()
        session.execute(delete(IssuedRow).where(IssuedRow.key == "2"))
        session.execute(delete(Credential).where(Credential.id == gone.credential_id))
    assert codes() == ["credentials_lost"]


def test_a_credential_that_is_gone_is_missed_when_no_verdict_speaks_of_it_any_more(
    sqlite_database: Database, sqlite_url: str, tmp_path: Path
) -> None:
    database = sqlite_database
    bench = Bench(database, Settings(database_url=sqlite_url, keys=f"file:{tmp_path / 'keys'}"))
    batch = bench.send(row(1), row(2))
    bench.work()
    assert bench.batch(batch).issued == 2
    shell = sqlite3.connect(sqlite_url.removeprefix("sqlite:///"))  # without foreign keys
    shell.execute("DELETE FROM credentials WHERE id = (SELECT min(id) FROM credentials)")
    shell.execute("UPDATE batch_chunks SET results = NULL")
    shell.commit()
    shell.close()

    with database.read() as session:
        nobody: dict[str, Any] = {"now": NOW, "progress": lambda _: None}
        found = list(check_everything(session, bench.desk.issuing, **nobody))

    assert [each.code for each in found] == ["credentials_lost"]


def test_uploads_that_were_cut_off_do_not_keep_others_out_for_long(bench: Bench) -> None:
    def begin(now: datetime) -> None:
        with bench.database.write() as session:
            options = BatchOptions("csv")
            open_batch(session, SLUG, options, at_most=2, now=now, actor="cli:test")

    begin(NOW)
    begin(NOW)
    with pytest.raises(Conflict):
        begin(NOW + timedelta(minutes=59))
    begin(NOW + timedelta(minutes=61))


def test_a_key_that_was_rotated_while_a_chunk_was_signed_signs_none_of_it(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = bench.send(row())
    bench.work(1)
    rotated: list[str] = []

    def rotate() -> None:
        with bench.database.write() as session:
            key = rotate_key(
                session,
                bench.desk.issuing.key_store,
                session.get_one(Issuer, SLUG),
                purpose="credentials",
                key_type="Ed25519",
                now=NOW,
                actor="cli:test",
            )
            rotated.append(key.id)

    once_signed(monkeypatch, rotate)
    bench.work(1)

    assert bench.batch(batch).state == "done"
    with bench.database.read() as session:
        assert session.scalars(select(Credential.key_id)).all() == rotated


def test_an_achievement_withdrawn_between_check_and_issue_refuses_its_rows(bench: Bench) -> None:
    batch = bench.send(row())
    bench.work(1)
    with bench.database.write() as session:
        session.execute(update(Achievement).values(state="withdrawn"))
    bench.work()

    record = bench.batch(batch)
    assert (record.state, record.issued, record.refused) == ("done", 0, 1)
    assert bench.outcomes(batch) == [("refused", "achievement_state")]


def test_a_batch_cancelled_while_a_chunk_is_signed_issues_none_of_it(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = bench.send(row())
    bench.work(1)

    def cancel() -> None:
        with bench.database.write() as session:
            cancel_batch(session, batch, now=NOW, actor="cli:test")

    once_signed(monkeypatch, cancel)
    bench.work(1)

    assert (bench.batch(batch).state, bench.count(Credential)) == ("cancelled", 0)


def test_a_key_that_another_batch_used_meanwhile_is_a_repetition(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = bench.send(row()), bench.send(row())
    second_overtakes(bench, monkeypatch, first, second)

    assert (bench.outcomes(second), bench.outcomes(first)) == (
        [("issued", "")],
        [("repeated", "")],
    )
    assert bench.count(Credential) == 1


def test_a_confirmed_row_whose_key_another_batch_used_meanwhile_is_refused(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    confirmed = row(1, board={"minute": "Board 7"})
    first, second = bench.send(confirmed, row(2)), bench.send(row(1))
    second_overtakes(bench, monkeypatch, first, second)

    assert bench.outcomes(second) == [("issued", "")]
    assert bench.outcomes(first) == [("refused", "idempotency_key_reused"), ("issued", "")]


def test_a_chunk_is_done_once_whoever_comes_again(bench: Bench) -> None:
    batch = bench.send(row())
    bench.work()
    for number in (0, 7):
        work_on_chunk(bench.desk, batch, number, enqueue=no_queue, clock=lambda: NOW)
    work_on_chunk(bench.desk, "0" * 22, 0, enqueue=no_queue, clock=lambda: NOW)

    assert bench.count(Credential) == 1


def test_a_lost_key_fails_the_batch_until_it_is_there_again(bench: Bench, tmp_path: Path) -> None:
    batch = bench.send(row())
    bench.work(1)
    hidden = [
        path.rename(path.with_suffix(".hidden")) for path in (tmp_path / "keys").glob("*-*.pem")
    ]
    fresh = open_key_store(bench.desk.issuing.settings.keys, None)
    known = bench.desk
    issuing = IssuingDesk(fresh, known.issuing.contexts, known.issuing.settings)
    bench.desk = JobDesk(bench.database, issuing, known.log)
    bench.work(1)

    failed = bench.batch(batch)
    assert (failed.state, (failed.problem or {})["code"]) == ("failed", "key_store")
    for path in hidden:
        path.rename(path.with_suffix(".pem"))
    with bench.database.write() as session:
        resume_batch(session, batch, accept=None, enqueue=no_queue, now=NOW, actor="cli:test")
    bench.work()
    assert bench.batch(batch).issued == 1


def test_what_a_board_confirmed_is_issued_with_its_award_on_record(bench: Bench) -> None:
    board = {"minute": "Board 7"}
    later = {"minute": "Board 8", "confirmed_at": "2027-01-01T00:00:00Z"}
    batch = bench.send(
        row(1, board=board),
        row(2, board=later),
        row(3, award="0" * 22),
        row(4, board=board, achievement="unknown"),
        row(5),
    )
    bench.work()
    again = bench.send(row(1, board=board), row(1, board={"minute": "Board 9"}))
    bench.work()

    assert bench.outcomes(batch) == [
        ("issued", ""),
        ("refused", "out_of_range"),
        ("refused", "bad_value"),
        ("refused", "achievement_unknown"),
        ("issued", ""),
    ]
    assert bench.outcomes(again) == [("repeated", ""), ("refused", "idempotency_key_reused")]
    with bench.database.read() as session:
        assert session.scalars(select(Award.state)).all() == ["issued"]


def test_rows_of_one_shape_say_each_what_is_its_own(bench: Bench) -> None:
    named = {"email": "ada@b.example", "name": "Ada"}
    number = {"type": "sourcedId", "value": "4711"}
    did = {"did": "did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK"}
    batch = bench.send(
        row(1, narrative="First."),
        row(2, narrative="Second."),
        row(3, recipient=named),
        row(4, recipient={**named, "email": "eve@b.example", "name": "Eve"}),
        row(5, recipient={"identifier": number}),
        row(6, recipient={"identifier": {**number, "value": "4712"}}),
        row(7, recipient=did),
        row(8, recipient=did),
        row(9, narrative="Third.", awarded_date="2026-02-01T00:00:00Z"),
    )
    bench.work()

    with bench.database.read() as session:
        documents = session.scalars(select(Credential.document)).all()
        found = check_everything(session, bench.desk.issuing, now=NOW, progress=lambda _: None)
    assert (bench.batch(batch).issued, list(found)) == (9, [])
    subjects = [parse_object(document)["credentialSubject"] for document in documents]
    assert len({subject["id"] for subject in subjects}) == 8  # and one DID twice
    said = {subject["narrative"] for subject in subjects if "narrative" in subject}
    assert said == {"First.", "Second.", "Third."}
    for kind, value in (
        ("emailAddress", "learner1@b.example"),
        ("emailAddress", "learner2@b.example"),
        ("emailAddress", "eve@b.example"),
        ("name", "Ada"),
        ("name", "Eve"),
        ("sourcedId", "4711"),
        ("sourcedId", "4712"),
    ):
        assert [recipient_matches(subject, kind, value) for subject in subjects].count(True) == 1


def test_where_every_row_has_a_shape_of_its_own_each_is_checked_whole(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batch_rows, "_MOST_SHAPES", 1)
    batch = bench.send(*(row(number, role=f"Role {number}") for number in range(3)))
    bench.work()

    assert bench.batch(batch).issued == 3


def test_two_rows_under_one_key_are_one_credential_or_a_contradiction(bench: Bench) -> None:
    another = row(1, narrative="Another.")
    batch = bench.send(row(1, recipient={}), row(1), row(1), another)
    bench.work(1)

    found = [
        ("refused", "bad_value"),
        ("valid", ""),
        ("valid", ""),
        ("refused", "idempotency_key_reused"),
    ]
    assert bench.outcomes(batch) == found
    with bench.database.read() as session:
        [*_, told] = results_of(session, batch, 0) or []
    assert told.findings[0].detail.startswith("Row 2 has this key")
    bench.work()
    assert bench.outcomes(batch) == [found[0], ("issued", ""), ("repeated", ""), found[3]]


def test_rows_of_several_chunks_under_one_key_are_found_when_all_have_been_checked(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batch_intake, "CHUNK_ROWS", 2)
    given = {"key": "sha256-of-an-enrolment"}  # it begins like one that was made, and is none
    one, another = row(1, **given), row(1, narrative="Another.", **given)
    keyless = {"recipient": {"email": "nobody@b.example"}}
    batch = bench.send(row(2), one, one, another, keyless, keyless, another, accept="all")
    bench.work()

    record = bench.batch(batch)
    assert (record.state, record.checked, record.refused) == ("failed", 7, 2)
    assert [outcomes_of(bench, batch, chunk) for chunk in range(4)] == [
        ["valid", "valid"],
        ["valid", "Row 3 has this key"],
        ["valid", "valid"],
        ["Row 2 has this key"],
    ]
    with bench.database.write() as session:
        resume_batch(session, batch, accept="partial", enqueue=no_queue, now=NOW, actor="cli:test")
    bench.work()
    record = bench.batch(batch)
    assert (record.issued, record.repeated, record.refused) == (3, 2, 2)


def test_of_a_file_full_of_contradictions_no_more_is_opened_than_is_needed(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batch_intake, "CHUNK_ROWS", 1)
    monkeypatch.setattr("app.issuing.batch_keys._MOST_ROWS", 2)
    batch = bench.send(*(row(1, narrative=f"Said {number}.") for number in range(4)))
    bench.work(4)
    assert (bench.batch(batch).phase, bench.batch(batch).refused) == ("issue", 1)
    bench.work()

    record = bench.batch(batch)
    assert (record.issued, record.refused) == (1, 3)


def outcomes_of(bench: Bench, batch: str, chunk: int) -> list[str]:
    """What became of the rows of a chunk: a word, or the beginning of what there is to mend."""
    with bench.database.read() as session:
        results = results_of(session, batch, chunk) or []
    return [
        each.findings[0].detail.partition(" and")[0] if each.findings else each.outcome
        for each in results
    ]


def test_what_contradicts_and_was_not_found_in_the_check_is_found_at_issue(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = bench.send(row(1), row(1, narrative="Another."))
    with monkeypatch.context() as before_the_check_knew:
        before_the_check_knew.setattr("app.jobs.batches.contradiction", lambda *_: None)
        bench.work(1)
    bench.work()

    assert bench.outcomes(batch) == [("issued", ""), ("refused", "idempotency_key_reused")]


@pytest.mark.parametrize("key", ["", "x" * 256, "a\nb", 7])
def test_a_key_is_one_line(bench: Bench, key: Any) -> None:
    batch = bench.send({**row(), "key": key})
    bench.work()

    assert bench.outcomes(batch) == [("refused", "bad_value")]


def test_what_is_kept_goes_after_its_time(bench: Bench) -> None:
    with bench.database.write() as session:
        options = BatchOptions("csv")
        open_batch(session, SLUG, options, at_most=9, now=NOW, actor="cli:test")
    failed = bench.send({**row(), "recipient": {}}, row(2), accept="all")
    bench.work()
    waiting = bench.send(row(3))
    empty_old_batches(bench.desk, NOW + timedelta(hours=1))
    assert (bench.count(Batch), bench.batch(failed).emptied_at) == (3, None)
    empty_old_batches(bench.desk, NOW + timedelta(days=31))

    assert bench.count(Batch) == 2  # the one that was still being sent is gone
    with bench.database.read() as session:
        chunks = session.scalars(select(BatchChunk)).all()
    kept = {chunk.batch_id: chunk.content is not None for chunk in chunks}
    assert kept == {failed: False, waiting: True}
    with bench.database.write() as session, pytest.raises(Conflict):
        resume_batch(session, failed, accept="partial", enqueue=no_queue, now=NOW, actor="cli:test")


def test_an_issuer_with_one_key_issues_without_tokens(
    database: Database, settings: Settings
) -> None:
    bench = Bench(database, settings, did_method="key")
    bench.send(row(), row(2, achievement=bench.achievement), named=False)
    bench.work()

    with bench.database.read() as session:
        assert session.scalars(select(Credential.jwt)).all() == [None]


def test_a_chunk_that_somebody_else_issued_meanwhile_is_left_alone(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = bench.send(row())
    bench.work(1)
    once_signed(monkeypatch, lambda: bench.work())
    work_on_chunk(bench.desk, batch, 0, enqueue=no_queue, clock=lambda: NOW)

    assert (bench.batch(batch).issued, bench.count(Credential)) == (1, 1)


def test_many_chunks_are_checked_one_by_one_and_say_how_long_it_will_take(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batch_intake, "CHUNK_ROWS", 1)
    batch = bench.send(*(row(number) for number in range(8)))
    bench.work(2)
    work_on_chunk(bench.desk, batch, 0, enqueue=no_queue, clock=lambda: NOW)  # checked already

    assert bench.batch(batch).checked == 2
    progress = progress_of(bench.batch(batch), NOW + timedelta(seconds=4))
    assert (progress.rows_done, progress.rate, progress.seconds_left) == (2, 0.5, 12)
    bench.work()
    assert bench.batch(batch).issued == 8


def test_a_chunk_whose_ground_keeps_changing_stops_the_batch(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = bench.send(row())

    def never(*_: Any, **__: Any) -> None:
        raise batch_chunks.Superseded

    monkeypatch.setattr(batch_chunks, "count_checked", never)
    bench.work(1)

    assert (bench.batch(batch).problem or {})["code"] == "internal_error"


def test_what_nobody_thought_of_fails_the_batch_and_holds_no_other_up(bench: Bench) -> None:
    broken, sound = bench.send(row(1)), bench.send(row(2))
    bench.work(1)
    with bench.database.write() as session:
        session.execute(
            update(BatchChunk).where(BatchChunk.batch_id == broken).values(results=b"cut off")
        )
    bench.work()
    with bench.database.write() as session:  # another worker, with another of its chunks
        fail_batch(session, broken, code="key_store", detail="Too late.", now=NOW)

    failed = bench.batch(broken)
    assert (failed.state, (failed.problem or {})["code"]) == ("failed", "internal_error")
    assert bench.batch(sound).issued == 1


def test_what_a_board_confirms_is_looked_at_again_when_it_is_issued(bench: Bench) -> None:
    met = {"minute": "Board 8", "confirmed_at": "2026-03-01T18:00:00Z"}
    batch = bench.send(
        row(1, board={"minute": "Board 7"}), row(1, board={"minute": "Board 9"}), row(2, board=met)
    )
    bench.work(1, clock=NOW + timedelta(days=1))  # a clock that is a day ahead
    bench.work()

    assert bench.outcomes(batch) == [
        ("issued", ""),
        ("refused", "idempotency_key_reused"),
        ("refused", "out_of_range"),
    ]


def test_a_row_whose_mail_could_not_be_sent_is_refused(bench: Bench) -> None:
    batch = bench.send(row(notify={}), "too_large", 7)
    bench.work()

    codes = [code for _, code in bench.outcomes(batch)]
    assert codes == ["mail_off", "too_large", "wrong_type"]
    assert bench.count(Credential) == 0


def test_mail_goes_into_the_outbox_with_the_credential_it_tells_of(
    database: Database, settings: Settings
) -> None:
    sending = {"smtp_host": "mail.b.example", "smtp_from": "badges@b.example"}
    bench = Bench(database, settings.model_copy(update=sending))
    batch = bench.send(row(1, notify={}), row(2))
    bench.work()

    assert (bench.batch(batch).issued, bench.count(OutboxItem)) == (2, 1)

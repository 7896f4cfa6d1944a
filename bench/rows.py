"""How the database grows, from ten thousand credentials to ten million: `python -m bench.rows`.

On a PostgreSQL of its own, thrown away afterwards. Rows are made by SQL (tests/many_rows.py) and
vacuumed; then what a service does all day is done through its front door, and the time that its
statements and commits take in the database is noted. After each power of ten the table is printed
anew, so that a run that is stopped has said what it found.

A real credential fills six and a half kilobytes, and ten million of them sixty-five gigabytes. Here
document and token are shorter, but stand beside the row, in TOAST, as theirs do: rows, indexes and
their depths are of the real size, and only TOAST is smaller. An answer kept for an Idempotency-Key
is shorter, too.
"""

import argparse
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Engine, text

from app.settings import Settings
from app.storage.database import upgrade
from tests.conftest import NOW
from tests.hot_operations import HotOperations, Sent, owner_of, statements
from tests.many_rows import LARGE, Widths, fill, prepare
from tests.notifications import Telling, telling
from tests.postgres import find_programs, running_cluster

# Together just over two kilobytes with the row: what is shorter is not moved to TOAST.
_WIDTHS = Widths(document=560, jwt=1240, answer=200)
_AT_ONCE = 200_000
_SERVER = (
    "shared_buffers=2GB", "max_wal_size=6GB", "checkpoint_timeout=30min", "autovacuum=off",
    "wal_level=minimal", "max_wal_senders=0", "maintenance_work_mem=512MB",
)  # fmt: skip

_REPEATS = {
    "issue a chunk of a batch": 20,
    "its page": 50,
    "verify it": 50,
    "two pages of an issuer's credentials": 10,
    "two pages of all credentials": 10,
    "two pages of awards": 10,
    "deliver the outbox": 20,
    "read a credential": 1000,
}
_OFTEN = 200

Column = dict[str, str]
"""What was found at one number of rows, by the name of the line."""


def main() -> None:
    """Fill, measure and print, one power of ten after the other."""
    arguments = argparse.ArgumentParser(prog="bench.rows", description=__doc__)
    arguments.add_argument("--to", type=int, default=7, help="the last power of ten (4 to 7)")
    arguments.add_argument(
        "--minutes", type=float, default=60, help="make no more rows after so many"
    )
    told = arguments.parse_args()
    counts = [10**power for power in range(4, told.to + 1)]
    until = time.monotonic() + told.minutes * 60
    programs = find_programs()
    if programs is None:
        raise SystemExit("PostgreSQL is not installed; `make bench` does it on Debian.")
    columns: dict[int, Column] = {}
    with (
        tempfile.TemporaryDirectory() as folder,
        running_cluster(programs, *_SERVER) as cluster,
    ):
        settings = Settings(
            database_url=cluster.url.render_as_string(hide_password=False),
            keys=f"file:{Path(folder) / 'keys'}",
            webhook_loopback=True,
        )
        upgrade(settings)
        with telling(settings) as service:
            for count, column in _grow(service, counts, until):
                columns[count] = column
                print(f"\n{datetime.now(UTC):%F %H:%M}\n\n{_table(columns)}")
                sys.stdout.flush()


def _grow(service: Telling, counts: Sequence[int], until: float) -> Iterator[tuple[int, Column]]:
    """Each number of rows with what was found at it; when time runs out, as many as there are."""
    engine = service.desk.database.engine
    owner = owner_of(service)
    chosen = random.Random(0)  # noqa: S311 - which rows are read is no secret
    there = 0
    operations = HotOperations(service, lambda: chosen.randrange(there)).by_name()
    with engine.connect() as filling:
        _shorten(engine)
        filling.execute(text("SET synchronous_commit = off"))
        # Nor are foreign keys looked up for each row: they are right by the way they are made.
        filling.execute(text("SET session_replication_role = replica"))
        prepare(filling, owner)
        filling.commit()
        for count in counts:
            column: Column = {}
            _full_pages(engine, "off")
            began, before = time.monotonic(), there
            while there < count and time.monotonic() < until:
                last = min(there + _AT_ONCE, count) - 1
                fill(filling, owner, _WIDTHS, there, last, now=NOW)
                filling.commit()
                there = last + 1
                _tell(f"{there:,} rows")
            if there == before:
                return
            seconds = time.monotonic() - began
            column["rows made a second"] = f"{(there - before) / seconds:,.0f}"
            _full_pages(engine, "on")
            column |= _vacuum(engine) | _sizes(engine) | _operations(engine, operations)
            yield there, column


def _shorten(engine: Engine) -> None:
    """Move documents out of the rows uncompressed, however short they are."""
    with engine.begin() as connection:
        for column in ("document", "jwt"):
            connection.execute(text(f"ALTER TABLE credentials ALTER {column} SET STORAGE EXTERNAL"))
        connection.execute(text("ALTER TABLE credentials SET (toast_tuple_target = 128)"))


def _full_pages(engine: Engine, setting: str) -> None:
    """While rows are made nobody wants to survive a crash; what is measured is as it is shipped."""
    _alone(engine, f"ALTER SYSTEM SET full_page_writes = {setting}")
    _alone(engine, "SELECT pg_reload_conf()")


def _alone(engine: Engine, *statements_: str) -> None:
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        for statement in statements_:
            connection.execute(text(statement))


def _vacuum(engine: Engine) -> Column:
    column = {}
    for table in sorted(LARGE):
        began = time.monotonic()
        _alone(engine, f"VACUUM (ANALYZE) {table}")
        column[f"VACUUM (ANALYZE) {table}, seconds"] = f"{time.monotonic() - began:.1f}"
    _alone(engine, "CHECKPOINT", "VACUUM (ANALYZE) status_lists")
    return column


def _sizes(engine: Engine) -> Column:
    """Megabytes of tables, of their TOAST with its index, and of each index."""
    query = """
        SELECT relname, pg_relation_size(oid), pg_total_relation_size(reltoastrelid),
               pg_total_relation_size(oid)
        FROM pg_class WHERE relname = ANY(:tables)
    """
    indexes = """
        SELECT indexrelname, pg_relation_size(indexrelid), pg_database_size(current_database())
        FROM pg_stat_user_indexes WHERE relname = ANY(:tables) ORDER BY relname, indexrelname
    """
    column = {}
    with engine.connect() as connection:
        for name, heap, toast, _ in connection.execute(text(query), {"tables": sorted(LARGE)}):
            column[f"table {name}, MB"] = _megabytes(heap)
            if toast:
                column[f"TOAST of {name}, MB"] = _megabytes(toast)
        for name, size, whole in connection.execute(text(indexes), {"tables": sorted(LARGE)}):
            column[f"index {name}, MB"] = _megabytes(size)
            column["the whole database, MB"] = _megabytes(whole)
    return column


def _operations(engine: Engine, operations: Mapping[str, Callable[[], object]]) -> Column:
    """Milliseconds in the database (median, 99th of 100), and pages of the large tables each time.

    Of lists, the milliseconds of counting how many there are stand by themselves.
    """
    column: Column = {}
    found = asked = 0
    for name, operation in operations.items():
        operation()
        engine.dispose()
        _alone(engine, "SELECT pg_stat_reset()")
        times: list[float] = []
        counts: list[float] = []
        for _ in range(_REPEATS.get(name, _OFTEN)):
            with statements(engine) as sent:
                operation()
            counting = sum(each.seconds for each in sent if _counts(each))
            times.append(sum(each.seconds for each in sent) - counting)
            counts.append(counting)
        hit, index_pages, pages = _pages(engine)
        found, asked = found + hit, asked + index_pages
        column[f"{name}, ms"] = _milliseconds(times)
        if any(counts):
            column[f"{name}: counting them, ms"] = _milliseconds(counts)
        column[f"{name}, pages"] = f"{pages / len(times):,.0f}"
        _tell(f"{name}: {column[f'{name}, ms']}, {column[f'{name}, pages']}")
    column["pages of indexes found in shared buffers, %"] = f"{100 * found / max(asked, 1):.1f}"
    return column


def _pages(engine: Engine) -> tuple[int, int, int]:
    """Since the reset: pages of indexes found in shared buffers, pages of indexes, all pages."""
    engine.dispose()  # a session hands in its statistics when it ends
    time.sleep(0.5)
    query = """
        SELECT sum(idx_blks_hit), sum(idx_blks_hit + idx_blks_read),
               sum(heap_blks_hit + heap_blks_read + idx_blks_hit + idx_blks_read
                   + coalesce(toast_blks_hit + toast_blks_read, 0)
                   + coalesce(tidx_blks_hit + tidx_blks_read, 0))
        FROM pg_statio_user_tables WHERE relname = ANY(:tables)
    """
    with engine.connect() as connection:
        hit, index_pages, pages = connection.execute(text(query), {"tables": sorted(LARGE)}).one()
    return int(hit), int(index_pages), int(pages)


def _counts(sent: Sent) -> bool:
    return sent.statement.startswith("SELECT count(*)")


def _milliseconds(times: Sequence[float]) -> str:
    high = sorted(times)[min(len(times) - 1, len(times) * 99 // 100)]
    return f"{statistics.median(times) * 1000:.2f} / {high * 1000:.2f}"


def _megabytes(size: int) -> str:
    return f"{size / 1e6:,.1f}"


def _table(columns: Mapping[int, Column]) -> str:
    names = dict.fromkeys(name for column in columns.values() for name in column)
    rows = ["| | " + " | ".join(f"{count:,}" for count in columns) + " |"]
    rows.append("|---|" + "---:|" * len(columns))
    for name in names:
        found = (column.get(name, "") for column in columns.values())
        rows.append(f"| {name} | " + " | ".join(found) + " |")
    return "\n".join(rows)


def _tell(what: str) -> None:
    sys.stderr.write(f"{datetime.now(UTC):%H:%M:%S} {what}\n")


if __name__ == "__main__":
    main()

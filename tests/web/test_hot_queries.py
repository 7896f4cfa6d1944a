"""What the service asks of PostgreSQL all day is answered by an index, however many rows there are.

The statements are those that it really sends: noted while the front door is used, with their
parameters, among twenty thousand generated credentials. A plan is what EXPLAIN makes of one of
them. Chosen are the operations whose tables grow with the credentials; those of issuers, keys and
achievements read a handful of rows whatever happens.
"""

import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import URL, Connection, text

from app.settings import Settings
from tests.conftest import NOW
from tests.hot_operations import HotOperations, Sent, owner_of, statements
from tests.many_rows import LARGE, Widths, fill, prepare
from tests.notifications import telling

ROWS = 20_000
COST = 300.0
"""In pages read one after the other. A page of fifty credentials is estimated at a tenth of it;
reading twenty thousand rows, or all of one issuer, is beyond it."""

EXPECTED = {
    "issue one": {"pk_idempotency_keys", "ix_credentials_issuer_id_issued_at_id"},
    "the same request again": {"pk_idempotency_keys"},
    "sign a given credential": {"ix_credentials_credential_id_hash"},
    "issue a chunk of a batch": {"pk_issued_rows", "pk_batch_chunks"},
    "read a credential": {"pk_credentials"},
    "its page": {"pk_credentials"},
    "verify it": set[str](),
    "read a status list": set[str](),
    "two pages of an issuer's credentials": {"ix_credentials_issuer_id_issued_at_id"},
    "two pages of all credentials": {"ix_credentials_issued_at_id"},
    "two pages of awards": {"ix_awards_issuer_id_recorded_at_id"},
    "deliver the outbox": {
        "ix_outbox_state_channel_due_at", "ix_outbox_channel_attempted_at", "ix_outbox_erase_at",
    },
}  # fmt: skip
"""The indexes of large tables without which the operation would be slow."""


@dataclass(frozen=True)
class Busy:
    """A database with many rows, and the statements of each operation."""

    connection: Connection
    sent: dict[str, list[Sent]]

    def plans(self, operation: str) -> list[tuple[str, Any]]:
        """Each statement of an operation, with its plan as things are now."""
        return [
            (each.statement, self._plan(each))
            for each in self.sent[operation]
            if each.statement.startswith(("SELECT", "INSERT", "UPDATE", "DELETE", "WITH"))
        ]

    def _plan(self, sent: Sent) -> Any:
        explain = f"EXPLAIN (FORMAT JSON) {sent.statement}"
        return self.connection.exec_driver_sql(explain, sent.parameters).scalar_one()[0]["Plan"]


@pytest.fixture(scope="module")
def busy(
    _postgres_server: URL,
    _postgres_template: str,
    _on_server: Callable[[str], None],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Busy]:
    name = f"signet_busy_{uuid.uuid4().hex}"
    _on_server(f"CREATE DATABASE {name} TEMPLATE {_postgres_template}")
    settings = Settings(
        database_url=_postgres_server.set(database=name).render_as_string(hide_password=False),
        keys=f"file:{tmp_path_factory.mktemp('keys')}",
        webhook_loopback=True,
    )
    with telling(settings) as service:
        engine = service.desk.database.engine
        owner = owner_of(service)
        with engine.connect() as connection:
            prepare(connection, owner)
            fill(connection, owner, Widths(300, 300, 200), 0, ROWS - 1, now=NOW)
            connection.commit()
            connection.invalidate()  # its functions and tables are its own
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text(f"VACUUM (ANALYZE) {', '.join(sorted(LARGE))}, status_lists"))
        sent = {}
        for operation, do in HotOperations(service, lambda: ROWS // 2).by_name().items():
            with statements(engine) as sent[operation]:
                do()
        with engine.connect() as connection:
            yield Busy(connection, sent)
    _on_server(f"DROP DATABASE {name} WITH (FORCE)")


def nodes(plan: Any) -> Iterator[Any]:
    """The steps of a plan."""
    yield plan
    for part in plan.get("Plans", ()):
        yield from nodes(part)


def faults(statement: str, plan: Any) -> list[str]:
    """What makes a plan slower with every row.

    That lists say how many there are is a promise of the interface, and counting reads the index
    of all of them, for the first page: docs/performance.md has what it costs. It may not read the
    table itself.
    """
    found = []
    counts = statement.startswith("SELECT count(*)")
    for node in nodes(plan):
        if node["Node Type"] == "Seq Scan" and node["Relation Name"] in LARGE:
            found.append(f"reads all of {node['Relation Name']}")
        if node["Node Type"] == "Sort" and node["Plans"][0]["Plan Rows"] > 1000:
            found.append(f"sorts {node['Plans'][0]['Plan Rows']} rows")
    if plan["Total Cost"] > COST and not counts:
        found.append(f"costs {plan['Total Cost']}")
    return found


def indexes(plan: Any) -> set[str]:
    return {node["Index Name"] for node in nodes(plan) if "Index Name" in node}


@pytest.mark.parametrize("operation", EXPECTED)
def test_no_statement_of_a_hot_operation_reads_or_sorts_a_large_table(
    busy: Busy, operation: str
) -> None:
    plans = busy.plans(operation)
    slow = {statement: faults(statement, plan) for statement, plan in plans}
    assert {statement: found for statement, found in slow.items() if found} == {}
    used = set[str]().union(*(indexes(plan) for _, plan in plans))
    assert EXPECTED[operation] <= used


@pytest.mark.parametrize("operation", [name for name in EXPECTED if name.startswith("two pages")])
def test_a_list_is_counted_once_and_shows_no_signed_form(busy: Busy, operation: str) -> None:
    sent = [each.statement for each in busy.sent[operation]]
    assert len([each for each in sent if each.startswith("SELECT count(*)")]) == 1
    pages = [each for each in sent if "ORDER BY" in each]
    assert len(pages) == 2
    assert not [each for each in pages if "document" in each or "jwt" in each]


def test_every_hot_operation_is_looked_at(busy: Busy) -> None:
    assert busy.sent.keys() == EXPECTED.keys()


@pytest.mark.parametrize("index", sorted(set[str]().union(*EXPECTED.values())))
def test_without_an_index_some_plan_is_refused(busy: Busy, index: str) -> None:
    drop = f"DROP INDEX {index}"
    if index.startswith("pk_"):
        drop = f"ALTER TABLE {index.removeprefix('pk_')} DROP CONSTRAINT {index} CASCADE"
    try:
        busy.connection.execute(text(drop))
        refused = [
            faults(statement, plan)
            for operation, wanted in EXPECTED.items()
            if index in wanted
            for statement, plan in busy.plans(operation)
        ]
    finally:
        busy.connection.rollback()
    assert any(refused)

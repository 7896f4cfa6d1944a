"""The indexes that queries need at ten million credentials, and no others (decision 24).

On a large PostgreSQL make those of `NEW` beforehand, each by `CREATE INDEX CONCURRENTLY`
(migrations/README.md); here they are then found and left as they are.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0007"
branch_labels = None
depends_on = None

SEALED = sa.text("sealed IS NOT NULL")


def upgrade() -> None:
    _create("credentials", "issued_at", "id")
    # Addresses are long and looked up whole: a hash of four bytes finds them as well.
    _create("credentials", "credential_id", suffix="_hash", postgresql_using="hash")
    _create("awards", "issuer_id", "recorded_at", "id")
    _create("outbox", "channel", "attempted_at")
    _create("outbox", "erase_at", postgresql_where=SEALED, sqlite_where=SEALED)
    # Lines are only added, in the order of time: a range for every megabyte is enough.
    _create("audit_events", "at", suffix="_range", postgresql_using="brin")
    for name, table in (
        ("ix_credentials_credential_id", "credentials"),
        ("ix_credentials_achievement_id", "credentials"),
        ("ix_awards_issuer_id", "awards"),
        ("ix_awards_achievement_id", "awards"),
        ("ix_audit_events_at", "audit_events"),
        ("ix_audit_events_issuer_id", "audit_events"),
    ):
        op.drop_index(name, table, if_exists=True)


def _create(table: str, *columns: str, suffix: str = "", **options: Any) -> None:
    name = "_".join(("ix", table, *columns)) + suffix
    op.create_index(name, table, list(columns), if_not_exists=True, **options)

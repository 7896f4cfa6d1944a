"""Finding answers that were kept long enough, and credentials stored in less time (decision 28).

On a large PostgreSQL make the index beforehand, by `CREATE INDEX CONCURRENTLY`
(migrations/README.md); here it is then found and left as it is.
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

HAS_ANSWER = sa.text("length(body) > 0")
LZ4 = sa.text(
    "SELECT 'lz4' = ANY (enumvals) FROM pg_settings WHERE name = 'default_toast_compression'"
)


def upgrade() -> None:
    op.create_index(
        "ix_idempotency_keys_created_at",
        "idempotency_keys",
        ["created_at"],
        postgresql_where=HAS_ANSWER,
        sqlite_where=HAS_ANSWER,
        if_not_exists=True,
    )
    connection = op.get_bind()
    # Rows that are there stay as they are. A server older than 14, or built without LZ4, goes on.
    if connection.dialect.name == "postgresql" and connection.scalar(LZ4):
        for column in ("document", "jwt"):
            op.execute(f"ALTER TABLE credentials ALTER COLUMN {column} SET COMPRESSION lz4")

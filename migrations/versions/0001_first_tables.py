"""The first tables, and an audit table that nobody can rewrite."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

TIME = sa.DateTime(timezone=True)

REFUSE_ON_SQLITE = [
    f"""
    CREATE TRIGGER audit_events_refuse_{deed} BEFORE {deed} ON audit_events
    BEGIN SELECT RAISE(ABORT, 'audit_events is append-only'); END
    """
    for deed in ("UPDATE", "DELETE")
]

REFUSE_ON_POSTGRESQL = [
    """
    CREATE FUNCTION audit_events_refuse() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION 'audit_events is append-only'; END $$
    """,
    """
    CREATE TRIGGER audit_events_refuse_change BEFORE UPDATE OR DELETE ON audit_events
    FOR EACH ROW EXECUTE FUNCTION audit_events_refuse()
    """,
    """
    CREATE TRIGGER audit_events_refuse_truncate BEFORE TRUNCATE ON audit_events
    FOR EACH STATEMENT EXECUTE FUNCTION audit_events_refuse()
    """,
]


def upgrade() -> None:
    op.create_table(
        "issuers",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("did", sa.String(512), nullable=False),
        sa.Column("did_method", sa.String(8), nullable=False),
        sa.Column("cryptosuite", sa.String(32), nullable=False),
        sa.Column("profile", sa.JSON(), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("updated_at", TIME, nullable=False),
        sa.UniqueConstraint("did"),
    )
    op.create_table(
        "keys",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("issuer_id", sa.String(64), sa.ForeignKey("issuers.id"), nullable=False),
        sa.Column("fragment", sa.String(128), nullable=False),
        sa.Column("purpose", sa.String(16), nullable=False),
        sa.Column("key_type", sa.String(16), nullable=False),
        sa.Column("public_key_multibase", sa.String(128), nullable=False),
        sa.Column("signer_uri", sa.String(512), nullable=False),
        sa.Column("state", sa.String(8), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("retired_at", TIME),
        sa.Column("revoked_at", TIME),
        sa.Column("reason", sa.Text()),
        sa.UniqueConstraint("issuer_id", "fragment"),
    )
    op.create_index("ix_keys_issuer_id", "keys", ["issuer_id"])
    op.create_table(
        "images",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("media_type", sa.String(32), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
    )
    op.create_table(
        "achievements",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("issuer_id", sa.String(64), sa.ForeignKey("issuers.id"), nullable=False),
        sa.Column("series_id", sa.String(36), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("document", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.UniqueConstraint("series_id", "version"),
    )
    op.create_index("ix_achievements_issuer_id", "achievements", ["issuer_id"])
    op.create_table(
        "status_lists",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("issuer_id", sa.String(64), sa.ForeignKey("issuers.id"), nullable=False),
        sa.Column("status_purpose", sa.String(16), nullable=False),
        sa.Column("length", sa.Integer(), nullable=False),
        sa.Column("next_position", sa.Integer(), nullable=False),
        sa.Column("permutation_key", sa.LargeBinary(32), nullable=False),
        sa.Column("bits", sa.LargeBinary(), nullable=False),
        sa.Column("document", sa.LargeBinary(), nullable=False),
        sa.Column("valid_from", TIME, nullable=False),
        sa.Column("valid_until", TIME, nullable=False),
    )
    op.create_index("ix_status_lists_issuer_id", "status_lists", ["issuer_id"])
    op.create_table(
        "credentials",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("issuer_id", sa.String(64), sa.ForeignKey("issuers.id"), nullable=False),
        sa.Column("achievement_id", sa.String(36), sa.ForeignKey("achievements.id")),
        sa.Column("key_id", sa.String(36), sa.ForeignKey("keys.id"), nullable=False),
        sa.Column("credential_id", sa.Text()),
        sa.Column("document", sa.LargeBinary(), nullable=False),
        sa.Column("jwt", sa.LargeBinary()),
        sa.Column(
            "status_list_id", sa.String(36), sa.ForeignKey("status_lists.id"), nullable=False
        ),
        sa.Column("status_list_index", sa.Integer(), nullable=False),
        sa.Column("issued_at", TIME, nullable=False),
        sa.Column("valid_from", TIME),
        sa.Column("valid_until", TIME),
        sa.Column("revoked", sa.Boolean(), nullable=False),
        sa.Column("revoked_at", TIME),
        sa.Column("revocation_reason", sa.Text()),
        sa.UniqueConstraint("status_list_id", "status_list_index"),
    )
    op.create_index("ix_credentials_achievement_id", "credentials", ["achievement_id"])
    op.create_index("ix_credentials_credential_id", "credentials", ["credential_id"])
    op.create_index(
        "ix_credentials_issuer_id_issued_at_id", "credentials", ["issuer_id", "issued_at", "id"]
    )
    op.create_index("ix_credentials_key_id", "credentials", ["key_id"])
    op.create_table(
        "api_keys",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("secret_hash", sa.String(64), nullable=False),
        sa.Column("issuer_id", sa.String(64), sa.ForeignKey("issuers.id")),
        sa.Column("scopes", sa.Text(), nullable=False),
        sa.Column("label", sa.Text()),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("last_used_at", TIME),
        sa.Column("revoked_at", TIME),
    )
    op.create_index("ix_api_keys_issuer_id", "api_keys", ["issuer_id"])
    op.create_table(
        "idempotency_keys",
        sa.Column("api_key_id", sa.String(36), sa.ForeignKey("api_keys.id"), primary_key=True),
        sa.Column("key", sa.String(255), primary_key=True),
        sa.Column("request_hash", sa.String(64), nullable=False),
        sa.Column("status_code", sa.Integer(), nullable=False),
        sa.Column("location", sa.Text()),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
    )
    op.create_table(
        "audit_events",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), primary_key=True),
        sa.Column("at", TIME, nullable=False),
        sa.Column("actor", sa.String(128), nullable=False),
        sa.Column("action", sa.String(64), nullable=False),
        sa.Column("issuer_id", sa.String(64)),
        sa.Column("subject", sa.Text()),
        sa.Column("details", sa.JSON(), nullable=False),
    )
    op.create_index("ix_audit_events_at", "audit_events", ["at"])
    op.create_index("ix_audit_events_issuer_id", "audit_events", ["issuer_id"])
    sqlite = op.get_bind().dialect.name == "sqlite"
    for statement in REFUSE_ON_SQLITE if sqlite else REFUSE_ON_POSTGRESQL:
        op.execute(statement)

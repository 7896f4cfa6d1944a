"""Every table, in one place. The schema is what a newcomer needs first.

Times are UTC, stored with a zone. Documents that were signed or published are stored as the exact
bytes that are served. Nothing imports the domain from here, so no circles are possible.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Double,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from app.storage.batch_tables import Batch as Batch
from app.storage.batch_tables import BatchChunk as BatchChunk
from app.storage.batch_tables import IssuedRow as IssuedRow
from app.storage.columns import Table as Table
from app.storage.federation_tables import FederationEntity as FederationEntity
from app.storage.federation_tables import TrustAnchor as TrustAnchor
from app.storage.outbox_tables import MailSettings as MailSettings
from app.storage.outbox_tables import OutboxItem as OutboxItem
from app.storage.outbox_tables import WebhookEndpoint as WebhookEndpoint


class Issuer(Table):
    """An issuer hosted here; `profile` holds the members of its OB Profile besides id and type."""

    __tablename__ = "issuers"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)  # the slug in its URLs
    did: Mapped[str] = mapped_column(String(512), unique=True)
    did_method: Mapped[str] = mapped_column(String(8))  # "web" or "key"
    cryptosuite: Mapped[str] = mapped_column(String(32), default="eddsa-rdfc-2022")
    policy_id: Mapped[str | None] = mapped_column(String(64))  # of a preset or of `policies`
    profile: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]


class Key(Table):
    """The public half of a key and where its private half lives; never deleted.

    `fragment` names the verification method within the issuer's DID. States: active, retired
    (old signatures keep verifying; `retired_at` becomes `expires`), revoked (compromised).
    """

    __tablename__ = "keys"
    __table_args__ = (UniqueConstraint("issuer_id", "fragment"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    issuer_id: Mapped[str] = mapped_column(ForeignKey("issuers.id"), index=True)
    fragment: Mapped[str] = mapped_column(String(128))
    purpose: Mapped[str] = mapped_column(String(16))  # "credentials", "status", or "any" (did:key)
    key_type: Mapped[str] = mapped_column(String(16))  # "Ed25519" or "P-256"
    public_key_multibase: Mapped[str] = mapped_column(String(128))
    signer_uri: Mapped[str] = mapped_column(String(512))
    state: Mapped[str] = mapped_column(String(8))
    created_at: Mapped[datetime]
    retired_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    reason: Mapped[str | None] = mapped_column(Text)


class Image(Table):
    """An uploaded PNG or SVG, named by the hash of its bytes and served as it came."""

    __tablename__ = "images"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)  # hex SHA-256 of `data`
    media_type: Mapped[str] = mapped_column(String(32))
    data: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime]


class Achievement(Table):
    """One immutable version of an achievement; `document` is what is served.

    Versions of one achievement share `series_id`, the id of the first of them. States: draft,
    in_review, approved, published, withdrawn (`app.registry.reviews`); those before `published`
    are the issuer's own business. `policy_id` is the definition policy it was made under.
    """

    __tablename__ = "achievements"
    __table_args__ = (UniqueConstraint("series_id", "version"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    issuer_id: Mapped[str] = mapped_column(ForeignKey("issuers.id"), index=True)
    series_id: Mapped[str] = mapped_column(String(36))
    version: Mapped[int] = mapped_column(Integer)
    name: Mapped[str] = mapped_column(Text)
    document: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(String(16), server_default="published")
    policy_id: Mapped[str | None] = mapped_column(String(64))
    author: Mapped[str | None] = mapped_column(String(128))
    approver: Mapped[str | None] = mapped_column(String(128))
    minute: Mapped[str | None] = mapped_column(Text)
    submitted_at: Mapped[datetime | None]
    approved_at: Mapped[datetime | None]
    published_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]


class CatalogueEntry(Table):
    """The newest published version of a series, derived from its document for searching."""

    __tablename__ = "catalogue_entries"
    __table_args__ = (
        Index("ix_catalogue_entries_published_at_achievement_id", "published_at", "achievement_id"),
    )

    series_id: Mapped[str] = mapped_column(String(36), primary_key=True)
    achievement_id: Mapped[str] = mapped_column(ForeignKey("achievements.id"), unique=True)
    issuer_id: Mapped[str] = mapped_column(ForeignKey("issuers.id"), index=True)
    published_at: Mapped[datetime]
    language: Mapped[str | None] = mapped_column(String(64), index=True)
    search_text: Mapped[str] = mapped_column(Text)  # as app.credentials.findable makes it


class CatalogueValue(Table):
    """One thing that an entry can be filtered by; `number` is a level or an amount of credit."""

    __tablename__ = "catalogue_values"
    __table_args__ = (Index("ix_catalogue_values_kind_value_number", "kind", "value", "number"),)

    series_id: Mapped[str] = mapped_column(
        ForeignKey("catalogue_entries.series_id"), primary_key=True
    )
    kind: Mapped[str] = mapped_column(String(16), primary_key=True)
    value: Mapped[str] = mapped_column(String(512), primary_key=True)
    number: Mapped[float] = mapped_column(Double, primary_key=True)


class TrustedIssuer(Table):
    """An issuer, mostly elsewhere, that this service knows; entries end and are never deleted.

    `source` is the list that says so, the federation's anchor, or this service; `digest` that of
    the imported list; `federation_entity_id` whose trust chain says so.
    """

    __tablename__ = "trusted_issuers"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    did: Mapped[str] = mapped_column(String(512), index=True)
    name: Mapped[str] = mapped_column(Text)
    search_text: Mapped[str] = mapped_column(Text)  # the name, as app.credentials.findable has it
    scope: Mapped[dict[str, Any]]  # fields, levels, award_types
    source: Mapped[str] = mapped_column(String(512), index=True)
    digest: Mapped[str | None] = mapped_column(String(128))
    federation_entity_id: Mapped[str | None] = mapped_column(String(36), index=True)
    added_by: Mapped[str] = mapped_column(String(128))
    valid_from: Mapped[datetime]
    valid_until: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(index=True)
    ended_at: Mapped[datetime | None]


class Policy(Table):
    """An issuer's own definition policy, immutable; `id` is made of what it says."""

    __tablename__ = "policies"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    issuer_id: Mapped[str] = mapped_column(ForeignKey("issuers.id"), index=True)
    label: Mapped[str] = mapped_column(Text)
    version: Mapped[str] = mapped_column(Text)
    digest: Mapped[str] = mapped_column(String(80))  # of `document`, Subresource Integrity
    document: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime]


class Award(Table):
    """An award on its way to a credential: provisional, confirmed by a board, issued.

    Of the request to issue only a salted hash is kept, so that what is issued is what the board
    confirmed and nobody's address is stored.
    """

    __tablename__ = "awards"
    __table_args__ = (
        Index("ix_awards_issuer_id_recorded_at_id", "issuer_id", "recorded_at", "id"),
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    issuer_id: Mapped[str] = mapped_column(ForeignKey("issuers.id"))
    achievement_id: Mapped[str] = mapped_column(ForeignKey("achievements.id"))
    salt: Mapped[bytes] = mapped_column(LargeBinary(16))
    request_hash: Mapped[str] = mapped_column(String(64))  # hex SHA-256
    state: Mapped[str] = mapped_column(String(16))
    author: Mapped[str] = mapped_column(String(128))
    recorded_at: Mapped[datetime]
    confirmer: Mapped[str | None] = mapped_column(String(128))
    confirmed_at: Mapped[datetime | None]  # when the board met, as it is told
    minute: Mapped[str | None] = mapped_column(Text)
    credential_id: Mapped[str | None] = mapped_column(ForeignKey("credentials.id"))


class Pathway(Table):
    """One published, immutable version of a pathway's rules; `document` is what is served.

    Versions of one pathway share `series_id`, the id of the first of them.
    """

    __tablename__ = "pathways"
    __table_args__ = (UniqueConstraint("series_id", "version"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    issuer_id: Mapped[str] = mapped_column(ForeignKey("issuers.id"), index=True)
    series_id: Mapped[str] = mapped_column(String(36))
    version: Mapped[int] = mapped_column(Integer)
    name: Mapped[str] = mapped_column(Text)  # of the award that it leads to
    digest: Mapped[str] = mapped_column(String(80))  # of `document`, Subresource Integrity
    document: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime]


class CredentialUse(Table):
    """That a credential was used up for an award under a rule of single use.

    The credential may be anybody's: only a hash of its issuer and id is kept. The award itself
    names what it was built from.
    """

    __tablename__ = "credential_uses"
    __table_args__ = (
        Index("ix_credential_uses_issuer_id_fingerprint", "issuer_id", "fingerprint"),
    )

    award_id: Mapped[str] = mapped_column(ForeignKey("credentials.id"), primary_key=True)
    fingerprint: Mapped[str] = mapped_column(String(64), primary_key=True)  # hex SHA-256
    issuer_id: Mapped[str] = mapped_column(ForeignKey("issuers.id"))
    pathway_id: Mapped[str] = mapped_column(ForeignKey("pathways.id"), index=True)
    used_at: Mapped[datetime]


class StatusList(Table):
    """A Bitstring Status List: its bits, and the credential that was last signed over them.

    `next_position` counts allocations; a keyed permutation of it gives the random-looking index,
    so that two writers can never pick the same one.
    """

    __tablename__ = "status_lists"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    issuer_id: Mapped[str] = mapped_column(ForeignKey("issuers.id"), index=True)
    status_purpose: Mapped[str] = mapped_column(String(16))
    length: Mapped[int] = mapped_column(Integer)
    next_position: Mapped[int] = mapped_column(Integer)
    permutation_key: Mapped[bytes] = mapped_column(LargeBinary(32))
    bits: Mapped[bytes] = mapped_column(LargeBinary)
    document: Mapped[bytes] = mapped_column(LargeBinary)
    valid_from: Mapped[datetime]
    valid_until: Mapped[datetime]


class Credential(Table):
    """An issued credential: the exact bytes served, and columns taken from them."""

    __tablename__ = "credentials"
    __table_args__ = (
        UniqueConstraint("status_list_id", "status_list_index"),
        Index("ix_credentials_issuer_id_issued_at_id", "issuer_id", "issued_at", "id"),
        Index("ix_credentials_issued_at_id", "issued_at", "id"),
        Index("ix_credentials_credential_id_hash", "credential_id", postgresql_using="hash"),
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True)  # the last part of its URL
    issuer_id: Mapped[str] = mapped_column(ForeignKey("issuers.id"))
    achievement_id: Mapped[str | None] = mapped_column(ForeignKey("achievements.id"))
    key_id: Mapped[str] = mapped_column(ForeignKey("keys.id"), index=True)
    credential_id: Mapped[str | None] = mapped_column(Text)  # `id` in the document
    document: Mapped[bytes] = mapped_column(LargeBinary)
    jwt: Mapped[bytes | None] = mapped_column(LargeBinary)
    status_list_id: Mapped[str] = mapped_column(ForeignKey("status_lists.id"))
    status_list_index: Mapped[int] = mapped_column(Integer)
    issued_at: Mapped[datetime]
    valid_from: Mapped[datetime | None]
    valid_until: Mapped[datetime | None]
    revoked: Mapped[bool] = mapped_column(Boolean, default=False)
    revoked_at: Mapped[datetime | None]
    revocation_reason: Mapped[str | None] = mapped_column(Text)


class ApiKey(Table):
    """A bearer key; only the hash of its secret is kept. `issuer_id` None means administrator."""

    __tablename__ = "api_keys"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    secret_hash: Mapped[str] = mapped_column(String(64))  # hex SHA-256; the secret is 256 bits
    issuer_id: Mapped[str | None] = mapped_column(ForeignKey("issuers.id"), index=True)
    scopes: Mapped[str] = mapped_column(Text)  # space separated, as in OAuth 2
    label: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime]
    last_used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]


HAS_ANSWER = text("length(body) > 0")
"""Of the rows of `idempotency_keys`, those that still hold an answer."""


class IdempotencyKey(Table):
    """The stored answer to a creating request, found by who asked and the key they sent.

    Written in the same transaction as what it created, so that both exist or neither does. `body`
    is empty when the answer was kept long enough; the key stays, so that nothing is made twice.
    """

    __tablename__ = "idempotency_keys"
    __table_args__ = (
        Index(
            "ix_idempotency_keys_created_at",
            "created_at",
            postgresql_where=HAS_ANSWER,
            sqlite_where=HAS_ANSWER,
        ),
    )

    api_key_id: Mapped[str] = mapped_column(ForeignKey("api_keys.id"), primary_key=True)
    key: Mapped[str] = mapped_column(String(255), primary_key=True)
    request_hash: Mapped[str] = mapped_column(String(64))  # method, path and body
    status_code: Mapped[int] = mapped_column(Integer)
    location: Mapped[str | None] = mapped_column(Text)
    body: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime]


class AuditEvent(Table):
    """Who did what, when; append-only (the migration adds triggers that refuse change).

    Nothing here reads it; people do, and mostly from one day to another.
    """

    __tablename__ = "audit_events"
    __table_args__ = (Index("ix_audit_events_at_range", "at", postgresql_using="brin"),)

    id: Mapped[int] = mapped_column(
        BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True
    )
    at: Mapped[datetime]
    actor: Mapped[str] = mapped_column(String(128))  # "api-key:ID", "cli:USER" or "service"
    action: Mapped[str] = mapped_column(String(64))
    issuer_id: Mapped[str | None] = mapped_column(String(64))
    subject: Mapped[str | None] = mapped_column(Text)
    details: Mapped[dict[str, Any]]

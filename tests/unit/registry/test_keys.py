"""An issuer's keys through their life, on both databases, with a real key store."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from app.encoding.multikey import decode_multikey
from app.errors import CheckFailed, Conflict, InvalidRequest, NotFound
from app.keys.controlled_identifier import ControlledIdentifierDocument
from app.keys.public_key import PublicKey
from app.keys.signer import KeyStore, open_key_store
from app.registry import key_documents, keys
from app.settings import Settings
from app.storage.database import Database, make_engine
from app.storage.tables import AuditEvent, Issuer, Key

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
LATER = NOW + timedelta(days=90)
ACTOR = "cli:registrar"


@pytest.fixture
def session(database: Database) -> Iterator[Session]:
    with database.write() as session:
        yield session


@pytest.fixture
def key_store(settings: Settings) -> KeyStore:
    return open_key_store(settings.keys, None)


def an_issuer(did_method: str = "web") -> Issuer:
    return Issuer(
        id="acme",
        did="",
        did_method=did_method,
        profile={"name": "Acme"},
        created_at=NOW,
        updated_at=NOW,
    )


@pytest.fixture
def issuer(session: Session, key_store: KeyStore, settings: Settings) -> Issuer:
    issuer = an_issuer()
    keys.create_initial_keys(session, key_store, issuer, settings, now=NOW, actor=ACTOR)
    return issuer


@pytest.fixture
def did_key_issuer(session: Session, key_store: KeyStore, settings: Settings) -> Issuer:
    issuer = an_issuer("key")
    keys.create_initial_keys(session, key_store, issuer, settings, now=NOW, actor=ACTOR)
    return issuer


def audit_of(session: Session) -> list[tuple[str, str | None]]:
    lines = session.scalars(select(AuditEvent).order_by(AuditEvent.id))
    return [(line.action, line.subject) for line in lines]


def document_of(session: Session, issuer: Issuer, settings: Settings) -> dict[str, Any]:
    return key_documents.did_document(issuer, keys.keys_of(session, issuer.id), settings.public_url)


def rotate(session: Session, key_store: KeyStore, issuer: Issuer, key_type: str = "Ed25519") -> Key:
    return keys.rotate_key(
        session,
        key_store,
        issuer,
        purpose=keys.CREDENTIALS,
        key_type=key_type,
        now=LATER,
        actor=ACTOR,
    )


# --- creation -----------------------------------------------------------------------------------


def test_a_did_web_issuer_gets_keys_for_credentials_tokens_and_lists(
    session: Session, issuer: Issuer
) -> None:
    kinds = {(key.purpose, key.key_type) for key in keys.keys_of(session, "acme")}

    assert issuer.did == "did:web:127.0.0.1%3A8000:issuers:acme"
    assert kinds == {("credentials", "Ed25519"), ("credentials", "P-256"), ("status", "Ed25519")}


def test_a_did_key_issuer_is_named_by_its_one_key_that_does_everything(
    session: Session, did_key_issuer: Issuer
) -> None:
    (key,) = keys.keys_of(session, "acme")

    assert did_key_issuer.did == f"did:key:{key.fragment}"
    assert keys.active_key(session, "acme", keys.CREDENTIALS, "Ed25519") is key
    assert keys.active_key(session, "acme", keys.STATUS, "Ed25519") is key
    assert keys.find_active_key(session, "acme", keys.CREDENTIALS, "P-256") is None


def test_the_stored_public_half_belongs_to_the_private_half_in_the_store(
    session: Session, issuer: Issuer, key_store: KeyStore
) -> None:
    for key in keys.keys_of(session, "acme"):
        method = key_documents.verification_method_of(issuer, key)
        signer = key_store.load(key.signer_uri, method)
        assert signer.public_key.to_multikey() == key.public_key_multibase
        assert method == f"{issuer.did}#{key.fragment}"


def test_every_new_key_leaves_an_audit_line(session: Session, issuer: Issuer) -> None:
    made = {("key.created", key.id) for key in keys.keys_of(session, issuer.id)}

    assert set(audit_of(session)) == made


def test_a_key_is_found_by_its_fragment_and_by_its_id(session: Session, issuer: Issuer) -> None:
    key = keys.keys_of(session, "acme")[0]

    assert keys.load_key(session, "acme", key.fragment) is key
    assert keys.load_key(session, "acme", key.id) is key


def test_a_key_of_another_issuer_is_not_found(session: Session, issuer: Issuer) -> None:
    key = keys.keys_of(session, issuer.id)[0]

    with pytest.raises(NotFound):
        keys.load_key(session, "other", key.fragment)


def test_a_missing_key_type_can_be_added(
    session: Session, key_store: KeyStore, settings: Settings
) -> None:
    issuer = an_issuer()
    keys.create_initial_keys(
        session, key_store, issuer, settings, now=NOW, actor=ACTOR, key_types=("Ed25519",)
    )
    key = keys.create_key(
        session,
        key_store,
        issuer,
        purpose=keys.CREDENTIALS,
        key_type="P-256",
        now=NOW,
        actor=ACTOR,
    )

    assert keys.active_key(session, "acme", keys.CREDENTIALS, "P-256") is key


def test_a_second_active_key_of_one_kind_is_refused(
    session: Session, key_store: KeyStore, issuer: Issuer
) -> None:
    with pytest.raises(Conflict) as refused:
        keys.create_key(
            session,
            key_store,
            issuer,
            purpose=keys.STATUS,
            key_type="Ed25519",
            now=NOW,
            actor=ACTOR,
        )
    assert refused.value.code == "already_exists"


@pytest.mark.parametrize(
    ("purpose", "key_type", "field"),
    [
        ("login", "Ed25519", "/purpose"),
        ("any", "Ed25519", "/purpose"),
        ("credentials", "RSA", "/key_type"),
        ("status", "P-256", "/key_type"),
    ],
)
def test_kinds_of_key_that_nothing_signs_with_are_refused(
    session: Session, key_store: KeyStore, issuer: Issuer, purpose: str, key_type: str, field: str
) -> None:
    with pytest.raises(InvalidRequest) as refused:
        keys.create_key(
            session,
            key_store,
            issuer,
            purpose=purpose,
            key_type=key_type,
            now=NOW,
            actor=ACTOR,
        )
    assert refused.value.field == field


@pytest.mark.parametrize("name", ["zNobody", "", "z\0", "z6Mk" * 100])
def test_what_names_no_key_is_not_found(session: Session, issuer: Issuer, name: str) -> None:
    with pytest.raises(NotFound):
        keys.load_key(session, issuer.id, name)


# --- rotation and retirement --------------------------------------------------------------------


def test_rotation_retires_the_old_key_and_signs_with_a_new_one(
    session: Session, key_store: KeyStore, issuer: Issuer
) -> None:
    old = keys.active_key(session, "acme", keys.CREDENTIALS, "Ed25519")
    new = rotate(session, key_store, issuer)

    assert keys.active_key(session, "acme", keys.CREDENTIALS, "Ed25519") is new
    assert new.fragment != old.fragment
    assert (old.state, old.retired_at) == ("retired", LATER)
    assert audit_of(session)[-2:] == [("key.retired", old.id), ("key.created", new.id)]


def test_rotation_leaves_keys_of_another_kind_alone(
    session: Session, key_store: KeyStore, issuer: Issuer
) -> None:
    before = {key.id for key in keys.keys_of(session, "acme") if key.key_type == "P-256"}
    rotate(session, key_store, issuer)
    token_key = keys.active_key(session, "acme", keys.CREDENTIALS, "P-256")

    assert {token_key.id} == before


def test_a_retired_key_still_verifies_what_it_signed_but_nothing_new(
    session: Session, key_store: KeyStore, issuer: Issuer, settings: Settings
) -> None:
    old = keys.active_key(session, "acme", keys.CREDENTIALS, "Ed25519")
    rotate(session, key_store, issuer)
    method = key_documents.verification_method_of(issuer, old)
    document = document_of(session, issuer, settings)
    expires = LATER + key_documents.RETIREMENT_GRACE

    parsed = ControlledIdentifierDocument.parse(document, issuer.did)
    assert parsed.method_for(method, at=LATER).public_key().to_multikey() == old.fragment
    with pytest.raises(CheckFailed, match="key_expired"):
        parsed.method_for(method, at=expires + timedelta(seconds=1))


def test_retiring_a_key_stops_signing_with_it(session: Session, issuer: Issuer) -> None:
    key = keys.active_key(session, "acme", keys.CREDENTIALS, "P-256")
    keys.retire_key(session, issuer, key, now=LATER, actor=ACTOR)

    assert keys.find_active_key(session, "acme", keys.CREDENTIALS, "P-256") is None
    with pytest.raises(Conflict) as refused:
        keys.active_key(session, "acme", keys.CREDENTIALS, "P-256")
    assert refused.value.code == "issuer_has_no_key"


def test_there_is_nothing_to_rotate_after_retirement(
    session: Session, key_store: KeyStore, issuer: Issuer
) -> None:
    key = keys.active_key(session, "acme", keys.CREDENTIALS, "P-256")
    keys.retire_key(session, issuer, key, now=LATER, actor=ACTOR)

    with pytest.raises(Conflict) as refused:
        rotate(session, key_store, issuer, "P-256")
    assert refused.value.code == "issuer_has_no_key"


def test_a_key_is_retired_once(session: Session, issuer: Issuer) -> None:
    key = keys.active_key(session, "acme", keys.CREDENTIALS, "P-256")
    keys.retire_key(session, issuer, key, now=LATER, actor=ACTOR)

    with pytest.raises(Conflict) as refused:
        keys.retire_key(session, issuer, key, now=LATER, actor=ACTOR)
    assert refused.value.code == "key_state"


def test_the_status_key_cannot_be_retired_without_a_successor(
    session: Session, issuer: Issuer
) -> None:
    key = keys.active_key(session, "acme", keys.STATUS, "Ed25519")

    with pytest.raises(Conflict) as refused:
        keys.retire_key(session, issuer, key, now=LATER, actor=ACTOR)
    assert refused.value.code == "key_state"


# --- revocation ---------------------------------------------------------------------------------


def revoke(session: Session, issuer: Issuer, key: Key, reason: str = "laptop stolen") -> Key:
    return keys.revoke_key(session, issuer, key, reason=reason, now=LATER, actor=ACTOR)


def test_a_revoked_key_is_marked_and_proves_nothing_any_more(
    session: Session, issuer: Issuer, settings: Settings
) -> None:
    key = keys.active_key(session, "acme", keys.CREDENTIALS, "Ed25519")
    revoke(session, issuer, key)
    document = document_of(session, issuer, settings)
    method = key_documents.verification_method_of(issuer, key)
    (entry,) = [entry for entry in document["verificationMethod"] if entry["id"] == method]

    assert entry["revoked"] == "2026-05-30T12:00:00Z"
    assert method not in document["assertionMethod"]
    assert len(document["assertionMethod"]) == 2
    assert keys.find_active_key(session, "acme", keys.CREDENTIALS, "Ed25519") is None
    parsed = ControlledIdentifierDocument.parse(document, issuer.did)
    with pytest.raises(CheckFailed, match="key_revoked"):
        parsed.method_for(method, at=NOW)


def test_a_retired_key_can_be_revoked(
    session: Session, key_store: KeyStore, issuer: Issuer, settings: Settings
) -> None:
    old = keys.active_key(session, "acme", keys.CREDENTIALS, "Ed25519")
    rotate(session, key_store, issuer)
    revoke(session, issuer, old)
    entry = document_of(session, issuer, settings)["verificationMethod"]

    assert old.state == "revoked"
    assert sum("expires" in method and "revoked" in method for method in entry) == 1


def test_a_revocation_is_audited_with_its_reason(session: Session, issuer: Issuer) -> None:
    key = keys.active_key(session, "acme", keys.CREDENTIALS, "Ed25519")
    revoke(session, issuer, key, "  laptop stolen ")
    line = session.scalars(select(AuditEvent).order_by(AuditEvent.id.desc())).first()

    assert line is not None
    assert (line.action, line.subject, line.actor) == ("key.revoked", key.id, ACTOR)
    assert line.details["reason"] == key.reason == "laptop stolen"


def test_a_key_is_revoked_once(session: Session, issuer: Issuer) -> None:
    key = keys.active_key(session, "acme", keys.CREDENTIALS, "Ed25519")
    revoke(session, issuer, key)

    with pytest.raises(Conflict) as refused:
        revoke(session, issuer, key)
    assert refused.value.code == "key_state"


@pytest.mark.parametrize(
    ("reason", "code"),
    [
        ("", "missing_member"),
        (" \n", "missing_member"),
        ("x" * 1001, "too_large"),
        ("stolen\0", "bad_string"),
        ("stolen\x1b[2J", "bad_string"),
    ],
)
def test_a_withdrawal_needs_a_reason_of_sensible_length(
    session: Session, issuer: Issuer, reason: str, code: str
) -> None:
    key = keys.active_key(session, "acme", keys.CREDENTIALS, "Ed25519")

    with pytest.raises(InvalidRequest) as refused:
        revoke(session, issuer, key, reason)
    assert (refused.value.code, refused.value.field) == (code, "/reason")


# --- did:key ------------------------------------------------------------------------------------


def test_the_key_of_a_did_key_issuer_can_be_neither_replaced_nor_withdrawn(
    session: Session, key_store: KeyStore, did_key_issuer: Issuer
) -> None:
    (key,) = keys.keys_of(session, "acme")

    with pytest.raises(Conflict, match="did_key_is_its_key"):
        rotate(session, key_store, did_key_issuer)
    with pytest.raises(Conflict, match="did_key_is_its_key"):
        keys.retire_key(session, did_key_issuer, key, now=LATER, actor=ACTOR)
    with pytest.raises(Conflict, match="did_key_is_its_key"):
        revoke(session, did_key_issuer, key)
    with pytest.raises(Conflict, match="did_key_is_its_key"):
        keys.create_key(
            session,
            key_store,
            did_key_issuer,
            purpose=keys.CREDENTIALS,
            key_type="P-256",
            now=NOW,
            actor=ACTOR,
        )
    assert key.state == "active"


# --- documents ----------------------------------------------------------------------------------


def test_the_did_document_shows_every_key_in_its_own_form(
    session: Session, issuer: Issuer, settings: Settings
) -> None:
    document = document_of(session, issuer, settings)
    by_type: dict[str, list[dict[str, Any]]] = {"Multikey": [], "JsonWebKey": []}
    for method in document["verificationMethod"]:
        by_type[method["type"]].append(method)

    assert document["id"] == issuer.did
    assert document["@context"][0] == "https://www.w3.org/ns/did/v1"
    assert all(method["controller"] == issuer.did for method in document["verificationMethod"])
    assert document["assertionMethod"] == [m["id"] for m in document["verificationMethod"]]
    assert len(by_type["Multikey"]) == 2
    (token_method,) = by_type["JsonWebKey"]
    fragment = token_method["id"].partition("#")[2]
    jwk = token_method["publicKeyJwk"]
    assert jwk["kid"] == f"http://127.0.0.1:8000/issuers/acme/keys/{fragment}"
    assert PublicKey.from_jwk(jwk).to_multikey() == fragment
    assert decode_multikey(by_type["Multikey"][0]["publicKeyMultibase"])[0] == "Ed25519"


def test_the_key_set_leaves_out_revoked_keys_only(
    session: Session, key_store: KeyStore, issuer: Issuer, settings: Settings
) -> None:
    rotate(session, key_store, issuer)
    key = keys.active_key(session, "acme", keys.CREDENTIALS, "P-256")
    revoke(session, issuer, key)
    listed = key_documents.jwks(issuer, keys.keys_of(session, "acme"), settings)["keys"]

    assert len(listed) == 3
    assert {jwk["kty"] for jwk in listed} == {"OKP"}


def test_a_bare_jwk_is_the_public_key_under_its_own_address(
    session: Session, issuer: Issuer, settings: Settings
) -> None:
    key = keys.active_key(session, "acme", keys.CREDENTIALS, "P-256")
    jwk = key_documents.bare_jwk(issuer, key, settings)

    assert set(jwk) == {"kty", "crv", "x", "y", "kid"}
    assert jwk["kid"] == key_documents.jwk_url("acme", key, settings)


def test_a_revoked_key_is_not_found_under_its_address(
    session: Session, issuer: Issuer, settings: Settings
) -> None:
    key = keys.active_key(session, "acme", keys.CREDENTIALS, "P-256")
    revoke(session, issuer, key)

    with pytest.raises(NotFound):
        key_documents.bare_jwk(issuer, key, settings)


# --- locks --------------------------------------------------------------------------------------


def test_signers_wait_for_a_change_of_keys_but_not_for_each_other(postgres_url: str) -> None:
    settings = Settings(database_url=postgres_url)
    database = Database(make_engine(settings))
    with database.write() as session:
        session.add(an_issuer())
    with database.write() as one, database.write() as two, database.write() as changer:
        keys.hold_keys(one, "acme")
        keys.hold_keys(two, "acme")
        changer.execute(text("SET LOCAL lock_timeout = '50ms'"))
        with pytest.raises(OperationalError, match="lock timeout"):
            keys.lock_keys(changer, "acme")
        changer.rollback()
    database.close()

"""What the service says of its own issuers, lists and credentials, on both databases."""

import secrets
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from sqlalchemy.orm import Session

from app.keys.controlled_identifier import ControlledIdentifierDocument
from app.keys.signer import KeyStore, open_key_store
from app.registry.issuers import create_issuer
from app.registry.keys import keys_of
from app.registry.own_records import (
    issuer_record,
    own_credential,
    own_document,
    own_status_list,
)
from app.settings import Settings
from app.storage.database import Database
from app.storage.tables import Credential, Issuer, StatusList
from tests.builders import a_profile

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
SITE = Settings().public_url


@pytest.fixture
def session(database: Database) -> Iterator[Session]:
    with database.write() as session:
        yield session


@pytest.fixture
def key_store(settings: Settings) -> KeyStore:
    return open_key_store(settings.keys, None)


def an_issuer(session: Session, key_store: KeyStore, settings: Settings, method: str) -> Issuer:
    return create_issuer(
        session,
        key_store,
        settings,
        slug=f"acme-{method}",
        profile=a_profile(),
        did_method=method,
        now=NOW,
        actor="cli:registrar",
    )


@pytest.fixture
def issuer(session: Session, key_store: KeyStore, settings: Settings) -> Issuer:
    return an_issuer(session, key_store, settings, "web")


@pytest.fixture
def status_list(session: Session, issuer: Issuer) -> StatusList:
    row = StatusList(
        id=secrets.token_urlsafe(16),
        issuer_id=issuer.id,
        status_purpose="revocation",
        length=8,
        next_position=0,
        permutation_key=bytes(16),
        bits=b"\0",
        valid_from=NOW,
        valid_until=NOW,
        document=b"the signed list",
    )
    session.add(row)
    session.flush()
    return row


@pytest.fixture
def credential(session: Session, issuer: Issuer, status_list: StatusList) -> Credential:
    row = Credential(
        id=secrets.token_urlsafe(16),
        issuer_id=issuer.id,
        key_id=keys_of(session, issuer.id)[0].id,
        document=b"the signed document",
        jwt=b"the.signed.token",
        status_list_id=status_list.id,
        status_list_index=0,
        issued_at=NOW,
    )
    session.add(row)
    session.flush()
    return row


def test_the_document_of_an_own_issuer_is_the_one_it_publishes(
    session: Session, settings: Settings, issuer: Issuer
) -> None:
    document = own_document(session, settings, issuer.did)

    assert document is not None
    parsed = ControlledIdentifierDocument.parse(document, issuer.did)
    assert len(parsed.methods) == 3


def test_a_did_key_is_its_own_document(
    session: Session, key_store: KeyStore, settings: Settings
) -> None:
    issuer = an_issuer(session, key_store, settings, "key")

    assert own_document(session, settings, issuer.did) is None
    assert issuer_record(session.connection(), settings, issuer.did).hosted


def test_a_stranger_has_no_document_here(
    session: Session, settings: Settings, issuer: Issuer
) -> None:
    stranger = issuer.did + "-college"

    assert own_document(session, settings, stranger) is None
    assert not issuer_record(session.connection(), settings, stranger).hosted
    assert issuer_record(session.connection(), settings, issuer.did).hosted


def test_an_own_status_list_is_the_bytes_that_are_published(
    session: Session, settings: Settings, status_list: StatusList
) -> None:
    assert own_status_list(session, settings, f"{SITE}/status/{status_list.id}") == (
        b"the signed list"
    )


@pytest.mark.parametrize("ending", ["", ".json", ".png", ".svg", "?lang=en", "#verdict", ".json?a"])
def test_a_share_link_gives_the_credential(
    session: Session, settings: Settings, credential: Credential, ending: str
) -> None:
    url = f"{SITE}/credentials/{credential.id}{ending}"

    assert own_credential(session, settings, url) == b"the signed document"


def test_a_link_to_the_token_gives_the_token(
    session: Session, settings: Settings, credential: Credential
) -> None:
    url = f"{SITE}/credentials/{credential.id}.jwt"

    assert own_credential(session, settings, url) == b"the.signed.token"


@pytest.mark.parametrize(
    "url",
    [
        "https://elsewhere.example{path}",
        SITE + ".elsewhere.example{path}",
        SITE + "1{path}",
        SITE + "/{path}",
        SITE + "{path}x",
        SITE + "{path}\n",
        SITE + "{path}.zip",
        SITE + "{kind}AAAAAAAAAAAAAAAAAAAAAA",
        SITE,
        "",
    ],
)
def test_any_other_address_is_not_ours(
    session: Session, settings: Settings, credential: Credential, url: str
) -> None:
    shared = {"kind": "/credentials/", "path": f"/credentials/{credential.id}"}
    listed = {"kind": "/status/", "path": f"/status/{credential.status_list_id}"}

    assert own_credential(session, settings, url.format(**shared)) is None
    assert own_status_list(session, settings, url.format(**listed)) is None

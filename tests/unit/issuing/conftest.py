"""An issuer with an achievement, a desk to issue from, and a writing session, on both databases."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy.orm import Session

from app.credentials.issue_request import parse_issue_request
from app.issuing.desk import IssuingDesk
from app.issuing.issue import issue_credential
from app.jsonld.contexts import ContextBundle, load_contexts
from app.keys.signer import open_key_store
from app.registry.achievements import create_achievement
from app.settings import Settings
from app.storage.database import Database
from app.storage.tables import Achievement, Credential, Issuer
from tests.builders import an_achievement_definition
from tests.issuers import make_issuer

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
ACTOR = "cli:registrar"


@pytest.fixture(scope="session")
def contexts() -> ContextBundle:
    return load_contexts(Settings().contexts)


@pytest.fixture
def desk(settings: Settings, contexts: ContextBundle) -> IssuingDesk:
    return IssuingDesk(open_key_store(settings.keys, None), contexts, settings)


@pytest.fixture
def session(database: Database) -> Iterator[Session]:
    with database.write() as session:
        yield session


@pytest.fixture
def issuer(session: Session, desk: IssuingDesk) -> Issuer:
    return make_issuer(session, desk, actor=ACTOR)


@pytest.fixture
def achievement(session: Session, desk: IssuingDesk, issuer: Issuer) -> Achievement:
    return create_achievement(
        session, desk.settings, issuer, an_achievement_definition(), now=NOW, actor=ACTOR
    )


Issue = Callable[..., Credential]


@pytest.fixture
def issue(session: Session, desk: IssuingDesk, achievement: Achievement) -> Issue:
    """`issue(now=…, **members)`: a credential for a learner, whatever else the request says."""

    def issue(*, now: datetime = NOW, **members: Any) -> Credential:
        body = {"achievement": achievement.id, "recipient": {"email": "ailsa@learner.example"}}
        request = parse_issue_request({**body, **members})
        return issue_credential(session, desk, "inverbrae", request, now=now, actor=ACTOR)

    return issue

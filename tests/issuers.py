"""Issuers made without the HTTP API, for tests of what lies below it."""

from datetime import datetime

from sqlalchemy.orm import Session

from app.issuing.desk import IssuingDesk
from app.registry.issuers import create_issuer
from app.storage.tables import Issuer
from tests.builders import a_profile
from tests.conftest import NOW


def make_issuer(
    session: Session,
    desk: IssuingDesk,
    slug: str = "inverbrae",
    *,
    did_method: str = "web",
    now: datetime = NOW,
    actor: str = "cli:test",
) -> Issuer:
    """The university of the other builders under that slug, with keys of its own."""
    return create_issuer(
        session,
        desk.key_store,
        desk.settings,
        slug=slug,
        profile=a_profile(),
        did_method=did_method,
        now=now,
        actor=actor,
    )

"""Whether an issuer is known here, on whose word, and whether that covers a credential.

One look into the registry, the same for pages, answers and the command line. Being known is no part
of being genuine (decision 11).
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from app.credentials.learning import read_learning
from app.registry.coverage import UNBOUNDED, compare, scope_from
from app.registry.own_records import issuer_record
from app.registry.trusted_issuers import ListedBy, listings_of
from app.settings import Settings
from app.storage.tables import TrustedIssuer
from app.verification.result import Basis, Known


def known_by(
    session: Session,
    settings: Settings,
    issuer: str,
    *,
    now: datetime,
    document: Mapping[str, Any] | None = None,
) -> tuple[Known, ...]:
    """Every registry that knows the issuer now, this service first.

    `document` is a verified credential of the issuer, to be held against what it is known for;
    without one nothing is compared, and every entry counts as covering it.
    """
    connection = session.connection()
    hosted = issuer_record(connection, settings, issuer).hosted
    return known_from(hosted, listings_of(connection, issuer, now=now), settings, document)


def known_from(
    hosted: bool,
    listings: Sequence[ListedBy],
    settings: Settings,
    document: Mapping[str, Any] | None = None,
) -> tuple[Known, ...]:
    """The same, where the records have been asked already."""
    learning = read_learning(document) if document is not None and listings else None
    found = [Known(settings.public_url, Basis.OWN)] if hosted else []
    for row in listings:
        scope = scope_from(row.scope)
        coverage = UNBOUNDED if learning is None else compare(scope, learning)
        found.append(Known(row.source, basis_of(row), row.valid_until, scope.words, coverage))
    return tuple(found)


def basis_of(row: TrustedIssuer | ListedBy) -> Basis:
    """Where an entry of the registry comes from."""
    if row.federation_entity_id is not None:
        return Basis.FEDERATION
    return Basis.ENTRY if row.digest is None else Basis.LIST

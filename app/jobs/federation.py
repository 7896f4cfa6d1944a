"""Reading trust chains anew before they expire.

What follows from a chain counts until the first of its statements ends. Federations sign these for
days or weeks, so without this an institution would quietly be known no longer.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.errors import SignetError
from app.fetch import Fetch, make_fetch
from app.jobs.desk import JobDesk
from app.registry.federation import anchor_of, expiring_entities, keys_of, load_entity, renew_entity
from app.registry.federation_walk import find_chain
from app.storage.database import Database

ACTOR = "service"

PATIENCE = timedelta(days=30)
"""How long after its end a chain is still looked for."""

# No more are begun after that long: slow federations must not keep other work waiting.
_SECONDS = 20.0


@dataclass(frozen=True)
class RenewalReport:
    """The entities that have a newer chain, and those that have none, with the reason's code."""

    renewed: tuple[str, ...]
    failed: tuple[tuple[str, str], ...]


def renew_chains(
    database: Database, fetch: Fetch, entity_ids: Sequence[str], *, now: datetime
) -> RenewalReport:
    """Read the chain of each entity anew; where that fails the old one counts until it ends.

    Each has a transaction of its own, and none is open while addresses are read.
    """
    until = time.monotonic() + _SECONDS
    renewed: list[str] = []
    failed: list[tuple[str, str]] = []
    for entity_id in entity_ids:
        if time.monotonic() > until:
            break
        try:
            _renew(database, fetch, entity_id, now)
        except SignetError as error:
            failed.append((entity_id, error.code))
        else:
            renewed.append(entity_id)
    return RenewalReport(tuple(renewed), tuple(failed))


def renew_trust_chains(desk: JobDesk, now: datetime) -> None:
    """The same as periodic work, for chains in the last third of their time; the log has the rest.

    The most urgent come first, and after all of them those that have expired already.
    """
    with desk.database.read() as session:
        due = expiring_entities(session, now=now, patience=PATIENCE)
    if not due:
        return
    fetch = make_fetch(timeout_seconds=desk.issuing.settings.fetch_timeout_seconds)
    report = renew_chains(desk.database, fetch, due, now=now)
    if report.renewed:
        desk.log.info("trust_chains_renewed", count=len(report.renewed))
    for entity_id, code in report.failed:
        desk.log.warning("trust_chain_not_renewed", entity=entity_id, code=code)


def _renew(database: Database, fetch: Fetch, entity_id: str, now: datetime) -> None:
    with database.read() as session:
        entity = load_entity(session, entity_id)
        name, keys = entity.entity_id, keys_of(anchor_of(session, entity))
    chain = find_chain(fetch, name, keys, now=now)
    with database.write() as session:
        renew_entity(session, entity_id, chain.tokens, now=now, actor=ACTOR)

"""The service's own verification: what the pages and endpoints hand to `verify_credential`.

Keys and status lists of issuers hosted here are read from this service's own records, so that a
first look works on a laptop without a domain; the result says so (`own_records`). Everything else
comes through the one network door, a few addresses per check. No database connection is held while
anything is computed or fetched.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from app.encoding.strict_json import JsonObject
from app.errors import CheckUndecided, NotFound
from app.fetch import budgeted, record_fetches
from app.keys.controlled_identifier import ControlledIdentifierDocument
from app.keys.resolution import make_resolver
from app.proofs.profiles import OPEN_BADGE, Profile
from app.registry.own_records import own_credential, own_document
from app.verification.authenticity import World
from app.verification.presentation import PresentationResult, verify_presentation
from app.verification.result import Known, VerificationResult
from app.verification.verify import verify_credential
from app.web.dependencies import Desk
from app.web.public.status_lists import current_list
from app.web.standing import known_by as known_by_records


@dataclass
class _Look:
    """One check in the making: its world, where it went, and whether it asked ourselves."""

    world: World
    visited: list[str]
    own_records: bool = False


def check_bytes(
    desk: Desk,
    data: bytes | JsonObject,
    *,
    now: datetime,
    profile: Profile = OPEN_BADGE,
    with_status: bool = True,
    read_from: str | None = None,
) -> VerificationResult:
    """Verify a credential: bytes of any accepted kind, or a parsed object.

    `read_from` is the address that `read_link` read them from, to be told with the other ones.
    """
    look = _look(desk, now)
    if read_from is not None and not _is_own(desk, read_from):
        look.visited.append(read_from)
    result = verify_credential(data, profile=profile, world=look.world, with_status=with_status)
    return _finish(desk, result, look)


def check_link(
    desk: Desk, url: str, *, now: datetime, profile: Profile = OPEN_BADGE
) -> VerificationResult:
    """Verify the credential behind an address: one of ours, or one that is fetched.

    Raises `CheckUndecided` when the address cannot be read.
    """
    data = read_link(desk, url)
    return check_bytes(desk, data, now=now, profile=profile, read_from=url)


def read_link(desk: Desk, url: str) -> bytes:
    """The file at an address: one of our credentials from the records, anything else fetched.

    The person asked for this one; the budget of a check is for where the credential sends us.
    Raises `CheckUndecided` when the address cannot be read.
    """
    if not _is_own(desk, url):
        return desk.fetch(url).body
    with desk.database.read() as session:
        data = own_credential(session, desk.settings, url)
    if data is None:
        # Asking ourselves over the web would say the same, only later.
        raise CheckUndecided("not_found", "this service has no credential at that address")
    return data


def _is_own(desk: Desk, url: str) -> bool:
    return url.startswith(f"{desk.settings.public_url}/")


def check_presentation(
    desk: Desk,
    data: bytes | JsonObject,
    *,
    now: datetime,
    profile: Profile,
    challenge: str | None,
    domain: str | None,
    with_status: bool = True,
) -> PresentationResult:
    """Verify a presentation and the credentials in it."""
    look = _look(desk, now)
    return verify_presentation(
        data,
        profile=profile,
        world=look.world,
        challenge=challenge,
        domain=domain,
        with_status=with_status,
    )


def _finish(desk: Desk, result: VerificationResult, look: _Look) -> VerificationResult:
    issuer = result.issuer
    if issuer is not None and issuer.trusted:
        found = known_by(desk, issuer.id, look.world.now, result.document)
        issuer = replace(issuer, known_by=found)
    return replace(result, issuer=issuer, fetched=tuple(look.visited), own_records=look.own_records)


def _look(desk: Desk, now: datetime) -> _Look:
    recorded, visited = record_fetches(desk.fetch)
    outside = budgeted(recorded)
    resolve_outside = make_resolver(outside)

    def resolve(identifier: str) -> ControlledIdentifierDocument:
        with desk.database.read() as session:
            document = own_document(session, desk.settings, identifier)
        if document is None:
            return resolve_outside(identifier)
        look.own_records = True
        return ControlledIdentifierDocument.parse(document, identifier)

    def fetch_status(url: str) -> bytes:
        list_id = _own_list_id(desk, url)
        if list_id is None:
            return outside(url).body
        look.own_records = True
        try:
            return current_list(desk, list_id, now)
        except NotFound:
            raise CheckUndecided("not_found", "this service has no such status list") from None

    look = _Look(World(desk.contexts, resolve, fetch_status, _known(desk, now), now), visited)
    return look


def _known(desk: Desk, now: datetime) -> Callable[[str], bool]:
    def known(issuer: str) -> bool:
        return bool(known_by(desk, issuer, now))

    return known


def known_by(
    desk: Desk, issuer: str, now: datetime, document: Mapping[str, Any] | None = None
) -> tuple[Known, ...]:
    """Every registry that knows the issuer now, and whether it covers a verified credential."""
    with desk.database.read() as session:
        return known_by_records(session, desk.settings, issuer, now=now, document=document)


def _own_list_id(desk: Desk, url: str) -> str | None:
    prefix = f"{desk.settings.public_url}/status/"
    return url.removeprefix(prefix) if url.startswith(prefix) else None

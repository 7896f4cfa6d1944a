"""The service's own verification: what the pages and endpoints hand to `verify_credential`.

Keys and status lists of issuers hosted here are read from this service's own records, so that a
first look works on a laptop without a domain; the result says so (`own_records`). Everything else
comes through the one network door, a few addresses per check. No database connection is held while
anything is computed or fetched.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import lru_cache
from typing import Any

from app.encoding.strict_json import JsonObject
from app.errors import CheckUndecided, NotFound
from app.fetch import budgeted, record_fetches
from app.keys.controlled_identifier import ControlledIdentifierDocument
from app.keys.resolution import make_resolver
from app.proofs.profiles import OPEN_BADGE, Profile
from app.registry.own_records import IssuerRecord, issuer_record, own_credential
from app.registry.trusted_issuers import ListedBy, listings_of
from app.storage.database import looking
from app.verification.authenticity import World
from app.verification.presentation import PresentationResult, verify_presentation
from app.verification.result import Known, VerificationResult
from app.verification.verify import verify_credential
from app.web.dependencies import Desk
from app.web.public.status_lists import current_list
from app.web.standing import known_from

# Once for each database: it costs half as much as a statement.
_looking = lru_cache(maxsize=4)(looking)


@dataclass
class _Look:
    """One check in the making: what it asked of our records, and where else it went.

    Each thing is asked for once: all parts of a check see the same records.
    """

    desk: Desk
    now: datetime
    visited: list[str] = field(default_factory=list)
    own_records: bool = False
    _records: dict[str, IssuerRecord] = field(default_factory=dict)
    _listings: dict[str, Sequence[ListedBy]] = field(default_factory=dict)
    _lists: dict[str, bytes] = field(default_factory=dict)

    def world(self) -> World:
        """What the verifier is given."""
        recorded, self.visited = record_fetches(self.desk.fetch)
        outside = budgeted(recorded)
        resolve_outside = make_resolver(outside)

        def resolve(identifier: str) -> ControlledIdentifierDocument:
            document = self._record(identifier).document
            if document is None:
                return resolve_outside(identifier)
            self.own_records = True
            return ControlledIdentifierDocument.parse(document, identifier)

        def fetch_status(url: str) -> bytes:
            list_id = _own_list_id(self.desk, url)
            return outside(url).body if list_id is None else self._own_list(list_id)

        def known(issuer: str) -> bool:
            return bool(self.known_by(issuer))

        return World(self.desk.contexts, resolve, fetch_status, known, self.now)

    def known_by(self, issuer: str, document: Mapping[str, Any] | None = None) -> tuple[Known, ...]:
        """Every registry that knows the issuer now, and whether it covers a verified credential."""
        record = self._record(issuer)
        if record.listed and issuer not in self._listings:
            with _looking(self.desk.database.engine).connect() as connection:
                self._listings[issuer] = listings_of(connection, issuer, now=self.now)
        listings = self._listings.get(issuer, ())
        return known_from(record.hosted, listings, self.desk.settings, document)

    def _record(self, issuer: str) -> IssuerRecord:
        if issuer not in self._records:
            with _looking(self.desk.database.engine).connect() as connection:
                found = issuer_record(connection, self.desk.settings, issuer)
            self._records[issuer] = found
        return self._records[issuer]

    def _own_list(self, list_id: str) -> bytes:
        self.own_records = True
        if list_id not in self._lists:
            try:
                self._lists[list_id] = current_list(self.desk, list_id, self.now)
            except NotFound:
                raise CheckUndecided("not_found", "this service has no such status list") from None
        return self._lists[list_id]


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
    look = _Look(desk, now)
    world = look.world()
    if read_from is not None and not _is_own(desk, read_from):
        look.visited.append(read_from)
    result = verify_credential(data, profile=profile, world=world, with_status=with_status)
    return _finish(result, look)


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
    return verify_presentation(
        data,
        profile=profile,
        world=_Look(desk, now).world(),
        challenge=challenge,
        domain=domain,
        with_status=with_status,
    )


def _finish(result: VerificationResult, look: _Look) -> VerificationResult:
    issuer = result.issuer
    if issuer is not None and issuer.trusted:
        found = look.known_by(issuer.id, result.document)
        issuer = replace(issuer, known_by=found)
    return replace(result, issuer=issuer, fetched=tuple(look.visited), own_records=look.own_records)


def known_by(
    desk: Desk, issuer: str, now: datetime, document: Mapping[str, Any] | None = None
) -> tuple[Known, ...]:
    """Every registry that knows the issuer now, and whether it covers a verified credential."""
    return _Look(desk, now).known_by(issuer, document)


def _own_list_id(desk: Desk, url: str) -> str | None:
    prefix = f"{desk.settings.public_url}/status/"
    return url.removeprefix(prefix) if url.startswith(prefix) else None

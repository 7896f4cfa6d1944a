"""Reading everything on record again, as an auditor would: signatures, columns, lists, revocations.

After boulder's cert-checker: the road that issues is one thing, an independent look at what it left
behind another. Nothing is mended here; whoever runs it reads one snapshot and decides.

Per credential: its proof and its token verify with the keys on record; its columns say what its
document says; its entry is its own and its bit says what its row says. Per list: it verifies, is in
date, shows the bits on record, has as many entries handed out as there are credentials and entries
that a batch reserved and did not need, and no bit set that nobody revoked. Per batch: what its
verdicts say was issued is there.

A service may have moved since (`SIGNET_PUBLIC_URL`): what was signed then names the former address
for good. That is not damage, and is told apart.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.encoding.strict_json import JsonObject, parse_object
from app.errors import NotFound, SignetError
from app.issuing.batch_results import ISSUED
from app.issuing.batches import results_of
from app.issuing.desk import IssuingDesk
from app.issuing.records import facts_of
from app.issuing.signing import verify_signed, verify_signed_jwt
from app.issuing.status_lists import ReservedRange, entries_of
from app.proofs.data_integrity import proofs_of
from app.proofs.profiles import OPEN_BADGE, VC
from app.proofs.vc_jose import read_jws
from app.registry.achievements import achievement_url
from app.registry.key_documents import jwk_url
from app.registry.keys import REVOKED, load_key
from app.settings import Settings
from app.status.bitstring import expand_list, status_entry
from app.storage.batch_tables import IssuedRow
from app.storage.tables import Achievement, Batch, BatchChunk, Credential, Issuer, Key, StatusList

BATCH = 200

ANOTHER_ADDRESS = "another_address"
"""The code of what is sound, and was made when the service had another address."""


@dataclass(frozen=True)
class Discrepancy:
    """One thing on record that is not as it should be: what, why, and which row of which table."""

    table: str
    id: str
    code: str
    detail: str

    @property
    def is_damage(self) -> bool:
        """Whether something is wrong, and not only said from a former address."""
        return self.code != ANOTHER_ADDRESS


Fault = tuple[str, str]


def place_faults(settings: Settings, found: Any, url: str, fault: Fault) -> Iterator[Fault]:
    """Nothing where `found` is the address `url`; else the fault, or that it was made elsewhere."""
    address = former_address(settings, found, url)
    if address is not None:
        yield _moved(address)
    elif found != url:
        yield fault


def _moved(address: str) -> Fault:
    return ANOTHER_ADDRESS, f"made at another address, {address}"


def former_address(settings: Settings, found: Any, url: str) -> str | None:
    """Under which address of the service `found` was what `url` is now, if under another one."""
    path = url.removeprefix(settings.public_url)
    if not isinstance(found, str) or found == url or not found.endswith(path):
        return None
    address = found.removesuffix(path)
    return address if address.startswith(("https://", "http://")) else None


def check_records(
    session: Session, desk: IssuingDesk, *, now: datetime, progress: Callable[[int], None]
) -> Iterator[Discrepancy]:
    """Everything wrong with status lists and credentials, found in batches.

    `progress` is told how many credentials have been read so far.
    """
    for status_list in session.scalars(select(StatusList).order_by(StatusList.id)):
        for code, detail in _once(_list_faults(session, desk, status_list, now)):
            yield Discrepancy("status_lists", status_list.id, code, detail)
    yield from _shared_entries(session)
    yield from _lost_rows(session)
    yield from _lost_under_a_key(session)
    done, last = 0, ""
    while batch := _batch_after(session, last):
        beside = _beside(session, [credential for credential, _ in batch])
        for credential, octet in batch:
            for code, detail in _once(_credential_faults(session, desk, beside, credential, octet)):
                yield Discrepancy("credentials", credential.id, code, detail)
            last = credential.id
            session.expunge(credential)
        done += len(batch)
        progress(done)


def _once(faults: Iterator[Fault]) -> Iterator[Fault]:
    """Each fault of one row once: a former address stands in several places of a document."""
    yield from dict.fromkeys(faults)


def _batch_after(session: Session, last: str) -> list[tuple[Credential, bytes]]:
    """The next credentials, each with the byte of its list that holds its bit."""
    octet = func.substr(StatusList.bits, Credential.status_list_index // 8 + 1, 1)
    query = (
        select(Credential, octet)
        .join(StatusList, StatusList.id == Credential.status_list_id)
        .where(Credential.id > last)
        .order_by(Credential.id)
        .limit(BATCH)
    )
    return [(credential, bytes(found)) for credential, found in session.execute(query)]


@dataclass(frozen=True)
class _Beside:
    """What is on record beside some credentials, read at once.

    The session finds what somebody holds; what nobody holds it would read again for each of them.
    """

    issuers: Sequence[Issuer]
    achievements: Sequence[Achievement]
    keys: Mapping[tuple[str, str], Key]  # by issuer and fragment


def _beside(session: Session, credentials: Sequence[Credential]) -> _Beside:
    issuer_ids = {each.issuer_id for each in credentials}
    achievement_ids = {each.achievement_id for each in credentials} - {None}
    issuers = select(Issuer).where(Issuer.id.in_(issuer_ids))
    achievements = select(Achievement).where(Achievement.id.in_(achievement_ids))
    keys = session.scalars(select(Key).where(Key.issuer_id.in_(issuer_ids)))
    return _Beside(
        session.scalars(issuers).all(),
        session.scalars(achievements).all(),
        {(key.issuer_id, key.fragment): key for key in keys},
    )


def _shared_entries(session: Session) -> Iterator[Discrepancy]:
    """Entries that two credentials share; a constraint forbids it, a restored dump may not."""
    query = (
        select(Credential.status_list_id, Credential.status_list_index)
        .group_by(Credential.status_list_id, Credential.status_list_index)
        .having(func.count() > 1)
    )
    for list_id, index in session.execute(query):
        detail = f"entry {index} belongs to several credentials"
        yield Discrepancy("status_lists", list_id, "entry_shared", detail)


# --- batches ------------------------------------------------------------------------------------


def _lost_rows(session: Session) -> Iterator[Discrepancy]:
    """Credentials that are not there and were issued, by the verdicts of the batch."""
    for batch_id in session.scalars(select(Batch.id).order_by(Batch.id)).all():
        number = 0
        while (results := results_of(session, batch_id, number)) is not None:
            issued = [each.credential_id for each in results if each.outcome == ISSUED]
            found = select(func.count()).where(Credential.id.in_(issued))
            lost = len(issued) - session.scalars(found).one()
            if lost:
                detail = f"{lost} credentials that its chunk {number} issued are not there"
                yield Discrepancy("batches", batch_id, "credentials_lost", detail)
            number += 1


def _lost_under_a_key(session: Session) -> Iterator[Discrepancy]:
    """The same by the keys of rows, which are kept for good where verdicts are not."""
    query = (
        select(IssuedRow.issuer_id, func.count())
        .outerjoin(Credential, Credential.id == IssuedRow.credential_id)
        .where(Credential.id.is_(None))
        .group_by(IssuedRow.issuer_id)
    )
    for issuer_id, lost in session.execute(query):
        detail = f"{lost} credentials that batches issued are not there"
        yield Discrepancy("issued_rows", issuer_id, "credentials_lost", detail)


def _left_over(session: Session, status_list: StatusList) -> int:
    """Entries that batches reserved and nobody holds: for rows that are still to be issued, that
    were stopped, or that were issued before or refused when it came to them."""
    query = (
        select(BatchChunk.entries)
        .join(Batch, Batch.id == BatchChunk.batch_id)
        .where(Batch.issuer_id == status_list.issuer_id, BatchChunk.entries.is_not(None))
    )
    in_list = [
        [
            ReservedRange(**each)
            for each in (reserved or {})["ranges"]
            if each["list_id"] == status_list.id
        ]
        for reserved in session.scalars(query).all()
    ]
    left_over = 0
    for ours in filter(None, in_list):  # of many lists and chunks, few
        entries = [each.index for each in entries_of(session, ours)]
        held = select(func.count()).where(
            Credential.status_list_id == status_list.id, Credential.status_list_index.in_(entries)
        )
        left_over += len(entries) - session.scalars(held).one()
    return left_over


# --- status lists -------------------------------------------------------------------------------


def _list_faults(
    session: Session, desk: IssuingDesk, status_list: StatusList, now: datetime
) -> Iterator[Fault]:
    issuer = session.get_one(Issuer, status_list.issuer_id)
    try:
        key = _proof_key(session, status_list.issuer_id, status_list.document)
        document = verify_signed(desk, issuer, key, status_list.document, VC)
        shown = expand_list(document["credentialSubject"]["encodedList"])
    except SignetError as error:
        yield error.code, error.detail
    else:
        if key.state == REVOKED:
            yield "key_revoked", f"it is signed with the withdrawn key {key.fragment}"
        yield from _id_faults(desk, document["id"], desk.status_list_url(status_list.id))
        if shown != status_list.bits:
            yield "bits_differ", "the signed list does not show the bits on record"
    if status_list.valid_until <= now:
        yield "list_expired", f"it expired on {status_list.valid_until:%F}; run `signet worker`"
    count = _count(session, status_list)
    if count + _left_over(session, status_list) != status_list.next_position:
        yield (
            "entries_differ",
            f"{status_list.next_position} entries were handed out, {count} credentials hold one",
        )
    revoked = _count(session, status_list, revoked=True)
    bits = int.from_bytes(status_list.bits, "big").bit_count()
    if bits != revoked:
        yield "revocations_differ", f"{bits} bits are set, {revoked} credentials are revoked"


def _count(session: Session, status_list: StatusList, **matching: bool) -> int:
    query = select(func.count()).select_from(Credential)
    query = query.where(Credential.status_list_id == status_list.id)
    return session.scalars(query.filter_by(**matching)).one()


# --- credentials --------------------------------------------------------------------------------


def _credential_faults(
    session: Session, desk: IssuingDesk, beside: _Beside, credential: Credential, octet: bytes
) -> Iterator[Fault]:
    issuer = session.get_one(Issuer, credential.issuer_id)
    key = session.get_one(Key, credential.key_id)
    profile = VC if credential.achievement_id is None else OPEN_BADGE
    try:
        document = verify_signed(desk, issuer, key, credential.document, profile)
    except SignetError as error:
        yield error.code, error.detail
    else:
        yield from _column_faults(session, desk, credential, document, issuer)
    if credential.jwt is not None:
        yield from _token_faults(desk, beside, credential, credential.jwt, issuer)
    if key.issuer_id != credential.issuer_id:
        yield "wrong_key", f"its key belongs to {key.issuer_id}"
    if key.state == REVOKED and not credential.revoked:
        yield "key_revoked", f"its key was withdrawn; issue it again ({key.fragment})"
    bit = bool(octet and octet[0] & (0x80 >> credential.status_list_index % 8))
    if bit != credential.revoked:
        yield "revocation_differs", "its row and its bit disagree about its revocation"


def _column_faults(
    session: Session,
    desk: IssuingDesk,
    credential: Credential,
    document: JsonObject,
    issuer: Issuer,
) -> Iterator[Fault]:
    """Whether the row says what the verified document says."""
    facts = facts_of(document)
    if (facts.credential_id, facts.valid_from, facts.valid_until) != (
        credential.credential_id,
        credential.valid_from,
        credential.valid_until,
    ):
        yield "columns_differ", "its id or validity on record is not that in its document"
    named = document["issuer"]
    if (named["id"] if isinstance(named, dict) else named) != issuer.did:
        yield "wrong_issuer", "its document names another issuer"
    yield from _entry_faults(desk, credential, document)
    if credential.achievement_id is not None:
        achievement = session.get_one(Achievement, credential.achievement_id)
        url = achievement_url(desk.settings, achievement.id)
        shown = document["credentialSubject"]["achievement"]["id"]
        wrong = ("wrong_achievement", "its achievement on record is not that in its document")
        own = achievement.issuer_id == issuer.id
        yield from place_faults(desk.settings, shown if own else None, url, wrong)
        yield from _id_faults(desk, document["id"], desk.credential_url(credential.id))


def _entry_faults(
    desk: IssuingDesk, credential: Credential, document: JsonObject
) -> Iterator[Fault]:
    """Whether the document points to the row's entry in the row's list."""
    statuses: Any = document.get("credentialStatus")
    url, index = desk.status_list_url(credential.status_list_id), credential.status_list_index
    places = (
        place
        for status in (statuses if isinstance(statuses, list) else [statuses])
        if isinstance(status, dict)
        and status == status_entry(place := str(status.get("statusListCredential")), index)
    )
    ours = (place for place in places if place == url or former_address(desk.settings, place, url))
    wrong = ("wrong_entry", "its document points to another status entry than its row")
    yield from place_faults(desk.settings, next(ours, None), url, wrong)


def _id_faults(desk: IssuingDesk, found: Any, url: str) -> Iterator[Fault]:
    yield from place_faults(
        desk.settings, found, url, ("wrong_id", f"its document is that of {found}")
    )


def _token_faults(
    desk: IssuingDesk, beside: _Beside, credential: Credential, token: bytes, issuer: Issuer
) -> Iterator[Fault]:
    """Whether the token verifies, and says what the document beside it says."""
    try:
        kid = str(read_jws(token).header.get("kid"))
        key = beside.keys.get((credential.issuer_id, kid.rpartition("/")[2]))
        if key is None:
            raise NotFound("not_found", "The issuer has no such key.")
        address = former_address(desk.settings, kid, jwk_url(issuer.id, key, desk.settings))
        if address is not None:
            yield _moved(address)
            desk = _at(desk, address)
        claimed = verify_signed_jwt(desk, issuer, key, token)
        document = parse_object(credential.document)
    except SignetError as error:
        yield error.code, f"its token: {error.detail}"
        return
    if claimed != {name: value for name, value in document.items() if name != "proof"}:
        yield "token_differs", "its token says something else than its document"


def _at(desk: IssuingDesk, address: str) -> IssuingDesk:
    """The desk as it was when the service had that address."""
    return replace(desk, settings=desk.settings.model_copy(update={"public_url": address}))


def _proof_key(session: Session, issuer_id: str, data: bytes) -> Key:
    """The issuer's key that the first proof names; raises NotFound, CheckFailed, MalformedInput."""
    proof = proofs_of(parse_object(data))[0]
    method = str(proof.get("verificationMethod")) if isinstance(proof, dict) else ""
    return load_key(session, issuer_id, method.partition("#")[2])

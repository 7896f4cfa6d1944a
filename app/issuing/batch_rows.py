"""Rows of a batch on their way to credentials: read, checked, signed; nothing is stored here.

What is needed besides the rows is loaded once for a chunk of them, in a `Standing`; between
loading and storing no database connection is held, for this is where the time goes.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.credentials.issue_request import IssueRequest, parse_issue_request
from app.credentials.microcredential_terms import ContextPin
from app.encoding.multibase import encode_base64url
from app.encoding.strict_json import JsonObject, dump_json, parse_json, parse_object
from app.errors import (
    CheckFailed,
    Conflict,
    Finding,
    InvalidRequest,
    MalformedInput,
    SignetError,
)
from app.issuing.award_gate import governing_policy, hold_to, require_published
from app.issuing.batch_columns import column_of, request_of
from app.issuing.batch_results import REFUSED, REPEATED, VALID, RowResult
from app.issuing.batch_shapes import another_like, own_members, shape_of
from app.issuing.desk import IssuingDesk
from app.issuing.drafts import check_draft, context_pin, draft_credential
from app.issuing.issue import achievement_of
from app.issuing.records import refuse_backward_clock
from app.issuing.row_files import ROW_FAULTS, Row
from app.issuing.signed_credential import IssuingKeys, issuing_keys
from app.issuing.status_lists import PURPOSE, ReservedEntry
from app.policy.definition import DefinitionPolicy
from app.proofs.checked import CheckedDocument
from app.registry.issuers import load_issuer
from app.registry.outbox import refuse_mail_where_off
from app.status.bitstring import status_entry
from app.storage.tables import Achievement, Batch, IssuedRow, Issuer

LONGEST_KEY = 255
MADE_KEY = "sha256-"
"""How the key of a row begins that was given none: equal rows have the same."""
_MOST_FINDINGS = 5
_MOST_SHAPES = 64  # where every row has one of its own, keeping them would be of no use
_NOWHERE = "0" * 22  # in place of the ids of what does not exist yet

# What is wrong with one row, as opposed to what is wrong with the service or the issuer.
ROW_ERRORS = (InvalidRequest, MalformedInput, CheckFailed, Conflict)


@dataclass(frozen=True)
class BatchRow:
    """A row that can be read: a request to issue, and the key that makes repeating it safe.

    Rows of one `shape` (`batch_shapes.shape_of`) differ in texts about the learner only.
    """

    number: int
    key: str
    request: IssueRequest
    request_hash: str
    shape: bytes | None

    @property
    def has_award(self) -> bool:
        """Whether a board's confirmation goes with it; then there is more to store than it."""
        return self.request.board is not None or self.request.award is not None


@dataclass(frozen=True)
class Offer:
    """An achievement that rows name, with its definition as published, and what governs it."""

    achievement: Achievement
    definition: JsonObject
    policy: DefinitionPolicy | None


@dataclass(frozen=True)
class Standing:
    """How things stand for the rows of a chunk; `offers` by how the rows name an achievement.

    `sound` are the checked documents of rows so far, one of each shape.
    """

    issuer: Issuer
    keys: IssuingKeys
    offers: Mapping[str, Offer | SignetError]
    issued: Mapping[str, IssuedRow]
    pin: ContextPin
    sound: dict[bytes, tuple[Offer, CheckedDocument]] = field(default_factory=dict)


def read_batch_rows(batch: Batch, rows: Iterable[Row]) -> list[BatchRow | RowResult]:
    """Each row as a request to issue, or the refusal of it; looks at nothing but the rows."""
    read: list[BatchRow | RowResult] = []
    for number, data in rows:
        key = None
        try:
            body = _read_body(data)
            key = _take_key(batch, body)
            read.append(_read_row(batch, number, key, body))
        except ROW_ERRORS as error:
            read.append(refusal(batch, number, key, error))
    return read


def _read_body(data: bytes) -> JsonObject:
    body = parse_json(data)
    if not isinstance(body, dict):
        raise _no_object(body)
    return body


def _take_key(batch: Batch, body: JsonObject) -> str | None:
    key = body.pop("key", None)
    if batch.form == "csv" and key is not None:
        key = key.strip()
    if key is not None and (
        not isinstance(key, str) or not 0 < len(key) <= LONGEST_KEY or not key.isprintable()
    ):
        raise InvalidRequest(
            "bad_value", f"A key is one line of 1 to {LONGEST_KEY} characters.", field="/key"
        )
    return key


def _read_row(batch: Batch, number: int, key: str | None, body: JsonObject) -> BatchRow:
    if batch.form == "csv":
        body = request_of(body)
    if batch.achievement is not None:
        body.setdefault("achievement", batch.achievement)
    request = parse_issue_request(body)
    shape = shape_of(body)
    about_board = dump_json([body.get("board"), body.get("award")])
    digest = hashlib.sha256(b"\0".join((batch.issuer_id.encode(), request.given, about_board)))
    own_key = key or f"{MADE_KEY}{encode_base64url(digest.digest())}"
    return BatchRow(number, own_key, request, digest.hexdigest(), shape)


def _no_object(body: object) -> InvalidRequest:
    fault = ROW_FAULTS.get(body) if isinstance(body, str) else None
    if fault is None:
        return InvalidRequest("wrong_type", "The row must be a JSON object.")
    return InvalidRequest("too_large", f"The row {fault}.")


def load_standing(
    session: Session, desk: IssuingDesk, issuer_id: str, rows: Sequence[BatchRow], *, now: datetime
) -> Standing:
    """What is on record for these rows; the objects may be read after the session has ended.

    Raises Conflict (`issuer_has_no_key`) and Unavailable (a clock that went back).
    """
    issuer = load_issuer(session, issuer_id)
    refuse_backward_clock(session, issuer_id, now)
    offers: dict[str, Offer | SignetError] = {}
    for reference, request in {row.request.achievement: row.request for row in rows}.items():
        try:
            offers[reference] = _load_offer(session, desk, issuer, request)
        except ROW_ERRORS as error:
            offers[reference] = error
    keys = [row.key for row in rows]
    query = select(IssuedRow).where(IssuedRow.issuer_id == issuer_id, IssuedRow.key.in_(keys))
    return Standing(
        issuer,
        issuing_keys(session, issuer_id),
        offers,
        {found.key: found for found in session.scalars(query)},
        context_pin(desk),
    )


def _load_offer(
    session: Session, desk: IssuingDesk, issuer: Issuer, request: IssueRequest
) -> Offer:
    achievement = achievement_of(session, desk, issuer, request)
    require_published(achievement)
    return Offer(
        achievement,
        parse_object(achievement.document),
        governing_policy(session, desk.settings, issuer, achievement),
    )


def repeated(batch: Batch, row: BatchRow, standing: Standing) -> RowResult | None:
    """The verdict on a row that was issued before: repeated, or refused when it was another one."""
    before = standing.issued.get(row.key)
    if before is None:
        return None
    if before.request_hash == row.request_hash:
        return RowResult(row.number, REPEATED, row.key, before.credential_id)
    return refusal(batch, row.number, row.key, key_reused())


def key_reused() -> Conflict:
    """That a row's key belongs to another row."""
    return Conflict(
        "idempotency_key_reused",
        "Another row, with other contents, was issued under this key; give this one a key of its "
        "own.",
        field="/key",
    )


def contradiction(batch: Batch, row: BatchRow, first: BatchRow | None) -> RowResult | None:
    """The refusal of a row under whose key another one, `first`, stands in the same file."""
    if first is None or first.request_hash == row.request_hash:
        return None
    error = Conflict(
        "idempotency_key_reused",
        f"Row {first.number} has this key and says something else; give one of them another key.",
        field="/key",
    )
    return refusal(batch, row.number, row.key, error)


def check_row(
    batch: Batch, desk: IssuingDesk, standing: Standing, row: BatchRow, *, now: datetime
) -> RowResult:
    """The verdict on a row, from drafting its credential and checking it; nothing is signed.

    What is a row's own was checked when the row was read.
    """
    try:
        if row.shape in standing.sound:
            refuse_mail_where_off(desk.settings, row.request.notify)
        else:
            draft_row(desk, standing, row, _NOWHERE, ReservedEntry(_NOWHERE, 0), now=now)
    except ROW_ERRORS as error:
        return refusal(batch, row.number, row.key, error)
    return RowResult(row.number, VALID, row.key)


def draft_row(
    desk: IssuingDesk,
    standing: Standing,
    row: BatchRow,
    row_id: str,
    entry: ReservedEntry,
    *,
    now: datetime,
) -> tuple[Offer, CheckedDocument]:
    """The achievement that a row names, and its checked document; raises one of ROW_ERRORS."""
    refuse_mail_where_off(desk.settings, row.request.notify)
    before = None if row.shape is None else standing.sound.get(row.shape)
    if before is not None:
        offer, checked = before
        own = own_members(desk, row.request, row_id, entry)
        return offer, check_draft(another_like(checked.document, own), desk)
    offer, checked = _draft_anew(desk, standing, row, row_id, entry, now=now)
    if row.shape is not None and len(standing.sound) < _MOST_SHAPES:
        standing.sound[row.shape] = offer, checked
    return offer, checked


def _draft_anew(
    desk: IssuingDesk,
    standing: Standing,
    row: BatchRow,
    row_id: str,
    entry: ReservedEntry,
    *,
    now: datetime,
) -> tuple[Offer, CheckedDocument]:
    offer = standing.offers[row.request.achievement]
    if isinstance(offer, SignetError):
        raise offer
    board = row.request.board
    document = draft_credential(
        standing.issuer,
        offer.definition,
        row.request,
        standing.pin,
        board_met=None if board is None else board.confirmed_at,
        credential_url=desk.credential_url(row_id),
        credential_status=status_entry(desk.status_list_url(entry.list_id), entry.index, PURPOSE),
        now=now,
    )
    hold_to(offer.policy, document, confirmed=row.has_award)
    return offer, check_draft(document, desk)


def refusal(batch: Batch, number: int, key: str | None, error: SignetError) -> RowResult:
    """The verdict on a row that has to be mended, in the words of the file it came in."""
    findings = error.findings or (Finding(error.code, error.detail, error.field or ""),)
    told = findings[:_MOST_FINDINGS]
    if batch.form == "csv":
        told = tuple(replace(each, field=column_of(each.field)) for each in told)
    return RowResult(number, REFUSED, key, findings=told)

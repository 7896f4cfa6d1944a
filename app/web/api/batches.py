"""Batches over HTTP: sent in as a file, watched, stopped, and gone on with.

An upload is never whole in memory: the route hands its pieces on as they come, to a thread that
reads rows out of them and stores them.
"""

import asyncio
import re
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Header, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field
from starlette.concurrency import run_in_threadpool

from app.encoding.strict_json import JsonObject, dump_json
from app.errors import MalformedInput, Unavailable
from app.issuing.batch_intake import receive_rows
from app.issuing.batches import (
    LONG_UPLOAD,
    BatchOptions,
    cancel_batch,
    close_upload,
    discard_batch,
    list_batches,
    load_batch,
    open_batch,
    resume_batch,
)
from app.registry.api_keys import Caller
from app.registry.idempotency import Answer, find_or_claim, request_hash, store_answer
from app.registry.issuers import load_issuer
from app.web.batch_answers import (
    Accept,
    BatchId,
    BatchRecord,
    address_of,
    record_of,
)
from app.web.dependencies import (
    CurrentDesk,
    Cursor,
    Desk,
    IssuerId,
    Limit,
    Now,
    ReadSession,
    WriteSession,
    clock,
    require,
)
from app.web.lists import ListAnswer, list_answer
from app.web.openapi import Responses, problems
from app.web.progress import progress_events
from app.web.strict_body import StrictRoute, check_media_type

router = APIRouter(prefix="/api/v1/issuers/{issuer}", tags=["batches"], route_class=StrictRoute)

UPLOADS = re.compile("/api/v1/issuers/[^/]+/batches")
"""The addresses to which bodies are sent that are larger than others may be."""

# The media types of an upload, and the form that each stands for.
FORMS = {
    "text/csv": "csv",
    "application/x-ndjson": "ndjson",
    "application/jsonl": "ndjson",
    "application/json": "json",
}
# Who sends nothing for so long is gone, or means to hold us up.
_PATIENCE_SECONDS = 60
# Each keeps one of the 40 threads on which routes run, for as long as its sender takes; and no
# platform shall keep the others out.
_MOST_UPLOADS = 16
_MOST_OF_ONE_ISSUER = 8


class Resumption(BaseModel):
    """How to go on."""

    model_config = ConfigDict(extra="forbid", strict=True)

    accept: Accept | None = Field(
        None, description="`partial` issues the rows that passed and leaves the others out."
    )


_UPLOAD = {
    "requestBody": {
        "required": True,
        "content": {
            "text/csv": {
                "schema": {"type": "string"},
                "example": "email,name\r\na@b.example,Ada\r\n",
            },
            "application/x-ndjson": {"schema": {"type": "string"}},
            "application/json": {"schema": {"type": "array", "items": {"type": "object"}}},
        },
    }
}
_EVENTS: Responses = {200: {"description": "Events", "content": {"text/event-stream": {}}}}


@router.post(
    "/batches",
    status_code=202,
    summary="Issue many",
    response_model=BatchRecord,
    responses=problems(400, 401, 403, 404, 409, 413, 415, 422, 503),
    openapi_extra=_UPLOAD,
)
async def post_batch(
    request: Request,
    desk: CurrentDesk,
    now: Now,
    caller: Annotated[Caller, Depends(require("credentials:issue"))],
    issuer: IssuerId,
    accept: Annotated[
        Accept,
        Query(description="`all`: nothing is issued unless every row passes. `partial`: the rest."),
    ] = "all",
    dry_run: Annotated[bool, Query(description="Only check; nothing is issued.")] = False,
    achievement: Annotated[
        str | None,
        Query(
            max_length=2048,
            pattern=r"^[^\x00-\x1f\x7f]+$",
            description="For the rows that name none.",
        ),
    ] = None,
    idempotency_key: Annotated[
        str | None, Header(pattern=r"^[\x21-\x7e]{1,255}$", description="Makes repeating safe.")
    ] = None,
) -> Response:
    """Send rows in: CSV with a head, NDJSON, or a JSON list; each NDJSON row is the body of a
    single issue, with its own `key`.

    First every row is checked, and each gets a verdict. Then they are issued. A row that was
    issued before is a repetition: the same file again issues nothing new.
    """
    form = FORMS[check_media_type(request, frozenset(FORMS))]
    options = BatchOptions(form, accept, dry_run, achievement)
    loop = asyncio.get_running_loop()
    upload = _Upload(request.stream(), loop)
    with uploads.one_more(issuer):
        return await run_in_threadpool(
            _receive, desk, upload, options, caller, issuer, idempotency_key, request.url.query, now
        )


class Uploads:
    """How many files are being sent in to this process, by their issuers."""

    def __init__(self) -> None:
        self._of: Counter[str] = Counter()

    @contextmanager
    def one_more(self, issuer: str) -> Iterator[None]:
        """Count one while it is received; raises Unavailable when there are too many."""
        if self._of.total() >= _MOST_UPLOADS or self._of[issuer] >= _MOST_OF_ONE_ISSUER:
            raise Unavailable(
                "unavailable",
                "Too many files are being sent in just now; try again soon.",
            )
        self._of[issuer] += 1
        try:
            yield
        finally:
            self._of[issuer] -= 1
            self._of += Counter()  # those with nothing under way are forgotten


uploads = Uploads()


class _Upload:
    """The pieces of a body, for a thread that waits for each."""

    def __init__(self, stream: AsyncIterator[bytes], loop: asyncio.AbstractEventLoop) -> None:
        self._stream = stream
        self._loop = loop
        self._until = loop.time() + LONG_UPLOAD.total_seconds()

    def __iter__(self) -> Iterator[bytes]:
        while True:
            piece = asyncio.run_coroutine_threadsafe(self._next(), self._loop).result()
            if piece is None:
                return
            yield piece

    async def _next(self) -> bytes | None:
        try:
            patience = min(self._loop.time() + _PATIENCE_SECONDS, self._until)
            async with asyncio.timeout_at(patience):
                return await anext(self._stream, None)
        except TimeoutError:
            raise MalformedInput(
                "timeout", "The upload stood still, or took longer than an hour."
            ) from None


def _receive(
    desk: Desk,
    upload: _Upload,
    options: BatchOptions,
    caller: Caller,
    issuer: str,
    key: str | None,
    query: str,
    now: datetime,
) -> Response:
    with desk.database.write() as session:
        load_issuer(session, issuer)
        at_most = desk.settings.open_batches
        batch_id = open_batch(
            session, issuer, options, at_most=at_most, now=now, actor=caller.actor
        ).id
    try:
        received = receive_rows(desk.database, desk.issuing, batch_id, options, upload)
        path = f"/api/v1/issuers/{issuer}/batches?{query}"
        asked = request_hash("POST", path, received.digest.encode())
        with desk.database.write() as session:
            answer = find_or_claim(session, caller, key, asked, now=now) if key else None
            if answer is None:
                batch = close_upload(
                    session,
                    batch_id,
                    total=received.rows,
                    chunks=received.chunks,
                    enqueue=desk.enqueue,
                    now=now,
                    actor=caller.actor,
                )
                record = dump_json(record_of(desk, batch, now).model_dump())
                answer = Answer(202, record, address_of(desk, batch))
                if key:
                    store_answer(session, caller, key, answer)
            else:
                discard_batch(session, batch_id)  # it is there already, under another id
    except BaseException:
        with desk.database.write() as session:
            discard_batch(session, batch_id)
        raise
    headers = {"Location": answer.location or "", "Cache-Control": "no-store"}
    return Response(answer.body, answer.status_code, headers, "application/json")


@router.get(
    "/batches",
    summary="List batches",
    response_model=ListAnswer[BatchRecord],
    responses=problems(401, 403, 404, 422),
)
def get_batches(
    desk: CurrentDesk,
    session: ReadSession,
    now: Now,
    _caller: Annotated[Caller, Depends(require("credentials:issue"))],
    issuer: IssuerId,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> ListAnswer[BatchRecord]:
    """The issuer's batches, newest first."""
    load_issuer(session, issuer)
    page = list_batches(session, issuer, limit=limit, cursor=cursor)
    return list_answer(page, lambda batch: record_of(desk, batch, now))


@router.get(
    "/batches/{batch}",
    summary="See how far a batch is",
    response_model=BatchRecord,
    responses=problems(401, 403, 404),
)
def get_batch(
    desk: CurrentDesk,
    session: ReadSession,
    now: Now,
    _caller: Annotated[Caller, Depends(require("credentials:issue"))],
    issuer: IssuerId,
    batch: BatchId,
) -> BatchRecord:
    """How far it has come, how fast it goes, and how long it will take yet."""
    return record_of(desk, load_batch(session, issuer, batch), now)


@router.get(
    "/batches/{batch}/events",
    summary="Watch a batch",
    response_class=Response,
    responses={**_EVENTS, **problems(401, 403, 404, 503)},
)
def get_batch_events(
    desk: CurrentDesk,
    session: ReadSession,
    _caller: Annotated[Caller, Depends(require("credentials:issue"))],
    issuer: IssuerId,
    batch: BatchId,
) -> Response:
    """The same as server-sent events: `progress` every second while it moves, `end` at its end."""
    load_batch(session, issuer, batch)

    def look() -> tuple[JsonObject, bool]:
        with desk.database.read() as session:
            found = load_batch(session, issuer, batch)
            record = record_of(desk, found, clock())
        return record.model_dump(), record.finished_at is not None

    return progress_events(look)


@router.post(
    "/batches/{batch}/cancel",
    summary="Stop a batch",
    response_model=BatchRecord,
    responses=problems(401, 403, 404, 409, 503),
)
def post_cancel(
    desk: CurrentDesk,
    session: WriteSession,
    now: Now,
    caller: Annotated[Caller, Depends(require("credentials:issue"))],
    issuer: IssuerId,
    batch: BatchId,
) -> BatchRecord:
    """Issue nothing more of it; what was issued stays issued. It can be resumed."""
    load_batch(session, issuer, batch)
    return record_of(desk, cancel_batch(session, batch, now=now, actor=caller.actor), now)


@router.post(
    "/batches/{batch}/resume",
    summary="Go on with a batch",
    response_model=BatchRecord,
    responses=problems(400, 401, 403, 404, 409, 413, 415, 422, 503),
)
def post_resume(
    desk: CurrentDesk,
    session: WriteSession,
    now: Now,
    caller: Annotated[Caller, Depends(require("credentials:issue"))],
    issuer: IssuerId,
    batch: BatchId,
    resumption: Resumption | None = None,
) -> BatchRecord:
    """Go on with what was cancelled, failed, or was only a dry run."""
    load_batch(session, issuer, batch)
    resumed = resume_batch(
        session,
        batch,
        accept=None if resumption is None else resumption.accept,
        enqueue=desk.enqueue,
        now=now,
        actor=caller.actor,
    )
    return record_of(desk, resumed, now)

"""What routes are given: the desk, the time, a session, the caller, and safe repetition.

A session's transaction ends before the answer leaves (`scope="function"`): FastAPI's default would
commit after it, and a failing commit would leave the client with a 201 for nothing.
"""

from collections.abc import Awaitable, Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated

from fastapi import Depends, Header, Path, Query, Request, Response
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session
from structlog.typing import FilteringBoundLogger

from app.errors import NotAuthenticated
from app.fetch import Fetch
from app.issuing.batches import Enqueue
from app.issuing.desk import IssuingDesk
from app.jsonld.contexts import ContextBundle
from app.keys.signer import KeyStore
from app.registry import api_keys, idempotency
from app.registry.api_keys import Caller
from app.registry.idempotency import Answer
from app.registry.listing import MAX_LIMIT
from app.settings import Settings
from app.storage.database import Database
from app.web.kept_credentials import KeptCredentials
from app.web.request_log import Metrics


@dataclass(frozen=True)
class Desk:
    """What one application works with; made once by `create_app`, kept in `app.state.desk`."""

    settings: Settings
    database: Database
    issuing: IssuingDesk
    fetch: Fetch
    log: FilteringBoundLogger
    metrics: Metrics
    enqueue: Enqueue
    kept: KeptCredentials

    @property
    def key_store(self) -> KeyStore:
        """Where the private keys live."""
        return self.issuing.key_store

    @property
    def contexts(self) -> ContextBundle:
        """The JSON-LD contexts that are known here."""
        return self.issuing.contexts


# Dependencies that only look something up are coroutines: FastAPI sends every other function to a
# thread and back, which costs more than most of them do.


async def _desk(request: Request) -> Desk:
    desk: Desk = request.app.state.desk
    return desk


def clock() -> datetime:
    """The one clock of the service."""
    return datetime.now(UTC)


async def current_time() -> datetime:
    """What the clock says; tests override this dependency."""
    return clock()


def time_at(request: Request) -> datetime:
    """The same for a route that goes without FastAPI's dependencies."""
    now: datetime = request.app.dependency_overrides.get(current_time, clock)()
    return now


CurrentDesk = Annotated[Desk, Depends(_desk)]
Now = Annotated[datetime, Depends(current_time)]


def _read_session(desk: CurrentDesk) -> Iterator[Session]:
    with desk.database.read() as session:
        yield session


def _write_session(desk: CurrentDesk) -> Iterator[Session]:
    with desk.database.write() as session:
        yield session


ReadSession = Annotated[Session, Depends(_read_session, scope="function")]
WriteSession = Annotated[Session, Depends(_write_session, scope="function")]

_bearer = HTTPBearer(
    auto_error=False, scheme_name="api_key", description="An API key of this service: `id.secret`."
)


def _authenticated(
    desk: CurrentDesk,
    now: Now,
    bearer: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)],
) -> Caller:
    if bearer is None:
        raise NotAuthenticated("not_authenticated", "Send an API key as `Authorization: Bearer …`.")
    return authenticated(desk, now, bearer.credentials)


def authenticated(desk: Desk, now: datetime, bearer: str) -> Caller:
    """The caller, found before any transaction begins; raises NotAuthenticated."""
    caller = api_keys.authenticate(desk.database, bearer)
    if caller.use_is_stale(now):
        try:
            with desk.database.write() as session:
                api_keys.note_use(session, caller, now)
        except OperationalError:
            # A full disk must not end reading: the last use is a courtesy.
            desk.log.warning("last_use_not_noted", api_key_id=caller.api_key_id)
    return caller


Authenticated = Annotated[Caller, Depends(_authenticated)]
"""Any valid key of the issuer in the path, or an administrator's, where there is no such path."""


def require(*scopes: str) -> Callable[[Request, Caller], Awaitable[Caller]]:
    """A dependency: a key for the issuer in the path (if it names one) with one of the scopes.

    Without scopes any key of the issuer will do. Another issuer's path is 404 whatever the scope,
    so that nothing is learned from the answer.
    """

    async def checked(request: Request, caller: Authenticated) -> Caller:
        return admitted(caller, request.path_params.get("issuer"), scopes)

    return checked


def admitted(caller: Caller, issuer: str | None, scopes: Collection[str]) -> Caller:
    """The caller, if `require` of these scopes lets them in; raises NotFound and NotAuthorized."""
    if issuer is not None:
        caller.require_issuer(issuer)
    if scopes:
        caller.require_scope(*scopes)
    return caller


async def _administrator(caller: Authenticated) -> Caller:
    caller.require_administrator()
    return caller


Administrator = Annotated[Caller, Depends(_administrator)]
AnyKey = Annotated[Caller, Depends(require())]

LONGEST_ID = 256
IDEMPOTENCY_KEY = r"^[\x21-\x7e]{1,255}$"

IssuerId = Annotated[
    str, Path(description="The issuer's id, as in its address.", max_length=LONGEST_ID)
]
Limit = Annotated[int, Query(ge=1, le=MAX_LIMIT, description="How many items a page has.")]
Cursor = Annotated[
    str | None, Query(max_length=200, description="`next` of the page before, to go on after it.")
]


class Once:
    """Runs a creating request once per `Idempotency-Key`, and gives its answer again after that."""

    def __init__(self, caller: Caller, key: str | None, request_hash: str) -> None:
        self._caller = caller
        self._key = key
        self._request_hash = request_hash

    def answer(self, session: Session, now: datetime, create: Callable[[], Answer]) -> Response:
        """The answer of `create`, or the stored answer to the same request.

        `session` must be the one that `create` writes with. Raises Conflict when the key was used
        for another request.
        """
        if self._key is None:
            return _sent(create())
        stored = idempotency.find_or_claim(
            session, self._caller, self._key, self._request_hash, now=now
        )
        if stored is None:
            stored = create()
            idempotency.store_answer(session, self._caller, self._key, stored)
        return _sent(stored)


def _sent(answer: Answer) -> Response:
    headers = {"Cache-Control": "no-store"}
    if answer.location is not None:
        headers["Location"] = answer.location
    return Response(answer.body, answer.status_code, headers, "application/json")


async def _once(
    request: Request,
    caller: Authenticated,
    idempotency_key: Annotated[
        str | None,
        Header(
            pattern=IDEMPOTENCY_KEY,
            description="Makes repeating safe: the same key and body give the same answer.",
        ),
    ] = None,
) -> Once:
    body = await request.body()
    path = request.scope["path"]
    return Once(caller, idempotency_key, idempotency.request_hash(request.method, path, body))


Repeatable = Annotated[Once, Depends(_once)]

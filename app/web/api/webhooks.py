"""Webhooks over HTTP: where a platform is told what happened, and what became of it."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Path, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from app.encoding.dates import format_datetime, format_if_any
from app.encoding.strict_json import dump_json
from app.registry.api_keys import Caller
from app.registry.idempotency import Answer
from app.registry.outbox import EVENTS, WEBHOOK, list_items, note_ping, replay, replay_dead
from app.registry.webhooks import (
    DESCRIPTION_LENGTH,
    change_endpoint,
    create_endpoint,
    list_endpoints,
    load_endpoint,
    remove_endpoint,
    rotate_secret,
)
from app.storage.tables import OutboxItem, WebhookEndpoint
from app.web.dependencies import (
    CurrentDesk,
    Cursor,
    IssuerId,
    Limit,
    Now,
    ReadSession,
    Repeatable,
    WriteSession,
    require,
)
from app.web.lists import ListAnswer, list_answer
from app.web.openapi import problems
from app.web.strict_body import StrictRoute

router = APIRouter(
    prefix="/api/v1/issuers/{issuer}/webhooks", tags=["notifications"], route_class=StrictRoute
)

Keeper = Annotated[Caller, Depends(require("notifications:write"))]
WebhookId = Annotated[str, Path(description="The id that creating it gave.", max_length=256)]
DeliveryId = Annotated[str, Path(description="The id of the delivery.", max_length=256)]
DeliveryState = Annotated[
    Literal["pending", "delivered", "dead"] | None,
    Query(description="Only those; `dead` is the list of dead letters."),
]

_EVENTS = "Any of " + ", ".join(f"`{event}` ({what})" for event, what in EVENTS.items())


class WebhookInput(BaseModel):
    """An address to be told what happens, and of what."""

    model_config = ConfigDict(extra="forbid", strict=True)

    url: str = Field(max_length=2048, description="An https address on the public internet.")
    events: list[str] | None = Field(
        None, max_length=20, description=f"{_EVENTS}; all of them, if left out."
    )
    description: str | None = Field(None, max_length=DESCRIPTION_LENGTH)


class WebhookChanges(BaseModel):
    """What shall be different; the rest stays. `events` null means all of them."""

    model_config = ConfigDict(extra="forbid", strict=True)

    url: str = Field("", max_length=2048)
    events: list[str] | None = Field(None, max_length=20)
    description: str | None = Field(None, max_length=DESCRIPTION_LENGTH)
    enabled: bool = True


class WebhookAnswer(BaseModel):
    """An address and how it does; its secret is not shown."""

    id: str
    url: str
    events: list[str] | None = Field(description="Null: all of them.")
    description: str | None
    enabled: bool
    created_at: str
    failing_since: str | None = Field(description="The first failure since the last success.")
    disabled_at: str | None
    disabled_reason: str | None = Field(
        description="`asked`; `failing`, for days without one success; `gone`, it answered 410."
    )
    previous_secret_until: str | None = Field(
        description="Until when the secret before the last one signs as well."
    )


class NewWebhook(WebhookAnswer):
    """An address that was just added: the only time that its secret is shown."""

    secret: str = Field(description="`whsec_…`, as Standard Webhooks libraries take it.")


class NewSecret(BaseModel):
    """The secret from now on, shown this once."""

    secret: str
    previous_secret_until: str


class DeliveryAnswer(BaseModel):
    """One event on its way to one address."""

    id: str
    event: str = Field(description="The `webhook-id` it is sent with, the same each time.")
    type: str
    state: str = Field(description="pending, delivered or dead.")
    happened_at: str
    attempts: int
    next_attempt_at: str | None
    finished_at: str | None
    problem: str | None = Field(description="The code of the last failure.")
    answer: int | None = Field(description="The status that the receiver answered with.")


class Replayed(BaseModel):
    """How many dead letters are on their way again."""

    replayed: int


class Ping(BaseModel):
    """A test event that is on its way."""

    event: str = Field(description="The `webhook-id` it will be sent with.")


@router.post(
    "",
    status_code=201,
    summary="Add a webhook",
    response_model=NewWebhook,
    responses=problems(400, 401, 403, 404, 409, 415, 422),
)
def post_webhook(
    desk: CurrentDesk,
    caller: Keeper,
    once: Repeatable,
    now: Now,
    session: WriteSession,
    issuer: IssuerId,
    body: WebhookInput,
) -> Response:
    """The answer holds the secret that events are signed with, by Standard Webhooks. It cannot be
    shown again, except to the same `Idempotency-Key`.
    """

    def create() -> Answer:
        endpoint, secret = create_endpoint(
            session,
            desk.key_store,
            desk.settings,
            issuer,
            url=body.url,
            events=body.events,
            description=body.description,
            now=now,
            actor=caller.actor,
        )
        answer = NewWebhook(**_answer(endpoint).model_dump(), secret=secret)
        location = f"{desk.settings.public_url}/api/v1/issuers/{issuer}/webhooks/{endpoint.id}"
        return Answer(201, dump_json(answer.model_dump()), location)

    return once.answer(session, now, create)


@router.get(
    "",
    summary="List webhooks",
    response_model=ListAnswer[WebhookAnswer],
    responses=problems(401, 403, 404, 422),
)
def get_webhooks(
    _caller: Keeper,
    session: ReadSession,
    issuer: IssuerId,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> ListAnswer[WebhookAnswer]:
    """The issuer's webhooks, newest first, with how they do."""
    page = list_endpoints(session, issuer, limit=limit, cursor=cursor)
    return list_answer(page, _answer)


@router.get(
    "/{webhook}",
    summary="Read a webhook",
    response_model=WebhookAnswer,
    responses=problems(401, 403, 404),
)
def get_webhook(
    _caller: Keeper, session: ReadSession, issuer: IssuerId, webhook: WebhookId
) -> WebhookAnswer:
    """One webhook: whether events arrive there, and if not, since when."""
    return _answer(load_endpoint(session, issuer, webhook))


@router.patch(
    "/{webhook}",
    summary="Change a webhook",
    response_model=WebhookAnswer,
    responses=problems(400, 401, 403, 404, 415, 422),
)
def patch_webhook(
    desk: CurrentDesk,
    caller: Keeper,
    now: Now,
    session: WriteSession,
    issuer: IssuerId,
    webhook: WebhookId,
    changes: WebhookChanges,
) -> WebhookAnswer:
    """What happens while a webhook is disabled is kept as dead letters, to be replayed."""
    endpoint = load_endpoint(session, issuer, webhook)
    given: dict[str, Any] = changes.model_dump(exclude_unset=True)
    change_endpoint(session, desk.settings, endpoint, given, now=now, actor=caller.actor)
    return _answer(endpoint)


@router.delete(
    "/{webhook}",
    summary="Remove a webhook",
    response_model=WebhookAnswer,
    responses=problems(401, 403, 404),
)
def delete_webhook(
    caller: Keeper, now: Now, session: WriteSession, issuer: IssuerId, webhook: WebhookId
) -> WebhookAnswer:
    """Nothing more is sent there, and what was to be sent is forgotten."""
    endpoint = load_endpoint(session, issuer, webhook)
    answer = _answer(endpoint)
    remove_endpoint(session, endpoint, now=now, actor=caller.actor)
    return answer


@router.post(
    "/{webhook}/secret",
    status_code=201,
    summary="Make a new secret",
    response_model=NewSecret,
    responses=problems(401, 403, 404, 409, 422),
)
def post_secret(
    desk: CurrentDesk,
    caller: Keeper,
    once: Repeatable,
    now: Now,
    session: WriteSession,
    issuer: IssuerId,
    webhook: WebhookId,
) -> Response:
    """For a day events are signed with both secrets, so that the receiver can change over."""

    def create() -> Answer:
        endpoint = load_endpoint(session, issuer, webhook)
        secret = rotate_secret(session, desk.key_store, endpoint, now=now, actor=caller.actor)
        until = format_if_any(endpoint.previous_secret_until) or ""
        answer = NewSecret(secret=secret, previous_secret_until=until)
        return Answer(201, dump_json(answer.model_dump()), None)

    return once.answer(session, now, create)


@router.post(
    "/{webhook}/ping",
    status_code=202,
    summary="Send a test event",
    response_model=Ping,
    responses=problems(401, 403, 404, 409, 422),
)
def post_ping(
    _caller: Keeper,
    once: Repeatable,
    now: Now,
    session: WriteSession,
    issuer: IssuerId,
    webhook: WebhookId,
) -> Response:
    """An event of type `webhook.ping` goes out as every other does; its delivery is in the list."""

    def create() -> Answer:
        event = note_ping(session, load_endpoint(session, issuer, webhook), now=now)
        return Answer(202, dump_json(Ping(event=event).model_dump()), None)

    return once.answer(session, now, create)


@router.get(
    "/{webhook}/deliveries",
    summary="List deliveries",
    response_model=ListAnswer[DeliveryAnswer],
    responses=problems(401, 403, 404, 422),
)
def get_deliveries(
    _caller: Keeper,
    session: ReadSession,
    issuer: IssuerId,
    webhook: WebhookId,
    state: DeliveryState = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> ListAnswer[DeliveryAnswer]:
    """What was sent or waits to be sent, newest first; kept for thirty days."""
    endpoint = load_endpoint(session, issuer, webhook)
    page = list_items(
        session,
        issuer,
        channel=WEBHOOK,
        endpoint_id=endpoint.id,
        state=state,
        limit=limit,
        cursor=cursor,
    )
    return list_answer(page, _delivery)


@router.post(
    "/{webhook}/deliveries/{delivery}/replay",
    summary="Send one event again",
    response_model=DeliveryAnswer,
    responses=problems(401, 403, 404, 409, 422),
)
def post_replay(
    caller: Keeper,
    now: Now,
    session: WriteSession,
    issuer: IssuerId,
    webhook: WebhookId,
    delivery: DeliveryId,
) -> DeliveryAnswer:
    """Delivered or dead, under the `webhook-id` that it had."""
    endpoint = load_endpoint(session, issuer, webhook)
    return _delivery(replay(session, endpoint, delivery, now=now, actor=caller.actor))


@router.post(
    "/{webhook}/replay",
    summary="Send all dead letters again",
    response_model=Replayed,
    responses=problems(401, 403, 404, 409, 422),
)
def post_replay_all(
    caller: Keeper, now: Now, session: WriteSession, issuer: IssuerId, webhook: WebhookId
) -> Replayed:
    """Everything that could not be delivered in the last thirty days."""
    endpoint = load_endpoint(session, issuer, webhook)
    return Replayed(replayed=replay_dead(session, endpoint, now=now, actor=caller.actor))


def _answer(endpoint: WebhookEndpoint) -> WebhookAnswer:
    return WebhookAnswer(
        id=endpoint.id,
        url=endpoint.url,
        events=None if endpoint.events is None else endpoint.events.split(),
        description=endpoint.description,
        enabled=endpoint.disabled_at is None,
        created_at=format_datetime(endpoint.created_at),
        failing_since=format_if_any(endpoint.failing_since),
        disabled_at=format_if_any(endpoint.disabled_at),
        disabled_reason=endpoint.disabled_reason,
        previous_secret_until=format_if_any(endpoint.previous_secret_until),
    )


def _delivery(item: OutboxItem) -> DeliveryAnswer:
    return DeliveryAnswer(
        id=item.id,
        event=item.event_id,
        type=item.event,
        state=item.state,
        happened_at=format_datetime(item.happened_at),
        attempts=item.attempts,
        next_attempt_at=format_if_any(item.due_at) if item.finished_at is None else None,
        finished_at=format_if_any(item.finished_at),
        problem=item.problem,
        answer=item.answer,
    )

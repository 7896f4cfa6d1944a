"""Mail to learners over HTTP: how an issuer writes, and what became of each message."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict, Field

from app.encoding.dates import format_datetime, format_if_any
from app.registry.api_keys import Caller
from app.registry.issuers import load_issuer
from app.registry.mail_settings import (
    DEFAULT_RETENTION_DAYS,
    LONGEST_NAME,
    LONGEST_SUBJECT,
    LONGEST_TEXT,
    MOST_RETENTION_DAYS,
    MOST_TEMPLATES,
    MailWriting,
    load_mail_settings,
    store_mail_settings,
)
from app.registry.outbox import MAIL, list_items
from app.storage.tables import OutboxItem
from app.web.api.webhooks import DeliveryState
from app.web.dependencies import (
    CurrentDesk,
    Cursor,
    IssuerId,
    Limit,
    Now,
    ReadSession,
    WriteSession,
    require,
)
from app.web.lists import ListAnswer, list_answer
from app.web.openapi import problems
from app.web.strict_body import StrictRoute

router = APIRouter(
    prefix="/api/v1/issuers/{issuer}/mail", tags=["notifications"], route_class=StrictRoute
)

Keeper = Annotated[Caller, Depends(require("notifications:write"))]

_PLACES = "Placeholders: `{achievement}`, `{issuer}`, `{link}`, `{recipient}`."


class Template(BaseModel):
    """The words of the mail, in one language. No markup: the HTML body is made from the text."""

    model_config = ConfigDict(extra="forbid", strict=True)

    language: str = Field(max_length=64, description="A language tag, such as `cy`.")
    subject: str = Field(min_length=1, max_length=LONGEST_SUBJECT, description=_PLACES)
    text: str = Field(
        min_length=1, max_length=LONGEST_TEXT, description=f"{_PLACES} `{{link}}` is needed."
    )


class Writing(BaseModel):
    """How an issuer writes to learners. The first template is taken where no language fits."""

    model_config = ConfigDict(extra="forbid", strict=True)

    sender_name: str | None = Field(
        None, min_length=1, max_length=LONGEST_NAME, description="The issuer's name, if left out."
    )
    reply_to: str | None = Field(None, max_length=254, description="Where answers go.")
    retention_days: int = Field(
        DEFAULT_RETENTION_DAYS,
        ge=1,
        le=MOST_RETENTION_DAYS,
        description="How long a learner's address is kept at most, sealed, until the mail is "
        "delivered.",
    )
    templates: list[Template] = Field([], max_length=MOST_TEMPLATES)


class WritingAnswer(Writing):
    """The same, and whether this service sends mail at all."""

    enabled: bool = Field(description="False where the operator has set no mail server.")


class MailDelivery(BaseModel):
    """One mail to one learner, whose address is not in it."""

    id: str
    credential: str = Field(description="The id of the credential that it tells of.")
    state: str = Field(description="pending, delivered to the mail server, or dead.")
    requested_at: str
    attempts: int
    finished_at: str | None
    address_erased: bool
    problem: str | None = Field(description="The code of the last failure.")


@router.get(
    "",
    summary="See how mail is written",
    response_model=WritingAnswer,
    responses=problems(401, 403, 404),
)
def get_mail(
    desk: CurrentDesk, _caller: Keeper, session: ReadSession, issuer: IssuerId
) -> WritingAnswer:
    """The sender, the templates, and how long addresses are kept."""
    load_issuer(session, issuer)
    return _answer(desk.settings.smtp_host is not None, load_mail_settings(session, issuer))


@router.put(
    "",
    summary="Say how mail is written",
    response_model=WritingAnswer,
    responses=problems(400, 401, 403, 404, 415, 422),
)
def put_mail(
    desk: CurrentDesk,
    caller: Keeper,
    now: Now,
    session: WriteSession,
    issuer: IssuerId,
    body: Writing,
) -> WritingAnswer:
    """In place of what was said before; what is left out is as if it had never been said."""
    document: dict[str, Any] = body.model_dump()
    writing = store_mail_settings(session, issuer, document, now=now, actor=caller.actor)
    return _answer(desk.settings.smtp_host is not None, writing)


@router.get(
    "/deliveries",
    summary="List mail",
    response_model=ListAnswer[MailDelivery],
    responses=problems(401, 403, 404, 422),
)
def get_mail_deliveries(
    _caller: Keeper,
    session: ReadSession,
    issuer: IssuerId,
    state: DeliveryState = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> ListAnswer[MailDelivery]:
    """What became of the mail that was asked for with `notify`."""
    load_issuer(session, issuer)
    page = list_items(session, issuer, channel=MAIL, state=state, limit=limit, cursor=cursor)
    return list_answer(page, _mail)


def _answer(enabled: bool, writing: MailWriting) -> WritingAnswer:
    return WritingAnswer(**writing.as_json(), enabled=enabled)


def _mail(item: OutboxItem) -> MailDelivery:
    return MailDelivery(
        id=item.id,
        credential=item.data["credential"],
        state=item.state,
        requested_at=format_datetime(item.happened_at),
        attempts=item.attempts,
        finished_at=format_if_any(item.finished_at),
        address_erased=item.sealed is None,
        problem=item.problem,
    )

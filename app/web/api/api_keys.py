"""API keys over HTTP, for administrators."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from app.encoding.dates import format_datetime
from app.encoding.strict_json import dump_json
from app.registry.api_keys import LABEL_LENGTH, create_api_key, list_api_keys, revoke_api_key
from app.registry.idempotency import Answer
from app.storage.tables import ApiKey
from app.web.dependencies import (
    Administrator,
    Cursor,
    Limit,
    Now,
    ReadSession,
    Repeatable,
    WriteSession,
)
from app.web.lists import ListAnswer, list_answer
from app.web.openapi import problems
from app.web.strict_body import StrictRoute

router = APIRouter(prefix="/api/v1/api-keys", tags=["API keys"], route_class=StrictRoute)


class ApiKeyInput(BaseModel):
    """A key for one issuer with some scopes, or without an issuer an administrator's key."""

    model_config = ConfigDict(extra="forbid", strict=True)

    issuer: str | None = Field(None, max_length=64, description="The issuer's id.")
    scopes: list[str] = Field([], max_length=20)
    label: str | None = Field(None, max_length=LABEL_LENGTH, description="To recognise it by.")


class ApiKeyAnswer(BaseModel):
    """What is known of a key; its secret is not."""

    id: str
    issuer: str | None
    scopes: list[str]
    label: str | None
    created_at: str
    last_used_at: str | None
    revoked_at: str | None


class NewApiKey(ApiKeyAnswer):
    """A key that was just made: the only time it is shown."""

    key: str = Field(description="`id.secret`, to be sent as `Authorization: Bearer …`.")


@router.post(
    "",
    status_code=201,
    summary="Create an API key",
    response_model=NewApiKey,
    responses=problems(400, 401, 403, 404, 409, 415, 422),
)
def post_api_key(
    caller: Administrator, once: Repeatable, now: Now, session: WriteSession, body: ApiKeyInput
) -> Response:
    """The answer holds the key. It cannot be shown again, except to the same `Idempotency-Key`."""

    def create() -> Answer:
        row, key = create_api_key(
            session,
            issuer_id=body.issuer,
            scopes=body.scopes,
            label=body.label,
            now=now,
            actor=caller.actor,
        )
        answer = NewApiKey(**_answer(row).model_dump(), key=key)
        return Answer(201, dump_json(answer.model_dump()), None)

    return once.answer(session, now, create)


@router.get(
    "",
    summary="List API keys",
    responses=problems(401, 403, 404, 422),
)
def get_api_keys(
    _caller: Administrator,
    session: ReadSession,
    issuer: Annotated[str | None, Query(max_length=64)] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> ListAnswer[ApiKeyAnswer]:
    """All keys or those of one issuer, newest first, with their last use to the minute."""
    page = list_api_keys(session, issuer_id=issuer, limit=limit, cursor=cursor)
    return list_answer(page, _answer)


@router.delete(
    "/{api_key}",
    summary="Revoke an API key",
    response_model=ApiKeyAnswer,
    responses=problems(401, 403, 404),
)
def delete_api_key(
    caller: Administrator,
    now: Now,
    session: WriteSession,
    api_key: Annotated[str, Path(description="The first part of the key.", max_length=256)],
) -> ApiKeyAnswer:
    """From now on the key opens nothing; it stays in the list. Doing it twice is the same."""
    return _answer(revoke_api_key(session, api_key, now=now, actor=caller.actor))


def _answer(key: ApiKey) -> ApiKeyAnswer:
    return ApiKeyAnswer(
        id=key.id,
        issuer=key.issuer_id,
        scopes=key.scopes.split(),
        label=key.label,
        created_at=format_datetime(key.created_at),
        last_used_at=format_datetime(key.last_used_at) if key.last_used_at else None,
        revoked_at=format_datetime(key.revoked_at) if key.revoked_at else None,
    )

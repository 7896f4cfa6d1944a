"""The way of a request to issue: to one thread and back, past the framework's dependencies.

FastAPI works out seven dependencies for the route and sends two of them to threads, which took
longer than signing does. An ordinary request needs none of it. Whatever is odd about one (no key, a
header or a body of the wrong form) goes FastAPI's way, which does the same and says what is wrong.
"""

import re
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from fastapi import Request, Response
from starlette.concurrency import run_in_threadpool

from app.credentials.issue_request import parse_issue_request
from app.encoding.strict_json import JsonObject, parse_json
from app.issuing.issue import issue_with_findings
from app.registry.api_keys import Caller
from app.registry.idempotency import Answer, request_hash
from app.web.dependencies import (
    IDEMPOTENCY_KEY,
    LONGEST_ID,
    Desk,
    Once,
    admitted,
    authenticated,
    time_at,
)
from app.web.spliced import spliced
from app.web.strict_body import MEDIA_TYPES, StrictRoute, check_media_type

SCOPE = "credentials:issue"
"""What a key has to cover."""

_BEARER = re.compile(r"Bearer (\S+)")
_KEY = re.compile(IDEMPOTENCY_KEY)


@dataclass(frozen=True)
class _Asked:
    """An ordinary request, as it came."""

    bearer: str
    issuer: str
    key: str | None
    hash: str
    body: JsonObject


class IssueRoute(StrictRoute):
    """The route of issuing, whose `{issuer}` issues what the body says."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Ours for an ordinary request, FastAPI's for any other."""
        handle_any = super().get_route_handler()

        async def handle(request: Request) -> Response:
            asked = await _ordinary(request)
            if asked is None:
                return await handle_any(request)
            desk: Desk = request.app.state.desk
            return await run_in_threadpool(_issue, desk, asked, time_at(request))

        return handle


async def _ordinary(request: Request) -> _Asked | None:
    """What is asked, if there is nothing odd about it; raises as `StrictRoute` does."""
    content = await request.body()
    check_media_type(request, MEDIA_TYPES)
    body = parse_json(content)
    bearer = _BEARER.fullmatch(request.headers.get("authorization", ""))
    issuer = request.path_params["issuer"]
    key = request.headers.get("idempotency-key")
    if (
        bearer is None
        or len(issuer) > LONGEST_ID
        or not (key is None or _KEY.fullmatch(key))
        or not isinstance(body, dict)
    ):
        return None
    path = request.scope["path"]
    return _Asked(bearer[1], issuer, key, request_hash(request.method, path, content), body)


def _issue(desk: Desk, asked: _Asked, now: datetime) -> Response:
    caller = admitted(authenticated(desk, now, asked.bearer), asked.issuer, (SCOPE,))
    once = Once(caller, asked.key, asked.hash)
    return issue_once(desk, once, caller, asked.issuer, asked.body, now=now)


def issue_once(
    desk: Desk, once: Once, caller: Caller, issuer: str, body: JsonObject, *, now: datetime
) -> Response:
    """Issue what the body asks for, in one transaction that has ended when the answer is made.

    Raises as `parse_issue_request` and `issue_with_findings` do.
    """
    request = parse_issue_request(body)

    def create() -> Answer:
        issued = issue_with_findings(
            session, desk.issuing, issuer, request, now=now, actor=caller.actor
        )
        credential = issued.credential
        url = desk.issuing.credential_url(credential.id)
        members: JsonObject = {"id": credential.id, "url": url}
        if issued.findings:
            members["findings"] = [finding.as_json() for finding in issued.findings]
        return Answer(201, spliced(members, "credential", credential.document), url)

    with desk.database.write() as session:
        return once.answer(session, now, create)

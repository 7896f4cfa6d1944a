"""The one translator from errors to HTTP: RFC 9457 `application/problem+json`.

Nothing a caller sent is echoed but the name of the field. What we did not foresee becomes a plain
500 without detail (`app.web.request_log`); its story stands in the log only.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.exceptions import HTTPException

from app.encoding.strict_json import dump_json
from app.errors import (
    CheckFailed,
    CheckUndecided,
    Conflict,
    Finding,
    InvalidRequest,
    KeyStoreError,
    MalformedInput,
    NotAuthenticated,
    NotAuthorized,
    NotFound,
    SignetError,
    Unavailable,
)
from app.errors.problems import Problem, problem_of

PROBLEM_JSON = "application/problem+json"

# The class of an error says who is to blame, and that is all that a status says.
_STATUS: dict[type[SignetError], int] = {
    MalformedInput: 400,
    NotAuthenticated: 401,
    NotAuthorized: 403,
    NotFound: 404,
    Conflict: 409,
    CheckFailed: 422,
    CheckUndecided: 422,  # the caller named an address that we could not read
    InvalidRequest: 422,
    Unavailable: 503,
}

# Two ways of being malformed have a status of their own (RFC 9110 sections 15.5.14, 15.5.16).
_MALFORMED = {"too_large": 413, "unsupported_media_type": 415}

_HEADERS: dict[int, dict[str, str]] = {
    401: {"WWW-Authenticate": 'Bearer realm="Signet"'},
    503: {"Retry-After": "5"},
}

_MAX_FIELD = 200


def status_of(error: SignetError) -> int:
    """The HTTP status that an error is answered with; 500 for those that no request causes."""
    if isinstance(error, MalformedInput):
        return _MALFORMED.get(error.code, 400)
    return next((_STATUS[kind] for kind in type(error).__mro__ if kind in _STATUS), 500)


def problem_response(
    problem: Problem, status: int, headers: Mapping[str, str] | None = None
) -> Response:
    """A problem as an answer, never to be kept by a cache."""
    body = {"type": problem.type, "title": problem.title, "status": status, **problem.as_json()}
    return Response(
        dump_json(body),
        status,
        {"Cache-Control": "no-store", **_HEADERS.get(status, {}), **(headers or {})},
        PROBLEM_JSON,
    )


def response_to(error: SignetError) -> Response:
    """The answer to an error of ours; faults of this service are told without detail."""
    status = status_of(error)
    return internal_error() if status == 500 else problem_response(problem_of(error), status)


def internal_error() -> Response:
    """The answer to everything that is our fault."""
    error = KeyStoreError("internal_error", "Something went wrong on our side. It has been logged.")
    return problem_response(problem_of(error), 500)


def install_error_handlers(app: FastAPI) -> None:
    """Make every error leave the application as a problem document."""
    app.add_exception_handler(SignetError, _handle_ours)
    app.add_exception_handler(RequestValidationError, _handle_validation)
    app.add_exception_handler(HTTPException, _handle_router)
    for unreachable in (OperationalError, InterfaceError, PoolTimeout):
        app.add_exception_handler(unreachable, _handle_database)


async def _handle_ours(request: Request, error: Exception) -> Response:
    if not isinstance(error, SignetError):  # pragma: no cover - the router sends only these
        raise error
    if status_of(error) == 500:
        request.app.state.desk.log.error("our_fault", code=error.code, detail=error.detail)
    return response_to(error)


async def _handle_validation(_request: Request, error: Exception) -> Response:
    if not isinstance(error, RequestValidationError):  # pragma: no cover - as above
        raise error
    findings = tuple(
        Finding(_code_of(entry["type"]), _detail_of(entry), field_of(entry["loc"]))
        for entry in error.errors()
    )
    first = findings[0]
    refusal = InvalidRequest(
        first.code,
        first.detail,
        field=first.field,
        findings=findings if len(findings) > 1 else (),
    )
    return response_to(refusal)


async def _handle_router(_request: Request, error: Exception) -> Response:
    """What the router itself refuses: no such path, or not with this method."""
    if not isinstance(error, HTTPException):  # pragma: no cover - as above
        raise error
    refusals: dict[int, SignetError] = {
        404: NotFound("not_found", "There is nothing at this address."),
        405: InvalidRequest("method_not_allowed", "This address does not answer this method."),
        413: MalformedInput("too_large", "The request is larger than this service reads."),
    }
    refusal = refusals.get(
        error.status_code, InvalidRequest("invalid_request", "The request could not be read.")
    )
    return problem_response(problem_of(refusal), error.status_code, error.headers)


async def _handle_database(request: Request, error: Exception) -> Response:
    """The database is away, full, or busier than it should be: the caller may try again."""
    request.app.state.desk.log.error("database_unavailable", error=type(error).__name__)
    return response_to(Unavailable("unavailable", "The service cannot answer now; try again soon."))


def _code_of(kind: str) -> str:
    if kind == "missing":
        return "missing_member"
    if kind == "extra_forbidden":
        return "unknown_member"
    return "wrong_type" if kind.endswith("_type") else "bad_value"


def _detail_of(entry: Mapping[str, Any]) -> str:
    """Pydantic's sentence, which names what was expected and never what was sent."""
    sentence = str(entry["msg"]).removeprefix("Value error, ")
    return sentence if sentence.endswith(".") else f"{sentence}."


def field_of(location: Sequence[str | int]) -> str:
    """A JSON pointer into the body, or the name of a parameter or header."""
    place, *path = [str(part) for part in location]
    if place == "body":
        pointer = "".join("/" + part.replace("~", "~0").replace("/", "~1") for part in path)
        return pointer[:_MAX_FIELD]
    return "/".join(path)[:_MAX_FIELD]

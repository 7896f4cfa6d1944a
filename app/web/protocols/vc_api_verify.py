"""The verifying side of the W3C VC-API: public, 200 when verified and 400 when not.

https://w3c-ccg.github.io/vc-api/#verify-credential and #verify-presentation. The status code is the
answer that clients look at, so anything but *verified* is 400, with the problems in the body.
"""

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Body, Request, Response
from pydantic import BaseModel
from starlette.concurrency import run_in_threadpool

from app.encoding.strict_json import JsonObject, dump_json, parse_json
from app.errors import MalformedInput
from app.errors.problems import Problem
from app.proofs.profiles import PROFILES, VC, Profile
from app.proofs.vc_jose import looks_like_jws
from app.verification.result import Check, Outcome, Verdict
from app.web.checking import check_bytes, check_presentation
from app.web.dependencies import CurrentDesk, Desk, Now, time_at
from app.web.openapi import json_body, problems
from app.web.strict_body import MEDIA_TYPES, StrictRoute, check_media_type


class CheckRoute(StrictRoute):
    """A route whose function takes the desk, the time and a JSON object, and works in a thread.

    FastAPI works that out anew for every request. What is no object goes its way, and is told so.
    """

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Ours for an object, FastAPI's for anything else."""
        handle_any = super().get_route_handler()
        check = self.endpoint

        async def handle(request: Request) -> Response:
            content = await request.body()
            check_media_type(request, MEDIA_TYPES)
            body = parse_json(content)
            if not isinstance(body, dict):
                return await handle_any(request)
            desk: Desk = request.app.state.desk
            return await run_in_threadpool(check, desk, time_at(request), body)

        return handle


router = APIRouter(tags=["VC-API"], route_class=CheckRoute)

_OPTIONS: JsonObject = {
    "type": "object",
    "properties": {
        "checks": {
            "type": "array",
            "items": {"type": "string"},
            "description": "When given without `credentialStatus`, the status is not looked up.",
        },
        "profile": {"enum": sorted(PROFILES), "default": VC.name},
        "challenge": {"type": "string", "description": "Presentations only."},
        "domain": {"type": "string", "description": "Presentations only."},
    },
}


def _request_schema(member: str) -> JsonObject:
    return {
        "type": "object",
        "required": [member],
        "properties": {
            member: {
                "type": ["object", "string"],
                "description": "The secured document, its enveloped form, or a compact JWS.",
            },
            "options": _OPTIONS,
        },
    }


@dataclass(frozen=True)
class Options:
    """The options that are known here; the W3C's suites send others, which are let pass."""

    profile: Profile
    with_status: bool
    challenge: str | None
    domain: str | None


def _options(body: JsonObject) -> Options:
    options = body.get("options", {})
    if not isinstance(options, dict):
        raise _wrong("options", "an object")
    checks = options.get("checks", ["credentialStatus"])
    if not isinstance(checks, list):
        raise _wrong("options/checks", "an array of texts")
    profile = options.get("profile", VC.name)
    if not isinstance(profile, str) or profile not in PROFILES:
        raise _wrong("options/profile", " or ".join(sorted(PROFILES)))
    for name in ("challenge", "domain"):
        if not isinstance(options.get(name, ""), str):
            raise _wrong(f"options/{name}", "a text")
    return Options(
        PROFILES[profile],
        "credentialStatus" in checks,
        options.get("challenge"),
        options.get("domain"),
    )


def _wrong(field: str, wanted: str) -> MalformedInput:
    return MalformedInput("wrong_type", f"`{field}` must be {wanted}.", field=f"/{field}")


class VerificationAnswer(BaseModel):
    """The verdict, and every problem that was found (RFC 9457 problem details)."""

    verified: bool
    verdict: str
    checks: list[JsonObject]
    problemDetails: list[JsonObject]  # noqa: N815 - the standard's own name
    errors: list[JsonObject]
    warnings: list[JsonObject]


_RESPONSES: dict[int | str, dict[str, Any]] = {
    **problems(413, 415, 422),
    400: {"model": VerificationAnswer, "description": "Not verified; or not a document at all"},
}


@router.post(
    "/credentials/verify",
    response_model=VerificationAnswer,
    responses=_RESPONSES,
    openapi_extra=json_body(_request_schema("verifiableCredential")),
    summary="Verify a credential (VC-API)",
)
def verify_given_credential(
    desk: CurrentDesk, now: Now, body: Annotated[dict[str, Any], Body()]
) -> Response:
    """200 when verified, 400 with `problemDetails` otherwise."""
    options = _options(body)
    result = check_bytes(
        desk,
        _secured(body, "verifiableCredential"),
        now=now,
        profile=options.profile,
        with_status=options.with_status,
    )
    extra = {key: member for key, member in result.as_json().items() if key != "warnings"}
    return _answer(result.verdict, result.checks, result.warnings, extra)


@router.post(
    "/presentations/verify",
    response_model=VerificationAnswer,
    responses=_RESPONSES,
    openapi_extra=json_body(_request_schema("verifiablePresentation")),
    summary="Verify a presentation and the credentials in it (VC-API)",
)
def verify_given_presentation(
    desk: CurrentDesk, now: Now, body: Annotated[dict[str, Any], Body()]
) -> Response:
    """200 when the holder's proof and every credential verify, 400 otherwise."""
    options = _options(body)
    result = check_presentation(
        desk,
        _secured(body, "verifiablePresentation"),
        now=now,
        profile=options.profile,
        challenge=options.challenge,
        domain=options.domain,
        with_status=options.with_status,
    )
    inner = [check for credential in result.credentials for check in credential.checks]
    warnings = tuple(w for credential in result.credentials for w in credential.warnings)
    extra = {
        "verdict": result.verdict.value,
        "checks": [check.as_json() for check in result.checks],
        "credentials": [credential.as_json() for credential in result.credentials],
    }
    return _answer(result.verdict, (*result.checks, *inner), warnings, extra)


def _secured(body: JsonObject, member: str) -> bytes | JsonObject:
    value = body.get(member)
    if isinstance(value, dict):
        return value
    if isinstance(value, str) and looks_like_jws(value.encode("utf-8")):
        return value.encode("utf-8")
    raise MalformedInput(
        "missing_member",
        f"Send the document as `{member}`: an object, or a compact JWS.",
        field=f"/{member}",
    )


def _answer(
    verdict: Verdict, checks: tuple[Check, ...], warnings: tuple[Problem, ...], extra: JsonObject
) -> Response:
    verified = verdict is Verdict.VERIFIED
    status = 200 if verified else 400
    found = [
        {**check.problem.as_json(), "status": status}
        for check in checks
        if check.problem is not None and (check.outcome is Outcome.FAILED or not verified)
    ]
    answer = {
        "verified": verified,
        **extra,
        "problemDetails": found,
        "errors": [] if verified else found,
        "warnings": [warning.as_json() for warning in warnings],
    }
    return Response(dump_json(answer), status, media_type="application/json")

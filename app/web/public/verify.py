"""The verify page: a file, a text or a link goes in, a verdict in plain words comes out.

Nothing that is submitted is kept, and nothing is fetched before somebody presses the button: the
link in `GET /verify?url=` only fills the form. There are no cookies, so a form on a foreign page
that posts here can achieve nothing its author could not do himself.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Header, Query, Request, Response
from fastapi.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile

from app.credentials.display import view_badge
from app.encoding.strict_json import dump_json, parse_object, show_json
from app.errors import InvalidRequest, MalformedInput
from app.settings import Settings
from app.verification.findings import Findings
from app.verification.result import VerificationResult
from app.verification.verify import CHECKS
from app.web.badge_pictures import badge_picture
from app.web.checking import check_bytes, check_link
from app.web.dependencies import CurrentDesk, Desk, Now
from app.web.glossary import CREDITS, LEVELS, WORDS
from app.web.negotiation import wants_page
from app.web.openapi import problems
from app.web.pages import host_of, render_page
from app.web.strict_body import check_media_type
from app.web.wording import word_verdict

router = APIRouter(tags=["verification"])

_FORMS = frozenset({"multipart/form-data", "application/x-www-form-urlencoded"})
_DOCUMENTS = frozenset(
    {
        "application/vc",
        "application/vc+ld+json",
        "application/ld+json",
        "application/jwt",
        "application/vc+jwt",
        "text/plain",
        "image/png",
        "image/svg+xml",
    }
)
_JSON = "application/json"
_MAX_LINK = 2048

_BODY = {
    "requestBody": {
        "required": True,
        "content": {
            _JSON: {
                "schema": {
                    "type": "object",
                    "description": "A credential, or `credential` with one (an object or a JWT).",
                }
            },
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "properties": {
                        "file": {"type": "string", "format": "binary"},
                        "text": {"type": "string", "description": "A link or a credential."},
                    },
                }
            },
            **{
                media_type: {"schema": {"type": "string", "format": "binary"}}
                for media_type in sorted(_DOCUMENTS)
            },
        },
    }
}


@dataclass(frozen=True)
class Submission:
    """What somebody wants to have checked: a document, or the address of one."""

    document: bytes = b""
    link: str | None = None


@router.get("/verify", include_in_schema=False)
def show_form(desk: CurrentDesk, url: Annotated[str, Query(max_length=_MAX_LINK)] = "") -> Response:
    """The form; `url` fills it in and does nothing else."""
    return _form(desk.settings, text=url)


@router.post(
    "/verify",
    summary="Check a credential",
    response_class=Response,
    responses=problems(400, 413, 415, 422),
    openapi_extra=_BODY,
)
async def check_submission(
    request: Request,
    desk: CurrentDesk,
    now: Now,
    accept: Annotated[str | None, Header(description="`text/html` gets a page.")] = None,
) -> Response:
    """Says whether a credential is genuine, unchanged and still valid, check by check.

    Takes JSON, a compact JWT, a baked PNG or SVG, or (in a form) a link. Whatever the verdict, the
    answer is 200: the question was answered. `verdict` is `verified`, `not_valid`, `not_checked`
    or `malformed`.
    """
    try:
        submission = await _read(request)
    except InvalidRequest as error:
        if not wants_page(accept):
            raise
        return _form(desk.settings, error=error.detail, status=422)
    result = await run_in_threadpool(_check, desk, submission, now)
    if wants_page(accept):
        return _page(desk.settings, result, now)
    return Response(
        dump_json(result.as_json()),
        headers={"Cache-Control": "no-store", "Vary": "Accept"},
        media_type=_JSON,
    )


def _check(desk: Desk, submission: Submission, now: datetime) -> VerificationResult:
    if submission.link is None:
        return check_bytes(desk, submission.document, now=now)
    findings = Findings()
    with findings.step("parse"):
        return check_link(desk, submission.link, now=now)
    # The address could not be read: that is an answer too, and neither yes nor no.
    return VerificationResult(findings.verdict(), findings.checks(CHECKS))


async def _read(request: Request) -> Submission:
    """The document or link in a form or body; raises InvalidRequest for an empty form."""
    media_type = check_media_type(request, _FORMS | _DOCUMENTS | {_JSON})
    if media_type in _FORMS:
        return await _read_form(request)
    body = await request.body()
    return Submission(_unwrapped(body) if media_type == _JSON else body)


async def _read_form(request: Request) -> Submission:
    async with request.form(max_files=1, max_fields=2) as form:
        file, text = form.get("file"), form.get("text")
        if isinstance(file, UploadFile) and file.size:
            return Submission(await file.read())
        written = text.strip() if isinstance(text, str) else ""
    if not written:
        raise InvalidRequest(
            "invalid_request", "Choose a file, or paste a link or a credential, and try again."
        )
    if written.startswith(("https://", "http://")) and len(written) <= _MAX_LINK:
        return Submission(link=written)
    return Submission(written.encode("utf-8", "surrogatepass"))


def _unwrapped(body: bytes) -> bytes:
    """The credential in `{"credential": …}`; any other body is the credential itself."""
    try:
        members = parse_object(body)
    except MalformedInput:
        return body  # the checks say what is wrong with it
    credential = members.get("credential")
    if "@context" in members or credential is None:
        return body
    return credential.encode() if isinstance(credential, str) else dump_json(credential)


def _form(
    settings: Settings, *, text: str = "", error: str | None = None, status: int = 200
) -> Response:
    megabytes = settings.max_request_bytes / (1024 * 1024)
    values = {
        "text": text,
        "error": error,
        "max_size": f"{megabytes:.2g} MB",
        "glossary": WORDS,
        "levels": LEVELS,
        "credits": CREDITS,
    }
    return render_page("verify.html", settings, values, status=status, script=True)


def _page(settings: Settings, result: VerificationResult, now: datetime) -> Response:
    shown = result.document or result.claimed
    view = view_badge(shown) if shown else None
    values = {
        "words": word_verdict(result),
        "result": result,
        "checked_at": now,
        "checked_by": _checked_by(settings, result),
        "badge": view,
        "claimed": result.document is None,
        "picture": badge_picture(settings, view) if view and result.document else None,
        "raw": show_json(shown) if shown else None,
    }
    return render_page("result.html", settings, values)


def _checked_by(settings: Settings, result: VerificationResult) -> str:
    host = host_of(settings)
    if not result.own_records:
        return f"Checked by {host}."
    # Whoever forges a credential of ours makes us look into our records too.
    ours = ": it issued this itself" if result.document is not None else ""
    return f"Checked by {host}, with keys and lists from its own records{ours}."

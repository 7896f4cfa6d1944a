"""The recognition report: credentials go in, everything that a second institution needs comes out.

For registrars, as a page or a PDF, and for their systems, as JSON that says the same. As on the
verify page nothing that is submitted is kept, and there are no cookies that a foreign page could
make use of.
"""

from datetime import datetime
from fractions import Fraction
from typing import Annotated, Any

from fastapi import APIRouter, Header, Request, Response
from fastapi.concurrency import run_in_threadpool

from app.encoding.dates import format_datetime, parse_datetime
from app.encoding.strict_json import JsonObject, dump_json, show_json
from app.errors import InvalidRequest
from app.pathways.durations import span_in
from app.pathways.words import percent_words
from app.policy.presets import PRESETS
from app.settings import Settings
from app.vocabularies.levels import FRAMEWORKS
from app.web.dependencies import CurrentDesk, Desk, Now
from app.web.negotiation import choose_type, wants_page
from app.web.openapi import problems
from app.web.pages import render_html, render_page
from app.web.pdf import AttachedFile, print_pdf
from app.web.public.recognition_making import Made, make_report
from app.web.public.recognition_order import MAX_CREDENTIALS, REPORT_BODY, Order, read_order
from app.web.wording import word_date, word_time, word_verdict

router = APIRouter(prefix="/recognition", tags=["recognition"])

_JSON = "application/json"
_PAGE = "text/html"
_PDF = "application/pdf"
_UNKEPT = {"Cache-Control": "no-store", "Vary": "Accept"}
_FILE_NAME = "recognition-report"


@router.get("", summary="The page for a recognition report", response_class=Response)
def get_form(desk: CurrentDesk) -> Response:
    """A form for files, links and pasted credentials."""
    return _form(desk.settings)


@router.post(
    "/reports",
    summary="Make a recognition report",
    response_class=Response,
    responses={
        200: {
            "description": "The report",
            "content": {
                _JSON: {"schema": {"type": "object"}},
                _PDF: {"schema": {"type": "string", "format": "binary"}},
            },
        },
        **problems(400, 413, 415, 422, 503),
    },
    openapi_extra=REPORT_BODY,
)
async def post_report(
    request: Request,
    desk: CurrentDesk,
    now: Now,
    accept: Annotated[
        str | None, Header(description="`text/html` gets a page, `application/pdf` a PDF.")
    ] = None,
) -> Response:
    """Everything that is needed to judge up to ten credentials, and no judgement: no score, no
    statement of equivalence, and a decision block that is empty.

    Each credential is verified first, and read only when every check passed. Converted credit
    names its rule; where published rules disagree all their numbers are given. What the issuer
    claims, what an agency endorsed, what stands in a register and what was not checked are told
    apart. A pathway is reckoned with its own rules. Nothing is kept.
    """
    try:
        order = await read_order(request)
        return await run_in_threadpool(_answer, desk, order, accept, now)
    except InvalidRequest as error:
        if not wants_page(accept):
            raise
        return _form(desk.settings, error=error.detail, status=422)


def _answer(desk: Desk, order: Order, accept: str | None, now: datetime) -> Response:
    made = make_report(desk, order, now)
    if order.as_pdf or choose_type(accept, (_JSON, _PAGE, _PDF)) == _PDF:
        return _pdf(desk, made, now)
    document = made.report.as_json()
    if wants_page(accept):
        values = {**_values(made, document), "frame": "base.html", "paper": False}
        return render_page(
            "recognition.html", desk.settings, {**values, "raw": show_json(document)}
        )
    return Response(dump_json(document), headers=_UNKEPT, media_type=_JSON)


def _values(made: Made, document: JsonObject) -> dict[str, Any]:
    """What page and PDF show: they are made from the very JSON that a program gets."""
    numbers = {
        each["id"]: each["number"] for each in reversed(document["header"]["credentials"])
    } | {each.given.name: number for number, each in enumerate(made.checked, 1)}
    return {
        "report": document,
        "verdicts": [word_verdict(each.result) for each in made.checked],
        "numbers": numbers,
        "percent": lambda text: percent_words(Fraction(text)),
        "spell_day": lambda text: word_date(parse_datetime(text)),
        "spell_date": lambda text: word_date(parse_datetime(f"{text}T00:00:00Z")),
        "spell_span": _span_words,
        "spell_time": lambda text: word_time(parse_datetime(text)),
    }


def _span_words(text: str) -> str:
    """`5 years`; a duration that is none of ours stays as it was given."""
    span = span_in(text)
    return span.words if span else text


# --- PDF -----------------------------------------------------------------------------------------


def _pdf(desk: Desk, made: Made, now: datetime) -> Response:
    document = made.report.as_json()
    report = AttachedFile(
        f"{_FILE_NAME}.json",
        _JSON,
        "This report as data, for a student record system",
        "Data",
        dump_json(document),
    )
    files = (report, *_received(made))
    values = {
        **_values(made, document),
        "frame": "paper.html",
        "paper": True,
        "files": files,
        "made_at": format_datetime(now),
    }
    page = render_html("recognition.html", desk.settings, values)
    disposition = f'attachment; filename="{_FILE_NAME}.pdf"'
    return Response(
        print_pdf(page, files, made_at=now, log=desk.log),
        headers={**_UNKEPT, "Content-Disposition": disposition},
        media_type=_PDF,
    )


def _received(made: Made) -> list[AttachedFile]:
    """The credentials as they were received; nothing that was read as none, whatever it is.

    So what stands at a link is handed on only if it is a credential.
    """
    files = []
    for number, (handed_in, checked) in enumerate(
        zip(made.handed_in, made.checked, strict=True), 1
    ):
        data = checked.data if handed_in.canonical is None else handed_in.canonical
        if data is not None and checked.result.claimed is not None:
            suffix, media_type = _kind_of(data)
            name = f"credential-{number}.{suffix}"
            files.append(
                AttachedFile(name, media_type, f"Credential {number} as received", "Source", data)
            )
    return files


def _kind_of(data: bytes) -> tuple[str, str]:
    start = data.lstrip()[:1]
    if data.startswith(b"\x89PNG"):
        return "png", "image/png"
    if start == b"<":
        return "svg", "image/svg+xml"
    return ("json", "application/vc") if start == b"{" else ("jwt", "application/vc+jwt")


# --- The form ------------------------------------------------------------------------------------


def _form(settings: Settings, *, error: str | None = None, status: int = 200) -> Response:
    megabytes = settings.max_request_bytes / (1024 * 1024)
    values = {
        "error": error,
        "frameworks": [(each.code, each.name) for each in FRAMEWORKS],
        "policies": [(id_, preset["label"]) for id_, preset in PRESETS.items()],
        "most": MAX_CREDENTIALS,
        "max_size": f"{megabytes:.2g} MB",
    }
    return render_page("recognition_form.html", settings, values, status=status)

"""The recognition report: credentials go in, everything that a second institution needs comes out.

For registrars, as a page, and for their systems, as JSON that says the same. As on the verify page
nothing that is submitted is kept, and there are no cookies that a foreign page could make use of.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Header, Request, Response
from fastapi.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile

from app.credentials.learning import read_learning
from app.encoding.dates import parse_datetime
from app.encoding.jcs import canonicalize_json
from app.encoding.strict_json import MAX_VALUES, JsonObject, dump_json, parse_json, show_json
from app.errors import InvalidRequest, NotFound
from app.fetch import budgeted
from app.issuing.policies import find_policy, read_policy
from app.policy.definition import DefinitionPolicy
from app.policy.presets import PRESETS
from app.recognition.frame import RecognitionReport
from app.recognition.parts import RegisterEntry
from app.recognition.report import Entry, Tables, build_report, verified_document
from app.settings import Settings
from app.verification.findings import Findings
from app.verification.result import VerificationResult
from app.verification.verify import CHECKS
from app.vocabularies.levels import FRAMEWORKS, framework
from app.web.checking import check_bytes, check_link, known_by
from app.web.dependencies import CurrentDesk, Desk, Now
from app.web.negotiation import wants_page
from app.web.openapi import problems
from app.web.pages import host_of, render_page
from app.web.strict_body import check_media_type
from app.web.wording import word_date, word_time, word_verdict

router = APIRouter(prefix="/recognition", tags=["recognition"])

MAX_CREDENTIALS = 10
_MAX_LINK = 2048
_MAX_NAME = 200
_MAX_ADDRESSES = 30
_FORM = "multipart/form-data"
_JSON = "application/json"
_MEMBERS = ("credentials", "target_framework", "policy")
_BODY = {
    "requestBody": {
        "required": True,
        "content": {
            _JSON: {
                "schema": {
                    "type": "object",
                    "required": ["credentials"],
                    "additionalProperties": False,
                    "properties": {
                        "credentials": {
                            "type": "array",
                            "description": "Credentials as objects or compact JWTs.",
                            "minItems": 1,
                            "maxItems": MAX_CREDENTIALS,
                            "items": {
                                "anyOf": [{"type": "object"}, {"type": "string", "minLength": 1}]
                            },
                        },
                        "target_framework": {
                            "type": "string",
                            "minLength": 1,
                            "description": "The qualifications framework of whoever reads it: its "
                            "credit is converted to, and its levels stand beside the EQF level.",
                        },
                        "policy": {
                            "type": "string",
                            "minLength": 1,
                            "description": "The id or address of a definition policy of this "
                            "service, to be put to each credential.",
                        },
                    },
                },
                "example": {"credentials": ["eyJ…"], "target_framework": "SCQF"},
            },
            _FORM: {
                "schema": {
                    "type": "object",
                    "properties": {
                        "files": {
                            "type": "array",
                            "items": {"type": "string", "format": "binary"},
                        },
                        "text": {
                            "type": "string",
                            "description": "Links or tokens, one on each line, or one credential.",
                        },
                        "target_framework": {"type": "string"},
                        "policy": {"type": "string"},
                    },
                }
            },
        },
    }
}


@dataclass(frozen=True)
class _Given:
    """One credential as it was handed in: bytes, an object, or an address."""

    data: bytes | JsonObject = b""
    link: str | None = None
    name: str | None = None


@dataclass(frozen=True)
class _Order:
    """What the report is asked about."""

    given: tuple[_Given, ...]
    target_framework: str | None
    policy: str | None


@router.get("", summary="The page for a recognition report", response_class=Response)
def get_form(desk: CurrentDesk) -> Response:
    """A form for files, links and pasted credentials."""
    return _form(desk.settings)


@router.post(
    "/reports",
    summary="Make a recognition report",
    response_class=Response,
    responses={
        200: {"description": "The report", "content": {_JSON: {"schema": {"type": "object"}}}},
        **problems(400, 413, 415, 422),
    },
    openapi_extra=_BODY,
)
async def post_report(
    request: Request,
    desk: CurrentDesk,
    now: Now,
    accept: Annotated[str | None, Header(description="`text/html` gets a page.")] = None,
) -> Response:
    """Everything that is needed to judge up to ten credentials, and no judgement: no score, no
    statement of equivalence, and a decision block that is empty.

    Each credential is verified first, and read only when every check passed. Converted credit
    names its rule; where published rules disagree all their numbers are given. What the issuer
    claims, what an agency endorsed, what stands in a register and what was not checked are told
    apart. Nothing is kept.
    """
    try:
        order = await _read(request)
        report, results = await run_in_threadpool(_make, desk, order, now)
    except InvalidRequest as error:
        if not wants_page(accept):
            raise
        return _form(desk.settings, error=error.detail, status=422)
    if wants_page(accept):
        return _page(desk.settings, report, results)
    return Response(
        dump_json(report.as_json()),
        headers={"Cache-Control": "no-store", "Vary": "Accept"},
        media_type=_JSON,
    )


# --- What is asked -------------------------------------------------------------------------------


async def _read(request: Request) -> _Order:
    """The order in a form or a JSON body; raises MalformedInput and InvalidRequest."""
    if check_media_type(request, frozenset({_FORM, _JSON})) == _FORM:
        order = await _read_form(request)
    else:
        order = _read_json(await request.body())
    if not order.given:
        raise InvalidRequest(
            "invalid_request", "Choose a file, or paste a link or a credential, and try again."
        )
    if len(order.given) > MAX_CREDENTIALS:
        raise InvalidRequest(
            "bad_value",
            f"One report is about at most {MAX_CREDENTIALS} credentials.",
            field="/credentials",
        )
    return order


async def _read_form(request: Request) -> _Order:
    async with request.form(max_files=2 * MAX_CREDENTIALS, max_fields=4) as form:
        files = [each for each in form.getlist("files") if isinstance(each, UploadFile)]
        given = [
            _Given(await each.read(), name=_shortened(each.filename)) for each in files if each.size
        ]
        text, target, policy = (_text(form.get(name)) for name in ("text", *_MEMBERS[1:]))
    return _Order((*given, *_pasted(text or "")), target, policy)


def _text(value: Any) -> str | None:
    return (value.strip() or None) if isinstance(value, str) else None


def _shortened(name: str | None) -> str | None:
    return name[:_MAX_NAME] if name else None


def _pasted(text: str) -> Sequence[_Given]:
    """A link or a token on each line; any other text is one credential."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if not lines or lines[0][0] in "{[<":
        return [_Given(text.encode("utf-8", "surrogatepass"))] if lines else []
    return [
        _Given(link=line, name=_shortened(line))
        if line.startswith(("https://", "http://")) and len(line) <= _MAX_LINK
        else _Given(line.encode("utf-8", "surrogatepass"))
        for line in lines
    ]


def _read_json(body: bytes) -> _Order:
    members = parse_json(body, max_bytes=len(body), max_values=MAX_CREDENTIALS * MAX_VALUES)
    if not isinstance(members, dict):
        raise InvalidRequest("wrong_type", "Send an object with `credentials`.", field="")
    for name in members:
        if name not in _MEMBERS:
            raise InvalidRequest("unknown_member", f"`{name}` is not known here.", field=f"/{name}")
    listed = members.get("credentials")
    if not isinstance(listed, list):
        raise InvalidRequest("wrong_type", "Send a list `credentials`.", field="/credentials")
    given = tuple(_given(each, place) for place, each in enumerate(listed))
    target, policy = (_word(members, name) for name in _MEMBERS[1:])
    return _Order(given, target, policy)


def _given(value: Any, place: int) -> _Given:
    if isinstance(value, dict):
        return _Given(value)
    if isinstance(value, str):
        return _Given(value.encode())
    raise InvalidRequest(
        "wrong_type", "A credential is an object or a JWT.", field=f"/credentials/{place}"
    )


def _word(members: JsonObject, name: str) -> str | None:
    value = members.get(name)
    if value is not None and not isinstance(value, str):
        raise InvalidRequest("wrong_type", f"`{name}` must be a text.", field=f"/{name}")
    return value


# --- The report ----------------------------------------------------------------------------------


def _make(
    desk: Desk, order: _Order, now: datetime
) -> tuple[RecognitionReport, list[VerificationResult]]:
    target = (
        None
        if order.target_framework is None
        else framework(order.target_framework, field="/target_framework")
    )
    chosen = None if order.policy is None else _policy(desk, order.policy)
    if order.policy is not None and chosen is None:
        raise InvalidRequest(
            "unknown_term",
            f"{order.policy[:80]!r} is not a policy of this service.",
            field="/policy",
        )
    # One budget of addresses for all of them; an address is read once, however often it is named.
    fetch = budgeted(desk.fetch, max_fetches=_MAX_ADDRESSES, max_per_host=_MAX_ADDRESSES)
    careful = replace(desk, fetch=fetch)
    entries = [_entry(careful, each, now) for each in order.given]
    report = build_report(
        entries,
        now=now,
        verifier=host_of(desk.settings),
        tables=Tables(
            contexts=desk.contexts.digests,
            policies=_named(desk, entries),
            registers=_listed(desk, entries, now),
        ),
        target_framework=target,
        policy=chosen,
    )
    return report, [each.result for each in entries]


def _entry(desk: Desk, given: _Given, now: datetime) -> Entry:
    if given.link is None:
        if isinstance(given.data, bytes):
            result = check_bytes(desk, given.data, now=now)
            return Entry(given.data, result, submitted_as=given.name)
        # As bytes again: the parser's limits are those of one credential.
        result = check_bytes(desk, dump_json(given.data), now=now)
        return Entry(canonicalize_json(given.data), result, canonical=True)
    findings = Findings()
    with findings.step("parse"):
        result = check_link(desk, given.link, now=now)
        read = None if result.claimed is None else canonicalize_json(dict(result.claimed))
        return Entry(read, result, canonical=True, submitted_as=given.name)
    # The address could not be read: that is an answer too, and neither yes nor no.
    unread = VerificationResult(findings.verdict(), findings.checks(CHECKS))
    return Entry(None, unread, submitted_as=given.name)


def _named(desk: Desk, entries: Sequence[Entry]) -> dict[str, DefinitionPolicy]:
    """The policies at hand that verified credentials name."""
    documents = [document for each in entries if (document := verified_document(each.result))]
    names = {name for each in documents for name in read_learning(each).definition_policies}
    found = {name: _policy(desk, name) for name in sorted(names)}
    return {name: policy for name, policy in found.items() if policy is not None}


def _listed(
    desk: Desk, entries: Sequence[Entry], now: datetime
) -> dict[str, tuple[RegisterEntry, ...]]:
    """What registries say now of the issuers, and of the agencies that they name.

    That this service hosts an issuer itself is no entry in a register.
    """
    names: set[str | None] = set()
    for document in (verified_document(each.result) for each in entries):
        if document is not None:
            learning = read_learning(document)
            names |= {learning.issuer.id, *(each.url for each in learning.quality_assurance)}
    return {
        name: tuple(
            RegisterEntry(each.source, name, each.until, each.covers, now)
            for each in known_by(desk, name, now)
            if not each.own
        )
        for name in sorted(each for each in names if each is not None)
    }


def _policy(desk: Desk, word: str) -> DefinitionPolicy | None:
    with desk.database.read() as session:
        try:
            return read_policy(find_policy(session, desk.settings, word))
        except NotFound:
            return None


# --- Pages ---------------------------------------------------------------------------------------


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


def _page(
    settings: Settings, report: RecognitionReport, results: Sequence[VerificationResult]
) -> Response:
    """The page is made from the very JSON that a program gets."""
    document = report.as_json()
    values = {
        "report": document,
        "verdicts": [word_verdict(result) for result in results],
        "spell_day": lambda text: word_date(parse_datetime(text)),
        "spell_time": lambda text: word_time(parse_datetime(text)),
        "raw": show_json(document),
    }
    return render_page("recognition.html", settings, values)

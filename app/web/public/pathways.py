"""Pathways for people: what an award takes, drawn and in words, and how far somebody's badges lead.

Nothing that is handed in is kept. As on the verify page there are no cookies, so a form on a
foreign page that posts here can achieve nothing its author could not do himself.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Header, Path, Request, Response
from fastapi.concurrency import run_in_threadpool
from markupsafe import Markup
from sqlalchemy.orm import Session
from starlette.datastructures import UploadFile

from app.errors import InvalidRequest
from app.pathways.awarding import terms_of
from app.pathways.candidate import Candidate
from app.pathways.checking import CheckResult
from app.pathways.evaluation import MOST_CREDENTIALS, Evaluation, is_in_force
from app.pathways.picture import Sketch, draw_pathway
from app.pathways.records import load_pathway, pathway_url, pathway_versions, rule_of
from app.pathways.rules import Window
from app.pathways.words import RuleWords
from app.registry.issuers import load_issuer
from app.settings import Settings
from app.storage.tables import Pathway
from app.web.dependencies import CurrentDesk, Desk, Now, ReadSession
from app.web.documents import FOR_GOOD, PLAIN_JSON, document_response
from app.web.negotiation import choose_type, wants_page
from app.web.openapi import problems
from app.web.pages import render_page
from app.web.presenting import Given, present
from app.web.strict_body import check_media_type

router = APIRouter(tags=["public documents"])

PathwayId = Annotated[str, Path(max_length=64, description="The last part of the address.")]

_FORMS = frozenset({"multipart/form-data", "application/x-www-form-urlencoded"})
_MOST_LINKS = 10
_LONGEST_LINK = 2048


@router.get(
    "/pathways/{pathway}",
    summary="What an award takes",
    response_class=Response,
    responses=problems(404),
)
def get_pathway(
    request: Request,
    desk: CurrentDesk,
    session: ReadSession,
    now: Now,
    pathway: PathwayId,
    accept: Annotated[str | None, Header(description="`text/html` gets a page.")] = None,
) -> Response:
    """The stacking rules exactly as they were published, or their page. A version never changes."""
    row = load_pathway(session, pathway)
    if not wants_page(accept):
        media_type = choose_type(accept, PLAIN_JSON)
        return document_response(request, row.document, media_type, cache_control=FOR_GOOD)
    versions = pathway_versions(session, row)
    values = {
        **_values(session, desk.settings, row, _words(session, desk.settings, row)),
        "versions": versions,
        "newest": versions[0] if versions[0].id != row.id else None,
        "in_force": is_in_force(rule_of(row), now),
    }
    return render_page("pathway.html", desk.settings, values, cache_control="no-cache")


@router.get("/pathways/{pathway}/evaluate", include_in_schema=False)
def show_form(desk: CurrentDesk, session: ReadSession, pathway: PathwayId) -> Response:
    """The form for somebody's badges."""
    row = load_pathway(session, pathway)
    return _form(session, desk.settings, row)


@router.post("/pathways/{pathway}/evaluate", include_in_schema=False)
async def evaluate_submission(
    request: Request, desk: CurrentDesk, now: Now, pathway: PathwayId
) -> Response:
    """How far the badges in the form lead."""
    check_media_type(request, _FORMS)
    try:
        given = await _read_form(request)
    except InvalidRequest as error:
        return await run_in_threadpool(_refused, desk, pathway, error.detail)
    return await run_in_threadpool(_evaluated, desk, pathway, given, now)


async def _read_form(request: Request) -> list[Given]:
    """The files and links of the form; raises InvalidRequest with a sentence for the page."""
    async with request.form(max_files=MOST_CREDENTIALS + 1, max_fields=4) as form:
        files = [
            each for each in form.getlist("files") if isinstance(each, UploadFile) and each.size
        ]
        written = form.get("links")
        links = written.split() if isinstance(written, str) else []
        given = [Given(each.filename or "A file", await each.read()) for each in files]
    for link in links:
        if not link.startswith(("https://", "http://")) or len(link) > _LONGEST_LINK:
            raise InvalidRequest(
                "bad_url", "A link begins with https://; write one on each line and try again."
            )
        given.append(Given(link, link=link))
    if not given:
        raise InvalidRequest("invalid_request", "Choose your badges, or paste links to them.")
    if len(given) > MOST_CREDENTIALS or len(links) > _MOST_LINKS:
        raise InvalidRequest(
            "out_of_range",
            f"At most {MOST_CREDENTIALS} badges at once, and {_MOST_LINKS} of them as links.",
        )
    return given


def _refused(desk: Desk, pathway: str, error: str) -> Response:
    with desk.database.read() as session:
        row = load_pathway(session, pathway)
        return _form(session, desk.settings, row, error=error, status=422)


def _evaluated(desk: Desk, pathway: str, given: Sequence[Given], now: datetime) -> Response:
    with desk.database.read() as session:
        load_pathway(session, pathway)  # before anything is verified for nobody
    candidates = [each.candidate for each in present(desk, given, now=now)]
    with desk.database.read() as session:
        row = load_pathway(session, pathway)
        terms = terms_of(session, desk.settings, row, candidates)
        values = _values(session, desk.settings, row, terms.words)
    outcome = _outcome(values["words"], terms.evaluate(candidates, now=now))
    shown = {**values, "outcome": outcome, "error": None, "most": MOST_CREDENTIALS, "now": now}
    return render_page("pathway_evaluation.html", desk.settings, shown)


def _form(
    session: Session,
    settings: Settings,
    row: Pathway,
    *,
    error: str | None = None,
    status: int = 200,
) -> Response:
    values = {
        **_values(session, settings, row, _words(session, settings, row)),
        "outcome": None,
        "error": error,
        "most": MOST_CREDENTIALS,
    }
    return render_page("pathway_evaluation.html", settings, values, status=status)


# --- what the pages show --------------------------------------------------------------------------


@dataclass(frozen=True)
class CheckLine:
    """One check with its outcome; `progress` from 0 to 1 where more can be earned."""

    requirement: str
    tone: str
    outcome: str
    found: str
    missing: str | None
    progress: float | None


@dataclass(frozen=True)
class BadgeLine:
    """One badge, and what it counts for or why not."""

    name: str
    issuer: str | None
    words: str


@dataclass(frozen=True)
class Outcome:
    """An evaluation as the page says it."""

    tone: str
    headline: str
    sentence: str
    checks: tuple[CheckLine, ...]
    used: tuple[BadgeLine, ...]
    spare: tuple[BadgeLine, ...]
    excluded: tuple[BadgeLine, ...]
    exact: bool


def _words(session: Session, settings: Settings, row: Pathway) -> RuleWords:
    return terms_of(session, settings, row, ()).words


def _values(session: Session, settings: Settings, row: Pathway, words: RuleWords) -> dict[str, Any]:
    rule = words.rule
    issuer = load_issuer(session, row.issuer_id)
    award = rule.award
    sketch = Sketch(
        award.name,
        None if award.level is None else award.level.words,
        ("Verified: genuine and not revoked", *map(_capital, words.eligibility())),
        words.steps(),
        tuple(each.text for each in rule.manual),
    )
    return {
        "pathway": row,
        "rule": rule,
        "words": words,
        "steps": words.steps(),
        "eligible": words.eligibility(),
        "conversions": [words.rate(each) for each in rule.conversions],
        "articulations": [words.articulation(each) for each in rule.articulations],
        "credits": None if award.credits is None else rule.amount_words(award.credits),
        "achievement": _achievement_path(settings, award.id),
        "picture": Markup(draw_pathway(sketch)),  # noqa: S704 - every text in it is escaped
        "issuer_name": issuer.profile["name"],
        "issuer_path": f"/issuers/{issuer.id}",
        "url": pathway_url(settings, row.id),
    }


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]


def _achievement_path(settings: Settings, award: str | None) -> str | None:
    """The page of the award, where it is published here."""
    named = (award or "").removeprefix(f"{settings.public_url}/achievements/")
    return f"/achievements/{named}" if award and named != award else None


def _badge(candidate: Candidate, words: str) -> BadgeLine:
    return BadgeLine(candidate.name or candidate.id, candidate.issuer_name, words)


def _outcome(words: RuleWords, evaluation: Evaluation) -> Outcome:
    used = tuple(
        _badge(each, words.counted(count))
        for each, count in zip(evaluation.used, evaluation.counted, strict=True)
    )
    tone, headline, sentence = _banner(words, evaluation)
    return Outcome(
        tone,
        headline,
        sentence,
        tuple(_check_line(words, result) for result in evaluation.checks if result.needed),
        used,
        tuple(_badge(each, "It counts, but is not needed.") for each in evaluation.spare),
        tuple(
            BadgeLine(
                each.candidate.name or each.candidate.id, each.candidate.issuer_name, each.reason
            )
            for each in evaluation.excluded
        ),
        evaluation.exact,
    )


def _banner(words: RuleWords, evaluation: Evaluation) -> tuple[str, str, str]:
    if evaluation.satisfied:
        number = len(evaluation.used)
        badges = (
            "One of your badges satisfies" if number == 1 else f"{number} of your badges satisfy"
        )
        people = " What people decide is listed below and still open." if evaluation.manual else ""
        return (
            "good",
            "Your badges add up",
            f"{badges} all that can be counted.{people} This is not the award yet: ask for it.",
        )
    told = [words.missing(result) for result in evaluation.missing]
    if evaluation.in_force is False:
        told.append("These rules are not in force today.")
    return "unsure", "Not there yet", " ".join(told)


def _check_line(words: RuleWords, result: CheckResult) -> CheckLine:
    check = result.check
    progress = None
    if result.shortfall <= 1 and not isinstance(check, Window) and check.least:
        progress = float(1 - result.shortfall)
    return CheckLine(
        words.requirement(check),
        "good" if result.passed else "unsure",
        "Reached" if result.passed else "Not yet",
        words.found(result),
        None if result.passed else words.missing(result),
        progress,
    )

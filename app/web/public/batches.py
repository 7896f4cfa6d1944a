"""How far a batch is, as a page for the people who wait for it.

Its address is the batch's id, which nobody can guess; it shows numbers, and nobody's name.
"""

from fastapi import APIRouter, Response

from app.errors import NotFound
from app.issuing.batches import find_batch
from app.registry.issuers import load_issuer
from app.web.batch_answers import BatchId, record_of
from app.web.dependencies import CurrentDesk, Now, ReadSession
from app.web.openapi import problems
from app.web.pages import render_page
from app.web.wording import word_pace, word_wait

router = APIRouter(tags=["batches"])


@router.get(
    "/batches/{batch}",
    summary="How far a batch is",
    response_class=Response,
    responses={200: {"description": "A page", "content": {"text/html": {}}}, **problems(404)},
)
def get_batch_page(desk: CurrentDesk, session: ReadSession, now: Now, batch: BatchId) -> Response:
    """The numbers of a batch, for whoever was given this address. Nothing about learners."""
    found = find_batch(session, batch)
    if found is None:
        raise NotFound("not_found", "There is no such batch.")
    record = record_of(desk, found, now)
    checking = record.phase == "check"
    values = {
        "batch": record,
        "issuer": load_issuer(session, found.issuer_id).profile["name"],
        "done": record.checked if checking else record.issued + record.repeated,
        "to_do": record.total if checking else record.total - record.refused,
        "wait": None if record.seconds_left is None else word_wait(record.seconds_left),
        "pace": word_pace(record.rate or 0),
        "created_at": found.created_at,
        "finished_at": found.finished_at,
        "now": now,
        "queued": record.state == "queued",
    }
    return render_page("batch.html", desk.settings, values)

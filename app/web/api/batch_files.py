"""Files around batches: what became of each row, and a template to fill in."""

from collections.abc import Iterator
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Path, Query, Response
from starlette.responses import StreamingResponse

from app.encoding.strict_json import dump_json, parse_object
from app.errors import NotFound
from app.issuing.batch_columns import csv_lines, template
from app.issuing.batch_results import RowResult
from app.issuing.batches import load_batch, results_of
from app.registry.achievements import achievement_url, load_achievement
from app.registry.api_keys import Caller
from app.registry.issuers import load_issuer
from app.web.batch_answers import BatchId, cells_of, row_of
from app.web.dependencies import CurrentDesk, Desk, IssuerId, ReadSession, require
from app.web.openapi import Responses, problems

router = APIRouter(prefix="/api/v1/issuers/{issuer}", tags=["batches"])

_CSV: Responses = {200: {"description": "CSV", "content": {"text/csv": {}}}}
_NDJSON: Responses = {200: {"description": "NDJSON", "content": {"application/x-ndjson": {}}}}

Outcome = Annotated[
    Literal["valid", "issued", "repeated", "refused"] | None,
    Query(description="Only the rows of which this became."),
]


@router.get(
    "/batches/{batch}/results.ndjson",
    summary="What became of each row",
    response_class=Response,
    responses={**_NDJSON, **problems(401, 403, 404, 422)},
)
def get_results(
    desk: CurrentDesk,
    session: ReadSession,
    _caller: Annotated[Caller, Depends(require("credentials:issue"))],
    issuer: IssuerId,
    batch: BatchId,
    outcome: Outcome = None,
) -> Response:
    """A line for each row that was looked at: its number, its key, and its credential or what to
    mend.
    """
    load_batch(session, issuer, batch)
    lines = (
        b"".join(dump_json(row_of(desk, result)) + b"\n" for result in chunk)
        for chunk in _results(desk, batch, outcome)
    )
    return StreamingResponse(lines, headers=_NO_STORE, media_type="application/x-ndjson")


@router.get(
    "/batches/{batch}/results.csv",
    summary="What became of each row, for a spreadsheet",
    response_class=Response,
    responses={**_CSV, **problems(401, 403, 404, 422)},
)
def get_results_csv(
    desk: CurrentDesk,
    session: ReadSession,
    _caller: Annotated[Caller, Depends(require("credentials:issue"))],
    issuer: IssuerId,
    batch: BatchId,
    outcome: Outcome = None,
) -> Response:
    """The same as CSV. Cells that a spreadsheet would take for a formula have an apostrophe."""
    load_batch(session, issuer, batch)

    def lines() -> Iterator[str]:
        yield csv_lines([("row", "outcome", "key", "url", "column", "code", "detail")])
        for chunk in _results(desk, batch, outcome):
            yield csv_lines(cells_of(desk, result) for result in chunk)

    return StreamingResponse(
        lines(), headers=_download(f"batch-{batch}.csv"), media_type="text/csv; charset=utf-8"
    )


@router.get(
    "/achievements/{achievement}/batch-template.csv",
    summary="A file to fill in",
    response_class=Response,
    responses={**_CSV, **problems(401, 403, 404)},
)
def get_template(
    desk: CurrentDesk,
    session: ReadSession,
    _caller: Annotated[Caller, Depends(require())],
    issuer: IssuerId,
    achievement: Annotated[str, Path(description="The achievement's id.", max_length=256)],
) -> Response:
    """The columns that a batch for this achievement may have, as CSV; one row is begun."""
    owner = load_issuer(session, issuer)
    found = load_achievement(session, achievement)
    if found.issuer_id != owner.id:
        raise NotFound("not_found", "There is no such achievement.")
    text = template(
        achievement_url(desk.settings, found.id),
        parse_object(found.document),
        board=(found.policy_id or owner.policy_id) is not None,
    )
    headers = _download(f"batch-{found.id}.csv")
    return Response(text, headers=headers, media_type="text/csv; charset=utf-8")


_NO_STORE = {"Cache-Control": "no-store"}


def _download(name: str) -> dict[str, str]:
    return {**_NO_STORE, "Content-Disposition": f'attachment; filename="{name}"'}


def _results(desk: Desk, batch_id: str, outcome: str | None) -> Iterator[list[RowResult]]:
    """The results chunk by chunk, each read in a transaction of its own."""
    number = 0
    while True:
        with desk.database.read() as session:
            results = results_of(session, batch_id, number)
        if results is None:
            return
        yield [each for each in results if outcome is None or each.outcome == outcome]
        number += 1

"""A batch and its rows as they are answered, for the API and for the page."""

from datetime import datetime
from typing import Annotated, Literal

from fastapi import Path
from pydantic import BaseModel, Field

from app.encoding.dates import format_datetime
from app.encoding.strict_json import JsonObject
from app.issuing.batch_results import RowResult
from app.issuing.batches import progress_of
from app.storage.tables import Batch
from app.web.dependencies import Desk

Accept = Literal["all", "partial"]
BatchId = Annotated[str, Path(description="The batch's id.", max_length=256)]


class BatchProblem(BaseModel):
    """What stopped a batch."""

    code: str
    detail: str


class BatchResults(BaseModel):
    """Where what became of each row can be read."""

    ndjson: str
    csv: str


class BatchRecord(BaseModel):
    """A batch and how far it has come. The numbers are rows; `rate` is rows a second."""

    id: str
    url: str = Field(description="A page that shows the same, for who has this address.")
    issuer: str
    state: Literal["queued", "running", "done", "failed", "cancelled"]
    phase: Literal["check", "issue"] = Field(
        description="First every row is checked, then they are issued."
    )
    accept: Accept
    dry_run: bool
    total: int
    checked: int
    issued: int
    repeated: int = Field(description="Rows that had been issued before: no error, nothing new.")
    refused: int = Field(description="Rows that have to be mended.")
    rate: float | None
    seconds_left: int | None = Field(description="Of this phase.")
    problem: BatchProblem | None
    results: BatchResults
    created_at: str
    finished_at: str | None


def row_of(desk: Desk, result: RowResult) -> JsonObject:
    """What became of a row, as a line of NDJSON."""
    row: JsonObject = {"row": result.row, "outcome": result.outcome}
    if result.key is not None:
        row["key"] = result.key
    if result.credential_id is not None:
        row["id"] = result.credential_id
        row["url"] = desk.issuing.credential_url(result.credential_id)
    if result.findings:
        row["errors"] = [
            {"column": each.field, "code": each.code, "detail": each.detail}
            for each in result.findings
        ]
    return row


def cells_of(desk: Desk, result: RowResult) -> list[str]:
    """The same as cells; of several things to mend the first one's place."""
    url = "" if result.credential_id is None else desk.issuing.credential_url(result.credential_id)
    first = result.findings[0] if result.findings else None
    return [
        str(result.row),
        result.outcome,
        result.key or "",
        url,
        "" if first is None else first.field,
        "" if first is None else first.code,
        " ".join(each.detail for each in result.findings),
    ]


def record_of(desk: Desk, batch: Batch, now: datetime) -> BatchRecord:
    """A batch and how far it has come."""
    progress = progress_of(batch, now)
    address = address_of(desk, batch)
    return BatchRecord(
        id=batch.id,
        url=f"{desk.settings.public_url}/batches/{batch.id}",
        issuer=batch.issuer_id,
        state=batch.state,  # type: ignore[arg-type]  # the table's words are the API's
        phase=batch.phase,  # type: ignore[arg-type]
        accept=batch.accept,  # type: ignore[arg-type]
        dry_run=batch.dry_run,
        total=batch.total,
        checked=batch.checked,
        issued=batch.issued,
        repeated=batch.repeated,
        refused=batch.refused,
        rate=None if progress.rate is None else round(progress.rate, 1),
        seconds_left=progress.seconds_left,
        problem=None if batch.problem is None else BatchProblem(**batch.problem),
        results=BatchResults(ndjson=f"{address}/results.ndjson", csv=f"{address}/results.csv"),
        created_at=format_datetime(batch.created_at),
        finished_at=None if batch.finished_at is None else format_datetime(batch.finished_at),
    )


def address_of(desk: Desk, batch: Batch) -> str:
    """Where a batch is found in the API."""
    return f"{desk.settings.public_url}/api/v1/issuers/{batch.issuer_id}/batches/{batch.id}"

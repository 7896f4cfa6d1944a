"""Pages on paper: a page of ours as a tagged PDF (PDF/UA-1, ISO 14289-1), set in a process of its
own.

Setting type takes seconds of computing and much memory, and what is set comes from strangers. So it
happens outside this process, which goes on answering: a bounded number at once, each with a bound
on its input, its computing time and its memory, without our settings in its environment, and with
nothing to fetch. It is also the only place where Pango is needed; without it everything but PDF is
there.
"""

import base64
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from threading import BoundedSemaphore

from structlog.typing import FilteringBoundLogger

from app.encoding.dates import format_datetime
from app.encoding.strict_json import dump_json
from app.errors import InvalidRequest, Unavailable

MAX_CHARACTERS = 300_000
"""The longest page that is set, as HTML: some 60 pages of a report."""

_COMMAND = (sys.executable, "-m", "app.web.pdf_press")
_AT_ONCE = 2
_PATIENCE_SECONDS = 20
_SECONDS = 150
_SECRETS = "SIGNET_"
_presses = BoundedSemaphore(_AT_ONCE)


@dataclass(frozen=True)
class AttachedFile:
    """A file inside the PDF, byte for byte, and what it is to it (`Source`, `Data`, …)."""

    name: str
    media_type: str
    description: str
    relationship: str
    data: bytes


def print_pdf(
    html: str, files: Sequence[AttachedFile], *, made_at: datetime, log: FilteringBoundLogger
) -> bytes:
    """The page as a PDF with the files attached.

    Raises InvalidRequest (`pdf_too_costly`) for a page that is too long or takes too much to set,
    and Unavailable (`pdf_unavailable` without Pango, `unavailable` when others are in the queue).
    """
    if len(html) > MAX_CHARACTERS:
        raise _too_costly()
    job = {
        "html": html,
        "made_at": format_datetime(made_at),
        "files": [
            {
                "name": each.name,
                "media_type": each.media_type,
                "description": each.description,
                "relationship": each.relationship,
                "data": base64.b64encode(each.data).decode("ascii"),
            }
            for each in files
        ],
    }
    if not _presses.acquire(timeout=_PATIENCE_SECONDS):
        raise Unavailable("unavailable", "Other reports are being printed; try again in a minute.")
    try:
        return _press(dump_json(job), log)
    finally:
        _presses.release()


def _press(job: bytes, log: FilteringBoundLogger) -> bytes:
    environment = {name: each for name, each in os.environ.items() if _SECRETS not in name}
    try:
        run = subprocess.run(  # noqa: S603 - a fixed command; the job goes in as data
            _COMMAND, input=job, env=environment, capture_output=True, timeout=_SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        raise _too_costly() from None
    if run.returncode == 0:
        return run.stdout
    # Of the traceback only the kind of error: its words may come from the page.
    last = run.stderr.decode("utf-8", "replace").strip().rpartition("\n")[2]
    kind = last.partition(":")[0]
    log.warning("pdf_not_made", exit_code=run.returncode, error=kind[:80])
    # It ends by a signal when its computing time is used up.
    if run.returncode < 0 or kind == "MemoryError":
        raise _too_costly()
    raise Unavailable(
        "pdf_unavailable",
        "This service cannot make PDFs now: ask for the report as a page or as JSON. Whoever runs "
        "it finds in docs/recognition.md what has to be installed.",
    )


def _too_costly() -> InvalidRequest:
    return InvalidRequest(
        "pdf_too_costly",
        "The report is too long for a PDF: ask about fewer credentials at once, or take it as a "
        "page or as JSON.",
        field="/credentials",
    )

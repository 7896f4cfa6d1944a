"""What jobs work with: a database, the tools for issuing, and a log."""

from dataclasses import dataclass

from structlog.typing import FilteringBoundLogger

from app.issuing.desk import IssuingDesk
from app.storage.database import Database


@dataclass(frozen=True)
class JobDesk:
    """The desk of whoever works in the background; made once per process."""

    database: Database
    issuing: IssuingDesk
    log: FilteringBoundLogger

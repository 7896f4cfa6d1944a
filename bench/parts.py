"""The parts of a run, each for itself: one that fails is told in the table, and loses no other."""

import sys
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

_Measured = TypeVar("_Measured")


@dataclass(frozen=True)
class Parts:
    """What has failed so far, by part, in a line each."""

    failures: dict[str, str] = field(default_factory=dict)

    def attempt(self, part: str, measure: Callable[[], _Measured]) -> _Measured | None:
        """What was measured, or None; the whole trace of a failure goes to standard error."""
        try:
            return measure()
        except Exception as failure:  # noqa: BLE001 - whatever it is, the other parts go on
            said = str(failure).strip() or "no reason given"
            self.failures[part] = f"{type(failure).__name__}: {said.splitlines()[0]}"
            traceback.print_exc()
            return None

    def tell(self, what: str) -> None:
        """Say what is going on."""
        sys.stderr.write(f"{what}\n")

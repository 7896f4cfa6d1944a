"""What a claim of a credential rests on, and what was found of it in registers."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from app.registry.coverage import Fit


class Standing(StrEnum):
    """What a claim rests on. Four things, and no two of them are the same."""

    CLAIMED = "claimed by the issuer"
    ENDORSED = "endorsed by the agency"
    REGISTERED = "found in a register"
    NOT_CHECKED = "not checked"


@dataclass(frozen=True)
class RegisterEntry:
    """That an identifier stands in a register, as it was seen at a time.

    `covers` is what it is listed for, in words; empty where there is no bound. Of an issuer, `fit`
    says whether the credential is within that, and `because` on which facts that rests.
    """

    register: str
    identifier: str
    until: datetime | None
    covers: tuple[str, ...]
    seen_at: datetime
    fit: Fit | None = None
    because: tuple[str, ...] = ()

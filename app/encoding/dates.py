"""Points in time as credentials write them: XML Schema dateTimeStamp, always with a zone."""

import re
from datetime import UTC, datetime
from functools import lru_cache

from app.errors import CheckFailed

_DATE_TIME_STAMP = re.compile(
    r"(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2})(\.\d+)?(Z|[+-](?:0\d|1[0-4]):[0-5]\d)", re.ASCII
)

_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip


def parse_datetime(text: object, *, field: str | None = None) -> datetime:
    """An aware UTC time from a dateTimeStamp (VCDM 2.0 section 4.9).

    Leap seconds, 24:00:00 and times that leave the years 1 to 9999 are refused. Digits beyond
    microseconds are cut off. Raises `CheckFailed` bad_date.
    """
    moment = None
    try:
        if isinstance(text, str):
            moment = _read_once(text) if len(text) <= _MAX_KEPT else _read(text)
    except (ValueError, OverflowError):
        raise CheckFailed(
            "bad_date", f"{text} is not a date on the calendar", field=field
        ) from None
    if moment is None:
        raise CheckFailed(
            "bad_date", "a date needs the form 2026-01-31T09:00:00Z, with its zone", field=field
        )
    return moment


def _read(text: str) -> datetime | None:
    match = _DATE_TIME_STAMP.fullmatch(text)
    if match is None:
        return None
    return datetime.fromisoformat(match[1] + (match[2] or "")[:7] + match[3]).astimezone(UTC)


# The dates of one document are asked for several times over, and many share a term's end.
_read_once = lru_cache(maxsize=4096)(_read)
_MAX_KEPT = 40


def format_datetime(moment: datetime) -> str:
    """A UTC dateTimeStamp of whole seconds, as in 2026-01-31T09:00:00Z."""
    # Not strftime: on Linux its %Y leaves out the zeros of the years before 1000.
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="seconds") + "Z"


def format_if_any(moment: datetime | None) -> str | None:
    """As `format_datetime`; None where there is no time to tell."""
    return None if moment is None else format_datetime(moment)


def spell_day(moment: datetime) -> str:
    """A day as people write it, in UTC: `3 May 2026`. Month names do not follow the locale."""
    at = moment.astimezone(UTC)
    return f"{at.day} {_MONTHS[at.month - 1]} {at.year}"

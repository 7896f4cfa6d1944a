"""Spans of years, months, weeks and days, counted on the calendar as people count them.

Five years from 1 March 2021 end on 1 March 2026, leap days or not; a day that a month does not have
becomes its last one.
"""

import calendar
import re
from dataclasses import dataclass
from datetime import MAXYEAR, datetime, timedelta

# Whole years, months, weeks and days of ISO 8601; hours are no matter of a regulation.
_FORM = re.compile(r"P(?=\d)(?:(\d{1,3})Y)?(?:(\d{1,4})M)?(?:(\d{1,4})W)?(?:(\d{1,5})D)?", re.ASCII)
_END = datetime(MAXYEAR, 12, 31, 23, 59, 59)  # noqa: DTZ001 - the zone comes with its use
_UNITS = (("years", "year"), ("months", "month"), ("weeks", "week"), ("days", "day"))


@dataclass(frozen=True)
class Span:
    """A length of time on the calendar; `text` is its ISO 8601 form."""

    text: str
    years: int = 0
    months: int = 0
    weeks: int = 0
    days: int = 0

    def after(self, moment: datetime) -> datetime:
        """The moment that much later; the last one of all where the calendar ends before."""
        months = moment.month - 1 + self.months + 12 * self.years
        year, month = moment.year + months // 12, months % 12 + 1
        if year > MAXYEAR:
            return _END.replace(tzinfo=moment.tzinfo)
        day = min(moment.day, calendar.monthrange(year, month)[1])
        try:
            shifted = moment.replace(year=year, month=month, day=day)
            return shifted + timedelta(weeks=self.weeks, days=self.days)
        except OverflowError:
            return _END.replace(tzinfo=moment.tzinfo)

    @property
    def words(self) -> str:
        """As people say it: `5 years`, `1 year and 6 months`."""
        parts = [
            f"{amount} {unit if amount == 1 else name}"
            for name, unit in _UNITS
            if (amount := getattr(self, name))
        ]
        return " and ".join(parts) or "no time at all"


def span_in(value: object) -> Span | None:
    """The span that an ISO 8601 duration such as `P5Y` stands for, if it is one of ours."""
    match = _FORM.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        return None
    years, months, weeks, days = (int(part or 0) for part in match.groups())
    return Span(match.string, years, months, weeks, days)

"""Points in time: dateTimeStamp with a zone, and nothing that two readers read differently."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from app.encoding.dates import format_datetime, format_if_any, parse_datetime
from app.errors import CheckFailed

READ = [
    ("2026-01-31T09:00:00Z", datetime(2026, 1, 31, 9, tzinfo=UTC)),
    ("2026-01-31T09:00:00+00:00", datetime(2026, 1, 31, 9, tzinfo=UTC)),
    ("2026-01-31T09:00:00-06:00", datetime(2026, 1, 31, 15, tzinfo=UTC)),
    ("2026-01-31T09:00:00+14:59", datetime(2026, 1, 30, 18, 1, tzinfo=UTC)),
    ("2026-01-31T09:00:00.5Z", datetime(2026, 1, 31, 9, 0, 0, 500_000, tzinfo=UTC)),
    ("2026-01-31T09:00:00.123456789Z", datetime(2026, 1, 31, 9, 0, 0, 123_456, tzinfo=UTC)),
    ("0001-01-01T00:00:00Z", datetime(1, 1, 1, tzinfo=UTC)),
    ("9999-12-31T23:59:59Z", datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)),
    ("2024-02-29T00:00:00Z", datetime(2024, 2, 29, tzinfo=UTC)),
]


@pytest.mark.parametrize(("text", "moment"), READ)
def test_a_date_with_its_zone_is_read_as_utc(text: str, moment: datetime) -> None:
    assert parse_datetime(text) == moment
    assert parse_datetime(text).tzinfo is UTC


REFUSED: list[object] = [
    None,
    1767225600,
    "",
    "2026-01-31",
    "2026-01-31T09:00:00",
    "2026-01-31T09:00Z",
    "2026-01-31 09:00:00Z",
    "2026-01-31t09:00:00z",
    "2026-01-31T09:00:00 Z",
    "2026-01-31T09:00:00Z\n",
    "2026-01-31T09:00:00.Z",
    "2026-01-31T09:00:00,5Z",
    "2026-01-31T09:00:00+0600",
    "2026-01-31T09:00:00+15:00",
    "2026-02-29T09:00:00Z",
    "2026-13-01T09:00:00Z",
    "2026-01-31T24:00:00Z",
    "2026-06-30T23:59:60Z",
    "0000-01-01T00:00:00Z",
    "0001-01-01T00:00:00+14:00",
    "9999-12-31T23:59:59-01:00",
    "12026-01-31T09:00:00Z",
    "-2026-01-31T09:00:00Z",
    "２０２６-01-31T09:00:00Z",
    "Sat 25 Feb 2023 09:00:00 GMT",
]


@pytest.mark.parametrize("text", REFUSED)
def test_any_other_date_is_refused_naming_its_field(text: object) -> None:
    with pytest.raises(CheckFailed) as refusal:
        parse_datetime(text, field="/validFrom")

    assert (refusal.value.code, refusal.value.field) == ("bad_date", "/validFrom")


def test_a_date_is_written_in_utc_to_the_second() -> None:
    moment = datetime(2026, 1, 31, 9, 0, 0, 999_999, tzinfo=timezone(timedelta(hours=2)))

    assert format_datetime(moment) == "2026-01-31T07:00:00Z"


def test_where_there_is_no_date_none_is_written() -> None:
    assert format_if_any(None) is None
    assert format_if_any(datetime(2026, 1, 31, tzinfo=UTC)) == "2026-01-31T00:00:00Z"


def test_an_early_year_keeps_its_four_digits() -> None:
    assert format_datetime(datetime(813, 1, 1, tzinfo=UTC)) == "0813-01-01T00:00:00Z"

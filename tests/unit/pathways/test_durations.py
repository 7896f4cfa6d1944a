from datetime import UTC, datetime

import pytest

from app.pathways.durations import span_in


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("span", "start", "end"),
    [
        ("P5Y", "2021-03-01", "2026-03-01"),
        ("P1Y", "2024-02-29", "2025-02-28"),
        ("P4Y", "2024-02-29", "2028-02-29"),
        ("P1M", "2026-01-31", "2026-02-28"),
        ("P18M", "2026-08-15", "2028-02-15"),
        ("P2W", "2026-12-25", "2027-01-08"),
        ("P1Y6M", "2026-01-01", "2027-07-01"),
        ("P90D", "2026-01-01", "2026-04-01"),
        ("P0D", "2026-01-01", "2026-01-01"),
    ],
)
def test_spans_are_counted_on_the_calendar(span: str, start: str, end: str) -> None:
    found = span_in(span)

    assert found is not None
    assert found.after(at(start)) == at(end)


@pytest.mark.parametrize("span", ["P999Y", "P9Y99999D"])
def test_where_the_calendar_ends_a_span_ends_too(span: str) -> None:
    found = span_in(span)

    assert found is not None
    assert found.after(at("9990-01-01")).year == 9999


@pytest.mark.parametrize(
    "text", ["", "P", "5Y", "PT5H", "P1Y2H", "P-1Y", "P1.5Y", "P1000Y", "p1y", "P1D ", None, 5]
)
def test_what_is_no_span_of_days_is_none(text: object) -> None:
    assert span_in(text) is None


@pytest.mark.parametrize(
    ("span", "words"),
    [("P1Y", "1 year"), ("P1Y6M", "1 year and 6 months"), ("P0D", "no time at all")],
)
def test_a_span_in_words(span: str, words: str) -> None:
    found = span_in(span)

    assert found is not None
    assert found.words == words

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import InvalidRequest
from app.vocabularies.credit import (
    RULES,
    SCHEMES,
    convert,
    expected_hours,
    find_rule,
    find_scheme,
    rule,
    scheme,
)


def converted(value: int | Fraction, origin: str, target: str, **load: Any) -> dict[str, Fraction]:
    return {each.rule.id: each.value for each in convert(Fraction(value), origin, target, **load)}


def test_where_two_published_rules_disagree_both_are_answered() -> None:
    assert converted(10, "SCQF", "ECTS") == {"uk-ects-2to1": 5, "cmf-hours": 4}
    assert converted(10, "ECTS", "RQF") == {"uk-ects-2to1": 20, "cmf-hours": 25}


def test_uk_credits_have_one_volume() -> None:
    assert converted(20, "SCQF", "CATS") == {"hours-uk": 20}
    assert converted(20, "RQF", "CQFW") == {"hours-uk": 20}


def test_us_semester_hours_follow_the_evaluators_convention_only() -> None:
    assert converted(4, "US-SEM", "ECTS") == {"us-ects-1to2": 8}
    [found] = convert(Fraction(3), "US-SEM", "ECTS")
    assert found.rule.status == "convention"


@pytest.mark.parametrize(
    ("origin", "target"),
    [
        ("NZ", "ECTS"),
        ("NZ", "SCQF"),
        ("EFTSL", "ECTS"),
        ("US-QTR", "US-SEM"),
        ("SCQF", "US-SEM"),
        ("SCQF", "SCQF"),
        ("?", "ECTS"),
    ],
)
def test_nothing_is_converted_without_a_published_rule(origin: str, target: str) -> None:
    assert convert(Fraction(10), origin, target) == []


def test_points_need_their_institution_s_annual_load() -> None:
    assert converted(32, "POINTS", "EFTSL") == {}
    assert converted(32, "POINTS", "EFTSL", units_per_year=Fraction(64)) == {
        "au-eftsl": Fraction(1, 2)
    }
    half = Fraction(1, 64)
    assert converted(half, "EFTSL", "POINTS", units_per_year=Fraction(100)) == {
        "au-eftsl": Fraction(25, 16)
    }


@given(st.fractions(min_value=0, max_value=1000))
def test_a_rule_that_leads_back_loses_nothing(value: Fraction) -> None:
    for each in RULES:
        for origin, target in each.factors:
            if (target, origin) not in each.factors:
                continue
            load = {"units_per_year": Fraction(96)}
            there = converted(value, origin, target, **load)[each.id]
            assert converted(there, target, origin, **load)[each.id] == value


def test_every_rule_has_a_status_a_statement_and_a_source() -> None:
    for each in RULES:
        assert each.status in ("official", "framework", "convention", "institutional")
        assert each.statement
        assert each.source
        assert each.iri == f"https://w3id.org/signet/mc/v1#rule-{each.id}"
        codes = {found.code for found in SCHEMES}
        assert {code for pair in each.factors for code in pair} <= codes


@pytest.mark.parametrize(
    ("code", "hours"),
    [
        ("SCQF", (200, 200)),
        ("ECTS", (500, 600)),
        ("NZ", (200, 200)),
        ("US-SEM", (900, None)),
        ("US-QTR", (600, None)),
        ("EFTSL", None),
        ("POINTS", None),
        ("?", None),
    ],
)
def test_hours_are_ranges_where_the_source_gives_ranges(code: str, hours: Any) -> None:
    assert expected_hours(Fraction(20), code) == hours


@pytest.mark.parametrize(
    ("word", "code"),
    [
        ("ects", "ECTS"),
        ("http://data.europa.eu/snb/education-credit/6fcec5c5af", "ECTS"),
        ("SCQF credits", "SCQF"),
        ("semester hour", "US-SEM"),
        ("https://purl.org/ctdl/vocabs/creditUnit/SemesterHour", "US-SEM"),
        ("us-qtr", "US-QTR"),
        ("institutional points", "POINTS"),
    ],
)
def test_a_scheme_is_found_by_any_of_its_words(word: str, code: str) -> None:
    assert scheme(word, field="/f").code == code


def test_unknown_schemes_and_rules_are_refused_with_the_nearest() -> None:
    with pytest.raises(InvalidRequest, match="`ects`"):
        scheme("ETCS", field="/f")
    with pytest.raises(InvalidRequest, match="`uk ects 2to1`"):
        rule("uk-ects-2-1", field="/f")
    assert rule("CMF-hours", field="/f").id == "cmf-hours"


@pytest.mark.parametrize("value", [None, 1, [], {}])
def test_readers_bear_any_value(value: Any) -> None:
    assert find_scheme(value) is None
    assert find_rule(value) is None

from typing import Any

import pytest

from app.errors import InvalidRequest
from app.vocabularies.levels import (
    EQF,
    FRAMEWORKS,
    Level,
    find_framework,
    find_level,
    framework,
    level_of_iri,
    reference_of,
)

SCQF_11 = Level("SCQF", "11", "http://data.europa.eu/snb/qdr/c_517309ca")


@pytest.mark.parametrize(
    "value", [11, "11", " level 11", "SCQF Level 11", "http://data.europa.eu/snb/qdr/c_517309ca"]
)
def test_a_level_is_found_by_number_label_or_identifier(value: str | int) -> None:
    assert framework("scqf", field="/f").level(value, field="/v") == SCQF_11
    assert find_level("Scottish Credit and Qualifications Framework", value) == SCQF_11


def test_an_unknown_level_names_those_there_are() -> None:
    with pytest.raises(InvalidRequest) as caught:
        EQF.level(9, field="/microcredential/eqf_level")
    assert caught.value.code == "unknown_term"
    assert caught.value.field == "/microcredential/eqf_level"
    assert "use one of 1, 2, 3, 4, 5, 6, 7, 8" in caught.value.detail


def test_an_unknown_framework_is_refused_with_the_nearest() -> None:
    with pytest.raises(InvalidRequest, match="`scqf`"):
        framework("SQCF", field="/f")


@pytest.mark.parametrize("value", [None, [], {}, 7, "no such"])
def test_readers_bear_any_value(value: Any) -> None:
    assert find_framework(value) is None
    assert find_level(value, 7) is None
    assert find_level("EQF", value if value != 7 else None) is None
    assert level_of_iri(value) is None


def test_an_identifier_leads_to_its_level() -> None:
    for each in FRAMEWORKS:
        for level in each.levels:
            assert level_of_iri(level.iri) == level


def test_albania_s_aqf_is_not_australia_s() -> None:
    assert level_of_iri("http://data.europa.eu/snb/qdr/c_56c0e2fd") is None
    assert framework("AQF", field="/f").name == "Australian Qualifications Framework"


# The reports of 2009, 2010 and 2019: EQF, SCQF, RQF/CQFW, and the Irish report.
REFERENCED = [
    ("SCQF", {3: 1, 4: 2, 5: 3, 6: 4, 7: 5, 8: 5, 9: 6, 10: 6, 11: 7, 12: 8}),
    ("RQF", {1: 2, 2: 3, 3: 4, 4: 5, 5: 5, 6: 6, 7: 7, 8: 8}),
    ("CQFW", {1: 2, 2: 3, 3: 4, 4: 5, 5: 5, 6: 6, 7: 7, 8: 8}),
    ("FHEQ", {4: 5, 5: 5, 6: 6, 7: 7, 8: 8}),
    ("NFQ", {1: 1, 2: 1, 3: 2, 4: 3, 5: 4, 6: 5, 7: 6, 8: 6, 9: 7, 10: 8}),
]


@pytest.mark.parametrize(("code", "table"), REFERENCED, ids=[code for code, _ in REFERENCED])
def test_levels_are_referenced_as_the_reports_say(code: str, table: dict[int, int]) -> None:
    found = framework(code, field="/f")
    for level in found.levels:
        reference = reference_of(level)
        if level.number is None or level.number not in table:
            assert reference is None or level.value == "Entry 3"
        else:
            assert reference is not None
            assert reference.eqf == table[level.number]
            shared = list(table.values()).count(reference.eqf) > 1
            assert reference.match == ("broadMatch" if shared else "closeMatch")
            assert reference.year in (2009, 2010, 2019)
            assert reference.source


def test_nothing_is_derived_where_no_report_was_seen() -> None:
    for level in (Level("AQF", "8"), Level("NZQCF", "8"), Level("NLQF", "6"), Level("SCQF", "2")):
        assert reference_of(level) is None
    assert reference_of(Level(None, "7")) is None
    assert reference_of(EQF.levels[6]) is None


def test_a_level_knows_its_number_and_its_words() -> None:
    assert SCQF_11.number == 11
    assert Level("RQF", "Entry 3").number is None
    assert SCQF_11.words == "SCQF level 11"
    assert Level(None, "7").words == "Unnamed framework, level 7"

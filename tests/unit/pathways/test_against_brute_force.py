"""Ten thousand random cases: the search says what trying every subset says."""

import pytest

from tests.pathways import answer, ids
from tests.unit.pathways.brute_force import Case, random_case, try_every_subset

CASES = 10_000
PORTIONS = 20


def compare(case: Case) -> None:
    expected = try_every_subset(case)
    result = answer(case.rule, *case.candidates)

    assert result.exact
    assert result.satisfied is expected.satisfied
    assert ids(result.used) == expected.ids
    assert {each.check.id: each.amount for each in result.checks} == expected.found


@pytest.mark.parametrize("portion", range(PORTIONS))
def test_the_search_agrees_with_every_subset(portion: int) -> None:
    for seed in range(portion, CASES, PORTIONS):
        try:
            compare(random_case(seed))
        except AssertionError as error:
            raise AssertionError(f"case {seed}") from error


def test_the_cases_are_of_every_kind() -> None:
    """Neither are all of them satisfied, nor none; many have answers of several credentials."""
    results = [try_every_subset(random_case(seed)) for seed in range(600)]

    assert 120 < sum(result.satisfied for result in results) < 480
    assert sum(len(result.ids) >= 3 for result in results) > 60

"""Ten thousand random cases: the search says what trying every subset says."""

from functools import partial

import pytest

from app.pathways import solver
from app.pathways.budget import Budget
from tests.hard_pathways import solver_gives_up
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


@pytest.mark.parametrize("halves", [False, True])
def test_solver_and_halves_agree_with_every_subset(
    halves: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With nothing walked, all is the solver's, or all but the least credit."""
    monkeypatch.setattr("app.pathways.evaluation.Budget", partial(Budget, 0, units=10))
    if halves:
        monkeypatch.setattr(solver, "least_credit", solver_gives_up)
    for seed in range(CASES, CASES + 200):
        try:
            compare(random_case(seed))
        except AssertionError as error:
            raise AssertionError(f"case {seed}") from error


def test_the_cases_are_of_every_kind() -> None:
    """Neither are all of them satisfied, nor none; many have answers of several credentials."""
    results = [try_every_subset(random_case(seed)) for seed in range(600)]

    assert 120 < sum(result.satisfied for result in results) < 480
    assert sum(len(result.ids) >= 3 for result in results) > 60

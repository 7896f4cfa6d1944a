"""Hard cases for the search: near-equal odd credit, windows, shares, knife edges, forty badges.

Whether the answer is exact is asserted, not how long it takes: the work is counted, and an answer
is only called exact when the work sufficed.
"""

import random
from datetime import timedelta
from fractions import Fraction
from functools import partial
from typing import Any

import pytest

from app.pathways import solver, walk
from app.pathways.budget import Budget
from app.pathways.candidate import Candidate
from app.pathways.rules import Count, Include, Share, Sum
from tests.hard_pathways import hard_case, solver_gives_up
from tests.pathways import OTHER, OWN, a_candidate, a_rule, answer, day, found, ids

TOTAL = {"id": "total", "sum": "credit", "min": 60}


def badges(number: int, amounts: Any, seed: int = 1) -> list[Candidate]:
    """Badges of two issuers and two levels, earned over five years."""
    choose = random.Random(seed)  # noqa: S311 - the same ones each time
    made = []
    for place in range(number):
        start = day("2020-01-01") + timedelta(days=choose.randrange(2000))
        made.append(
            a_candidate(
                f"c{place:02}",
                str(Fraction(amounts(choose, place))),
                level=choose.choice([10, 11]),
                issuer=choose.choice([OWN, OTHER]),
                start=start,
                awarded=start + timedelta(days=90),
            )
        )
    return made


def odd(_choose: random.Random, place: int) -> int:
    return 1001 + 2 * place


def thousandths(choose: random.Random, _place: int) -> Fraction:
    return Fraction(choose.randrange(15_000, 25_000), 1000)


def long_decimals(choose: random.Random, _place: int) -> Fraction:
    return Fraction(choose.randrange(10**12, 3 * 10**12), 10**11)


def a_certificate(goal: int) -> Any:
    return a_rule(
        {
            "all": [
                {"id": "total", "sum": "credit", "min": goal},
                {
                    "id": "at-level",
                    "sum": "credit",
                    "where": {"level.SCQF": {"min": 11}},
                    "min": goal * 2 // 3,
                },
                {
                    "id": "cap",
                    "share": "credit",
                    "of": "award",
                    "where": {"not": {"issuer": "self"}},
                    "max": 0.5,
                },
            ]
        },
        award={"name": "Award", "credits": goal},
    )


@pytest.mark.parametrize("number", [30, 40])
@pytest.mark.parametrize("goal", [60, 120, 300])
def test_a_certificate_from_thousandths(number: int, goal: int) -> None:
    result = answer(a_certificate(goal), *badges(number, thousandths))

    assert result.exact
    assert result.satisfied


@pytest.mark.parametrize("number", [30, 40])
def test_near_equal_odd_credits(number: int) -> None:
    half = sum(1001 + 2 * place for place in range(number)) // 2
    candidates = badges(number, odd)

    least_ = answer(a_rule({"id": "t", "sum": "credit", "min": half}), *candidates)
    exactly = answer(a_rule({"id": "t", "sum": "credit", "min": half, "max": half}), *candidates)

    assert least_.exact
    assert least_.satisfied
    # Of thirty odd numbers, half their sum is even: no fifteen of them have it.
    assert exactly.exact
    assert exactly.satisfied is (number == 40)
    assert found(exactly, "t") == (half if number == 40 else half - 1)


def test_shares_of_what_is_used_within_a_window() -> None:
    rule = a_rule(
        {
            "all": [
                {"id": "total", "sum": "credit", "min": 180},
                {
                    "id": "level",
                    "share": "credit",
                    "of": "used",
                    "where": {"level.SCQF": {"min": 11}},
                    "min": 0.6,
                },
                {
                    "id": "others",
                    "share": "credit",
                    "of": "used",
                    "where": {"not": {"issuer": "self"}},
                    "max": "1/3",
                },
                {"id": "soon", "window": "P2Y"},
            ]
        }
    )

    result = answer(rule, *badges(40, thousandths))

    assert result.exact
    assert result.satisfied
    assert all(each.passed for each in result.checks)


def test_long_decimals() -> None:
    result = answer(a_rule({"id": "t", "sum": "credit", "min": 300}), *badges(30, long_decimals))

    assert result.exact
    assert result.satisfied


def test_an_interval_too_narrow_to_search_is_called_inexact() -> None:
    """Thirty numbers of twelve digits: whether some of them meet a sum cannot be known soon."""
    rule = a_rule({"id": "t", "sum": "credit", "min": 300, "max": "300.00000000001"})

    result = answer(rule, *badges(30, long_decimals))

    assert not result.exact
    assert not result.satisfied
    total = found(result, "t")
    assert total is not None
    assert 299 < total < 300


def test_each_achievement_once() -> None:
    candidates = [
        a_candidate(f"c{place:02}", 5 + place % 3, codes=[f"K{place % 12}"]) for place in range(40)
    ]
    rule = a_rule(TOTAL, use={"eachAchievementOnce": True})

    result = answer(rule, *candidates)

    assert result.exact
    assert result.satisfied
    codes = [code for each in result.used for code in each.codes]
    assert len(set(codes)) == len(codes)


def test_the_smallest_set_is_the_one_with_the_least_credit() -> None:
    amounts = {"a": 40, "b": 35, "c": 25, "d": 24, "e": 20}

    result = answer(a_rule(TOTAL), *(a_candidate(id_, amount) for id_, amount in amounts.items()))

    assert ids(result.used) == ["a", "e"]
    assert result.total == 60


def test_equal_answers_are_decided_by_credit_then_date_then_id() -> None:
    candidates = [
        a_candidate("b", 30),
        a_candidate("a", 30),
        a_candidate("z", 30, awarded=day("2025-01-01")),
        a_candidate("y", 30, awarded=None),
    ]

    assert ids(answer(a_rule(TOTAL), *candidates).used) == ["y", "z"]
    assert ids(answer(a_rule(TOTAL), *candidates[:3]).used) == ["z", "a"]
    assert ids(answer(a_rule(TOTAL), *reversed(candidates[:3])).used) == ["z", "a"]


def test_a_limit_may_make_room_for_more() -> None:
    """A badge below the level is only bearable beside three at the level."""
    share = {"share": "credit", "of": "used", "where": {"level.SCQF": 11}, "min": 0.75}
    rule = a_rule({"all": [TOTAL, {"id": "s", **share}]})
    candidates = [a_candidate(f"h{n}", 15, level=11) for n in range(3)]

    result = answer(rule, *candidates, a_candidate("low", 15, level=9))

    assert result.satisfied
    assert len(result.used) == 4


def test_nothing_is_used_of_what_leads_nowhere() -> None:
    rule = a_rule({"id": "i", "include": ["X"]})

    result = answer(rule, a_candidate("a", 20, codes=["A"]))

    assert result.used == ()
    assert ids(result.spare) == ["a"]


def test_without_badges_there_is_an_answer_too() -> None:
    result = answer(a_rule(TOTAL))

    assert not result.satisfied
    assert result.used == ()
    assert result.exact


def test_what_asks_for_nothing_is_satisfied_by_nothing() -> None:
    for check in ({"sum": "credit", "min": 0}, {"count": "credential", "max": 3}):
        result = answer(a_rule({"id": "c", **check}), a_candidate("a", 20))
        assert result.satisfied
        assert result.used == ()


@pytest.mark.parametrize("work", [0, 5, 60])
def test_a_search_that_is_given_up_still_answers(
    work: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.pathways.evaluation.Budget", partial(Budget, work, 0, 0))
    exact = answer(a_certificate(300), *badges(30, thousandths))

    assert not exact.exact
    assert sum(each.amount for each in exact.counted) > 150


def test_a_walk_without_patience_says_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a walk leaves open is walked anew, branch by branch."""
    cases = [hard_case(seed, 20) for seed in (0, 3, 4, 6)]
    before = [ids(answer(each.rule, *each.candidates, used=each.used).used) for each in cases]
    monkeypatch.setattr(walk, "_PATIENCE", 40)
    monkeypatch.setattr(walk, "_FEW", 4)

    after = [ids(answer(each.rule, *each.candidates, used=each.used).used) for each in cases]

    assert after == before


@pytest.mark.parametrize("seed", [29, 102, 311])
def test_what_a_walk_does_not_settle_is_settled_all_the_same(seed: int) -> None:
    case = hard_case(seed)

    assert answer(case.rule, *case.candidates, used=case.used).exact


@pytest.mark.parametrize("seed", [1, 37, 100, 172, 311])
def test_walk_solver_and_halves_give_one_answer(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    case = hard_case(seed, 18)
    walked = answer(case.rule, *case.candidates, used=case.used)
    monkeypatch.setattr("app.pathways.evaluation.Budget", partial(Budget, 0, 500_000, 30))
    solved = answer(case.rule, *case.candidates, used=case.used)
    monkeypatch.setattr(solver, "least_credit", solver_gives_up)
    with_halves = answer(case.rule, *case.candidates, used=case.used)

    assert walked.exact
    assert ids(walked.used) == ids(solved.used) == ids(with_halves.used)


def test_prices_longer_than_the_solvers_numbers_are_compared_exactly(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What is missing of two requirements differs by less than a millionth of a millionth."""
    monkeypatch.setattr("app.pathways.evaluation.Budget", partial(Budget, 0, 0, 30))
    goals = {"a": "99999.9999999", "b": "99999.9999998"}
    rule = a_rule(
        {
            "all": [
                *(
                    {"id": id_, "sum": "credit", "where": {"group": id_}, "min": goal}
                    for id_, goal in goals.items()
                ),
                {"id": "one", "count": "credential", "max": 1},
            ]
        }
    )
    candidates = [a_candidate(id_, 1, texts={"group": [id_]}) for id_ in goals]

    for order in (candidates, candidates[::-1]):
        result = answer(rule, *order)
        assert result.exact
        assert ids(result.used) == ["b"]


def test_numbers_out_of_the_solvers_reach_leave_the_answer_unproven(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("app.pathways.evaluation.Budget", partial(Budget, 0))
    parts = iter(("10/99991", "10/99989", "10/99971", "10/99961"))

    result = answer(a_rule(TOTAL), *badges(6, lambda *_: next(parts, 30)))

    assert not result.exact
    assert result.satisfied


def test_a_given_up_answer_breaks_no_upper_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    """However little work is allowed, only what is short may be missing."""
    for work in (0, 500, 5000):
        monkeypatch.setattr("app.pathways.evaluation.Budget", partial(Budget, work, 0, 0))
        for seed in (22, 24, 40, 95, 102, 115):
            case = hard_case(seed)
            result = answer(case.rule, *case.candidates, used=case.used)
            for each in result.missing:
                check = each.check
                assert isinstance(check, Sum | Count | Share | Include)
                assert check.least is not None
                assert each.amount is not None
                assert each.amount < check.least
                assert not (isinstance(check, Share) and check.of_used)


def test_alternatives_and_windows_are_compared_with_each_other() -> None:
    early, late = day("2020-01-01"), day("2025-01-01")
    candidates = [
        *(a_candidate(f"e{n}", 20, start=early, awarded=early) for n in range(3)),
        *(a_candidate(f"l{n}", 30, start=late, awarded=late) for n in range(2)),
        a_candidate("undated", 99, start=None),
    ]
    rule = a_rule(
        {
            "any": [
                {"all": [TOTAL, {"id": "w1", "window": "P1Y"}]},
                {"all": [{**TOTAL, "id": "more", "min": 90}, {"id": "w9", "window": "P9Y"}]},
                {"id": "three", "count": "credential", "min": 3},
            ]
        }
    )

    result = answer(rule, *candidates)

    assert result.satisfied
    assert ids(result.used) == ["l0", "l1"]
    assert {each.check.id for each in result.checks if each.needed} == {"total", "w1"}


def test_a_window_without_any_dates_holds_nothing() -> None:
    rule = a_rule({"all": [TOTAL, {"id": "w", "window": "P1Y"}]})

    result = answer(rule, a_candidate("a", 60, start=None))

    assert not result.satisfied
    assert result.used == ()

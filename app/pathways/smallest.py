"""The best set of all: least is missing, of the fewest items, with the least credit, the first.

A rule has several problems where it has alternatives or a window of time. What is wanted is settled
in that order, each time over all of them: a problem that cannot keep up is left out. What a walk
does not settle soon is put to a solver.
"""

from collections.abc import Callable, Sequence
from fractions import Fraction
from itertools import combinations
from math import floor
from typing import TypeVar

from app.pathways import solver
from app.pathways.abreast import AtLeast, Between
from app.pathways.budget import Budget
from app.pathways.greedy import choose_greedily
from app.pathways.halves import find_least
from app.pathways.problem import Problem
from app.pathways.walk import Task, find_best

# Of so few requirements every set that may fall short together is written down at once.
_EVERY_SET = 3
# How many choices a walk may look at in its turn, and the work of the solver in its.
_TURNS = ((60_000, 0.2), (300_000, 0.6))

Measure = TypeVar("Measure", Fraction, int)


def find_smallest(problems: Sequence[Problem], budget: Budget) -> tuple[int, ...]:
    """The places of the items of the best set, which is proven where the budget says so."""
    contests = [_Contest(problem, budget) for problem in problems]
    contests = _keep_best(contests, lambda each: each.score, _Contest.seek_price)
    contests = _keep_best(contests, lambda each: len(each.choice), _Contest.seek_fewer)
    contests = _keep_best(contests, lambda each: each.credit, _Contest.seek_less_credit)
    for each in contests:
        each.seek_first()
    return min(each.places for each in contests)


def _keep_best(
    contests: Sequence["_Contest"],
    measure: Callable[["_Contest"], Measure],
    seek: Callable[["_Contest", Measure], None],
) -> list["_Contest"]:
    """Those that come to the least, after each has tried to come to it or below."""
    best = min(measure(each) for each in contests)
    for each in contests:
        seek(each, best)
        best = min(best, measure(each))
    return [each for each in contests if measure(each) == best]


class _Contest:
    """One problem, and the best choice of its items that is known."""

    def __init__(self, problem: Problem, budget: Budget) -> None:
        self.problem = problem
        self.budget = budget
        self.kinds = _kinds(problem)
        self.needs = _needs(problem)
        self.limits = [
            AtLeast(tuple(-cost for cost in limit.costs), -limit.most) for limit in problem.limits
        ]
        self.choice = choose_greedily(problem)
        self.price = problem.price(self.choice)

    @property
    def score(self) -> Fraction:
        """What is missing, in numbers that compare between problems."""
        return Fraction(self.price, self.problem.whole)

    @property
    def credit(self) -> Fraction:
        """The credit of the choice."""
        return sum((self.problem.items[index].amount for index in self.choice), Fraction(0))

    @property
    def places(self) -> tuple[int, ...]:
        """The choice in the order that decides between equals."""
        return tuple(self.problem.items[index].place for index in self.choice)

    def seek_price(self, best: Fraction) -> None:
        """Look for a choice of which no more is missing than that."""
        problem = self.problem
        limit = floor(best * problem.whole)
        below = self.price if self.price <= limit else limit + 1
        if below <= 0:
            return
        found, settled = find_best(
            self._task(0, [], [], lambda choice: 0, 1), self.budget, _TURNS[0][0]
        )
        if found is None and not (settled and below == 1):
            least = min((each.step for each in self.needs), default=1) if settled else 0
            self._settle(
                self._task(below - 1, [], [], problem.price, below, unit=1, least=least),
                lambda some: solver.least_missing(
                    problem, self.choice, min(below, problem.price(self.choice)), some
                ),
            )
        self.choice = found or self.choice
        self.price = problem.price(self.choice)

    def seek_fewer(self, best: int) -> None:
        """Look for a choice of no more items than that."""
        below = len(self.choice) if len(self.choice) <= best else best + 1
        fewer = AtLeast((-1,) * len(self.kinds), 1 - below, 1)
        self._settle(
            self._task(self.price, [fewer], [], len, below),
            lambda some: solver.fewest(
                self.problem, self.choice, self.price, min(below, len(self.choice)), some
            ),
        )

    def seek_less_credit(self, best: Fraction) -> None:
        """Look for a choice of as many items with no more credit than that."""
        problem = self.problem
        known, limit = int(self.credit * problem.scale), floor(best * problem.scale)
        below = known if known <= limit else limit + 1
        least = problem.least_total(self.price)
        if below <= least:
            return
        less = AtLeast(tuple(-total for total in problem.totals), 1 - below, 1)
        both, base = self._with_count()
        between = Between(both, base + least, base + below - 1, 1)
        rows = [*self._count(), less]
        self._settle(
            self._task(self.price, rows, [between], problem.total, below, least=least),
            lambda some: solver.least_credit(
                problem, self.choice, self.price, min(below, problem.total(self.choice)), some
            ),
            by_halves=True,
        )

    def seek_first(self) -> None:
        """Look for the first of the choices that are alike in all this."""
        both, base = self._with_count()
        total = base + self.problem.total(self.choice)
        exactly = Between(both, total, total)
        rows = [*self._count(), AtLeast(tuple(-value for value in both), -total)]
        self._settle(
            self._task(self.price, rows, [exactly], lambda choice: 0, 1, in_order=True),
            lambda some: solver.first(self.problem, self.choice, self.price, some),
        )

    def _settle(
        self,
        task: Task,
        ask: Callable[[Budget], tuple[int, ...] | None],
        *,
        by_halves: bool = False,
    ) -> None:
        """Keep what is best: what a walk does not find soon the solver often does, and in turn."""
        for choices, units in _TURNS:
            found, settled = find_best(task, self.budget, choices)
            self.choice = found or self.choice
            if settled:
                return
            some = self.budget.some(units)
            self.choice = ask(some) or self.choice
            self.budget.units += some.units
            if some.proven:
                return
            if by_halves:
                found, settled = find_least(task, self.budget)
                self.choice = found or self.choice
                if settled:
                    return
        self.budget.proven = False

    def _count(self) -> list[AtLeast]:
        """As many items as the choice has."""
        size, count = len(self.kinds), len(self.choice)
        return [AtLeast((1,) * size, count), AtLeast((-1,) * size, -count)]

    def _with_count(self) -> tuple[tuple[int, ...], int]:
        """Credit and number of items in one sum: the values, and what the number comes to."""
        much = sum(self.problem.totals) + 1
        return tuple(total + much for total in self.problem.totals), much * len(self.choice)

    def _task(
        self,
        price: int,
        further: Sequence[AtLeast],
        betweens: Sequence[Between],
        worth: Callable[[tuple[int, ...]], int],
        below: int,
        *,
        unit: int = 0,
        least: int = 0,
        in_order: bool = False,
    ) -> Task:
        """To look for the choice worth least below a value, with no more missing than the price."""
        problem = self.problem

        def holds(choice: tuple[int, ...]) -> int | None:
            missing = problem.price(choice)
            return worth(choice) if missing <= price and problem.keeps_limits(choice) else None

        def broken(choice: tuple[int, ...]) -> AtLeast | None:
            short = [each for each in self.needs if self._falls_short(each, choice)]
            return _together(short, price, unit) if price and short else None

        return Task(
            [*self.limits, *self._asked(price, unit), *further],
            [*self._narrow(price, unit), *betweens],
            self.kinds,
            problem.bits,
            holds,
            broken,
            below,
            least,
            in_order,
        )

    def _asked(self, price: int, unit: int) -> list[AtLeast]:
        """What is asked of a choice that may lack what a price allows."""
        if price == 0 and not unit:
            return [*self.needs, *_single_bits(self.problem)]
        number = len(self.needs)
        sizes = range(1, number + 1) if number <= _EVERY_SET else (1, number)
        return [
            _together(chosen, price, unit)
            for size in sizes
            for chosen in combinations(self.needs, size)
        ]

    def _narrow(self, price: int, unit: int) -> list[Between]:
        """Sums that are bounded on both sides."""
        problem, found = self.problem, []
        for place, limit in problem.twins:
            need, most = problem.needs[place], problem.limits[limit].most
            lost = tuple(-gain for gain in need.gains)
            short = price - need.goal * need.price
            found.append(Between(lost, -most, short, unit, need.price))
        for one, other in combinations(problem.limits, 2):
            if any(one.costs) and one.costs == tuple(-cost for cost in other.costs):
                found.append(Between(one.costs, -other.most, one.most))
        return found

    def _falls_short(self, need: AtLeast, choice: tuple[int, ...]) -> bool:
        met = got = 0
        for index in choice:
            got += need.values[index] - need.lost(self.problem.bits[index] & met)
            met |= self.problem.bits[index]
        return got < need.goal


def _together(needs: Sequence[AtLeast], price: int, unit: int) -> AtLeast:
    """What several needs ask for together, when no more may be missing than the price."""
    bits = max(len(need.repeats) for need in needs)
    return AtLeast(
        tuple(map(sum, zip(*(need.values for need in needs), strict=True))),
        sum(need.goal for need in needs) - price,
        unit,
        tuple(map(sum, zip(*(need.repeats or (0,) * bits for need in needs), strict=True))),
    )


def _needs(problem: Problem) -> list[AtLeast]:
    """What may fall short, multiplied by its price."""
    bits = max(map(int.bit_length, problem.bits), default=0)
    return [
        AtLeast(tuple(gain * need.price for gain in need.gains), need.goal * need.price)
        for need in problem.needs
    ] + [
        AtLeast(
            tuple(cover.price * (has & cover.mask).bit_count() for has in problem.bits),
            cover.price * cover.goal,
            repeats=tuple(cover.price * (cover.mask >> bit & 1) for bit in range(bits)),
        )
        for cover in problem.covers
    ]


def _single_bits(problem: Problem) -> list[AtLeast]:
    """Where all bits of a cover are wanted, each of them."""
    return [
        AtLeast(tuple(has >> bit & 1 for has in problem.bits), 1)
        for cover in problem.covers
        if cover.goal == cover.mask.bit_count()
        for bit in range(cover.mask.bit_length())
        if cover.mask >> bit & 1
    ]


def _kinds(problem: Problem) -> list[int]:
    """For each item a number that only items alike in everything share."""
    numbers: dict[object, int] = {}
    kinds = []
    for index in range(len(problem.items)):
        kind = (
            tuple(need.gains[index] for need in problem.needs),
            tuple(limit.costs[index] for limit in problem.limits),
            problem.bits[index],
            problem.totals[index],
        )
        kinds.append(numbers.setdefault(kind, len(numbers)))
    return kinds

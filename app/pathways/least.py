"""The second half of the search: of the smallest answers the one with the least credit.

Price and number of items are known from `fewest.py`. A depth-first search over the items in their
order finds first the least total, then the first set with it: the one that takes the items that
stand first. What cannot be completed is seen early from the sums that the rest of the items can
have.
"""

from bisect import bisect_left
from dataclasses import dataclass
from itertools import accumulate

from app.pathways.fewest import Budget, Fewest, price_of
from app.pathways.problem import Problem

# So many different sums are listed per search; beyond that only the least and greatest are known.
_MOST_SUMS = 60_000


@dataclass(frozen=True)
class Least:
    """The least total and the items that have it; `exact` unless the search was given up."""

    total: int
    chosen: tuple[int, ...]
    exact: bool


def find_least(problem: Problem, fewest: Fewest, budget: Budget) -> Least:
    """The set that is wanted."""
    tables = _Tables(problem)
    known = sum(problem.totals[index] for index in fewest.chosen)
    coarse = _Search(problem, fewest, tables, budget, large_first=False, below=known + 1)
    coarse.run()
    total, chosen = coarse.best or (known, fewest.chosen)
    fine = _Search(problem, fewest, tables, budget, large_first=True, below=total + 1)
    fine.run()
    total, chosen = fine.best or (total, chosen)
    exact = fewest.exact and budget.left > 0
    return Least(total, tuple(sorted(chosen)), exact)


class _Tables:
    """What so many of the items from each place on can do together, at best and at worst."""

    def __init__(self, problem: Problem) -> None:
        size = len(problem.items)
        places = range(size + 1)
        self.gains = [
            [_greatest_sums(need.gains[place:]) for place in places] for need in problem.needs
        ]
        self.costs = [
            [_least_sums(limit.costs[place:]) for place in places] for limit in problem.limits
        ]
        self.totals = [_least_sums(problem.totals[place:]) for place in places]
        self.bits = [0] * (size + 1)
        for place in reversed(range(size)):
            self.bits[place] = self.bits[place + 1] | problem.bits[place]
        self.sums = _sums(problem.totals)
        self.kinds = _kinds(problem)


def _greatest_sums(values: tuple[int, ...]) -> list[int]:
    return list(accumulate(sorted(values, reverse=True), initial=0))


def _least_sums(values: tuple[int, ...]) -> list[int]:
    return list(accumulate(sorted(values), initial=0))


def _sums(totals: tuple[int, ...]) -> dict[int, list[list[int]]]:
    """For each place, from the end on, and each number of items every sum they can have."""
    found: dict[int, list[list[int]]] = {len(totals): [[0]]}
    listed = 0
    for place in reversed(range(len(totals))):
        later = found[place + 1]
        here = [[0]]
        for count in range(1, len(totals) - place + 1):
            without = later[count] if count < len(later) else []
            with_ = [each + totals[place] for each in later[count - 1]]
            here.append(sorted({*without, *with_}))
        listed += sum(len(each) for each in here)
        if listed > _MOST_SUMS:
            break
        found[place] = here
    return found


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


class _Search:
    """One walk over the items; `best` is the least total below `below` with its items."""

    def __init__(
        self,
        problem: Problem,
        fewest: Fewest,
        tables: _Tables,
        budget: Budget,
        *,
        large_first: bool,
        below: int,
    ) -> None:
        self.problem = problem
        self.fewest = fewest
        self.tables = tables
        self.large_first = large_first
        self.below = below
        self.floor = problem.least_total(fewest.price)
        self.best: tuple[int, tuple[int, ...]] | None = None
        self.budget = budget
        self._chosen: list[int] = []

    def run(self) -> None:
        """Walk from the first item on."""
        none = (0,) * len(self.problem.needs)
        self._walk(0, self.fewest.count, none, (0,) * len(self.problem.limits), 0, 0, 0)

    def _walk(
        self,
        place: int,
        picks: int,
        gained: tuple[int, ...],
        spent: tuple[int, ...],
        covered: int,
        total: int,
        passed: int,
    ) -> None:
        """Look at every way to take `picks` of the items from `place` on.

        `passed` has a bit for each kind of which an item was left out: the others of that kind
        would do the same, and stand later.
        """
        least = self._least_total(place, picks, total)
        if least is None or least >= self.below or self.budget.left <= 0:
            return
        if not self._promises(place, picks, gained, spent, covered):
            return
        if picks == 0:
            self.below = total
            self.best = total, tuple(self._chosen)
            return
        self.budget.left -= 1
        kind = 1 << self.tables.kinds[place]
        for take in (True, False) if self.large_first else (False, True):
            if take and not passed & kind:
                problem = self.problem
                self._chosen.append(place)
                self._walk(
                    place + 1,
                    picks - 1,
                    tuple(
                        have + need.gains[place]
                        for have, need in zip(gained, problem.needs, strict=True)
                    ),
                    tuple(
                        have + limit.costs[place]
                        for have, limit in zip(spent, problem.limits, strict=True)
                    ),
                    covered | problem.bits[place],
                    total + problem.totals[place],
                    passed,
                )
                self._chosen.pop()
            elif not take:
                self._walk(place + 1, picks, gained, spent, covered, total, passed | kind)

    def _least_total(self, place: int, picks: int, total: int) -> int | None:
        """The least total that can come of it, None where there are too few items left."""
        least = self.tables.totals[place]
        if picks >= len(least):
            return None
        sums = self.tables.sums.get(place)
        if sums is None:
            return max(self.floor, total + least[picks])
        found = bisect_left(sums[picks], self.floor - total)
        return total + sums[picks][found] if found < len(sums[picks]) else None

    def _promises(
        self,
        place: int,
        picks: int,
        gained: tuple[int, ...],
        spent: tuple[int, ...],
        covered: int,
    ) -> bool:
        """Whether the price can be met within the limits."""
        tables, problem = self.tables, self.problem
        for have, costs, limit in zip(spent, tables.costs, problem.limits, strict=True):
            if have + costs[place][picks] > limit.most:
                return False
        best = [
            have + gains[place][picks] for have, gains in zip(gained, tables.gains, strict=True)
        ]
        bits = covered | (tables.bits[place] if picks else 0)
        return price_of(problem, best, bits) <= self.fewest.price

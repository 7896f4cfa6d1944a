"""What a walk does not settle, put to OR-Tools' CP-SAT, which proves its answers.

A problem becomes a model: one yes-or-no variable for each item, what is short of each need and
cover, and the limits as they stand. Prices may be longer than the solver's 64 bits: they are
rounded down there, and every answer is held against the exact price. Where that refuses one, what
was short is excluded and the question is put again.
"""

from collections.abc import Callable, Sequence
from typing import Any

from app.pathways.budget import Budget
from app.pathways.problem import Cover, Problem

# Prices up to this are taken as they are; in longer ones a unit of the finest requirement is _FINE.
_EXACT = 1 << 34
_FINE = 1 << 20
# Sums below this leave the solver room to reckon.
_LARGEST = 1 << 60
# Of so many items the first choice is found in one number.
_AT_ONCE = 40
# What putting a question costs, in the solver's measure of work.
_ASKING = 0.002
_MEGABYTES = 500

Choice = tuple[int, ...]


class _OutOfReach(Exception):
    """The work ran out, or the numbers are too long."""


def least_missing(problem: Problem, known: Choice, below: int, budget: Budget) -> Choice | None:
    """The choice of which least is missing, None where nothing comes below that price."""
    found: Choice | None = None
    try:
        model = _Model(problem, known, budget)
        while below > 0:
            model.allow(below - 1)
            choice = model.solve(model.missing)
            if choice is None:
                break
            price = problem.price(choice)
            if price < below:
                found, below = choice, price
            model.exclude(choice)
    except _OutOfReach:
        budget.proven = False
    return found


def fewest(
    problem: Problem, known: Choice, price: int, below: int, budget: Budget
) -> Choice | None:
    """The choice of fewest items of which no more is missing than the price."""

    def ask(model: "_Model") -> Choice | None:
        model.add(model.count <= below - 1)
        return model.solve_within(price, model.count)

    return _ask(ask, problem, known, price, budget)


def least_credit(
    problem: Problem, known: Choice, price: int, below: int, budget: Budget
) -> Choice | None:
    """The same with least credit, of as many items as are known to do."""

    def ask(model: "_Model") -> Choice | None:
        model.add(model.count == len(known))
        model.add(model.total <= below - 1)
        # With the number in what is wanted, the solver is many times faster than without.
        much = sum(problem.totals) + 1
        both = model.sum(model.taken, [much + total for total in problem.totals])
        return model.solve_within(price, both)

    return _ask(ask, problem, known, price, budget)


def first(problem: Problem, known: Choice, price: int, budget: Budget) -> Choice | None:
    """The choice that stands first, of those with as many items and as much credit."""

    def ask(model: "_Model") -> Choice | None:
        model.add(model.count == len(known))
        model.add(model.total == problem.total(known))
        choice = known
        for start in range(0, len(model.taken), _AT_ONCE):
            part = model.taken[start : start + _AT_ONCE]
            choice = model.solve_within(price, model.order(part)) or known
            for index, each in enumerate(part, start):
                model.add(each == (index in choice))
        return choice

    return _ask(ask, problem, known, price, budget)


def _ask(
    ask: Callable[["_Model"], Choice | None],
    problem: Problem,
    known: Choice,
    price: int,
    budget: Budget,
) -> Choice | None:
    try:
        model = _Model(problem, known, budget)
        model.allow(price)
        return ask(model)
    except _OutOfReach:
        budget.proven = False
        return None


class _Model:
    """A problem as the solver reads it; `known` is where it begins to look."""

    def __init__(self, problem: Problem, known: Choice, budget: Budget) -> None:
        # Half a second and 60 MB, which only those pay whose badges are hard to choose from.
        from ortools.sat.python import cp_model

        self.problem = problem
        self.budget = budget
        self.library = cp_model
        self.model = cp_model.CpModel()
        self.taken = [self.model.new_bool_var("") for _ in problem.items]
        for index, each in enumerate(self.taken):
            self.model.add_hint(each, index in known)
        for limit in problem.limits:
            self.add(self.sum(self.taken, limit.costs, limit.most) <= limit.most)
        self.short = [
            *(self._short(need.goal, self.taken, need.gains) for need in problem.needs),
            *(self._short_of_cover(cover) for cover in problem.covers),
        ]
        goals = [each.goal for each in problem.requirements]
        self.whole = problem.whole if problem.whole < _EXACT else max(goals) * _FINE
        self.missing = self.sum(self.short, [self.whole // goal for goal in goals])
        self.count = self.sum(self.taken, [1] * len(self.taken))
        self.total = self.sum(self.taken, problem.totals)

    def add(self, constraint: Any) -> None:
        """Ask for something more."""
        self.model.add(constraint)

    def sum(self, variables: Sequence[Any], factors: Sequence[int], *further: int) -> Any:
        """What the variables come to; all the numbers have to stay within the solver's."""
        if sum(map(abs, (*factors, *further))) >= _LARGEST:
            raise _OutOfReach
        return self.library.LinearExpr.weighted_sum(variables, factors)

    def _short(self, goal: int, variables: Sequence[Any], gains: Sequence[int]) -> Any:
        # Said in two cases: the solver's own maximum takes gigabytes where numbers are long.
        got = self.sum(variables, gains, goal)
        short, enough = self.model.new_int_var(0, goal, ""), self.model.new_bool_var("")
        self.model.add(got + short >= goal)
        self.model.add(short == 0).only_enforce_if(enough)
        self.model.add(got + short == goal).only_enforce_if(~enough)
        return short

    def _short_of_cover(self, cover: Cover) -> Any:
        covered = []
        for bit in range(cover.mask.bit_length()):
            if cover.mask >> bit & 1:
                covers = zip(self.taken, self.problem.bits, strict=True)
                covered.append(self.model.new_bool_var(""))
                self.model.add_max_equality(
                    covered[-1], [0, *(each for each, bits in covers if bits >> bit & 1)]
                )
        return self._short(cover.goal, covered, [1] * len(covered))

    def order(self, variables: Sequence[Any]) -> Any:
        """What is least where the first of these are taken."""
        return self.sum(variables, [-1 << place for place in reversed(range(len(variables)))])

    def allow(self, price: int) -> None:
        """No more may be missing than the price."""
        if price == 0:
            for each in self.short:
                self.add(each == 0)
        self.add(self.missing <= price * self.whole // self.problem.whole)

    def solve_within(self, price: int, worth: Any) -> Choice | None:
        """The choice worth least, of which no more is missing than the price."""
        while (choice := self.solve(worth)) is not None and self.problem.price(choice) > price:
            self.exclude(choice)
        return choice

    def solve(self, worth: Any) -> Choice | None:
        """The choice worth least, None where there is none."""
        if self.budget.units <= 0:
            raise _OutOfReach
        self.model.minimize(worth)
        solver = self.library.CpSolver()
        # One thread and a measure of work that is not time: the same answer on every machine.
        solver.parameters.num_workers = 1
        solver.parameters.max_deterministic_time = self.budget.units
        solver.parameters.max_memory_in_mb = _MEGABYTES
        status = solver.solve(self.model)
        self.budget.units -= solver.response_proto.deterministic_time + _ASKING
        if status == self.library.INFEASIBLE:
            return None
        if status != self.library.OPTIMAL:
            raise _OutOfReach
        return tuple(index for index, each in enumerate(self.taken) if solver.value(each))

    def exclude(self, choice: Choice) -> None:
        """Something else has to be short than is with this choice."""
        differs = []
        for variable, short in zip(self.short, self.problem.short(choice), strict=True):
            for constraint in (variable < short, variable > short):
                other = self.model.new_bool_var("")
                self.model.add(constraint).only_enforce_if(other)
                differs.append(other)
        self.model.add_bool_or(differs)

"""The first half of the search: how little has to be missing, and of how few credentials.

Items that do the same for every requirement form one class; class after class the states that can
be reached are written down: what is gained of each need, spent of each limit, covered. Of two
states the one that is worse in everything is dropped, and so is what cannot beat the best answer
known. States and classes are plain tuples: there may be thousands of them per step.
"""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate

from app.pathways.problem import Problem

# So many states are kept per step; an evaluation that needs more says that it is not exact.
MOST_STATES = 10_000
# So many states and branches are looked at in one evaluation, which takes one to two seconds.
MOST_WORK = 40_000
# Sums of up to so many units are listed, to see which amounts can be met exactly.
_MOST_UNITS = 200_000
# With so many states a new one is compared; one too many kept does no harm.
_COMPARED = 16

Score = tuple[int, int]
"""The price of what is missing, and the number of items."""

_State = tuple[tuple[int, ...], tuple[int, ...], int]
"""What is gained of each need up to its goal, spent of each limit, and covered."""

_States = dict[_State, tuple[int, ...]]
"""States with the items that lead to them."""

_Kind = tuple[tuple[int, ...], tuple[int, ...], int]
"""What an item gains, costs and covers."""


@dataclass(frozen=True)
class Fewest:
    """The best score there is and items that have it; `exact` unless the search was given up."""

    price: int
    chosen: tuple[int, ...]
    exact: bool

    @property
    def count(self) -> int:
        """How many items it takes."""
        return len(self.chosen)


@dataclass
class Budget:
    """The work that is left for an evaluation, over all of its problems."""

    left: int = MOST_WORK


@dataclass(frozen=True)
class _Class:
    """Items that are alike, and what those of all later classes can still do.

    `best` has for each need what the best one, two, … of the later items give together, and for
    each cover how many bits they can have at most. `sums` has for each twin one bit for every
    amount that the later items can have together.
    """

    gains: tuple[int, ...]
    costs: tuple[int, ...]
    bits: int
    members: tuple[int, ...]
    least_costs: tuple[int, ...]
    most_costs: tuple[int, ...]
    later_bits: int
    best: tuple[tuple[int, ...], ...]
    best_covers: tuple[tuple[int, ...], ...]
    sums: tuple[int, ...]


def price_of(problem: Problem, gained: Sequence[int], covered: int) -> int:
    """What is missing, in whole numbers that compare within one problem."""
    missing = 0
    for need, gain in zip(problem.needs, gained, strict=True):
        if gain < need.goal:
            missing += (need.goal - gain) * need.price
    for cover in problem.covers:
        missing += max(0, cover.goal - (covered & cover.mask).bit_count()) * cover.price
    return missing


def find_fewest(problem: Problem, budget: Budget, bound: Score | None = None) -> Fewest | None:
    """The best score; None when it is worse than `bound`."""
    if bound is not None and _price_of_all(problem) > bound[0]:
        return None
    price, chosen = _greedy(problem)
    # What does not come below the cut is of no interest.
    cut = (price, len(chosen))
    if bound is not None:
        cut = min(cut, (bound[0], bound[1] + 1))
    families = _families(problem)
    classes = _classes(problem)
    nothing: _State = ((0,) * len(problem.needs), (0,) * len(problem.limits), 0)
    least = _least_score(problem, families, classes[0], nothing)
    states: _States = {nothing: ()}
    exact = True
    for each in classes:
        states = _best_states(problem, _steps(problem, families, each, states, cut))
        budget.left -= len(states)
        if budget.left < 0:
            break
        if len(states) > MOST_STATES:
            exact = False
            kept = sorted(states, key=lambda state: price_of(problem, state[0], state[2]))
            states = {state: states[state] for state in kept[:MOST_STATES]}
    for (gained, _, covered), taken in states.items():
        score = price_of(problem, gained, covered)
        if (score, len(taken)) < (price, len(chosen)):
            price, chosen = score, taken
    if bound is not None and (price, len(chosen)) > bound:
        return None
    # What cannot be beaten is right, however it was found.
    sure = (price, len(chosen)) == least or (exact and budget.left >= 0)
    return Fewest(price, chosen, sure)


def _price_of_all(problem: Problem) -> int:
    """What is missing whatever is taken."""
    covered = 0
    for bits in problem.bits:
        covered |= bits
    return price_of(problem, [sum(need.gains) for need in problem.needs], covered)


def _greedy(problem: Problem) -> tuple[int, tuple[int, ...]]:
    """A fair answer to begin with: always the item that helps most and breaks no limit."""
    gained, spent, covered = [0] * len(problem.needs), [0] * len(problem.limits), 0
    left = list(range(len(problem.items)))
    price, chosen = price_of(problem, gained, 0), []
    while price:
        best = price, -1
        for index in left:
            if any(
                have + limit.costs[index] > limit.most
                for have, limit in zip(spent, problem.limits, strict=True)
            ):
                continue
            further = [
                have + need.gains[index] for have, need in zip(gained, problem.needs, strict=True)
            ]
            after = price_of(problem, further, covered | problem.bits[index])
            if after < best[0]:
                best = after, index
        price, index = best
        if index < 0:
            break
        chosen.append(index)
        left.remove(index)
        covered |= problem.bits[index]
        gained = [
            have + need.gains[index] for have, need in zip(gained, problem.needs, strict=True)
        ]
        spent = [
            have + limit.costs[index] for have, limit in zip(spent, problem.limits, strict=True)
        ]
    return price, tuple(chosen)


def _families(problem: Problem) -> list[tuple[int, ...]]:
    """Requirements that no item serves two of: what they take of items adds up.

    Needs are numbered first, then covers.
    """
    serves = [
        sum(1 << index for index, gain in enumerate(need.gains) if gain) for need in problem.needs
    ] + [
        sum(1 << index for index, bits in enumerate(problem.bits) if bits & cover.mask)
        for cover in problem.covers
    ]
    found = set()
    for first, items in enumerate(serves):
        family = [first]
        for other in range(len(serves)):
            if not items & serves[other]:
                family.append(other)
                items |= serves[other]
        found.add(tuple(sorted(family)))
    return sorted(found)


def _classes(problem: Problem) -> list[_Class]:
    """The items by what they do, those that do most first, without those that do nothing.

    Before them an empty class: what all of them can do.
    """
    alike: dict[_Kind, list[int]] = {}
    for index in range(len(problem.items)):
        kind = (
            tuple(min(need.gains[index], need.goal) for need in problem.needs),
            tuple(limit.costs[index] for limit in problem.limits),
            problem.bits[index],
        )
        if any(kind[0]) or kind[2] or any(cost < 0 for cost in kind[1]):
            alike.setdefault(kind, []).append(index)
    exclusive = [place for place, limit in enumerate(problem.limits) if limit.exclusive]

    def order(kind: _Kind) -> tuple[int, ...]:
        """Items of which only one may be used stand together: after the last it is forgotten."""
        gains, costs, bits = kind
        worth = sum(gain * need.price for gain, need in zip(gains, problem.needs, strict=True))
        worth += bits.bit_count() * problem.whole
        return (*(costs[place] for place in exclusive), -worth, *costs, bits)

    kinds = sorted(alike, key=order)
    nothing: _Kind = (
        (0,) * len(problem.needs),
        (0,) * len(problem.limits),
        0,
    )
    return [
        _class(problem, nothing, (), [kind for kind in kinds for _ in alike[kind]]),
        *(
            _class(
                problem, kind, tuple(alike[kind]), [k for k in kinds[place + 1 :] for _ in alike[k]]
            )
            for place, kind in enumerate(kinds)
        ),
    ]


def _class(problem: Problem, kind: _Kind, members: tuple[int, ...], later: list[_Kind]) -> _Class:
    gains, costs, bits = kind
    later_bits = 0
    for each in later:
        later_bits |= each[2]
    # Of items that exclude each other only one counts.
    groups: dict[tuple[int, ...], list[_Kind]] = {}
    for number, each in enumerate(later):
        group = tuple(
            place
            for place, limit in enumerate(problem.limits)
            if limit.exclusive and each[1][place]
        )
        groups.setdefault(group or (-1 - number,), []).append(each)
    choices = list(groups.values())
    return _Class(
        gains,
        costs,
        bits,
        members,
        tuple(sum(min(0, each[1][place]) for each in later) for place in range(len(costs))),
        tuple(sum(max(0, each[1][place]) for each in later) for place in range(len(costs))),
        later_bits,
        tuple(
            _best_sums([max(each[0][place] for each in group) for group in choices])
            for place in range(len(gains))
        ),
        tuple(
            _best_sums(
                [max((each[2] & cover.mask).bit_count() for each in group) for group in choices]
            )
            for cover in problem.covers
        ),
        tuple(
            _sums([each[1][limit] for each in later], problem.limits[limit].most)
            for _, limit in problem.twins
        ),
    )


def _best_sums(gains: list[int]) -> tuple[int, ...]:
    return tuple(accumulate(sorted(gains, reverse=True), initial=0))


def _sums(costs: list[int], most: int) -> int:
    """One bit for each sum up to `most` that some of the costs have; 0 where they are too many."""
    if most > _MOST_UNITS:
        return 0
    found = 1
    for cost in costs:
        found |= found << cost
        found &= (2 << most) - 1
    return found


def _steps(
    problem: Problem,
    families: list[tuple[int, ...]],
    kind: _Class,
    states: _States,
    cut: Score,
) -> Iterator[tuple[_State, tuple[int, ...]]]:
    """Every state after a class of items that can still come below the cut."""
    harmless = all(cost >= 0 for cost in kind.costs)
    goals = tuple(need.goal for need in problem.needs)
    # Room that must be left of each limit, and the point from which it cannot be broken any more.
    walls = [
        (limit.most - least, limit.most - most)
        for limit, least, most in zip(
            problem.limits, kind.least_costs, kind.most_costs, strict=True
        )
    ]
    for (gained, spent, covered), chosen in states.items():
        for taken in range(len(kind.members) + 1):
            if taken:
                further = tuple(
                    [
                        goal if have + gain > goal else have + gain
                        for have, gain, goal in zip(gained, kind.gains, goals, strict=True)
                    ]
                )
                if harmless and further == gained and covered | kind.bits == covered:
                    break  # one more would do nothing
                gained, covered = further, covered | kind.bits
                spent = tuple([have + cost for have, cost in zip(spent, kind.costs, strict=True)])
            if any(have > wall for have, (wall, _) in zip(spent, walls, strict=True)):
                continue
            price, picks = _least_score(problem, families, kind, (gained, spent, covered))
            if (price, len(chosen) + taken + picks) < cut:
                settled = tuple(
                    [max(have, free) for have, (_, free) in zip(spent, walls, strict=True)]
                )
                yield (gained, settled, covered), (*chosen, *kind.members[:taken])


def _least_score(
    problem: Problem, families: list[tuple[int, ...]], kind: _Class, state: _State
) -> Score:
    """What the later items cannot beat: a price, and the items that it takes besides."""
    gained, spent, covered = state
    reachable = [have + best[-1] for have, best in zip(gained, kind.best, strict=True)]
    for (need, limit), sums in zip(problem.twins, kind.sums, strict=True):
        if sums:  # the largest one that still has room
            room = (2 << (problem.limits[limit].most - spent[limit])) - 1
            possible = spent[limit] + (sums & room).bit_length() - 1
            reachable[need] = min(reachable[need], possible)
    price = price_of(problem, reachable, covered | kind.later_bits)
    picks = [
        bisect_left(best, need.goal - have - price // need.price)
        for have, best, need in zip(gained, kind.best, problem.needs, strict=True)
    ] + [
        bisect_left(best, cover.goal - (covered & cover.mask).bit_count() - price // cover.price)
        for best, cover in zip(kind.best_covers, problem.covers, strict=True)
    ]
    if price:  # what may be missing may be missing of one of them only
        return price, max(picks)
    return price, max((sum(picks[place] for place in family) for family in families), default=0)


def _best_states(problem: Problem, found: Iterator[tuple[_State, tuple[int, ...]]]) -> _States:
    """The states without those that another one beats in everything."""
    fewest: _States = {}
    for state, chosen in found:
        known = fewest.get(state)
        if known is None or len(chosen) < len(known):
            fewest[state] = chosen
    ranked = sorted(
        fewest, key=lambda state: (len(fewest[state]), price_of(problem, state[0], state[2]))
    )
    kept: list[_State] = []
    for state in ranked:
        if not any(_beats(other, state) for other in kept[:_COMPARED]):
            kept.append(state)
    return {state: fewest[state] for state in kept}


def _beats(one: _State, other: _State) -> bool:
    """Whether the one, which has no more items, is as good as the other in everything."""
    if one[2] | other[2] != one[2]:
        return False
    return all(mine >= theirs for mine, theirs in zip(one[0], other[0], strict=True)) and all(
        mine <= theirs for mine, theirs in zip(one[1], other[1], strict=True)
    )

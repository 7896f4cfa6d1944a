"""The least sum that lies within bounds, found by listing what each half of the items comes to.

Credit that must come to just so much leaves a walk with nothing to tell one branch from another.
Thirty items have a thousand million choices, but their halves have some thirty thousand each: in
order of their sums, pairs of them are met in the order of what both come to.
"""

from bisect import bisect_left
from collections.abc import Sequence
from heapq import heapify, heappop, heappush
from math import prod
from operator import attrgetter
from typing import NamedTuple

from app.pathways.abreast import Abreast
from app.pathways.budget import Budget
from app.pathways.walk import Task


class _Part(NamedTuple):
    """Some items of a half: what they come to, what they add to the state, what they cover."""

    sum: int
    gain: int
    covered: int
    items: tuple[int, ...]


def find_least(task: Task, budget: Budget) -> tuple[tuple[int, ...] | None, bool]:
    """The choice whose values come to least within the last of the task's bounds.

    The answer says too whether all was looked at; else there may be better ones.
    """
    halves = _halves(task.kinds)
    budget.meetings -= sum(map(_choices_of, halves))
    if budget.meetings <= 0:
        return None, False
    abreast = Abreast(task.requirements, (), range(len(task.kinds)), task.covers, 0)
    between = task.betweens[-1]
    left, right = (_parts(half, abreast, between.values) for half in halves)
    most = between.most // between.divisor
    nothing = abreast.start - sum(abreast.skip)
    sums = [part.sum for part in right]
    meetings = []
    for number, one in enumerate(left):
        place = bisect_left(sums, between.least - one.sum)
        if place < len(sums) and one.sum + sums[place] <= most:
            meetings.append((one.sum + sums[place], number, place))
    heapify(meetings)
    while meetings and budget.meetings > 0:
        budget.meetings -= 1
        _, number, place = heappop(meetings)
        one, other = left[number], right[place]
        if place + 1 < len(sums) and one.sum + sums[place + 1] <= most:
            heappush(meetings, (one.sum + sums[place + 1], number, place + 1))
        state = nothing + one.gain + other.gain - abreast.lost(one.covered & other.covered)
        if state & abreast.guard == abreast.guard:
            choice = tuple(sorted((*one.items, *other.items)))
            if task.worth(choice) is not None:
                return choice, True
    return None, not meetings


def _halves(kinds: Sequence[int]) -> tuple[list[list[int]], list[list[int]]]:
    """The items in two halves with about as many choices each, items that do the same together."""
    alike: dict[int, list[int]] = {}
    for index, kind in enumerate(kinds):
        alike.setdefault(kind, []).append(index)
    left: list[list[int]] = []
    right: list[list[int]] = []
    for items in sorted(alike.values(), key=len, reverse=True):
        (left if _choices_of(left) <= _choices_of(right) else right).append(items)
    return left, right


def _choices_of(half: Sequence[Sequence[int]]) -> int:
    return prod(len(items) + 1 for items in half)


def _parts(half: Sequence[Sequence[int]], abreast: Abreast, values: Sequence[int]) -> list[_Part]:
    """Every choice of a half in the order of what it comes to; of items alike the first ones."""
    parts = [_Part(0, 0, 0, ())]
    for alike in half:
        further = parts
        for index in alike:
            covers, gain = abreast.covers[index], abreast.skip[index] - abreast.take[index]
            further = [
                _Part(
                    part.sum + values[index],
                    part.gain + gain - abreast.lost(part.covered & covers),
                    part.covered | covers,
                    (*part.items, index),
                )
                for part in further
            ]
            parts = parts + further
    return sorted(parts, key=attrgetter("sum"))

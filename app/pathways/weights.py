"""A sum of requirements that is harder to meet than each of them.

Whoever meets several requirements meets every weighted sum of them. Good weights show early that
what is left open cannot meet all of them together, where it could still meet each one. They are
looked for in floating point, then rounded: any weights give a true requirement, so the search stays
exact whatever was found here.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import compress
from math import exp
from operator import mul

from app.pathways.abreast import AtLeast

# So many rounds find the weights; fewer where they begin with what is known.
_FIRST_ROUNDS = 100
_ROUNDS = 30
# Weights are rounded to so many bits more than the largest value has.
_BITS = 14


@dataclass(frozen=True)
class Weighed:
    """The weighted sum, and the weights, from which those of a part of the items are soon found."""

    total: AtLeast
    weights: tuple[float, ...]


def weigh(requirements: Sequence[AtLeast], known: Sequence[float] = ()) -> Weighed:
    """The weighted sum that leaves least to spare, beginning with the weights that are known."""
    sizes = [max([1, *map(abs, each.values)]) for each in requirements]
    scaled = [
        [value / size for value in each.values]
        for each, size in zip(requirements, sizes, strict=True)
    ]
    # What lies below all that the values can come to asks for nothing: never more than a float has.
    goals = [
        max(each.goal, -sum(map(abs, each.values))) / size
        for each, size in zip(requirements, sizes, strict=True)
    ]
    columns = list(zip(*scaled, strict=True))
    number = len(requirements)
    even = 1 / number
    # Whatever weighed nothing may matter now.
    weights = [0.9 * weight + 0.1 * even for weight in known] or [even] * number
    weights += [even] * (number - len(weights))
    best, least = weights, float("inf")
    for turn in range(_ROUNDS if known else _FIRST_ROUNDS):
        worths = [sum(map(mul, weights, column)) for column in columns]
        spare = sum([worth for worth in worths if worth > 0]) - sum(map(mul, weights, goals))
        size = sum(map(abs, worths)) or 1.0
        if spare / size < least:
            best, least = weights, spare / size
        helps = [worth > 0 for worth in worths]
        slopes = [sum(compress(row, helps)) - goal for row, goal in zip(scaled, goals, strict=True)]
        steepest = max(map(abs, slopes)) or 1.0
        pace = (0.6 if known else 1.5) / (1 + turn / 8) / steepest
        weights = [
            weight * exp(-pace * slope) for weight, slope in zip(weights, slopes, strict=True)
        ]
        total = sum(weights)
        weights = [weight / total for weight in weights]
    return Weighed(_sum_of(requirements, sizes, best), tuple(best))


def _sum_of(rows: Sequence[AtLeast], sizes: Sequence[int], weights: Sequence[float]) -> AtLeast:
    whole = 1 << (max(sizes).bit_length() + _BITS)
    factors = [
        int(weight * (1 << 30)) * whole // (size << 30)
        for weight, size in zip(weights, sizes, strict=True)
    ]
    values = tuple(
        sum([factor * value for factor, value in zip(factors, column, strict=True)])
        for column in zip(*(row.values for row in rows), strict=True)
    )
    goal = sum(factor * row.goal for factor, row in zip(factors, rows, strict=True))
    unit = sum(factor * row.unit for factor, row in zip(factors, rows, strict=True))
    repeats = [0] * max(len(row.repeats) for row in rows)
    for factor, row in zip(factors, rows, strict=True):
        for bit, lost in enumerate(row.repeats):
            repeats[bit] += factor * lost
    return AtLeast(values, goal, unit, tuple(repeats))

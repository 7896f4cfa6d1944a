"""A sum of requirements that is harder to meet than each of them.

Whoever meets several requirements meets every weighted sum of them. Good weights show early that
what is left open cannot meet all of them together, where it could still meet each one. They are
looked for in floating point, then rounded: any weights give a true requirement, so the search stays
exact whatever was found here.
"""

from collections.abc import Sequence
from math import exp

from app.pathways.abreast import AtLeast

_ROUNDS = 20
_BITS = 14


def weigh(requirements: Sequence[AtLeast]) -> AtLeast:
    """The weighted sum that leaves least to spare."""
    rows = [each for each in requirements if any(each.values)]
    if len(rows) < 2:
        return rows[0] if rows else requirements[0]
    sizes = [max(map(abs, row.values)) for row in rows]
    scaled = [[value / size for value in row.values] for row, size in zip(rows, sizes, strict=True)]
    goals = [row.goal / size for row, size in zip(rows, sizes, strict=True)]
    columns = list(zip(*scaled, strict=True))
    weights = [1 / len(rows)] * len(rows)
    best, least = weights, float("inf")
    for number in range(_ROUNDS):
        worths = [
            sum([weight * value for weight, value in zip(weights, column, strict=True)])
            for column in columns
        ]
        spare = sum([worth for worth in worths if worth > 0]) - sum(
            [weight * goal for weight, goal in zip(weights, goals, strict=True)]
        )
        size = sum(map(abs, worths)) or 1.0
        if spare / size < least:
            best, least = weights, spare / size
        slopes = [
            sum([value for value, worth in zip(row, worths, strict=True) if worth > 0]) - goal
            for row, goal in zip(scaled, goals, strict=True)
        ]
        steepest = max(map(abs, slopes)) or 1.0
        pace = 1.5 / (1 + number / 8)
        weights = [
            weight * exp(-pace * slope / steepest)
            for weight, slope in zip(weights, slopes, strict=True)
        ]
        total = sum(weights)
        weights = [weight / total for weight in weights]
    return _sum_of(rows, sizes, best)


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

"""Rates per second of processor time, measured in turns, so that a noisy moment hits everybody.

A rate alone says more about the machine and its neighbours; what counts is the ratio of two that
were measured in the same round, and the median of these over the rounds.
"""

import itertools
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from statistics import median

from bench.parts import Parts

Rounds = Mapping[str, Callable[[float], float]]
"""By name: a function that works for so many seconds of processor time, and tells the rate."""


@dataclass(frozen=True)
class Rates:
    """What came of some rounds: the rates of each work, one per round."""

    by_name: Mapping[str, tuple[float, ...]]

    def median(self, name: str) -> float:
        """The median rate."""
        return median(self.by_name[name])

    def ratio(self, name: str, against: str) -> float | None:
        """The median of the ratios within each round; None where one of the two is missing."""
        if name not in self.by_name or against not in self.by_name:
            return None
        pairs = zip(self.by_name[name], self.by_name[against], strict=True)
        return median(mine / theirs for mine, theirs in pairs)


def own_rate(work: Callable[[], object]) -> Callable[[float], float]:
    """The rate of something that runs in this process."""

    def measured(seconds: float) -> float:
        count, started = 0, time.process_time()
        while (used := time.process_time() - started) < seconds:
            work()
            count += 1
        return count / used

    return measured


def in_turns(works: Rounds, *, rounds: int, seconds: float, parts: Parts) -> Rates:
    """Measure all works, each for `seconds`, `rounds` times over; the first turn is for warmth.

    A work that fails is told, and left out of all that follows.
    """
    measured: dict[str, list[float]] = {name: [] for name in works}
    turns = [seconds / 4] + [seconds] * rounds
    for number, (turn, name) in enumerate(itertools.product(turns, works)):
        if name not in measured:
            continue
        parts.tell(f"round {number // len(works)} of {rounds}: {name}")
        rate = parts.attempt(name, partial(works[name], turn))
        if rate is None:
            del measured[name]
        else:
            measured[name].append(rate)
    return Rates({name: tuple(rates[1:]) for name, rates in measured.items()})

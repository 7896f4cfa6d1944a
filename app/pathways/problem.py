"""The arithmetic of one way to satisfy a rule, in whole numbers: what the search works on.

Fractions are multiplied out per requirement, so comparing stays exact. A need may fall short, at a
price; a limit may not be broken. A share of what is used is a limit on the rest: at least 3/4 at
the level means that credit at other levels is at most a third of the credit at the level.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from math import ceil, lcm

from app.pathways.candidate import Candidate
from app.pathways.matching import Judge
from app.pathways.rules import Check, Count, Include, Share, Sum, Where, Window


@dataclass(frozen=True)
class Item:
    """An eligible credential with what it counts for; `place` is its rank among equals."""

    place: int
    candidate: Candidate
    amount: Fraction


@dataclass(frozen=True)
class Need:
    """At least `goal` of the items' gains; each one short costs `price`."""

    gains: tuple[int, ...]
    goal: int
    price: int


@dataclass(frozen=True)
class Cover:
    """At least `goal` of the bits in `mask`; each one short costs `price`."""

    mask: int
    goal: int
    price: int


@dataclass(frozen=True)
class Limit:
    """At most `most` of the items' costs, which may be negative.

    `exclusive`: it allows one of several items.
    """

    costs: tuple[int, ...]
    most: int
    exclusive: bool = False


@dataclass(frozen=True)
class Problem:
    """One way, over some of the items.

    `bits` are what each item covers, `totals` its credit times `scale`. `whole` is the price of
    falling short of one requirement altogether. `twins` are the places of a need and a limit on the
    same amounts: from so much to so much. `floors` are the places of needs of any credit at all,
    with what one of their units is in the total.
    """

    items: tuple[Item, ...]
    needs: tuple[Need, ...]
    covers: tuple[Cover, ...]
    limits: tuple[Limit, ...]
    bits: tuple[int, ...]
    totals: tuple[int, ...]
    scale: int
    whole: int
    twins: tuple[tuple[int, int], ...]
    floors: tuple[tuple[int, Fraction], ...]

    @property
    def requirements(self) -> tuple[Need | Cover, ...]:
        """What may fall short, in the order of `short`."""
        return (*self.needs, *self.covers)

    def price(self, choice: Sequence[int]) -> int:
        """What is missing when these items are used, in whole numbers that compare within here."""
        requirements = zip(self.short(choice), self.requirements, strict=True)
        return sum([short * each.price for short, each in requirements])

    def short(self, choice: Sequence[int]) -> list[int]:
        """By how much these items fall short of each need, then of each cover."""
        covered = 0
        for index in choice:
            covered |= self.bits[index]
        needs = [
            max(0, need.goal - sum([need.gains[index] for index in choice])) for need in self.needs
        ]
        covers = [max(0, each.goal - (covered & each.mask).bit_count()) for each in self.covers]
        return needs + covers

    def keeps_limits(self, choice: Sequence[int]) -> bool:
        """Whether these items break no limit."""
        return all(
            sum([each.costs[index] for index in choice]) <= each.most for each in self.limits
        )

    def total(self, choice: Sequence[int]) -> int:
        """The credit of these items, times `scale`."""
        return sum([self.totals[index] for index in choice])

    def least_total(self, price: int) -> int:
        """The credit without which more would be missing than the price allows."""
        least = [
            ceil((self.needs[place].goal - price // self.needs[place].price) * unit)
            for place, unit in self.floors
        ]
        return max(least, default=0)


def sort_items(judge: Judge, candidates: Sequence[Candidate]) -> tuple[Item, ...]:
    """The eligible credentials in the order that decides between equal answers.

    The one with more credit stands first, then the one awarded earlier, then the lesser id.
    """
    counted = [(judge.counted(each).amount, each) for each in candidates]
    counted.sort(
        key=lambda pair: (
            -pair[0],
            pair[1].awarded.isoformat() if pair[1].awarded else "",
            pair[1].id,
        )
    )
    return tuple(Item(place, each, amount) for place, (amount, each) in enumerate(counted))


def problems_of(judge: Judge, checks: tuple[Check, ...], items: tuple[Item, ...]) -> list[Problem]:
    """One problem, or with a window of time one for each span that can matter."""
    windows = [check for check in checks if isinstance(check, Window)]
    if not windows:
        return [_problem(judge, checks, items)]
    return [_problem(judge, checks, chosen) for chosen in _spans(windows[0], items)]


def _spans(window: Window, items: tuple[Item, ...]) -> list[tuple[Item, ...]]:
    """The largest sets of items that lie within the window together; items without dates do not."""
    dated = [
        (item.place, start, end)
        for item in items
        if (start := date_of(item.candidate, window.start)) is not None
        and (end := date_of(item.candidate, window.end)) is not None
    ]
    found: list[frozenset[int]] = []
    for opening in sorted({start for _, start, _ in dated}):
        last = window.span.after(opening)
        inside = frozenset(place for place, start, end in dated if opening <= start and end <= last)
        if not any(inside <= other for other in found):
            found = [other for other in found if not other <= inside]
            found.append(inside)
    by_place = {item.place: item for item in items}
    return [tuple(by_place[place] for place in sorted(each)) for each in found] or [()]


def date_of(candidate: Candidate, path: str) -> datetime | None:
    """The date that a path of a window names."""
    return candidate.awarded if path == "awarded" else candidate.start


class _Builder:
    """Gathers requirements as fractions, then makes whole numbers of them."""

    def __init__(self, judge: Judge, items: tuple[Item, ...]) -> None:
        self.judge = judge
        self.items = items
        self.needs: list[tuple[tuple[int, ...], int]] = []
        self.limits: list[Limit] = []
        self.covers: list[tuple[int, int]] = []
        self.twins: list[tuple[int, int]] = []
        self.bits = [0] * len(items)
        self.scale = lcm(*(item.amount.denominator for item in items))
        self.scales: list[int] = []
        self.floors: list[int] = []
        self._next_bit = 0

    def gains(self, where: Where, *, ones: bool = False) -> list[Fraction]:
        return [
            (Fraction(1) if ones else item.amount)
            if self.judge.passes(where, item.candidate)
            else Fraction(0)
            for item in self.items
        ]

    def between(self, gains: list[Fraction], least: Fraction | None, most: Fraction | None) -> None:
        bounds = [bound for bound in (least, most) if bound is not None]
        scale = lcm(*(each.denominator for each in (*gains, *bounds)))
        whole = _whole(gains, scale)
        if least and most is not None:
            self.twins.append((len(self.needs), len(self.limits)))
        if least:
            self.needs.append((whole, int(least * scale)))
            self.scales.append(scale)
        if most is not None:
            self.limits.append(Limit(whole, int(most * scale)))

    def add(self, check: Check) -> None:
        if isinstance(check, Sum):
            if not check.where.parts and check.least:
                self.floors.append(len(self.needs))
            self.between(self.gains(check.where), check.least, check.most)
        elif isinstance(check, Count):
            self.between(self.gains(check.where, ones=True), check.least, check.most)
        elif isinstance(check, Share):
            self._share(check)
        elif isinstance(check, Include):
            self._include(check)

    def _share(self, check: Share) -> None:
        gains = self.gains(check.where)
        if not check.of_used:
            whole = self.judge.rule.award.credits or Fraction(0)
            least = None if check.least is None else check.least * whole
            most = None if check.most is None else check.most * whole
            self.between(gains, least, most)
            return
        pairs = [(gain, item.amount) for gain, item in zip(gains, self.items, strict=True)]
        if check.least is not None:
            self._at_most_nothing([check.least * all_ - gain for gain, all_ in pairs])
        if check.most is not None:
            self._at_most_nothing([gain - check.most * all_ for gain, all_ in pairs])

    def _at_most_nothing(self, costs: list[Fraction]) -> None:
        scale = lcm(*(cost.denominator for cost in costs))
        self.limits.append(Limit(_whole(costs, scale), 0))

    def _include(self, check: Include) -> None:
        mask = 0
        for reference in check.achievements:
            bit = 1 << self._next_bit
            self._next_bit += 1
            mask |= bit
            for index, item in enumerate(self.items):
                if self.judge.refers(reference, item.candidate):
                    self.bits[index] |= bit
        self.covers.append((mask, check.least))

    def each_achievement_once(self) -> None:
        names: dict[str, list[int]] = {}
        for index, item in enumerate(self.items):
            for name in item.candidate.series:
                names.setdefault(name, []).append(index)
        for group in {tuple(found) for found in names.values() if len(found) > 1}:
            costs = tuple(int(index in group) for index in range(len(self.items)))
            self.limits.append(Limit(costs, 1, exclusive=True))

    def build(self) -> Problem:
        whole = lcm(*(goal for _, goal in self.needs), *(goal for _, goal in self.covers))
        return Problem(
            items=self.items,
            needs=tuple(Need(gains, goal, whole // goal) for gains, goal in self.needs),
            covers=tuple(Cover(mask, goal, whole // goal) for mask, goal in self.covers),
            limits=tuple(self.limits),
            bits=tuple(self.bits),
            totals=_whole([item.amount for item in self.items], self.scale),
            scale=self.scale,
            whole=whole,
            twins=tuple(self.twins),
            floors=tuple((need, Fraction(self.scale, self.scales[need])) for need in self.floors),
        )


def _whole(terms: list[Fraction], scale: int) -> tuple[int, ...]:
    return tuple(int(term * scale) for term in terms)


def _problem(judge: Judge, checks: tuple[Check, ...], items: tuple[Item, ...]) -> Problem:
    builder = _Builder(judge, items)
    for check in checks:
        builder.add(check)
    if judge.rule.each_achievement_once:
        builder.each_achievement_once()
    return builder.build()

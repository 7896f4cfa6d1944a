"""Many sums reckoned abreast: each item's part in every one of them lies in a single whole number.

A requirement asks that the values of the chosen items come to a goal. For each of them one slot of
the number holds what it has to spare: what it would have above its goal if all the items that are
still open did their best for it. Deciding about an item takes away from that, and one subtraction
does so for all of them at once. The top bit of a slot is set while the rest of it is not below
nothing, so one comparison shows whether every requirement can still be met. All of it is exact.
"""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from math import gcd

# So many of the last items have the sums listed that they can come to.
_LISTED = 12
# Sums of so many units are listed for all items.
_MOST_UNITS = 60_000
# Bounds so far apart are hardly ever missed.
_WIDE = 500
# They are looked at after so many items each.
_CHECKED = 3
# Larger numbers are rounded to so many bits.
_BITS = 30


@dataclass(frozen=True)
class AtLeast:
    """The values of the chosen items come to `goal` at least.

    `unit` says by how much the goal rises when the answer that is to be beaten is better by one.
    `repeats` has for each bit that items cover what is lost where a second item covers it again.
    """

    values: tuple[int, ...]
    goal: int
    unit: int = 0
    repeats: tuple[int, ...] = ()

    @property
    def hopeless(self) -> bool:
        """Whether not even all the items that help come to the goal."""
        return sum([value for value in self.values if value > 0]) < self.goal

    @property
    def step(self) -> int:
        """The least by which a choice can fall short."""
        return gcd(self.goal, *self.values, *self.repeats)

    def lost(self, bits: int) -> int:
        """What is lost where these bits are covered again."""
        return sum(lost for bit, lost in enumerate(self.repeats) if bits >> bit & 1)

    def reduced(self) -> "AtLeast":
        """The same without a common divisor of the values, which may lift the goal."""
        divisor = gcd(*self.values)
        if divisor < 2 or self.unit or self.repeats:
            return self
        values = tuple(value // divisor for value in self.values)
        return AtLeast(values, -(-self.goal // divisor))


@dataclass(frozen=True)
class Between:
    """The values of the chosen items come to `least` at least and to `most` at most.

    `most` falls by `unit` when the answer that is to be beaten is better by one. It is counted in
    parts of `divisor` to a unit of the values.
    """

    values: tuple[int, ...]
    least: int
    most: int
    unit: int = 0
    divisor: int = 1

    def reduced(self) -> "Between":
        """The same without a common divisor of the values, which may bring the bounds together."""
        divisor = gcd(*self.values)
        if divisor < 2:
            return self
        values = tuple(value // divisor for value in self.values)
        least = -(-self.least // divisor)
        return Between(values, least, self.most, self.unit, self.divisor * divisor)


@dataclass(frozen=True)
class Gaps:
    """What the open items can take from a slot until they have all been decided.

    `bits` has one bit for every such amount, where they are small; else `found` has them in order.
    """

    shift: int
    mask: int
    between: Between
    bits: int
    found: tuple[int, ...]

    def hold(self, state: int, better: int) -> bool:
        """Whether some choice of the open items ends within the bounds."""
        between = self.between
        spare = (state >> self.shift) & self.mask
        most = (between.most - better * between.unit) // between.divisor
        least = max(0, spare - most + between.least)
        if self.bits:
            wide = spare - least
            return wide > _WIDE or (wide >= 0 and bool(self.bits >> least & ((2 << wide) - 1)))
        place = bisect_left(self.found, least)
        return place < len(self.found) and self.found[place] <= spare


@dataclass(frozen=True)
class _Slot:
    """A requirement as it stands in a slot: in units of two to the power of `coarse`."""

    lane: AtLeast
    coarse: int = 0

    @classmethod
    def rounded(cls, lane: AtLeast) -> "_Slot":
        """Rounded so that whatever meets the requirement still does."""
        coarse = max(0, max([lane.goal, *map(abs, lane.values)]).bit_length() - _BITS)
        values = tuple([-(-value >> coarse) for value in lane.values])
        repeats = tuple([lost >> coarse for lost in lane.repeats])
        return cls(AtLeast(values, lane.goal >> coarse, lane.unit, repeats), coarse)


class Abreast:
    """The requirements of one search, over items in the order in which they are decided.

    `start` is the state with all items open; `take` and `skip` have what it loses by each item,
    `repeat` what by each bit that is covered again. A state is alive while
    `state - cut(better) & guard == guard`. `gaps` has further tests for some places. The last
    requirement may be rounded, so that less is asked than it says.
    """

    def __init__(
        self,
        requirements: Sequence[AtLeast],
        betweens: Sequence[Between],
        order: Sequence[int],
        covers: Sequence[int],
        furthest: int,
    ) -> None:
        exact = [AtLeast(each.values, each.least) for each in betweens]
        lanes = [
            *map(_Slot, requirements[:-1]),
            _Slot.rounded(requirements[-1]),
            *map(_Slot, exact),
        ]
        size = len(order)
        self.start = self.guard = 0
        self.take = [0] * size
        self.skip = [0] * size
        self.covers = [covers[index] for index in order]
        self.repeat = [0] * max((len(slot.lane.repeats) for slot in lanes), default=0)
        self.gaps: dict[int, list[Gaps]] = {}
        self._rises: list[tuple[int, int, int]] = []
        shift = 0
        for number, slot in enumerate(lanes):
            lane = slot.lane
            values = [lane.values[index] for index in order]
            spare = sum([value for value in values if value > 0]) - lane.goal
            # Wide enough for all that can ever be taken away, so that no slot borrows of the next.
            most = abs(spare) + sum(map(abs, values)) + (lane.unit * furthest >> slot.coarse)
            width = (most + sum(lane.repeats) * size).bit_length() + 1
            self.start += (spare + (1 << width)) << shift
            self.guard |= 1 << (shift + width)
            if lane.unit:
                self._rises.append((lane.unit, slot.coarse, shift))
            for place, value in enumerate(values):
                if value > 0:
                    self.skip[place] += value << shift
                else:
                    self.take[place] += -value << shift
            for bit, lost in enumerate(lane.repeats):
                self.repeat[bit] += lost << shift
            if number >= len(requirements):
                self._list_gaps(betweens[number - len(requirements)], values, shift, width)
            shift += width + 1

    def lost(self, again: int) -> int:
        """What every state loses when these bits are covered again."""
        lost = 0
        while again:
            lost += self.repeat[(again & -again).bit_length() - 1]
            again &= again - 1
        return lost

    def cut(self, better: int) -> int:
        """What every state loses when the answer to be beaten is better by so much."""
        return sum((unit * better >> coarse) << shift for unit, coarse, shift in self._rises)

    def _list_gaps(self, between: Between, values: list[int], shift: int, width: int) -> None:
        size = len(values)
        small = sum(map(abs, values)) <= _MOST_UNITS
        bits, found = 1, {0}
        for place in range(size - 1, -1 if small else max(0, size - _LISTED) - 1, -1):
            value = abs(values[place])
            if small:
                bits |= bits << value
            else:
                found |= {gap + value for gap in found}
            if place == 0 or (size - place) % _CHECKED == 0:
                amounts = (bits, ()) if small else (0, tuple(sorted(found)))
                gaps = Gaps(shift, (1 << width) - 1, between, *amounts)
                self.gaps.setdefault(place, []).append(gaps)

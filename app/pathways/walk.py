"""The walk through the choices of items that meet some requirements, the likeliest branch first.

Where a walk takes long, what it has left open is walked anew, branch by branch: with fewer items
left, other weights and another order of the items show sooner where nothing can be had.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from app.pathways.abreast import Abreast, AtLeast, Between
from app.pathways.budget import Budget
from app.pathways.weights import weigh

# After so many the branches that are still open are walked anew, unless few items are left.
_PATIENCE = 20_000
_FEW = 14
# States of so many bits are reckoned in one step.
_BITS_A_STEP = 3000
# What setting up a walk costs, for each requirement and item.
_SETTING_UP = 4
# Choices that come to the same are looked for at every such place.
_COMPARED = 2


@dataclass(frozen=True)
class Task:
    """What is looked for: items that meet requirements, and are worth less than `below`.

    `kinds` are equal for items that do the same, `covers` the bits that each item covers. `worth`
    has the last word on a choice: None where it does not hold, and then `broken` may know another
    requirement that would have shown it. Nothing is worth less than `least`.
    `in_order` asks for the first choice there is, taking the items that stand first.
    """

    requirements: Sequence[AtLeast]
    betweens: Sequence[Between]
    kinds: Sequence[int]
    covers: Sequence[int]
    worth: Callable[[tuple[int, ...]], int | None]
    broken: Callable[[tuple[int, ...]], AtLeast | None]
    below: int
    least: int = 0
    in_order: bool = False


def find_best(task: Task, budget: Budget, choices: int) -> tuple[tuple[int, ...] | None, bool]:
    """The items that are worth least, None where none are worth less than `below`.

    The answer says too whether all was looked at; else there may be better ones, after so many
    choices or what the budget has.
    """
    if budget.choices <= 0:
        return None, False
    walk = _Walk(task, min(budget.choices, choices))
    allowed = walk.left
    walk.explore(tuple(range(len(task.kinds))), (), 0)
    budget.choices -= allowed - walk.left
    return walk.found, walk.left >= 0


_Open = tuple[int, int, int, int, int]
"""A branch still to be walked: its place, state, choices, kinds that were passed, bits covered."""


class _Walk:
    """One search with so much work left; `found` is worth less by `better` than was asked for."""

    def __init__(self, task: Task, left: int) -> None:
        self.task = task
        self.left = left
        self.requirements = list(task.requirements)
        self.better = 0
        self.found: tuple[int, ...] | None = None
        self.done = False

    def explore(
        self,
        left: tuple[int, ...],
        taken: tuple[int, ...],
        covered: int,
        known: Sequence[float] = (),
    ) -> None:
        """Walk through every choice of the items that are left, besides those that are taken.

        `known` are the weights that were found where this branch comes from.
        """
        requirements = [
            each.reduced()
            for each in (self._rest(one, left, taken, covered) for one in self.requirements)
        ]
        betweens = [self._rest_between(each, left, taken).reduced() for each in self.task.betweens]
        self.left -= len(requirements) * len(left) * _SETTING_UP
        if any(each.hopeless for each in requirements):
            return
        found = weigh(
            [*(AtLeast(each.values, each.least) for each in betweens), *requirements], known
        )
        weighed = found.total
        order = list(range(len(left)))
        if not self.task.in_order:
            order.sort(key=lambda index: -abs(weighed.values[index]))
        abreast = Abreast(
            [*requirements, weighed],
            betweens,
            order,
            [self.task.covers[index] & ~covered for index in left],
            self.task.below,
        )
        takes_first = [self.task.in_order or weighed.values[index] > 0 for index in order]
        items = [left[index] for index in order]
        for branch in self._walk(abreast, items, takes_first, taken):
            place, _, chosen, passed, newly = branch
            if self.done:
                return
            rest = (item for item in items[place:] if not passed >> self.task.kinds[item] & 1)
            more = (item for number, item in enumerate(items) if chosen >> number & 1)
            self.explore(tuple(sorted(rest)), (*taken, *more), covered | newly, found.weights)

    def _rest(
        self, whole: AtLeast, left: Sequence[int], taken: Sequence[int], covered: int
    ) -> AtLeast:
        """What a requirement still asks of the items that are left."""
        values = [whole.values[index] for index in left]
        goal = whole.goal - sum([whole.values[index] for index in taken])
        goal += whole.unit * self.better
        if whole.repeats:
            met = 0
            for index in taken:
                goal += whole.lost(self.task.covers[index] & met)
                met |= self.task.covers[index]
            values = [
                value - whole.lost(self.task.covers[index] & covered)
                for value, index in zip(values, left, strict=True)
            ]
        return AtLeast(tuple(values), goal, whole.unit, whole.repeats)

    def _rest_between(self, whole: Between, left: Sequence[int], taken: Sequence[int]) -> Between:
        gone = sum(whole.values[index] for index in taken)
        most = whole.most - gone * whole.divisor - whole.unit * self.better
        values = tuple(whole.values[index] for index in left)
        return Between(values, whole.least - gone, most, whole.unit, whole.divisor)

    def _walk(
        self,
        abreast: Abreast,
        items: Sequence[int],
        takes_first: Sequence[bool],
        taken: tuple[int, ...],
    ) -> list[_Open]:
        """Walk until all is seen or patience ends; the branches that are open then, next first."""
        size, guard, gaps = len(items), abreast.guard, abreast.gaps
        takes, skips, covers = abreast.take, abreast.skip, abreast.covers
        bits = [1 << self.task.kinds[item] for item in items]
        before, cut = self.better, 0
        seen: set[tuple[int, int, int, int]] = set()
        stack: list[_Open] = [(0, abreast.start, 0, 0, 0)]
        work = 0
        # Long numbers take longer.
        pace = 1 + guard.bit_length() // _BITS_A_STEP
        patience = 1 + max(0, self.left) // pace
        if size > _FEW:
            patience = min(patience, _PATIENCE)
        while stack and work < patience:
            place, state, chosen, passed, covered = stack.pop()
            if (state - cut) & guard != guard:
                continue
            while place < size:
                work += 1
                if place % _COMPARED == 0 and place:
                    key = (place, state, covered, passed)
                    if key in seen:
                        break
                    seen.add(key)
                if place in gaps and not all(
                    gap.hold(state, self.better - before) for gap in gaps[place]
                ):
                    break
                skip, bit = state - skips[place], bits[place]
                can_skip = (skip - cut) & guard == guard
                can_take = not passed & bit
                if can_take:
                    take, again = state - takes[place], covered & covers[place]
                    if again:
                        take -= abreast.lost(again)
                    can_take = (take - cut) & guard == guard
                if can_take and (takes_first[place] or not can_skip):
                    if can_skip:
                        stack.append((place + 1, skip, chosen, passed | bit, covered))
                    state, chosen = take, chosen | 1 << place
                    covered |= covers[place]
                elif can_skip:
                    if can_take:
                        further = chosen | 1 << place, passed, covered | covers[place]
                        stack.append((place + 1, take, *further))
                    state, passed = skip, passed | bit
                else:
                    break
                place += 1
            else:
                more = (item for number, item in enumerate(items) if chosen >> number & 1)
                learned = self._meet(tuple(sorted((*taken, *more))))
                cut = abreast.cut(self.better - before)
                if learned or self.done:
                    break
        self.left -= work * pace
        if self.left < 0:
            self.done = True
        return stack[::-1]

    def _meet(self, choice: tuple[int, ...]) -> bool:
        """Keep a choice that is better; of one that is not, whether a requirement was learned."""
        worth = self.task.worth(choice)
        if worth is not None and worth < self.task.below - self.better:
            self.found = choice
            self.better = self.task.below - worth
            self.done = self.task.in_order or worth <= self.task.least
            return False
        broken = self.task.broken(choice)
        if broken is None or broken in self.requirements:
            return False
        self.requirements.append(broken)
        return True

"""Each check of a rule held against a set of credentials: what is required, and what is found.

This says in a few lines what a check means; the search has to agree with it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from fractions import Fraction

from app.pathways.matching import Judge
from app.pathways.problem import Item, date_of
from app.pathways.rules import (
    AllNodes,
    AnyNode,
    Check,
    Count,
    Include,
    Node,
    Reference,
    Share,
    Sum,
    Window,
    checks_of,
)

# What is broken and not merely short: an upper bound, a window, a share of what is used.
_BROKEN = Fraction(10**6)


@dataclass(frozen=True)
class CheckResult:
    """One check. `amount` is what was found: credit, credentials, a share, achievements.

    `lacking` are the achievements of an include that were not found; `first` and `last` the dates
    of a window. `needed` is false in an alternative that was not taken. `shortfall` is the part of
    the requirement that is missing.
    """

    check: Check
    passed: bool
    amount: Fraction | None = None
    lacking: tuple[Reference, ...] = ()
    first: datetime | None = None
    last: datetime | None = None
    needed: bool = True
    shortfall: Fraction = Fraction(0)


def check_node(judge: Judge, items: Sequence[Item]) -> tuple[CheckResult, ...]:
    """Every check of the rule, in its order; those of alternatives not taken are not needed."""
    node = judge.rule.require
    results = {each.id: _check(judge, each, items) for each in checks_of(node)}
    needed = {each.id for each in _needed(node, results)}
    return tuple(replace(result, needed=id_ in needed) for id_, result in results.items())


def _needed(node: Node, results: dict[str, CheckResult]) -> list[Check]:
    """The checks on the way that is nearest: of alternatives the first that lacks least."""
    if isinstance(node, AllNodes):
        return [check for each in node.nodes for check in _needed(each, results)]
    if isinstance(node, AnyNode):
        ways = [_needed(each, results) for each in node.nodes]
        return min(ways, key=lambda way: sum(results[check.id].shortfall for check in way))
    return [node]


def _check(judge: Judge, check: Check, items: Sequence[Item]) -> CheckResult:
    if isinstance(check, Include):
        return _check_include(judge, check, items)
    if isinstance(check, Window):
        return _check_window(check, items)
    chosen = [item for item in items if judge.passes(check.where, item.candidate)]
    if isinstance(check, Count):
        return _bounded(check, Fraction(len(chosen)))
    amount = _credit(chosen)
    if isinstance(check, Sum):
        return _bounded(check, amount)
    whole = _credit(items) if check.of_used else judge.rule.award.credits or Fraction(0)
    if whole == 0:
        return CheckResult(check, passed=True, amount=Fraction(0))  # nothing of nothing is enough
    return _bounded(check, amount / whole)


def _credit(items: Sequence[Item]) -> Fraction:
    return sum((item.amount for item in items), Fraction(0))


def _bounded(check: Sum | Count | Share, amount: Fraction) -> CheckResult:
    shortfall = Fraction(0)
    if check.least is not None and amount < check.least:
        of_used = isinstance(check, Share) and check.of_used
        shortfall = _BROKEN if of_used else 1 - amount / check.least
    if check.most is not None and amount > check.most:
        shortfall = _BROKEN
    return CheckResult(check, shortfall == 0, amount, shortfall=shortfall)


def _check_include(judge: Judge, check: Include, items: Sequence[Item]) -> CheckResult:
    lacking = tuple(
        reference
        for reference in check.achievements
        if not any(judge.refers(reference, item.candidate) for item in items)
    )
    number = Fraction(len(check.achievements) - len(lacking))
    shortfall = max(Fraction(0), 1 - number / check.least)
    return CheckResult(check, shortfall == 0, number, lacking, shortfall=shortfall)


def _check_window(check: Window, items: Sequence[Item]) -> CheckResult:
    starts = [date_of(item.candidate, check.start) for item in items]
    ends = [date_of(item.candidate, check.end) for item in items]
    known_starts = [each for each in starts if each is not None]
    known_ends = [each for each in ends if each is not None]
    if not items:
        return CheckResult(check, passed=True)
    if len(known_starts) < len(items) or len(known_ends) < len(items):
        return CheckResult(check, passed=False, shortfall=_BROKEN)
    first, last = min(known_starts), max(known_ends)
    passed = check.span.after(first) >= last
    shortfall = Fraction(0) if passed else _BROKEN
    return CheckResult(check, passed, first=first, last=last, shortfall=shortfall)

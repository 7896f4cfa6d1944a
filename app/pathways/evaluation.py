"""What a learner's credentials come to under a rule: the smallest set that satisfies it, or the
best part of the way.

Only verified, eligible credentials count, whole. Of all sets that satisfy `require` the answer is
the one with the fewest credentials, then with the least credit, then the one whose credentials
stand first (`sort_items`). Where none does, it is the set that keeps every upper bound, window and
share of what is used, and lacks least: each unmet requirement counts by the part of it that is
missing. Conditions for people are repeated, never decided.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction

from app.pathways.budget import Budget
from app.pathways.candidate import VALID, Candidate
from app.pathways.checking import CheckResult, check_node
from app.pathways.matching import Counted, Home, Judge
from app.pathways.problem import Item, problems_of, sort_items
from app.pathways.rules import Manual, StackRule, alternatives_of
from app.pathways.smallest import find_smallest
from app.pathways.words import NameOf, RuleWords

MOST_CREDENTIALS = 40
VERIFIED, DUPLICATE, SINGLE_USE = "verified", "duplicate", "single-use"


@dataclass(frozen=True)
class Use:
    """An award that a credential was used for already; `names` are its ids and addresses."""

    award: str
    names: frozenset[str]


@dataclass(frozen=True)
class Exclusion:
    """A credential that does not count: by which test, and why in a sentence."""

    candidate: Candidate
    rule: str
    reason: str


@dataclass(frozen=True)
class Evaluation:
    """The answer. `satisfied` leaves the conditions for people open, which `manual` repeats.

    `counted` has the credit of each used credential. `in_force` is None where the rule is not
    bounded in time. `exact` is false where the search was given up before it was complete.
    """

    satisfied: bool
    used: tuple[Candidate, ...]
    counted: tuple[Counted, ...]
    spare: tuple[Candidate, ...]
    checks: tuple[CheckResult, ...]
    excluded: tuple[Exclusion, ...]
    manual: tuple[Manual, ...]
    in_force: bool | None
    exact: bool

    @property
    def missing(self) -> tuple[CheckResult, ...]:
        """The checks that did not pass, of those that have to."""
        return tuple(each for each in self.checks if not each.passed and each.needed)

    @property
    def total(self) -> Fraction:
        """The credit of what is used."""
        return sum((each.amount for each in self.counted), Fraction(0))


def evaluate(
    rule: StackRule,
    candidates: Sequence[Candidate],
    *,
    now: datetime,
    home: Home,
    used: Mapping[str, tuple[Use, ...]] | None = None,
    name_of: NameOf = str,
) -> Evaluation:
    """Apply a rule to credentials. `used` has by their keys what they were used for before.

    `name_of` is for the sentences that say why a credential does not count.
    """
    judge = Judge(rule, home, now)
    counting, excluded = _sift(judge, candidates, used or {}, RuleWords(rule, name_of))
    items = sort_items(judge, counting)
    chosen, exact = _best(judge, items)
    checks = check_node(judge, chosen)
    in_force = is_in_force(rule, now)
    taken = {item.place for item in chosen}
    credentials = tuple(item.candidate for item in chosen)
    return Evaluation(
        satisfied=all(each.passed for each in checks if each.needed) and in_force is not False,
        used=credentials,
        counted=tuple(judge.counted(each) for each in credentials),
        spare=tuple(item.candidate for item in items if item.place not in taken),
        checks=checks,
        excluded=excluded,
        manual=rule.manual,
        in_force=in_force,
        exact=exact,
    )


def is_in_force(rule: StackRule, now: datetime) -> bool | None:
    """Whether the rule's own dates include this one; None where it has none."""
    if rule.valid_from is None and rule.valid_until is None:
        return None
    begun = rule.valid_from is None or now >= rule.valid_from
    return begun and (rule.valid_until is None or now <= rule.valid_until)


def _sift(
    judge: Judge,
    candidates: Sequence[Candidate],
    used: Mapping[str, tuple[Use, ...]],
    words: RuleWords,
) -> tuple[list[Candidate], tuple[Exclusion, ...]]:
    """The credentials that count, and why the others do not."""
    counting: list[Candidate] = []
    excluded: list[Exclusion] = []
    met: set[str] = set()
    for each in candidates:
        uses = used.get(each.key, ())
        exclusion = _exclusion(judge, each, uses, words, repeated=each.key in met)
        if exclusion is None:
            met.add(each.key)
            counting.append(each)
        else:
            excluded.append(exclusion)
    return counting, tuple(excluded)


def _exclusion(
    judge: Judge,
    candidate: Candidate,
    uses: tuple[Use, ...],
    words: RuleWords,
    *,
    repeated: bool,
) -> Exclusion | None:
    if candidate.status != VALID:
        reason = candidate.reason or "It could not be verified."
        return Exclusion(candidate, judge.status_test() or VERIFIED, reason)
    if repeated:
        return Exclusion(candidate, DUPLICATE, "It was given more than once.")
    failed = judge.failed_tests(candidate)
    if failed:
        reasons = [words.failure(test, candidate) for test in failed]
        return Exclusion(candidate, failed[0].id, " ".join(reasons))
    allowed = frozenset(judge.rule.reusable_after)
    for use in uses:
        if judge.rule.single_use and not use.names & allowed:
            return Exclusion(candidate, SINGLE_USE, f"It was already used for {use.award}.")
    return None


def _best(judge: Judge, items: tuple[Item, ...]) -> tuple[tuple[Item, ...], bool]:
    """The items of the best set, over every alternative and window; whether that is proven."""
    problems = [
        problem
        for way in alternatives_of(judge.rule.require)
        for problem in problems_of(judge, way, items)
    ]
    budget = Budget()
    places = find_smallest(problems, budget)
    return tuple(items[place] for place in places), budget.proven

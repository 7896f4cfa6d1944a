"""Holding the facts of a credential against the conditions of a rule."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction

from app.pathways.candidate import VALID, Candidate
from app.pathways.paths import ACHIEVEMENT, ASSESSED, DATES
from app.pathways.rules import (
    SAME_AWARD,
    SELF,
    AnyOf,
    Condition,
    Eligibility,
    Not,
    Reference,
    StackRule,
    Where,
)
from app.vocabularies.amounts import amount_in, amount_text
from app.vocabularies.credit import convert


@dataclass(frozen=True)
class Home:
    """Whose pathway it is: the issuer's DID, and the addresses of the pathway and its series."""

    issuer: str
    names: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Counted:
    """The credit that a credential counts for in a rule, and by which rule it was converted.

    `others` are the amounts that further published rules, by their ids, would have given instead.
    """

    amount: Fraction
    rule: str | None = None
    scheme: str | None = None
    native: Fraction | None = None
    others: tuple[tuple[str, Fraction], ...] = ()


@dataclass(frozen=True)
class Judge:
    """A rule about to be applied: whose it is, and at what time."""

    rule: StackRule
    home: Home
    now: datetime

    def failed_tests(self, candidate: Candidate) -> list[Eligibility]:
        """The tests of eligibility that a verified credential does not pass."""
        return [test for test in self.rule.eligible if not self.passes(test.where, candidate)]

    def status_test(self) -> str | None:
        """The id of the rule's own test of the status, if it has one."""
        for test in self.rule.eligible:
            if any(
                isinstance(part, Condition) and part.path == "status" for part in test.where.parts
            ):
                return test.id
        return None

    def passes(self, where: Where, candidate: Candidate) -> bool:
        """Whether everything in a condition holds."""
        return all(self._holds(part, candidate) for part in where.parts)

    def refers(self, reference: Reference, candidate: Candidate) -> bool:
        """Whether a credential is of the achievement that is meant."""
        name = reference.achievement
        issuer = reference.issuer or self._issuer_of(name)
        if issuer is not None:
            return candidate.issuer == issuer and name in candidate.codes
        if name in candidate.addresses:
            return True
        return candidate.issuer == self.home.issuer and name in candidate.codes

    def counted(self, candidate: Candidate) -> Counted:
        """The credit of a credential: as agreed, as stated, or by the first conversion that fits.

        None of the three: no credit, though it may count as one credential.
        """
        stated = dict(reversed(candidate.credits))
        for agreed in self.rule.articulations:
            if self.refers(agreed.reference, candidate):
                others = self._others(stated, agreed.credits)
                return Counted(agreed.credits, agreed.rule, others=others)
        if self.rule.scheme in stated:
            return Counted(stated[self.rule.scheme])
        for rate in self.rule.conversions:
            if rate.scheme in stated:
                native = stated[rate.scheme]
                amount = native * rate.factor
                others = self._others(stated, amount)
                return Counted(amount, rate.rule, rate.scheme, native, others)
        return Counted(Fraction(0))

    def _others(
        self, stated: Mapping[str, Fraction], amount: Fraction
    ) -> tuple[tuple[str, Fraction], ...]:
        """What disagrees with an amount: other conversions of this rule, and published ones."""
        found = {
            rate.rule: stated[rate.scheme] * rate.factor
            for rate in reversed(self.rule.conversions)
            if rate.scheme in stated
        }
        for scheme, native in stated.items():
            code, _, units = scheme.partition("/")
            year = amount_in(units)
            for each in convert(native, code, self.rule.scheme or "", units_per_year=year):
                found.setdefault(each.rule.id, each.value)
        return tuple((rule, other) for rule, other in found.items() if other != amount)

    def _issuer_of(self, name: str) -> str | None:
        """Whose a code is, when an agreement on its credit says so."""
        for articulation in self.rule.articulations:
            if articulation.reference.achievement == name:
                return articulation.reference.issuer
        return None

    def _holds(self, part: Condition | AnyOf | Not, candidate: Candidate) -> bool:
        if isinstance(part, AnyOf):
            return any(self.passes(choice, candidate) for choice in part.choices)
        if isinstance(part, Not):
            return not self.passes(part.where, candidate)
        if part.path == ASSESSED:
            return candidate.assessed is part.wanted
        if part.path == ACHIEVEMENT:
            return any(self.refers(each, candidate) for each in part.references)
        if part.path in DATES:
            return self._dated(part, candidate)
        return self._stated(part, candidate)

    def _dated(self, part: Condition, candidate: Candidate) -> bool:
        moment = candidate.awarded if part.path == "awarded" else candidate.start
        if moment is None or moment > self.now:
            return False
        return (
            (part.earliest is None or moment >= part.earliest)
            and (part.latest is None or moment <= part.latest)
            and (part.max_age is None or part.max_age.after(moment) >= self.now)
        )

    def _stated(self, part: Condition, candidate: Candidate) -> bool:
        number = candidate.numbers.get(part.path)
        if part.allowed and not self._allowed(part, candidate, number):
            return False
        if part.least is None and part.most is None:
            return True
        return (
            number is not None
            and (part.least is None or number >= part.least)
            and (part.most is None or number <= part.most)
        )

    def _allowed(self, part: Condition, candidate: Candidate, number: Fraction | None) -> bool:
        if number is not None and amount_text(number) in part.allowed:
            return True
        return not self._words(part.path, candidate).isdisjoint(part.allowed)

    def _words(self, path: str, candidate: Candidate) -> frozenset[str]:
        """What a credential says under a path, with the words that only make sense here."""
        if path == "status":
            return frozenset({VALID})
        if path == "issuer":
            own = {SELF} if candidate.issuer == self.home.issuer else set()
            return frozenset({candidate.issuer or "", *own})
        words = candidate.texts.get(path, frozenset())
        if path != "articulatesTo":
            return words
        award = {self.rule.award.id} if self.rule.award.id else set()
        meant = words & (self.home.names | award)
        return words | {SAME_AWARD} if meant else words

"""What a rule tests, as data, and whether it holds of some facts.

There are no expressions and no code in a policy: it is a tree of the classes below. A test of
something that cannot be known yet is neither true nor false (Kleene's third value, None).
"""

import re
from dataclasses import dataclass
from fractions import Fraction

from app.credentials.findable import searchable
from app.policy.facts import Entry, Facts, Value


@dataclass(frozen=True)
class All:
    """Every part holds."""

    parts: tuple["Condition", ...]


@dataclass(frozen=True)
class AnyOf:
    """One part holds."""

    parts: tuple["Condition", ...]


@dataclass(frozen=True)
class Not:
    """The part does not hold."""

    part: "Condition"


@dataclass(frozen=True)
class Present:
    """The fact is stated: not empty, not absent."""

    fact: str


@dataclass(frozen=True)
class Span:
    """A span of numbers; an end that is None is open."""

    least: Fraction | None = None
    most: Fraction | None = None
    above: Fraction | None = None
    below: Fraction | None = None

    def holds(self, value: object) -> bool:
        """Whether it is a number within the span."""
        if isinstance(value, bool) or not isinstance(value, int | Fraction):
            return False
        return (
            (self.least is None or value >= self.least)
            and (self.most is None or value <= self.most)
            and (self.above is None or value > self.above)
            and (self.below is None or value < self.below)
        )


@dataclass(frozen=True)
class OneOf:
    """One of some values, in the order in which the policy lists them."""

    values: tuple[Value, ...]

    def holds(self, value: object) -> bool:
        """Whether it is one of them. True is not the number 1 here."""
        return any(type(value) is type(each) and value == each for each in self.values)


@dataclass(frozen=True)
class Count:
    """So many items are in the list."""

    fact: str
    span: Span


@dataclass(frozen=True)
class Some:
    """One entry of the list has members that pass every test."""

    fact: str
    where: tuple[tuple[str, "Span | OneOf"], ...]


@dataclass(frozen=True)
class Includes:
    """The list has this word."""

    fact: str
    value: Value


@dataclass(frozen=True)
class Mentions:
    """The text has one of the phrases in it, word by word; `in_words` is how both are compared."""

    fact: str
    phrases: tuple[str, ...]


def in_words(text: str) -> str:
    """The words of a text without case, accents and marks: `national` is not in `international`."""
    return " ".join(re.findall(r"\w+", searchable(text)))


@dataclass(frozen=True)
class Is:
    """The fact passes the test: it is one of some values, or lies in a span."""

    fact: str
    test: Span | OneOf


Condition = All | AnyOf | Not | Present | Count | Some | Includes | Mentions | Is


def holds(condition: Condition, facts: Facts) -> bool | None:
    """Whether the condition holds of the facts; None where that cannot be known yet.

    Never raises, whatever the facts are.
    """
    match condition:
        case All(parts):
            return _every([holds(part, facts) for part in parts])
        case AnyOf(parts):
            return _opposite(_every([_opposite(holds(part, facts)) for part in parts]))
        case Not(part):
            return _opposite(holds(part, facts))
        case _:
            return _holds_of(condition, facts) if condition.fact in facts else None


def _holds_of(condition: Present | Count | Some | Includes | Mentions | Is, facts: Facts) -> bool:
    value = facts[condition.fact]
    items = value if isinstance(value, tuple) else ()
    match condition:
        case Present():
            return value is not None and value not in ("", ())
        case Count(span=span):
            return span.holds(len(items))
        case Some(where=where):
            return any(_entry_passes(item, where) for item in items if not isinstance(item, str))
        case Includes(value=wanted):
            return wanted in items
        case Mentions(phrases=phrases):
            text = f" {in_words(value)} " if isinstance(value, str) else ""
            return any(f" {in_words(phrase)} " in text for phrase in phrases)
        case _:
            return condition.test.holds(value)


def _entry_passes(entry: Entry, where: tuple[tuple[str, Span | OneOf], ...]) -> bool:
    return all(test.holds(entry.get(member)) for member, test in where)


def _every(answers: list[bool | None]) -> bool | None:
    if False in answers:
        return False
    return None if None in answers else True


def _opposite(answer: bool | None) -> bool | None:
    return None if answer is None else not answer

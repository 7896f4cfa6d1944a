"""The rules of a pathway as data: what counts, how much of it is needed, and what people decide.

A `StackRule` is what `parsing.py` makes of JSON; nothing here changes after that. Amounts are
fractions. The meaning of each part is in `evaluation.py`, its words are in `words.py`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction

from app.pathways.durations import Span
from app.vocabularies.amounts import amount_text
from app.vocabularies.credit import find_scheme

SELF = "self"
SAME_AWARD = "same-award"


@dataclass(frozen=True)
class Reference:
    """An achievement that a rule names: by its address, or by a code of some issuer's.

    Anybody can write a code on a badge, so a code is only looked for on badges of `issuer`; None
    means the issuer of the pathway itself. `name` is what the rule calls it for people.
    """

    achievement: str
    issuer: str | None = None
    name: str | None = None


@dataclass(frozen=True)
class Condition:
    """One fact of a credential held against what is wanted; `path` is as in the JSON.

    `allowed` are keys in the form of `candidate.py`; numbers and dates use the bounds.
    """

    path: str
    allowed: tuple[str, ...] = ()
    references: tuple[Reference, ...] = ()
    wanted: bool | None = None
    least: Fraction | None = None
    most: Fraction | None = None
    earliest: datetime | None = None
    latest: datetime | None = None
    max_age: Span | None = None


@dataclass(frozen=True)
class AnyOf:
    """At least one of several."""

    choices: tuple["Where", ...]


@dataclass(frozen=True)
class Not:
    """The opposite; a fact that a credential does not state is not stated otherwise either."""

    where: "Where"


@dataclass(frozen=True)
class Where:
    """All of several tests; none at all means every credential."""

    parts: tuple[Condition | AnyOf | Not, ...] = ()


@dataclass(frozen=True)
class Eligibility:
    """A test that a credential has to pass before it counts for anything."""

    id: str
    where: Where


@dataclass(frozen=True)
class Sum:
    """So much credit of certain credentials, at least or at most."""

    id: str
    where: Where
    least: Fraction | None
    most: Fraction | None


@dataclass(frozen=True)
class Count:
    """So many of certain credentials, at least or at most."""

    id: str
    where: Where
    least: Fraction | None
    most: Fraction | None


@dataclass(frozen=True)
class Share:
    """Such a part of the credit, from 0 to 1: of the award's, or (`of_used`) of what is used."""

    id: str
    where: Where
    least: Fraction | None
    most: Fraction | None
    of_used: bool


@dataclass(frozen=True)
class Include:
    """Named achievements: `least` of them, all of them unless the rule says fewer."""

    id: str
    achievements: tuple[Reference, ...]
    least: int


@dataclass(frozen=True)
class Window:
    """Everything used lies within a span, from the first `start` to the last `end`."""

    id: str
    span: Span
    start: str
    end: str


Check = Sum | Count | Share | Include | Window


@dataclass(frozen=True)
class AllNodes:
    """Every one of several requirements."""

    nodes: tuple["Node", ...]


@dataclass(frozen=True)
class AnyNode:
    """One of several requirements."""

    nodes: tuple["Node", ...]


Node = AllNodes | AnyNode | Check


@dataclass(frozen=True)
class LevelOfAward:
    """The level of the award, in the words of the rule."""

    framework: str
    value: str

    @property
    def words(self) -> str:
        """As people say it."""
        return f"{self.framework} level {self.value}"


@dataclass(frozen=True)
class Award:
    """What the pathway leads to. `id` names the achievement that is issued for it."""

    name: str
    id: str | None = None
    level: LevelOfAward | None = None
    credits: Fraction | None = None
    awarding_body: str | None = None


@dataclass(frozen=True)
class ExchangeRate:
    """Credit of another scheme counted by a published rule, never without naming it."""

    scheme: str
    factor: Fraction
    rule: str


@dataclass(frozen=True)
class Articulation:
    """An achievement for which a fixed amount of credit was agreed, whatever it says itself."""

    reference: Reference
    credits: Fraction

    @property
    def rule(self) -> str:
        """The id under which its use is reported."""
        return f"articulation:{self.reference.achievement}"


@dataclass(frozen=True)
class Manual:
    """A condition for people: always listed, never decided."""

    id: str
    text: str


@dataclass(frozen=True)
class Source:
    """Where the rule is written down."""

    url: str
    quote: str | None = None


@dataclass(frozen=True)
class StackRule:
    """The whole rule of a pathway; `scheme` is the key of the credit system it reckons in."""

    award: Award
    scheme: str | None
    require: Node
    eligible: tuple[Eligibility, ...] = ()
    conversions: tuple[ExchangeRate, ...] = ()
    articulations: tuple[Articulation, ...] = ()
    single_use: bool = False
    reusable_after: tuple[str, ...] = ()
    each_achievement_once: bool = False
    manual: tuple[Manual, ...] = ()
    description: str | None = None
    valid_from: datetime | None = None
    valid_until: datetime | None = None
    sources: tuple[Source, ...] = ()

    def amount_words(self, amount: Fraction, *, more: bool = False) -> str:
        """An amount of the rule's credit: `60 SCQF credits`, `20 more SCQF credits`."""
        return f"{amount_text(amount)} {'more ' if more else ''}{unit_words(self.scheme, amount)}"


def unit_words(scheme: str | None, amount: Fraction) -> str:
    """What so much credit is counted in, by the key of its scheme: `SCQF credits`, `EFTSL`,
    `institutional points (64 a year)`.
    """
    code, _, units_per_year = (scheme or "").partition("/")
    found = find_scheme(code)
    if found is None:
        unit = "credit" if amount == 1 else "credits"
        return f"{scheme} {unit}" if scheme else unit
    words = found.unit if amount == 1 else found.units
    return f"{words} ({units_per_year} a year)" if units_per_year else words


def checks_of(node: Node) -> Iterator[Check]:
    """Every check below a node, in the order of the document."""
    if isinstance(node, AllNodes | AnyNode):
        for each in node.nodes:
            yield from checks_of(each)
    else:
        yield node


def alternatives_of(node: Node) -> list[tuple[Check, ...]]:
    """The ways to satisfy a node: each a list of checks that all have to pass."""
    if isinstance(node, AnyNode):
        return [way for each in node.nodes for way in alternatives_of(each)]
    if isinstance(node, AllNodes):
        ways: list[tuple[Check, ...]] = [()]
        for each in node.nodes:
            ways = [(*way, *further) for way in ways for further in alternatives_of(each)]
        return ways
    return [(node,)]


def count_alternatives(node: Node) -> int:
    """How many ways there are, without listing them."""
    if isinstance(node, AnyNode):
        return sum(count_alternatives(each) for each in node.nodes)
    if isinstance(node, AllNodes):
        product = 1
        for each in node.nodes:
            product *= count_alternatives(each)
        return product
    return 1


def conditions_of(rule: StackRule) -> Iterator[Condition]:
    """Every condition on a credential, of tests and of checks."""
    for test in rule.eligible:
        yield from _conditions_in(test.where)
    for check in checks_of(rule.require):
        if isinstance(check, Sum | Count | Share):
            yield from _conditions_in(check.where)


def references_of(rule: StackRule) -> Iterator[Reference]:
    """Every achievement that a rule names."""
    for articulation in rule.articulations:
        yield articulation.reference
    for check in checks_of(rule.require):
        if isinstance(check, Include):
            yield from check.achievements
    for condition in conditions_of(rule):
        yield from condition.references


def _conditions_in(where: Where) -> Iterator[Condition]:
    for part in where.parts:
        if isinstance(part, AnyOf):
            for choice in part.choices:
                yield from _conditions_in(choice)
        elif isinstance(part, Not):
            yield from _conditions_in(part.where)
        else:
            yield part

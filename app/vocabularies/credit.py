"""Credit schemes, their hours, and the published rules between them.

A number of one scheme becomes a number of another only by a rule with an id, and rules disagree:
100 hours are 10 UK credits, and these are 5 ECTS credits by one published rule and 4 by another.
`convert` answers with all of them. Everything is reckoned in fractions.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from types import MappingProxyType
from typing import Any

from app.vocabularies.terms import NAMESPACE, key_of, read_data, unknown_term

_BY_LOAD = "by annual load"


@dataclass(frozen=True)
class Scheme:
    """A credit scheme; hours per unit as its source gives them, a range or only the least."""

    code: str
    iri: str
    name: str
    unit: str
    aliases: tuple[str, ...]
    least_hours: Fraction | None
    most_hours: Fraction | None
    hours_source: str | None

    @property
    def units(self) -> str:
        """Several of them: `SCQF credits`, `EFTSL`."""
        return self.unit if self.unit.isupper() else f"{self.unit}s"


@dataclass(frozen=True)
class Rule:
    """A published conversion. `factors` by (from, to); None where the annual load decides.

    Status: `official` by an authority, `framework` of an association, `convention` of evaluators
    and institutions, `institutional` for one institution's own numbers.
    """

    id: str
    status: str
    statement: str
    source: str
    year: int | None
    factors: Mapping[tuple[str, str], Fraction | None]

    @property
    def iri(self) -> str:
        """The identifier of the rule."""
        return f"{NAMESPACE}rule-{self.id}"


@dataclass(frozen=True)
class Conversion:
    """A converted number with the rule that it rests on, never without."""

    value: Fraction
    rule: Rule


def _fraction(text: str | None) -> Fraction | None:
    return None if text is None else Fraction(text)


def _scheme(data: Mapping[str, Any]) -> Scheme:
    hours = data.get("hours_per_unit", {})
    return Scheme(
        code=data["code"],
        iri=data["iri"],
        name=data["name"],
        unit=data["unit"],
        aliases=tuple(data["aliases"]),
        least_hours=_fraction(hours.get("least")),
        most_hours=_fraction(hours.get("most")),
        hours_source=hours.get("source"),
    )


def _rule(data: Mapping[str, Any]) -> Rule:
    factors = {
        (origin, target): None if each["factor"] == _BY_LOAD else Fraction(each["factor"])
        for each in data["conversions"]
        for origin in each["from"]
        for target in each["to"]
        if origin != target
    }
    return Rule(
        id=data["id"],
        status=data["status"],
        statement=data["statement"],
        source=data["source"],
        year=data.get("year"),
        factors=MappingProxyType(factors),
    )


_DATA = read_data("credit")
SCHEMES: tuple[Scheme, ...] = tuple(_scheme(each) for each in _DATA["schemes"])
RULES: tuple[Rule, ...] = tuple(_rule(each) for each in _DATA["rules"])
_BY_WORD: Mapping[str, Scheme] = MappingProxyType(
    {
        key_of(word): each
        for each in SCHEMES
        for word in (each.code, each.iri, each.name, each.unit, *each.aliases)
    }
)
_RULE_BY_WORD: Mapping[str, Rule] = MappingProxyType(
    {key_of(word): each for each in RULES for word in (each.id, each.iri)}
)


def find_scheme(word: Any) -> Scheme | None:
    """The scheme with that code, name or identifier; bears any value."""
    return _BY_WORD.get(key_of(word)) if isinstance(word, str) else None


def scheme(word: str, *, field: str) -> Scheme:
    """As `find_scheme`, but raises `InvalidRequest` unknown_term."""
    found = find_scheme(word)
    if found is None:
        codes = tuple(each.code for each in SCHEMES)
        raise unknown_term(word, "credit schemes", _BY_WORD, codes, field=field)
    return found


def find_rule(word: Any) -> Rule | None:
    """The rule with that id or identifier; bears any value."""
    return _RULE_BY_WORD.get(key_of(word)) if isinstance(word, str) else None


def rule(word: str, *, field: str) -> Rule:
    """As `find_rule`, but raises `InvalidRequest` unknown_term."""
    found = find_rule(word)
    if found is None:
        ids = tuple(each.id for each in RULES)
        raise unknown_term(word, "conversion rules", _RULE_BY_WORD, ids, field=field)
    return found


def convert(
    value: Fraction,
    from_scheme: str,
    to_scheme: str,
    *,
    units_per_year: Fraction | None = None,
) -> list[Conversion]:
    """Every number that a published rule gives, in the order of the rules; often none or two.

    Schemes by code. `units_per_year` is the institution's full-time year, for points of its own.
    """
    return list(_conversions(value, from_scheme, to_scheme, units_per_year))


def _conversions(
    value: Fraction, from_scheme: str, to_scheme: str, units_per_year: Fraction | None
) -> Iterator[Conversion]:
    for each in RULES:
        if (from_scheme, to_scheme) not in each.factors:
            continue
        factor = each.factors[from_scheme, to_scheme]
        if factor is not None:
            yield Conversion(value * factor, each)
        elif units_per_year:
            by_load = value / units_per_year if to_scheme == "EFTSL" else value * units_per_year
            yield Conversion(by_load, each)


def expected_hours(value: Fraction, code: str) -> tuple[Fraction, Fraction | None] | None:
    """The least and the most hours of that much credit, where the scheme defines them."""
    found = find_scheme(code)
    if found is None or found.least_hours is None:
        return None
    most = None if found.most_hours is None else value * found.most_hours
    return value * found.least_hours, most

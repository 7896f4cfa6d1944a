"""Hard cases for the search behind a pathway: rules that a few of many badges just meet, or miss.

Bounds are laid round what a hidden set of the badges has: tight ones leave few answers, and those
that ask for a little more than it has leave the search to show that there is none.
"""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from fractions import Fraction
from typing import Any

from app.encoding.strict_json import JsonObject
from app.pathways.candidate import Candidate
from app.pathways.evaluation import Use
from app.pathways.matching import Judge
from app.pathways.parsing import parse_rule
from tests.pathways import HOME, NOW, OTHER, OWN, a_candidate

CODES = tuple(f"M{number:02}" for number in range(14))
THIRD = "did:web:badges.third.example"

_AWARD = 300
_LEVEL = {"level.SCQF": {"min": 11}}
_OUTSIDE = {"not": {"issuer": "self"}}
_WHERES: tuple[JsonObject, ...] = (
    _LEVEL,
    _OUTSIDE,
    {"level.SCQF": {"min": 10}},
    {"group": "elective"},
    {"group": "core"},
    {"any": [{"level.SCQF": 9}, {"issuer": THIRD}]},
    {"achievement": list(CODES[:7])},
)
_CONVERSIONS = [
    {"from": "ECTS", "factor": 2, "rule": "uk-ects-2to1"},
    {"from": "POINTS/64", "factor": "15/8", "rule": "points-of-64"},
    {"from": "US-SEM", "factor": "10/3", "rule": "us-semester"},
]
# The amounts of one case, by the scheme that they are stated in.
_PURSES: tuple[dict[str, tuple[str, ...]], ...] = (
    {"SCQF": ("10", "15", "20", "20", "20", "30"), "ECTS": ("5", "7.5", "10")},
    {"SCQF": ("5", "10", "15"), "ECTS": ("2.5", "5"), "POINTS/64": ("4", "8")},
    {"SCQF": tuple(str(n) for n in range(7, 40, 2)), "ECTS": ("3", "4", "6", "9", "11")},
    {"SCQF": ("20",), "ECTS": ("10",), "US-SEM": ("3", "4", "6")},
    {"SCQF": tuple(f"{n}/1000" for n in range(15_000, 25_000, 37))},
    {"US-SEM": ("1", "2", "3", "4"), "POINTS/64": ("3.125", "6.25", "12.5")},
)


@dataclass(frozen=True)
class HardCase:
    """A rule and badges for it, with what some of them were used for already."""

    rule: JsonObject
    candidates: list[Candidate]
    used: dict[str, tuple[Use, ...]]


def hard_case(seed: int, number: int = 30) -> HardCase:
    """A case with so many badges; it depends on its arguments alone."""
    choose = random.Random(f"{seed} {number}")  # noqa: S311 - the same ones each time
    purse = choose.choice(_PURSES)
    alike = choose.choice((1, 1, 2, 5))
    candidates: list[Candidate] = []
    while len(candidates) < number:
        candidates += _alike(choose, purse, len(candidates), choose.randint(1, alike))
    candidates = candidates[:number]
    choose.shuffle(candidates)
    rule = _rule(choose, candidates)
    used: dict[str, tuple[Use, ...]] = {}
    if choose.random() < 0.3:
        rule["use"] = {"exclusive": True, "except": ["An earlier certificate"]}
        for each in choose.sample(candidates, 3):
            name = choose.choice(("An earlier certificate", "A diploma"))
            used[each.key] = (Use(name, frozenset({name})),)
    if choose.random() < 0.2:
        rule.setdefault("use", {})["eachAchievementOnce"] = True
    return HardCase(rule, candidates, used)


def solver_gives_up(*arguments: Any) -> None:
    """In the place of one of the solver's questions: the work is not enough for an answer."""
    arguments[-1].proven = False


def _alike(
    choose: random.Random, purse: dict[str, tuple[str, ...]], first: int, number: int
) -> list[Candidate]:
    """Some badges that differ in nothing that counts but their dates."""
    scheme = choose.choice(tuple(purse))
    amount = choose.choice(purse[scheme])
    level = choose.choice((9, 10, 11, 11, None))
    issuer = choose.choice((OWN, OWN, OTHER, THIRD))
    groups = choose.sample(("elective", "core", "other"), choose.randint(0, 2))
    code = choose.choice(CODES)
    made = []
    for place in range(first, first + number):
        start = NOW - timedelta(days=choose.randrange(200, 1800))
        made.append(
            a_candidate(
                f"c{place:02}",
                amount,
                scheme=scheme,
                level=level,
                issuer=issuer,
                codes=[code],
                texts={"group": groups},
                start=start,
                awarded=start + timedelta(days=choose.randrange(30, 150)),
            )
        )
    return made


# --- Rules ---------------------------------------------------------------------------------------


def _rule(choose: random.Random, candidates: Sequence[Candidate]) -> JsonObject:
    rule: JsonObject = {
        "award": {"name": "Certificate", "credits": _AWARD},
        "creditSystem": "SCQF",
        "conversions": _CONVERSIONS,
        "require": {"id": "any", "count": "credential", "min": 1},
    }
    judge = Judge(parse_rule(rule), HOME, NOW)
    ways = choose.choice((1, 1, 1, 2, 3))
    # A rule may have 24 checks.
    nodes = [_way(choose, judge, candidates, f"w{way}")[: 24 // ways] for way in range(ways)]
    if ways == 1:
        return {**rule, "require": {"all": nodes[0]}}
    shared, nodes[0] = nodes[0][:1], nodes[0][1:]
    return {**rule, "require": {"all": [*shared, {"any": [{"all": node} for node in nodes]}]}}


def _way(
    choose: random.Random, judge: Judge, candidates: Sequence[Candidate], prefix: str
) -> list[JsonObject]:
    """Checks that all have to pass, each laid round what one hidden set of badges has."""
    hidden = choose.sample(list(candidates), choose.randint(4, len(candidates) // 2))
    planted = _Planted(choose, judge, hidden)
    kinds: list[Callable[[], JsonObject]] = [
        planted.sum,
        planted.sum,
        planted.count,
        planted.share_of_award,
        planted.share_of_used,
        planted.include,
    ]
    checks = [planted.total(), *(choose.choice(kinds)() for _ in range(choose.randint(2, 7)))]
    if choose.random() < 0.35:
        checks.append({"window": choose.choice(("P1Y", "P2Y", "P3Y"))})
    return [{"id": f"{prefix}-{place}", **check} for place, check in enumerate(checks)]


class _Planted:
    """Checks round one set of badges."""

    def __init__(self, choose: random.Random, judge: Judge, hidden: Sequence[Candidate]) -> None:
        self.choose = choose
        self.judge = judge
        self.hidden = hidden
        self.credit = self._credit({})
        # How much room the bounds leave: none at all, a little, or less than none.
        self.room = choose.choice((Fraction(0), Fraction(1, 50), Fraction(1, 10), Fraction(-1, 50)))

    def _matching(self, where: JsonObject) -> list[Candidate]:
        check = {"id": "x", "count": "credential", "where": where, "min": 1}
        rule = parse_rule({"award": {"name": "x"}, "require": check})
        condition = rule.require.where  # type: ignore[union-attr]
        return [each for each in self.hidden if self.judge.passes(condition, each)]

    def _credit(self, where: JsonObject) -> Fraction:
        amounts = (self.judge.counted(each).amount for each in self._matching(where))
        return sum(amounts, Fraction(0))

    def _bounds(self, value: Fraction, *, most: Fraction | None = None) -> JsonObject:
        """From a little less to a little more than a value, or one of the two."""
        kinds = self.choose.choice(("min", "min", "max", "both"))
        low = max(Fraction(0), value * (1 - self.room))
        high = max(low, value * (1 + self.room))
        if most is not None:
            low, high = min(low, most), min(high, most)
        bounds = {}
        if kinds != "max":
            bounds["min"] = str(low)
        if kinds != "min":
            bounds["max"] = str(high)
        return bounds

    def total(self) -> JsonObject:
        """All credit, which every rule asks for."""
        return {"sum": "credit", "min": str(self.credit * (1 - self.room))}

    def sum(self) -> JsonObject:
        """Credit of some kind."""
        where = self.choose.choice(_WHERES)
        return {"sum": "credit", "where": where, **self._bounds(self._credit(where))}

    def count(self) -> JsonObject:
        """Badges of some kind."""
        where = self.choose.choice(_WHERES)
        number = len(self._matching(where))
        bounds = self.choose.choice(({"min": number}, {"max": number}))
        return {"count": "credential", "where": where, **bounds}

    def share_of_award(self) -> JsonObject:
        """A part of the award's credit."""
        where = self.choose.choice(_WHERES)
        share = min(Fraction(1), self._credit(where) / _AWARD)
        bounds = self._bounds(share, most=Fraction(1))
        return {"share": "credit", "of": "award", "where": where, **bounds}

    def share_of_used(self) -> JsonObject:
        """A part of the credit that is used."""
        where = self.choose.choice(_WHERES)
        share = self._credit(where) / self.credit if self.credit else Fraction(0)
        bounds = self._bounds(share, most=Fraction(1))
        return {"share": "credit", "of": "used", "where": where, **bounds}

    def include(self) -> JsonObject:
        """Named achievements."""
        named = self.choose.sample(CODES, self.choose.randint(1, 4))
        return {"include": named, "min": self.choose.randint(1, len(named))}

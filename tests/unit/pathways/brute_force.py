"""The oracle: every subset of the credentials is looked at, straight from the rule's JSON.

It shares nothing with the search but the meaning of a rule as `docs/pathways.md` tells it. Random
cases are small, so that all 2 to the n subsets can be tried; amounts stay exact.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import Any

from app.encoding.strict_json import JsonObject
from app.pathways.candidate import Candidate
from tests.pathways import NOW, OTHER, OWN, a_candidate

CODES = "ABCDEF"
_RATES = {"SCQF": Fraction(1), "ECTS": Fraction(2), "other": Fraction(0)}
_SPANS = {"P1Y": 1, "P2Y": 2}


@dataclass(frozen=True)
class Case:
    """A rule and credentials for it."""

    rule: JsonObject
    candidates: list[Candidate]


@dataclass(frozen=True)
class Best:
    """What the oracle found: the places of the best set, and the values of all checks."""

    satisfied: bool
    ids: list[str]
    found: dict[str, Fraction | None]


# --- random cases -------------------------------------------------------------------------------


def random_case(seed: int, *, most: int = 10) -> Case:
    """A case that depends on the seed alone."""
    choose = random.Random(seed)  # noqa: S311 - the same ones each time
    amounts = choose.choice(
        [
            ["5", "10", "15", "20"],
            ["7", "9", "11", "13", "15", "17", "19"],
            ["3.125", "6.25", "12.5", "25"],
            [f"{n}/7" for n in range(20, 90)],
            [str(n) for n in range(40)],
        ]
    )
    candidates = [_candidate(choose, n, amounts) for n in range(choose.randint(0, most))]
    total = sum((amount_of(each) for each in candidates), Fraction(0))
    numbers = iter(range(100))
    require = _node(choose, numbers, total, 2)
    rule: JsonObject = {
        "award": {"name": "Award", "credits": str(max(1, int(total / 2)))},
        "creditSystem": "SCQF",
        "conversions": [{"from": "ECTS", "factor": 2, "rule": "uk-ects-2to1"}],
        "require": require,
    }
    if choose.random() < 0.15:
        rule["use"] = {"eachAchievementOnce": True}
    return Case(rule, candidates)


def _candidate(choose: random.Random, number: int, amounts: list[str]) -> Candidate:
    start = NOW - timedelta(days=choose.randrange(1500))
    return a_candidate(
        f"c{number:02}",
        choose.choice(amounts),
        scheme=choose.choice(["SCQF", "SCQF", "SCQF", "ECTS", "other"]),
        level=choose.choice([None, 9, 10, 11]),
        codes=[choose.choice(CODES)],
        issuer=choose.choice([OWN, OWN, OTHER]),
        start=choose.choice([start, start, start, None]),
        awarded=start + timedelta(days=choose.randrange(1, 200)),
    )


def _node(choose: random.Random, numbers: Iterator[int], total: Fraction, depth: int) -> Any:
    kind = choose.random()
    if depth and kind < 0.65:
        name = "all" if kind < 0.45 or depth == 1 else "any"
        length = choose.randint(1, 3)
        return {name: [_node(choose, numbers, total, depth - 1) for _ in range(length)]}
    return _leaf(choose, f"check-{next(numbers)}", total)


def _leaf(choose: random.Random, id_: str, total: Fraction) -> JsonObject:
    kinds = ["sum", "sum", "count", "award", "used", "include"]
    # A rule may ask for one window only: the first check of some rules is one.
    kind = "window" if id_ == "check-0" and choose.random() < 0.3 else choose.choice(kinds)
    if kind == "include":
        named = choose.sample(CODES, choose.randint(1, 3))
        return {"id": id_, "include": named, "min": choose.randint(1, len(named))}
    if kind == "window":
        return {"id": id_, "window": choose.choice(list(_SPANS))}
    reference = {"sum": int(total) + 1, "count": 6}.get(kind, 1)
    least = Fraction(choose.choice([0, *range(2, 13)]), 12) * reference
    most = least + Fraction(choose.randint(0, 8), 12) * reference
    if kind in ("award", "used"):
        most = min(most, Fraction(1))
    bounds = choose.choice([{"min"}, {"min"}, {"max"}, {"min", "max"}])
    leaf: JsonObject = {"id": id_, "where": _where(choose)}
    if kind in ("award", "used"):
        leaf |= {"share": "credit", "of": kind}
    else:
        leaf |= {kind: "credit" if kind == "sum" else "credential"}
    return leaf | {name: str({"min": least, "max": most}[name]) for name in bounds}


def _where(choose: random.Random) -> JsonObject:
    return choose.choice(
        [
            {},
            {"level.SCQF": {"min": choose.randint(9, 11)}},
            {"issuer": "self"},
            {"not": {"issuer": "self"}},
            {"any": [{"level.SCQF": 9}, {"issuer": OTHER}]},
            {"achievement": choose.sample(CODES, 3)},
        ]
    )


# --- every subset -------------------------------------------------------------------------------


def amount_of(candidate: Candidate) -> Fraction:
    """The credit of a credential under the rule of these cases."""
    [(scheme, value)] = candidate.credits
    return value * _RATES[scheme]


def _matches(where: JsonObject, candidate: Candidate) -> bool:
    for name, wanted in where.items():
        level = candidate.numbers.get("level.SCQF")
        if name == "any":
            holds = any(_matches(each, candidate) for each in wanted)
        elif name == "not":
            holds = not _matches(wanted, candidate)
        elif name == "issuer":
            holds = candidate.issuer == (OWN if wanted == "self" else wanted)
        elif name == "achievement":
            holds = candidate.issuer == OWN and bool(candidate.codes & set(wanted))
        elif isinstance(wanted, dict):
            holds = level is not None and level >= wanted["min"]
        else:
            holds = level == wanted
        if not holds:
            return False
    return True


def leaves_of(node: JsonObject) -> list[JsonObject]:
    """The checks of a requirement, in their order."""
    for name in ("all", "any"):
        if name in node:
            return [leaf for each in node[name] for leaf in leaves_of(each)]
    return [node]


class _Tables:
    """For each check, over all subsets: what is found, what is lacking, None for broken."""

    def __init__(self, case: Case, order: list[Candidate]) -> None:
        self.order = order
        self.size = 1 << len(order)
        self.credit = self._sums([amount_of(each) for each in order])
        self.award = Fraction(case.rule["award"]["credits"])
        self.found: dict[str, list[Fraction | None]] = {}
        self.short: dict[str, list[Fraction | None]] = {}
        for leaf in leaves_of(case.rule["require"]):
            self._fill(leaf)

    def _sums(self, values: list[Fraction]) -> list[Fraction]:
        sums = [Fraction(0)] * self.size
        for subset in range(1, self.size):
            low = subset & -subset
            sums[subset] = sums[subset ^ low] + values[low.bit_length() - 1]
        return sums

    def _fill(self, leaf: JsonObject) -> None:
        pairs: list[tuple[Fraction | None, Fraction | None]]
        if "include" in leaf:
            pairs = [self._include(leaf, subset) for subset in range(self.size)]
        elif "window" in leaf:
            pairs = [self._window(leaf, subset) for subset in range(self.size)]
        else:
            chosen = [_matches(leaf["where"], each) for each in self.order]
            count = leaf.get("count")
            sums = self._sums(
                [
                    Fraction(hit) if count else hit * amount_of(each)
                    for hit, each in zip(chosen, self.order, strict=True)
                ]
            )
            pairs = [self._amount(leaf, sums[subset], subset) for subset in range(self.size)]
        self.found[leaf["id"]] = [pair[0] for pair in pairs]
        self.short[leaf["id"]] = [pair[1] for pair in pairs]

    def _amount(
        self, leaf: JsonObject, amount: Fraction, subset: int
    ) -> tuple[Fraction, Fraction | None]:
        least, most = (Fraction(leaf[each]) if each in leaf else None for each in ("min", "max"))
        if leaf.get("of") == "award":
            amount /= self.award
        if leaf.get("of") == "used":
            if self.credit[subset] == 0:
                return Fraction(0), Fraction(0)
            amount /= self.credit[subset]
            if least is not None and amount < least:
                return amount, None
        if most is not None and amount > most:
            return amount, None
        if least is not None and amount < least:
            return amount, 1 - amount / least
        return amount, Fraction(0)

    def _include(self, leaf: JsonObject, subset: int) -> tuple[Fraction, Fraction]:
        codes = {
            code
            for index, each in enumerate(self.order)
            if subset >> index & 1 and each.issuer == OWN
            for code in each.codes
        }
        hits = Fraction(len(codes & set(leaf["include"])))
        return hits, max(Fraction(0), 1 - hits / leaf["min"])

    def _window(self, leaf: JsonObject, subset: int) -> tuple[None, Fraction | None]:
        inside = [each for index, each in enumerate(self.order) if subset >> index & 1]
        if not inside:
            return None, Fraction(0)
        starts = [each.start for each in inside if each.start]
        ends = [each.awarded for each in inside if each.awarded]
        if len(starts) < len(inside):
            return None, None
        first = min(starts)
        day = 28 if (first.month, first.day) == (2, 29) else first.day
        limit = datetime(first.year + _SPANS[leaf["window"]], first.month, day, tzinfo=UTC)
        return None, Fraction(0) if max(ends) <= limit else None


def _lacking(node: JsonObject, tables: _Tables, subset: int) -> Fraction | None:
    """What is missing of a requirement; None where it is broken."""
    if "all" in node:
        parts = [_lacking(each, tables, subset) for each in node["all"]]
        known = [part for part in parts if part is not None]
        return sum(known, Fraction(0)) if len(known) == len(parts) else None
    if "any" in node:
        ways = [_lacking(each, tables, subset) for each in node["any"]]
        return min((way for way in ways if way is not None), default=None)
    return tables.short[node["id"]][subset]


def try_every_subset(case: Case) -> Best:
    """The best of all subsets."""
    order = sorted(
        case.candidates,
        key=lambda each: (
            -amount_of(each),
            each.awarded.isoformat() if each.awarded else "",
            each.id,
        ),
    )
    tables = _Tables(case, order)
    once = case.rule.get("use", {}).get("eachAchievementOnce", False)
    best: tuple[Fraction, int, Fraction, tuple[int, ...]] | None = None
    for subset in range(tables.size):
        lacking = _lacking(case.rule["require"], tables, subset)
        if lacking is None or (best is not None and lacking > best[0]):
            continue
        places = tuple(index for index in range(len(order)) if subset >> index & 1)
        names = [(order[index].issuer, *order[index].codes) for index in places]
        if once and len(set(names)) < len(names):
            continue
        score = (lacking, len(places), tables.credit[subset], places)
        if best is None or score < best:
            best = score
    assert best is not None  # the empty set breaks nothing
    subset = sum(1 << place for place in best[3])
    return Best(
        best[0] == 0,
        [order[place].id for place in best[3]],
        {id_: values[subset] for id_, values in tables.found.items()},
    )

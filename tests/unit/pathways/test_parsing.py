"""Rules from JSON: every fault is told with its place, and nothing unknown is passed over."""

from fractions import Fraction
from typing import Any

import pytest

from app.encoding.strict_json import JsonObject
from app.errors import InvalidRequest
from app.pathways.parsing import parse_rule
from app.pathways.rules import (
    AllNodes,
    AnyNode,
    Count,
    Include,
    Reference,
    Share,
    Sum,
    Where,
    Window,
)
from tests.pathways import EXAMPLES, a_rule, day, example

TOTAL = {"id": "total", "sum": "credit", "min": 60}


def faults(rule: JsonObject) -> dict[str, str]:
    """Code by place."""
    with pytest.raises(InvalidRequest) as caught:
        parse_rule(rule)
    return {each.field: each.code for each in caught.value.findings}


@pytest.mark.parametrize("name", sorted(path.stem for path in EXAMPLES.glob("*.json")))
def test_every_worked_rule_can_be_read(name: str) -> None:
    rule = parse_rule(example(name))

    assert rule.award.name
    assert rule.sources


def test_a_rule_is_read_whole() -> None:
    rule = parse_rule(
        a_rule(
            {
                "all": [
                    TOTAL,
                    {
                        "any": [
                            {"id": "n", "count": "credential", "max": 4},
                            {"id": "s", "share": "credit", "of": "used", "min": "1/3"},
                        ]
                    },
                    {"id": "i", "include": ["A", {"achievement": "B", "issuer": "did:web:b"}]},
                    {"id": "w", "window": "P3Y"},
                ]
            },
            type="StackRule",
            version="2026",
            description="All about it.",
            articulations=[{"achievement": "C", "issuer": "self", "credits": 16}],
            use={"exclusive": True, "except": ["x"], "eachAchievementOnce": True},
            manual=[{"id": "board", "text": "Board"}],
            validFrom="2026-01-01",
            validUntil="2026-12-31",
        )
    )

    assert rule.scheme == "SCQF"
    assert rule.require == AllNodes(
        (
            Sum("total", Where(), Fraction(60), None),
            AnyNode(
                (
                    Count("n", Where(), None, Fraction(4)),
                    Share("s", Where(), Fraction(1, 3), None, of_used=True),
                )
            ),
            Include("i", (Reference("A"), Reference("B", "did:web:b")), 2),
            rule.require.nodes[3] if isinstance(rule.require, AllNodes) else rule.require,
        )
    )
    assert isinstance(rule.require, AllNodes)
    assert isinstance(rule.require.nodes[3], Window)
    assert (rule.require.nodes[3].start, rule.require.nodes[3].end) == ("start", "awarded")
    assert rule.articulations[0].reference == Reference("C")
    assert (rule.single_use, rule.reusable_after, rule.each_achievement_once) == (
        True,
        ("x",),
        True,
    )
    assert rule.valid_from == day("2026-01-01")
    assert rule.valid_until is not None
    assert rule.valid_until > day("2026-12-31")


def where(condition: Any) -> JsonObject:
    return a_rule(TOTAL, eligible=[{"id": "e", "where": condition}])


_AT = "/eligible/0/where"
_EMPTY = {f"{_AT}/level.SCQF/in": "bad_value", f"{_AT}/level.SCQF/in/0": "wrong_type"}


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ({}, {"/award": "missing_member", "/require": "missing_member"}),
        (a_rule(TOTAL, typ="x"), {"/typ": "unknown_member"}),
        (a_rule(TOTAL, type="Rule"), {"/type": "bad_value"}),
        (a_rule(TOTAL, version=2), {"/version": "wrong_type"}),
        (a_rule(TOTAL, description=" "), {"/description": "wrong_type"}),
        (a_rule(TOTAL, description="x" * 2001), {"/description": "out_of_range"}),
        (a_rule(TOTAL, award="PG Cert"), {"/award": "wrong_type"}),
        (a_rule(TOTAL, award={"name": "A", "credit": 1}), {"/award/credit": "unknown_member"}),
        (a_rule(TOTAL, award={"name": "A", "credits": -1}), {"/award/credits": "bad_value"}),
        (
            a_rule(TOTAL, award={"name": "A", "level": {}}),
            {"/award/level/framework": "missing_member"},
        ),
        (
            a_rule(TOTAL, award={"name": "A", "level": {"framework": "SCQF", "value": True}}),
            {"/award/level/value": "bad_value"},
        ),
        (
            a_rule(TOTAL, award={"name": "A", "level": {"framework": 7, "value": 7}}),
            {"/award/level/framework": "wrong_type"},
        ),
        (
            {"award": {"name": "A"}, "require": TOTAL},
            {"/creditSystem": "missing_member"},
        ),
        (
            {"award": {"name": "A"}, "require": TOTAL, "creditSystem": 7},
            {"/creditSystem": "wrong_type"},
        ),
        (
            a_rule({"id": "s", "share": "credit", "min": 0.5}, award={"name": "A"}),
            {"/award/credits": "missing_member"},
        ),
        (
            a_rule(TOTAL, validFrom="2026-02-01", validUntil="2026-01-01"),
            {"/validUntil": "out_of_range"},
        ),
        (a_rule(TOTAL, validFrom="2026-02-30"), {"/validFrom": "bad_date"}),
        (a_rule(TOTAL, validFrom=2026), {"/validFrom": "bad_date"}),
        # conversions, articulations, manual, source, use
        (a_rule(TOTAL, conversions=[]), {"/conversions": "wrong_type"}),
        (a_rule(TOTAL, conversions=[{}] * 33), {"/conversions": "out_of_range"}),
        (
            a_rule(TOTAL, conversions=[{"from": "ECTS", "factor": 2}]),
            {"/conversions/0/rule": "missing_member"},
        ),
        (
            a_rule(TOTAL, conversions=[{"from": "ECTS", "factor": "two", "rule": "r"}]),
            {"/conversions/0/factor": "bad_value"},
        ),
        (
            a_rule(TOTAL, conversions=[{"from": "ECTS", "factor": 0, "rule": "r"}]),
            {"/conversions/0/factor": "out_of_range"},
        ),
        (
            a_rule(TOTAL, articulations=[{"achievement": "A"}]),
            {"/articulations/0/credits": "missing_member"},
        ),
        (
            a_rule(TOTAL, articulations=[{"credits": 4}]),
            {"/articulations/0/achievement": "missing_member"},
        ),
        (
            a_rule(TOTAL, articulations=[{"achievement": 7, "credits": 4}]),
            {"/articulations/0/achievement": "wrong_type"},
        ),
        (
            a_rule(TOTAL, articulations=[{"achievement": "A", "issuer": "", "credits": "x"}]),
            {"/articulations/0/issuer": "wrong_type", "/articulations/0/credits": "bad_value"},
        ),
        (a_rule(TOTAL, articulations=[7]), {"/articulations/0": "wrong_type"}),
        (a_rule(TOTAL, manual=[{"id": "a b", "text": "T"}]), {"/manual/0/id": "bad_value"}),
        (a_rule(TOTAL, manual=[{"id": "a"}]), {"/manual/0/text": "missing_member"}),
        (a_rule(TOTAL, manual=[{"text": "T"}]), {"/manual/0/id": "missing_member"}),
        (
            a_rule(TOTAL, manual=[{"id": "a", "text": "T"}, {"id": "a", "text": "U"}]),
            {"/manual": "bad_value"},
        ),
        (a_rule(TOTAL, source=[{"quote": "q"}]), {"/source/0/url": "missing_member"}),
        (a_rule(TOTAL, source=[{"url": "here"}]), {"/source/0/url": "bad_url"}),
        (a_rule(TOTAL, use={"exclusive": "yes"}), {"/use/exclusive": "wrong_type"}),
        (a_rule(TOTAL, use={"except": [7]}), {"/use/except/0": "wrong_type"}),
        (a_rule(TOTAL, manual=None), {"/manual": "wrong_type"}),
        (a_rule(TOTAL, description="bell \x07"), {"/description": "bad_string"}),
        # eligibility
        (a_rule(TOTAL, eligible=[{"id": "e"}]), {"/eligible/0/where": "missing_member"}),
        (a_rule(TOTAL, eligible=[{"where": {}}]), {"/eligible/0/id": "missing_member"}),
        (
            a_rule(TOTAL, eligible=[{"id": "e", "where": {}}] * 2),
            {"/eligible": "bad_value"},
        ),
        (where("valid"), {_AT: "wrong_type"}),
        (where({"stauts": "valid"}), {f"{_AT}/stauts": "unknown_member"}),
        (where({"level.": 1}), {f"{_AT}/level.": "unknown_member"}),
        (where({"status": 7}), {f"{_AT}/status": "wrong_type"}),
        (where({"status": []}), {f"{_AT}/status": "wrong_type"}),
        (where({"status": {"in": ["valid"], "max": 1}}), {f"{_AT}/status/max": "unknown_member"}),
        (where({"assessed": "yes"}), {f"{_AT}/assessed": "wrong_type"}),
        (where({"awarded": "2026-01-01"}), {f"{_AT}/awarded": "wrong_type"}),
        (where({"awarded": {"maxAge": "5 years"}}), {f"{_AT}/awarded/maxAge": "bad_value"}),
        (where({"awarded": {"min": "soon"}}), {f"{_AT}/awarded/min": "bad_date"}),
        (where({"level.SCQF": {}}), {f"{_AT}/level.SCQF": "missing_member"}),
        (where({"level.SCQF": {"min": "high"}}), {f"{_AT}/level.SCQF/min": "bad_value"}),
        (where({"level.SCQF": {"in": [[]]}}), _EMPTY),
        (where({"percent": "A"}), {f"{_AT}/percent": "bad_value"}),
        (where({"percent": []}), {f"{_AT}/percent": "wrong_type"}),
        (where({"achievement": [7]}), {f"{_AT}/achievement/0": "wrong_type"}),
        (
            where({"achievement": {"achievement": "A", "by": "B"}}),
            {f"{_AT}/achievement/by": "unknown_member"},
        ),
        (where({"achievement": " "}), {f"{_AT}/achievement": "wrong_type"}),
        (where({"any": {}}), {f"{_AT}/any": "wrong_type"}),
        (where({"not": "this"}), {f"{_AT}/not": "wrong_type"}),
        (
            where({"not": {"not": {"not": {"not": {"not": {"issuer": "self"}}}}}}),
            {f"{_AT}/not/not/not/not/not": "too_deep"},
        ),
        (
            where({"any": [{"issuer": "self"}] * 200}),
            {f"{_AT}/any/199/issuer": "out_of_range"},
        ),
        # requirements
        (a_rule("sum"), {"/require": "bad_value"}),
        (a_rule({"id": "x"}), {"/require": "bad_value"}),
        (a_rule({"id": "x", "sum": "credit", "count": "credential"}), {"/require": "bad_value"}),
        (a_rule({"sum": "credit", "min": 1}), {"/require/id": "missing_member"}),
        (a_rule({"id": "x y", "sum": "credit", "min": 1}), {"/require/id": "bad_value"}),
        (a_rule({"id": "x", "sum": "hours", "min": 1}), {"/require/sum": "bad_value"}),
        (a_rule({"id": "x", "count": "credit", "min": 1}), {"/require/count": "bad_value"}),
        (a_rule({"id": "x", "sum": "credit"}), {"/require/min": "missing_member"}),
        (
            a_rule({"id": "x", "sum": "credit", "min": 2, "max": 1}),
            {"/require/max": "out_of_range"},
        ),
        (a_rule({"id": "x", "sum": "credit", "min": "a"}), {"/require/min": "bad_value"}),
        (
            a_rule({"id": "x", "share": "credit", "of": "me", "max": 1}),
            {"/require/of": "bad_value"},
        ),
        (a_rule({"id": "x", "share": "credit", "max": 50}), {"/require/max": "out_of_range"}),
        (a_rule({"id": "x", "include": []}), {"/require/include": "wrong_type"}),
        (a_rule({"id": "x", "include": ["A", "A"]}), {"/require/include": "bad_value"}),
        (a_rule({"id": "x", "include": ["A"], "min": 2}), {"/require/min": "out_of_range"}),
        (a_rule({"id": "x", "include": ["A"], "min": True}), {"/require/min": "out_of_range"}),
        (a_rule({"id": "x", "window": "3 years"}), {"/require/window": "bad_value"}),
        (a_rule({"id": "x", "window": "P3Y", "from": "birth"}), {"/require/from": "bad_value"}),
        (a_rule({"all": []}), {"/require/all": "wrong_type"}),
        (a_rule({"all": [TOTAL], "any": [TOTAL]}), {"/require/any": "unknown_member"}),
        (a_rule({"all": [TOTAL, TOTAL]}), {"/require/all/1/id": "bad_value"}),
        (
            a_rule({"all": [{"all": [{"all": [{"all": [{"all": [{"all": [TOTAL]}]}]}]}]}]}),
            {"/require" + "/all/0" * 6: "too_deep"},
        ),
        (
            a_rule(
                {
                    "all": [
                        {"all": [{**TOTAL, "id": f"c{n}-{m}"} for n in range(5)]} for m in range(5)
                    ]
                }
            ),
            {"/require": "out_of_range"},
        ),
        (
            a_rule(
                {
                    "all": [
                        {"any": [{**TOTAL, "id": f"c{n}-{m}"} for n in range(2)]} for m in range(5)
                    ]
                }
            ),
            {"/require": "out_of_range"},
        ),
        (
            a_rule({"all": [{"id": "a", "window": "P1Y"}, {"id": "b", "window": "P2Y"}]}),
            {"/require": "out_of_range"},
        ),
    ],
)
def test_every_fault_is_told_with_its_place(rule: JsonObject, expected: dict[str, str]) -> None:
    assert faults(rule) == expected


def test_a_hint_names_the_member_that_was_meant() -> None:
    with pytest.raises(InvalidRequest) as caught:
        parse_rule(a_rule(TOTAL, requires={}))

    assert "did you mean `require`?" in caught.value.detail


def test_two_windows_may_stand_in_two_alternatives() -> None:
    parse_rule(a_rule({"any": [{"id": "a", "window": "P1Y"}, {"id": "b", "window": "P2Y"}]}))

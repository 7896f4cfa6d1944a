"""Reading a definition policy from JSON, whoever wrote it.

Everything is checked here: members, operators, facts, kinds of values, sizes. What has been read
can be put to any facts without another look. Errors name the place by JSON pointer.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from types import MappingProxyType
from typing import Any

from app.credentials.classes import Classes, ObClass, ObjectOf, TypeForm, many, maybe, one, some
from app.credentials.conformance import (
    Reading,
    found,
    object_findings,
    pointer_to,
    raise_invalid_request,
    tree_findings,
)
from app.credentials.values import DATE_TIME, IRI, Fault, Scalar, nearest
from app.encoding.strict_json import JsonObject
from app.errors import Finding, InvalidRequest
from app.policy.conditions import (
    All,
    AnyOf,
    Condition,
    Count,
    Includes,
    Is,
    Mentions,
    Not,
    OneOf,
    Present,
    Some,
    Span,
    in_words,
)
from app.policy.definition import DefinitionPolicy, Rule, RuleLevel
from app.policy.facts import FACTS, FactKind, Kind, Normal, Value, amount_or_text
from app.policy.words import facts_of_condition, sentence_of
from app.vocabularies.amounts import amount_in

MAX_RULES = 100
MAX_CONDITIONS = 500
MAX_DEPTH = 6
MAX_VALUES = 100
MAX_TEXT = 1000

_RULE_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_ENDS = {"min": "least", "max": "most", "gt": "above", "lt": "below"}


def _text_fault(value: Any) -> Fault | None:
    if not isinstance(value, str):
        return "wrong_type", "must be a text"
    if not 0 < len(value.strip()) <= len(value) <= MAX_TEXT:
        return "bad_value", f"must have 1 to {MAX_TEXT} characters"
    return None


def _rule_id_fault(value: Any) -> Fault | None:
    if isinstance(value, str) and _RULE_ID.fullmatch(value):
        return None
    return "bad_value", "must be a short name such as learning-outcomes"


def _level_fault(value: Any) -> Fault | None:
    levels = [level.value for level in RuleLevel]
    return None if value in levels else ("bad_value", f"must be one of {', '.join(levels)}")


def _condition_fault(value: Any) -> Fault | None:
    return None if isinstance(value, dict) else ("wrong_type", "must be an object: one test")


_TEXT = Scalar(_text_fault)
_CONDITION = Scalar(_condition_fault)
_CLASSES: Classes = MappingProxyType(
    {
        "appliesTo": ObClass("appliesTo", (some("achievementType", _TEXT),), TypeForm.NONE),
        "rule": ObClass(
            "rule",
            (
                one("id", Scalar(_rule_id_fault)),
                one("level", Scalar(_level_fault)),
                maybe("applicable", _CONDITION),
                one("test", _CONDITION),
                maybe("message", _TEXT),
                maybe("source", _TEXT),
                maybe("src", _TEXT),
            ),
            TypeForm.NONE,
        ),
    }
)
_POLICY = ObClass(
    "DefinitionPolicy",
    (
        maybe("id", IRI),
        maybe("version", _TEXT),
        one("label", _TEXT),
        maybe("source", _TEXT),
        maybe("validFrom", DATE_TIME),
        maybe("appliesTo", ObjectOf("appliesTo")),
        many("rules", ObjectOf("rule")),
    ),
    TypeForm.TEXT,
)


def parse_policy(given: Any) -> DefinitionPolicy:
    """Read a policy; raises InvalidRequest with everything to mend, by JSON pointer.

    A rule's `source` may be written `src`. Without a message of its own it gets one in plain words.
    """
    raise_invalid_request(_frame_findings(given))
    reader = _Reader()
    rules = [
        reader.rule(each, f"/rules/{index}", given.get("source"))
        for index, each in enumerate(given["rules"])
    ]
    raise_invalid_request(iter(reader.findings))
    types = given.get("appliesTo", {}).get("achievementType", [])
    return DefinitionPolicy(
        id=given.get("id", ""),
        version=given.get("version", "1"),
        label=given["label"],
        achievement_types=tuple(types),
        rules=tuple(rule for rule in rules if rule is not None),
        source=given.get("source"),
    )


def _frame_findings(given: Any) -> Iterator[Finding]:
    """What is wrong with the policy around its tests."""
    wrong = list(object_findings(given, _POLICY, Reading(_CLASSES, api_input=True)))
    yield from wrong
    yield from tree_findings(given)
    if wrong:
        return
    rules = given.get("rules", [])
    if not 0 < len(rules) <= MAX_RULES:
        code = "out_of_range" if rules else "missing_member"
        yield found(code, "/rules", f"must hold 1 to {MAX_RULES} rules")
    if len(given.get("appliesTo", {}).get("achievementType", [])) > MAX_VALUES:
        yield found("out_of_range", "/appliesTo/achievementType", f"has more than {MAX_VALUES}")
    seen: set[str] = set()
    for index, rule in enumerate(rules):
        if rule["id"] in seen:
            yield found("bad_value", f"/rules/{index}/id", "stands twice: give each its own id")
        seen.add(rule["id"])
        if (rule["level"] == RuleLevel.MUST_IF_APPLICABLE.value) != ("applicable" in rule):
            sentence = "belongs to a rule of the level mustIfApplicable, and to no other"
            yield found("contradiction", f"/rules/{index}/applicable", sentence)


def _wrong(code: str, place: str, sentence: str) -> InvalidRequest:
    finding = found(code, place, sentence)
    return InvalidRequest(code, finding.detail, field=place, findings=(finding,))


class _Reader:
    """Reads the tests of one policy, counting them, and gathers what is wrong with each rule."""

    def __init__(self) -> None:
        self.findings: list[Finding] = []
        self._count = 0

    def rule(self, given: JsonObject, place: str, source: str | None) -> Rule | None:
        """One rule, or None with a finding."""
        try:
            test = self._condition(given["test"], f"{place}/test", 1)
            applicable = None
            if "applicable" in given:
                applicable = self._condition(given["applicable"], f"{place}/applicable", 1)
        except InvalidRequest as error:
            self.findings += error.findings
            return None
        return Rule(
            id=given["id"],
            level=RuleLevel(given["level"]),
            test=test,
            message=given.get("message", sentence_of(test)),
            source=str(given.get("source", given.get("src", source or ""))),
            facts=facts_of_condition(test),
            applicable=applicable,
        )

    def _condition(self, given: Any, place: str, depth: int) -> Condition:
        self._count += 1
        if self._count > MAX_CONDITIONS:
            raise _wrong("too_many_nodes", place, f"is more than {MAX_CONDITIONS} tests")
        if depth > MAX_DEPTH:
            raise _wrong("too_deep", place, f"is nested more than {MAX_DEPTH} levels deep")
        if not isinstance(given, dict):
            raise _wrong("wrong_type", place, "must be an object: one test")
        operators = [name for name in given if name in _READERS or name in _JOINING]
        if len(operators) != 1:
            known = (*_JOINING, *_READERS)
            near = nearest(next(iter(given), ""), known)
            raise _wrong("bad_value", place, f"must have exactly one of {', '.join(known)}{near}")
        operator = operators[0]
        here = pointer_to(place, operator)
        if operator in _JOINING:
            _only(given, place, operator)
            if operator == "not":
                return Not(self._condition(given["not"], here, depth + 1))
            parts = tuple(
                self._condition(part, pointer_to(here, index), depth + 1)
                for index, part in enumerate(_list(given[operator], here))
            )
            return All(parts) if operator == "all" else AnyOf(parts)
        fact = given[operator]
        if not isinstance(fact, str) or fact not in FACTS:
            near = nearest(fact, tuple(FACTS)) if isinstance(fact, str) else ""
            raise _wrong("bad_value", here, f"must name a fact{near}")
        suits, read = _READERS[operator]
        if FACTS[fact].kind not in suits:
            raise _wrong("bad_value", here, f"asks of {fact}, which is {FACTS[fact].kind.value}")
        return read(fact, given, place)


# --- Operators -----------------------------------------------------------------------------------


def _present(fact: str, given: JsonObject, place: str) -> Condition:
    _only(given, place, "present")
    return Present(fact)


def _counting(fact: str, given: JsonObject, place: str) -> Condition:
    _only(given, place, "count", "min", "max")
    return Count(fact, _span(given, place))


def _some(fact: str, given: JsonObject, place: str) -> Condition:
    _only(given, place, "some", "where")
    where = given.get("where", {})
    here = f"{place}/where"
    if not isinstance(where, dict):
        raise _wrong("wrong_type", here, "must be an object")
    members = FACTS[fact].members
    return Some(
        fact,
        tuple(
            (name, _test_of(test, pointer_to(here, name), members, name))
            for name, test in where.items()
        ),
    )


def _test_of(test: Any, place: str, members: Mapping[str, Normal], name: str) -> Span | OneOf:
    if name not in members:
        raise _wrong("unknown_member", place, f"must be one of {', '.join(members)}")
    if isinstance(test, dict):
        if members[name] is not amount_or_text:
            raise _wrong("wrong_type", place, "is a text: give one or a list of them")
        _only(test, place, *_ENDS)
        return _span(test, place)
    listed = isinstance(test, list)
    return OneOf(
        tuple(
            _value(each, members[name], pointer_to(place, index) if listed else place)
            for index, each in enumerate(_list(test, place) if listed else [test])
        )
    )


def _includes(fact: str, given: JsonObject, place: str) -> Condition:
    _only(given, place, "includes", "value")
    return Includes(fact, _single(fact, given, place))


def _mentions(fact: str, given: JsonObject, place: str) -> Condition:
    _only(given, place, "mentions", "values")
    here = f"{place}/values"
    phrases: list[str] = []
    for index, each in enumerate(_list(given.get("values"), here)):
        fault = _text_fault(each)
        if fault is None and not in_words(each):
            fault = "bad_value", "must have a word in it"
        if fault is not None:
            raise _wrong(fault[0], pointer_to(here, index), fault[1])
        phrases.append(each)
    return Mentions(fact, tuple(phrases))


def _equals(fact: str, given: JsonObject, place: str) -> Condition:
    _only(given, place, "equals", "value")
    return Is(fact, OneOf((_single(fact, given, place),)))


def _not_equals(fact: str, given: JsonObject, place: str) -> Condition:
    _only(given, place, "notEquals", "value")
    return Not(Is(fact, OneOf((_single(fact, given, place),))))


def _range(fact: str, given: JsonObject, place: str) -> Condition:
    _only(given, place, "range", *_ENDS)
    return Is(fact, _span(given, place))


def _in(fact: str, given: JsonObject, place: str) -> Condition:
    _only(given, place, "in", "values")
    here = f"{place}/values"
    values = _list(given.get("values"), here)
    return Is(
        fact,
        OneOf(
            tuple(
                _value_of(FACTS[fact], each, pointer_to(here, index))
                for index, each in enumerate(values)
            )
        ),
    )


_JOINING = ("all", "any", "not")
_READERS: Mapping[str, tuple[set[Kind], Callable[[str, JsonObject, str], Condition]]] = {
    "present": (set(Kind), _present),
    "count": ({Kind.TEXTS, Kind.ENTRIES}, _counting),
    "some": ({Kind.ENTRIES}, _some),
    "includes": ({Kind.TEXTS}, _includes),
    "mentions": ({Kind.TEXT}, _mentions),
    "equals": ({Kind.TEXT, Kind.FLAG, Kind.AMOUNT}, _equals),
    "notEquals": ({Kind.TEXT, Kind.FLAG, Kind.AMOUNT}, _not_equals),
    "range": ({Kind.AMOUNT}, _range),
    "in": ({Kind.TEXT, Kind.AMOUNT}, _in),
}


# --- Values --------------------------------------------------------------------------------------


def _only(given: JsonObject, place: str, *names: str) -> None:
    for name in given:
        if name not in names:
            sentence = f"does not belong to `{names[0]}`"
            raise _wrong("unknown_member", pointer_to(place, name), sentence)


def _list(given: Any, place: str) -> list[Any]:
    if not isinstance(given, list) or not 0 < len(given) <= MAX_VALUES:
        raise _wrong("wrong_type", place, f"must be a list of 1 to {MAX_VALUES}")
    return given


def _single(fact: str, given: JsonObject, place: str) -> Value:
    if "value" not in given:
        raise _wrong("missing_member", f"{place}/value", "is missing")
    return _value_of(FACTS[fact], given["value"], f"{place}/value")


def _value_of(kind: FactKind, given: Any, place: str) -> Value:
    if kind.kind is Kind.FLAG:
        if not isinstance(given, bool):
            raise _wrong("wrong_type", place, "must be true or false")
        return given
    if kind.kind is Kind.AMOUNT:
        return _amount(given, place)
    return _value(given, kind.normal, place)


def _value(given: Any, normal: Normal, place: str) -> Value:
    """A word in the form in which facts have it; a number only where levels and amounts stand."""
    if normal is amount_or_text and not isinstance(given, str):
        return _amount(given, place)
    fault = _text_fault(given)
    if fault is not None:
        raise _wrong(fault[0], place, fault[1])
    return normal(given)


def _span(given: JsonObject, place: str) -> Span:
    ends = {
        _ENDS[name]: _amount(end, pointer_to(place, name))
        for name, end in given.items()
        if name in _ENDS
    }
    if not ends:
        raise _wrong("missing_member", place, "needs a bound, such as `min`")
    return Span(**ends)


def _amount(given: Any, place: str) -> Fraction:
    amount = None if isinstance(given, str) else amount_in(given)
    if amount is None:
        raise _wrong("wrong_type", place, "must be a number, not below 0")
    return amount

"""Metadata policies: what superiors demand of the metadata of those below them.

OpenID Federation 1.0, section 6.1: seven operators, which of them may stand together, how a
superior's and a subordinate's are merged, and in which order they are applied. Any conflict makes
the trust chain invalid; operators that are not known are ignored unless declared critical.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from app.encoding.jcs import canonicalize_json
from app.encoding.strict_json import JsonObject
from app.errors import CheckFailed
from app.registry.entity_statements import EntityStatement

OPERATORS = ("value", "add", "default", "one_of", "subset_of", "superset_of", "essential")
"""In the order in which they are applied (section 6.1.3.1)."""

Operators = Mapping[str, Any]
Policy = dict[str, dict[str, dict[str, Any]]]
"""By entity type, metadata parameter and operator (section 6.1.2)."""

_SETS = frozenset({"add", "one_of", "subset_of", "superset_of"})
_EXCLUDE_EACH_OTHER = (("add", "one_of"), ("one_of", "subset_of"), ("one_of", "superset_of"))
_BESIDE_NULL = frozenset({"value", "essential"})


def resolve_policy(statements: Sequence[EntityStatement]) -> Policy:
    """The policy of a chain, merged from its Subordinate Statements (section 6.1.4.1).

    `statements` begin with the one of the most superior entity. Raises `CheckFailed`
    claim_not_understood, metadata_policy_invalid.
    """
    for statement in statements:
        _check_critical(statement)
    policy: Policy = {}
    for statement in statements:
        for kind, parameters in statement.member("metadata_policy").items():
            known = policy.setdefault(kind, {})
            for name, operators in _object(parameters, kind).items():
                where = f"{kind}/{name}"
                given = _read_operators(_object(operators, where), where)
                merged = _merge(known[name], given, where) if name in known else given
                _check_together(merged, where)
                known[name] = merged
    return policy


def apply_policy(policy: Policy, metadata: JsonObject) -> JsonObject:
    """The metadata as the policy makes it (section 6.1.4.2); raises metadata_policy_broken.

    A policy for an entity type that the metadata does not have has no effect.
    """
    resolved: JsonObject = {}
    for kind, parameters in metadata.items():
        resolved[kind] = dict(parameters)
        for name, operators in policy.get(kind, {}).items():
            value = _applied(operators, parameters.get(name), name, f"{kind}/{name}")
            if value is None:
                resolved[kind].pop(name, None)
            else:
                resolved[kind][name] = value
    return resolved


def _check_critical(statement: EntityStatement) -> None:
    """Section 3.1.3, metadata_policy_crit: we know no operators but the standard ones."""
    critical = statement.claims.get("metadata_policy_crit")
    if critical is not None:
        raise CheckFailed(
            "claim_not_understood",
            f"the policy operators {str(critical)[:120]} must be understood and are not",
            field=f"{statement.place}/metadata_policy_crit",
        )


# --- Reading and merging -------------------------------------------------------------------------


def _read_operators(given: JsonObject, where: str) -> dict[str, Any]:
    """The operators that we know, in their order, each with a value of its kind."""
    operators = {name: given[name] for name in OPERATORS if name in given}
    for name, value in operators.items():
        if name in _SETS:
            right = isinstance(value, list) and all(_is_comparable(each) for each in value)
        elif name == "essential":
            right = isinstance(value, bool)
        else:
            right = value is not None or name == "value"
        if not right:
            raise _invalid(f"{name} has a value of the wrong kind", where)
    _check_together(operators, where)
    return operators


def _merge(superior: Operators, subordinate: Operators, where: str) -> dict[str, Any]:
    """One policy that is no laxer than either (section 6.1.3.1, operator value merge)."""
    merged = {**subordinate, **superior}
    for name in superior.keys() & subordinate.keys():
        merged[name] = _MERGERS[name](superior[name], subordinate[name])
        if name in ("value", "default") and not _same(merged[name], subordinate[name]):
            raise _invalid(f"two superiors set {name} differently", where)
        if name == "one_of" and not merged[name]:
            raise _invalid("two superiors leave nothing to choose in one_of", where)
    return {name: merged[name] for name in OPERATORS if name in merged}


def _check_together(operators: Operators, where: str) -> None:
    """Which operators may stand side by side, and with which values (section 6.1.3.1)."""
    for pair in _EXCLUDE_EACH_OTHER:
        if operators.keys() >= set(pair):
            raise _invalid(f"{pair[0]} and {pair[1]} exclude each other", where)
    if "value" in operators:
        _check_value(operators, where)
    for smaller, larger in (("add", "subset_of"), ("superset_of", "subset_of")):
        if operators.keys() >= {smaller, larger} and not _within(
            operators[smaller], operators[larger]
        ):
            raise _invalid(f"{smaller} goes beyond {larger}", where)


def _check_value(operators: Operators, where: str) -> None:
    value = operators["value"]
    if value is None:
        if operators.keys() - _BESIDE_NULL or operators.get("essential"):
            raise _invalid("what is removed (value null) can meet no other operator", where)
        return
    held: tuple[tuple[str, bool], ...] = (
        ("one_of", _within([value], operators.get("one_of", [value]))),
        ("add", _holds(value, operators.get("add"))),
        ("superset_of", _holds(value, operators.get("superset_of"))),
        ("subset_of", _is_held(value, operators.get("subset_of"))),
    )
    for name, right in held:
        if not right:
            raise _invalid(f"value contradicts {name}", where)


def _holds(value: Any, parts: list[Any] | None) -> bool:
    return parts is None or (isinstance(value, list) and _within(parts, value))


def _is_held(value: Any, whole: list[Any] | None) -> bool:
    return whole is None or (isinstance(value, list) and _within(value, whole))


# --- Application ---------------------------------------------------------------------------------


def _applied(operators: Operators, given: Any, name: str, where: str) -> Any:
    """The parameter after its operators; None where it is absent (there is no null)."""
    # Section 6.1.3.1.8: `scope` is a text of words, and is handled as a list of them.
    words = name == "scope" and isinstance(given, str)
    value = given.split() if words else given
    for operator, operand in operators.items():
        value = _APPLIERS[operator](value, operand, where)
    if name == "scope" and isinstance(value, list):
        return " ".join(map(str, value))
    return value


def _add(value: Any, operand: list[Any], where: str) -> Any:
    return _union(_list(value, where), operand)


def _one_of(value: Any, operand: list[Any], where: str) -> Any:
    if value is not None and not _within([value], operand):
        raise _broken("it is not one of those that a superior allows", where)
    return value


def _subset_of(value: Any, operand: list[Any], where: str) -> Any:
    return None if value is None else _intersection(_list(value, where), operand)


def _superset_of(value: Any, operand: list[Any], where: str) -> Any:
    if value is not None and not _within(operand, _list(value, where)):
        raise _broken("it lacks what a superior demands", where)
    return value


def _essential(value: Any, operand: bool, where: str) -> Any:
    if operand and value is None:
        raise _broken("it is missing, and a superior demands it", where)
    return value


def _list(value: Any, where: str) -> list[Any]:
    if value is None:
        return []
    if not isinstance(value, list) or not all(_is_comparable(each) for each in value):
        raise _broken("it is not a list, as its policy needs it to be", where)
    return value


_APPLIERS: Mapping[str, Callable[[Any, Any, str], Any]] = {
    "value": lambda _value, operand, _where: operand,
    "add": _add,
    "default": lambda value, operand, _where: operand if value is None else value,
    "one_of": _one_of,
    "subset_of": _subset_of,
    "superset_of": _superset_of,
    "essential": _essential,
}


# --- Sets of JSON values -------------------------------------------------------------------------


def _union(one: list[Any], other: list[Any]) -> list[Any]:
    return list({canonicalize_json(each): each for each in (*one, *other)}.values())


def _intersection(one: list[Any], other: list[Any]) -> list[Any]:
    kept = {canonicalize_json(each) for each in other}
    return [each for each in one if canonicalize_json(each) in kept]


def _within(part: list[Any], whole: list[Any]) -> bool:
    return {canonicalize_json(each) for each in part} <= {canonicalize_json(e) for e in whole}


def _same(one: Any, other: Any) -> bool:
    return canonicalize_json(one) == canonicalize_json(other)


def _is_comparable(value: Any) -> bool:
    return isinstance(value, str | int | float | dict) and not isinstance(value, bool)


_MERGERS: Mapping[str, Callable[[Any, Any], Any]] = {
    "value": lambda one, _other: one,
    "default": lambda one, _other: one,
    "add": _union,
    "superset_of": _union,
    "one_of": _intersection,
    "subset_of": _intersection,
    "essential": lambda one, other: one or other,
}


def _object(value: Any, where: str) -> JsonObject:
    if not isinstance(value, dict):
        raise _invalid("an object is needed here", where)
    return value


def _invalid(reason: str, where: str) -> CheckFailed:
    return CheckFailed("metadata_policy_invalid", f"{where[:120]}: {reason}")


def _broken(reason: str, where: str) -> CheckFailed:
    return CheckFailed("metadata_policy_broken", f"{where[:120]}: {reason}")

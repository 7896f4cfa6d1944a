"""Reading `require`: a tree of `all` and `any` whose leaves are the checks of a rule."""

from fractions import Fraction
from typing import Any

from app.encoding.strict_json import JsonObject
from app.pathways.conditions import ConditionReader
from app.pathways.durations import Span
from app.pathways.paths import DATES
from app.pathways.reading import Sheet
from app.pathways.rules import (
    AllNodes,
    AnyNode,
    Check,
    Count,
    Include,
    Node,
    Share,
    Sum,
    Where,
    Window,
    alternatives_of,
    checks_of,
    count_alternatives,
)

_DEEPEST = 6
_MOST_NODES = 24
_MOST_ACHIEVEMENTS = 100
_MOST_CHECKS = 24
_MOST_ALTERNATIVES = 16
# Two windows at once would have to be tried in every combination.
_MOST_WINDOWS = 1

# The leaves, by the member that names their kind.
_LEAVES = {
    "sum": ("id", "sum", "where", "min", "max"),
    "count": ("id", "count", "where", "min", "max"),
    "share": ("id", "share", "of", "where", "min", "max"),
    "include": ("id", "include", "min"),
    "window": ("id", "window", "from", "to"),
}


def read_requirement(conditions: ConditionReader, value: Any, pointer: str) -> Node:
    """The tree in a JSON value; faults are noted, and then what is returned means nothing."""
    sheet = conditions.sheet
    node = _node(conditions, value, pointer, 1) or AllNodes(())
    checks = list(checks_of(node))
    if len(checks) > _MOST_CHECKS:
        sheet.fault("out_of_range", pointer, f"may have at most {_MOST_CHECKS} checks")
    elif count_alternatives(node) > _MOST_ALTERNATIVES:
        sheet.fault(
            "out_of_range", pointer, f"may be satisfied in at most {_MOST_ALTERNATIVES} ways"
        )
    elif any(_windows(way) > _MOST_WINDOWS for way in alternatives_of(node)):
        sheet.fault("out_of_range", pointer, "may ask for one window of time at once")
    return node


def _windows(way: tuple[Check, ...]) -> int:
    return sum(isinstance(check, Window) for check in way)


def _node(conditions: ConditionReader, value: Any, pointer: str, depth: int) -> Node | None:
    sheet = conditions.sheet
    if depth > _DEEPEST:
        sheet.fault("too_deep", pointer, f"may be nested at most {_DEEPEST} deep")
        return None
    for name, kind in (("all", AllNodes), ("any", AnyNode)):
        if isinstance(value, dict) and name in value:
            members = sheet.members(value, pointer, (name,), f"`{name}` of several requirements")
            nodes = [
                _node(conditions, item, place, depth + 1)
                for item, place in sheet.items(members[name], f"{pointer}/{name}", _MOST_NODES)
            ]
            return kind(tuple(node for node in nodes if node is not None))
    return _leaf(conditions, value, pointer)


def _leaf(conditions: ConditionReader, value: Any, pointer: str) -> Check | None:
    sheet = conditions.sheet
    kinds = [name for name in _LEAVES if isinstance(value, dict) and name in value]
    if len(kinds) != 1:
        sheet.fault(
            "bad_value",
            pointer,
            "must be one of `all`, `any`, `sum`, `count`, `share`, `include` and `window`",
        )
        return None
    kind = kinds[0]
    members = sheet.members(value, pointer, _LEAVES[kind], f"a check of the kind {kind}")
    if not sheet.required(members, "id", pointer):
        return None
    id_ = sheet.id(members["id"], f"{pointer}/id")
    if id_ is None:
        return None
    conditions.check_ids.append((id_, f"{pointer}/id"))
    if kind == "include":
        return _include(conditions, id_, members, pointer)
    if kind == "window":
        return _window(sheet, id_, members, pointer)
    return _amount(conditions, kind, id_, members, pointer)


def _amount(
    conditions: ConditionReader, kind: str, id_: str, members: JsonObject, pointer: str
) -> Check:
    sheet = conditions.sheet
    of = "credential" if kind == "count" else "credit"
    if members[kind] != of:
        sheet.fault("bad_value", f"{pointer}/{kind}", f"must be `{of}`")
    where = Where()
    if "where" in members:
        where = conditions.where(members["where"], f"{pointer}/where")
    most = 1 if kind == "share" else None
    least, greatest = (
        sheet.amount(members[name], f"{pointer}/{name}", most=most) if name in members else None
        for name in ("min", "max")
    )
    _check_bounds(sheet, members, least, greatest, pointer)
    if kind == "sum":
        return Sum(id_, where, least, greatest)
    if kind == "count":
        return Count(id_, where, least, greatest)
    if members.get("of", "award") not in ("award", "used"):
        sheet.fault("bad_value", f"{pointer}/of", "must be `award` or `used`")
    return Share(id_, where, least, greatest, members.get("of", "award") == "used")


def _check_bounds(
    sheet: Sheet,
    members: JsonObject,
    least: Fraction | None,
    most: Fraction | None,
    pointer: str,
) -> None:
    if "min" not in members and "max" not in members:
        sheet.fault("missing_member", f"{pointer}/min", "is missing, and so is `max`")
    elif least is not None and most is not None and most < least:
        sheet.fault("out_of_range", f"{pointer}/max", "must not be less than `min`")


def _include(
    conditions: ConditionReader, id_: str, members: JsonObject, pointer: str
) -> Include | None:
    sheet = conditions.sheet
    named = sheet.each(members, "include", pointer, _MOST_ACHIEVEMENTS, conditions.reference)
    if len(set(named)) < len(named):
        sheet.fault("bad_value", f"{pointer}/include", "names an achievement twice")
    least = members.get("min", len(named))
    if isinstance(least, bool) or not isinstance(least, int) or not 0 < least <= len(named):
        if named:
            sheet.fault(
                "out_of_range", f"{pointer}/min", f"must be a whole number from 1 to {len(named)}"
            )
        return None
    return Include(id_, named, least)


def _window(sheet: Sheet, id_: str, members: JsonObject, pointer: str) -> Window | None:
    span: Span | None = sheet.span(members["window"], f"{pointer}/window")
    start, end = members.get("from", "start"), members.get("to", "awarded")
    for name, value in (("from", start), ("to", end)):
        if value not in DATES:
            sheet.fault("bad_value", f"{pointer}/{name}", "must be `start` or `awarded`")
    return None if span is None else Window(id_, span, start, end)

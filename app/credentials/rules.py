"""The rules of OB 3.0 that stand in prose, per class; the tables in `classes.py` cannot say them.

Each rule is handed one object and whether it came as API input, and answers with (code, path below
the object, rest of the sentence). It is run beside the table, so it must bear any value; what has
the wrong type is the table's finding.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from typing import Any

from app.credentials.values import datetime_fault
from app.encoding.dates import parse_datetime
from app.encoding.strict_json import JsonObject

Broken = tuple[str, tuple[str | int, ...], str]
Rule = Callable[[JsonObject, bool], Iterator[Broken]]

# Result types whose values are numbers: bounds can be compared (OB 3.0 ResultType).
# A tuple, for a stranger's resultType may be anything, and sets take only what can be hashed.
_NUMERIC = (
    "GradePointAverage",
    "Percent",
    "PredictedScore",
    "RawScore",
    "RubricScore",
    "ScaledScore",
)
_DECIMAL = re.compile(r"[+-]?\d{1,30}(\.\d{1,30})?", re.ASCII)


def objects(value: Any) -> list[JsonObject]:
    """The objects in a member that holds one or many."""
    items = value if isinstance(value, list) else [value]
    return [item for item in items if isinstance(item, dict)]


def _texts(value: Any) -> list[str]:
    items = value if isinstance(value, list) else [value]
    return [item for item in items if isinstance(item, str)]


def _number(value: Any, result_type: Any) -> Decimal | None:
    """The number a result's text stands for; `85%` is one for a Percent."""
    if not isinstance(value, str):
        return None
    text = value.strip().removesuffix("%") if result_type == "Percent" else value.strip()
    return Decimal(text) if _DECIMAL.fullmatch(text) else None


def _criteria(criteria: JsonObject, api_input: bool) -> Iterator[Broken]:
    """Criteria without any content say nothing; the public validator calls it an error."""
    if "id" not in criteria and "narrative" not in criteria:
        yield "missing_member", (), "needs a `narrative` or an `id`"


def _subject(subject: JsonObject, api_input: bool) -> Iterator[Broken]:
    """OB 3.0 B.1.4: `id` or at least one `identifier`; results belong to the achievement."""
    if "id" not in subject and not objects(subject.get("identifier")):
        yield "missing_member", (), "needs an `id` or at least one `identifier`"
    achievement = subject.get("achievement")
    if isinstance(achievement, dict):
        for code, names, sentence in results_broken(subject.get("result"), achievement):
            yield code, ("result", *names), sentence


def results_broken(results: Any, achievement: JsonObject) -> Iterator[Broken]:
    """Everything in `results` that contradicts the achievement's result descriptions."""
    descriptions = {
        description["id"]: description
        for description in objects(achievement.get("resultDescription"))
        if isinstance(description.get("id"), str)
    }
    if not isinstance(results, list):
        return
    for index, result in enumerate(results):
        if isinstance(result, dict):
            for code, names, sentence in _result_broken(result, descriptions):
                yield code, (index, *names), sentence


def _result_broken(result: JsonObject, descriptions: Mapping[str, JsonObject]) -> Iterator[Broken]:
    linked = result.get("resultDescription")
    level = result.get("achievedLevel")
    if not isinstance(linked, str):
        levels = [each for d in descriptions.values() for each in _level_ids(d)]
        if isinstance(level, str) and level not in levels:
            yield "bad_value", ("achievedLevel",), "is not a level of this achievement"
        return
    description = descriptions.get(linked)
    if description is None:
        yield "bad_value", ("resultDescription",), "is not a result of this achievement"
        return
    if description.get("resultType") == "Status" and "status" not in result:
        yield "missing_member", ("status",), "is missing: this result is a status"
    if isinstance(level, str) and level not in _level_ids(description):
        yield "bad_value", ("achievedLevel",), "is not a level of this result"
    if isinstance(result.get("value"), str):
        yield from _value_broken(result["value"], description)


def _level_ids(description: JsonObject) -> list[str]:
    levels = objects(description.get("rubricCriterionLevel"))
    return [level["id"] for level in levels if isinstance(level.get("id"), str)]


def _value_broken(value: str, description: JsonObject, member: str = "value") -> Iterator[Broken]:
    """A value must be an allowed one, and a numeric one must keep within its bounds."""
    allowed = _texts(description.get("allowedValue"))
    if allowed and value not in allowed:
        yield "bad_value", (member,), "must be one of " + ", ".join(allowed)
        return
    result_type = description.get("resultType")
    least = _number(description.get("valueMin"), result_type)
    most = _number(description.get("valueMax"), result_type)
    if result_type not in _NUMERIC or (least is None and most is None):
        return
    number = _number(value, result_type)
    if number is None:
        yield "bad_value", (member,), "must be a number such as 72.5"
    elif least is not None and number < least:
        yield "out_of_range", (member,), f"is below the least value, {least}"
    elif most is not None and number > most:
        yield "out_of_range", (member,), f"is above the greatest value, {most}"


def _achievement(achievement: JsonObject, api_input: bool) -> Iterator[Broken]:
    """A result names its description and level by id, so no id may stand twice."""
    if not api_input:
        return
    seen: set[str] = set()
    for index, description in enumerate(objects(achievement.get("resultDescription"))):
        here: tuple[str | int, ...] = ("resultDescription", index)
        places = [(description.get("id"), (*here, "id"))]
        for number, level in enumerate(objects(description.get("rubricCriterionLevel"))):
            places.append((level.get("id"), (*here, "rubricCriterionLevel", number, "id")))
        for identifier, path in places:
            if isinstance(identifier, str):
                if identifier in seen:
                    yield "bad_value", path, "stands twice: give each its own id"
                seen.add(identifier)


def _result_description(description: JsonObject, api_input: bool) -> Iterator[Broken]:
    """A description must not ask for what its own values rule out (asked of API input only)."""
    if not api_input:
        return
    result_type = description.get("resultType")
    if result_type in _NUMERIC:
        for member in ("valueMin", "valueMax"):
            bound = description.get(member)
            if isinstance(bound, str) and _number(bound, result_type) is None:
                yield "bad_value", (member,), "must be a number such as 72.5"
    least = _number(description.get("valueMin"), result_type)
    most = _number(description.get("valueMax"), result_type)
    if least is not None and most is not None and least > most:
        yield "out_of_range", ("valueMax",), "is below `valueMin`"
    required = description.get("requiredValue")
    if isinstance(required, str):
        yield from _value_broken(required, description, "requiredValue")
    level = description.get("requiredLevel")
    if isinstance(level, str) and level not in _level_ids(description):
        yield "bad_value", ("requiredLevel",), "must be the id of one of the rubric levels"


def _result(result: JsonObject, api_input: bool) -> Iterator[Broken]:
    """OB 3.0 lets a result say nothing at all; the API does not."""
    if api_input and not result.keys() & {"value", "achievedLevel", "status"}:
        yield "missing_member", (), "needs a `value`, an `achievedLevel` or a `status`"


def _evidence(evidence: JsonObject, api_input: bool) -> Iterator[Broken]:
    """OB 3.0 lets evidence say nothing at all; the API does not."""
    if api_input and not evidence.keys() - {"type"}:
        yield "missing_member", (), "needs an `id` (its link) or a `narrative`"


def _recipient(recipient: JsonObject, api_input: bool) -> Iterator[Broken]:
    """One way to say who it is, so that no two can contradict each other."""
    if len(recipient.keys() & {"email", "did", "identifier"}) != 1:
        yield "bad_value", (), "needs exactly one of `email`, `did` and `identifier`"


def _issue_request(request: JsonObject, api_input: bool) -> Iterator[Broken]:
    """Periods must not end before they begin."""
    for begin, end in (("valid_from", "valid_until"), ("activity_start", "activity_end")):
        if datetime_fault(request.get(begin)) or datetime_fault(request.get(end)):
            continue
        if parse_datetime(request[end]) < parse_datetime(request[begin]):
            yield "out_of_range", (end,), f"is before `{begin}`"


RULES: Mapping[str, Rule] = {
    "Criteria": _criteria,
    "AchievementSubject": _subject,
    "Achievement": _achievement,
    "ResultDescription": _result_description,
    "Result": _result,
    "Evidence": _evidence,
    "recipient": _recipient,
    "request": _issue_request,
}

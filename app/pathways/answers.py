"""The answer of an evaluation as JSON; amounts are numbers wherever JSON has them exactly."""

from fractions import Fraction
from typing import Any

from app.encoding.dates import format_datetime
from app.encoding.strict_json import JsonObject
from app.pathways.checking import CheckResult
from app.pathways.evaluation import Evaluation
from app.pathways.rules import Include, Window
from app.pathways.words import RuleWords
from app.vocabularies.amounts import amount_text


def evaluation_json(words: RuleWords, evaluation: Evaluation) -> JsonObject:
    """Everything that an evaluation of a rule says, by the names of the API."""
    counted = list(zip(evaluation.used, evaluation.counted, strict=True))
    return {
        "satisfied": evaluation.satisfied,
        "used": [each.id for each in evaluation.used],
        "counted": [
            {"credential": each.id, "name": each.name, "credit": number_json(count.amount)}
            for each, count in counted
        ],
        "checks": [_check_json(result) for result in evaluation.checks],
        "missing": [
            {"id": result.check.id, "text": words.missing(result)} for result in evaluation.missing
        ],
        "spare": [each.id for each in evaluation.spare],
        "excluded": [
            {"credential": each.candidate.id, "rule": each.rule, "reason": each.reason}
            for each in evaluation.excluded
        ],
        "conversions": [
            {
                "credential": each.id,
                "from": count.scheme,
                "value": None if count.native is None else number_json(count.native),
                "credit": number_json(count.amount),
                "rule": count.rule,
                "others": [
                    {"rule": rule, "credit": number_json(amount)} for rule, amount in count.others
                ],
            }
            for each, count in counted
            if count.rule is not None
        ],
        "manual": [{"id": each.id, "text": each.text} for each in evaluation.manual],
        "in_force": evaluation.in_force,
        "exact": evaluation.exact,
    }


def number_json(amount: Fraction) -> int | float | str:
    """A number where it is exact in JSON, else a text such as `10/3`."""
    if amount.denominator == 1:
        return amount.numerator
    text = amount_text(amount)
    return text if "/" in text else float(text)


def _check_json(result: CheckResult) -> JsonObject:
    return {
        "id": result.check.id,
        "required": _required_json(result),
        "found": _found_json(result),
        "passed": result.passed,
        "needed": result.needed,
    }


def _required_json(result: CheckResult) -> JsonObject:
    check = result.check
    if isinstance(check, Window):
        return {"window": check.span.text}
    if isinstance(check, Include):
        names = [each.achievement for each in check.achievements]
        return {"include": names, "min": check.least}
    bounds = {"min": check.least, "max": check.most}
    return {name: number_json(each) for name, each in bounds.items() if each is not None}


def _found_json(result: CheckResult) -> Any:
    if not isinstance(result.check, Window):
        return number_json(result.amount or Fraction(0))
    if result.first is None or result.last is None:
        return None
    return {"from": format_datetime(result.first), "to": format_datetime(result.last)}

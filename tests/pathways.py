"""What the tests of pathways build their cases from."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from fractions import Fraction
from typing import Any

from app.encoding.strict_json import JsonObject
from app.pathways.candidate import Candidate
from app.pathways.evaluation import Evaluation, Use, evaluate
from app.pathways.matching import Home
from app.pathways.parsing import parse_rule
from app.pathways.paths import text_key
from app.settings import PROJECT

NOW = datetime(2026, 6, 1, tzinfo=UTC)
OWN = "did:web:badges.inverbrae.example:issuers:inverbrae"
OTHER = "did:web:badges.elsewhere.example"
HOME = Home(OWN, frozenset({"https://badges.inverbrae.example/pathways/p"}))
EXAMPLES = PROJECT / "docs" / "examples" / "pathways"


def day(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def example(name: str) -> JsonObject:
    """One of the worked rules."""
    document: JsonObject = json.loads((EXAMPLES / f"{name}.json").read_text(encoding="utf-8"))
    return document


def a_rule(require: Any, **members: Any) -> JsonObject:
    """A small rule that reckons in SCQF credits."""
    award = {"name": "Certificate", "credits": 60}
    return {"award": award, "creditSystem": "SCQF", "require": require, **members}


def a_candidate(
    id_: str,
    credit: str | int | None = None,
    *,
    scheme: str = "SCQF",
    level: int | None = None,
    framework: str = "SCQF",
    codes: Sequence[str] = (),
    numbers: dict[str, str] | None = None,
    texts: dict[str, list[str]] | None = None,
    **members: Any,
) -> Candidate:
    """A verified credential of our own institution, awarded this January."""
    found = {path: Fraction(value) for path, value in (numbers or {}).items()}
    if level is not None:
        found[f"level.{framework}"] = Fraction(level)
    values: dict[str, Any] = {
        "issuer": OWN,
        "awarded": day("2026-01-20"),
        "assessed": True,
        "credits": () if credit is None else ((scheme, Fraction(credit)),),
        "codes": frozenset(codes),
        "numbers": found,
        "texts": {
            path: frozenset(text_key(path, word) for word in words)
            for path, words in (texts or {}).items()
        },
    }
    return Candidate(id_, **{**values, **members})


def answer(
    rule: JsonObject,
    *candidates: Candidate,
    now: datetime = NOW,
    used: dict[str, tuple[Use, ...]] | None = None,
) -> Evaluation:
    """The evaluation of a rule's JSON."""
    return evaluate(parse_rule(rule), candidates, now=now, home=HOME, used=used)


def ids(candidates: Sequence[Candidate]) -> list[str]:
    return [each.id for each in candidates]


def found(evaluation: Evaluation, check: str) -> Fraction | None:
    """What was found for a check."""
    [result] = [each for each in evaluation.checks if each.check.id == check]
    return result.amount

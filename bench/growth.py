"""How issuing grows with a badge: more skills, more results, longer texts, more blank nodes."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from app.encoding.strict_json import JsonObject, dump_json, parse_object
from bench.example import Example
from bench.works import issue_with

SKILLS = (3, 10, 30, 100, 200)
RESULTS = (2, 10, 30, 60)
CHARACTERS = (1_000, 10_000, 100_000, 200_000)
EVIDENCE = (1, 10, 30, 100, 200, 400)

Curves = Mapping[str, Sequence[tuple[float, float]]]
"""By name: points, each of a size and of milliseconds of processor time to issue a badge of it."""


def by_bytes(example: Example, *, repeats: int, points: int | None) -> Curves:
    """The size is the badge's in bytes; the first `points` of each curve, or all."""
    document = parse_object(example.unsecured)
    families = {
        "skills": _with_skills(document),
        "equal results": _with_results(document),
        "text": _with_text(document),
    }
    measure = _measure(example, repeats)
    return {
        name: [(float(len(dump_json(each))), measure(each)) for each in islice(family, points)]
        for name, family in families.items()
    }


def by_blank_nodes(example: Example, *, repeats: int, points: int | None) -> Curves:
    """The size is the number of pieces of evidence without an id, each a blank node."""
    document = parse_object(example.unsecured)
    measure = _measure(example, repeats)
    return {
        "different": [
            (float(n), measure(_with_evidence(document, range(n)))) for n in EVIDENCE[:points]
        ],
        "equal": [
            (float(n), measure(_with_evidence(document, [0] * n))) for n in EVIDENCE[:points]
        ],
    }


def _measure(example: Example, repeats: int) -> Callable[[JsonObject], float]:
    issue = issue_with(example, "eddsa-rdfc-2022")

    def measure(document: JsonObject) -> float:
        text = dump_json(document)
        issue(text)
        began = time.process_time()
        for _ in range(repeats):
            issue(text)
        return (time.process_time() - began) / repeats * 1000

    return measure


def _with_skills(document: JsonObject) -> Iterator[JsonObject]:
    for count in SKILLS:
        yield _with_achievement(
            document,
            alignment=[
                {
                    "type": ["Alignment"],
                    "targetName": f"Skill {number}",
                    "targetUrl": f"https://skills.example/{number}",
                }
                for number in range(count)
            ],
        )


def _with_results(document: JsonObject) -> Iterator[JsonObject]:
    for count in RESULTS:
        subject = document["credentialSubject"]
        yield {
            **document,
            "credentialSubject": {
                **subject,
                "result": [{"type": ["Result"], "value": "A"}] * count,
            },
        }


def _with_text(document: JsonObject) -> Iterator[JsonObject]:
    for count in CHARACTERS:
        yield _with_achievement(document, criteria={"narrative": "Learning. " * (count // 10)})


def _with_evidence(document: JsonObject, numbers: Sequence[int]) -> JsonObject:
    evidence = [{"type": ["Evidence"], "name": f"Piece {number}"} for number in numbers]
    return {**document, "evidence": evidence}


def _with_achievement(document: JsonObject, **members: Any) -> JsonObject:
    subject = document["credentialSubject"]
    achievement = {**subject["achievement"], **members}
    return {**document, "credentialSubject": {**subject, "achievement": achievement}}

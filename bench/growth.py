"""How issuing grows with a badge: more skills, more results, longer texts."""

import time
from collections.abc import Callable, Iterator
from typing import Any

from app.encoding.strict_json import JsonObject, dump_json, parse_object
from bench.example import Example
from bench.works import issue_with

SKILLS = (3, 10, 30, 100, 200)
RESULTS = (2, 10, 30, 60)
CHARACTERS = (1_000, 10_000, 100_000, 200_000)


def curves(example: Example, repeats: int) -> dict[str, list[tuple[float, float]]]:
    """By name: the size of the badge in bytes, and milliseconds of processor time to issue it."""
    issue = issue_with(example, "eddsa-rdfc-2022")
    document = parse_object(example.unsecured)
    return {
        "skills": [_point(issue, each, repeats) for each in _with_skills(document)],
        "equal results": [_point(issue, each, repeats) for each in _with_results(document)],
        "text": [_point(issue, each, repeats) for each in _with_text(document)],
    }


def _point(
    issue: Callable[[bytes], bytes], document: JsonObject, repeats: int
) -> tuple[float, float]:
    text = dump_json(document)
    issue(text)
    began = time.process_time()
    for _ in range(repeats):
        issue(text)
    return float(len(text)), (time.process_time() - began) / repeats * 1000


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


def _with_achievement(document: JsonObject, **members: Any) -> JsonObject:
    subject = document["credentialSubject"]
    achievement = {**subject["achievement"], **members}
    return {**document, "credentialSubject": {**subject, "achievement": achievement}}

"""The sentences of rules that have none of their own."""

from typing import Any

import pytest

from app.policy.parsing import parse_policy

SENTENCES: list[tuple[dict[str, Any], str]] = [
    ({"count": "learningOutcomes", "min": 1}, "learning outcomes (`microcredential.outcomes`)"),
    (
        {"count": "skills", "min": 2, "max": 5},
        "skills, their number at least 2 and at most 5 (`microcredential.skills`)",
    ),
    (
        {"some": "credit", "where": {"scheme": ["SCQF", "ECTS"], "value": {"gt": 0, "lt": 60}}},
        "credit, scheme being `SCQF` or `ECTS`, value more than 0 and less than 60 "
        "(`microcredential.credit`)",
    ),
    ({"some": "level", "where": {"value": 7}}, "level, value being 7 (`microcredential.level`)"),
    ({"some": "skills"}, "skills (`microcredential.skills`)"),
    (
        {"includes": "stackability", "value": "stackable"},
        "stackability with `stackable` among it (`microcredential.stackability`)",
    ),
    ({"mentions": "title", "values": ["law"]}, "a title with `law` in it (`name`)"),
    ({"not": {"present": "title"}}, "no statement of a title (`name`)"),
    (
        {"not": {"count": "skills", "min": 2}},
        "not skills, their number at least 2 (`microcredential.skills`)",
    ),
    (
        {"not": {"mentions": "title", "values": ["National", "New Zealand"]}},
        "a title without `National` or `New Zealand` in it (`name`)",
    ),
    (
        {"equals": "isFullAward", "value": False},
        "whether it is a full award being false (`microcredential.full_award`)",
    ),
    (
        {"notEquals": "isFullAward", "value": True},
        "whether it is a full award not being true (`microcredential.full_award`)",
    ),
    (
        {"present": "issuer.country"},
        "the issuer's country (`address.addressCountryCode` of the issuer's profile)",
    ),
    (
        {
            "all": [
                {"present": "title"},
                {"any": [{"present": "title"}, {"present": "supervision"}]},
            ]
        },
        "a title and a title or supervision and identity checks "
        "(`name`, `microcredential.supervision`)",
    ),
]


@pytest.mark.parametrize(("test", "words"), SENTENCES)
def test_a_test_is_told_in_words(test: dict[str, Any], words: str) -> None:
    rule = {"id": "r", "level": "must", "test": test}
    policy = parse_policy({"label": "Ours", "rules": [rule]})
    assert policy.rules[0].message == f"This is asked for: {words}."

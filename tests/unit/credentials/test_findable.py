"""What an achievement can be found by."""

import pytest

from app.credentials.findable import Value, search_text, searchable, values_to_filter_by
from app.credentials.learning import read_learning
from app.encoding.strict_json import JsonObject
from tests.microcredentials import Example, a_definition, a_microcredential, a_request

EXAMPLE = Example(a_definition(a_microcredential()), a_request(), "GB").achievement()


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Édinburgh", "edinburgh"),
        ("  STRASSE\n\tund  Straße ", "strasse und strasse"),
        ("a\u202eb\x00c", "abc"),
        ("ﬁne Ⅻ", "fine xii"),
        ("\u0301\x07", ""),
    ],
)
def test_texts_are_compared_without_case_accents_or_tricks(text: str, found: str) -> None:
    assert searchable(text) == found


def _aligned(kind: str, **members: str) -> JsonObject:
    return {"type": ["Alignment"], "targetType": kind, "targetUrl": "https://x.example", **members}


def test_what_no_vocabulary_knows_is_no_value_and_does_no_harm() -> None:
    achievement = {
        "name": "Badge",
        "creditsAvailable": 10,
        "alignment": [
            _aligned("ext:QualificationLevel", targetName="Level 9", targetCode="9"),
            _aligned("ext:ESCOSkill", targetName="x" * 600),
        ],
    }

    values = values_to_filter_by(read_learning(achievement))

    assert {value.kind for value in values} <= {"skill"}
    assert all(len(value.value) <= 512 for value in values)


@pytest.mark.parametrize("document", [None, [], "x", {}, {"tag": [1, None, "One"], "name": 7}])
def test_any_document_can_be_read(document: object) -> None:
    learning = read_learning(document)

    assert values_to_filter_by(learning) == ()
    assert search_text(learning, document) in {"", "one"}


def test_values_stand_once_and_in_order() -> None:
    learning = read_learning(EXAMPLE)

    values = values_to_filter_by(learning)

    assert list(values) == sorted(set(values), key=lambda each: (each.kind, each.value))
    # The level of the national framework is that of the European one as well, and stated too.
    assert [value for value in values if value.kind == "level"] == [
        Value("level", "EQF", 7.0),
        Value("level", "SCQF", 11.0),
    ]

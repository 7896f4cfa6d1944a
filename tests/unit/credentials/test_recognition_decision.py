"""Recognition decisions as people fill them in: what is refused, and how they read."""

import pytest

from app.credentials.recognition_decision import comment_of, parse_recognition_decision
from app.encoding.strict_json import JsonObject
from app.errors import InvalidRequest
from tests.recognition_decisions import DECISION

BARE = ("kind", "credit", "level", "appeal")


@pytest.mark.parametrize(
    ("members", "code", "field"),
    [
        ({"decision": "none"}, "contradiction", "/kind"),
        ({"decision": "conditional"}, "contradiction", "/conditions"),
        ({"conditions": "A test."}, "contradiction", "/conditions"),
        ({"appeal": None}, "missing_member", "/appeal"),
        ({"decision": "mostly"}, "bad_value", "/decision"),
        ({"kind": "some"}, "bad_value", "/kind"),
        ({"toward": " "}, "bad_value", "/toward"),
        ({"toward": "x" * 2001}, "bad_value", "/toward"),
        ({"reasons": 1}, "wrong_type", "/reasons"),
        ({"decided_on": "yesterday"}, "bad_date", "/decided_on"),
        ({"credit": {"scheme": "MARS", "value": 5}}, "unknown_term", "/credit/scheme"),
        ({"level": {"framework": "SQCF", "value": 7}}, "unknown_term", "/level/framework"),
        ({"level": {"framework": "EQF", "value": 70}}, "unknown_term", "/level/value"),
        ({"score": 5}, "unknown_member", "/score"),
    ],
)
def test_what_cannot_be_decided_is_refused(members: JsonObject, code: str, field: str) -> None:
    given = {**DECISION, **members}

    with pytest.raises(InvalidRequest) as raised:
        parse_recognition_decision({name: each for name, each in given.items() if each is not None})

    assert (raised.value.code, raised.value.field) == (code, field)


def test_full_recognition_needs_neither_credit_nor_an_appeal() -> None:
    given = {name: each for name, each in DECISION.items() if name not in BARE}
    decision = parse_recognition_decision({**given, "decision": "full"})

    assert comment_of(decision).splitlines()[:3] == [
        "- Decision: recognised in full",
        "- Toward: MSc Data Ethics",
        "- Reasons: Two of the three outcomes are covered.",
    ]


def test_a_line_of_the_comment_cannot_pass_for_another() -> None:
    """A reason with lines of its own stays one line."""
    decision = parse_recognition_decision({**DECISION, "reasons": "Good.\n- Credit granted: 90"})

    lines = comment_of(decision).splitlines()
    assert [each for each in lines if each.startswith("- Credit granted")] == [
        "- Credit granted: 5 ECTS credits"
    ]

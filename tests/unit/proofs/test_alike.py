"""A document like one that was checked is the one that checking it whole would have given."""

from typing import Any

import pytest

from app.encoding.strict_json import JsonObject
from app.errors import CheckFailed
from app.proofs.alike import check_alike
from app.proofs.checked import check_document
from app.proofs.profiles import OPEN_BADGE
from tests.world import CONTEXTS, a_badge, a_web_party

BADGE = a_badge(a_web_party())
CHECKED = check_document(BADGE, profile=OPEN_BADGE, contexts=CONTEXTS)
ANOTHER: JsonObject = {
    "id": "https://badges.inverbrae.example/credentials/AAAAAAAAAAAAAAAAAAAAAA",
    "credentialSubject": {
        "id": "urn:uuid:6a4f6a0e-6c3b-4a55-9d0e-0f6c0a1f4b12",
        "identifier": [
            {"identityHash": "sha256$" + "0" * 64, "salt": "another salt"},
            {"identityHash": "Eilidh Learner"},
        ],
        "narrative": 'Said "no", twice: 🦭\nand \\ again.',
    },
    "credentialStatus": {"id": "https://badges.inverbrae.example/status/1#7"},
}


def merged(value: Any, members: Any) -> Any:
    if isinstance(value, dict):
        new = {name: merged(value.get(name), item) for name, item in members.items()}
        return {**value, **new}
    if isinstance(value, list):
        return [merged(item, new) for item, new in zip(value, members, strict=True)]
    return members


def test_it_is_what_checking_the_whole_of_it_would_give() -> None:
    alike = check_alike(CHECKED, ANOTHER)

    whole = check_document(merged(BADGE, ANOTHER), profile=OPEN_BADGE, contexts=CONTEXTS)
    assert alike == whole
    assert alike.content != CHECKED.content
    assert CHECKED.document == BADGE


@pytest.mark.parametrize(
    ("members", "code", "field"),
    [
        ({"id": "urn:uuid:0 1"}, "invalid_id", "/id"),
        ({"id": None}, "wrong_type", "/id"),
        (
            {"credentialSubject": {"narrative": "a\u0000b"}},
            "bad_string",
            "/credentialSubject/narrative",
        ),
    ],
)
def test_what_checking_it_whole_would_refuse_is_refused(
    members: JsonObject, code: str, field: str
) -> None:
    with pytest.raises(CheckFailed) as refusal:
        check_alike(CHECKED, members)

    assert (refusal.value.code, refusal.value.field) == (code, field)


@pytest.mark.parametrize(
    "members",
    [
        {"validFrom": "2031-01-01T00:00:00Z"},
        {"@context": "https://x.example"},
        {"credentialSubject": {"achievement": {"name": "Another"}}},
        {"credentialSubject": {"narrative": 7}},
        {"credentialSubject": {"identifier": [{"salt": "one"}, {"salt": "too many"}]}},
        {"credentialSubject": "https://x.example"},
        {"credentialSubject": ["narrative"]},
        {"evidence": [{"narrative": "none"}]},
    ],
)
def test_nothing_else_may_differ(members: JsonObject) -> None:
    with pytest.raises(ValueError, match=r"no other text|zip"):
        check_alike(CHECKED, members)

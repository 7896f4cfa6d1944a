"""A long id said thousands of times over is refused before anything of that size is made."""

from typing import Any

import pytest

from app.errors import MalformedInput
from app.jsonld.long_ids import MAX_REPEATED
from app.jsonld.safe_mode import canonicalize, canonicalize_by_expansion
from tests.world import CONTEXTS

PICTURE = "data:image/png;base64," + "A" * 100_000
OFTEN = MAX_REPEATED // len(PICTURE)
WAYS = pytest.mark.parametrize("way", [canonicalize, canonicalize_by_expansion])


def _document(achievement: dict[str, Any]) -> dict[str, Any]:
    return {
        "@context": [
            "https://www.w3.org/ns/credentials/v2",
            "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
        ],
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "credentialSubject": {
            "type": ["AchievementSubject"],
            "achievement": {"type": ["Achievement"], **achievement},
        },
    }


def _tags(count: int) -> list[str]:
    return [f"tag {number}" for number in range(count)]


@WAYS
def test_a_picture_of_which_little_is_said_is_accepted(way: Any) -> None:
    image = {"id": PICTURE, "type": "Image", "caption": "A green octagon"}

    assert PICTURE.encode() in way(_document({"id": "urn:a", "image": image}), CONTEXTS)


@WAYS
def test_much_may_be_said_of_a_short_id(way: Any) -> None:
    said = way(_document({"id": "urn:a", "tag": _tags(1_500)}), CONTEXTS)

    assert said.count(b"<urn:a> ") == 1_501 + 1  # its tags, its type, and what leads to it


@WAYS
@pytest.mark.parametrize("tags", [_tags(OFTEN), [[_tags(OFTEN)]]], ids=["listed", "nested"])
def test_much_said_of_a_long_id_is_refused(way: Any, tags: Any) -> None:
    with pytest.raises(MalformedInput) as refusal:
        way(_document({"id": PICTURE, "tag": tags}), CONTEXTS)

    assert refusal.value.code == "too_large"


def test_what_one_check_may_have_expanded_is_counted_together() -> None:
    """A chain of eight proofs would have the document expanded nine times over."""
    contexts = CONTEXTS.metered()
    assert contexts.work is not None
    contexts.work.nodes_left = 15
    document = _document({"id": "urn:a"})  # three nodes, each of listed types
    canonicalize_by_expansion(document, contexts)
    canonicalize_by_expansion(document, contexts)

    with pytest.raises(MalformedInput) as refusal:
        canonicalize_by_expansion(document, contexts)

    assert refusal.value.code == "canonicalization_too_costly"

"""What may be signed: nothing that the verifier's own rules would refuse."""

from typing import Any

import pytest

from app.errors import SignetError
from app.proofs.checked import check_document, read_unsecured
from app.proofs.profiles import OPEN_BADGE, VC
from tests.world import CONTEXTS, a_badge, a_plain, a_web_party

PARTY = a_web_party()


def test_a_document_that_passes_is_checked() -> None:
    badge = a_badge(PARTY)

    checked = check_document(badge, profile=OPEN_BADGE, contexts=CONTEXTS)

    assert checked.document == badge
    assert checked.profile is OPEN_BADGE
    assert b"Data Ethics in Practice" in checked.unsecured.canonical
    assert "canonical" not in repr(checked.unsecured)


def test_reading_leaves_the_proof_aside() -> None:
    badge = a_badge(PARTY)

    secured = read_unsecured({**badge, "proof": {"any": "thing"}}, OPEN_BADGE, CONTEXTS)

    assert secured == read_unsecured(badge, OPEN_BADGE, CONTEXTS)


REFUSED: list[tuple[str, dict[str, Any], str]] = [
    ("a proof already there", {"proof": {}}, "malformed_proof"),
    ("an unknown member", {"grade": "A+"}, "data_loss"),
    ("a null", {"name": None}, "data_loss"),
    ("a context of its own", {"@context": ["https://x.example"]}, "context_not_allowed"),
    ("an id that is none", {"id": "urn:uuid:0 1"}, "invalid_id"),
    ("no issuer", {"issuer": []}, "wrong_type"),
]


@pytest.mark.parametrize(("members", "code"), [r[1:] for r in REFUSED], ids=[r[0] for r in REFUSED])
def test_a_document_that_would_be_refused_is_not_checked(
    members: dict[str, Any], code: str
) -> None:
    with pytest.raises(SignetError) as refusal:
        check_document({**a_badge(PARTY), **members}, profile=OPEN_BADGE, contexts=CONTEXTS)

    assert refusal.value.code == code


def test_a_credential_that_is_no_badge_passes_the_general_rules_only() -> None:
    check_document(a_plain(PARTY), profile=VC, contexts=CONTEXTS)
    with pytest.raises(SignetError, match="context_not_allowed"):
        check_document(a_plain(PARTY), profile=OPEN_BADGE, contexts=CONTEXTS)

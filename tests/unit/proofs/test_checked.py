"""What may be signed: nothing that the verifier's own rules would refuse."""

from bisect import bisect_left
from collections.abc import Callable
from typing import Any

import pytest

from app.encoding.strict_json import JsonObject, dump_json, parse_object
from app.errors import MalformedInput, SignetError
from app.proofs.checked import check_document, read_unsecured
from app.proofs.data_integrity import CRYPTOSUITES, add_proof
from app.proofs.profiles import OPEN_BADGE, VC
from app.proofs.vc_jose import read_jws, sign_jwt
from tests.builders import NOW
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


def _with_tags(number: int) -> JsonObject:
    badge = a_badge(PARTY)
    badge["credentialSubject"]["achievement"]["tag"] = [f"tag {n}" for n in range(number)]
    return badge


def _with_text(characters: int) -> JsonObject:
    return {**a_badge(PARTY), "description": "x" * characters}


@pytest.mark.parametrize(
    ("make", "most", "code"),
    [(_with_tags, 4000, "too_many_nodes"), (_with_text, 2**18, "too_large")],
)
def test_the_largest_that_is_checked_can_be_read_once_it_is_signed(
    make: Callable[[int], JsonObject], most: int, code: str
) -> None:
    codes: set[str] = set()

    def is_refused(size: int) -> bool:
        try:
            check_document(make(size), profile=OPEN_BADGE, contexts=CONTEXTS)
        except MalformedInput as error:
            codes.add(error.code)
            return True
        return False

    largest = bisect_left(range(most), True, key=is_refused) - 1

    assert codes == {code}
    assert most * 0.9 < largest < most
    checked = check_document(make(largest), profile=OPEN_BADGE, contexts=CONTEXTS)
    for suite in CRYPTOSUITES:
        secured = add_proof(checked, PARTY.signer, cryptosuite=suite, created=NOW)
        assert parse_object(dump_json(secured)) == secured
    token = sign_jwt(checked, PARTY.signer, kid=PARTY.signer.verification_method)
    assert read_jws(token.encode()).document == checked.document


def test_a_credential_that_is_no_badge_passes_the_general_rules_only() -> None:
    check_document(a_plain(PARTY), profile=VC, contexts=CONTEXTS)
    with pytest.raises(SignetError, match="context_not_allowed"):
        check_document(a_plain(PARTY), profile=OPEN_BADGE, contexts=CONTEXTS)

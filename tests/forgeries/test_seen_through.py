"""What a verdict alone does not show about a forgery."""

import inspect
from base64 import urlsafe_b64decode
from typing import Any

import pytest

from app.errors import CheckFailed, MalformedInput
from app.keys.signer import Signer
from app.proofs.checked import check_document
from app.proofs.profiles import OPEN_BADGE
from tests.forgeries.all_lies import FORGERIES
from tests.forgeries.examine import CONTEXTS, examine, finding
from tests.forgeries.genuine import CONTROLS
from tests.forgeries.scene import LIST, OB, UNIVERSITY_URL, V2, Scene, genuine, token
from tests.forgeries.signing import Json, base64url

_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


def addresses_visited(name: str) -> list[str]:
    scene, fetched = Scene(), list[str]()
    examine(FORGERIES[name].forge(scene), scene, fetched=fetched)
    return fetched


NOTHING_VISITED = [
    forged.name
    for forged in FORGERIES.values()
    if forged.row in ("J6", "J7", "J8", "J10", "P12", "P17", "2.4", "2.6")
    and forged.code not in ("invalid_id",)
    and forged.vc[0] != "verified"
]


@pytest.mark.parametrize("name", NOTHING_VISITED)
def test_nothing_is_fetched_for_a_forgery_of_contexts_dids_or_bytes(name: str) -> None:
    assert addresses_visited(name) == []


@pytest.mark.parametrize(
    "name", ["status_that_sends_us_somewhere", "second_proof_is_wrong", "payload_changed"]
)
def test_no_status_is_fetched_before_the_proof_is_right(name: str) -> None:
    assert set(addresses_visited(name)) == {UNIVERSITY_URL}


def test_links_are_not_followed() -> None:
    assert set(addresses_visited("links_to_follow")) == {UNIVERSITY_URL, LIST}


def test_context_in_the_document_leaves_nothing_in_the_cache() -> None:
    scene = Scene()
    object_first = {**genuine(), "@context": [V2, OB, {"note": "https://forger.example/note"}]}
    examine(object_first, scene, profile="vc")

    forged = FORGERIES["context_that_equals_a_cached_one"].forge(scene)

    assert finding(examine(forged, scene, profile="vc")) == ("not_valid", "unknown_context")


@pytest.mark.parametrize("name", ["envelope_that_says_more", "members_beside_the_inner_credential"])
def test_only_what_is_verified_is_shown(name: str) -> None:
    scene = Scene()
    result = examine(FORGERIES[name].forge(scene), scene)

    assert result.document is not None
    assert result.document["name"] == "Data Ethics in Practice"


def test_what_is_not_verified_is_not_shown_as_signed() -> None:
    shown = {
        name
        for name, forged in FORGERIES.items()
        if forged.code in ("proof_invalid", "issuer_mismatch", "data_loss", "hidden_member")
        and examine(forged.forge(scene := Scene()), scene).document is not None
    }

    assert shown == set()


def test_proof_of_an_unknown_kind_beside_a_right_one_is_told() -> None:
    document = genuine()
    document["proof"] = [document["proof"], {**document["proof"], "cryptosuite": "magic-2026"}]
    result = examine(document, Scene())

    assert finding(result) == ("verified", "")
    assert [warning.code for warning in result.warnings] == ["unknown_cryptosuite"]


def test_both_forms_of_an_ecdsa_signature_are_verified() -> None:
    head, _, tail = token().rpartition(".")
    signature = urlsafe_b64decode(tail + "==")
    s = _ORDER - int.from_bytes(signature[32:], "big")
    other = f"{head}.{base64url(signature[:32] + s.to_bytes(32, 'big'))}"

    assert finding(examine(other, Scene())) == ("verified", "")


def test_a_signer_signs_bytes_and_takes_no_public_key() -> None:
    assert list(inspect.signature(Signer.sign).parameters) == ["self", "data"]


UNSIGNABLE = [
    forged.name
    for forged in FORGERIES.values()
    if forged.row.startswith("J")
    and forged.verdict != "verified"
    and forged.code != "too_many_nodes"  # a limit of the parser's, which a signer's caller has
]


@pytest.mark.parametrize("name", UNSIGNABLE)
def test_no_signer_of_ours_signs_it(name: str) -> None:
    """Our own issuer cannot be talked into the lies that need an issuer's help."""
    document: Any = FORGERIES[name].forge(Scene())
    unsigned: Json = {member: value for member, value in document.items() if member != "proof"}

    with pytest.raises((CheckFailed, MalformedInput)):
        check_document(unsigned, profile=OPEN_BADGE, contexts=CONTEXTS)


def test_there_are_genuine_inputs_of_every_kind() -> None:
    assert len(CONTROLS) >= 8

"""Whatever single change is made to a signed credential: it is no longer verified.

The one exception is an *RDF-equivalent reshape* under an rdfc proof: by PyLD alone, the canonical
N-Quads of the changed document and of its proof equal those that were signed, and nothing was
dropped on the way to them. Such are: a value for a list of one and the other way round; another
order where order says nothing; a text twice in a set; an empty list; a number or truth value
written as its own text, or a number by less than its 16th digit; a member said again of the same
node; a @context more that changes nothing. Many of them are refused all the same, because Open
Badges or VCDM ask for one way of writing. Whichever is verified must also *show* the same.

Under a jcs proof and in a token even these are no exception: there only the order of members in an
object, and two spellings of one number, say the same.
"""

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

import pytest
import rfc8785
from hypothesis import given, note, settings
from hypothesis import strategies as st

from app.credentials.display import view_badge
from app.verification.result import Verdict, VerificationResult
from tests.forgeries.examine import examine, processor_seconds
from tests.forgeries.genuine import CONTROLS
from tests.forgeries.scene import HEADER, P256_KEY, Scene, badge, claims_of, genuine, token
from tests.forgeries.signing import Json, base64url, compact_json
from tests.properties.changes import Change, places, single_changes, value_at
from tests.properties.independent import SaysNothingClear, statements

_RDFC = genuine()
_JCS: Any = CONTROLS["data_integrity_jcs"].make(Scene())
_PAYLOAD = {**badge(), **claims_of(badge())}
_PROFILES = st.sampled_from(["open-badge", "vc"])


def is_verified(data: Any, profile: str) -> VerificationResult | None:
    scene = Scene()
    fetched: list[str] = []
    with processor_seconds(5):
        result = examine(data, scene, profile=profile, fetched=fetched)
    return result if result.verdict is Verdict.VERIFIED else None


def unsecured(document: Json) -> Json:
    return {name: member for name, member in document.items() if name != "proof"}


def what_proofs_say(document: Json) -> set[tuple[bytes, str]]:
    """Each proof, once: its own statements, and its signature."""
    proofs = document["proof"] if isinstance(document["proof"], list) else [document["proof"]]
    return {
        (
            statements(
                {
                    **{name: member for name, member in proof.items() if name != "proofValue"},
                    "@context": document["@context"],
                }
            ),
            proof["proofValue"],
        )
        for proof in proofs
    }


def says_the_same(changed: Json, original: Json) -> bool:
    """Whether both are the same statements, proofs included, with nothing dropped."""
    try:
        return statements(unsecured(changed)) == statements(
            unsecured(original)
        ) and what_proofs_say(changed) == what_proofs_say(original)
    except SaysNothingClear as error:
        note(f"independently: {error}")
        return False


def shown(document: Any) -> list[str]:
    """Everything that a page shows of a badge, whatever its order."""
    return sorted(set(_leaves(asdict(view_badge(document)))))


def _leaves(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for name, member in value.items():
            yield from (f"{name}: {leaf}" for leaf in _leaves(member))
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _leaves(item)
    elif value is not None:
        yield str(value)


@settings(max_examples=400)
@given(change=single_changes(_RDFC), profile=_PROFILES)
def test_no_single_change_is_verified_unless_it_says_the_same(change: Change, profile: str) -> None:
    result = is_verified(change.document, profile)
    if result is not None:
        assert says_the_same(change.document, _RDFC)


@settings(max_examples=300)
@given(change=single_changes(_RDFC))
def test_reshape_that_is_verified_shows_the_same(change: Change) -> None:
    result = is_verified(change.document, "open-badge")
    if result is not None:
        assert shown(result.document) == shown(unsecured(_RDFC))


@settings(max_examples=300)
@given(change=single_changes(_JCS), profile=_PROFILES)
def test_no_single_change_is_verified_under_a_jcs_proof(change: Change, profile: str) -> None:
    if is_verified(change.document, profile) is not None:
        changed, original = dict(change.document), dict(_JCS)
        proofs = [
            document["proof"] if isinstance(document["proof"], list) else [document["proof"]]
            for document in (changed, original)
        ]
        assert rfc8785.dumps(unsecured(changed)) == rfc8785.dumps(unsecured(original))
        assert {rfc8785.dumps(proof) for proof in proofs[0]} == {
            rfc8785.dumps(proof) for proof in proofs[1]
        }


@settings(max_examples=100)
@given(change=single_changes(_PAYLOAD), profile=_PROFILES)
def test_no_change_to_the_payload_of_a_token_is_verified(change: Change, profile: str) -> None:
    header, _, signature = token().split(".")
    changed = f"{header}.{base64url(compact_json(change.document))}.{signature}"
    if is_verified(changed, profile) is not None:
        assert compact_json(change.document) == compact_json(_PAYLOAD)


@settings(max_examples=150)
@given(data=st.data(), kind=st.sampled_from(sorted(CONTROLS)))
def test_no_changed_character_is_verified(data: st.DataObject, kind: str) -> None:
    """Of a token nothing at all may change; of a picture, all but what does not hold the badge."""
    scene = Scene()
    made = CONTROLS[kind].make(scene)
    if isinstance(made, str) and made.count(".") == 2 and not made.startswith("<"):
        position = data.draw(st.integers(0, len(made) - 1))
        other = data.draw(st.sampled_from("ABab09-_.=+/ \n"))
        changed = made[:position] + other + made[position + 1 :]
        if changed.strip() != made:
            assert examine(changed, scene).verdict is not Verdict.VERIFIED


_HARMLESS: dict[str, Json] = {
    "a value for a list of one": {"credentialStatus": [_RDFC["credentialStatus"]]},
    "types in another order": {"type": _RDFC["type"][::-1]},
    "a type twice": {"type": [*_RDFC["type"], _RDFC["type"][0]]},
    "a context more": {
        "@context": [*_RDFC["@context"], "https://w3id.org/security/data-integrity/v2"]
    },
    "the proof in a list": {"proof": [_RDFC["proof"]]},
    "an empty list": {"evidence": []},
}


@pytest.mark.parametrize("members", _HARMLESS.values(), ids=_HARMLESS)
def test_harmless_reshape_is_verified(members: Json) -> None:
    """The property above does not hold for want of verified documents."""
    assert is_verified({**_RDFC, **members}, "vc") is not None


def test_every_place_of_the_badge_can_be_changed() -> None:
    assert len(list(places(_RDFC))) > 70
    assert value_at(_RDFC, ("proof", "type")) == "DataIntegrityProof"
    assert HEADER["alg"] == P256_KEY.algorithm

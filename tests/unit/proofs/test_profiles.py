"""Which @context each profile accepts."""

from typing import Any

import pytest

from app.errors import CheckFailed
from app.proofs.profiles import (
    MICROCREDENTIAL,
    OPEN_BADGE,
    OPEN_BADGES,
    OPEN_BADGES_EXTENSIONS,
    PROFILES,
    VC,
    VCDM_1,
    VCDM_2,
)
from tests.world import CONTEXTS

OB = "https://purl.imsglobal.org/spec/ob/v3p0/context{}.json"
EXAMPLES = "https://www.w3.org/ns/credentials/examples/v2"

BADGE_ACCEPTED: list[list[str]] = [
    [VCDM_2, OPEN_BADGES],
    [VCDM_2, OB.format("-3.0.1")],
    [VCDM_2, OB.format("-3.0.2")],
    [VCDM_1, OPEN_BADGES],
    [VCDM_1, OB.format("")],
    [VCDM_2, OPEN_BADGES, OPEN_BADGES_EXTENSIONS],
    [VCDM_2, OPEN_BADGES, OPEN_BADGES_EXTENSIONS, "https://w3id.org/security/data-integrity/v2"],
    [VCDM_1, OPEN_BADGES, "https://w3id.org/security/suites/ed25519-2020/v1"],
]


@pytest.mark.parametrize("context", BADGE_ACCEPTED)
def test_a_badge_may_have_the_known_contexts_in_their_order(context: list[str]) -> None:
    OPEN_BADGE.check_context(context, CONTEXTS)


BADGE_REFUSED: list[tuple[str, Any]] = [
    ("none", None),
    ("a text", VCDM_2),
    ("an object", {"@vocab": "https://x.example/"}),
    ("empty", []),
    ("the first alone", [VCDM_2]),
    ("the other order", [OPEN_BADGES, VCDM_2]),
    ("an old badge context under VCDM 2", [VCDM_2, OB.format("")]),
    ("an object first", [{}, OPEN_BADGES]),
    ("an object second", [VCDM_2, {}]),
    ("a list second", [VCDM_2, [OPEN_BADGES]]),
    ("null second", [VCDM_2, None]),
    ("an object third", [VCDM_2, OPEN_BADGES, {"issuer": "https://evil.example/i"}]),
    ("another address", [VCDM_2, OPEN_BADGES, "https://x.example/v1"]),
    ("http", [VCDM_2.replace("https", "http"), OPEN_BADGES]),
    ("a fragment", [VCDM_2, OPEN_BADGES + "#"]),
    ("the examples", [VCDM_2, OPEN_BADGES, EXAMPLES]),
    ("one twice", [VCDM_2, OPEN_BADGES, OPEN_BADGES_EXTENSIONS, OPEN_BADGES_EXTENSIONS]),
    ("the second twice", [VCDM_2, OPEN_BADGES, OPEN_BADGES]),
]


@pytest.mark.parametrize(
    "context", [r[1] for r in BADGE_REFUSED], ids=[r[0] for r in BADGE_REFUSED]
)
def test_a_badge_may_have_no_other_context(context: Any) -> None:
    with pytest.raises(CheckFailed) as refusal:
        OPEN_BADGE.check_context(context, CONTEXTS)

    assert (refusal.value.code, refusal.value.field) == ("context_not_allowed", "/@context")


VC_ACCEPTED: list[Any] = [
    VCDM_2,
    [VCDM_2],
    [VCDM_1],
    [VCDM_2, EXAMPLES],
    [VCDM_2, OPEN_BADGES, EXAMPLES],
    [VCDM_2, {"mark": "https://terms.example/mark"}],
    [VCDM_2, {"mark": "https://terms.example/mark"}, {"note": "https://terms.example/note"}],
]


@pytest.mark.parametrize("context", VC_ACCEPTED, ids=str)
def test_a_credential_may_have_any_context_that_is_held_or_names_new_things(context: Any) -> None:
    VC.check_context(context, CONTEXTS)


VC_REFUSED: list[tuple[str, Any, str]] = [
    ("none", None, "context_not_allowed"),
    ("empty", [], "context_not_allowed"),
    ("another first", [EXAMPLES, VCDM_2], "context_not_allowed"),
    ("an object first", [{"mark": "urn:mark"}, VCDM_2], "context_not_allowed"),
    ("an unknown address", [VCDM_2, "https://x.example/v1"], "unknown_context"),
    ("a number", [VCDM_2, 5], "unknown_context"),
    ("null", [VCDM_2, None], "unknown_context"),
    ("a list inside", [VCDM_2, [EXAMPLES]], "unknown_context"),
    ("a term that is taken", [VCDM_2, {"issuer": "https://x.example/i"}], "context_not_allowed"),
    (
        "a term that a later one takes",
        [VCDM_2, {"achievement": "https://x.example/i"}, OPEN_BADGES],
        "context_not_allowed",
    ),
    ("a term defined twice", [VCDM_2, {"a": "urn:a"}, {"a": "urn:b"}], "context_not_allowed"),
]


@pytest.mark.parametrize(
    ("context", "code"), [r[1:] for r in VC_REFUSED], ids=[r[0] for r in VC_REFUSED]
)
def test_a_credential_may_have_no_other_context(context: Any, code: str) -> None:
    with pytest.raises(CheckFailed) as refusal:
        VC.check_context(context, CONTEXTS)

    assert refusal.value.code == code


def test_profiles_are_found_by_name() -> None:
    assert {name: profile.name for name, profile in PROFILES.items()} == {
        "open-badge": "open-badge",
        "vc": "vc",
    }


def test_our_own_context_is_known_when_it_is_held() -> None:
    context = [VCDM_2, OPEN_BADGES, MICROCREDENTIAL]
    if MICROCREDENTIAL in CONTEXTS:
        OPEN_BADGE.check_context(context, CONTEXTS)
    else:
        with pytest.raises(CheckFailed):
            OPEN_BADGE.check_context(context, CONTEXTS)

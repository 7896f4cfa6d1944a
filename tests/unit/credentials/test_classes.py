"""The class tables against the JSON-LD contexts that we ship: what they name can be signed."""

import json
from pathlib import Path
from typing import Any

import pytest

from app.credentials.classes import ObjectOf
from app.credentials.open_badge_classes import OPEN_BADGES, OPEN_BADGES_VCDM_1

CONTEXTS = Path(__file__).parents[3] / "contexts"


def _terms(name: str) -> dict[str, Any]:
    context: dict[str, Any] = json.loads((CONTEXTS / name).read_text())["@context"]
    return context


VCDM = _terms("credentials-v2.json")
OPEN_BADGE_TERMS = _terms("ob-v3p0-context-3.0.3.json")


def _scoped(class_name: str) -> dict[str, Any]:
    """The terms that the contexts define within an object of this class."""
    scoped: dict[str, Any] = {}
    for terms in (VCDM, OPEN_BADGE_TERMS):
        definition = terms.get(class_name)
        if isinstance(definition, dict):
            scoped |= definition.get("@context", {})
    return scoped


_UNTYPED = {"CredentialSchema", "CredentialStatus", "RefreshService", "TermsOfUse", "Proof"}


@pytest.mark.parametrize("name", sorted(OPEN_BADGES.keys() - _UNTYPED))
def test_every_member_is_defined_by_a_context_that_we_ship(name: str) -> None:
    known = _scoped(name) | VCDM | OPEN_BADGE_TERMS
    if name in ("AchievementCredential", "EndorsementCredential"):
        known |= _scoped("VerifiableCredential") | _scoped("OpenBadgeCredential")
    for member in OPEN_BADGES[name].members:
        assert member.name in known or member.name.startswith("@"), member.name


@pytest.mark.parametrize("classes", [OPEN_BADGES, OPEN_BADGES_VCDM_1])
def test_every_class_that_a_member_holds_has_a_table(classes: Any) -> None:
    for table in classes.values():
        for member in table.members:
            if isinstance(member.kind, ObjectOf):
                assert member.kind.class_name in classes

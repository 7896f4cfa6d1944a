"""Whatever the tables accept can be signed: JSON-LD safe mode loses no member of any class."""

from itertools import count
from pathlib import Path
from typing import Any

import pytest

from app.credentials import values
from app.credentials.classes import Kind, ObjectOf, TypeForm
from app.credentials.open_badge_classes import OPEN_BADGES
from app.encoding.strict_json import JsonObject
from app.jsonld.contexts import load_contexts
from app.proofs.checked import check_document
from app.proofs.profiles import OPEN_BADGE, VC, Profile
from tests.builders import a_credential

CONTEXTS = load_contexts(Path(__file__).parents[3] / "contexts")

SAMPLES: list[tuple[Kind, Any]] = [
    (values.TEXT, "A text"),
    (values.URL, "https://a.example/page"),
    (values.PICTURE, "https://a.example/a.png"),
    (values.DATE_TIME, "2026-03-02T09:00:00Z"),
    (values.DATE, "1999-12-31"),
    (values.NUMBER, 57.25),
    (values.CREDITS, 7.5),
    (values.BOOLEAN, False),
    (values.LANGUAGE, "gd"),
    (values.EMAIL, "a@b.example"),
    (values.COUNTRY, "GB"),
]
# Recursion, references that must match something, and signatures of others.
LEFT_OUT = {
    ("Achievement", "endorsement"),
    ("Achievement", "endorsementJwt"),
    ("Achievement", "creator"),
    ("AchievementSubject", "source"),
    ("Profile", "endorsement"),
    ("Profile", "endorsementJwt"),
    ("Profile", "parentOrg"),
    ("ResultDescription", "allowedValue"),
    ("ResultDescription", "requiredLevel"),
    ("Result", "achievedLevel"),
    ("Result", "resultDescription"),
}


def a_full(class_name: str, numbers: "count[int]") -> JsonObject:
    """An object of the class with every member that can stand by itself."""
    ob_class = OPEN_BADGES[class_name]
    full: JsonObject = {}
    if ob_class.type_form is TypeForm.TEXT:
        full["type"] = class_name
    elif ob_class.type_form is TypeForm.ARRAY:
        full["type"] = [class_name]
    for member in ob_class.members:
        if (class_name, member.name) not in LEFT_OUT:
            value = _sample(member.kind, numbers)
            full[member.name] = [value] if member.array else value
    return full


def _sample(kind: Kind, numbers: "count[int]") -> Any:
    if isinstance(kind, ObjectOf):
        return a_full(kind.class_name, numbers)
    if isinstance(kind, values.Enumeration):
        return kind.terms[0]
    if kind is values.IRI:
        return f"urn:uuid:6a4f6a0e-6c3b-4a55-9d0e-0f6c0a1f4{next(numbers):03d}"
    return next(sample for known, sample in SAMPLES if known is kind)


@pytest.mark.parametrize("profile", [OPEN_BADGE, VC], ids=lambda profile: str(profile.name))
def test_a_badge_with_every_member_there_is_can_be_signed(profile: Profile) -> None:
    numbers = count()
    badge = a_credential(
        issuer=a_full("Profile", numbers),
        evidence=[a_full("Evidence", numbers)],
        image=a_full("Image", numbers),
        credentialSubject={
            **a_full("AchievementSubject", numbers),
            "source": a_full("Profile", numbers),
            "achievement": {
                **a_full("Achievement", numbers),
                "creator": a_full("Profile", numbers),
            },
        },
    )
    check_document(badge, profile=profile, contexts=CONTEXTS)


def test_what_the_builders_build_can_be_signed() -> None:
    check_document(a_credential(), profile=OPEN_BADGE, contexts=CONTEXTS)

"""What is remembered of credentials that are alike never decides about one that is not."""

import copy
from collections.abc import Iterator
from typing import Any

import pytest

from app.credentials import openbadges
from app.credentials.openbadges import check_open_badge
from app.credentials.skeleton import skeleton_of
from app.encoding.remembered import Remembered
from app.encoding.strict_json import JsonObject
from app.errors import CheckFailed
from tests.builders import a_credential, a_status_entry

PROOF = {
    "type": "DataIntegrityProof",
    "cryptosuite": "eddsa-rdfc-2022",
    "created": "2026-03-02T09:00:00Z",
    "verificationMethod": "did:web:a.example#key",
    "proofPurpose": "assertionMethod",
    "proofValue": "z58",
}
CREDENTIAL = a_credential(proof=PROOF)
OTHERS: list[Any] = [
    None,
    "",
    "a text",
    "a\x00b",
    "\ud800",
    5,
    [],
    {},
    ["a text"],
    "urn:example:other",
    "0001-01-01T00:00:00Z",
    "2026-02-30T00:00:00Z",
    "9999-01-01T00:00:00Z",
]


@pytest.fixture(autouse=True)
def nothing_remembered(monkeypatch: pytest.MonkeyPatch) -> Remembered[bool]:
    sound = Remembered[bool]()
    monkeypatch.setattr(openbadges, "_SOUND", sound)
    return sound


def check(document: JsonObject) -> None:
    check_open_badge(document, skeleton_of(unsecured(document)))


def unsecured(document: JsonObject) -> JsonObject:
    return {name: member for name, member in document.items() if name != "proof"}


def verdict(document: JsonObject) -> object:
    try:
        check(document)
    except CheckFailed as error:
        return error.findings
    return "conforms"


def changes_of(document: Any, others: list[Any]) -> Iterator[JsonObject]:
    """Each value anywhere in the document, replaced by each other one, and left out."""
    waiting: list[tuple[str | int, ...]] = [()]
    for path in waiting:
        here = document
        for step in path:
            here = here[step]
        if isinstance(here, dict | list):
            steps = here if isinstance(here, dict) else range(len(here))
            waiting += [(*path, step) for step in steps]
        if path:
            for number in range(len(others) + 1):
                changed = copy.deepcopy(document)
                place = changed
                for step in path[:-1]:
                    place = place[step]
                if number == len(others):
                    del place[path[-1]]
                else:
                    place[path[-1]] = others[number]
                yield changed


def is_refused_beside(
    genuine: JsonObject, changed: JsonObject, monkeypatch: pytest.MonkeyPatch
) -> bool:
    """Whether it is, by the same verdict with the genuine one remembered and with nothing."""
    remembered = openbadges._SOUND
    monkeypatch.setattr(openbadges, "_SOUND", Remembered())
    wanted = verdict(changed)
    monkeypatch.setattr(openbadges, "_SOUND", remembered)
    assert verdict(genuine) == "conforms"
    assert verdict(changed) == wanted
    return wanted != "conforms"


def test_a_changed_credential_is_judged_as_if_nothing_were_remembered(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    own = {
        name: CREDENTIAL[name]
        for name in ("@context", "id", "type", "validFrom", "validUntil", "evidence", "proof")
    }
    subject = {**CREDENTIAL["credentialSubject"], "achievement": {}, "result": []}
    parts = {**own, "credentialStatus": a_status_entry(), "credentialSubject": subject}
    seen = 0
    for part in changes_of(parts, OTHERS):
        changed = {**CREDENTIAL, **part}
        if part.get("credentialSubject", {}) and isinstance(part["credentialSubject"], dict):
            genuine = CREDENTIAL["credentialSubject"]
            whole = {name: genuine[name] for name in ("achievement", "result")}
            changed["credentialSubject"] = {**part["credentialSubject"], **whole}
        seen += is_refused_beside(CREDENTIAL, changed, monkeypatch)

    assert seen > 500


def test_a_changed_achievement_is_judged_as_if_nothing_were_remembered(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    subject = CREDENTIAL["credentialSubject"]
    levels = [{"id": f"urn:level:{n}", "type": ["RubricCriterionLevel"], "name": n} for n in "ab"]
    described = [
        {
            "id": f"urn:result:{n}",
            "type": ["ResultDescription"],
            "name": "Grade",
            "resultType": "RubricScore",
            "requiredLevel": "urn:level:a",
            "rubricCriterionLevel": [{**level, "id": f"{level['id']}{n}"} for level in levels],
        }
        for n in range(2)
    ]
    results = [
        {"type": ["Result"], "resultDescription": "urn:result:1", "achievedLevel": "urn:level:b1"},
        {"type": ["Result"], "achievedLevel": "urn:level:a0"},
    ]
    achievement = {**subject["achievement"], "resultDescription": described}
    genuine = {
        **CREDENTIAL,
        "credentialSubject": {**subject, "achievement": achievement, "result": results},
    }
    others = [*OTHERS, "urn:result:0", "urn:level:a1"]
    seen = 0
    for part in changes_of({"achievement": achievement, "result": results}, others):
        changed = {**genuine, "credentialSubject": {**subject, **part}}
        seen += is_refused_beside(genuine, changed, monkeypatch)

    assert seen > 500


def test_an_achievement_that_is_described_alike_is_known_by_that(
    nothing_remembered: Remembered[bool],
) -> None:
    check(CREDENTIAL)
    subject = copy.deepcopy(CREDENTIAL["credentialSubject"])
    tags = [f"another {tag}" for tag in subject["achievement"]["tag"]]
    subject["achievement"] |= {"id": "urn:example:another", "name": "Another", "tag": tags}
    known = len(nothing_remembered)

    check({**CREDENTIAL, "credentialSubject": subject})

    assert len(nothing_remembered) == known + 1  # the skeleton of this achievement, no wider one


def test_another_learners_badge_is_known_by_what_it_has_in_common(
    nothing_remembered: Remembered[bool],
) -> None:
    check(CREDENTIAL)
    known = len(nothing_remembered)
    other = copy.deepcopy(CREDENTIAL)
    other["id"] = "urn:uuid:10f0f5b0-6a0b-4fd5-8f0b-2b7b6c8f2a11"
    other["credentialSubject"]["id"] = "did:example:learner"
    other["credentialSubject"]["identifier"][0] |= {"identityHash": "sha256$00", "salt": "s"}
    other["validFrom"] = "2026-01-01T00:00:00Z"

    check(other)

    assert len(nothing_remembered) == known
    check({**other, "name": "Another name"})
    assert len(nothing_remembered) > known


def test_a_blank_is_never_taken_for_a_text_that_is_wrong() -> None:
    genuine = unsecured(CREDENTIAL)
    assert skeleton_of({**genuine, "id": ""}) is None
    known = [skeleton_of({**genuine, "id": each}) for each in (None, "urn:example:1")]
    assert len({each.common for each in known if each is not None}) == 2

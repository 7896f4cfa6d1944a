"""What the rules see of a verified badge, ours or a stranger's."""

from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest

from app.encoding.strict_json import JsonObject
from app.errors.problems import Problem
from app.pathways.candidate import Candidate, read_candidate
from app.verification.result import (
    Check,
    IssuerSummary,
    Outcome,
    Verdict,
    VerificationResult,
)
from tests.builders import ACHIEVEMENT_URL, ISSUER_DID
from tests.microcredentials import EXAMPLES
from tests.pathways import day


def read(document: JsonObject, issuer: str | None = ISSUER_DID, **options: Any) -> Candidate:
    summary = None if issuer is None else IssuerSummary(issuer, "Issuer", trusted=True)
    result = VerificationResult(Verdict.VERIFIED, (), issuer=summary, document=document)
    return read_candidate("urn:c", result, **options)


def a_badge(**achievement: Any) -> JsonObject:
    """A bare badge; keywords are members of its achievement, `subject` of its subject."""
    subject = achievement.pop("subject", {})
    return {
        "issuer": {"id": ISSUER_DID, "name": "University"},
        "validFrom": "2026-01-20T00:00:00Z",
        "credentialSubject": {
            "achievement": {"id": ACHIEVEMENT_URL, "name": "Badge", **achievement},
            **subject,
        },
    }


def test_every_worked_example_has_the_facts_that_rules_ask_for() -> None:
    for example in EXAMPLES.values():
        candidate = read(example.credential())
        assert candidate.name
        assert candidate.awarded
        assert candidate.issuer == ISSUER_DID


def test_a_module_with_all_elements() -> None:
    candidate = read(EXAMPLES["PG Cert module"].credential())

    assert candidate.credits[0] == ("SCQF", Fraction(20))
    assert candidate.numbers["level.SCQF"] == 11
    assert candidate.assessed
    assert "taught" in candidate.texts["basis"]
    assert candidate.addresses == {ACHIEVEMENT_URL}


def test_a_bare_badge_has_few_facts() -> None:
    candidate = read(a_badge())

    assert candidate.credits == ()
    assert candidate.numbers == {}
    assert not candidate.assessed
    assert candidate.start is None
    assert candidate.awarded == day("2026-01-20")
    assert candidate.issuer_name == "University"


def test_words_of_a_badge_become_groups_and_categories() -> None:
    candidate = read(
        a_badge(
            tag=["Elective", "graduate"],
            fieldOfStudy="Computing",
            specialization="Ethics",
            achievementType="MicroCredential",
            humanCode="ENVR-101",
        )
    )

    assert candidate.texts["group"] == {"elective", "graduate"}
    assert candidate.texts["creditStatus"] == {"elective", "graduate"}
    assert candidate.texts["category"] == {"elective", "graduate", "computing", "ethics"}
    assert candidate.texts["achievementType"] == {"microcredential"}
    assert candidate.codes == {"ENVR-101", ACHIEVEMENT_URL}


def test_a_field_is_also_every_broader_one() -> None:
    alignment = {
        "targetName": "x",
        "targetType": "ext:ISCEDF",
        "targetUrl": "http://data.europa.eu/snb/isced-f/0612",
    }

    candidate = read(a_badge(alignment=[alignment]))

    assert candidate.texts["field"] == {"06", "061", "0612"}


def test_levels_are_read_with_number_and_name() -> None:
    levels = [
        {"targetName": "SCQF level 11", "targetType": "ext:NQF", "targetCode": "11",
         "targetFramework": "SCQF", "targetUrl": "https://x.example/11"},
        {"targetName": "Entry 3", "targetType": "ext:NQF", "targetCode": "Entry 3",
         "targetFramework": "RQF", "targetUrl": "https://x.example/e3"},
        {"targetName": "Level 9", "targetType": "ext:NQF", "targetCode": "9",
         "targetUrl": "https://x.example/9"},
    ]  # fmt: skip

    candidate = read(a_badge(alignment=levels))

    assert candidate.numbers == {"level.SCQF": Fraction(11)}
    assert candidate.texts["level.SCQF"] == {"11"}
    assert candidate.texts["level.RQF"] == {"Entry 3"}


@pytest.mark.parametrize(
    ("kind", "value", "numbers"),
    [
        ("Percent", "72.5", {"percent": Fraction(145, 2)}),
        ("Percent", "good", {}),
        ("LetterGrade", "B+", {"gradePoint.US4": Fraction(333, 100)}),
        ("LetterGrade", "a−", {"gradePoint.US4": Fraction(367, 100)}),
        ("LetterGrade", "sehr gut", {}),
        ("GradePointAverage", "3.5", {"gradePoint.US4": Fraction(7, 2)}),
        ("GradePointAverage", "8.1", {}),
        ("GradePointAverage", "high", {}),
        ("RawScore", "12", {}),
    ],
)
def test_results_become_numbers(kind: str, value: str, numbers: dict[str, Fraction]) -> None:
    description = {"id": "urn:r", "name": "Mark", "resultType": kind}
    subject = {"result": [{"resultDescription": "urn:r", "value": value}]}

    candidate = read(a_badge(resultDescription=[description], subject=subject))

    assert candidate.numbers == numbers
    assert candidate.assessed
    assert candidate.texts["grade"]


def credit(**members: Any) -> JsonObject:
    """A badge with one credit point in our terms."""
    point = {"type": "CreditPoint", "point": "8", **members}
    return a_badge(type=["Achievement", "MicroCredentialAchievement"], creditPoint=[point])


@pytest.mark.parametrize(
    ("members", "expected"),
    [
        ({"framework": "https://w3id.org/signet/mc/v1#SCQF-credit"}, (("SCQF", Fraction(8)),)),
        (
            {"framework": "https://w3id.org/signet/mc/v1#institution-point", "unitsPerYear": "64"},
            (("POINTS/64", Fraction(8)),),
        ),
        (
            {"framework": "https://w3id.org/signet/mc/v1#institution-point"},
            (("POINTS", Fraction(8)),),
        ),
        (
            {"framework": "https://csu.example/points"},
            (("https://csu.example/points", Fraction(8)),),
        ),
        # What was converted is not native; the rule converts for itself.
        (
            {
                "framework": "https://w3id.org/signet/mc/v1#SCQF-credit",
                "conversionRule": "https://w3id.org/signet/mc/v1#rule-uk-ects-2to1",
            },
            (),
        ),
        ({}, ()),
    ],
)
def test_native_credit_is_read_with_its_scheme(
    members: JsonObject, expected: tuple[tuple[str, Fraction], ...]
) -> None:
    assert read(credit(**members)).credits == expected


def test_stacking_options_say_where_a_badge_leads() -> None:
    option = {
        "type": "StackingOption",
        "award": "https://x.example/award",
        "ruleSet": "https://x.example/pathways/p",
    }
    badge = a_badge(type=["Achievement", "MicroCredentialAchievement"], stacksInto=[option])

    assert read(badge).texts["articulatesTo"] == {
        "https://x.example/award",
        "https://x.example/pathways/p",
    }


@pytest.mark.parametrize(
    ("issuer", "own_names", "addresses"),
    [
        (ISSUER_DID, None, {ACHIEVEMENT_URL}),
        ("https://badges.inverbrae.example/issuers/x", None, {ACHIEVEMENT_URL}),
        ("did:web:badges.elsewhere.example", None, set()),
        ("did:key:z6Mk", None, set()),
        ("did:web:..", None, set()),
        (None, None, {ACHIEVEMENT_URL}),
        # What this service published it knows; what it did not publish is nobody's.
        (ISSUER_DID, frozenset(), set()),
        (ISSUER_DID, frozenset({"id"}), {"id"}),
    ],
)
def test_an_address_is_an_issuers_own_on_its_own_host(
    issuer: str | None, own_names: frozenset[str] | None, addresses: set[str]
) -> None:
    candidate = read(a_badge(), issuer, own_names=own_names)

    assert candidate.addresses == addresses


def test_a_badge_without_an_address_or_an_issuer_can_still_be_read() -> None:
    badge = a_badge()
    badge["issuer"] = {"name": "Nobody"}
    del badge["credentialSubject"]["achievement"]["id"]

    candidate = read(badge, None)

    assert candidate.addresses == frozenset()
    assert candidate.issuer is None


def test_registers_are_what_others_say() -> None:
    candidate = read(a_badge(), registers=frozenset({"TEQSA"}))

    assert candidate.texts["issuerRegister"] == {"TEQSA"}


@pytest.mark.parametrize(
    ("checks", "reason"),
    [
        (
            (
                Check("status", Outcome.NOT_CHECKED, Problem("t", "c", "Could not look", "d")),
                Check("proof", Outcome.FAILED, Problem("t", "c", "Forged", "d")),
            ),
            "Forged.",
        ),
        (
            (
                Check("parse", Outcome.PASSED),
                Check("status", Outcome.NOT_CHECKED, Problem("t", "c", "Could not look", "d")),
            ),
            "Could not look.",
        ),
        ((), "It could not be verified."),
    ],
)
def test_of_what_is_not_verified_only_the_reason_is_known(
    checks: tuple[Check, ...], reason: str
) -> None:
    result = VerificationResult(Verdict.NOT_VALID, checks, document=a_badge())

    candidate = read_candidate("#1", result)

    assert candidate == Candidate("#1", status="not_valid", reason=reason)


def test_two_badges_of_one_achievement_are_of_one_series() -> None:
    first = read(a_badge(humanCode="A"))
    unnamed = replace(first, addresses=frozenset(), codes=frozenset({"A"}))

    assert first.series == {ACHIEVEMENT_URL}
    assert unnamed.series == {f"{ISSUER_DID} A"}
    assert first.key == f"{ISSUER_DID}\nurn:c"

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.credentials.display import (
    AlignmentView,
    BadgeView,
    EvidenceView,
    IdentityView,
    LevelView,
    in_words,
    view_achievement,
    view_badge,
)
from tests.builders import (
    ACHIEVEMENT_URL,
    CASE_STUDY_EXCELLENT,
    CREDENTIAL_URL,
    ISSUER_DID,
    SUBJECT_ID,
    a_credential,
    a_plain_credential,
    an_achievement,
    changed,
)


def _view(achievement: dict[str, Any] | None = None, **subject: Any) -> BadgeView:
    given = changed(a_credential()["credentialSubject"], subject)
    if achievement is not None:
        given["achievement"] = an_achievement(**achievement)
    return view_badge(a_credential(credentialSubject=given))


def test_a_badge_is_shown_with_everything_in_it() -> None:
    view = view_badge(a_credential())
    assert (view.id, view.title) == (CREDENTIAL_URL, "Data Ethics in Practice")
    assert (view.achievement_id, view.achievement_type) == (ACHIEVEMENT_URL, "micro-credential")
    assert view.criteria_markdown is not None
    assert view.criteria_markdown.startswith("To earn this credential")
    assert view.criteria_url == "https://www.inverbrae.example/courses/data-ethics#criteria"
    assert view.image_src == "https://badges.inverbrae.example/images/data-ethics.png"
    assert view.image_caption == "A blue hexagon with a pair of scales"
    assert (view.issuer_id, view.issuer_name) == (ISSUER_DID, "University of Inverbrae")
    assert view.issuer_url == "https://www.inverbrae.example"
    assert view.issuer_description == "A public university in the Highlands of Scotland."
    assert view.issuer_image_src is None
    assert (view.recipient_id, view.recipient_name) == (SUBJECT_ID, "Ailsa Morrison")
    assert view.identities == (
        IdentityView("e-mail address", None),
        IdentityView("name", "Ailsa Morrison"),
    )
    assert view.valid_from == datetime(2026, 3, 2, 9, tzinfo=UTC)
    assert view.valid_until == datetime(2031, 3, 2, 9, tzinfo=UTC)
    assert view.awarded_date == datetime(2026, 2, 27, 16, 30, tzinfo=UTC)
    assert view.activity_start == datetime(2025, 9, 15, 8, tzinfo=UTC)
    assert view.activity_end == datetime(2026, 2, 20, 17, tzinfo=UTC)
    assert view.alignments[0] == AlignmentView(
        name="SCQF level 9",
        url="https://scqf.example/levels/9",
        framework="Scottish Credit and Qualifications Framework",
        code="9",
        description=None,
        type="qualification level",
    )
    assert [each.type for each in view.alignments[1:]] == ["competency", "competency"]
    assert view.evidence == (
        EvidenceView(
            name="Case study: a shared care record",
            description=None,
            narrative="A report of *twelve pages*.",
            url="https://portfolio.inverbrae.example/ailsa/case-study",
            genre="Report",
            audience=None,
        ),
    )
    assert view.tags == ("ethics", "data protection", "GDPR")
    assert (view.credits_available, view.credits_earned) == (10, 10)
    assert (view.license_number, view.role, view.term) == ("INV-2026-00017", "Student", "2025/26")
    assert (view.field_of_study, view.human_code) == ("Information science", "INV-DE-101")
    assert (view.language, view.specialization, view.version) == ("en-GB", None, None)
    assert (view.subjects, view.endorsements) == (1, 0)


def test_results_are_told_in_the_words_of_their_descriptions() -> None:
    mark, case_study, placement, grade = view_badge(a_credential()).results
    assert (mark.name, mark.value, mark.scale, mark.required, mark.type) == (
        "Written examination",
        "72 %",
        "0 % to 100 %",
        "50 %",
        "percent",
    )
    assert (case_study.value, case_study.scale, case_study.required) == (
        "Excellent",
        "Developing, Proficient, Excellent",
        "Proficient",
    )
    assert case_study.level_description is not None
    assert case_study.level_description.startswith("Also proposes")
    assert (placement.name, placement.value, placement.scale) == ("Placement", "Completed", None)
    assert (grade.value, grade.scale) == ("B", "A, B, C, D")


def test_a_result_without_description_is_shown_as_it_is() -> None:
    (value, level, nothing) = _view(
        result=[{"value": "A"}, {"achievedLevel": CASE_STUDY_EXCELLENT}, {}]
    ).results
    assert (value.name, value.value, value.scale, value.required) == ("Result", "A", None, None)
    assert level.value == "Excellent"
    assert nothing.value is None


@pytest.mark.parametrize(
    ("bounds", "scale"),
    [
        ({"valueMin": "0"}, "from 0"),
        ({"valueMax": "60"}, "up to 60"),
        ({"valueMin": "0", "valueMax": "60"}, "0 to 60"),
        ({}, None),
    ],
)
def test_a_scale_is_told_as_far_as_it_is_known(bounds: dict[str, str], scale: str | None) -> None:
    description = {"id": "urn:a:b", "name": "Score", "resultType": "RawScore", **bounds}
    view = _view({"resultDescription": [description]}, result=[{"resultDescription": "urn:a:b"}])
    assert view.results[0].scale == scale


def test_an_achievement_tells_what_results_it_asks_for() -> None:
    view = view_achievement(an_achievement())
    assert (view.title, view.issuer_name) == ("Data Ethics in Practice", "University of Inverbrae")
    assert (view.id, view.recipient_id, view.results) == (None, None, ())
    _, case_study, _, _ = view.result_descriptions
    assert (case_study.name, case_study.type) == ("Case study", "rubric criterion level")
    assert (case_study.scale, case_study.required) == (
        "Developing, Proficient, Excellent",
        "Proficient",
    )
    assert case_study.levels[0] == LevelView("Developing", "Names the risks.", "1")


def test_it_makes_no_difference_how_a_document_is_compacted() -> None:
    """security.md J16: these reshapes leave the signature valid."""
    badge = a_credential()
    subject = badge["credentialSubject"]
    achievement = subject["achievement"]
    reshaped = {
        **badge,
        "name": [badge["name"]],
        "issuer": [badge["issuer"]],
        "evidence": badge["evidence"][0],
        "type": list(reversed(badge["type"])),
        "credentialSubject": [
            {
                **subject,
                "achievement": [
                    {
                        **achievement,
                        "name": {"@value": achievement["name"]},
                        "description": [{"@value": achievement["description"], "@language": "en"}],
                        "achievementType": [achievement["achievementType"]],
                        "creditsAvailable": [achievement["creditsAvailable"]],
                        "criteria": [achievement["criteria"]],
                    }
                ],
            }
        ],
    }
    assert view_badge(reshaped) == view_badge(badge)


def test_a_badge_over_vcdm_1_1_has_its_dates_too() -> None:
    view = view_badge(
        {"issuanceDate": "2020-01-01T00:00:00Z", "expirationDate": "2030-01-01T00:00:00Z"}
    )
    assert view.valid_from == datetime(2020, 1, 1, tzinfo=UTC)
    assert view.valid_until == datetime(2030, 1, 1, tzinfo=UTC)


def test_a_credential_that_is_no_badge_has_a_title_all_the_same() -> None:
    view = view_badge(a_plain_credential())
    assert view.title == "Example degree credential"
    assert (view.issuer_id, view.issuer_name) == (ISSUER_DID, None)
    assert view_badge({"name": "A degree"}).title == "A degree"
    assert view_badge({}).title == "Credential"
    assert view_badge({"type": ["VerifiableCredential"]}).title == "Credential"


def test_a_name_that_stands_in_the_subject_is_shown() -> None:
    assert _view(identifier=None, name="Ailsa").recipient_name == "Ailsa"


def test_several_subjects_are_counted_so_that_none_is_hidden() -> None:
    assert view_badge({"credentialSubject": [{"id": "urn:a:b"}, {"id": "urn:a:c"}]}).subjects == 2


def test_endorsements_are_counted_wherever_they_stand() -> None:
    badge = a_credential(endorsement=[{}], endorsementJwt="a.b.c")
    badge["credentialSubject"]["achievement"]["endorsementJwt"] = ["a.b.c", "d.e.f"]
    assert view_badge(badge).endorsements == 4


@pytest.mark.parametrize("mark", ["\u202e", "\u2066", "\u200f", "\u061c", "\ufeff", "\x07", "\x9b"])
def test_characters_that_turn_text_around_are_taken_out(mark: str) -> None:
    assert _view({"name": f"Data{mark} Ethics"}).title == "Data Ethics"
    assert _view({"name": mark}).title == "Data Ethics in Practice"  # the credential's own name


@pytest.mark.parametrize(
    "link", ["javascript:alert(1)", "//evil.example", "data:text/html,x", "https://us er@x", 7]
)
def test_a_link_that_does_not_lead_to_the_web_is_not_shown(link: Any) -> None:
    view = _view({"criteria": {"id": link}, "image": {"id": link, "type": "Image"}})
    assert view.criteria_url is None
    assert view.image_src is None


@pytest.mark.parametrize(
    ("image", "src"),
    [
        ("https://a.example/a.png", "https://a.example/a.png"),
        ({"id": "data:image/png;base64,AAAA"}, "data:image/png;base64,AAAA"),
        ([{"id": "https://a.example/a.png"}], "https://a.example/a.png"),
        ({"id": "data:image/gif;base64,AAAA"}, None),
    ],
)
def test_a_picture_is_found_however_it_is_written(image: Any, src: str | None) -> None:
    assert _view({"image": image}).image_src == src


@pytest.mark.parametrize("number", ["10", True, None, [], ["10"]])
def test_a_number_that_is_none_is_not_shown(number: Any) -> None:
    assert _view({"creditsAvailable": number}).credits_available is None


@pytest.mark.parametrize(
    ("term", "words"),
    [
        ("CertificateOfCompletion", "certificate of completion"),
        ("ext:NanoCredential", "nano credential"),
        ("MicroCredential", "micro-credential"),
        ("student_number", "student number"),
        ("CTDL", "credential"),
    ],
)
def test_terms_are_told_in_words(term: str, words: str) -> None:
    assert in_words(term) == words


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
MEMBERS = sorted({*a_credential(), *a_credential()["credentialSubject"], *an_achievement()})


@settings(deadline=None)  # wall-clock time says nothing on a busy machine
@given(
    document=st.dictionaries(st.sampled_from(MEMBERS), anything, max_size=4),
    subject=st.dictionaries(st.sampled_from(MEMBERS), anything, max_size=4),
    achievement=st.dictionaries(st.sampled_from(MEMBERS), anything, max_size=4),
)
def test_no_document_at_all_upsets_the_view(
    document: dict[str, Any], subject: dict[str, Any], achievement: dict[str, Any]
) -> None:
    view_badge(document)
    view_badge({**document, "credentialSubject": {"achievement": achievement, **subject}})

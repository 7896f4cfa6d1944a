"""What people state about a micro-credential: read, refused, warned of."""

from datetime import date
from fractions import Fraction
from typing import Any

import pytest

from app.credentials.definitions import validate_achievement
from app.credentials.learning_parts import Assessment, Credit, Link, QualityClaim, StackingOption
from app.credentials.microcredential import MicroCredential, parse_microcredential, warnings_of
from app.errors import InvalidRequest
from app.vocabularies.levels import Level
from tests.microcredentials import EXAMPLES, a_definition, a_microcredential

SCQF = {"scheme": "SCQF", "value": 20}


def test_everything_that_can_be_stated_is_read() -> None:
    micro = parse_microcredential(a_microcredential())

    assert [outcome.reusability for outcome in micro.outcomes] == ["cross-sector", None]
    assert micro.workload_hours == 200
    assert micro.contact_hours == Fraction(15, 2)
    assert [(each.scheme, each.value, each.rule) for each in micro.credit] == [
        ("SCQF", Fraction(20), None),
        ("ECTS", Fraction(10), "uk-ects-2to1"),
    ]
    assert [level.words for level in micro.levels] == ["SCQF level 11", "EQF level 7"]
    assert micro.assessments == (
        Assessment("marked-assignment", "Case study report", Fraction(3, 5), (), "supervised-id"),
        Assessment("oral-exam", "Defence", Fraction(2, 5), ("on-site",), "supervised"),
    )
    assert micro.participation == ("online", "blended")
    assert micro.quality_assurance == (
        QualityClaim(
            type="institutional",
            agent="Quality Agency of the Highlands",
            url="https://quality.example",
            title="Institutional review",
            report="https://quality.example/reports/inverbrae",
            decision="Confidence",
            dated=date(2024, 5, 1),
            expires=date(2029, 4, 30),
        ),
        QualityClaim(type="programme", url="https://engineers.example"),
    )
    assert micro.industry_recognition == (
        Link("Chamber of Data Trades", "https://chamber.example"),
        Link(None, "https://guild.example"),
    )
    assert micro.learning_setting == "formal"
    assert micro.stackability == ("stand-alone", "stackable")
    assert micro.stacks_into == (
        StackingOption(
            award="https://www.inverbrae.example/awards/pgcert-data-ethics",
            name="PG Certificate Data Ethics",
            pathway="https://badges.inverbrae.example/pathways/pgcert-data-ethics",
            digest=f"sha384-{'A' * 64}",
            counts_for="P5Y",
            level="http://data.europa.eu/snb/qdr/c_517309ca",
        ),
    )
    assert micro.full_award is False
    assert micro.field == ("0612",)


def test_nothing_need_be_stated() -> None:
    assert parse_microcredential({}) == MicroCredential()
    assert warnings_of(MicroCredential()) == ()


def test_one_value_may_stand_for_a_list_of_one() -> None:
    one = parse_microcredential({"credit": SCQF, "field": "06", "participation": "ONLINE"})
    many = parse_microcredential({"credit": [SCQF], "field": ["06"], "participation": ["Online"]})
    assert one == many


@pytest.mark.parametrize(
    ("value", "weight"), [([0.25, 0.75], Fraction(1, 4)), ([25, 75], Fraction(1, 4)), ([1], 1)]
)
def test_weights_sum_to_one_or_a_hundred(value: list[float], weight: Fraction) -> None:
    stated = [{"type": "quiz", "weight": each} for each in value]
    assert parse_microcredential({"assessment": stated}).assessments[0].weight == weight


def test_a_converted_amount_finds_its_rule() -> None:
    stated = [{"scheme": "SCQF", "value": 10}, {"scheme": "ECTS", "value": 4}]
    assert parse_microcredential({"credit": stated}).credit[1].rule == "cmf-hours"


def test_points_follow_from_the_annual_load_whichever_names_it() -> None:
    points = {"scheme": "POINTS", "value": 32}
    eftsl = {"scheme": "EFTSL", "value": 0.5, "units_per_year": 64}
    assert parse_microcredential({"credit": [points, eftsl]}).credit[1].rule == "au-eftsl"


def test_the_eqf_level_may_stand_among_the_levels() -> None:
    level = [{"framework": "EQF", "value": 7}, {"framework": "SCQF", "value": "Level 11"}]
    stated = {"level": level, "eqf_level": "http://data.europa.eu/snb/eqf/7"}
    levels = parse_microcredential(stated).levels
    assert [each.words for each in levels] == ["EQF level 7", "SCQF level 11"]


def test_a_framework_without_a_referencing_report_contradicts_nothing() -> None:
    stated = {"level": {"framework": "AQF", "value": 8}, "eqf_level": 2}
    assert parse_microcredential(stated).levels[0] == Level(
        "AQF", "8", "https://w3id.org/signet/mc/v1#AQF-8"
    )


PLACES: list[tuple[str, Any, str, str]] = [
    ("not an object", [], "wrong_type", ""),
    ("unknown member", {"ects": 5}, "unknown_member", "/ects"),
    ("unknown below", {"outcomes": [{"name": "x"}]}, "unknown_member", "/outcomes/0/name"),
    ("no title", {"outcomes": [{}]}, "missing_member", "/outcomes/0/title"),
    ("hours as text", {"workload_hours": "200"}, "wrong_type", "/workload_hours"),
    ("no hours", {"workload_hours": 0}, "out_of_range", "/workload_hours"),
    ("a life of hours", {"workload_hours": 1e6}, "out_of_range", "/workload_hours"),
    ("too fine", {"workload_hours": 1e-13}, "bad_number", "/workload_hours"),
    ("credit as number", {"credit": 20}, "wrong_type", "/credit"),
    ("no scheme", {"credit": {"value": 20}}, "missing_member", "/credit/scheme"),
    (
        "unknown scheme",
        {"credit": {"scheme": "ETCS", "value": 1}},
        "unknown_term",
        "/credit/scheme",
    ),
    (
        "unknown rule",
        {"credit": [SCQF, {"scheme": "ECTS", "value": 10, "rule": "two for one"}]},
        "unknown_term",
        "/credit/1/rule",
    ),
    (
        "the first is converted",
        {"credit": [{**SCQF, "rule": "hours-uk"}]},
        "contradiction",
        "/credit/0/rule",
    ),
    ("a scheme twice", {"credit": [SCQF, SCQF]}, "contradiction", "/credit/1/scheme"),
    (
        "no rule gives it",
        {"credit": [SCQF, {"scheme": "ECTS", "value": 20}]},
        "contradiction",
        "/credit/1/value",
    ),
    (
        "the named rule gives another",
        {"credit": [SCQF, {"scheme": "ECTS", "value": 10, "rule": "cmf-hours"}]},
        "contradiction",
        "/credit/1/value",
    ),
    (
        "no rule at all",
        {"credit": [SCQF, {"scheme": "NZ", "value": 20}]},
        "contradiction",
        "/credit/1/value",
    ),
    (
        "unknown framework",
        {"level": {"framework": "SQF", "value": 9}},
        "unknown_term",
        "/level/framework",
    ),
    (
        "unknown level",
        {"level": [{"framework": "SCQF", "value": 13}]},
        "unknown_term",
        "/level/0/value",
    ),
    ("unknown EQF level", {"eqf_level": 9}, "unknown_term", "/eqf_level"),
    (
        "levels that do not fit",
        {"level": {"framework": "SCQF", "value": 11}, "eqf_level": 6},
        "contradiction",
        "/eqf_level",
    ),
    (
        "two national levels that do not fit",
        {"level": [{"framework": "SCQF", "value": 11}, {"framework": "RQF", "value": 6}]},
        "contradiction",
        "/level",
    ),
    (
        "a framework twice",
        {"level": [{"framework": "SCQF", "value": 11}, {"framework": "SCQF", "value": 10}]},
        "contradiction",
        "/level/1/framework",
    ),
    (
        "two EQF levels",
        {"level": {"framework": "EQF", "value": 6}, "eqf_level": 7},
        "contradiction",
        "/eqf_level",
    ),
    ("unknown assessment", {"assessment": [{"type": "x"}]}, "unknown_term", "/assessment/0/type"),
    (
        "weights that do not sum",
        {"assessment": [{"type": "quiz", "weight": 50}, {"type": "quiz", "weight": 40}]},
        "contradiction",
        "/assessment",
    ),
    (
        "a weight that is missing",
        {"assessment": [{"type": "quiz", "weight": 50}, {"type": "quiz"}]},
        "contradiction",
        "/assessment/1/weight",
    ),
    (
        "a weight of nothing",
        {"assessment": [{"type": "quiz", "weight": 0}]},
        "out_of_range",
        "/assessment/0/weight",
    ),
    ("supervision of nothing", {"supervision": "supervised-id"}, "contradiction", "/supervision"),
    (
        "unknown supervision",
        {"assessment": [{"type": "quiz", "supervision": "strict"}]},
        "unknown_term",
        "/assessment/0/supervision",
    ),
    ("unknown participation", {"participation": ["by post"]}, "unknown_term", "/participation/0"),
    ("unknown setting", {"learning_setting": "casual"}, "unknown_term", "/learning_setting"),
    ("a blank word", {"learning_setting": " "}, "bad_value", "/learning_setting"),
    ("a word as truth", {"learning_setting": True}, "wrong_type", "/learning_setting"),
    ("unknown field", {"field": ["0612", "9999"]}, "unknown_term", "/field/1"),
    (
        "no agent",
        {"quality_assurance": [{"type": "programme"}]},
        "missing_member",
        "/quality_assurance/0/agent",
    ),
    (
        "ends before it begins",
        {
            "quality_assurance": [
                {
                    "type": "programme",
                    "agent": "A",
                    "date": "2026-01-02",
                    "expires": "2026-01-01",
                }
            ]
        },
        "contradiction",
        "/quality_assurance/0/expires",
    ),
    (
        "stand-alone and stacked",
        {"stackability": "stand-alone", "stacks_into": [{"award": "A"}]},
        "contradiction",
        "/stacks_into",
    ),
    (
        "a whole award that counts towards another",
        {"full_award": True, "stacks_into": [{"award": "A"}]},
        "contradiction",
        "/full_award",
    ),
    (
        "two names",
        {"stacks_into": [{"award": "A", "name": "B"}]},
        "contradiction",
        "/stacks_into/0/name",
    ),
    (
        "a digest of nothing",
        {"stacks_into": [{"award": "A", "digest": f"sha384-{'A' * 64}"}]},
        "contradiction",
        "/stacks_into/0/digest",
    ),
    (
        "no digest",
        {"stacks_into": [{"award": "A", "digest": "abc"}]},
        "bad_value",
        "/stacks_into/0/digest",
    ),
    (
        "no duration",
        {"stacks_into": [{"award": "A", "counts_for": "5 years"}]},
        "bad_value",
        "/stacks_into/0/counts_for",
    ),
    ("a skill without identifier", {"skills": ["Python"]}, "invalid_id", "/skills/0"),
]


@pytest.mark.parametrize(
    ("given", "code", "place"), [row[1:] for row in PLACES], ids=[row[0] for row in PLACES]
)
def test_what_is_wrong_is_refused_with_its_place(given: Any, code: str, place: str) -> None:
    with pytest.raises(InvalidRequest) as caught:
        parse_microcredential(given)
    assert (caught.value.code, caught.value.field) == (code, f"/microcredential{place}")


def test_a_contradiction_names_both_sides_and_the_report() -> None:
    given = {"level": {"framework": "SCQF", "value": 11}, "eqf_level": 6}
    with pytest.raises(InvalidRequest) as caught:
        parse_microcredential(given)
    assert "SCQF level 11 is EQF level 7" in caught.value.detail
    assert "2019" in caught.value.detail
    assert "EQF level 6 is stated" in caught.value.detail


def test_a_refused_conversion_names_what_the_rules_give() -> None:
    given = {"credit": [{"scheme": "SCQF", "value": 10}, {"scheme": "ECTS", "value": 6}]}
    with pytest.raises(InvalidRequest, match=r"5 by uk-ects-2to1, 4 by cmf-hours"):
        parse_microcredential(given)


def test_the_api_checks_the_shape_with_the_achievement() -> None:
    with pytest.raises(InvalidRequest) as caught:
        validate_achievement(a_definition({"workload_hours": None, "credits": 5}, name=None))
    fields = {finding.field for finding in caught.value.findings}
    assert fields == {"/name", "/microcredential/workload_hours", "/microcredential/credits"}


def warned(**members: Any) -> list[str]:
    return [each.field for each in warnings_of(parse_microcredential(a_microcredential(**members)))]


def test_the_examples_are_plausible() -> None:
    for example in EXAMPLES.values():
        given = example.definition["microcredential"]
        assert warnings_of(parse_microcredential(given)) == ()


@pytest.mark.parametrize(
    ("credit", "hours", "told"),
    [
        (SCQF, 100, "stand for 200 hours"),
        (SCQF, 300, "stand for 200 hours"),
        (SCQF, 190, None),
        (SCQF, 220, None),
        ({"scheme": "ECTS", "value": 10}, 300, None),
        ({"scheme": "ECTS", "value": 10}, 200, "stand for 250 to 300 hours"),
        ({"scheme": "ECTS", "value": 10}, 400, "stand for 250 to 300 hours"),
        ({"scheme": "US-SEM", "value": 3}, 60, "stand for at least 135 hours"),
        ({"scheme": "US-SEM", "value": 3}, 900, None),
        ({"scheme": "EFTSL", "value": 0.5}, 1, None),
    ],
)
def test_hours_that_do_not_fit_the_credit_are_warned_of(
    credit: Any, hours: float, told: str | None
) -> None:
    given = a_microcredential(credit=credit, workload_hours=hours, contact_hours=None)
    micro = parse_microcredential(given)
    details = [each.detail for each in warnings_of(micro)]
    if told is None:
        assert details == []
    else:
        [detail] = details
        assert told in detail


def test_other_things_that_are_hardly_plausible() -> None:
    place = "/microcredential/"
    assert warned(contact_hours=250) == [f"{place}contact_hours"]
    assert warned(level=None, eqf_level=None) == [f"{place}credit"]
    assert warned(assessment=None, supervision=None) == [f"{place}credit"]
    assert warned(stacks_into=None) == [f"{place}stackability"]
    assert warned(workload_hours=None) == []
    semester = {"scheme": "US-SEM", "value": 4}
    assert warned(credit=semester, level=None, eqf_level=None) == []


def test_credit_says_what_it_is() -> None:
    assert Credit("SCQF", Fraction(1)).words == "1 SCQF credit"
    assert Credit("EFTSL", Fraction(1, 2)).words == "0.5 EFTSL"
    assert Credit(None, Fraction(3)).words == "3 credits of a scheme that is not named"
    strange = Credit(None, Fraction(3), iri="https://x.example")
    assert strange.words == "3 credits of https://x.example"

"""The seven worked cases, with the results that were reckoned by hand."""

from fractions import Fraction

from app.pathways.evaluation import Evaluation, Use
from tests.pathways import OTHER, a_candidate, answer, day, example, found, ids

MITX = "did:web:micromasters.mitx.example"


def failed(evaluation: Evaluation) -> list[str]:
    return [result.check.id for result in evaluation.missing]


def test_case_1_three_of_our_own_make_the_postgraduate_certificate() -> None:
    rule = example("scottish-postgraduate-certificate")

    result = answer(rule, *(a_candidate(f"m{n}", 20, level=11) for n in range(3)))

    assert result.satisfied
    assert ids(result.used) == ["m0", "m1", "m2"]
    assert [found(result, check) for check in ("total", "at-level", "external-or-rpl-cap")] == [
        60,
        60,
        0,
    ]
    assert [each.id for each in result.manual] == ["coherence", "board"]


def test_case_2_credit_from_elsewhere_is_converted_and_what_is_old_excluded() -> None:
    rule = example("scottish-postgraduate-certificate")

    result = answer(
        rule,
        a_candidate("own", 20, level=11),
        a_candidate("external", 10, scheme="ECTS", level=11, issuer=OTHER),
        a_candidate("old", 20, level=11, awarded=day("2019-06-01")),
    )

    assert not result.satisfied
    assert found(result, "total") == 40
    assert failed(result) == ["total"]
    assert [(each.candidate.id, each.rule) for each in result.excluded] == [("old", "recency")]
    assert "1 June 2019" in result.excluded[0].reason
    rules = dict(zip(ids(result.used), [each.rule for each in result.counted], strict=True))
    assert rules == {"own": None, "external": "uk-ects-2to1"}
    assert [each.id for each in result.manual] == ["coherence", "board"]


def test_case_3_a_third_may_be_one_level_lower() -> None:
    rule = example("scottish-postgraduate-certificate")

    result = answer(
        rule,
        a_candidate("a", 20, level=11),
        a_candidate("b", 20, level=11),
        a_candidate("c", 20, level=10),
    )

    assert result.satisfied
    assert found(result, "at-level") == 40


def test_case_4_a_grade_too_low_leaves_electives_and_residency_short() -> None:
    rule = example("alm-sustainability-from-micromasters")
    good = {"gradePoint.US4": "3.33"}

    def course(name: str, *, elective: bool = False, points: dict[str, str] = good) -> object:
        return a_candidate(
            name,
            4,
            scheme="US-SEM",
            codes=[name],
            numbers=points,
            texts={"group": ["sustainability-elective"]} if elective else {},
        )

    courses = [course("ENVR-101"), course("ENVR-210"), course("CAPSTONE")]
    electives = [course(f"e{n}", elective=True) for n in range(1, 5)]
    low = course("e5", elective=True, points={"gradePoint.US4": "2.3"})
    micromasters = a_candidate("mm", codes=["mitx-micromasters-scm"], issuer=MITX)

    result = answer(rule, micromasters, *courses, *electives, low)  # type: ignore[arg-type]

    assert not result.satisfied
    assert failed(result) == ["total", "electives", "residency"]
    assert [found(result, check) for check in ("total", "electives", "residency")] == [44, 4, 28]
    assert [(each.candidate.id, each.rule) for each in result.excluded] == [("e5", "grade")]
    assert [each.id for each in result.manual] == ["precapstone", "admission"]


def test_case_5_an_earlier_microcertificate_does_not_stand_in_the_way() -> None:
    rule = example("graduate-certificate")
    starts = ["2023-09-01", "2024-01-20", "2024-09-01", "2026-01-20"]
    awards = ["2023-12-20", "2024-05-20", "2024-12-20", "2026-05-20"]
    courses = [
        a_candidate(
            f"c{n}",
            4,
            scheme="US-SEM",
            start=day(start),
            awarded=day(award),
            numbers={"gradePoint.US4": "3.67"},
            texts={"creditStatus": ["graduate"], "group": ["certificate-field"]},
        )
        for n, (start, award) in enumerate(zip(starts, awards, strict=True))
    ]
    use = Use("Microcertificate", frozenset({"microcertificate"}))

    result = answer(rule, *courses, used={each.key: (use,) for each in courses[:2]})

    assert result.satisfied
    [courses_found, window] = result.checks
    assert courses_found.amount == 4
    assert (window.first, window.last) == (day("2023-09-01"), day("2026-05-20"))
    assert [each.id for each in result.manual] == ["request"]


def test_case_6_points_of_two_institutions_become_half_a_year() -> None:
    rule = example("undergraduate-certificate")
    texts = {
        "issuerRegister": ["https://www.teqsa.gov.au/national-register"],
        "articulatesTo": ["same-award"],
    }
    csu = [
        a_candidate(f"csu{n}", 8, scheme="POINTS/64", level=6, framework="AQF", texts=dict(texts))
        for n in range(3)
    ]
    melbourne = a_candidate(
        "melbourne",
        "12.5",
        scheme="POINTS/100",
        level=5,
        framework="AQF",
        issuer=OTHER,
        texts={"issuerRegister": ["https://www.teqsa.gov.au/national-register"]},
    )

    result = answer(rule, *csu, melbourne)

    assert result.satisfied
    assert found(result, "volume") == Fraction(1, 2)
    assert found(result, "credit-cap") == Fraction(1, 4)
    assert [each.rule for each in result.counted] == ["au-eftsl"] * 4
    assert [each.id for each in result.manual] == ["design"]


def test_case_7_twenty_four_of_thirty_are_four_fifths() -> None:
    rule = example("certificate-in-professional-practice")
    theme = {"category": ["professional-practice"]}
    inside = [
        a_candidate(f"i{n}", 6, scheme="HKUSPACE", level=5, framework="HKQF", texts=dict(theme))
        for n in range(4)
    ]
    outside = a_candidate("o", 6, scheme="HKUSPACE", level=3, framework="HKQF")

    result = answer(rule, *inside, outside)

    assert result.satisfied
    assert found(result, "level-share") == Fraction(4, 5)
    assert found(result, "theme-share") == Fraction(4, 5)

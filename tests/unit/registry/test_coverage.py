"""Whether a credential is within what its issuer is known for: fields, levels, kinds of award."""

from dataclasses import replace

import pytest

from app.credentials.learning import Contradiction, Learning, read_learning
from app.encoding.strict_json import JsonObject
from app.registry.coverage import UNBOUNDED, Coverage, Fit, Scope, compare, scope_from


def a_badge(*levels: str, fields: tuple[str, ...] = (), award_type: str | None = None) -> Learning:
    """What a badge claims: levels (`SCQF 11`) and fields in the slots that any badge has."""
    alignments: list[JsonObject] = [
        {"targetFramework": framework, "targetCode": value}
        for framework, value in (level.split(" ", 1) for level in levels)
    ]
    alignments += [{"targetUrl": f"http://data.europa.eu/snb/isced-f/{field}"} for field in fields]
    return read_learning({"achievementType": award_type, "alignment": alignments})


SCQF_11 = Scope(levels=("SCQF level 11",))
EQF_7 = Scope(levels=("EQF level 7",))
DATABASES = Scope(fields=("0612",))
COMPUTING = Scope(fields=("06",))
MICRO = Scope(award_types=("MicroCredential",))


@pytest.mark.parametrize(
    ("scope", "badge", "fit", "because"),
    [
        # Fields: the code of a field begins with the code of what it is part of.
        (DATABASES, a_badge(fields=("0612",)), Fit.COVERED, ""),
        (COMPUTING, a_badge(fields=("0612",)), Fit.COVERED, ""),
        (COMPUTING, a_badge(fields=("0612", "0613")), Fit.COVERED, ""),
        (DATABASES, a_badge(fields=("0613",)), Fit.NOT_COVERED, "its field is Software"),
        (COMPUTING, a_badge(fields=("0612", "0221")), Fit.NOT_COVERED, "its field is Relig"),
        (DATABASES, a_badge(fields=("06",)), Fit.NOT_COMPARABLE, "is broader than what"),
        (DATABASES, a_badge(), Fit.NOT_COMPARABLE, "it names no field of study"),
        (
            DATABASES,
            replace(a_badge(), field=("https://x.example/f",)),
            Fit.NOT_COMPARABLE,
            "is not in the list of fields",
        ),
        (
            DATABASES,
            replace(a_badge(), contradictions=(Contradiction("field", "a", "b"),)),
            Fit.NOT_COMPARABLE,
            "it contradicts itself about its field of study",
        ),
        # Levels: within one framework, and from a national one to the European one.
        (SCQF_11, a_badge("SCQF 11"), Fit.COVERED, ""),
        (SCQF_11, a_badge("SCQF 11", "EQF 7"), Fit.COVERED, ""),
        (SCQF_11, a_badge("SCQF 10"), Fit.NOT_COVERED, "it is at SCQF level 10"),
        (SCQF_11, a_badge("EQF 7"), Fit.NOT_COMPARABLE, "EQF level 7 is a level of another"),
        (SCQF_11, a_badge(), Fit.NOT_COMPARABLE, "it names no level"),
        (EQF_7, a_badge("SCQF 11"), Fit.COVERED, ""),
        (EQF_7, a_badge("SCQF 10"), Fit.NOT_COVERED, "it is at SCQF level 10"),
        (EQF_7, a_badge("EQF 6"), Fit.NOT_COVERED, "it is at EQF level 6"),
        (
            Scope(levels=("SCQF level 11", "RQF level 7")),
            a_badge("SCQF 11", "RQF 8"),
            Fit.NOT_COVERED,
            "it is at RQF level 8",
        ),
        (
            SCQF_11,
            replace(a_badge("EQF 7"), contradictions=(Contradiction("level", "a", "b"),)),
            Fit.NOT_COMPARABLE,
            "it contradicts itself about its level",
        ),
        # Kinds of award, as the badge writes them.
        (MICRO, a_badge(award_type="MicroCredential"), Fit.COVERED, ""),
        (MICRO, a_badge(award_type="Degree"), Fit.NOT_COVERED, "its kind of award is Degree"),
        (MICRO, a_badge(), Fit.NOT_COMPARABLE, "it names no kind of award"),
        # All bounds together: one that is broken decides, then one that cannot be compared.
        (
            Scope(("06",), ("SCQF level 11",), ("MicroCredential",)),
            a_badge("SCQF 11", fields=("0612",), award_type="MicroCredential"),
            Fit.COVERED,
            "",
        ),
        (
            Scope(("06",), ("SCQF level 11",), ("MicroCredential",)),
            a_badge("SCQF 10", award_type="MicroCredential"),
            Fit.NOT_COVERED,
            "it is at SCQF level 10",
        ),
        (
            Scope(("06",), ("SCQF level 11",), ("MicroCredential",)),
            a_badge(fields=("0612",), award_type="MicroCredential"),
            Fit.NOT_COMPARABLE,
            "it names no level",
        ),
    ],
)
def test_a_claim_is_held_against_a_bound(
    scope: Scope, badge: Learning, fit: Fit, because: str
) -> None:
    coverage = compare(scope, badge)

    assert coverage.fit is fit
    assert because in "; ".join(coverage.because)
    assert bool(coverage.because) is (fit is not Fit.COVERED)


def test_without_a_bound_everything_is_covered() -> None:
    assert compare(Scope(), a_badge()) == UNBOUNDED == Coverage(Fit.COVERED)


def test_a_scope_survives_being_stored() -> None:
    scope = Scope(("0612",), ("SCQF level 11",), ("MicroCredential",))

    assert scope_from(scope.as_json()) == scope
    assert scope.words == (
        "Database and network design and administration",
        "SCQF level 11",
        "MicroCredential",
    )

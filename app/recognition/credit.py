"""Workload and credit: native numbers first, converted ones beside them, each with its rule.

Where published rules disagree, all their numbers stand there; none is preferred. Amounts that the
issuer had converted itself are not converted again.
"""

from collections.abc import Iterator
from fractions import Fraction

from app.credentials.learning import Learning
from app.credentials.learning_parts import Credit
from app.recognition.parts import ConversionLine, CreditLine, HoursLine, WorkloadPart
from app.recognition.words import conflicts_of
from app.vocabularies.amounts import amount_text
from app.vocabularies.credit import Conversion, convert, expected_hours, find_scheme
from app.vocabularies.levels import Framework

_ANYWHERE = ("ECTS",)
_SCHEMES = {
    "SCQF": ("SCQF",),
    "RQF": ("RQF",),
    "FHEQ": ("CATS",),
    "CQFW": ("CQFW",),
    "AQF": ("EFTSL",),
    "NZQCF": ("NZ",),
}
"""The credit that goes with a framework; with the others it is ECTS."""


def workload_and_credit(learning: Learning, target: Framework | None) -> WorkloadPart:
    """Section 6: hours, credit, conversions to the target's scheme (without one, to ECTS)."""
    schemes = _ANYWHERE if target is None else _SCHEMES.get(target.code, _ANYWHERE)
    stated = [("offered", each) for each in learning.credit_offered]
    stated += [("received", each) for each in learning.credit_received]
    return WorkloadPart(
        hours=learning.workload_hours,
        contact_hours=learning.contact_hours,
        credit=tuple(_line(kind, credit, schemes) for kind, credit in stated),
        hours_per_credit=tuple(_sanity(learning)),
        conflicts=conflicts_of(learning, "credit_offered", "credit_received"),
    )


def _line(kind: str, credit: Credit, schemes: tuple[str, ...]) -> CreditLine:
    lines: list[ConversionLine] = []
    disagree = False
    note = None
    if credit.rule is not None:
        note = "The issuer converted this amount itself; it is not converted again."
    elif credit.scheme is None:
        note = "The scheme is not one that conversion rules are known for."
    else:
        for scheme in (each for each in schemes if each != credit.scheme):
            found = convert(
                credit.value, credit.scheme, scheme, units_per_year=credit.units_per_year
            )
            disagree = disagree or len({each.value for each in found}) > 1
            lines += [_conversion(scheme, each) for each in found]
            if not found:
                note = f"No published rule is known from {credit.scheme} to {scheme}."
    return CreditLine(
        kind=kind,
        scheme=credit.scheme,
        value=credit.value,
        words=credit.words,
        issuer_rule=credit.rule,
        units_per_year=credit.units_per_year,
        conversions=tuple(lines),
        rules_disagree=disagree,
        note=note,
    )


def _conversion(scheme: str, found: Conversion) -> ConversionLine:
    return ConversionLine(
        scheme=scheme,
        value=found.value,
        words=Credit(scheme, found.value).words,
        rule=found.rule.id,
        status=found.rule.status,
        statement=found.rule.statement,
        source=found.rule.source,
    )


def _sanity(learning: Learning) -> Iterator[HoursLine]:
    """The hours against each amount of native credit whose scheme says how many hours it is."""
    if learning.workload_hours is None:
        return
    for credit in learning.credit_offered or learning.credit_received:
        scheme = find_scheme(credit.scheme)
        expected = None if scheme is None else expected_hours(credit.value, scheme.code)
        if expected is not None and credit.rule is None:
            yield _hours(credit, learning.workload_hours, *expected)


def _hours(credit: Credit, hours: Fraction, least: Fraction, most: Fraction | None) -> HoursLine:
    outcome = "plausible"
    if hours < least:
        outcome = "fewer hours than the credit stands for"
    elif most is not None and hours > most:
        outcome = "more hours than the credit stands for"
    if most is None:
        span = f"at least {amount_text(least)}"
    elif most == least:
        span = amount_text(least)
    else:
        span = f"{amount_text(least)} to {amount_text(most)}"
    return HoursLine(
        credit=credit.words,
        expected_least=least,
        expected_most=most,
        outcome=outcome,
        sentence=f"{credit.words} stand for {span} hours; {amount_text(hours)} are stated.",
    )

"""What a micro-credential is worth, as people tell it: parsed, and held against itself.

`parse_microcredential` refuses what contradicts itself or a published rule; `warnings_of` names
what is only hardly plausible. Nothing is derived here that the issuer did not state.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from app.credentials.conformance import (
    Reading,
    found,
    object_findings,
    pointer_to,
    raise_invalid_request,
)
from app.credentials.learning_parts import (
    Assessment,
    Credit,
    Link,
    Outcome,
    QualityClaim,
    StackingOption,
)
from app.credentials.microcredential_input import INPUT_CLASSES, MICROCREDENTIAL
from app.credentials.values import is_absolute_iri
from app.encoding.strict_json import JsonObject
from app.errors import Finding, InvalidRequest
from app.vocabularies.amounts import amount_in, amount_text
from app.vocabularies.credit import convert, expected_hours, rule, scheme
from app.vocabularies.levels import EQF, Level, framework, reference_of
from app.vocabularies.terms import (
    ASSESSMENT,
    FIELD,
    LEARNING_SETTING,
    PARTICIPATION,
    QUALITY_ASSURANCE,
    REUSABILITY,
    STACKABILITY,
    SUPERVISION,
    Vocabulary,
)

PLACE = "/microcredential"
_TOLERANCE = Fraction(1, 10)  # hours are notional; a tenth more or less is no mistake

_WITHOUT_LEVELS = ("US-SEM", "US-QTR")  # there is no national framework to take a level from


@dataclass(frozen=True)
class MicroCredential:
    """Everything that people may state; empty and None mean that they did not.

    The first credit is the one that is awarded; the others were converted from it by a rule.
    `levels` holds the EQF level too, if stated.
    """

    outcomes: tuple[Outcome, ...] = ()
    workload_hours: Fraction | None = None
    contact_hours: Fraction | None = None
    credit: tuple[Credit, ...] = ()
    levels: tuple[Level, ...] = ()
    assessments: tuple[Assessment, ...] = ()
    participation: tuple[str, ...] = ()
    quality_assurance: tuple[QualityClaim, ...] = ()
    quality_statement: str | None = None
    industry_recognition: tuple[Link, ...] = ()
    prerequisites: tuple[str, ...] = ()
    learning_setting: str | None = None
    stackability: tuple[str, ...] = ()
    stacks_into: tuple[StackingOption, ...] = ()
    full_award: bool | None = None
    field: tuple[str, ...] = ()
    skills: tuple[Link, ...] = ()
    occupations: tuple[Link, ...] = ()
    definition_policies: tuple[str, ...] = ()


def parse_microcredential(given: Any) -> MicroCredential:
    """Check and read the member `microcredential` of an achievement sent to the API.

    Raises `InvalidRequest`: wrong members and values, unknown_term, and contradiction; `field`
    begins with /microcredential.
    """
    reading = Reading(INPUT_CLASSES, api_input=True)
    raise_invalid_request(object_findings(given, MICROCREDENTIAL, reading, PLACE))
    levels = _levels(given)
    return MicroCredential(
        outcomes=_outcomes(given),
        workload_hours=_amount(given, "workload_hours"),
        contact_hours=_amount(given, "contact_hours"),
        credit=parse_credits(given.get("credit"), f"{PLACE}/credit"),
        levels=levels,
        assessments=_assessments(given),
        participation=_codes(given, "participation", PARTICIPATION),
        quality_assurance=_quality_assurance(given),
        quality_statement=given.get("quality_statement"),
        industry_recognition=_links(given, "industry_recognition"),
        prerequisites=tuple(_many(given.get("prerequisites"))),
        learning_setting=_code(given, "learning_setting", LEARNING_SETTING),
        stackability=_codes(given, "stackability", STACKABILITY),
        stacks_into=_stacks_into(given),
        full_award=given.get("full_award"),
        field=_codes(given, "field", FIELD),
        skills=_links(given, "skills"),
        occupations=_links(given, "occupations"),
        definition_policies=tuple(given.get("definition_policies", ())),
    )


def warnings_of(micro: MicroCredential) -> tuple[Finding, ...]:
    """What is hardly plausible though it contradicts nothing; code `implausible`."""
    return tuple(_warnings(micro))


def parse_credits(given: Any, place: str) -> tuple[Credit, ...]:
    """One or several amounts of credit, already checked for their shape.

    Raises `InvalidRequest` unknown_term, or contradiction when a further amount does not follow
    from the first by a published rule.
    """
    single = isinstance(given, dict)
    parsed: list[Credit] = []
    for index, each in enumerate(_many(given)):
        here = place if single else pointer_to(place, index)
        credit = _credit(each, here)
        if any(other.scheme == credit.scheme for other in parsed):
            raise _contradiction(f"{here}/scheme", f"{credit.scheme} stands twice")
        parsed.append(_by_rule(parsed[0], credit, here) if parsed else credit)
        if len(parsed) == 1 and credit.rule is not None:
            sentence = "belongs to a converted amount; the first is the one that is awarded"
            raise _contradiction(f"{here}/rule", sentence)
    return tuple(parsed)


# --- The parts -----------------------------------------------------------------------------------


def _many(given: Any) -> list[Any]:
    if given is None:
        return []
    return given if isinstance(given, list) else [given]


def _exact(value: Any) -> Fraction:
    """An amount whose shape was checked."""
    return amount_in(value) or Fraction(0)


def _amount(given: JsonObject, name: str) -> Fraction | None:
    return amount_in(given.get(name))


def _code(given: JsonObject, name: str, words: Vocabulary, place: str = PLACE) -> str | None:
    if name not in given:
        return None
    return words.lookup(str(given[name]), field=f"{place}/{name}").code


def _codes(given: JsonObject, name: str, words: Vocabulary, place: str = PLACE) -> tuple[str, ...]:
    here = f"{place}/{name}"
    values = given.get(name)
    if not isinstance(values, list):
        return () if values is None else (words.lookup(str(values), field=here).code,)
    codes = [
        words.lookup(str(value), field=pointer_to(here, index)).code
        for index, value in enumerate(values)
    ]
    return tuple(dict.fromkeys(codes))


def _outcomes(given: JsonObject) -> tuple[Outcome, ...]:
    return tuple(
        Outcome(
            title=each["title"],
            skills=tuple(each.get("skills", ())),
            reusability=_code(each, "reusability", REUSABILITY, f"{PLACE}/outcomes/{index}"),
        )
        for index, each in enumerate(given.get("outcomes", ()))
    )


def _credit(given: JsonObject, place: str) -> Credit:
    known = scheme(str(given["scheme"]), field=f"{place}/scheme")
    value = _exact(given["value"])
    named = rule(str(given["rule"]), field=f"{place}/rule").id if "rule" in given else None
    return Credit(known.code, value, named, amount_in(given.get("units_per_year")), known.iri)


def _by_rule(native: Credit, credit: Credit, place: str) -> Credit:
    """The converted amount with the rule that supports it."""
    load = native.units_per_year or credit.units_per_year
    options = convert(native.value, native.scheme or "", credit.scheme or "", units_per_year=load)
    for option in options:
        if option.value == credit.value and credit.rule in (None, option.rule.id):
            return Credit(
                credit.scheme, credit.value, option.rule.id, credit.units_per_year, credit.iri
            )
    told = ", ".join(f"{amount_text(each.value)} by {each.rule.id}" for each in options)
    reason = f"the published rules give {told}" if told else "no published rule converts these"
    sentence = f"does not follow from {native.words}: {reason}"
    raise _contradiction(f"{place}/value", sentence)


def _levels(given: JsonObject) -> tuple[Level, ...]:
    stated = given.get("level")
    single = isinstance(stated, dict)
    levels: list[Level] = []
    for index, each in enumerate(_many(stated)):
        place = f"{PLACE}/level" if single else f"{PLACE}/level/{index}"
        level = _level(each, place)
        if any(other.framework == level.framework for other in levels):
            raise _contradiction(f"{place}/framework", f"{level.framework} stands twice")
        levels.append(level)
    if "eqf_level" in given:
        eqf = EQF.level(given["eqf_level"], field=f"{PLACE}/eqf_level")
        if any(level.framework == "EQF" and level != eqf for level in levels):
            raise _contradiction(f"{PLACE}/eqf_level", "is not the EQF level in `level`")
        levels += [] if eqf in levels else [eqf]
    _agree(levels, f"{PLACE}/eqf_level" if "eqf_level" in given else f"{PLACE}/level")
    return tuple(levels)


def _level(given: JsonObject, place: str) -> Level:
    known = framework(str(given["framework"]), field=f"{place}/framework")
    return known.level(given["value"], field=f"{place}/value")


def _agree(levels: Sequence[Level], place: str) -> None:
    """Levels of several frameworks must be referenced to one EQF level."""
    told: dict[int, str] = {}
    for level in levels:
        reference = reference_of(level)
        if reference is not None:
            told[reference.eqf] = (
                f"{level.words} is EQF level {reference.eqf} ({reference.source}, {reference.year})"
            )
        elif level.framework == "EQF" and level.number is not None:
            told[level.number] = f"{level.words} is stated"
    if len(told) > 1:
        raise _contradiction(place, "contradicts: " + ", but ".join(told.values()))


def _assessments(given: JsonObject) -> tuple[Assessment, ...]:
    stated = given.get("assessment", [])
    supervision = _code(given, "supervision", SUPERVISION)
    if supervision is not None and not stated:
        raise _contradiction(f"{PLACE}/supervision", "is of an assessment, and there is none")
    weights = _weights(stated)
    return tuple(
        Assessment(
            type=_code(each, "type", ASSESSMENT, place),
            title=each.get("title"),
            weight=weight,
            participation=_codes(each, "participation", PARTICIPATION, place),
            supervision=_code(each, "supervision", SUPERVISION, place) or supervision,
        )
        for each, weight, place in zip(
            stated,
            weights,
            (f"{PLACE}/assessment/{index}" for index in range(len(stated))),
            strict=True,
        )
    )


def _weights(stated: Sequence[JsonObject]) -> list[Fraction | None]:
    """The weights as shares of one: all or none, and together 1 or 100."""
    weights = [amount_in(each.get("weight")) for each in stated]
    given = [weight for weight in weights if weight is not None]
    if not given:
        return weights
    if len(given) < len(weights):
        index = weights.index(None)
        sentence = "is missing: give every assessment a weight, or none"
        raise _contradiction(f"{PLACE}/assessment/{index}/weight", sentence)
    total = sum(given, Fraction(0))
    if total not in (1, 100):
        sentence = f"has weights that sum to {amount_text(total)}, not to 1 or 100"
        raise _contradiction(f"{PLACE}/assessment", sentence)
    return [weight / total for weight in given]


def _quality_assurance(given: JsonObject) -> tuple[QualityClaim, ...]:
    claims = []
    for index, each in enumerate(given.get("quality_assurance", ())):
        place = f"{PLACE}/quality_assurance/{index}"
        agent, url = each["agent"], each.get("url")
        if url is None and is_absolute_iri(agent):
            agent, url = None, agent
        day, expires = (
            date.fromisoformat(each[name]) if name in each else None for name in ("date", "expires")
        )
        if day is not None and expires is not None and expires < day:
            raise _contradiction(f"{place}/expires", "is before `date`")
        claims.append(
            QualityClaim(
                type=_code(each, "type", QUALITY_ASSURANCE, place),
                agent=agent,
                url=url,
                title=each.get("title"),
                report=each.get("report"),
                decision=each.get("decision"),
                dated=day,
                expires=expires,
            )
        )
    return tuple(claims)


def _stacks_into(given: JsonObject) -> tuple[StackingOption, ...]:
    stated = given.get("stacks_into", [])
    kinds = _codes(given, "stackability", STACKABILITY)
    if stated and kinds and "stackable" not in kinds:
        raise _contradiction(f"{PLACE}/stacks_into", "is given, but `stackability` is stand-alone")
    if stated and given.get("full_award") is True:
        raise _contradiction(
            f"{PLACE}/full_award", "is true, but `stacks_into` names another award"
        )
    return tuple(
        _stacking_option(each, f"{PLACE}/stacks_into/{index}") for index, each in enumerate(stated)
    )


def _stacking_option(given: JsonObject, place: str) -> StackingOption:
    award, name = given["award"], given.get("name")
    if not is_absolute_iri(award):
        if name is not None:
            raise _contradiction(f"{place}/name", "and `award` are two names; give the award's URL")
        award, name = None, award
    if "digest" in given and "pathway" not in given:
        raise _contradiction(f"{place}/digest", "pins a `pathway`, and there is none")
    level = _level(given["level"], f"{place}/level").iri if "level" in given else None
    return StackingOption(
        award=award,
        name=name,
        pathway=given.get("pathway"),
        digest=given.get("digest"),
        counts_for=given.get("counts_for"),
        level=level,
    )


def _links(given: JsonObject, name: str) -> tuple[Link, ...]:
    return tuple(
        Link(url=each) if isinstance(each, str) else Link(each.get("name"), each["url"])
        for each in given.get(name, ())
    )


def _contradiction(place: str, sentence: str) -> InvalidRequest:
    finding = found("contradiction", place, sentence)
    return InvalidRequest("contradiction", finding.detail, field=place, findings=(finding,))


# --- Warnings ------------------------------------------------------------------------------------


def _warnings(micro: MicroCredential) -> Iterator[Finding]:
    hours = micro.workload_hours
    if hours is not None and micro.credit:
        yield from _hours_warning(hours, micro.credit[0])
    if hours is not None and micro.contact_hours is not None and micro.contact_hours > hours:
        sentence = "is more than `workload_hours`, which include it"
        yield found("implausible", f"{PLACE}/contact_hours", sentence)
    if micro.credit and not micro.levels and micro.credit[0].scheme not in _WITHOUT_LEVELS:
        sentence = "is given without a `level`: nobody can tell what the credit is worth"
        yield found("implausible", f"{PLACE}/credit", sentence)
    if micro.credit and not micro.assessments:
        sentence = "is given without an `assessment`: credit is awarded for what was assessed"
        yield found("implausible", f"{PLACE}/credit", sentence)
    if "stackable" in micro.stackability and not micro.stacks_into:
        sentence = "says stackable, but `stacks_into` names no award"
        yield found("implausible", f"{PLACE}/stackability", sentence)


def _hours_warning(hours: Fraction, credit: Credit) -> Iterator[Finding]:
    expected = expected_hours(credit.value, credit.scheme or "")
    if expected is None:
        return
    least, most = expected
    few = hours < least * (1 - _TOLERANCE)
    much = most is not None and hours > most * (1 + _TOLERANCE)
    if few or much:
        span = amount_text(least)
        if most is None:
            span = f"at least {span}"
        elif most != least:
            span = f"{span} to {amount_text(most)}"
        sentence = f"are {amount_text(hours)}, but {credit.words} stand for {span} hours"
        yield found("implausible", f"{PLACE}/workload_hours", sentence)

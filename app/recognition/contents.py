"""What a verified credential says, section by section; nothing is judged and nothing is chosen."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from app.credentials.display import in_words
from app.credentials.learning import Learning
from app.credentials.reading import first_of, iri_in, text_in
from app.credentials.rules import objects
from app.pathways.durations import span_in
from app.policy.definition import DefinitionPolicy
from app.policy.evaluation import FAILED, conforms, evaluate
from app.policy.profile import facts_of_credential
from app.recognition.parts import (
    AssessmentLine,
    AssessmentPart,
    AwardLine,
    EvidenceLine,
    IdentificationPart,
    LevelLine,
    LevelPart,
    OutcomeLine,
    OutcomesPart,
    PolicyLine,
    Referencing,
    ResultLine,
    RuleLine,
    SettingPart,
    StackabilityPart,
    TargetLevels,
)
from app.recognition.standing import Standing
from app.recognition.words import conflicts_of, links, word, words
from app.vocabularies.levels import Framework, Level, reference_of
from app.vocabularies.terms import (
    ASSESSMENT,
    FIELD,
    LEARNING_SETTING,
    PARTICIPATION,
    RECOGNITION_BASIS,
    REUSABILITY,
    STACKABILITY,
    SUPERVISION,
)


def level(learning: Learning, target: Framework | None) -> LevelPart:
    """Section 4. The EQF level is the stated one; reports on national levels stand beside it."""
    return LevelPart(
        levels=tuple(_level(each) for each in learning.levels),
        eqf_as_stated=learning.eqf_level,
        target=None if target is None else _target(learning, target),
        conflicts=conflicts_of(learning, "level"),
    )


def _level(found: Level) -> LevelLine:
    reference = reference_of(found)
    return LevelLine(
        framework=found.framework,
        value=found.value,
        words=found.words,
        iri=found.iri,
        referencing=None
        if reference is None
        else Referencing(reference.eqf, reference.match, reference.source, reference.year),
    )


def _target(learning: Learning, target: Framework) -> TargetLevels | None:
    """What the target's own report says of the stated EQF level, else of the referenced one.

    None where they are not of one level, where there is no report, and where none is needed.
    """
    if any(each.framework == target.code for each in learning.levels):
        return None
    stated = learning.eqf_level
    references = [reference_of(each) for each in learning.levels]
    eqf = {each.eqf for each in references if each is not None} if stated is None else {stated}
    found = {value: each for value, each in target.references.items() if eqf == {each.eqf}}
    if not found:
        return None
    report = next(iter(found.values()))
    return TargetLevels(target.code, report.eqf, tuple(found), report.source, report.year)


def outcomes(learning: Learning) -> OutcomesPart:
    """Section 5."""
    return OutcomesPart(
        title=learning.title,
        description=learning.description,
        language=learning.language,
        code=learning.code,
        version=learning.version,
        identifiers=learning.identifiers,
        outcomes=tuple(
            OutcomeLine(each.title, each.skills, word(each.reusability, REUSABILITY))
            for each in learning.outcomes
        ),
        skills=links(learning.skills),
        occupations=links(learning.occupations),
        fields=words(learning.field, FIELD),
        specialization=learning.specialization,
        topics=learning.topics,
    )


def testing(learning: Learning) -> AssessmentPart:
    """Section 7."""
    return AssessmentPart(
        assessments=tuple(
            AssessmentLine(
                type=word(each.type, ASSESSMENT),
                title=each.title,
                weight=each.weight,
                participation=words(each.participation, PARTICIPATION),
                supervision=word(each.supervision, SUPERVISION),
            )
            for each in learning.assessments
        ),
        results=tuple(
            ResultLine(
                each.name,
                each.type,
                each.value,
                each.status,
                each.level,
                each.scale,
                each.required,
            )
            for each in learning.results
        ),
        evidence=tuple(
            EvidenceLine(each.name, each.url, each.genre, each.description)
            for each in learning.evidence
        ),
        awarded=learning.awarded_date,
    )


def identification(learning: Learning, document: Mapping[str, Any]) -> IdentificationPart:
    """Section 8. That whoever presents it is the learner is not checked here."""
    planned, actual = learning.supervision_required, learning.supervision_actual
    return IdentificationPart(
        supervision_planned=word(planned, SUPERVISION),
        supervision_actual=word(actual, SUPERVISION),
        differs=planned is not None and actual is not None and planned != actual,
        learner_identified=learning.learner_identified,
        learner_identified_by=_identified_by(document),
        holder=Standing.NOT_CHECKED,
    )


def _identified_by(document: Mapping[str, Any]) -> tuple[str, ...]:
    """The kinds of identifier, never the identifiers: a report goes through many hands."""
    subject = first_of(objects(document.get("credentialSubject")))
    id_ = iri_in(subject.get("id"))
    kinds = []
    if id_ is not None and not id_.startswith("urn:uuid:"):
        scheme = ":".join(id_.split(":")[: 2 if id_.startswith("did:") else 1])
        kinds.append(f"an identifier of the kind {scheme}")
    for each in objects(subject.get("identifier")):
        kind = in_words(text_in(each.get("identityType")) or "unnamed")
        hashed = "hashed" if each.get("hashed") is True else "in plain text"
        kinds.append(f"{kind} ({hashed})")
    return tuple(kinds)


def setting(learning: Learning) -> SettingPart:
    """Section 9."""
    return SettingPart(
        participation=words(learning.participation, PARTICIPATION),
        learning_setting=word(learning.learning_setting, LEARNING_SETTING),
        recognition_basis=word(learning.recognition_basis, RECOGNITION_BASIS),
        prerequisites=learning.prerequisites,
        activity_start=learning.activity_start,
        activity_end=learning.activity_end,
        term=learning.term,
    )


def stackability(learning: Learning) -> StackabilityPart:
    """Section 10: the issuer's word; the rules behind it are not looked at."""
    return StackabilityPart(
        stackability=words(learning.stackability, STACKABILITY),
        full_award=learning.full_award,
        awards=tuple(
            AwardLine(
                name=each.name,
                award=each.award,
                rules=each.pathway,
                rules_digest=each.digest,
                counts_for=each.counts_for,
                lapses_on=_lapses_on(learning, each.counts_for),
                level=each.level,
                standing=Standing.CLAIMED,
            )
            for each in learning.stacks_into
        ),
    )


def _lapses_on(learning: Learning, counts_for: str | None) -> date | None:
    span = span_in(counts_for)
    awarded = learning.awarded_date or learning.valid_from
    return None if span is None or awarded is None else span.after(awarded).date()


def definition_policies(
    learning: Learning,
    document: Mapping[str, Any],
    named: Mapping[str, DefinitionPolicy],
    chosen: DefinitionPolicy | None,
) -> tuple[PolicyLine, ...]:
    """Section 11: the policies that the issuer names and the chosen one, put to it anew.

    `named` has the policies at hand by the names that credentials give them. That a credential
    names a policy is never believed; one that is not at hand is *not checked*.
    """
    lines = []
    done = False
    for name in learning.definition_policies:
        policy = named.get(name)
        same = chosen is not None and policy is not None and chosen.id == policy.id
        done = done or same
        lines.append(_policy(name, policy, document, by_issuer=True, chosen=same))
    if chosen is not None and not done:
        lines.append(_policy(chosen.id, chosen, document, by_issuer=False, chosen=True))
    return tuple(lines)


def _policy(
    name: str,
    policy: DefinitionPolicy | None,
    document: Mapping[str, Any],
    *,
    by_issuer: bool,
    chosen: bool,
) -> PolicyLine:
    if policy is None:
        return PolicyLine(name, None, by_issuer, chosen, False, None, ())
    findings = evaluate(policy, facts_of_credential(dict(document)))
    unmet = tuple(
        RuleLine(each.rule, each.level, each.message, each.source)
        for each in findings
        if each.outcome == FAILED
    )
    met = conforms(findings)
    return PolicyLine(name, policy.label, by_issuer, chosen, True, met, unmet)

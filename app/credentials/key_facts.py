"""The key facts of a micro-credential in plain words.

Wallets show a badge's name, description and criteria, and little else. So the facts that decide
what the learning is worth stand once more at the end of the criteria, as a short list.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction

from app.credentials.learning import Learning
from app.credentials.learning_parts import Agent, Assessment, Credit, QualityClaim, StackingOption
from app.vocabularies.amounts import amount_text
from app.vocabularies.terms import (
    ASSESSMENT,
    FIELD,
    LEARNING_SETTING,
    PARTICIPATION,
    QUALITY_ASSURANCE,
    RECOGNITION_BASIS,
    STACKABILITY,
    SUPERVISION,
    in_a_line,
    within_a_line,
)

_HEADING = "### Key facts"
_BLOCK = re.compile(rf"(?:\A|\n+){_HEADING}\n\n(?:[-*] .*(?:\n|\Z))+\Z")
_BLANKS = re.compile(r"\s+")


@dataclass(frozen=True)
class KeyFact:
    """One line: what it is about, and what is to be said about it."""

    label: str
    text: str


def with_key_facts(narrative: str | None, learning: Learning) -> str:
    """The criteria with the facts behind them, in Markdown; an older block of them is replaced."""
    before = _BLOCK.sub("", narrative or "").rstrip()
    lines = [f"- **{fact.label}:** {fact.text}" for fact in key_facts(learning)]
    block = "\n".join([_HEADING, "", *lines])
    return f"{before}\n\n{block}" if before else block


def without_key_facts(narrative: str, learning: Learning) -> str:
    """The criteria without the block, where it says what `learning` says and nothing else.

    For pages that show the facts in a form of their own; a block of other words is kept.
    """
    fresh = with_key_facts(narrative, learning)
    # Blocks that were signed before have capitals within their lists.
    if not _BLOCK.search(narrative) or fresh.casefold() != narrative.casefold():
        return narrative
    return _BLOCK.sub("", narrative).rstrip()


def key_facts(learning: Learning) -> tuple[KeyFact, ...]:
    """The facts in the order in which people ask for them; only those that are stated."""
    outcomes = "; ".join(each.title.rstrip(".; ") for each in learning.outcomes)
    towards = ", ".join(map(stacking_in_words, learning.stacks_into))
    facts = [("You can afterwards", outcomes), *_facts(learning), ("Counts towards", towards)]
    return _stated(facts)


def facts_beside_outcomes(learning: Learning) -> tuple[KeyFact, ...]:
    """The same but for the outcomes and the awards that it counts towards, which pages list."""
    return _stated(_facts(learning))


def _stated(facts: Iterable[tuple[str, str]]) -> tuple[KeyFact, ...]:
    spelled = ((label, _BLANKS.sub(" ", text).strip()) for label, text in facts)
    return tuple(KeyFact(label, text) for label, text in spelled if text)


def _facts(learning: Learning) -> Iterator[tuple[str, str]]:
    if learning.workload_hours is not None:
        yield "Workload", _workload(learning.workload_hours, learning.contact_hours)
    yield "Credit", ", ".join(map(credit_in_words, learning.credit_offered))
    yield "Credit received", ", ".join(map(credit_in_words, learning.credit_received))
    yield "Level", ", ".join(level.words for level in learning.levels)
    shared = learning.supervision_required
    assessed = (assessment_in_words(each, alone=shared is None) for each in learning.assessments)
    yield "Assessed by", in_a_line(assessed)
    yield "Supervision of the assessment", _labels(_maybe(shared), SUPERVISION.label_of)
    yield (
        "Supervision as it was",
        _labels(_maybe(learning.supervision_actual), SUPERVISION.label_of),
    )
    yield "Form", _labels(learning.participation, PARTICIPATION.plain_of)
    yield "Setting", _labels(_maybe(learning.learning_setting), LEARNING_SETTING.label_of)
    basis = _labels(_maybe(learning.recognition_basis), RECOGNITION_BASIS.label_of)
    yield "Recognised on the basis of", basis
    yield "Field", _labels(learning.field, FIELD.label_of)
    yield "To be admitted", "; ".join(learning.prerequisites)
    yield (
        "Quality assurance, as stated by the issuer",
        in_a_line(map(quality_in_words, learning.quality_assurance)),
    )
    yield "Statement of quality by the issuer", learning.quality_statement or ""
    trades = ", ".join(each.words for each in learning.industry_recognition)
    yield "Industry recognition, as stated by the issuer", trades
    bodies = [each for each in learning.awarding_bodies if each.id != learning.issuer.id]
    if bodies:
        yield "Awarded by", ", ".join(map(_agent_in_words, learning.awarding_bodies))
    yield "Taught or provided by", ", ".join(map(_agent_in_words, learning.provider))
    yield "Stackability", _labels(learning.stackability, STACKABILITY.label_of)


def credit_in_words(credit: Credit) -> str:
    """`20 SCQF credits`; a converted amount names its rule."""
    if credit.rule is None:
        return credit.words
    return f"{credit.words} (converted by the rule {credit.rule})"


def assessment_in_words(assessment: Assessment, *, alone: bool = True) -> str:
    """`Marked assignment “Report” (40 %)`; `alone` with how it is supervised."""
    kind = ASSESSMENT.label_of(assessment.type) if assessment.type else "Assessment"
    words = f"{kind} “{assessment.title}”" if assessment.title else kind
    details = []
    if assessment.weight is not None:
        details.append(f"{amount_text(assessment.weight * 100)} %")
    if alone and assessment.supervision is not None:
        details.append(within_a_line(SUPERVISION.label_of(assessment.supervision)))
    return f"{words} ({', '.join(details)})" if details else words


def quality_in_words(claim: QualityClaim) -> str:
    """`Institutional quality assurance by QAA`."""
    kind = QUALITY_ASSURANCE.label_of(claim.type) if claim.type else "Quality assurance"
    agent = claim.agent or claim.url
    return f"{kind} by {agent}" if agent else kind


def stacking_in_words(option: StackingOption) -> str:
    """The award by name, with where its rules stand."""
    award = option.name or option.award or "a further award"
    return f"{award} (rules: {option.pathway})" if option.pathway else award


def _workload(hours: Fraction, with_a_teacher: Fraction | None) -> str:
    words = f"{amount_text(hours)} hours"
    if with_a_teacher is None:
        return words
    return f"{words}, of which {amount_text(with_a_teacher)} with a teacher"


def _agent_in_words(agent: Agent) -> str:
    return agent.name or agent.id or ""


def _maybe(code: str | None) -> tuple[str, ...]:
    return (code,) if code else ()


def _labels(codes: Iterable[str], label_of: Callable[[str], str]) -> str:
    return in_a_line(label_of(code) for code in codes)

"""What a credential leaves open: elements of Annex I that are absent, and questions in plain words.

Annex I of Council Recommendation 2022/C 243/02: eleven mandatory elements, and those that it wants
where they are relevant.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from app.credentials.learning import Learning
from app.recognition.parts import Gap, GapsPart, IssuerPart, WorkloadPart


@dataclass(frozen=True)
class _Element:
    number: int
    name: str
    stated: Callable[[Learning], object]
    question: str
    mandatory: bool = True


_ELEMENTS = (
    _Element(
        1,
        "identification of the learner",
        lambda each: each.learner_identified,
        "To whom was the credential awarded, and how was that person identified?",
    ),
    _Element(
        2,
        "title of the micro-credential",
        lambda each: each.title,
        "What is the title of the micro-credential?",
    ),
    _Element(
        3,
        "country or region of the issuer",
        lambda each: each.issuer.country or each.issuer.region,
        "In which country or region is the issuer established?",
    ),
    _Element(
        4,
        "awarding body",
        lambda each: any(body.name for body in each.awarding_bodies),
        "Which body awards the micro-credential?",
    ),
    _Element(
        5,
        "date of issuing",
        lambda each: each.awarded_date or each.valid_from,
        "When was the micro-credential awarded?",
    ),
    _Element(
        6,
        "learning outcomes",
        lambda each: each.outcomes,
        "What are the learning outcomes: what can the learner do afterwards?",
    ),
    _Element(
        7,
        "notional workload",
        lambda each: each.workload_hours is not None or each.credit_offered or each.credit_received,
        "How many hours of learning does it take to achieve the outcomes, and how much credit is "
        "given for them, in which scheme?",
    ),
    _Element(
        8,
        "level of the learning experience",
        lambda each: each.levels,
        "At which level is the learning, in which qualifications framework?",
    ),
    _Element(
        9,
        "type of assessment",
        lambda each: each.assessments,
        "How were the learning outcomes assessed?",
    ),
    _Element(
        10,
        "form of participation",
        lambda each: each.participation,
        "In which form did learners take part: online, on site, blended?",
    ),
    _Element(
        11,
        "type of quality assurance",
        lambda each: each.quality_assurance,
        "Which kind of quality assurance underpins the micro-credential, and by whom?",
    ),
    _Element(
        12,
        "prerequisites",
        lambda each: each.prerequisites,
        "What was needed to be admitted?",
        mandatory=False,
    ),
    _Element(
        13,
        "supervision and identity verification during assessment",
        lambda each: each.supervision_actual or each.supervision_required,
        "Was the assessment supervised, and was the learner’s identity verified?",
        mandatory=False,
    ),
    _Element(
        14,
        "grade achieved",
        lambda each: any(result.value or result.level for result in each.results),
        "Was a grade given, and on which scale?",
        mandatory=False,
    ),
    _Element(
        15,
        "integration and stackability options",
        lambda each: each.stackability or each.stacks_into,
        "Does the micro-credential stand alone, or does it count towards a larger award?",
        mandatory=False,
    ),
)


def gaps_of(learning: Learning, issuer: IssuerPart, workload: WorkloadPart) -> GapsPart:
    """Section 12: absent elements, and what to ask about them and about what does not fit."""
    absent = [each for each in _ELEMENTS if not each.stated(learning)]
    questions = [each.question for each in absent]
    return GapsPart(
        absent=tuple(Gap(each.number, each.name, each.mandatory) for each in absent),
        questions=(*questions, *_doubts(learning, issuer, workload)),
        contact=issuer.url or issuer.id,
    )


def _doubts(learning: Learning, issuer: IssuerPart, workload: WorkloadPart) -> Iterator[str]:
    for each in learning.contradictions:
        yield f"The credential says {each.one}, and elsewhere {each.other}: which is meant?"
    for line in workload.hours_per_credit:
        if line.outcome != "plausible":
            yield f"{line.sentence} Why?"
    for claim in issuer.quality:
        if claim.expired:
            agent = claim.agent or claim.url or "an agency that is not named"
            yield f"The quality assurance by {agent} has expired: was it renewed?"
    for option in learning.stacks_into:
        if option.pathway is None:
            award = option.name or option.award or "the larger award"
            yield f"Where are the rules for counting it towards {award} published?"

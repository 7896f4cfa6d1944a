"""What a recognition report says of a verified credential, as plain data: sections 3 to 13.

`micro-credentials.md` section 4.5. What a credential says stands verbatim; words of a vocabulary
stand as code and label. None and empty mean that the credential does not say.
"""

from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction

from app.recognition.standing import RegisterEntry, Standing


@dataclass(frozen=True)
class Word:
    """A word of a vocabulary: our code, and what people call it."""

    code: str
    label: str


@dataclass(frozen=True)
class Party:
    """An organisation with what was stated about it."""

    name: str | None
    id: str | None
    url: str | None


@dataclass(frozen=True)
class LinkLine:
    """Something with a name and an address: a skill, an occupation, a recognition."""

    name: str | None
    url: str | None


@dataclass(frozen=True)
class QualityLine:
    """A claim of quality assurance, and what it rests on besides the issuer's word."""

    type: Word | None
    agent: str | None
    url: str | None
    title: str | None
    decision: str | None
    report: str | None
    dated: date | None
    expires: date | None
    expired: bool
    claim: Standing
    register: Standing
    found: tuple[RegisterEntry, ...]


@dataclass(frozen=True)
class IssuerPart:
    """3: who issued and awarded it, and its quality assurance."""

    name: str | None
    id: str | None
    url: str | None
    country: str | None
    region: str | None
    identifiers: tuple[tuple[str, str], ...]
    identity: Standing
    register: Standing
    found: tuple[RegisterEntry, ...]
    known_to_verifier: bool
    awarding_bodies: tuple[Party, ...]
    providers: tuple[Party, ...]
    quality: tuple[QualityLine, ...]
    quality_statement: str | None
    quality_statement_standing: Standing | None
    industry_recognition: tuple[LinkLine, ...]
    industry_recognition_standing: Standing | None


@dataclass(frozen=True)
class Referencing:
    """What a referencing report says about a level."""

    eqf: int
    match: str
    source: str
    year: int


@dataclass(frozen=True)
class LevelLine:
    """A level as it was awarded."""

    framework: str | None
    value: str
    words: str
    iri: str | None
    referencing: Referencing | None


@dataclass(frozen=True)
class TargetLevels:
    """Levels of the chosen framework that its report references to the same EQF level.

    For comparison: which of them applies, if any, is not derived.
    """

    framework: str
    eqf: int
    levels: tuple[str, ...]
    source: str
    year: int


@dataclass(frozen=True)
class LevelPart:
    """4: the level, as awarded and as stated."""

    levels: tuple[LevelLine, ...]
    eqf_as_stated: int | None
    target: TargetLevels | None
    conflicts: tuple[str, ...]


@dataclass(frozen=True)
class OutcomeLine:
    """A learning outcome verbatim, with links to skills."""

    title: str
    skills: tuple[str, ...]
    reusability: Word | None


@dataclass(frozen=True)
class OutcomesPart:
    """5: what the learner can do; `code` and `identifiers` are the institution's own."""

    title: str | None
    description: str | None
    language: str | None
    code: str | None
    version: str | None
    identifiers: tuple[tuple[str, str], ...]
    outcomes: tuple[OutcomeLine, ...]
    skills: tuple[LinkLine, ...]
    occupations: tuple[LinkLine, ...]
    fields: tuple[Word, ...]
    specialization: str | None
    topics: tuple[str, ...]


@dataclass(frozen=True)
class ConversionLine:
    """A converted number, never without its rule."""

    scheme: str
    value: Fraction
    words: str
    rule: str
    status: str
    statement: str
    source: str


@dataclass(frozen=True)
class CreditLine:
    """Credit as it was given; `issuer_rule` where the issuer itself had converted it."""

    kind: str
    scheme: str | None
    value: Fraction
    words: str
    issuer_rule: str | None
    units_per_year: Fraction | None
    conversions: tuple[ConversionLine, ...]
    rules_disagree: bool
    note: str | None


@dataclass(frozen=True)
class HoursLine:
    """Whether the hours fit the credit, by the scheme's own definition."""

    credit: str
    expected_least: Fraction
    expected_most: Fraction | None
    outcome: str
    sentence: str


@dataclass(frozen=True)
class WorkloadPart:
    """6: hours and credit, native first."""

    hours: Fraction | None
    contact_hours: Fraction | None
    credit: tuple[CreditLine, ...]
    hours_per_credit: tuple[HoursLine, ...]
    conflicts: tuple[str, ...]


@dataclass(frozen=True)
class AssessmentLine:
    """How it was assessed; `weight` is a share of one."""

    type: Word | None
    title: str | None
    weight: Fraction | None
    participation: tuple[Word, ...]
    supervision: Word | None


@dataclass(frozen=True)
class ResultLine:
    """A result with its scale and pass mark."""

    name: str | None
    type: str | None
    value: str | None
    status: str | None
    level: str | None
    scale: str | None
    required: str | None


@dataclass(frozen=True)
class EvidenceLine:
    """Something that the learner made; nobody looked at it here."""

    name: str | None
    url: str | None
    genre: str | None
    description: str | None


@dataclass(frozen=True)
class AssessmentPart:
    """7: assessment and results, and what the learner made."""

    assessments: tuple[AssessmentLine, ...]
    results: tuple[ResultLine, ...]
    evidence: tuple[EvidenceLine, ...]
    awarded: datetime | None


@dataclass(frozen=True)
class IdentificationPart:
    """8: who sat the assessment, as far as the credential says."""

    supervision_planned: Word | None
    supervision_actual: Word | None
    differs: bool
    learner_identified: bool
    learner_identified_by: tuple[str, ...]
    holder: Standing


@dataclass(frozen=True)
class SettingPart:
    """9: how and when it was learned."""

    participation: tuple[Word, ...]
    learning_setting: Word | None
    recognition_basis: Word | None
    prerequisites: tuple[str, ...]
    activity_start: datetime | None
    activity_end: datetime | None
    term: str | None


@dataclass(frozen=True)
class AwardLine:
    """An award that the issuer says it counts towards; the digest pins the rules.

    `lapses_on` is the award's date plus the time for which it counts.
    """

    name: str | None
    award: str | None
    rules: str | None
    rules_digest: str | None
    counts_for: str | None
    lapses_on: date | None
    level: str | None
    standing: Standing


@dataclass(frozen=True)
class StackabilityPart:
    """10: what it can become part of."""

    stackability: tuple[Word, ...]
    full_award: bool | None
    awards: tuple[AwardLine, ...]


@dataclass(frozen=True)
class RuleLine:
    """A rule that is not met."""

    rule: str
    level: str
    message: str
    source: str


@dataclass(frozen=True)
class PolicyLine:
    """A definition policy: named by the issuer, chosen by the reader, or both."""

    policy: str
    label: str | None
    named_by_issuer: bool
    chosen: bool
    checked: bool
    conforms: bool | None
    not_met: tuple[RuleLine, ...]


@dataclass(frozen=True)
class Gap:
    """An element of Annex I that is absent."""

    number: int
    element: str
    mandatory: bool


@dataclass(frozen=True)
class GapsPart:
    """12: what is missing, and what to ask."""

    absent: tuple[Gap, ...]
    questions: tuple[str, ...]
    contact: str | None


@dataclass(frozen=True)
class DecisionPart:
    """13: for a human to fill in; never filled in here."""

    kind: str | None = None
    amount: str | None = None
    scheme: str | None = None
    level: str | None = None
    reason: str | None = None
    decided_by_role: str | None = None
    date: str | None = None


@dataclass(frozen=True)
class DecisionLine:
    """A decision that another institution signed about this credential: `number` in the report.

    `endorsed_by` is who signed it; `name` is what it calls itself. `statement` stands verbatim.
    `same_content` says whether it was made about exactly what this credential says; None where it
    does not tell.
    """

    number: int
    endorsed_by: str | None
    name: str | None
    identity: Standing
    register: Standing
    found: tuple[RegisterEntry, ...]
    title: str | None
    statement: str | None
    signed: datetime | None
    valid_until: datetime | None
    same_content: bool | None


@dataclass(frozen=True)
class Contents:
    """Sections 3 to 13, which only a verified credential has."""

    issuer_and_quality: IssuerPart
    level: LevelPart
    outcomes: OutcomesPart
    workload_and_credit: WorkloadPart
    testing: AssessmentPart
    identification: IdentificationPart
    setting: SettingPart
    stackability: StackabilityPart
    definition_policies: tuple[PolicyLine, ...]
    gaps: GapsPart
    decision: DecisionPart
    decisions_presented: tuple[DecisionLine, ...]

"""The elements of a micro-credential as plain data: what `microcredential.py` is given by people
and what `learning.py` reads from documents, in one form.

Words from a vocabulary stand as our codes; where a document uses an identifier that is not in the
list, the identifier itself stands there.
"""

from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from app.vocabularies.amounts import amount_text
from app.vocabularies.credit import find_scheme


@dataclass(frozen=True)
class Link:
    """Something with an identifier, a name, or both: a skill, an occupation, a recognition."""

    name: str | None = None
    url: str | None = None

    @property
    def words(self) -> str:
        """The name; the identifier where there is none."""
        return self.name or self.url or ""


@dataclass(frozen=True)
class Agent:
    """An organisation: an awarding body, a provider, an issuer."""

    name: str | None = None
    id: str | None = None
    url: str | None = None


@dataclass(frozen=True)
class Outcome:
    """One thing that a learner can do afterwards; `skills` are identifiers."""

    title: str
    skills: tuple[str, ...] = ()
    reusability: str | None = None
    id: str | None = None


@dataclass(frozen=True)
class Credit:
    """An amount of credit with its scheme, and the rule that it was converted by, if any.

    `scheme` is our code; None where a document gives a bare number or a scheme unknown to us.
    `units_per_year` is the institution's full-time year, for points of its own.
    """

    scheme: str | None
    value: Fraction
    rule: str | None = None
    units_per_year: Fraction | None = None
    iri: str | None = None

    @property
    def words(self) -> str:
        """As people say it: `20 SCQF credits`."""
        found = find_scheme(self.scheme)
        amount = amount_text(self.value)
        if found is None:
            return f"{amount} credits of {self.iri or 'a scheme that is not named'}"
        return f"{amount} {found.unit if self.value == 1 else found.units}"


@dataclass(frozen=True)
class Assessment:
    """How the outcomes are assessed; `weight` is a share of one, `supervision` as planned."""

    type: str | None = None
    title: str | None = None
    weight: Fraction | None = None
    participation: tuple[str, ...] = ()
    supervision: str | None = None
    id: str | None = None


@dataclass(frozen=True)
class QualityClaim:
    """Quality assurance as the issuer claims it; nothing here was looked up."""

    type: str | None = None
    agent: str | None = None
    url: str | None = None
    title: str | None = None
    report: str | None = None
    decision: str | None = None
    dated: date | None = None
    expires: date | None = None


@dataclass(frozen=True)
class Evidence:
    """Something that the learner made, and where it is."""

    name: str | None = None
    url: str | None = None
    genre: str | None = None
    description: str | None = None


@dataclass(frozen=True)
class StackingOption:
    """An award that the credential counts towards, and the pathway with the rules.

    `digest` pins the rules (Subresource Integrity); `counts_for` is an ISO 8601 duration.
    """

    award: str | None = None
    name: str | None = None
    pathway: str | None = None
    digest: str | None = None
    counts_for: str | None = None
    level: str | None = None

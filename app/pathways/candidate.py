"""A credential as the rules see it: its facts under the names that `paths.py` lists.

Facts are read of verified credentials only. Of any other one only the status is known.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from fractions import Fraction
from typing import Any
from urllib.parse import urlsplit

from app.credentials.learning import Learning, LearningResult, read_learning
from app.credentials.learning_parts import Credit
from app.credentials.reading import first_of, object_in, text_in, values_of
from app.credentials.rules import objects
from app.errors import SignetError
from app.keys.did_web import did_web_urls
from app.pathways.paths import framework_key, scheme_key, text_key
from app.verification.result import Outcome, Verdict, VerificationResult
from app.vocabularies.amounts import amount_in, amount_text

VALID = "valid"
_POINTS = "POINTS"

# The common scale of North American universities, A = 4.
GRADE_POINTS: Mapping[str, Fraction] = {
    "A+": Fraction(4),
    "A": Fraction(4),
    "A-": Fraction(367, 100),
    "B+": Fraction(333, 100),
    "B": Fraction(3),
    "B-": Fraction(267, 100),
    "C+": Fraction(233, 100),
    "C": Fraction(2),
    "C-": Fraction(167, 100),
    "D+": Fraction(133, 100),
    "D": Fraction(1),
    "D-": Fraction(67, 100),
    "F": Fraction(0),
}
_FOUR = Fraction(4)


@dataclass(frozen=True)
class Candidate:
    """One credential. `id` is what results call it by.

    `addresses` are names of the achievement that only its own issuer can give; `codes` are names
    that anybody can write on a badge. `credits` are native amounts by scheme, never converted ones.
    """

    id: str
    status: str = VALID
    reason: str | None = None
    name: str | None = None
    issuer: str | None = None
    issuer_name: str | None = None
    awarded: datetime | None = None
    start: datetime | None = None
    assessed: bool = False
    credits: tuple[tuple[str, Fraction], ...] = ()
    addresses: frozenset[str] = frozenset()
    codes: frozenset[str] = frozenset()
    numbers: Mapping[str, Fraction] = field(default_factory=dict)
    texts: Mapping[str, frozenset[str]] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """What no two credentials have in common: an id is an id of its issuer's only."""
        return f"{self.issuer}\n{self.id}"

    @property
    def series(self) -> frozenset[str]:
        """What two credentials of one achievement have in common."""
        return self.addresses or frozenset(f"{self.issuer} {code}" for code in self.codes)


def read_candidate(
    id_: str,
    result: VerificationResult,
    *,
    own_names: frozenset[str] | None = None,
    registers: frozenset[str] = frozenset(),
) -> Candidate:
    """The candidate that a verified credential is; of one that is not verified only its status.

    `own_names` are the names of its achievement where the address is one of this service, which
    knows whose it is: none when it is another issuer's. `registers` are those in which somebody
    other than the issuer listed the issuer.
    """
    if result.verdict is not Verdict.VERIFIED or result.document is None:
        return Candidate(id_, status=result.verdict.value, reason=_reason(result))
    document = result.document
    learning = read_learning(document)
    subject = first_of(objects(document.get("credentialSubject")))
    achievement = object_in(subject.get("achievement"))
    issuer = result.issuer.id if result.issuer else learning.issuer.id
    address = learning.achievement_id
    addresses = own_names or frozenset()
    if own_names is None and address and _is_at_home(address, issuer):
        addresses = frozenset({address})
    named = (address, text_in(achievement.get("humanCode")))
    credits_ = tuple(_credits(learning.credit_received or learning.credit_offered))
    return Candidate(
        id=id_,
        name=learning.title,
        issuer=issuer,
        issuer_name=learning.issuer.name,
        awarded=learning.awarded_date or learning.valid_from,
        start=learning.activity_start,
        assessed=bool(learning.assessments or learning.results),
        credits=credits_,
        addresses=addresses,
        codes=frozenset(name for name in named if name) | addresses,
        numbers=_numbers(learning, credits_),
        texts=_texts(learning, achievement, registers),
    )


def _reason(result: VerificationResult) -> str:
    """Why a credential is not verified, in one sentence."""
    order = (Outcome.FAILED, Outcome.NOT_CHECKED)
    for outcome in order:
        for check in result.checks:
            if check.outcome is outcome and check.problem is not None:
                return f"{check.problem.title}."
    return "It could not be verified."


def _is_at_home(address: str, issuer: str | None) -> bool:
    """Whether the address lies on the host that the issuer's identifier proves to be its own."""
    try:
        home = issuer or ""
        home = did_web_urls(home)[0] if home.startswith("did:web:") else home
        here, there = urlsplit(address), urlsplit(home)
    except (SignetError, ValueError):
        return False
    return here.scheme in ("http", "https") and bool(here.netloc) and here.netloc == there.netloc


def _credits(stated: tuple[Credit, ...]) -> Iterator[tuple[str, Fraction]]:
    """Native amounts: what a credential has converted itself, a rule converts for itself."""
    for credit in stated:
        if credit.rule is not None:
            continue
        key = credit.scheme or (None if credit.iri is None else scheme_key(credit.iri))
        if key == _POINTS and credit.units_per_year:
            key = f"{_POINTS}/{amount_text(credit.units_per_year)}"
        if key is not None:
            yield key, credit.value


def _numbers(
    learning: Learning, credits_: tuple[tuple[str, Fraction], ...]
) -> Mapping[str, Fraction]:
    numbers = {f"credit.{key}": value for key, value in credits_}
    for level in learning.levels:
        if level.framework is not None and level.number is not None:
            numbers[f"level.{framework_key(level.framework)}"] = Fraction(level.number)
    for result in learning.results:
        percent = amount_in(result.value) if result.type == "Percent" else None
        points = _grade_points(result)
        if percent is not None:
            numbers.setdefault("percent", percent)
        if points is not None:
            numbers.setdefault("gradePoint.US4", points)
    return numbers


def _grade_points(result: LearningResult) -> Fraction | None:
    """Points of 4, as a number out of 4 or as a letter."""
    if result.type == "LetterGrade":
        return GRADE_POINTS.get((result.value or "").replace("−", "-").upper())
    if result.type != "GradePointAverage":
        return None
    points = amount_in(result.value)
    return points if points is not None and points <= _FOUR else None


def _texts(
    learning: Learning, achievement: Mapping[str, Any], registers: frozenset[str]
) -> Mapping[str, frozenset[str]]:
    tags = _words(achievement, "tag")
    kind = achievement.get("achievementType")
    options = learning.stacks_into
    grades = (word for each in learning.results for word in (each.value, each.level))
    found: dict[str, set[str]] = {
        "achievementType": set(_words({"kind": kind}, "kind")),
        "basis": {learning.recognition_basis or ""},
        "field": {code[:length] for code in learning.field for length in range(2, len(code) + 1)},
        "group": tags,
        "creditStatus": tags,
        "category": tags | _words(achievement, "fieldOfStudy", "specialization"),
        "articulatesTo": {name or "" for each in options for name in (each.award, each.pathway)},
        "issuerRegister": set(registers),
        "grade": {grade or "" for grade in grades},
    }
    for level in learning.levels:
        if level.framework is not None:
            found[f"level.{framework_key(level.framework)}"] = {level.value}
    return {
        path: frozenset(text_key(path, word) for word in words if word)
        for path, words in found.items()
    }


def _words(members: Mapping[str, Any], *names: str) -> set[str]:
    found = (text_in(value) for name in names for value in values_of(members.get(name)))
    return {word for word in found if word}

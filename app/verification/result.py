"""The outcome of a verification: a verdict, and one line per check with its reason.

Verification (the cryptography and the standard) and validation (do I know this issuer?) are
different words in VCDM 2.0 and OB 3.0; `issuer.trusted` is kept apart from the checks.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from app.encoding.dates import format_datetime
from app.errors.problems import Problem
from app.registry.coverage import UNBOUNDED, Coverage


class Outcome(StrEnum):
    """What became of one check; *not checked* is never success."""

    PASSED = "passed"
    FAILED = "failed"
    NOT_CHECKED = "not_checked"


class Verdict(StrEnum):
    """What became of the whole."""

    VERIFIED = "verified"
    NOT_VALID = "not_valid"
    NOT_CHECKED = "not_checked"
    MALFORMED = "malformed"


@dataclass(frozen=True)
class Check:
    """One check: its name, its outcome, and the problem unless it passed.

    Names, in the order they are made: parse, contexts, proof, issuer_binding, conformance,
    validity_period, status, endorsements (only where there are any).
    """

    name: str
    outcome: Outcome
    problem: Problem | None = None

    def as_json(self) -> dict[str, Any]:
        """The members of `checks` in answers (interface.md)."""
        entry: dict[str, Any] = {"name": self.name, "outcome": self.outcome.value}
        if self.problem is not None:
            entry["problem"] = self.problem.as_json()
        return entry


class Basis(StrEnum):
    """On what an issuer is known: hosted here, entered by hand, on a list, below a trust anchor."""

    OWN = "own"
    ENTRY = "entry"
    LIST = "list"
    FEDERATION = "federation"


@dataclass(frozen=True)
class Known:
    """Who says that an issuer is known: the address of a registry, and until when it says so.

    `covers` is what the issuer is listed for, in words; empty where there is no bound. `coverage`
    says whether this credential is within that.
    """

    source: str
    basis: Basis
    until: datetime | None = None
    covers: tuple[str, ...] = ()
    coverage: Coverage = UNBOUNDED

    @property
    def own(self) -> bool:
        """Whether this service hosts the issuer itself."""
        return self.basis is Basis.OWN

    def as_json(self) -> dict[str, Any]:
        """A member of `known_by` in answers."""
        return {
            "source": self.source,
            "basis": self.basis.value,
            "until": None if self.until is None else format_datetime(self.until),
            "covers": list(self.covers),
            "fit": self.coverage.fit.value,
            "because": list(self.coverage.because),
        }


@dataclass(frozen=True)
class IssuerSummary:
    """Who issued it, and whether this service knows them (validation, not verification).

    `known_by` says from whom, where that is asked for.
    """

    id: str
    name: str | None
    trusted: bool
    known_by: tuple[Known, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """The member `issuer` of answers."""
        summary: dict[str, Any] = {"id": self.id, "name": self.name, "trusted": self.trusted}
        if self.known_by:
            summary["known_by"] = [each.as_json() for each in self.known_by]
        return summary


@dataclass(frozen=True)
class VerificationResult:
    """Everything a person or program is told about a credential.

    `document` is the verified credential, present only when its proof passed: what is shown as
    signed must come from here. `claimed` is the parsed document before any check, for "this file
    claims to be…" and nothing else. `fetched` lists URLs fetched from the network.
    `own_records` is true when keys or status came from this service's own records.
    """

    verdict: Verdict
    checks: tuple[Check, ...]
    issuer: IssuerSummary | None = None
    fetched: tuple[str, ...] = ()
    warnings: tuple[Problem, ...] = ()
    own_records: bool = False
    document: Mapping[str, Any] | None = field(default=None, repr=False)
    claimed: Mapping[str, Any] | None = field(default=None, repr=False)

    def as_json(self) -> dict[str, Any]:
        """The shape of `signet verify --json` and of the API's answers (interface.md)."""
        answer: dict[str, Any] = {
            "verdict": self.verdict.value,
            "checks": [check.as_json() for check in self.checks],
        }
        if self.issuer is not None:
            answer["issuer"] = self.issuer.as_json()
        answer["fetched"] = list(self.fetched)
        answer["warnings"] = [warning.as_json() for warning in self.warnings]
        answer["own_records"] = self.own_records
        return answer

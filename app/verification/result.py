"""The outcome of a verification: a verdict, and one line per check with its reason.

Verification (the cryptography and the standard) and validation (do I know this issuer?) are
different words in VCDM 2.0 and OB 3.0; `issuer.trusted` is kept apart from the checks.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from app.errors.problems import Problem


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


@dataclass(frozen=True)
class IssuerSummary:
    """Who issued it, and whether this service knows them (validation, not verification)."""

    id: str
    name: str | None
    trusted: bool


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
            answer["issuer"] = {
                "id": self.issuer.id,
                "name": self.issuer.name,
                "trusted": self.issuer.trusted,
            }
        answer["fetched"] = list(self.fetched)
        answer["warnings"] = [warning.as_json() for warning in self.warnings]
        answer["own_records"] = self.own_records
        return answer

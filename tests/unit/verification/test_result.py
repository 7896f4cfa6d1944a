"""Outcomes, verdicts and what an answer says of them."""

import pytest

from app.errors import CheckFailed, CheckUndecided, MalformedInput, SignetError
from app.errors.problems import problem_of
from app.verification.findings import Findings
from app.verification.result import Check, IssuerSummary, Outcome, Verdict, VerificationResult


def _run(*steps: tuple[str, SignetError | None]) -> Findings:
    findings = Findings()
    for name, error in steps:
        with findings.step(name):
            if error is not None:
                raise error
    return findings


FAILED = CheckFailed("expired", "over")
UNDECIDED = CheckUndecided("timeout", "slow")
MALFORMED = MalformedInput("not_json", "no")

VERDICTS: list[tuple[list[SignetError | None], Verdict]] = [
    ([None, None], Verdict.VERIFIED),
    ([None, UNDECIDED], Verdict.NOT_CHECKED),
    ([UNDECIDED, FAILED], Verdict.NOT_VALID),
    ([FAILED, UNDECIDED], Verdict.NOT_VALID),
    ([FAILED, MALFORMED], Verdict.MALFORMED),
    ([MALFORMED], Verdict.MALFORMED),
]


@pytest.mark.parametrize(("errors", "verdict"), VERDICTS)
def test_the_worst_outcome_is_the_verdict(
    errors: list[SignetError | None], verdict: Verdict
) -> None:
    findings = _run(*((str(n), error) for n, error in enumerate(errors)))

    assert findings.verdict() is verdict


def test_a_check_that_was_not_asked_for_does_not_spoil_the_verdict() -> None:
    findings = _run(("proof", None))
    findings.leave_out("status", "not_requested", "not asked for")

    assert findings.verdict() is Verdict.VERIFIED
    assert findings.checks(("proof", "status"))[1].outcome is Outcome.NOT_CHECKED


def test_a_check_that_was_never_reached_is_not_checked() -> None:
    findings = _run(("parse", FAILED))

    parse, proof = findings.checks(("parse", "proof"))

    assert (parse.name, parse.outcome) == ("parse", Outcome.FAILED)
    assert proof.outcome is Outcome.NOT_CHECKED
    assert proof.problem is not None
    assert proof.problem.code == "earlier_check_failed"


def test_only_checks_that_passed_have_passed() -> None:
    findings = _run(("a", None), ("b", FAILED), ("c", UNDECIDED))

    assert findings.passed("a")
    assert not findings.passed("a", "b")
    assert not findings.passed("c")
    assert not findings.passed("never made")


def test_an_error_of_ours_is_no_finding() -> None:
    with pytest.raises(ZeroDivisionError), Findings().step("parse"):
        raise ZeroDivisionError


def test_an_answer_says_everything_but_the_document() -> None:
    problem = problem_of(CheckFailed("expired", "it was valid until then", field="/validUntil"))
    result = VerificationResult(
        Verdict.NOT_VALID,
        (Check("proof", Outcome.PASSED), Check("validity_period", Outcome.FAILED, problem)),
        issuer=IssuerSummary("did:web:x.example", "X", True),
        fetched=("https://x.example/did.json",),
        warnings=(problem,),
        own_records=True,
        document={"secret": "not here"},
        claimed={"secret": "nor here"},
    )

    assert result.as_json() == {
        "verdict": "not_valid",
        "checks": [
            {"name": "proof", "outcome": "passed"},
            {"name": "validity_period", "outcome": "failed", "problem": problem.as_json()},
        ],
        "issuer": {"id": "did:web:x.example", "name": "X", "trusted": True},
        "fetched": ["https://x.example/did.json"],
        "warnings": [problem.as_json()],
        "own_records": True,
    }
    assert "secret" not in repr(result)


def test_an_answer_without_an_issuer_names_none() -> None:
    assert "issuer" not in VerificationResult(Verdict.MALFORMED, ()).as_json()

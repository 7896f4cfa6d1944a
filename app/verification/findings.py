"""How the steps of a verification become checks with outcomes, and outcomes a verdict."""

from functools import cache

from app.errors import CheckFailed, CheckUndecided, MalformedInput, SignetError
from app.errors.problems import problem_of
from app.verification.result import Check, Outcome, Verdict


class Findings:
    """Collects the outcome of each step; a step runs only when those it rests on have passed."""

    def __init__(self) -> None:
        self.outcomes: dict[str, Check] = {}
        self.malformed = False

    def step(self, name: str) -> "_Step":
        """Run a block as the check of that name and note what became of it."""
        return _Step(self, name)

    def passed(self, *names: str) -> bool:
        """Whether all of these checks were made and passed."""
        return all(
            name in self.outcomes and self.outcomes[name].outcome is Outcome.PASSED
            for name in names
        )

    def leave_out(self, name: str, code: str, detail: str) -> None:
        """Note that a check was not made, and why."""
        self._note(name, Outcome.NOT_CHECKED, CheckUndecided(code, detail))

    def checks(self, names: tuple[str, ...]) -> tuple[Check, ...]:
        """All checks in order; those that were never reached are *not checked*."""
        for name in names:
            if name not in self.outcomes:
                self.leave_out(name, "earlier_check_failed", "an earlier check did not pass")
        return tuple(self.outcomes[name] for name in names)

    def verdict(self) -> Verdict:
        """Malformed before not valid, not valid before not checked, and verified only if all is."""
        outcomes = {
            check.outcome
            for check in self.outcomes.values()
            if check.problem is None or check.problem.code != "not_requested"
        }
        if self.malformed:
            return Verdict.MALFORMED
        if Outcome.FAILED in outcomes:
            return Verdict.NOT_VALID
        return Verdict.NOT_CHECKED if Outcome.NOT_CHECKED in outcomes else Verdict.VERIFIED

    def note(self, name: str, error: BaseException | None) -> bool:
        """Note how a check ended; whether it was an end that checks may come to."""
        if error is None:
            self.outcomes[name] = _passed(name)
        elif isinstance(error, MalformedInput | CheckFailed):
            self.malformed = self.malformed or isinstance(error, MalformedInput)
            self._note(name, Outcome.FAILED, error)
        elif isinstance(error, CheckUndecided):
            self._note(name, Outcome.NOT_CHECKED, error)
        else:
            return False
        return True

    def _note(self, name: str, outcome: Outcome, error: SignetError) -> None:
        self.outcomes[name] = Check(name, outcome, problem_of(error))


@cache
def _passed(name: str) -> Check:
    return Check(name, Outcome.PASSED)


class _Step:
    """One check under way. (A generator for it would take three times as long.)"""

    __slots__ = ("_findings", "_name")

    def __init__(self, findings: Findings, name: str) -> None:
        self._findings = findings
        self._name = name

    def __enter__(self) -> None:
        pass

    def __exit__(self, _: object, error: BaseException | None, __: object) -> bool:
        return self._findings.note(self._name, error)

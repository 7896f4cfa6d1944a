"""How the steps of a verification become checks with outcomes, and outcomes a verdict."""

from collections.abc import Iterator
from contextlib import contextmanager

from app.errors import CheckFailed, CheckUndecided, MalformedInput, SignetError
from app.errors.problems import problem_of
from app.verification.result import Check, Outcome, Verdict


class Findings:
    """Collects the outcome of each step; a step runs only when those it rests on have passed."""

    def __init__(self) -> None:
        self.outcomes: dict[str, Check] = {}
        self.malformed = False

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Run a block as the check of that name and note what became of it."""
        try:
            yield
        except MalformedInput as error:
            self.malformed = True
            self._note(name, Outcome.FAILED, error)
        except CheckFailed as error:
            self._note(name, Outcome.FAILED, error)
        except CheckUndecided as error:
            self._note(name, Outcome.NOT_CHECKED, error)
        else:
            self.outcomes[name] = Check(name, Outcome.PASSED)

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

    def _note(self, name: str, outcome: Outcome, error: SignetError) -> None:
        self.outcomes[name] = Check(name, outcome, problem_of(error))

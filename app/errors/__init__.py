"""The error tree: what can go wrong, in words a person can act on, without HTTP numbers.

    SignetError
    ├── MalformedInput      not a document at all: the parser's limits were broken
    ├── CheckFailed         a check found that the credential is wrong
    ├── CheckUndecided      a check could not be made; never success, never failure
    ├── InvalidRequest      the caller sent something we cannot act on; names the field
    ├── NotAuthenticated    no key, or not one of ours
    ├── NotAuthorized       the key is ours but may not do this
    ├── NotFound            no such thing, or not yours to see
    ├── Conflict            contradicts what is already stored
    ├── KeyStoreError       a private key is missing, unreadable or readable by others
    └── Unavailable         try again later

Each error carries a `code`: a short stable word for the exact reason, listed with its
problem type and title in `app/errors/problems.py` and documented in `docs/problems.md`.
Lower floors raise; `verification` gathers them into checks; `web/problems.py` alone turns
them into HTTP answers.
"""

from dataclasses import dataclass
from typing import TypeVar

Refusal = TypeVar("Refusal", bound="SignetError")


@dataclass(frozen=True)
class Finding:
    """One thing to mend in a document: the reason, a plain sentence, and where (JSON pointer)."""

    code: str
    detail: str
    field: str


class SignetError(Exception):
    """Something that a caller can be told about.

    `code` is the stable word for the reason, `detail` one plain sentence that says what to mend,
    `field` the JSON pointer (or form field) of the culprit where there is one. A check that looks
    at a whole document gathers everything it found in `findings`; the first of them gives the rest.
    """

    def __init__(
        self,
        code: str,
        detail: str,
        *,
        field: str | None = None,
        findings: tuple[Finding, ...] = (),
    ) -> None:
        super().__init__(f"{code}: {detail}")
        self.code = code
        self.detail = detail
        self.field = field
        self.findings = findings


class MalformedInput(SignetError):
    """The input is not a document we can read at all."""


class CheckFailed(SignetError):
    """A check was made and the credential did not pass it."""


class CheckUndecided(SignetError):
    """A check could not be made, so nothing can be said either way."""


class InvalidRequest(SignetError):
    """The request asks for something that cannot be done as written."""


class NotAuthenticated(SignetError):
    """The caller did not show a valid API key."""


class NotAuthorized(SignetError):
    """The caller's API key does not cover this action."""


class NotFound(SignetError):
    """There is no such thing, or the caller may not know of it."""


class Conflict(SignetError):
    """The request contradicts something already stored."""


class KeyStoreError(SignetError):
    """The key store cannot be used as it is."""


class Unavailable(SignetError):
    """The service cannot answer now; trying again later may help."""


def found_within(place: str, error: SignetError, kind: type[Refusal]) -> Refusal:
    """What is wrong with a part of a request, as an error of that kind.

    `place` is the JSON pointer of the part; the fields of `error` are read from there.
    """
    findings = tuple(Finding(each.code, each.detail, place + each.field) for each in error.findings)
    return kind(error.code, error.detail, field=place + (error.field or ""), findings=findings)

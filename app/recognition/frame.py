"""The frame of a recognition report: its header, each credential's verification, and its one form
as JSON.
"""

from dataclasses import dataclass, fields, is_dataclass
from datetime import date, datetime
from enum import Enum
from fractions import Fraction
from typing import Any

from app.encoding.dates import format_datetime
from app.encoding.strict_json import JsonObject
from app.recognition.parts import Contents
from app.recognition.pathway import PathwayPart
from app.recognition.standing import Standing
from app.vocabularies.amounts import amount_text


@dataclass(frozen=True)
class Edition:
    """A list that the report was made with: its name, source and year."""

    name: str
    source: str
    year: int | None


@dataclass(frozen=True)
class PolicyEdition:
    """A definition policy that the report was made with; immutable under its id."""

    id: str
    label: str
    version: str


@dataclass(frozen=True)
class CredentialDigest:
    """Which file the report speaks of: its place, how it was handed in, the digest of its bytes.

    `digest_of` says which bytes: those of the file, or the object's canonical form (RFC 8785).
    There is no digest where nothing could be read.
    """

    number: int
    submitted_as: str | None
    id: str | None
    digest: str | None
    digest_of: str | None


@dataclass(frozen=True)
class Header:
    """1: what was looked at, when, by whom, and with which tables."""

    report_version: str
    made_at: datetime
    verifier: str
    notice: str
    target_framework: str | None
    terms: str
    vocabularies: tuple[Edition, ...]
    policies: tuple[PolicyEdition, ...]
    credentials: tuple[CredentialDigest, ...]


@dataclass(frozen=True)
class CheckLine:
    """One check of the verification, with the code of its problem."""

    name: str
    outcome: str
    code: str | None
    reason: str | None


@dataclass(frozen=True)
class ProofLine:
    """One proof: its cryptosuite, key and time."""

    cryptosuite: str | None
    key: str | None
    created: str | None


@dataclass(frozen=True)
class ContextLine:
    """A vocabulary of the document, with the SHA-256 of the text that was used."""

    url: str
    sha256: str | None


@dataclass(frozen=True)
class VerificationPart:
    """2: what was checked, and what came of it.

    Of a credential that is not verified, `checks` and the verdict are all there is.
    """

    verdict: str
    checked_at: datetime
    checks: tuple[CheckLine, ...]
    secured_by: str | None
    proofs: tuple[ProofLine, ...]
    contexts: tuple[ContextLine, ...]
    valid_from: datetime | None
    valid_until: datetime | None
    holder_binding: Standing
    own_records: bool
    fetched: tuple[str, ...]
    warnings: tuple[str, ...]


@dataclass(frozen=True)
class CredentialReport:
    """What there is to say about one credential; `same_as` is an earlier one with the same id.

    `endorses` is what it speaks of, where it is a verified endorsement: such a one has no contents.
    """

    number: int
    same_as: int | None
    endorses: str | None
    verification: VerificationPart
    contents: Contents | None


@dataclass(frozen=True)
class RecognitionReport:
    """The report on one or several credentials: no score, no statement of equivalence."""

    header: Header
    credentials: tuple[CredentialReport, ...]
    pathway: PathwayPart | None = None

    def as_json(self) -> JsonObject:
        """The report as the API answers it: amounts as exact texts, times in UTC.

        The sections of a verified credential stand beside its verification.
        """
        return {
            "header": _plain(self.header),
            "credentials": [_credential(each) for each in self.credentials],
            "pathway": None if self.pathway is None else self.pathway.as_json(),
        }


def _credential(report: CredentialReport) -> JsonObject:
    members: JsonObject = {
        "number": report.number,
        "same_as": report.same_as,
        "endorses": report.endorses,
        "verification": _plain(report.verification),
    }
    return members if report.contents is None else {**members, **_plain(report.contents)}


def _plain(value: Any) -> Any:
    match value:
        case Enum():
            return value.value
        case Fraction():
            return amount_text(value)
        case datetime():
            return format_datetime(value)
        case date():
            return value.isoformat()
        case tuple():
            return [_plain(each) for each in value]
    if is_dataclass(value):
        return {each.name: _plain(getattr(value, each.name)) for each in fields(value)}
    return value

"""The recognition report: everything that a second institution needs in order to judge, and no
judgement.

`micro-credentials.md` section 4.5; issue 3, section 4. Pure: the credentials were verified before,
and the policies, registers and tables are handed in. Only verified credentials are read. There is
no score and no statement of equivalence; the decision block is left empty for a human.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from app.credentials.learning import Learning, read_learning
from app.credentials.reading import iri_in, text_in, values_of
from app.credentials.rules import objects
from app.jsonld.contexts import digest_sri
from app.policy.definition import DefinitionPolicy
from app.recognition import contents
from app.recognition.credit import workload_and_credit
from app.recognition.decisions import Numbered, decisions_about, endorsed_id
from app.recognition.frame import (
    CheckLine,
    ContextLine,
    CredentialDigest,
    CredentialReport,
    Edition,
    Header,
    PolicyEdition,
    ProofLine,
    RecognitionReport,
    VerificationPart,
)
from app.recognition.gaps import gaps_of
from app.recognition.parts import Contents, DecisionPart
from app.recognition.pathway import PathwayPart
from app.recognition.quality import Registers, issuer_and_quality
from app.recognition.standing import Standing
from app.verification.result import Verdict, VerificationResult
from app.vocabularies.levels import FRAMEWORKS, Framework
from app.vocabularies.terms import (
    ASSESSMENT,
    FIELD,
    LEARNING_SETTING,
    NAMESPACE,
    PARTICIPATION,
    QUALITY_ASSURANCE,
    RECOGNITION_BASIS,
    REUSABILITY,
    STACKABILITY,
    SUPERVISION,
)

REPORT_VERSION = "1"
NOTICE = (
    "This report was prepared by a machine from credentials that it verified. It holds no score "
    "and no statement of equivalence: the decision is for the institution that reads it."
)
_VOCABULARIES = (
    PARTICIPATION,
    LEARNING_SETTING,
    ASSESSMENT,
    SUPERVISION,
    QUALITY_ASSURANCE,
    STACKABILITY,
    RECOGNITION_BASIS,
    FIELD,
    REUSABILITY,
)


@dataclass(frozen=True)
class Entry:
    """A credential as it was handed in, and what came of its verification.

    `canonical` says that `data` is the canonical form of an object (RFC 8785), not a file; it is
    None where nothing could be read. `submitted_as` is the file's name or address, if it had one.
    """

    data: bytes | None
    result: VerificationResult
    canonical: bool = False
    submitted_as: str | None = None


@dataclass(frozen=True)
class Tables:
    """What a report is made with: contexts with their SHA-256, policies by the names that
    credentials give them, and what was found in registers.
    """

    contexts: Mapping[str, str] = field(default_factory=dict)
    policies: Mapping[str, DefinitionPolicy] = field(default_factory=dict)
    registers: Registers = field(default_factory=dict)


@dataclass(frozen=True)
class Choices:
    """What the reader holds the credentials against; each may be left out."""

    target_framework: Framework | None = None
    policy: DefinitionPolicy | None = None
    pathway: PathwayPart | None = None


def build_report(
    entries: Sequence[Entry],
    *,
    now: datetime,
    verifier: str,
    tables: Tables,
    choices: Choices,
) -> RecognitionReport:
    """The thirteen sections for one or several credentials; never raises about their content."""
    documents = [verified_document(entry.result) for entry in entries]
    ids = [None if each is None else iri_in(each.get("id")) for each in documents]
    endorsements = [
        Numbered(number, document)
        for number, document in enumerate(documents, 1)
        if document is not None and endorsed_id(document) is not None
    ]
    reports = []
    for place, (entry, id_, document) in enumerate(zip(entries, ids, documents, strict=True)):
        earlier = ids.index(id_) if id_ is not None else place
        endorsed = endorsed_id(document)
        reports.append(
            CredentialReport(
                number=place + 1,
                same_as=earlier + 1 if earlier < place else None,
                endorses=endorsed,
                verification=_verification(entry.result, tables, now),
                contents=None
                if document is None or endorsed is not None
                else _contents(entry.result, document, tables, choices, endorsements, now),
            )
        )
    header = _header(entries, ids, tables, choices, verifier=verifier, now=now)
    return RecognitionReport(header, tuple(reports), choices.pathway)


def verified_document(result: VerificationResult) -> Mapping[str, Any] | None:
    """The document of a credential that passed every check, and of no other."""
    return result.document if result.verdict is Verdict.VERIFIED else None


def _header(
    entries: Sequence[Entry],
    ids: Sequence[str | None],
    tables: Tables,
    choices: Choices,
    *,
    verifier: str,
    now: datetime,
) -> Header:
    at_hand = {each.id: each for each in tables.policies.values()}
    target, policy = choices.target_framework, choices.policy
    if policy is not None:
        at_hand[policy.id] = policy
    return Header(
        report_version=REPORT_VERSION,
        made_at=now,
        verifier=verifier,
        notice=NOTICE,
        target_framework=None if target is None else target.code,
        terms=NAMESPACE,
        vocabularies=(
            *(Edition(each.title, each.source, each.year) for each in _VOCABULARIES),
            *(Edition(each.name, each.source, each.year) for each in FRAMEWORKS),
        ),
        policies=tuple(
            PolicyEdition(each.id, each.label, each.version) for each in at_hand.values()
        ),
        credentials=tuple(
            _digest(number, entry, id_)
            for number, (entry, id_) in enumerate(zip(entries, ids, strict=True), 1)
        ),
    )


def _digest(number: int, entry: Entry, id_: str | None) -> CredentialDigest:
    if entry.data is None:
        return CredentialDigest(number, entry.submitted_as, id_, None, None)
    kind = "canonical JSON (RFC 8785)" if entry.canonical else "the file"
    return CredentialDigest(number, entry.submitted_as, id_, digest_sri(entry.data), kind)


def _verification(result: VerificationResult, tables: Tables, now: datetime) -> VerificationPart:
    document = verified_document(result)
    learning = None if document is None else read_learning(document)
    proofs = () if document is None else _proofs(result)
    return VerificationPart(
        verdict=result.verdict.value,
        checked_at=now,
        checks=tuple(
            CheckLine(
                each.name,
                each.outcome.value,
                None if each.problem is None else each.problem.code,
                None if each.problem is None else each.problem.title,
            )
            for each in result.checks
        ),
        secured_by=None
        if document is None
        else ("Data Integrity" if proofs else "JSON Web Token (VC-JWT)"),
        proofs=proofs,
        contexts=() if document is None else _contexts(document, tables.contexts),
        valid_from=None if learning is None else learning.valid_from,
        valid_until=None if learning is None else learning.valid_until,
        holder_binding=Standing.NOT_CHECKED,
        own_records=result.own_records,
        fetched=result.fetched,
        warnings=tuple(each.title for each in result.warnings),
    )


def _proofs(result: VerificationResult) -> tuple[ProofLine, ...]:
    """The verified document is without its proofs: they stand in the file."""
    return tuple(
        ProofLine(
            text_in(each.get("cryptosuite")),
            text_in(each.get("verificationMethod")),
            text_in(each.get("created")),
        )
        for each in objects((result.claimed or {}).get("proof"))
    )


def _contexts(document: Mapping[str, Any], digests: Mapping[str, str]) -> tuple[ContextLine, ...]:
    urls = [each for each in values_of(document.get("@context")) if isinstance(each, str)]
    return tuple(ContextLine(url, digests.get(url)) for url in urls)


def _contents(
    result: VerificationResult,
    document: Mapping[str, Any],
    tables: Tables,
    choices: Choices,
    endorsements: Sequence[Numbered],
    now: datetime,
) -> Contents:
    learning: Learning = read_learning(document)
    target = choices.target_framework
    issuer = issuer_and_quality(result, document, learning, tables.registers, now)
    workload = workload_and_credit(learning, target)
    return Contents(
        issuer_and_quality=issuer,
        level=contents.level(learning, target),
        outcomes=contents.outcomes(learning),
        workload_and_credit=workload,
        testing=contents.testing(learning),
        identification=contents.identification(learning, document),
        setting=contents.setting(learning),
        stackability=contents.stackability(learning),
        definition_policies=contents.definition_policies(
            learning, document, tables.policies, choices.policy
        ),
        gaps=gaps_of(learning, issuer, workload),
        decision=DecisionPart(),
        decisions_presented=decisions_about(document, endorsements, tables.registers),
    )

"""Decisions that other institutions signed about a credential, handed in along with it.

Each is an EndorsementCredential (OB 3.0 section 9) whose subject is the credential. It was verified
like every other credential in the report: what was not is not read. What it says stands verbatim,
and is that institution's word, not this report's.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.credentials.learning import read_learning
from app.credentials.reading import first_of, iri_in, text_in, values_of
from app.credentials.rules import objects
from app.encoding.jcs import canonicalize_json
from app.jsonld.contexts import digest_sri
from app.recognition.parts import DecisionLine
from app.recognition.quality import Registers
from app.recognition.standing import Standing
from app.verification.authenticity import issuer_of

_TYPE = "EndorsementCredential"


@dataclass(frozen=True)
class Numbered:
    """A verified document, and its number in the report."""

    number: int
    document: Mapping[str, Any]


def endorsed_id(document: Mapping[str, Any] | None) -> str | None:
    """The id of the credential that a verified endorsement speaks of; None of anything else."""
    if document is None or _TYPE not in values_of(document.get("type")):
        return None
    return iri_in(first_of(objects(document.get("credentialSubject"))).get("id"))


def content_digest(document: Mapping[str, Any]) -> str:
    """The SHA-384 of what a credential says, however it is secured: its canonical form (RFC 8785)
    without proofs. An issuer that signs other content under the same id gives it another digest.
    """
    return digest_sri(canonicalize_json(dict(document)))


def decisions_about(
    document: Mapping[str, Any],
    endorsements: Sequence[Numbered],
    registers: Registers,
) -> tuple[DecisionLine, ...]:
    """The endorsements of a verified credential among verified ones.

    An issuer's word for its own credential is no decision of somebody else's.
    """
    id_ = iri_in(document.get("id"))
    own = issuer_of(dict(document))
    found = [
        each
        for each in endorsements
        if id_ is not None and endorsed_id(each.document) == id_ and _signer(each) != own
    ]
    return tuple(_line(each, document, registers) for each in found)


def _signer(endorsement: Numbered) -> str | None:
    return issuer_of(dict(endorsement.document))


def _line(endorsement: Numbered, document: Mapping[str, Any], registers: Registers) -> DecisionLine:
    learning = read_learning(endorsement.document)
    subject = first_of(objects(endorsement.document.get("credentialSubject")))
    found = registers.get(learning.issuer.id or "", ())
    return DecisionLine(
        number=endorsement.number,
        endorsed_by=learning.issuer.id,
        name=learning.issuer.name,
        identity=Standing.CLAIMED,
        register=Standing.REGISTERED if found else Standing.NOT_CHECKED,
        found=found,
        title=text_in(endorsement.document.get("name")),
        statement=text_in(subject.get("endorsementComment")),
        signed=learning.valid_from,
        valid_until=learning.valid_until,
        same_content=_same(text_in(subject.get("digestSRI")), document),
    )


def _same(digest: str | None, document: Mapping[str, Any]) -> bool | None:
    """None where it does not say which content was decided on."""
    return None if digest is None else digest == content_digest(document)

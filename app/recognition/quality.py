"""Who stands behind the credential, and what every claim of quality rests on.

The issuer's word is one thing; an endorsement that the agency signed, and that was verified with
the credential, another; an entry in a register a third. What nobody looked up is *not checked*.
Names prove nothing: an agency is recognised by its identifier alone.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from app.credentials.learning import Learning
from app.credentials.learning_parts import Agent, QualityClaim
from app.credentials.reading import first_of, object_in
from app.credentials.rules import objects
from app.credentials.values import is_web_address
from app.encoding.strict_json import JsonObject
from app.keys.did_web import did_web_of
from app.recognition.parts import IssuerPart, Party, QualityLine
from app.recognition.standing import RegisterEntry, Standing
from app.recognition.words import links, word
from app.verification.authenticity import issuer_of
from app.verification.endorsements import endorsements_in
from app.verification.envelope import read_secured, secured_object
from app.verification.result import VerificationResult
from app.vocabularies.terms import QUALITY_ASSURANCE

Registers = Mapping[str, tuple[RegisterEntry, ...]]
"""What was found in registers, by the identifier of whom it is about."""


def issuer_and_quality(
    result: VerificationResult,
    document: Mapping[str, Any],
    learning: Learning,
    registers: Registers,
    now: datetime,
) -> IssuerPart:
    """Section 3 of a verified credential."""
    issuer = learning.issuer
    found = _listings(result, now)
    endorsers = _endorsers(dict(document))
    return IssuerPart(
        name=issuer.name,
        id=issuer.id,
        url=issuer.url,
        country=issuer.country,
        region=issuer.region,
        identifiers=issuer.identifiers,
        identity=Standing.CLAIMED,
        register=Standing.REGISTERED if found else Standing.NOT_CHECKED,
        found=found,
        known_to_verifier=result.issuer is not None and result.issuer.trusted,
        awarding_bodies=tuple(map(_party, learning.awarding_bodies)),
        providers=tuple(map(_party, learning.provider)),
        quality=tuple(
            _line(claim, endorsers, registers, now) for claim in learning.quality_assurance
        ),
        quality_statement=learning.quality_statement,
        quality_statement_standing=(
            None if learning.quality_statement is None else Standing.CLAIMED
        ),
        industry_recognition=links(learning.industry_recognition),
        industry_recognition_standing=Standing.CLAIMED if learning.industry_recognition else None,
    )


def _listings(result: VerificationResult, now: datetime) -> tuple[RegisterEntry, ...]:
    """What registers say of the issuer, held against this credential.

    That the service which verified it hosts the issuer itself is no entry in a register.
    """
    issuer = result.issuer
    return tuple(
        RegisterEntry(
            each.source,
            issuer.id,
            each.until,
            each.covers,
            now,
            each.coverage.fit,
            each.coverage.because,
        )
        for each in (() if issuer is None else issuer.known_by)
        if issuer is not None and not each.own
    )


def _party(agent: Agent) -> Party:
    return Party(agent.name, agent.id, agent.url)


def _line(
    claim: QualityClaim, endorsers: frozenset[str], registers: Registers, now: datetime
) -> QualityLine:
    found = registers.get(claim.url or "", ())
    return QualityLine(
        type=word(claim.type, QUALITY_ASSURANCE),
        agent=claim.agent,
        url=claim.url,
        title=claim.title,
        decision=claim.decision,
        report=claim.report,
        dated=claim.dated,
        expires=claim.expires,
        expired=claim.expires is not None and claim.expires < now.date(),
        claim=Standing.ENDORSED if _is_one_of(claim.url, endorsers) else Standing.CLAIMED,
        register=Standing.REGISTERED if found else Standing.NOT_CHECKED,
        found=found,
    )


def _is_one_of(url: str | None, endorsers: frozenset[str]) -> bool:
    """By the very identifier, or as the did:web of the host that the address is all of."""
    if url is None or url in endorsers:
        return url is not None
    is_host = url.startswith("https://") and "/" not in url.removeprefix("https://").rstrip("/")
    return is_host and is_web_address(url) and did_web_of(url) in endorsers


def _endorsers(document: JsonObject) -> frozenset[str]:
    """Who signed endorsements of the credential, its achievement or its issuer.

    The document is a verified one: its endorsements were verified with it. The issuer's own word
    does not become more by being signed twice.
    """
    subject = first_of(objects(document.get("credentialSubject")))
    spoken_of = {
        document.get("id"),
        object_in(subject.get("achievement")).get("id"),
        issuer_of(document),
    } - {None}
    signers = [
        _signer(each.raw) for each in endorsements_in(document) if each.endorsed in spoken_of
    ]
    own = issuer_of(document)
    return frozenset(each for each in signers if each is not None and each != own)


def _signer(raw: Any) -> str | None:
    secured = read_secured(raw.encode()) if isinstance(raw, str) else secured_object(raw)
    return issuer_of(secured.document)

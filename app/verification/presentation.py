"""Presentations: what a holder shows, signed by the holder, and each credential inside.

VCDM 2.0 section 4.13; Data Integrity 1.0 section 4.6 (domain and challenge).
"""

from dataclasses import dataclass, replace
from typing import Any

from app.credentials.vcdm import check_presentation
from app.encoding.strict_json import JsonObject
from app.errors import CheckFailed, CheckUndecided, MalformedInput
from app.proofs.checked import read_unsecured
from app.proofs.data_integrity import proofs_of
from app.proofs.profiles import VC, Profile
from app.verification.authenticity import World, authenticate, check_binding
from app.verification.envelope import SecuredDocument, read_secured, secured_object
from app.verification.findings import Findings
from app.verification.result import Check, Verdict, VerificationResult
from app.verification.verify import verify_credential

PRESENTATION_CHECKS = ("parse", "contexts", "conformance", "proof", "holder_binding", "credentials")
_KIND = "VerifiablePresentation"
_MAX_CREDENTIALS = 20


@dataclass(frozen=True)
class PresentationResult:
    """The verdict on a presentation, its own checks, and the result for each credential in it."""

    verdict: Verdict
    checks: tuple[Check, ...]
    credentials: tuple[VerificationResult, ...]


def verify_presentation(
    data: bytes | JsonObject,
    *,
    profile: Profile,
    world: World,
    challenge: str | None = None,
    domain: str | None = None,
    with_status: bool = True,
) -> PresentationResult:
    """Verify a presentation and every credential in it; raises nothing about its content.

    With a `challenge` or `domain`, the holder's proof must name the same one: otherwise a
    presentation made for somebody else could be shown again.
    """
    world = replace(world, contexts=world.contexts.metered())
    findings = Findings()
    results: tuple[VerificationResult, ...] = ()
    secured: SecuredDocument | None = None
    with findings.step("parse"):
        if isinstance(data, bytes):
            secured = read_secured(data, kind=_KIND)
        else:
            secured = secured_object(data, kind=_KIND)
    if secured is not None:
        results = _check(secured, findings, profile, world, (challenge, domain), with_status)
    return PresentationResult(findings.verdict(), findings.checks(PRESENTATION_CHECKS), results)


def _check(
    secured: SecuredDocument,
    findings: Findings,
    profile: Profile,
    world: World,
    audience: tuple[str | None, str | None],
    with_status: bool,
) -> tuple[VerificationResult, ...]:
    document = secured.document
    holder = _holder_of(document)
    with findings.step("contexts"):
        # The presentation itself is the wallet's, not a badge: `profile` is for what it holds.
        unsecured = read_unsecured(document, VC, world.contexts)
    with findings.step("conformance"):
        check_presentation(document)
    if not findings.passed("contexts", "conformance"):
        return ()
    with findings.step("proof"):
        party = holder or _token_holder(secured)
        authenticated = authenticate(
            secured, unsecured, world, profile=VC, party=party, purpose="authentication"
        )
        _check_audience(secured, *audience)
    if findings.passed("proof"):
        with findings.step("holder_binding"):
            # Without a holder there is nobody to bind to; the proof then speaks for itself.
            if holder is not None:
                check_binding(authenticated, holder, every_proof=True)
    if not findings.passed("proof", "holder_binding"):
        return ()
    results: tuple[VerificationResult, ...] = ()
    with findings.step("credentials"):
        results = tuple(
            verify_credential(item, profile=profile, world=world, with_status=with_status)
            for item in _credentials_of(document)
        )
        _check_credentials(results)
    return results


def _holder_of(document: JsonObject) -> str | None:
    holder = document.get("holder")
    identifier = holder.get("id") if isinstance(holder, dict) else holder
    return identifier if isinstance(identifier, str) else None


def _token_holder(secured: SecuredDocument) -> str | None:
    claim = secured.jws.claims.get("iss") if secured.jws is not None else None
    return claim if isinstance(claim, str) else None


def _check_audience(secured: SecuredDocument, challenge: str | None, domain: str | None) -> None:
    """Every proof must be made for this challenge and this domain."""
    if secured.jws is not None:
        claims = secured.jws.claims
        stated = [{"challenge": claims.get("nonce"), "domain": claims.get("aud")}]
    else:
        stated = [proof for proof in proofs_of(secured.document) if isinstance(proof, dict)]
    for members in stated:
        if challenge is not None and members.get("challenge") != challenge:
            raise CheckFailed("invalid_challenge", "the proof names another challenge, or none")
        if domain is not None and domain not in _listed(members.get("domain")):
            raise CheckFailed("invalid_domain", "the proof names another domain, or none")


def _credentials_of(document: JsonObject) -> list[JsonObject]:
    credentials = _listed(document.get("verifiableCredential", []))
    if len(credentials) > _MAX_CREDENTIALS:
        raise MalformedInput("too_many_nodes", f"more than {_MAX_CREDENTIALS} credentials")
    return credentials


def _check_credentials(results: tuple[VerificationResult, ...]) -> None:
    """The presentation is as good as the worst credential in it."""
    verdicts = {result.verdict for result in results}
    if verdicts & {Verdict.NOT_VALID, Verdict.MALFORMED}:
        raise CheckFailed("credential_invalid", "a credential in the presentation is not valid")
    if Verdict.NOT_CHECKED in verdicts:
        raise CheckUndecided(
            "credential_not_checked", "a credential in the presentation could not be checked"
        )


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]

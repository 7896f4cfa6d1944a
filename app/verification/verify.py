"""The conductor of a check: one function behind every page, endpoint and command.

`verify_credential` numbers the steps of the plan (docs/architecture.md, "Data flow: verify"). Lower
floors raise; here, and only here, what they raise becomes a line of the result. It reads no
database and no network: resolvers, status lists and the time are handed in as a `World`.

Not done here, on purpose: fetching schemas, refresh services, evidence or images (they are links
for people), and deciding whether to trust an issuer.
"""

from dataclasses import replace

from app.encoding.strict_json import JsonObject
from app.errors import CheckUndecided
from app.errors.problems import Problem, problem_of
from app.proofs.checked import read_unsecured
from app.proofs.profiles import Profile
from app.verification.authenticity import World, authenticate, check_binding, issuer_of
from app.verification.endorsements import check_endorsements, endorsements_in
from app.verification.envelope import SecuredDocument, read_secured, secured_object
from app.verification.findings import Findings
from app.verification.result import IssuerSummary, VerificationResult
from app.verification.status import check_status
from app.verification.validity import check_validity_period

CHECKS: tuple[str, ...] = (
    "parse",
    "contexts",
    "proof",
    "issuer_binding",
    "conformance",
    "validity_period",
    "status",
)
_CANONICAL_SCHEMA = "https://purl.imsglobal.org/spec/ob/v3p0/schema/"


def verify_credential(
    data: bytes | JsonObject, *, profile: Profile, world: World, with_status: bool = True
) -> VerificationResult:
    """Verify a credential: bytes (JSON, compact JWS, baked PNG or SVG) or a parsed object.

    Returns a result for any input whatever; raises nothing about the credential. `with_status`
    False leaves the status out, and says so; the verdict then speaks of the rest.
    """
    world = replace(world, contexts=world.contexts.metered())
    findings = Findings()
    secured: SecuredDocument | None = None
    # 0: read, within limits.
    with findings.step("parse"):
        secured = read_secured(data) if isinstance(data, bytes) else secured_object(data)
    if secured is None:
        return VerificationResult(findings.verdict(), findings.checks(CHECKS))
    return _verify_secured(secured, findings, profile, world, with_status)


def _verify_secured(
    secured: SecuredDocument,
    findings: Findings,
    profile: Profile,
    world: World,
    with_status: bool,
) -> VerificationResult:
    document = secured.document
    issuer = issuer_of(document)
    warnings: list[Problem] = []
    # 1: only contexts that are known, and nothing that they leave out.
    with findings.step("contexts"):
        unsecured = read_unsecured(document, profile, world.contexts)
    # 2: the proof, with keys taken from the signer's own document.
    if findings.passed("contexts"):
        with findings.step("proof"):
            authenticated = authenticate(secured, unsecured, world, profile=profile, party=issuer)
            warnings.extend(authenticated.not_understood)
    # 3: the signer is the issuer.
    if findings.passed("proof"):
        with findings.step("issuer_binding"):
            check_binding(authenticated, issuer, every_proof=profile.every_proof_binds)
    # 4: the shape that the standards ask for.
    if findings.passed("contexts"):
        with findings.step("conformance"):
            profile.check_conformance(document, unsecured.skeleton)
    authentic = findings.passed("proof", "issuer_binding", "conformance")
    # 5: the time.
    if authentic:
        with findings.step("validity_period"):
            check_validity_period(document, world.now)
    # 6: the status. Looked up last of all, so that a forgery cannot make us visit an address.
    if not with_status:
        findings.leave_out("status", "not_requested", "the status was not asked for")
    elif authentic:
        with findings.step("status"):
            check_status(document, issuer, world)
    # 7: endorsements, each a credential of its own.
    names = CHECKS
    endorsements = endorsements_in(unsecured.document) if findings.passed("contexts") else []
    if endorsements:
        names = (*CHECKS, "endorsements")
    if endorsements and authentic:
        with findings.step("endorsements"):
            check_endorsements(endorsements, profile, world)
    if _names_other_schema(document):
        schema = CheckUndecided("schema_not_checked", "schemas of third parties are not consulted")
        warnings.append(problem_of(schema))
    return VerificationResult(
        verdict=findings.verdict(),
        checks=findings.checks(names),
        issuer=_issuer_summary(document, issuer, authentic, world),
        warnings=tuple(warnings),
        document=unsecured.document if authentic else None,
        claimed=document,
    )


def _issuer_summary(
    document: JsonObject, issuer: str | None, authentic: bool, world: World
) -> IssuerSummary | None:
    if issuer is None:
        return None
    profile = document["issuer"]
    name = profile.get("name") if isinstance(profile, dict) else None
    return IssuerSummary(
        id=issuer,
        name=name if isinstance(name, str) else None,
        trusted=authentic and world.known_issuer(issuer),
    )


def _names_other_schema(document: JsonObject) -> bool:
    schemas = document.get("credentialSchema", [])
    return any(
        not (isinstance(schema, dict) and str(schema.get("id")).startswith(_CANONICAL_SCHEMA))
        for schema in (schemas if isinstance(schemas, list) else [schemas])
    )

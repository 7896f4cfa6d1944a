"""What a credential will say before it is signed: built from the request, and checked.

What is wrong with the document is told in the words of the request that it was built from.
"""

import secrets
import uuid
from datetime import datetime

from app.credentials.build import build_open_badge, build_subject
from app.credentials.issue_request import IssueRequest
from app.credentials.microcredential_terms import CANONICAL_CONTEXT, CONTEXT_PATH, ContextPin
from app.encoding.strict_json import JsonObject
from app.errors import CheckFailed, Finding, InvalidRequest
from app.issuing.desk import IssuingDesk
from app.proofs.checked import CheckedDocument, check_document
from app.proofs.profiles import OPEN_BADGE
from app.registry.issuers import issuer_profile
from app.storage.tables import Issuer

SALT_BYTES = 16

# Where a member of the document came from in the request, the longer prefix first.
REQUEST_FIELDS = (
    ("/credentialSubject/achievement", "/achievement"),
    ("/credentialSubject/activityEndDate", "/activity_end"),
    ("/credentialSubject/activityStartDate", "/activity_start"),
    ("/credentialSubject/assessmentTaken", "/supervision"),
    ("/credentialSubject/awardedBy", "/awarding_bodies"),
    ("/credentialSubject/creditReceived", "/credit_received"),
    ("/credentialSubject/creditsEarned", "/credits_earned"),
    ("/credentialSubject/directedBy", "/provider"),
    ("/credentialSubject/licenseNumber", "/license_number"),
    ("/credentialSubject/narrative", "/narrative"),
    ("/credentialSubject/recognitionBasis", "/recognition_basis"),
    ("/credentialSubject/result", "/results"),
    ("/credentialSubject/role", "/role"),
    ("/credentialSubject/term", "/term"),
    ("/credentialSubject", "/recipient"),
    ("/awardedDate", "/awarded_date"),
    ("/validFrom", "/valid_from"),
    ("/validUntil", "/valid_until"),
)


def draft_credential(
    issuer: Issuer,
    definition: JsonObject,
    request: IssueRequest,
    pin: ContextPin,
    *,
    board_met: datetime | None,
    credential_url: str,
    credential_status: JsonObject,
    now: datetime,
) -> JsonObject:
    """The unsecured document; `definition` is the achievement's, as it was published.

    What a board confirmed was awarded on the day it met. Raises InvalidRequest.
    """
    subject = build_subject(
        request,
        definition,
        subject_id=f"urn:uuid:{uuid.uuid4()}",
        salt=secrets.token_urlsafe(SALT_BYTES),
    )
    return build_open_badge(
        credential_url=credential_url,
        issuer_profile=issuer_profile(issuer),
        achievement=definition,
        subject=subject,
        valid_from=request.valid_from or now,
        valid_until=request.valid_until,
        awarded_date=request.awarded_date or board_met,
        evidence=request.evidence,
        credential_status=credential_status,
        name=request.name,
        description=request.description,
        microcredential_context=pin,
    )


def context_pin(desk: IssuingDesk) -> ContextPin:
    """Our context at this installation's own address, with the digest of the bytes held here."""
    url = f"{desk.settings.public_url}{CONTEXT_PATH}"
    return ContextPin(url, desk.contexts.integrity(CANONICAL_CONTEXT))


def check_draft(document: JsonObject, desk: IssuingDesk) -> CheckedDocument:
    """Check it by the verifier's own rules, in safe mode; raises InvalidRequest."""
    try:
        return check_document(document, profile=OPEN_BADGE, contexts=desk.contexts)
    except CheckFailed as error:
        findings = tuple(
            Finding(finding.code, finding.detail, request_field(finding.field))
            for finding in error.findings
        )
        field = None if error.field is None else request_field(error.field)
        raise InvalidRequest(error.code, error.detail, field=field, findings=findings) from error


def request_field(pointer: str) -> str:
    """Where in the request a member of the built document came from."""
    for member, field in REQUEST_FIELDS:
        if pointer == member or pointer.startswith(member + "/"):
            return field + pointer.removeprefix(member)
    return pointer

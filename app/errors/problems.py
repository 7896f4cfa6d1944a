"""The words for every reason: stable code, problem type (RFC 9457) and a title in plain English.

The problem types of verification are the standards' own: VCDM 2.0 section 7.3, Data Integrity 1.0
section 4.7, Bitstring Status List 1.0 section 3.5. Reasons that no standard names have a type of
ours. A code that is not in the table cannot be shown; a test holds the code against it.
"""

from dataclasses import dataclass
from typing import Any

from app.errors import Finding, SignetError

_VCDM = "https://www.w3.org/TR/vc-data-model#"
_STATUS = "https://www.w3.org/ns/credentials/status-list#"
_SIGNET = "https://w3id.org/signet/problems#"

PARSING = _VCDM + "PARSING_ERROR"
CRYPTOGRAPHIC = _VCDM + "CRYPTOGRAPHIC_SECURITY_ERROR"
MALFORMED_VALUE = _VCDM + "MALFORMED_VALUE_ERROR"
RANGE = _VCDM + "RANGE_ERROR"
PROOF_VERIFICATION = _VCDM + "PROOF_VERIFICATION_ERROR"
PROOF_TRANSFORMATION = _VCDM + "PROOF_TRANSFORMATION_ERROR"
DATA_LOSS = _VCDM + "DATA_LOSS_DETECTION_ERROR"
INVALID_DOMAIN = _VCDM + "INVALID_DOMAIN_ERROR"
INVALID_CHALLENGE = _VCDM + "INVALID_CHALLENGE_ERROR"
STATUS_RETRIEVAL = _STATUS + "STATUS_RETRIEVAL_ERROR"
STATUS_VERIFICATION = _STATUS + "STATUS_VERIFICATION_ERROR"
STATUS_LIST_LENGTH = _STATUS + "STATUS_LIST_LENGTH_ERROR"
REVOKED = _SIGNET + "REVOKED"
REQUEST = _SIGNET + "REQUEST"
FETCH = _SIGNET + "FETCH"
KEYS = _SIGNET + "KEYS"
NOT_MADE = _SIGNET + "NOT_MADE"
FEDERATION = _SIGNET + "FEDERATION"


@dataclass(frozen=True)
class Problem:
    """One reason, ready to be shown: RFC 9457 members without an HTTP status.

    `errors` lists everything that was found, where a whole document was looked at.
    """

    type: str
    code: str
    title: str
    detail: str
    field: str | None = None
    errors: tuple[Finding, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """The members as they stand in an answer; `field` and `errors` only where there are any."""
        members: dict[str, Any] = {
            "type": self.type,
            "code": self.code,
            "title": self.title,
            "detail": self.detail,
        }
        if self.field is not None:
            members["field"] = self.field
        if self.errors:
            members["errors"] = [
                {"code": finding.code, "detail": finding.detail, "field": finding.field}
                for finding in self.errors
            ]
        return members


# code: (problem type, title)
REASONS: dict[str, tuple[str, str]] = {
    # The parser's limits: not a document.
    "too_large": (PARSING, "The file is too large"),
    "not_utf8": (PARSING, "The text is not UTF-8"),
    "not_json": (PARSING, "The text is not JSON"),
    "not_a_credential": (PARSING, "This is not a credential"),
    "not_csv": (PARSING, "The file is not CSV"),
    "duplicate_key": (PARSING, "A member stands twice in one object"),
    "too_deep": (PARSING, "The document is nested too deeply"),
    "too_many_nodes": (PARSING, "The document has too many parts"),
    "bad_number": (PARSING, "A number cannot be represented"),
    "bad_string": (PARSING, "A text has characters that are not allowed"),
    "bad_jwt": (PARSING, "The token is not a compact JWS"),
    "bad_png": (PARSING, "The PNG file cannot be read"),
    "bad_svg": (PARSING, "The SVG file cannot be read"),
    "no_credential_in_image": (PARSING, "The image holds no credential"),
    "two_credentials_in_image": (PARSING, "The image holds more than one credential"),
    "canonicalization_too_costly": (PARSING, "The document costs too much to read"),
    "blank_node_identifier": (PARSING, "Blank node identifiers are not allowed"),
    "bad_language": (PARSING, "A language tag is not well formed"),
    # JSON-LD.
    "context_not_allowed": (MALFORMED_VALUE, "The @context is not one we accept"),
    "unknown_context": (MALFORMED_VALUE, "The @context names a vocabulary we do not hold"),
    "data_loss": (DATA_LOSS, "Part of the document is not covered by the signature"),
    "invalid_id": (DATA_LOSS, "An identifier is not a valid absolute IRI"),
    "keyword_not_allowed": (MALFORMED_VALUE, "A JSON-LD keyword stands where none may"),
    "hidden_member": (MALFORMED_VALUE, "A member is written where readers would miss it"),
    "json_ld_error": (MALFORMED_VALUE, "The document is not valid JSON-LD"),
    # Proofs and keys.
    "no_proof": (PROOF_VERIFICATION, "There is no signature"),
    "too_many_proofs": (PROOF_VERIFICATION, "There are too many signatures"),
    "malformed_proof": (PROOF_VERIFICATION, "The proof is not well formed"),
    "unknown_proof_type": (PROOF_VERIFICATION, "This kind of proof is not known here"),
    "unknown_cryptosuite": (PROOF_VERIFICATION, "This cryptosuite is not known here"),
    "proof_invalid": (PROOF_VERIFICATION, "The signature does not match the document"),
    "proof_expired": (PROOF_VERIFICATION, "The proof has expired"),
    "proof_created_in_future": (PROOF_VERIFICATION, "The proof is dated in the future"),
    "proof_chain_broken": (PROOF_VERIFICATION, "A proof refers to one that is not there"),
    "invalid_domain": (INVALID_DOMAIN, "The proof was made for another domain"),
    "invalid_challenge": (INVALID_CHALLENGE, "The proof was made for another challenge"),
    "purpose_not_authorized": (PROOF_VERIFICATION, "The key may not be used for this purpose"),
    "key_not_in_did_document": (PROOF_VERIFICATION, "The issuer's document does not list this key"),
    "key_expired": (PROOF_VERIFICATION, "The key had been retired when this was signed"),
    "key_revoked": (PROOF_VERIFICATION, "The key has been withdrawn as compromised"),
    "weak_key": (CRYPTOGRAPHIC, "The key is too weak to prove anything"),
    "bad_key": (CRYPTOGRAPHIC, "The key is not well formed"),
    "key_type_mismatch": (CRYPTOGRAPHIC, "The key does not fit the signature's algorithm"),
    "algorithm_not_allowed": (CRYPTOGRAPHIC, "The signature's algorithm is not allowed"),
    "header_not_allowed": (CRYPTOGRAPHIC, "The token's header has members that are not allowed"),
    "claims_mismatch": (PROOF_VERIFICATION, "The token's claims contradict the credential"),
    "did_syntax": (CRYPTOGRAPHIC, "The identifier is not a well-formed DID"),
    "did_method_unknown": (CRYPTOGRAPHIC, "This kind of DID is not known here"),
    "did_document_invalid": (CRYPTOGRAPHIC, "The issuer's DID document is not valid"),
    "did_unavailable": (CRYPTOGRAPHIC, "The issuer's DID document could not be read"),
    "issuer_mismatch": (CRYPTOGRAPHIC, "The signing key does not belong to the issuer"),
    # Conformance and time.
    "missing_member": (MALFORMED_VALUE, "A required member is missing"),
    "wrong_type": (MALFORMED_VALUE, "A member has the wrong kind of value"),
    "unknown_member": (MALFORMED_VALUE, "A member is not known here"),
    "bad_value": (MALFORMED_VALUE, "A value is not allowed"),
    "bad_date": (MALFORMED_VALUE, "A date is not well formed"),
    "bad_url": (MALFORMED_VALUE, "A link is not well formed"),
    "out_of_range": (RANGE, "A value is out of range"),
    "not_yet_valid": (RANGE, "The credential is not valid yet"),
    "expired": (RANGE, "The credential has expired"),
    "related_resource_mismatch": (CRYPTOGRAPHIC, "A pinned document is not the one we hold"),
    # Status.
    "revoked": (REVOKED, "The issuer has revoked this credential"),
    "suspended": (REVOKED, "The issuer has suspended this credential"),
    "status_unavailable": (STATUS_RETRIEVAL, "The status list could not be read"),
    "status_list_untrusted": (STATUS_VERIFICATION, "The status list is not the issuer's"),
    "status_list_invalid": (STATUS_VERIFICATION, "The status list is not valid"),
    "status_list_expired": (STATUS_VERIFICATION, "The status list is out of date"),
    "status_list_length": (STATUS_LIST_LENGTH, "The status list is too short"),
    "status_index_out_of_range": (RANGE, "The status entry points outside its list"),
    "status_type_unknown": (STATUS_VERIFICATION, "This kind of status is not known here"),
    "status_purpose_mismatch": (STATUS_VERIFICATION, "The status list serves another purpose"),
    # Endorsements.
    "endorsement_invalid": (PROOF_VERIFICATION, "An endorsement is not valid"),
    "endorsement_not_checked": (PROOF_VERIFICATION, "An endorsement could not be checked"),
    "credential_invalid": (PROOF_VERIFICATION, "A presented credential is not valid"),
    "credential_not_checked": (NOT_MADE, "A presented credential could not be checked"),
    # Trust chains of OpenID Federation.
    "statement_in_future": (FEDERATION, "A statement of the trust chain is dated in the future"),
    "statement_expired": (FEDERATION, "A statement of the trust chain has expired"),
    "key_not_listed": (FEDERATION, "A statement was signed with a key that nobody vouches for"),
    "claim_misplaced": (FEDERATION, "A statement says what it may not say"),
    "claim_not_understood": (FEDERATION, "A statement demands something that is not known here"),
    "chain_length": (FEDERATION, "The trust chain is too short or too long"),
    "chain_broken": (FEDERATION, "The statements are no trust chain"),
    "chain_loop": (FEDERATION, "The trust chain leads in a circle"),
    "superior_not_named": (FEDERATION, "The entity does not name this superior"),
    "anchor_unknown": (FEDERATION, "The trust chain does not end at the trust anchor"),
    "path_too_long": (FEDERATION, "There are more intermediates than a superior allows"),
    "name_not_permitted": (FEDERATION, "A superior does not permit an entity of this name"),
    "metadata_policy_invalid": (FEDERATION, "The metadata policies of the chain are not sound"),
    "metadata_policy_broken": (FEDERATION, "The entity does not keep to a superior's policy"),
    "not_an_issuer": (FEDERATION, "The federation does not know the entity as an issuer"),
    "no_way_to_anchor": (FEDERATION, "No way leads from the entity to the trust anchor"),
    "superior_unreachable": (FEDERATION, "A superior cannot be asked about those below it"),
    # Checks that were not made.
    "earlier_check_failed": (NOT_MADE, "Not checked, because an earlier check failed"),
    "not_requested": (NOT_MADE, "Not checked, because it was not asked for"),
    "schema_not_checked": (NOT_MADE, "A schema named by the credential was not consulted"),
    # Fetching.
    "fetch_blocked": (FETCH, "This address may not be visited"),
    "fetch_failed": (FETCH, "The address could not be read"),
    "timeout": (FETCH, "The address did not answer in time"),
    "not_found": (REQUEST, "There is no such thing"),
    # The service's own API.
    "invalid_request": (REQUEST, "The request cannot be carried out as written"),
    "method_not_allowed": (REQUEST, "This address does not answer this method"),
    "unsupported_media_type": (REQUEST, "This content type is not accepted here"),
    "not_authenticated": (REQUEST, "An API key is needed"),
    "not_authorized": (REQUEST, "This API key does not cover the action"),
    "already_exists": (REQUEST, "It exists already"),
    "idempotency_key_reused": (REQUEST, "This Idempotency-Key was used for another request"),
    "answer_gone": (REQUEST, "This request was carried out long ago"),
    "already_revoked": (REQUEST, "The credential is revoked already"),
    "status_list_going_back": (REQUEST, "The status list would lose a revocation"),
    "unknown_term": (REQUEST, "A word is not in the list it should come from"),
    "contradiction": (REQUEST, "Two statements contradict each other"),
    "implausible": (REQUEST, "A statement is hardly plausible"),
    "digest_mismatch": (REQUEST, "The content does not have the digest that was given"),
    "follows_from_chain": (REQUEST, "The entry follows from a trust chain"),
    "achievement_unknown": (REQUEST, "There is no such achievement"),
    "pathway_unknown": (REQUEST, "There is no such pathway"),
    "pathway_not_satisfied": (REQUEST, "The credentials do not satisfy the pathway"),
    "confirmation_missing": (REQUEST, "A condition for people is not confirmed"),
    "award_not_issued_here": (REQUEST, "The pathway names no achievement to issue"),
    "achievement_state": (REQUEST, "The achievement is not in a state that allows this"),
    "policy_not_met": (REQUEST, "The issuer's definition policy is not met"),
    "policy_changed": (REQUEST, "The issuer's definition policy has changed meanwhile"),
    "board_needed": (REQUEST, "A board has to confirm the award first"),
    "award_state": (REQUEST, "The award is not in a state that allows this"),
    "four_eyes": (REQUEST, "Somebody else has to do this"),
    "rows_refused": (REQUEST, "Rows have to be mended first"),
    "batch_state": (REQUEST, "The batch is not in a state that allows this"),
    "too_many_batches": (REQUEST, "Too many batches are under way"),
    "mail_off": (REQUEST, "This service sends no mail"),
    "mail_put_off": (REQUEST, "The mail server takes the message later"),
    "mail_given_up": (REQUEST, "The mail could not be delivered in time"),
    "webhook_refused": (REQUEST, "The receiver did not accept the event"),
    "webhook_disabled": (REQUEST, "The webhook is disabled"),
    "too_many": (REQUEST, "There are too many of these"),
    "mail_server_unavailable": (REQUEST, "The mail server cannot be used now"),
    "mail_refused": (REQUEST, "The mail server refused the message"),
    "issuer_has_no_key": (KEYS, "The issuer has no active key"),
    "did_key_is_its_key": (KEYS, "A did:key cannot change its key"),
    "key_state": (KEYS, "The key is not in a state that allows this"),
    "key_store": (KEYS, "The key store cannot be used"),
    "unavailable": (REQUEST, "The service cannot answer now"),
    "pdf_unavailable": (REQUEST, "This service cannot make PDFs"),
    "pdf_too_costly": (REQUEST, "The report is too long for a PDF"),
    "internal_error": (REQUEST, "Something went wrong on our side"),
}


def problem_of(error: SignetError) -> Problem:
    """The problem that an error stands for, its detail as a sentence."""
    type_, title = REASONS[error.code]
    detail = _sentence(error.detail)
    return Problem(type_, error.code, title, detail, error.field, error.findings)


def _sentence(detail: str) -> str:
    """Details are written as clauses, so that one can stand inside another; shown, they end."""
    word = detail.partition(" ")[0]
    start = detail[:1].upper() if word.isascii() and word.isalpha() and word.islower() else ""
    end = "" if detail.endswith((".", "?", "!", "…")) else "."
    return start + detail[len(start) :] + end

"""Signing a credential that somebody else wrote: the issuing side of the W3C VC-API.

VC-API section 3.2 (issue credential). What is given must already be a credential of this issuer,
VCDM 2.0 or 1.1; added are only a status entry and, for VCDM 1.1, the contexts that its signature
and its status entry are written in. Credentials built here from an achievement go through
`app.issuing.issue`.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.encoding.strict_json import JsonObject
from app.errors import Conflict, InvalidRequest
from app.issuing.award_gate import hold_given_to_policy
from app.issuing.desk import IssuingDesk
from app.issuing.records import facts_of, refuse_backward_clock
from app.issuing.signed_credential import IssuingKeys, sign_and_store
from app.issuing.status_lists import PURPOSE, reserve_entry
from app.proofs.checked import check_document
from app.proofs.profiles import DATA_INTEGRITY, VC, VCDM_1
from app.registry.issuers import hold_issuer
from app.registry.keys import CREDENTIALS, active_key
from app.registry.outbox import Event, note_events
from app.registry.row_ids import new_row_id
from app.status.bitstring import status_entry
from app.storage.tables import Credential, Issuer

DATA_INTEGRITY_CONTEXTS = (DATA_INTEGRITY, "https://w3id.org/security/data-integrity/v1")
STATUS_CONTEXT = "https://www.w3.org/ns/credentials/status/v1"


def issue_given(
    session: Session,
    desk: IssuingDesk,
    issuer_id: str,
    credential: JsonObject,
    *,
    now: datetime,
    actor: str,
) -> Credential:
    """Sign a given credential with the issuer's key and store it.

    1. load the issuer and its key, see that the credential is its own and is not signed yet, and
       put the issuer's definition policy to it
    2. reserve a status entry; from here on issuing for this issuer is one after the other
    3. add the status entry and the contexts that are missing
    4. check it with the verifier's own general rules, in safe mode
    5. refuse an `id` that this issuer has used before
    6. sign it, verify the result, and store the exact bytes, between two audit lines
    7. the event into the outbox

    Nothing is committed here. Raises NotFound, InvalidRequest, Conflict, CheckFailed (fields point
    into the credential) and KeyStoreError.
    """
    issuer = hold_issuer(session, issuer_id)  # 1
    keys = IssuingKeys(active_key(session, issuer.id, CREDENTIALS, "Ed25519"))
    _check_ours(desk, issuer, credential)
    hold_given_to_policy(session, desk.settings, issuer, credential)
    refuse_backward_clock(session, issuer.id, now)
    entry = reserve_entry(session, desk, issuer, now=now, actor=actor)  # 2
    document = _completed(  # 3
        credential, status_entry(desk.status_list_url(entry.list_id), entry.index, PURPOSE)
    )
    checked = check_document(document, profile=VC, contexts=desk.contexts)  # 4
    credential_id = facts_of(checked.document).credential_id
    if credential_id is not None:
        _refuse_used_id(session, issuer, credential_id)  # 5
    row_id = new_row_id()
    row = sign_and_store(  # 6
        session,
        desk,
        issuer,
        keys,
        checked,
        entry,
        row_id=row_id,
        achievement_id=None,
        now=now,
        actor=actor,
    )
    note_events(session, issuer.id, [Event("credential.issued", {"credential": row_id})], now=now)
    return row


def _check_ours(desk: IssuingDesk, issuer: Issuer, credential: JsonObject) -> None:
    """Refuse what this issuer may not sign; the general rules come later."""
    if "proof" in credential:
        raise InvalidRequest(
            "unknown_member", "The credential has a proof already; send it without.", field="/proof"
        )
    named = credential.get("issuer")
    place, named = (
        ("/issuer/id", named.get("id")) if isinstance(named, dict) else ("/issuer", named)
    )
    if named != issuer.did:
        raise InvalidRequest(
            "issuer_mismatch", f"The issuer must be {issuer.did}, whose key signs.", field=place
        )
    identifier = credential.get("id")
    if isinstance(identifier, str) and identifier.startswith(desk.credential_url("")):
        raise InvalidRequest(
            "bad_value",
            "Ids under this service's own address are given to credentials it builds itself.",
            field="/id",
        )
    for status in _listed(credential.get("credentialStatus", [])):
        listed = status.get("statusListCredential") if isinstance(status, dict) else None
        if isinstance(listed, str) and listed.startswith(desk.status_list_url("")):
            raise InvalidRequest(
                "bad_value",
                "Entries in the lists of this service are given by the service; leave it out.",
                field="/credentialStatus",
            )


def _refuse_used_id(session: Session, issuer: Issuer, credential_id: str) -> None:
    """An `id` names one credential. The reserved entry's lock makes look and store one step."""
    used = select(Credential.id).where(
        Credential.issuer_id == issuer.id, Credential.credential_id == credential_id
    )
    if session.scalar(used.limit(1)) is not None:
        raise Conflict(
            "already_exists", "This issuer has issued a credential with this id.", field="/id"
        )


def _completed(credential: JsonObject, entry: JsonObject) -> JsonObject:
    """The credential with our status entry, and the contexts that a VCDM 1.1 one then needs.

    An entry that is there already stays, and ours joins it: what was issued here can always be
    revoked here. VCDM 2.0's own context has every term that is added.
    """
    completed = dict(credential)
    present = _listed(credential.get("credentialStatus", []))
    completed["credentialStatus"] = [*present, entry] if present else entry
    contexts = _listed(credential.get("@context", []))
    if contexts[:1] == [VCDM_1]:
        if not any(context in DATA_INTEGRITY_CONTEXTS for context in contexts):
            contexts.append(DATA_INTEGRITY)
        if STATUS_CONTEXT not in contexts:
            contexts.append(STATUS_CONTEXT)
        completed["@context"] = contexts
    return completed


def _listed(value: Any) -> list[Any]:
    return list(value) if isinstance(value, list) else [value]

"""Rows of one shape: they say the same, but for who the learner is and what is told of them.

What is drafted for the first of them serves the others, with what is a row's own put in; when all
rows are checked, before any is issued, the first speaks for them. A row that goes with a board's
confirmation, or names the learner by a DID, is looked at by itself.
"""

import secrets
import uuid
from typing import Any

from app.credentials.build import identities_of
from app.credentials.issue_request import IssueRequest
from app.encoding.strict_json import JsonObject, dump_json
from app.issuing.desk import IssuingDesk
from app.issuing.drafts import SALT_BYTES
from app.issuing.status_lists import PURPOSE, ReservedEntry
from app.status.bitstring import status_entry

_BY_ITSELF = frozenset({"board", "award"})
_OF_AN_IDENTITY = ("identityHash", "salt")
_OF_AN_ENTRY = ("id", "statusListIndex", "statusListCredential")


def shape_of(body: JsonObject) -> bytes | None:
    """The body of a request to issue without what is the learner's own; None for one by itself.

    The body is one that `parse_issue_request` has passed.
    """
    recipient = body["recipient"]
    if "did" in recipient or not _BY_ITSELF.isdisjoint(body):
        return None
    nobody: JsonObject = dict.fromkeys(recipient, "")
    if "identifier" in recipient:
        nobody["identifier"] = {**recipient["identifier"], "value": ""}
    shape = {**body, "recipient": nobody}
    shape.pop("notify", None)
    if "narrative" in body:
        shape["narrative"] = ""
    return dump_json(shape)


def own_members(
    desk: IssuingDesk, request: IssueRequest, row_id: str, entry: ReservedEntry
) -> JsonObject:
    """What is a row's own in its credential, laid out as it stands there."""
    identities = identities_of(request.recipient, secrets.token_urlsafe(SALT_BYTES))
    subject: JsonObject = {
        "id": f"urn:uuid:{uuid.uuid4()}",
        "identifier": [_part(each, _OF_AN_IDENTITY) for each in identities],
    }
    if request.narrative is not None:
        subject["narrative"] = request.narrative
    status = status_entry(desk.status_list_url(entry.list_id), entry.index, PURPOSE)
    return {
        "id": desk.credential_url(row_id),
        "credentialSubject": subject,
        "credentialStatus": _part(status, _OF_AN_ENTRY),
    }


def another_like(value: Any, own: Any) -> Any:
    """A copy of a document, or of a part of it, with other values where `own` has some."""
    if isinstance(own, dict):
        return {**value, **{name: another_like(value.get(name), own[name]) for name in own}}
    if isinstance(own, list):
        return [another_like(*pair) for pair in zip(value, own, strict=True)]
    return own


def _part(members: JsonObject, names: tuple[str, ...]) -> JsonObject:
    return {name: members[name] for name in names if name in members}

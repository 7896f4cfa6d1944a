"""Step 6: is the credential revoked or suspended, by its issuer's own signed list?

Bitstring Status List 1.0 section 3.2. Whatever keeps the list from being read and trusted ends in
*not checked*: a list that cannot be had never means "not revoked".
"""

from typing import Any
from urllib.parse import urlsplit

from app.encoding.strict_json import JsonObject
from app.errors import CheckFailed, CheckUndecided, MalformedInput
from app.keys.did_web import LOOPBACK_HOSTS
from app.proofs.checked import read_unsecured
from app.proofs.profiles import VC
from app.status.bitstring import StatusEntry, bit_at, read_entry, read_list
from app.verification.authenticity import World, authenticate, check_binding, issuer_of
from app.verification.envelope import read_secured
from app.verification.validity import check_validity_period

_MAX_ENTRIES = 4
_VERDICTS = {"revocation": "revoked", "suspension": "suspended"}


def check_status(document: JsonObject, issuer: str | None, world: World) -> None:
    """Look up every status entry of a verified credential; the worst finding wins.

    Raises `CheckFailed` revoked or suspended, `CheckUndecided` when an entry cannot be judged.
    Returns when none is set, or the credential has no status.
    """
    entries = _entries(document)
    undecided: CheckUndecided | None = None
    for entry in entries:
        try:
            _check_entry(read_entry(entry), issuer, world)
        except CheckUndecided as error:
            undecided = error
    if undecided is not None:
        raise undecided


def _entries(document: JsonObject) -> list[dict[str, Any]]:
    status = document.get("credentialStatus", [])
    entries = status if isinstance(status, list) else [status]
    if len(entries) > _MAX_ENTRIES:
        raise CheckUndecided("status_type_unknown", f"more than {_MAX_ENTRIES} status entries")
    return entries


def _check_entry(entry: StatusEntry, issuer: str | None, world: World) -> None:
    if not _may_be_read(entry.status_list_credential):
        raise CheckUndecided("status_unavailable", "a status list is read over https only")
    try:
        data = world.fetch_status(entry.status_list_credential)
    except CheckUndecided as error:
        raise CheckUndecided(
            "status_unavailable", f"the status list could not be read: {error.detail}"
        ) from None
    bits = read_list(_verified_list(data, issuer, world), entry, str(issuer))
    if bit_at(bits, entry.status_list_index):
        code = _VERDICTS[entry.status_purpose]
        raise CheckFailed(code, f"the issuer's status list says that it is {code}")


def _may_be_read(address: str) -> bool:
    """Over https only; this machine itself may speak plain http."""
    try:
        url = urlsplit(address)
    except ValueError:  # such as https://[x
        return False
    return url.scheme == "https" or (url.scheme == "http" and url.hostname in LOOPBACK_HOSTS)


def _verified_list(data: bytes, issuer: str | None, world: World) -> JsonObject:
    """The status list credential, its own proof checked first."""
    try:
        secured = read_secured(data)
        unsecured = read_unsecured(secured.document, VC, world.contexts)
        authenticated = authenticate(
            secured, unsecured, world, profile=VC, party=issuer_of(secured.document)
        )
        check_binding(authenticated, issuer, every_proof=True)
        VC.check_conformance(secured.document, unsecured.skeleton)
    except (CheckFailed, MalformedInput) as error:
        raise CheckUndecided(
            "status_list_untrusted", f"the status list does not verify: {error.detail}"
        ) from None
    try:
        check_validity_period(unsecured.document, world.now)
    except CheckFailed as error:
        raise CheckUndecided("status_list_expired", f"the status list: {error.detail}") from None
    return unsecured.document

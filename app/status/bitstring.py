"""Bitstring Status List 1.0: bits, lists, entries; pure, without database or network.

https://www.w3.org/TR/vc-bitstring-status-list/ sections 2 and 3. Whoever publishes lists and
whoever reads them use the same functions.
"""

import gzip
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.encoding.dates import format_datetime
from app.encoding.multibase import decode_base64url, encode_base64url
from app.encoding.strict_json import JsonObject
from app.errors import CheckFailed, CheckUndecided

LENGTH = 131_072  # entries; the least that the standard allows, for the herd to hide in
_MAX_ENCODED = 400_000
_MAX_BYTES = 2 * 1024 * 1024
_MAX_INDEX_DIGITS = 10

CONTEXT = "https://www.w3.org/ns/credentials/v2"
ENTRY_TYPE = "BitstringStatusListEntry"
PURPOSES = frozenset({"revocation", "suspension"})


@dataclass(frozen=True)
class StatusEntry:
    """One checked `credentialStatus` entry."""

    status_purpose: str
    status_list_index: int
    status_list_credential: str


def empty_bits() -> bytes:
    """The bits of a list in which nothing is set."""
    return bytes(LENGTH // 8)


def bit_at(bits: bytes, index: int) -> bool:
    """Whether the bit of an entry is set; the first entry is the highest bit of the first byte.

    Raises `CheckUndecided` status_index_out_of_range.
    """
    if not 0 <= index < len(bits) * 8:
        raise CheckUndecided("status_index_out_of_range", f"the list has no entry {index}")
    return bool(bits[index // 8] & (0x80 >> index % 8))


def set_bit(bits: bytes, index: int) -> bytes:
    """The bits with one more set."""
    changed = bytearray(bits)
    changed[index // 8] |= 0x80 >> index % 8
    return bytes(changed)


def encode_list(bits: bytes) -> str:
    """The `encodedList`: Multibase base64url of the gzipped bits (section 3.3).

    The gzip header carries no time, so the same bits always give the same text.
    """
    return "u" + encode_base64url(gzip.compress(bits, compresslevel=9, mtime=0))


def expand_list(encoded: object) -> bytes:
    """The bits behind an `encodedList` (section 3.4), never more than 2 MiB of them.

    Raises `CheckUndecided` status_list_invalid or status_list_length.
    """
    if not isinstance(encoded, str) or not encoded.startswith("u") or len(encoded) > _MAX_ENCODED:
        raise _invalid("its encodedList is not a Multibase text of acceptable length")
    try:
        compressed = decode_base64url(encoded[1:])
        reader = zlib.decompressobj(wbits=31)
        bits = reader.decompress(compressed, _MAX_BYTES)
    except (CheckFailed, zlib.error):
        raise _invalid("its encodedList cannot be decompressed") from None
    # One whole gzip member and nothing behind it: neither a bomb, nor cut off, nor joined.
    if not reader.eof or reader.unused_data:
        raise _invalid("its encodedList is not one gzip member of at most 2 MiB")
    if len(bits) * 8 < LENGTH:
        raise CheckUndecided(
            "status_list_length", f"the list has {len(bits) * 8} entries, fewer than {LENGTH}"
        )
    return bits


def status_entry(list_url: str, index: int, status_purpose: str = "revocation") -> JsonObject:
    """The `credentialStatus` of a credential (section 2.1)."""
    return {
        "id": f"{list_url}#{index}",
        "type": ENTRY_TYPE,
        "statusPurpose": status_purpose,
        "statusListIndex": str(index),
        "statusListCredential": list_url,
    }


def read_entry(entry: Mapping[str, Any]) -> StatusEntry:
    """Check a `credentialStatus` entry (section 2.1).

    Raises `CheckFailed` for one that is malformed, `CheckUndecided` for a kind or purpose that
    cannot be judged here.
    """
    if entry.get("type") not in (ENTRY_TYPE, [ENTRY_TYPE]):
        raise CheckUndecided(
            "status_type_unknown",
            f"a status of type {str(entry.get('type'))[:80]} is not read here",
        )
    purpose = entry.get("statusPurpose")
    if not isinstance(purpose, str) or purpose not in PURPOSES:
        raise CheckUndecided(
            "status_purpose_mismatch", f"the purpose {str(purpose)[:80]!r} is not judged here"
        )
    size = entry.get("statusSize", 1)
    if isinstance(size, bool) or size != 1:
        raise CheckFailed("bad_value", "statusSize must be 1", field="/credentialStatus/statusSize")
    url = entry.get("statusListCredential")
    if not isinstance(url, str):
        raise CheckFailed(
            "missing_member",
            "the status names no list",
            field="/credentialStatus/statusListCredential",
        )
    return StatusEntry(purpose, _index(entry.get("statusListIndex")), url)


def build_status_list_credential(
    *,
    list_url: str,
    issuer_id: str,
    status_purpose: str,
    bits: bytes,
    valid_from: datetime,
    valid_until: datetime,
) -> JsonObject:
    """The unsecured status list credential (section 2.2)."""
    return {
        "@context": [CONTEXT],
        "id": list_url,
        "type": ["VerifiableCredential", "BitstringStatusListCredential"],
        "issuer": issuer_id,
        "validFrom": format_datetime(valid_from),
        "validUntil": format_datetime(valid_until),
        "credentialSubject": {
            "id": f"{list_url}#list",
            "type": "BitstringStatusList",
            "statusPurpose": status_purpose,
            "encodedList": encode_list(bits),
        },
    }


def read_list(document: Mapping[str, Any], entry: StatusEntry, issuer_id: str) -> bytes:
    """The bits of a *verified* status list credential, if it is the list that `entry` means.

    Raises `CheckUndecided` status_list_untrusted, status_list_invalid, status_purpose_mismatch or
    status_list_length (section 3.2, steps 5 to 10).
    """
    types = document.get("type")
    if not isinstance(types, list) or "BitstringStatusListCredential" not in types:
        raise _invalid("it is not a BitstringStatusListCredential")
    issuer = document.get("issuer")
    if (issuer.get("id") if isinstance(issuer, Mapping) else issuer) != issuer_id:
        raise CheckUndecided(
            "status_list_untrusted", "the list was not issued by the credential's issuer"
        )
    if document.get("id", entry.status_list_credential) != entry.status_list_credential:
        raise CheckUndecided("status_list_untrusted", "the list is not the one that was asked for")
    if "credentialStatus" in document:
        raise _invalid("it has a status of its own")
    subject = document.get("credentialSubject")
    if not isinstance(subject, Mapping) or subject.get("type") != "BitstringStatusList":
        raise _invalid("its subject is not a BitstringStatusList")
    purposes = subject.get("statusPurpose")
    if entry.status_purpose not in (purposes if isinstance(purposes, list) else [purposes]):
        raise CheckUndecided(
            "status_purpose_mismatch", f"the list is not about {entry.status_purpose}"
        )
    return expand_list(subject.get("encodedList"))


def _index(value: object) -> int:
    """A base-10 index; integers are read as well, because issuers write them."""
    if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
        return value
    if (
        isinstance(value, str)
        and value.isascii()
        and value.isdigit()
        and len(value) <= _MAX_INDEX_DIGITS
    ):
        return int(value)
    raise CheckFailed(
        "bad_value",
        "statusListIndex must be a whole number in a text",
        field="/credentialStatus/statusListIndex",
    )


def _invalid(reason: str) -> CheckUndecided:
    return CheckUndecided("status_list_invalid", f"the status list cannot be used: {reason}")

"""Bitstring status lists: bits, lists and entries, and everything that is not one."""

import gzip
import time
from datetime import UTC, datetime
from typing import Any

import pytest

from app.encoding.multibase import encode_base64url
from app.errors import CheckFailed, CheckUndecided, SignetError
from app.status.bitstring import (
    LENGTH,
    StatusEntry,
    bit_at,
    build_status_list_credential,
    empty_bits,
    encode_list,
    expand_list,
    read_entry,
    read_list,
    set_bit,
    status_entry,
)

URL = "https://badges.inverbrae.example/status/Yt5bQ2nVx8LcR0aWk7ZsHg"
ISSUER = "did:web:badges.inverbrae.example"
ENTRY = StatusEntry("revocation", 7, URL)
NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


# --- bits ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("index", [0, 1, 7, 8, 94567, LENGTH - 1])
def test_one_bit_is_set_and_no_other(index: int) -> None:
    bits = set_bit(empty_bits(), index)

    assert bit_at(bits, index)
    assert sum(byte.bit_count() for byte in bits) == 1
    assert set_bit(bits, index) == bits


def test_the_first_entry_is_the_highest_bit_of_the_first_byte() -> None:
    assert set_bit(empty_bits(), 0)[0] == 0x80
    assert set_bit(empty_bits(), 15)[1] == 0x01


@pytest.mark.parametrize("index", [-1, LENGTH, 10**30])
def test_an_entry_beyond_the_list_cannot_be_judged(index: int) -> None:
    with pytest.raises(CheckUndecided) as reason:
        bit_at(empty_bits(), index)

    assert reason.value.code == "status_index_out_of_range"


# --- lists --------------------------------------------------------------------------------------


def test_a_list_comes_back() -> None:
    bits = set_bit(set_bit(empty_bits(), 3), 100_000)

    assert expand_list(encode_list(bits)) == bits


def test_the_same_bits_give_the_same_text() -> None:
    assert encode_list(empty_bits()) == encode_list(empty_bits())


def test_the_example_of_the_standard_is_read() -> None:
    encoded = "uH4sIAAAAAAAAA-3BMQEAAADCoPVPbQwfoAAAAAAAAAAAAAAAAAAAAIC3AYbSVKsAQAAA"

    assert expand_list(encoded) == bytes(LENGTH // 8)


def _listed(data: bytes) -> str:
    return "u" + encode_base64url(data)


_ZEROS = bytes(LENGTH // 8)
_GZIPPED = gzip.compress(_ZEROS)

BAD_LISTS: list[tuple[str, object, str]] = [
    ("nothing", None, "status_list_invalid"),
    ("a number", 5, "status_list_invalid"),
    ("empty", "", "status_list_invalid"),
    ("another base", "z" + "1" * 50, "status_list_invalid"),
    ("no header", encode_base64url(_GZIPPED), "status_list_invalid"),
    ("not base64url", "u===", "status_list_invalid"),
    ("not gzip", _listed(_ZEROS), "status_list_invalid"),
    ("empty gzip", _listed(b""), "status_list_invalid"),
    ("cut off", _listed(_GZIPPED[:-9]), "status_list_invalid"),
    ("cut off in its checksum", _listed(_GZIPPED[:-1]), "status_list_invalid"),
    ("a wrong checksum", _listed(_GZIPPED[:-8] + b"\1" * 8), "status_list_invalid"),
    ("two members", _listed(_GZIPPED + _GZIPPED), "status_list_invalid"),
    ("something behind it", _listed(_GZIPPED + b"x"), "status_list_invalid"),
    ("too short", _listed(gzip.compress(_ZEROS[:-1])), "status_list_length"),
    ("without entries", _listed(gzip.compress(b"")), "status_list_length"),
    ("a bomb", _listed(gzip.compress(bytes(200 * 1024 * 1024), 9)), "status_list_invalid"),
    ("a text of a megabyte", "u" + "A" * 2**20, "status_list_invalid"),
]


@pytest.mark.parametrize(
    ("encoded", "code"), [r[1:] for r in BAD_LISTS], ids=[r[0] for r in BAD_LISTS]
)
def test_a_list_that_is_none_cannot_be_judged(encoded: object, code: str) -> None:
    started = time.process_time()

    with pytest.raises(CheckUndecided) as reason:
        expand_list(encoded)

    assert reason.value.code == code
    assert time.process_time() - started < 0.5


# --- entries ------------------------------------------------------------------------------------


def _entry(**members: Any) -> dict[str, Any]:
    entry = {**status_entry(URL, 7), **members}
    return {name: value for name, value in entry.items() if value is not None}


def test_an_entry_of_ours_is_read_as_it_was_meant() -> None:
    assert read_entry(status_entry(URL, 7)) == ENTRY
    assert read_entry(status_entry(URL, 0, "suspension")) == StatusEntry("suspension", 0, URL)


READ_ENTRIES: list[dict[str, Any]] = [
    _entry(id=None),
    _entry(type=["BitstringStatusListEntry"]),
    _entry(statusListIndex=7),
    _entry(statusListIndex="007"),
    _entry(statusSize=1),
    _entry(statusReference="https://x.example"),
]


@pytest.mark.parametrize("entry", READ_ENTRIES, ids=str)
def test_another_spelling_of_an_entry_is_read(entry: dict[str, Any]) -> None:
    assert read_entry(entry) == ENTRY


BAD_ENTRIES: list[tuple[str, dict[str, Any], str]] = [
    ("no type", _entry(type=None), "status_type_unknown"),
    ("another type", _entry(type="StatusList2021Entry"), "status_type_unknown"),
    ("two types", _entry(type=["BitstringStatusListEntry", "X"]), "status_type_unknown"),
    ("1EdTech's list", _entry(type="1EdTechRevocationList"), "status_type_unknown"),
    ("no purpose", _entry(statusPurpose=None), "status_purpose_mismatch"),
    ("a message", _entry(statusPurpose="message"), "status_purpose_mismatch"),
    ("purposes", _entry(statusPurpose=["revocation"]), "status_purpose_mismatch"),
    ("a purpose that is an object", _entry(statusPurpose={}), "status_purpose_mismatch"),
    ("statusSize 0", _entry(statusSize=0), "bad_value"),
    ("statusSize 2", _entry(statusSize=2), "bad_value"),
    ("statusSize -1", _entry(statusSize=-1), "bad_value"),
    ("statusSize true", _entry(statusSize=True), "bad_value"),
    ("statusSize text", _entry(statusSize="1"), "bad_value"),
    ("no list", _entry(statusListCredential=None), "missing_member"),
    ("a list that is an object", _entry(statusListCredential={}), "missing_member"),
    ("no index", _entry(statusListIndex=None), "bad_value"),
    ("index -1", _entry(statusListIndex="-1"), "bad_value"),
    ("index -1, a number", _entry(statusListIndex=-1), "bad_value"),
    ("index +1", _entry(statusListIndex="+1"), "bad_value"),
    ("index abc", _entry(statusListIndex="abc"), "bad_value"),
    ("index 1e3", _entry(statusListIndex="1e3"), "bad_value"),
    ("index 1.5", _entry(statusListIndex="1.5"), "bad_value"),
    ("index 1.5, a number", _entry(statusListIndex=1.5), "bad_value"),
    ("index true", _entry(statusListIndex=True), "bad_value"),
    ("index with a space", _entry(statusListIndex=" 7"), "bad_value"),
    ("index in full-width digits", _entry(statusListIndex="００"), "bad_value"),
    ("index in superscript", _entry(statusListIndex="²"), "bad_value"),
    ("an empty index", _entry(statusListIndex=""), "bad_value"),
    ("an index of 11 digits", _entry(statusListIndex="10000000000"), "bad_value"),
    ("an index of 5000 digits", _entry(statusListIndex="1" * 5000), "bad_value"),
    ("a list of indices", _entry(statusListIndex=["7"]), "bad_value"),
]


@pytest.mark.parametrize(
    ("entry", "code"), [r[1:] for r in BAD_ENTRIES], ids=[r[0] for r in BAD_ENTRIES]
)
def test_an_entry_that_says_something_else_is_refused(entry: dict[str, Any], code: str) -> None:
    with pytest.raises(SignetError) as refusal:
        read_entry(entry)

    assert refusal.value.code == code
    undecided = isinstance(refusal.value, CheckUndecided)
    assert undecided is code.startswith("status_")
    assert undecided is not isinstance(refusal.value, CheckFailed)


# --- list credentials ---------------------------------------------------------------------------


def _list(*, subject: dict[str, Any] | None = None, **members: Any) -> dict[str, Any]:
    document = build_status_list_credential(
        list_url=URL,
        issuer_id=ISSUER,
        status_purpose="revocation",
        bits=set_bit(empty_bits(), 7),
        valid_from=NOW,
        valid_until=NOW,
    )
    document["credentialSubject"] |= subject or {}
    merged = {**document, **members}
    return {name: value for name, value in merged.items() if value is not None}


READ_LISTS: list[dict[str, Any]] = [
    _list(),
    _list(id=None),
    _list(issuer={"id": ISSUER, "name": "University of Inverbrae"}),
    _list(subject={"statusPurpose": ["suspension", "revocation"]}),
]


@pytest.mark.parametrize("document", READ_LISTS)
def test_a_list_credential_gives_its_bits(document: dict[str, Any]) -> None:
    assert bit_at(read_list(document, ENTRY, ISSUER), 7)


BAD_CREDENTIALS: list[tuple[str, dict[str, Any], str]] = [
    ("another type", _list(type=["VerifiableCredential"]), "status_list_invalid"),
    ("a type in a text", _list(type="BitstringStatusListCredential"), "status_list_invalid"),
    ("no type", _list(type=None), "status_list_invalid"),
    ("another issuer", _list(issuer="did:web:evil.example"), "status_list_untrusted"),
    ("an issuer object of another", _list(issuer={"id": "did:x"}), "status_list_untrusted"),
    ("no issuer", _list(issuer=None), "status_list_untrusted"),
    ("another id", _list(id=URL + "2"), "status_list_untrusted"),
    ("a status of its own", _list(credentialStatus=status_entry(URL, 1)), "status_list_invalid"),
    ("two subjects", _list(credentialSubject=[{}, {}]), "status_list_invalid"),
    ("no subject", _list(credentialSubject=None), "status_list_invalid"),
    ("another subject", _list(subject={"type": "StatusList2021"}), "status_list_invalid"),
    ("another purpose", _list(subject={"statusPurpose": "suspension"}), "status_purpose_mismatch"),
    ("other purposes", _list(subject={"statusPurpose": []}), "status_purpose_mismatch"),
    (
        "a word around it",
        _list(subject={"statusPurpose": "revocations"}),
        "status_purpose_mismatch",
    ),
    ("no list", _list(subject={"encodedList": None}), "status_list_invalid"),
]


@pytest.mark.parametrize(
    ("document", "code"), [r[1:] for r in BAD_CREDENTIALS], ids=[r[0] for r in BAD_CREDENTIALS]
)
def test_a_list_credential_that_is_not_the_list_cannot_be_judged(
    document: dict[str, Any], code: str
) -> None:
    with pytest.raises(CheckUndecided) as reason:
        read_list(document, ENTRY, ISSUER)

    assert reason.value.code == code

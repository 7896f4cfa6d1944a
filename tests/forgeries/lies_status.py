"""Catalogue 2.5: the status, and what else is followed. Nothing unknown is ever "not revoked"."""

import gzip
import zlib
from typing import Any

from tests.forgeries.catalogue import NOT_CHECKED, NOT_VALID, forgery
from tests.forgeries.genuine import (
    with_two_statuses,
)
from tests.forgeries.scene import (
    BADGE,
    EXTENSIONS,
    FORGER,
    FORGERS_KEY,
    INDEX,
    KEY,
    LIST,
    METHOD,
    OB,
    SUSPENSIONS,
    V2,
    Scene,
    badge,
    deflated_zeros,
    encoded_list,
    genuine,
    method,
    signed_list,
    status_entry,
    status_list,
)
from tests.forgeries.signing import Json, add_proof, base64url

_ONE_STATUS = "OB 3.0 allows one status"


@forgery("2.5", "The badge was revoked.", "revoked")
def revoked(scene: Scene) -> Json:
    scene.revoke()
    return genuine()


@forgery("2.5", "The badge is suspended.", "suspended")
def suspended(scene: Scene) -> Json:
    document = status_list(SUSPENSIONS, "suspension", encoded=encoded_list(INDEX))
    scene.documents[SUSPENSIONS] = signed_list(document)
    return genuine(credentialStatus=status_entry(SUSPENSIONS, "suspension"))


# --- S1: the list's bytes -----------------------------------------------------------------------


def _list_of(name: str, lie: str, encoded: str, code: str = "status_list_invalid") -> None:
    def forge(scene: Scene) -> Json:
        scene.documents[LIST] = signed_list(status_list(encoded=encoded))
        return genuine()

    forge.__name__ = name
    forgery("S1", lie, code, verdict=NOT_CHECKED)(forge)


def _u(data: bytes) -> str:
    return "u" + base64url(data)


_WHOLE = gzip.compress(bytes(16384), mtime=0)
_list_of(
    "list_that_is_a_bomb",
    "Some kilobytes become two hundred megabytes.",
    _u(deflated_zeros(200_000_000)),
)
_list_of(
    "list_of_two_members",
    "Two lists are joined, and readers take the first or both.",
    _u(_WHOLE + _WHOLE),
)
_list_of("list_cut_off", "The list ends in the middle.", _u(_WHOLE[:-9]))
_list_of(
    "list_with_a_wrong_checksum",
    "The list's checksum is wrong.",
    _u(_WHOLE[:-8] + bytes(4) + _WHOLE[-4:]),
)
_list_of("list_not_compressed", "The list is not compressed.", _u(bytes(16384)))
_list_of("list_in_another_format", "The list is zlib, not gzip.", _u(zlib.compress(bytes(16384))))
_list_of(
    "list_without_its_prefix", "The list's text does not say how it is encoded.", base64url(_WHOLE)
)
_list_of(
    "list_too_short_to_hide_in",
    "A list of eight, so that everybody sees whose bit it is.",
    encoded_list(length=8),
    "status_list_length",
)


# --- S2, S3: purpose and index ------------------------------------------------------------------


@forgery(
    "S2",
    "The list is about suspension, the entry about revocation.",
    "status_purpose_mismatch",
    verdict=NOT_CHECKED,
)
def list_for_another_purpose(_: Scene) -> Json:
    return genuine(credentialStatus=status_entry(SUSPENSIONS, "revocation"))


@forgery(
    "S2",
    "The list serves many purposes, and not this one.",
    "status_purpose_mismatch",
    verdict=NOT_CHECKED,
)
def list_for_many_other_purposes(scene: Scene) -> Json:
    scene.documents[LIST] = signed_list(status_list(purpose=["suspension", "message"]))
    return genuine()


@forgery(
    "S2",
    "The entry is only a message, so a set bit would mean nothing.",
    "status_purpose_mismatch",
    verdict=NOT_CHECKED,
)
def entry_that_is_only_a_message(_: Scene) -> Json:
    return genuine(credentialStatus=status_entry(purpose="message"))


@forgery(
    "S2",
    "The entry's purpose is a list, at which a careless reader stumbles.",
    "status_purpose_mismatch",
    verdict=NOT_CHECKED,
)
def purpose_in_a_list(_: Scene) -> Json:
    return genuine(credentialStatus=status_entry(statusPurpose=["revocation"]))


def _index(name: str, index: Any, lie: str, code: str, verdict: str = NOT_VALID) -> None:
    def forge(scene: Scene) -> Json:
        scene.documents[LIST] = signed_list(status_list(encoded=encoded_list(0, 1)))
        return genuine(credentialStatus=status_entry(statusListIndex=index))

    forge.__name__ = name
    because = "the issuer signed an entry that breaks the standard" if verdict == NOT_VALID else ""
    forgery("S3", lie, code, verdict=verdict, because=because)(forge)


_RANGE = "status_index_out_of_range"
_index(
    "index_just_beyond_the_list", "131072", "The index is the list's length.", _RANGE, NOT_CHECKED
)
_index("index_far_beyond_the_list", "9" * 10, "The index is in the billions.", _RANGE, NOT_CHECKED)
_index("index_of_thirty_digits", "1" + "0" * 30, "The index is 10^30.", "bad_value")
_index("index_negative", "-1", "The index counts from the end, where no bit is set.", "bad_value")
_index("index_of_letters", "abc", "The index is a word, which some read as 0.", "bad_value")
_index("index_with_an_exponent", "1e3", "The index has an exponent.", "bad_value")
_index("index_with_a_fraction", "1.5", "The index lies between two bits.", "bad_value")
_index("index_of_wide_digits", "００", "The index is written in wide digits.", "bad_value")
_index("index_with_spaces", " 5 ", "The index has spaces around it.", "bad_value")
_index("index_empty", "", "The index is empty.", "bad_value")


def _size(size: int, name: str) -> None:
    def forge(_: Scene) -> Json:
        return genuine(credentialStatus=status_entry(statusSize=size))

    forge.__name__ = name
    because = "the issuer signed an entry that breaks the standard, or one we do not read"
    forgery("S3", f"An entry is said to have {size} bits.", "bad_value", because=because)(forge)


_size(0, "entries_of_no_bits")
_size(-1, "entries_of_minus_one_bit")
_size(3, "entries_of_three_bits")


# --- S4, S5, S6: whose list, of when ------------------------------------------------------------


@forgery("S4", "The forger has signed the list.", "status_list_untrusted", verdict=NOT_CHECKED)
def list_signed_by_the_forger(scene: Scene) -> Json:
    scene.documents[LIST] = add_proof(status_list(), FORGERS_KEY, method(FORGER, FORGERS_KEY))
    return genuine()


@forgery(
    "S4", "The forger has issued and signed the list.", "status_list_untrusted", verdict=NOT_CHECKED
)
def list_issued_by_the_forger(scene: Scene) -> Json:
    document = status_list(issuer=FORGER)
    scene.documents[LIST] = add_proof(document, FORGERS_KEY, method(FORGER, FORGERS_KEY))
    return genuine()


@forgery(
    "S4",
    "A revoked bit was cleared after the list was signed.",
    "status_list_untrusted",
    verdict=NOT_CHECKED,
)
def list_with_a_bit_cleared(scene: Scene) -> Json:
    document = signed_list(status_list(encoded=encoded_list(INDEX)))
    document["credentialSubject"]["encodedList"] = encoded_list()
    scene.documents[LIST] = document
    return genuine()


@forgery("S4", "The list is not signed.", "status_list_untrusted", verdict=NOT_CHECKED)
def list_not_signed(scene: Scene) -> Json:
    scene.documents[LIST] = status_list()
    return genuine()


@forgery(
    "S4",
    "At the list's address stands another list of the university's.",
    "status_list_untrusted",
    verdict=NOT_CHECKED,
)
def list_of_another_address(scene: Scene) -> Json:
    other = status_list("https://university.example/status/AAAAAAAAAAAAAAAAAAAAAA")
    scene.documents[LIST] = signed_list(other)
    return genuine()


@forgery(
    "S4",
    "At the list's address stands a badge of the university's.",
    "status_list_invalid",
    verdict=NOT_CHECKED,
)
def badge_in_place_of_a_list(scene: Scene) -> Json:
    scene.documents[LIST] = genuine(id=LIST, credentialStatus=None)
    return genuine()


@forgery("S5", "The list expired yesterday.", "status_list_expired", verdict=NOT_CHECKED)
def list_expired(scene: Scene) -> Json:
    scene.documents[LIST] = signed_list(status_list(validUntil="2026-02-28T12:00:00Z"))
    return genuine()


@forgery("S5", "The list is that of tomorrow.", "status_list_expired", verdict=NOT_CHECKED)
def list_not_yet_valid(scene: Scene) -> Json:
    scene.documents[LIST] = signed_list(status_list(validFrom="2026-03-02T12:00:00Z"))
    return genuine()


@forgery(
    "S6",
    "The list has a status in itself, so that reading it never ends.",
    "status_list_invalid",
    verdict=NOT_CHECKED,
)
def list_with_a_status_in_itself(scene: Scene) -> Json:
    scene.documents[LIST] = signed_list(status_list(credentialStatus=status_entry()))
    return genuine()


@forgery(
    "S6", "Two lists have their status in each other.", "status_list_invalid", verdict=NOT_CHECKED
)
def lists_with_a_status_in_each_other(scene: Scene) -> Json:
    for own, other in ((LIST, SUSPENSIONS), (SUSPENSIONS, LIST)):
        scene.documents[own] = signed_list(status_list(own, credentialStatus=status_entry(other)))
    return genuine()


@forgery("S6", "The badge is its own status list.", "status_list_invalid", verdict=NOT_CHECKED)
def badge_that_is_its_own_list(scene: Scene) -> Json:
    scene.documents[BADGE] = genuine(credentialStatus=status_entry(BADGE))
    return dict(scene.documents[BADGE])


# --- S7, S8, S9 ---------------------------------------------------------------------------------


def _unavailable(name: str, lie: str, answer: Any, code: str = "status_unavailable") -> None:
    def forge(scene: Scene) -> Json:
        scene.documents[LIST] = answer
        return genuine()

    forge.__name__ = name
    forgery("S7", lie, code, verdict=NOT_CHECKED)(forge)


_unavailable("list_that_never_comes", "The server of the list keeps silent.", {"error": "timeout"})
_unavailable(
    "list_that_is_a_page",
    "The server answers with a page.",
    "<html>OK</html>",
    "status_list_untrusted",
)
_unavailable("list_that_is_empty", "The server answers with nothing.", "", "status_list_untrusted")
_unavailable("list_that_is_null", "The server answers with null.", None, "status_list_untrusted")


@forgery("S7", "The list is gone.", "status_unavailable", verdict=NOT_CHECKED)
def list_that_is_gone(scene: Scene) -> Json:
    del scene.documents[LIST]
    return genuine()


@forgery(
    "S8",
    "The first of two entries is clear, the second is set.",
    "wrong_type",
    vc="suspended",
    because=_ONE_STATUS,
)
def second_of_two_entries_set(scene: Scene) -> Json:
    document = status_list(SUSPENSIONS, "suspension", encoded=encoded_list(INDEX))
    scene.documents[SUSPENSIONS] = signed_list(document)
    return add_proof(with_two_statuses(), KEY, METHOD)


@forgery(
    "S8",
    "The first of two lists cannot be read, the second says revoked.",
    "wrong_type",
    vc="suspended",
    because=_ONE_STATUS,
)
def second_set_and_first_unavailable(scene: Scene) -> Json:
    document = second_of_two_entries_set(scene)
    del scene.documents[LIST]
    return document  # type: ignore[return-value]


@forgery(
    "S8",
    "The first of two lists is fine, the second cannot be read.",
    "wrong_type",
    vc=(NOT_CHECKED, "status_unavailable"),
    because=_ONE_STATUS,
)
def second_list_unavailable(scene: Scene) -> Json:
    del scene.documents[SUSPENSIONS]
    return add_proof(with_two_statuses(), KEY, METHOD)


@forgery(
    "S8",
    "A hundred entries are to be looked up.",
    "wrong_type",
    vc=(NOT_CHECKED, "status_type_unknown"),
    because=_ONE_STATUS,
)
def hundred_entries(_: Scene) -> Json:
    entries = [status_entry(id=f"{LIST}#{n}", statusListIndex=str(n)) for n in range(100)]
    return genuine(credentialStatus=entries)


def _of_type(name: str, lie: str, entry: Json, *context: str) -> None:
    def forge(_: Scene) -> Json:
        return genuine(credentialStatus=entry, **{"@context": [V2, OB, *context]})

    forge.__name__ = name
    forgery("S9", lie, "status_type_unknown", verdict=NOT_CHECKED)(forge)


_of_type(
    "status_of_an_older_kind",
    "An older kind of status, which is taken for no status at all.",
    {
        "id": f"{LIST}#1",
        "type": "StatusList2021Entry",
        "statusPurpose": "revocation",
        "statusListIndex": "1",
        "statusListCredential": LIST,
    },
    "https://w3id.org/vc/status-list/2021/v1",
)
_of_type(
    "status_of_open_badges_own_kind",
    "The revocation list of OB 3.0 itself, which is not read here.",
    {"id": "https://university.example/revoked", "type": "1EdTechRevocationList"},
    EXTENSIONS,
)
_of_type(
    "status_of_an_unknown_kind",
    "A kind of status that somebody made up.",
    {"id": "https://university.example/fine", "type": "https://forger.example/AlwaysFine"},
)


# --- S10, S12: addresses ------------------------------------------------------------------------


@forgery(
    "S10", "A forgery whose status stands inside our network, to make us go there.", "proof_invalid"
)
def status_that_sends_us_somewhere(_: Scene) -> Json:
    document = badge(credentialStatus=status_entry("https://169.254.169.254/latest/meta-data"))
    return add_proof(document, FORGERS_KEY, METHOD)


def _at(name: str, url: str, lie: str) -> None:
    def forge(scene: Scene) -> Json:
        scene.documents[url] = signed_list(status_list(url))
        return genuine(credentialStatus=status_entry(url, id=None))

    forge.__name__ = name
    forgery("S12", lie, "status_unavailable", verdict=NOT_CHECKED)(forge)


_at("list_in_a_data_url", "data:application/json,list", "The list comes along, in a data: URL.")
_at("list_in_a_file", "file:///etc/passwd", "The list is a file on this machine.")
_at(
    "list_over_plain_http",
    "http://university.example/status/1",
    "Anybody on the way may change the list.",
)

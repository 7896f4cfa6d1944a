"""The status: revoked only by the issuer's own list, and never *not revoked* without one."""

from datetime import timedelta
from typing import Any

import pytest

from app.encoding.strict_json import JsonObject, dump_json
from app.errors import SignetError
from app.proofs.profiles import VC
from app.status.bitstring import status_entry
from app.verification.authenticity import World
from app.verification.status import check_status
from tests.builders import NOW
from tests.world import (
    LATER,
    LIST_INDEX,
    LIST_URL,
    a_badge,
    a_status_list,
    a_token,
    a_web_party,
    a_world,
    secured,
    with_proof,
)

PARTY = a_web_party()
OTHER = a_web_party("did:web:elsewhere.example")
BADGE = a_badge(PARTY)
SECOND_URL = "https://badges.inverbrae.example/status/second"


def _code(world: World, document: JsonObject = BADGE) -> str | None:
    """What the status comes to: nothing, or the reason."""
    try:
        check_status(document, PARTY.did, world)
    except SignetError as error:
        return error.code
    return None


def _with_status(*entries: Any) -> JsonObject:
    return a_badge(PARTY, credentialStatus=list(entries))


def _lists(document: JsonObject | bytes) -> World:
    return a_world(PARTY, OTHER, status={LIST_URL: document})


def test_a_credential_without_status_is_not_revoked() -> None:
    assert _code(a_world(PARTY), a_badge(PARTY, credentialStatus=None)) is None


def test_a_bit_that_is_not_set_is_not_revoked() -> None:
    assert _code(a_world(PARTY)) is None
    assert _code(_lists(a_status_list(PARTY, revoked=[LIST_INDEX - 1, LIST_INDEX + 1]))) is None


def test_a_bit_that_is_set_is_revoked_or_suspended() -> None:
    entry = status_entry(LIST_URL, LIST_INDEX, "suspension")

    assert _code(_lists(a_status_list(PARTY, revoked=[LIST_INDEX]))) == "revoked"
    suspended = a_status_list(PARTY, revoked=[LIST_INDEX], purpose="suspension")
    assert _code(_lists(suspended), _with_status(entry)) == "suspended"


def test_a_list_may_be_a_token() -> None:
    document = a_status_list(PARTY, revoked=[LIST_INDEX])
    del document["proof"]

    assert _code(_lists(a_token(document, PARTY, profile=VC).encode())) == "revoked"


_LIST = {name: member for name, member in a_status_list(PARTY).items() if name != "proof"}
UNUSABLE: list[tuple[str, JsonObject | bytes, str]] = [
    ("HTML", b"<!doctype html>", "status_list_untrusted"),
    ("nothing", b"", "status_list_untrusted"),
    ("a list of JSON", b"[]", "status_list_untrusted"),
    ("no proof", {**a_status_list(PARTY), "proof": []}, "status_list_untrusted"),
    (
        "changed after signing",
        {**a_status_list(PARTY, revoked=[1]), "proof": a_status_list(PARTY)["proof"]},
        "status_list_untrusted",
    ),
    (
        "signed by another",
        {**a_status_list(PARTY), "proof": a_status_list(OTHER)["proof"]},
        "status_list_untrusted",
    ),
    ("another's list", a_status_list(OTHER), "status_list_untrusted"),
    (
        "another's list in the issuer's name",
        a_status_list(OTHER, issuer=PARTY.did),
        "status_list_untrusted",
    ),
    ("another list", a_status_list(PARTY, url=SECOND_URL), "status_list_untrusted"),
    (
        "out of date",
        a_status_list(PARTY, validUntil="2026-03-15T00:00:00Z"),
        "status_list_expired",
    ),
    (
        "not yet valid",
        a_status_list(PARTY, valid_from=LATER + timedelta(hours=1)),
        "status_list_expired",
    ),
    (
        "with a status of its own",
        a_status_list(PARTY, credentialStatus=status_entry(LIST_URL, 1)),
        "status_list_invalid",
    ),
    (
        "about another purpose",
        a_status_list(PARTY, purpose="suspension"),
        "status_purpose_mismatch",
    ),
    ("no list at all", secured(a_badge(PARTY, id=LIST_URL), PARTY.signer), "status_list_invalid"),
    (
        "signed for authentication",
        with_proof(_LIST, PARTY.signer, proofPurpose="authentication"),
        "status_list_untrusted",
    ),
]


@pytest.mark.parametrize(
    ("document", "code"), [r[1:] for r in UNUSABLE], ids=[r[0] for r in UNUSABLE]
)
def test_a_list_that_cannot_be_relied_on_decides_nothing(
    document: JsonObject | bytes, code: str
) -> None:
    assert _code(_lists(document)) == code


ENTRIES: list[tuple[str, list[Any], str | None]] = [
    ("none", [], None),
    ("two that are not set", [status_entry(LIST_URL, 1), status_entry(LIST_URL, 2)], None),
    ("the second is set", [status_entry(LIST_URL, 1), status_entry(LIST_URL, 7)], "revoked"),
    (
        "unknown and set",
        [{"id": "urn:x", "type": "StatusList2021Entry"}, status_entry(LIST_URL, 7)],
        "revoked",
    ),
    (
        "unknown and not set",
        [{"id": "urn:x", "type": "StatusList2021Entry"}, status_entry(LIST_URL, 1)],
        "status_type_unknown",
    ),
    (
        "out of range",
        [status_entry(LIST_URL, 131072)],
        "status_index_out_of_range",
    ),
    ("malformed", [{**status_entry(LIST_URL, 1), "statusListIndex": "x"}], "bad_value"),
    ("five", [status_entry(LIST_URL, 1)] * 5, "status_type_unknown"),
    ("a list that is not there", [status_entry(SECOND_URL, 1)], "status_unavailable"),
    ("http", [status_entry("http://x.example/s", 1)], "status_unavailable"),
    ("no address", [status_entry("https://[x", 1)], "status_unavailable"),
    ("data", [status_entry("data:application/json,{}", 1)], "status_unavailable"),
    ("file", [status_entry("file:///etc/passwd", 1)], "status_unavailable"),
]


@pytest.mark.parametrize(("entries", "code"), [r[1:] for r in ENTRIES], ids=[r[0] for r in ENTRIES])
def test_every_entry_is_looked_up_and_the_worst_finding_wins(
    entries: list[Any], code: str | None
) -> None:
    world = _lists(a_status_list(PARTY, revoked=[7]))

    assert _code(world, _with_status(*entries)) == code


def test_a_list_on_this_machine_may_be_read_over_http() -> None:
    url = "http://127.0.0.1:8000/status/x"
    world = a_world(PARTY, status={url: dump_json(a_status_list(PARTY, url=url, revoked=[3]))})

    assert _code(world, _with_status(status_entry(url, 3))) == "revoked"


def test_the_time_of_the_list_is_ours() -> None:
    document = a_status_list(PARTY)

    assert _code(a_world(PARTY, status={LIST_URL: document}, now=NOW)) is None
    late = LATER + timedelta(days=2)
    assert _code(a_world(PARTY, status={LIST_URL: document}, now=late)) == "status_list_expired"

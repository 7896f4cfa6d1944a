"""Every way a record can be wrong is found, and a sound store has none."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text, update
from sqlalchemy.orm import Session

from app.encoding.multibase import decode_base64url, encode_base64url
from app.encoding.strict_json import dump_json, parse_object
from app.issuing import fsck
from app.issuing.desk import IssuingDesk
from app.issuing.fsck import Discrepancy, check_records, former_address, place_faults
from app.issuing.key_changes import rotate_key, withdraw_key
from app.issuing.revocation import revoke_credential
from app.issuing.sign_given import issue_given
from app.issuing.signing import sign_and_verify
from app.proofs.checked import check_document
from app.proofs.profiles import VC
from app.registry.achievements import create_achievement
from app.registry.keys import active_key
from app.status.bitstring import empty_bits, set_bit
from app.storage.tables import Credential, Issuer, Key, StatusList
from tests.builders import an_achievement_definition
from tests.issuers import make_issuer
from tests.unit.issuing.conftest import ACTOR, NOW, Issue

Check = Callable[..., list[Discrepancy]]


@pytest.fixture
def check(session: Session, desk: IssuingDesk) -> Check:
    def check(now: datetime = NOW) -> list[Discrepancy]:
        session.flush()
        return list(check_records(session, desk, now=now, progress=lambda _: None))

    return check


def codes(found: list[Discrepancy]) -> list[tuple[str, str]]:
    return [(one.table, one.code) for one in found]


def a_given_credential(issuer: Issuer) -> dict[str, Any]:
    return {
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "type": ["VerifiableCredential"],
        "issuer": issuer.did,
        "credentialSubject": {"id": "did:example:ailsa"},
    }


def the_list(session: Session) -> StatusList:
    return session.query(StatusList).populate_existing().one()


def test_a_store_that_was_used_in_every_way_is_sound(
    session: Session, desk: IssuingDesk, issuer: Issuer, issue: Issue, check: Check
) -> None:
    common: dict[str, Any] = {"now": NOW, "actor": ACTOR}
    issue()
    given = a_given_credential(issuer)
    issue_given(session, desk, "inverbrae", given, **common)
    theirs = {"id": "urn:example:status", "type": "BitstringStatusListEntry"}
    issue_given(session, desk, "inverbrae", {**given, "issuer": {"id": issuer.did}}, **common)
    issue_given(
        session,
        desk,
        "inverbrae",
        {**given, "credentialStatus": {**theirs, "statusPurpose": "suspension"}},
        **common,
    )
    revoke_credential(session, desk, issue(), reason="mistake", **common)
    for purpose, key_type in (("credentials", "Ed25519"), ("status", "Ed25519")):
        rotate_key(session, desk, issuer, purpose=purpose, key_type=key_type, **common)
    issue()

    assert check() == []


def test_every_credential_is_read_and_counted(
    session: Session, desk: IssuingDesk, issue: Issue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fsck, "BATCH", 2)
    for _ in range(3):
        issue()
    seen: list[int] = []

    assert list(check_records(session, desk, now=NOW, progress=seen.append)) == []
    assert seen == [2, 3]


def test_an_empty_store_is_sound(check: Check) -> None:
    assert check() == []


# --- credentials --------------------------------------------------------------------------------


def altered(credential: Credential, **members: Any) -> None:
    credential.document = dump_json({**parse_object(credential.document), **members})


def test_a_document_that_was_altered_is_found(issue: Issue, check: Check) -> None:
    altered(issue(), name="Another name")

    assert codes(check()) == [("credentials", "proof_invalid"), ("credentials", "token_differs")]


def test_a_second_proof_is_found(issue: Issue, check: Check) -> None:
    credential = issue()
    proof = parse_object(credential.document)["proof"]
    altered(credential, proof=[proof, proof])

    assert codes(check()) == [("credentials", "too_many_proofs")]


def test_bytes_that_are_no_document_are_found(issue: Issue, check: Check) -> None:
    issue().document = b"{"

    assert codes(check()) == [("credentials", "not_json"), ("credentials", "not_json")]


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("credential_id", "urn:example:other"),
        ("valid_from", NOW - timedelta(days=1)),
        ("valid_until", NOW),
    ],
)
def test_columns_that_contradict_their_document_are_found(
    issue: Issue, check: Check, member: str, value: Any
) -> None:
    setattr(issue(), member, value)

    assert codes(check()) == [("credentials", "columns_differ")]


def test_documents_that_changed_places_are_found(issue: Issue, check: Check) -> None:
    one, two = issue(), issue()
    one.document, two.document = two.document, one.document
    one.jwt, two.jwt = two.jwt, one.jwt
    found = codes(check())

    assert found.count(("credentials", "wrong_id")) == 2
    assert found.count(("credentials", "wrong_entry")) == 2
    assert found.count(("credentials", "columns_differ")) == 2


def test_an_achievement_that_is_not_the_one_in_the_document_is_found(
    session: Session, desk: IssuingDesk, issuer: Issuer, issue: Issue, check: Check
) -> None:
    other = create_achievement(
        session, desk.settings, issuer, an_achievement_definition(), now=NOW, actor=ACTOR
    )
    issue().achievement_id = other.id

    assert codes(check()) == [("credentials", "wrong_achievement")]


def test_a_token_that_names_a_key_of_nobody_is_found(issue: Issue, check: Check) -> None:
    credential = issue()
    head, _, rest = (credential.jwt or b"").partition(b".")
    header = parse_object(decode_base64url(head.decode()))
    header["kid"] += "x"
    credential.jwt = encode_base64url(dump_json(header)).encode() + b"." + rest
    assert codes(check()) == [("credentials", "not_found")]


def test_a_token_that_was_replaced_by_another_is_found(issue: Issue, check: Check) -> None:
    one, two = issue(), issue()
    one.jwt = two.jwt

    assert codes(check()) == [("credentials", "token_differs")]


@pytest.mark.parametrize("token", [b"no token", b"a.b.c"])
def test_a_token_that_is_none_is_found(issue: Issue, check: Check, token: bytes) -> None:
    issue().jwt = token
    (found,) = check()

    assert found.detail.startswith("its token: ")


@pytest.fixture
def moved(desk: IssuingDesk) -> IssuingDesk:
    """The same service after its public URL was changed."""
    settings = desk.settings.model_copy(update={"public_url": "https://badges.inverbrae.example"})
    return IssuingDesk(desk.key_store, desk.contexts, settings)


def test_what_was_made_at_another_address_is_told_once_and_is_no_damage(
    session: Session, desk: IssuingDesk, moved: IssuingDesk, issuer: Issuer, issue: Issue
) -> None:
    issue()
    issue_given(session, desk, "inverbrae", a_given_credential(issuer), now=NOW, actor=ACTOR)
    session.flush()
    found = list(check_records(session, moved, now=NOW, progress=lambda _: None))

    assert codes(found) == [
        ("status_lists", "another_address"),
        ("credentials", "another_address"),
        ("credentials", "another_address"),
    ]
    assert {one.detail for one in found} == {f"made at another address, {desk.settings.public_url}"}
    assert not any(one.is_damage for one in found)


def test_damage_from_another_address_is_still_damage(
    session: Session, moved: IssuingDesk, issue: Issue
) -> None:
    one, two = issue(), issue()
    one.document, two.document = two.document, one.document
    two.jwt = b"a.b.c"
    session.flush()
    found = [
        each.code
        for each in check_records(session, moved, now=NOW, progress=lambda _: None)
        if each.is_damage
    ]

    assert {"wrong_id", "wrong_entry", "columns_differ", "token_differs"} <= set(found)


@pytest.mark.parametrize("place", [None, 7, "ftp://far.example/achievements/x", "/achievements/x"])
def test_only_an_address_of_a_service_is_another_address(desk: IssuingDesk, place: object) -> None:
    url = f"{desk.settings.public_url}/achievements/x"

    assert former_address(desk.settings, place, url) is None
    [fault] = place_faults(desk.settings, place, url, ("wrong", "it is wrong"))
    assert fault == ("wrong", "it is wrong")


def test_a_row_under_another_issuer_is_found(
    session: Session, desk: IssuingDesk, issue: Issue, check: Check
) -> None:
    other = make_issuer(session, desk, "elsewhere")
    issue().issuer_id = other.id
    found = codes(check())

    assert ("credentials", "wrong_key") in found


def test_a_document_that_names_another_issuer_is_found(
    session: Session, desk: IssuingDesk, issuer: Issuer, issue: Issue, check: Check
) -> None:
    """Signed by our own key, but in another name: the DID on record was changed."""
    row = issue_given(session, desk, "inverbrae", a_given_credential(issuer), now=NOW, actor=ACTOR)
    key = session.get_one(Key, row.key_id)
    document = parse_object(row.document)
    document.pop("proof")
    document["issuer"] = "did:web:elsewhere.example"
    signed = resigned(desk, issuer, key, document)
    row.document = signed

    assert codes(check()) == [("credentials", "wrong_issuer")]


def resigned(desk: IssuingDesk, issuer: Issuer, key: Key, document: dict[str, Any]) -> bytes:
    """The document signed with the issuer's key, as a thief of the key would."""
    checked = check_document(document, profile=VC, contexts=desk.contexts)
    return sign_and_verify(desk, issuer, key, checked, now=NOW)


def test_credentials_of_a_withdrawn_key_are_listed_until_they_are_revoked(
    session: Session, desk: IssuingDesk, issuer: Issuer, issue: Issue, check: Check
) -> None:
    left, revoked = issue(), issue()
    stolen = active_key(session, "inverbrae", "credentials", "Ed25519")
    withdraw_key(session, desk, issuer, stolen, reason="stolen", now=NOW, actor=ACTOR)
    revoke_credential(session, desk, revoked, reason="issued again", now=NOW, actor=ACTOR)
    found = check()

    assert [(one.id, one.code) for one in found] == [(left.id, "key_revoked")]


# --- revocations and lists ----------------------------------------------------------------------


def test_a_row_that_says_revoked_without_its_bit_is_found(issue: Issue, check: Check) -> None:
    issue().revoked = True

    assert codes(check()) == [
        ("status_lists", "revocations_differ"),
        ("credentials", "revocation_differs"),
    ]


def test_a_bit_that_nobody_revoked_is_found(session: Session, issue: Issue, check: Check) -> None:
    credential = issue()
    status_list = the_list(session)
    status_list.bits = set_bit(status_list.bits, credential.status_list_index)

    assert codes(check()) == [
        ("status_lists", "bits_differ"),
        ("status_lists", "revocations_differ"),
        ("credentials", "revocation_differs"),
    ]


def test_a_list_that_lost_its_bits_is_found(
    session: Session, desk: IssuingDesk, issue: Issue, check: Check
) -> None:
    revoke_credential(session, desk, issue(), reason="mistake", now=NOW, actor=ACTOR)
    the_list(session).bits = empty_bits()
    found = codes(check())

    assert ("status_lists", "bits_differ") in found
    assert ("credentials", "revocation_differs") in found


def test_a_list_out_of_date_is_found(issue: Issue, check: Check) -> None:
    issue()

    assert codes(check(NOW + timedelta(days=7))) == [("status_lists", "list_expired")]


@pytest.mark.parametrize(
    ("proof", "code"),
    [
        ({"type": "DataIntegrityProof", "verificationMethod": "did:web:x#zNobody"}, "not_found"),
        ("text", "not_found"),
    ],
)
def test_a_list_signed_by_nobody_we_know_is_found(
    session: Session, issue: Issue, check: Check, proof: Any, code: str
) -> None:
    issue()
    status_list = the_list(session)
    status_list.document = dump_json({**parse_object(status_list.document), "proof": proof})

    assert codes(check()) == [("status_lists", code)]


def test_a_list_still_signed_with_a_withdrawn_key_is_found(
    session: Session, issue: Issue, check: Check
) -> None:
    issue()
    session.execute(update(Key).where(Key.purpose == "status").values(state="revoked"))
    session.expire_all()

    assert codes(check()) == [("status_lists", "key_revoked")]


def test_entries_that_were_handed_out_to_nobody_are_found(
    session: Session, issue: Issue, check: Check
) -> None:
    """Or, the other way round, a counter that a restored backup set back."""
    issue()
    the_list(session).next_position = 2

    assert codes(check()) == [("status_lists", "entries_differ")]


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_an_entry_that_two_credentials_share_is_found(
    session: Session, issue: Issue, check: Check
) -> None:
    one, two = issue(), issue()
    session.flush()
    constraint = "uq_credentials_status_list_id"
    session.execute(text(f"ALTER TABLE credentials DROP CONSTRAINT {constraint}"))
    two.status_list_index = one.status_list_index
    found = codes(check())

    assert ("status_lists", "entry_shared") in found
    assert ("credentials", "wrong_entry") in found

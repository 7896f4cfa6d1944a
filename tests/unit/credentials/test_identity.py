import hashlib
from typing import Any

import pytest

from app.credentials.identity import hash_identity, plain_identity, recipient_matches
from tests.builders import SALT


def _subject(**identity: Any) -> dict[str, Any]:
    return {"identifier": [{"identityType": "emailAddress", **identity}]}


def test_a_hashed_identity_is_an_identity_object_of_the_specification() -> None:
    identity = hash_identity("ailsa@inverbrae.example", "emailAddress", SALT)
    assert identity["type"] == "IdentityObject"
    assert identity["hashed"] is True
    assert identity["salt"] == SALT
    assert identity["identityType"] == "emailAddress"
    algorithm, digest = identity["identityHash"].split("$")
    assert algorithm == "sha256"
    assert len(digest) == 64


def test_an_email_address_hashes_the_same_however_it_is_written() -> None:
    written = hash_identity(" Ailsa@Inverbrae.Example\n", "emailAddress", SALT)
    assert written == hash_identity("ailsa@inverbrae.example", "emailAddress", SALT)


def test_another_identifier_keeps_its_letter_case() -> None:
    assert hash_identity("S-Ab1", "userName", SALT) != hash_identity("s-ab1", "userName", SALT)


def test_a_short_salt_is_a_mistake_in_the_program() -> None:
    with pytest.raises(ValueError, match="16 random bytes"):
        hash_identity("ailsa@inverbrae.example", "emailAddress", "salt")


def test_what_was_hashed_matches() -> None:
    subject = {
        "identifier": [
            hash_identity("S123", "userName", SALT),
            hash_identity("ailsa@inverbrae.example", "emailAddress", SALT),
        ]
    }
    assert recipient_matches(subject, "emailAddress", "Ailsa@inverbrae.example")
    assert recipient_matches(subject, "userName", "S123")
    assert not recipient_matches(subject, "emailAddress", "mallory@inverbrae.example")
    assert not recipient_matches(subject, "name", "S123")


@pytest.mark.parametrize(
    ("identifier", "salt", "digest"),
    [
        # Digests as the specification's examples have them (open-badges-3.md section 6).
        ("a@example.com", "Kosher", "b5809d8a"),
        ("jjefferson18@example.com", "FleurDeSel", "658625b2"),
    ],
)
def test_the_salt_is_appended(identifier: str, salt: str, digest: str) -> None:
    padded = hash_identity(identifier, "emailAddress", salt + "-" * 16)
    assert not padded["identityHash"].startswith(f"sha256${digest}")
    computed = hashlib.sha256((identifier + salt).encode()).hexdigest()
    assert computed.startswith(digest)
    subject = _subject(hashed=True, identityHash=f"sha256${computed.upper()}", salt=salt)
    assert recipient_matches(subject, "emailAddress", identifier)


def test_an_address_that_another_issuer_did_not_lower_matches_as_given() -> None:
    subject = _subject(hashed=False, identityHash="Ailsa@Inverbrae.example")
    assert recipient_matches(subject, "emailAddress", "Ailsa@Inverbrae.example")
    assert not recipient_matches(subject, "emailAddress", "AILSA@inverbrae.example")


def test_md5_without_salt_is_read() -> None:
    digest = "0cc175b9c0f1b6a831c399e269772661"  # of "a"
    subject = {"identifier": {"identityType": "userName", "hashed": True}}
    subject["identifier"]["identityHash"] = f"md5${digest}"
    assert recipient_matches(subject, "userName", "a")


@pytest.mark.parametrize(
    "identity",
    [
        {"hashed": True, "identityHash": 7},
        {"hashed": True},
        {"hashed": True, "identityHash": "sha1$86f7e437faa5a7fce15d1ddcb9eaeaea377667b8"},
        {"hashed": True, "identityHash": "ailsa@inverbrae.example"},
        {"hashed": True, "identityHash": "sha256$", "salt": 7},
    ],
)
def test_an_identity_that_cannot_be_read_does_not_match(identity: dict[str, Any]) -> None:
    assert not recipient_matches(_subject(**identity), "emailAddress", "ailsa@inverbrae.example")


@pytest.mark.parametrize("subject", [{}, {"identifier": None}, {"identifier": ["a"]}])
def test_a_subject_without_identifiers_matches_nobody(subject: dict[str, Any]) -> None:
    assert not recipient_matches(subject, "emailAddress", "ailsa@inverbrae.example")


def test_a_name_stands_in_the_clear() -> None:
    assert plain_identity(" Ailsa Morrison ", "name") == {
        "type": "IdentityObject",
        "hashed": False,
        "identityHash": "Ailsa Morrison",
        "identityType": "name",
    }

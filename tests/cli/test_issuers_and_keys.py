"""`signet issuer` and `signet key`, on both databases."""

import getpass
from pathlib import Path

import pytest

from app.cli import desk as cli_desk
from app.cli import keys as cli_keys
from tests.cli.conftest import Signet, a_badge, an_issuer


def test_an_issuer_is_created_with_its_did_and_key(signet_on_both: Signet) -> None:
    made = an_issuer(signet_on_both, "--url", "https://law.example.edu")

    did = "did:web:127.0.0.1%3A8000:issuers:law"
    assert (made["id"], made["did"], made["cryptosuite"]) == ("law", did, "eddsa-rdfc-2022")
    assert made["verification_method"].startswith(f"{did}#z6Mk")
    assert made["profile"]["url"] == "https://law.example.edu"
    assert signet_on_both("issuer", "show", "law", "--json").json == made
    assert signet_on_both("issuer", "list", "--json").json == [made]


def test_an_issuer_may_be_its_key_and_sign_by_another_cryptosuite(signet: Signet) -> None:
    made = an_issuer(signet, "--did", "key", "--cryptosuite", "eddsa-jcs-2022")

    assert made["did"].startswith("did:key:z6Mk")
    assert made["verification_method"] == f"{made['did']}#{made['did'].removeprefix('did:key:')}"
    assert a_badge(signet)["credential"]["proof"]["cryptosuite"] == "eddsa-jcs-2022"


def test_a_person_reads_lines(signet: Signet) -> None:
    an_issuer(signet)

    shown = signet("issuer", "show", "law").out
    listed = signet("issuer", "list").out

    assert "Name         Faculty of Law\n" in shown
    assert "Website" not in shown
    assert listed.splitlines()[1].split("  ")[0] == "law"


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["--id", "law", "--name", "Law again"], "There is an issuer with the id law already."),
        (["--id", "Law!", "--name", "Law"], "small letters"),
        (["--id", "x", "--name", "X", "--cryptosuite", "bbs-2023"], "eddsa-jcs-2022"),
        (["--id", "x", "--name", "X", "--url", "law"], "`url` must be"),
    ],
)
def test_what_cannot_be_created_is_said_in_a_sentence(
    signet: Signet, arguments: list[str], complaint: str
) -> None:
    an_issuer(signet)

    refused = signet("issuer", "create", *arguments)

    assert (refused.status, refused.out) == (1, "")
    assert complaint in refused.err
    assert refused.err.count("\n") == 1


def test_an_issuer_that_is_not_there_is_not_shown(signet: Signet) -> None:
    an_issuer(signet)

    assert signet("issuer", "show", "medicine").err == "There is no such issuer.\n"


def test_looking_creates_no_database(signet: Signet, folder: Path) -> None:
    looked = signet("issuer", "list")

    assert looked.status == 1
    assert "There is no database" in looked.err
    assert list(folder.iterdir()) == []


def test_without_issuers_the_list_says_what_to_do(signet: Signet) -> None:
    signet("migrate")

    assert "`signet issuer create`" in signet("issuer", "list").out
    assert signet("issuer", "list", "--json").json == []


def test_host_and_port_name_the_service_until_it_has_an_address(
    signet: Signet, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOST", "0.0.0.0")  # noqa: S104 - nothing listens
    monkeypatch.setenv("PORT", "9000")

    assert an_issuer(signet)["did"] == "did:web:127.0.0.1%3A9000:issuers:law"

    monkeypatch.setenv("PORT", "nine")
    assert signet("issuer", "list").err == "PORT is a number such as 8000, not nine.\n"


# --- keys ---------------------------------------------------------------------------------------


def test_keys_are_listed_with_their_purpose(signet_on_both: Signet) -> None:
    an_issuer(signet_on_both)

    listed = signet_on_both("key", "list", "--issuer", "law", "--json").json

    kinds = sorted((key["purpose"], key["key_type"], key["state"]) for key in listed)
    assert kinds == [
        ("credentials", "Ed25519", "active"),
        ("credentials", "P-256", "active"),
        ("status", "Ed25519", "active"),
    ]
    assert signet_on_both("key", "list", "--issuer", "law").out.count("active") == 3


def test_after_a_rotation_old_credentials_verify_and_new_ones_use_the_new_key(
    signet_on_both: Signet, folder: Path
) -> None:
    an_issuer(signet_on_both)
    old = a_badge(signet_on_both)

    rotated = signet_on_both("key", "rotate", "--issuer", "law", "--json").json
    new = a_badge(signet_on_both)

    assert new["credential"]["proof"]["verificationMethod"] == rotated["verification_method"]
    assert old["credential"]["proof"]["verificationMethod"] != rotated["verification_method"]
    assert signet_on_both("verify", old["url"]).status == 0
    assert signet_on_both("verify", new["url"]).status == 0


def test_a_retired_key_may_be_followed_by_a_new_one(signet: Signet) -> None:
    made = an_issuer(signet)
    fragment = made["verification_method"].partition("#")[2]

    assert "rotate it" in signet("key", "create", "--issuer", "law").err
    retired = signet("key", "retire", fragment, "--issuer", "law", "--json").json
    assert (retired["state"], retired["fragment"]) == ("retired", fragment)
    assert "nothing: it has no active key" in signet("issuer", "show", "law").out
    created = signet("key", "create", "--issuer", "law")
    assert created.status == 0
    assert "State    active" in created.out


def test_a_revoked_key_has_a_successor_and_its_credentials_are_counted(
    signet_on_both: Signet,
) -> None:
    made = an_issuer(signet_on_both)
    badge = a_badge(signet_on_both)
    fragment = made["verification_method"].partition("#")[2]

    revoked = signet_on_both(
        "key", "revoke", fragment, "--issuer", "law", "--reason", "Stolen.", "--yes", "--json"
    )

    assert revoked.json["state"] == "revoked"
    assert revoked.json["reason"] == "Stolen."
    assert revoked.json["credentials"] == 1
    assert revoked.json["successor"]["state"] == "active"
    assert "1 credentials" in revoked.err
    assert signet_on_both("verify", badge["url"]).status == 1


def test_a_retired_key_that_is_revoked_needs_no_successor(signet: Signet) -> None:
    made = an_issuer(signet)
    fragment = made["verification_method"].partition("#")[2]
    signet("key", "rotate", "--issuer", "law")

    revoked = signet("key", "revoke", fragment, "--issuer", "law", "--reason", "Lost.", "--yes")

    assert revoked.status == 0
    assert "Revoked" in revoked.out
    assert "Successor" not in revoked.out


@pytest.mark.parametrize(("answer", "status"), [(b"y\n", 0), (b"n\n", 1)])
def test_at_a_terminal_revoking_a_key_is_asked_about(
    signet: Signet, monkeypatch: pytest.MonkeyPatch, answer: bytes, status: int
) -> None:
    made = an_issuer(signet)
    fragment = made["verification_method"].partition("#")[2]
    monkeypatch.setattr(cli_keys, "_at_a_terminal", lambda: True)

    asked = signet("key", "revoke", fragment, "--issuer", "law", "--reason", "Lost.", stdin=answer)

    assert asked.status == status
    assert "stops verifying, for good" in asked.err


def test_elsewhere_revoking_a_key_takes_a_yes(signet: Signet) -> None:
    made = an_issuer(signet)
    fragment = made["verification_method"].partition("#")[2]

    asked = signet("key", "revoke", fragment, "--issuer", "law", "--reason", "Lost.")

    assert asked.status == 2
    assert "Add --yes" in asked.err
    assert "revoked" not in signet("key", "list", "--issuer", "law").out


def test_a_user_without_a_name_is_known_by_number(monkeypatch: pytest.MonkeyPatch) -> None:
    def nobody() -> str:
        raise KeyError("no such user")

    monkeypatch.setattr(getpass, "getuser", nobody)

    assert cli_desk.actor().removeprefix("cli:").isdecimal()

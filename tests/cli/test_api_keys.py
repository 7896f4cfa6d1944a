"""`signet api-key`, on both databases."""

import pytest

from app.cli import desk as cli_desk
from app.registry.api_keys import SCOPES
from tests.cli.conftest import Signet, an_issuer


def test_an_issuers_key_may_do_everything_unless_told(signet_on_both: Signet) -> None:
    an_issuer(signet_on_both)

    made = signet_on_both("api-key", "create", "--issuer", "law", "--json").json
    narrow = signet_on_both(
        "api-key", "create", "--issuer", "law", "--scope", "credentials:issue",
        "--label", "Moodle", "--json",
    ).json  # fmt: skip

    assert made["key"].startswith(made["id"] + ".signet_")
    assert made["scopes"] == sorted(SCOPES)
    assert (narrow["scopes"], narrow["label"]) == (["credentials:issue"], "Moodle")


def test_keys_are_listed_without_their_secrets(signet_on_both: Signet) -> None:
    an_issuer(signet_on_both)
    admin = signet_on_both("api-key", "create", "--admin", "--json").json
    own = signet_on_both("api-key", "create", "--issuer", "law", "--json").json

    everything = signet_on_both("api-key", "list", "--json")
    of_law = signet_on_both("api-key", "list", "--issuer", "law", "--json").json

    assert {key["id"] for key in everything.json} == {admin["id"], own["id"]}
    assert "signet_" not in everything.out
    assert [key["id"] for key in of_law] == [own["id"]]


@pytest.mark.parametrize("part", ["id", "key"])
def test_a_key_is_revoked_by_its_id_or_by_itself(signet_on_both: Signet, part: str) -> None:
    made = signet_on_both("api-key", "create", "--admin", "--json").json

    revoked = signet_on_both("api-key", "revoke", made[part], "--json").json

    assert revoked["revoked_at"] is not None
    assert "revoked" in signet_on_both("api-key", "list").out


def test_the_first_key_creates_the_database(signet: Signet) -> None:
    made = signet("api-key", "create", "--admin")

    assert made.status == 0
    assert "May      do everything" in made.out
    assert "signet_" in made.out
    assert "not shown again" in made.err


def test_a_person_reads_lines(signet: Signet) -> None:
    made = signet("api-key", "create", "--admin", "--json").json

    assert "(administrator)" in signet("api-key", "list").out
    assert "Revoked" in signet("api-key", "revoke", made["id"]).out


@pytest.mark.parametrize("whose", [[], ["--admin", "--issuer", "law"]])
def test_a_key_belongs_to_one_issuer_or_to_an_administrator(
    signet: Signet, whose: list[str]
) -> None:
    refused = signet("api-key", "create", *whose)

    assert (refused.status, refused.out) == (2, "")
    assert "either --issuer SLUG or --admin" in refused.err


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["create", "--issuer", "medicine"], "There is no such issuer."),
        (["create", "--issuer", "law", "--scope", "everything"], "Name one or more of the scopes"),
        (["create", "--admin", "--scope", "credentials:issue"], "leave the scopes out"),
        (["revoke", "nothing"], "There is no such API key."),
    ],
)
def test_what_cannot_be_done_is_said_in_a_sentence(
    signet: Signet, arguments: list[str], complaint: str
) -> None:
    an_issuer(signet)

    refused = signet("api-key", *arguments)

    assert (refused.status, refused.out) == (1, "")
    assert complaint in refused.err


def test_a_long_list_is_listed_to_its_end(signet: Signet, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cli_desk, "MAX_LIMIT", 2)
    made = {signet("api-key", "create", "--admin", "--json").json["id"] for _ in range(5)}

    assert {key["id"] for key in signet("api-key", "list", "--json").json} == made

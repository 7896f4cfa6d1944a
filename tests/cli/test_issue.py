"""`signet issue` and `signet revoke`, on both databases."""

import pytest

from tests.cli.conftest import Signet, a_badge, an_achievement, an_issuer


def test_a_credential_is_issued_and_its_link_verifies(signet_on_both: Signet) -> None:
    an_issuer(signet_on_both)

    badge = a_badge(signet_on_both)

    assert badge["credential"]["id"] == badge["url"]
    assert badge["url"].endswith(badge["id"])
    assert "learner@example.org" not in str(badge)
    assert signet_on_both("verify", badge["url"]).status == 0


def test_a_learner_with_a_wallet_is_named_by_did(signet: Signet) -> None:
    an_issuer(signet)
    did = "did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK"

    issued = signet(
        "issue", "--issuer", "law", "--achievement", an_achievement(), "--did", did,
        "--name", "A learner", "--valid-until", "2099-01-31T00:00:00Z", "--json",
    ).json  # fmt: skip

    assert issued["credential"]["credentialSubject"]["id"] == did
    assert "A learner" in str(issued["credential"]["credentialSubject"])
    assert issued["credential"]["validUntil"] == "2099-01-31T00:00:00Z"


def test_a_person_reads_the_link(signet: Signet) -> None:
    an_issuer(signet)

    issued = signet(
        "issue", "--issuer", "law", "--achievement", an_achievement(), "--email", "a@example.org"
    )

    assert "Link        http://127.0.0.1:8000/credentials/" in issued.out


@pytest.mark.parametrize("whom", [[], ["--email", "a@example.org", "--did", "did:key:z6Mk"]])
def test_a_credential_is_for_one_learner(signet: Signet, whom: list[str]) -> None:
    refused = signet("issue", "--issuer", "law", "--achievement", "x", *whom)

    assert refused.status == 2
    assert "either --email ADDRESS or --did DID" in refused.err


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        (["--email", "a@example.org", "--achievement", "x"], "law has no such achievement"),
        (["--email", "nobody", "--achievement", "x"], "`recipient/email` must be a plain e-mail"),
        (
            ["--email", "a@example.org", "--achievement", "x", "--valid-until", "tomorrow"],
            "`valid_until` ",
        ),
    ],
)
def test_what_cannot_be_issued_names_the_field(
    signet: Signet, options: list[str], complaint: str
) -> None:
    an_issuer(signet)

    refused = signet("issue", "--issuer", "law", *options)

    assert (refused.status, refused.out) == (1, "")
    assert complaint.lower() in refused.err.lower()


@pytest.mark.parametrize("name", ["id", "url"])
def test_a_revoked_credential_is_not_valid_any_more(signet_on_both: Signet, name: str) -> None:
    an_issuer(signet_on_both)
    badge = a_badge(signet_on_both)

    revoked = signet_on_both("revoke", badge[name], "--reason", "Wrong person.", "--json").json

    assert (revoked["revoked"], revoked["revocation_reason"]) == (True, "Wrong person.")
    verdict = signet_on_both("verify", badge["url"], "--json")
    assert verdict.status == 1
    assert verdict.json["checks"][-1]["problem"]["code"] == "revoked"


def test_a_person_reads_what_was_revoked(signet: Signet) -> None:
    an_issuer(signet)
    badge = a_badge(signet)

    assert "Reason      A slip.\n" in signet("revoke", badge["id"], "--reason", "A slip.").out


def test_a_revocation_needs_a_reason_and_a_credential(signet: Signet) -> None:
    an_issuer(signet)
    badge = a_badge(signet)

    assert signet("revoke", badge["id"], "--reason", " ").err == "Say why, in a sentence.\n"
    assert signet("revoke", "nothing", "--reason", "x").status == 1
    assert signet("revoke", badge["id"]).status == 2


def test_the_boards_minute_is_recorded_with_the_award(signet: Signet) -> None:
    an_issuer(signet)

    issued = signet(
        "issue", "--issuer", "law", "--achievement", an_achievement(), "--email", "a@example.org",
        "--minute", "Board of examiners, item 4", "--json",
    ).json  # fmt: skip

    assert issued["credential"]["awardedDate"] == issued["credential"]["validFrom"]
    assert "Board of examiners" not in str(issued)

"""`signet verify`: exit statuses, sources, and what may be looked at."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import typer
from sqlalchemy.orm import Session

from app.cli import verify as cli_verify
from app.credentials.png import bake_png
from app.credentials.svg import bake_svg
from app.errors import CheckUndecided
from app.fetch import Fetched
from app.issuing.desk import open_issuing
from app.issuing.issue import issue_credential
from app.issuing.revocation import revoke_credential
from app.registry.achievements import create_achievement
from app.registry.key_documents import did_document
from app.registry.keys import keys_of
from app.registry.listing_input import read_listing
from app.registry.trusted_issuers import add_listing
from app.settings import Settings
from app.storage.database import Database, make_engine, upgrade
from app.storage.tables import StatusList
from app.web.pictures import picture_png, picture_svg
from tests.builders import an_achievement_definition, an_issue_request
from tests.cli.conftest import Ran, Signet, a_badge, an_issuer, edit
from tests.issuers import make_issuer

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
AT = ("--at", "2026-03-03T09:00:00Z")
SITE = "https://badges.inverbrae.example"


@dataclass(frozen=True)
class Published:
    """A credential of a service elsewhere, and everything that service publishes."""

    credential: dict[str, Any]
    token: str
    revoked: dict[str, Any]
    documents: dict[str, Any]

    @property
    def did_url(self) -> str:
        return f"{SITE}/issuers/inverbrae/did.json"

    @property
    def list_url(self) -> str:
        url: str = self.credential["credentialStatus"]["statusListCredential"]
        return url


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Published:
    folder = tmp_path_factory.mktemp("elsewhere")
    settings = Settings(
        database_url=f"sqlite:///{folder / 'signet.db'}",
        keys=f"file:{folder / 'keys'}",
        public_url=SITE,
    )
    upgrade(settings)
    desk = open_issuing(settings)
    database = Database(make_engine(settings))
    with database.write() as session:
        issuer = make_issuer(session, desk, now=NOW)
        achievement = create_achievement(
            session, settings, issuer, an_achievement_definition(), now=NOW, actor="cli:test"
        )
        request = an_issue_request(achievement=achievement.id)
        rows = [
            issue_credential(session, desk, "inverbrae", request, now=NOW, actor="cli:test")
            for _ in range(2)
        ]
        revoke_credential(session, desk, rows[1], reason="A slip.", now=NOW, actor="cli:test")
        good, revoked = (json.loads(row.document) for row in rows)
        token = (rows[0].jwt or b"").decode()
        listed = session.get_one(StatusList, rows[0].status_list_id)
        documents = {
            f"{SITE}/issuers/inverbrae/did.json": did_document(
                issuer, keys_of(session, issuer.id), settings.public_url
            ),
            f"{SITE}/status/{listed.id}": json.loads(listed.document),
        }
    database.close()
    return Published(good, token, revoked, documents)


Verify = Callable[..., Ran]


@pytest.fixture
def verify(signet: Signet, folder: Path, published: Published) -> Verify:
    """Verifies `source` with what the service elsewhere publishes, `changes` made to that."""

    def verify(source: str, *options: str, **changes: Any) -> Ran:
        documents = {**published.documents, **changes}
        given = {url: value for url, value in documents.items() if value is not None}
        (folder / "documents.json").write_text(json.dumps(given))
        return signet("verify", source, *AT, "--documents", "documents.json", *options)

    return verify


@pytest.fixture
def badge(folder: Path, published: Published) -> str:
    """The credential as a file."""
    (folder / "badge.json").write_text(json.dumps(published.credential))
    return "badge.json"


# --- verdicts -----------------------------------------------------------------------------------


def test_a_genuine_credential_is_verified(verify: Verify, badge: str, published: Published) -> None:
    checked = verify(badge, "--json")

    assert checked.status == 0
    assert checked.json["verdict"] == "verified"
    assert {check["outcome"] for check in checked.json["checks"]} == {"passed"}
    assert checked.json["issuer"] == {
        "id": "did:web:badges.inverbrae.example:issuers:inverbrae",
        "name": "University of Inverbrae",
        "trusted": False,
    }
    assert checked.json["fetched"] == [published.did_url, published.list_url]
    assert checked.json["own_records"] is False
    assert checked.err == ""


def test_a_changed_credential_is_not_valid(
    verify: Verify, folder: Path, published: Published
) -> None:
    changed = {**published.credential, "name": "Doctor of Philosophy"}
    (folder / "changed.json").write_text(json.dumps(changed))

    checked = verify("changed.json", "--json")

    assert (checked.status, checked.json["verdict"]) == (1, "not_valid")
    # A forgery makes us visit nobody but the issuer it names.
    assert checked.json["fetched"] == [published.did_url]


def test_a_revoked_credential_is_not_valid(
    verify: Verify, folder: Path, published: Published
) -> None:
    (folder / "revoked.json").write_text(json.dumps(published.revoked))

    checked = verify("revoked.json")

    assert checked.status == 1
    assert checked.out.startswith("Not valid: revoked\n")


def test_what_cannot_be_read_in_time_is_not_checked(
    verify: Verify, badge: str, published: Published
) -> None:
    checked = verify(badge, "--json", **{published.list_url: {"error": "timeout"}})

    assert (checked.status, checked.json["verdict"]) == (3, "not_checked")
    assert checked.json["checks"][-1]["problem"]["code"] == "status_unavailable"


def test_what_is_no_credential_is_malformed(verify: Verify, folder: Path) -> None:
    (folder / "note.txt").write_text("not a credential")

    checked = verify("note.txt", "--json")

    assert (checked.status, checked.json["verdict"]) == (4, "malformed")


def test_time_can_be_chosen(signet: Signet, verify: Verify, badge: str) -> None:
    verify(badge)

    early = signet("verify", badge, "--at", "2026-03-01T00:00:00Z", "--documents", "documents.json")

    assert early.status == 1
    assert "The proof is dated in the future." in early.out


def test_a_status_list_out_of_date_says_what_to_do(
    signet: Signet, verify: Verify, badge: str
) -> None:
    verify(badge)

    late = signet("verify", badge, "--at", "2026-04-01T00:00:00Z", "--documents", "documents.json")

    assert late.status == 3
    assert "`signet worker --once`" in late.out


# --- what a person reads ------------------------------------------------------------------------


def test_each_check_is_a_line_with_its_reason(verify: Verify, badge: str) -> None:
    out = verify(badge).out

    assert out.startswith("Verified\n")
    assert out.count("✓ Passed") == 7
    assert "Issuer: University of Inverbrae (did:web:" in out
    assert "This issuer is not known here: whether you trust it is for you to decide." in out


def test_nothing_unchecked_is_green(
    verify: Verify, badge: str, published: Published, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[tuple[str, str | None]] = []
    style = typer.style

    def noting(text: Any, fg: Any = None, **rest: Any) -> str:
        said.append((str(text), fg))
        return str(style(text, fg=fg, **rest))

    monkeypatch.setattr(typer, "style", noting)

    verify(badge, **{published.did_url: None})

    assert {colour for text, colour in said if "Passed" in text} == {"green"}
    assert {colour for text, colour in said if "Passed" not in text} == {"yellow", None}


def test_a_strangers_text_cannot_steer_the_terminal(
    verify: Verify, folder: Path, published: Published
) -> None:
    issuer = {**published.credential["issuer"], "name": "Verified\x1b[2K\nby us"}
    (folder / "nasty.json").write_text(json.dumps({**published.credential, "issuer": issuer}))

    out = verify("nasty.json").out

    assert "\x1b" not in out
    assert "\nby us" not in out


def test_notes_stand_below_the_checks(verify: Verify, folder: Path, published: Published) -> None:
    schema = {"id": "https://schemas.example/rdm.json", "type": "JsonSchema"}
    document = {**published.credential, "credentialSchema": [schema]}
    (folder / "schema.json").write_text(json.dumps(document))

    assert "Note: A schema named by the credential was not consulted." in verify("schema.json").out


# --- sources ------------------------------------------------------------------------------------


def test_every_kind_of_file_is_taken(verify: Verify, folder: Path, published: Published) -> None:
    text = json.dumps(published.credential)
    (folder / "badge.jwt").write_text(published.token)
    (folder / "badge.png").write_bytes(bake_png(picture_png("Inverbrae"), text))
    (folder / "badge.svg").write_bytes(bake_svg(picture_svg("Ethics", "Inverbrae"), text))

    assert [verify(f"badge.{kind}").status for kind in ("jwt", "png", "svg")] == [0, 0, 0]


def test_standard_input_is_taken_as_bytes(
    signet: Signet, verify: Verify, badge: str, published: Published
) -> None:
    verify(badge)
    png = bake_png(picture_png("Inverbrae"), json.dumps(published.credential))

    piped = signet("verify", "-", *AT, "--documents", "documents.json", stdin=png)

    assert piped.status == 0


def test_a_link_is_read_from_the_documents(verify: Verify, published: Published) -> None:
    url = published.credential["id"]

    checked = verify(url, "--json", **{url: published.credential})

    assert checked.status == 0
    assert checked.json["fetched"] == [url, published.did_url, published.list_url]


def test_a_link_to_a_token_is_a_text_in_the_documents(verify: Verify, published: Published) -> None:
    url = published.credential["id"] + ".jwt"

    assert verify(url, **{url: published.token}).status == 0


@pytest.mark.parametrize("url", ["https://nowhere.example/badge", "http://nowhere.example/badge"])
def test_a_link_that_cannot_be_read_is_not_checked(verify: Verify, url: str) -> None:
    checked = verify(url, "--json")

    assert (checked.status, checked.json["verdict"]) == (3, "not_checked")
    assert checked.json["checks"][0]["problem"]["code"] == "not_found"
    assert verify(url).out.startswith("Could not be checked\n")


def test_without_documents_the_network_is_asked(
    signet: Signet, badge: str, published: Published, monkeypatch: pytest.MonkeyPatch
) -> None:
    def make_fetch(*, timeout_seconds: float) -> Callable[[str], Fetched]:
        def fetch(url: str) -> Fetched:
            if url not in published.documents:
                raise CheckUndecided("not_found", "gone")
            return Fetched(url, json.dumps(published.documents[url]).encode(), "application/json")

        return fetch

    monkeypatch.setattr(cli_verify, "make_fetch", make_fetch)

    checked = signet("verify", badge, *AT, "--json")

    assert checked.status == 0
    assert checked.json["fetched"] == [published.did_url, published.list_url]


def test_an_address_inside_is_never_visited(signet: Signet) -> None:
    checked = signet("verify", "https://127.0.0.1:1/badge.json", "--json")

    assert checked.status == 3
    assert checked.json["checks"][0]["problem"]["code"] == "fetch_blocked"
    assert checked.json["fetched"] == []


# --- no network, no database --------------------------------------------------------------------

NO_NETWORK = """
import socket, sys
from app.cli import main
def refuse(*arguments, **options):
    raise SystemExit("the network was touched")
socket.socket.connect = socket.socket.connect_ex = socket.socket.bind = refuse
socket.getaddrinfo = refuse
sys.argv[0] = "signet"
main()
"""


@pytest.mark.parametrize(
    ("change", "status"),
    [({}, 0), ({"name": "Doctor of Philosophy"}, 1), ({"proof": None}, 1)],
)
def test_documents_need_no_network_and_no_database(
    verify: Verify, badge: str, folder: Path, published: Published, change: Any, status: int
) -> None:
    verify(badge)
    (folder / badge).write_text(json.dumps({**published.credential, **change}))
    out_of_reach = {"SIGNET_DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none"}

    done = subprocess.run(
        [sys.executable, "-c", NO_NETWORK, "verify", badge, *AT, "--documents", "documents.json",
         "--json"],
        env={**os.environ, **out_of_reach}, capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert (done.returncode, done.stderr) == (status, "")
    assert json.loads(done.stdout)["verdict"] == ("verified" if status == 0 else "not_valid")
    assert not (folder / "signet.db").exists()
    assert not (folder / "keys").exists()


# --- our own records ----------------------------------------------------------------------------


def test_an_own_credential_is_checked_from_own_records(signet_on_both: Signet) -> None:
    an_issuer(signet_on_both)
    url = a_badge(signet_on_both)["url"]

    checked = signet_on_both("verify", url, "--json").json

    assert checked["verdict"] == "verified"
    assert checked["issuer"]["trusted"] is True
    assert checked["own_records"] is True
    assert checked["fetched"] == []
    said = signet_on_both("verify", url).out
    assert "This issuer is known to this service." in said
    assert "this service's own records" in said


def test_checking_signs_nothing_and_changes_nothing(signet: Signet, folder: Path) -> None:
    an_issuer(signet)
    url = a_badge(signet)["url"]
    later = (datetime.now(UTC) + timedelta(days=60)).strftime("%Y-%m-%dT%H:%M:%SZ")

    assert signet("verify", url, "--at", later).status == 3
    assert signet("verify", url).status == 0


def test_with_own_records_a_stranger_is_still_fetched(
    signet: Signet, badge: str, published: Published, monkeypatch: pytest.MonkeyPatch
) -> None:
    an_issuer(signet)

    def make_fetch(*, timeout_seconds: float) -> Callable[[str], Fetched]:
        return lambda url: Fetched(url, json.dumps(published.documents[url]).encode(), "")

    monkeypatch.setattr(cli_verify, "make_fetch", make_fetch)

    checked = signet("verify", badge, *AT, "--json").json

    assert checked["verdict"] == "verified"
    assert (checked["issuer"]["trusted"], checked["own_records"]) == (False, False)


def test_a_database_out_of_reach_is_noted_and_does_not_decide(
    signet: Signet, badge: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SIGNET_DATABASE_URL", "postgresql://nobody@127.0.0.1:1/none")

    checked = signet("verify", "https://127.0.0.1:1/badge.json", "--json")

    assert checked.status == 3
    assert checked.err.startswith("Checking without this service's own records: ")


# --- wrong usage --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["missing.json"], "missing.json cannot be read: No such file or directory."),
        (["."], ". cannot be read: Is a directory."),
        (["\0"], "cannot be read: not a file name."),
        (["badge.json", "--at", "yesterday"], "--at: a date needs the form"),
        (["badge.json", "--profile", "clr"], "--profile is one of open-badge, vc."),
        (["badge.json", "--documents", "missing.json"], "missing.json cannot be read"),
        (["badge.json", "--documents", "list.json"], "must hold a JSON object"),
        (["badge.json", "--documents", "text.txt"], "text.txt is not JSON."),
    ],
)
def test_wrong_usage_is_neither_a_yes_nor_a_no(
    signet: Signet, badge: str, folder: Path, arguments: list[str], complaint: str
) -> None:
    (folder / "list.json").write_text("[]")
    (folder / "text.txt").write_text("[" * 100_000)

    refused = signet("verify", *arguments)

    assert (refused.status, refused.out) == (2, "")
    assert complaint.lower() in refused.err.lower()


def test_no_source_is_wrong_usage(signet: Signet) -> None:
    assert signet("verify").status == 2


def test_a_broken_house_says_nothing_about_credentials(
    signet: Signet, badge: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SIGNET_CONTEXTS", "nowhere")

    refused = signet("verify", badge)

    assert (refused.status, refused.out) == (2, "")
    assert "manifest.json is missing" in refused.err


def test_odd_documents_are_judged_by_the_verifier(
    verify: Verify, badge: str, published: Published
) -> None:
    odd: list[Any] = [7, [], "\ud800", 1e400, 10**400]

    statuses = [verify(badge, **{published.did_url: document}).status for document in odd]

    assert set(statuses) <= {1, 3}


def test_whom_the_registry_lists_is_known_on_the_command_line_too(
    signet: Signet, badge: str, published: Published, monkeypatch: pytest.MonkeyPatch
) -> None:
    an_issuer(signet)
    did = published.credential["issuer"]["id"]
    listed = {"did": did, "name": "Inverbrae", "award_types": ["Degree"], "from": f"{NOW:%FT%TZ}"}

    def enter(session: Session) -> None:
        listing = read_listing(listed, now=NOW)
        add_listing(session, listing, source="https://l.example", now=NOW, actor="cli:test")

    edit(enter)
    documents = published.documents
    monkeypatch.setattr(
        cli_verify,
        "make_fetch",
        lambda **_: lambda url: Fetched(url, json.dumps(documents[url]).encode(), ""),
    )

    issuer = signet("verify", badge, *AT, "--json").json["issuer"]
    said = signet("verify", badge, *AT).out
    before = signet("verify", badge, "--at", "2026-03-02T11:59:59Z", "--json").json["issuer"]

    assert issuer["trusted"] is True
    (known,) = issuer["known_by"]
    assert (known["source"], known["fit"]) == ("https://l.example", "not_covered")
    assert "This issuer is listed by l.example." in said
    assert (
        "Known for Degree: this credential is not within that, because its kind of award is" in said
    )
    assert before["trusted"] is False

"""`signet worker` and `signet fsck`, on both databases."""

import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from app.cli import output
from app.cli.desk import actor, current_time, open_desk
from app.issuing.policies import set_policy
from app.pathways.records import create_pathway
from app.registry.issuers import load_issuer
from app.registry.webhooks import create_endpoint
from app.storage.tables import (
    Achievement,
    Credential,
    Image,
    Issuer,
    Key,
    Pathway,
    Policy,
    StatusList,
)
from tests.cli.conftest import Signet, a_badge, an_issuer, edit
from tests.cli.programs import running
from tests.pathways import NOW, a_rule
from tests.webhook_receiver import platform


def nearly_expired(session: Any) -> None:
    session.execute(update(StatusList).values(valid_until=datetime.now(UTC) + timedelta(hours=1)))


# --- worker -------------------------------------------------------------------------------------


def test_lists_about_to_expire_are_signed_again(signet_on_both: Signet) -> None:
    an_issuer(signet_on_both)
    badge = a_badge(signet_on_both)
    list_id = badge["credential"]["credentialStatus"]["statusListCredential"].rpartition("/")[2]
    edit(nearly_expired)

    first = signet_on_both("worker", "--once", "--json").json
    second = signet_on_both("worker", "--once")

    assert first == {"refreshed": [list_id], "failed": []}
    assert second.out == "Signed again: 0 status lists.\n"


def test_a_list_that_cannot_be_signed_is_said(signet: Signet, folder: Path) -> None:
    an_issuer(signet)
    a_badge(signet)
    edit(nearly_expired)
    for path in (folder / "keys").glob("*.pem"):
        path.unlink()

    done = signet("worker", "--once", "--json")

    assert done.status == 1
    assert len(done.json["failed"]) == 1
    assert "is missing" in done.err


def test_webhooks_that_are_due_are_delivered(
    signet: Signet, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SIGNET_WEBHOOK_LOOPBACK", "true")
    an_issuer(signet)
    with platform() as listening:
        with open_desk() as desk, desk.database.write() as session:
            create_endpoint(
                session,
                desk.issuing.key_store,
                desk.settings,
                "law",
                url=listening.url,
                events=None,
                description=None,
                now=current_time(),
                actor=actor(),
            )
        a_badge(signet)

        assert signet("worker", "--once", "--json").json == {"refreshed": [], "failed": []}
        assert listening.types == ["credential.issued"]


def test_a_worker_that_stays_has_no_result(signet: Signet) -> None:
    assert signet("worker", "--json").status == 2


def test_a_worker_works_until_it_is_told_to_stop(signet: Signet) -> None:
    an_issuer(signet)
    a_badge(signet)
    edit(nearly_expired)

    with running("worker", until="status_lists_refreshed") as process:
        process.terminate()
        process.wait(timeout=60)

    assert process.returncode == 0
    assert signet("worker", "--once", "--json").json["refreshed"] == []


def test_what_libraries_say_in_a_worker_is_a_json_object_on_one_line() -> None:
    said = "from app.cli.worker import log_libraries; log_libraries(); import logging; " + (
        "logging.getLogger('psycopg.pool').warning('error connecting\\n%s', 'refused')"
    )
    ended = subprocess.run([sys.executable, "-c", said], capture_output=True, text=True, check=True)

    (line,) = ended.stderr.splitlines()
    assert json.loads(line)["event"] == "error connecting\nrefused"


# --- fsck ---------------------------------------------------------------------------------------


def test_a_whole_store_has_no_findings(signet_on_both: Signet) -> None:
    an_issuer(signet_on_both)
    a_badge(signet_on_both)
    a_badge(signet_on_both)

    checked = signet_on_both("fsck")

    assert checked.status == 0
    assert checked.out == "2 credentials and everything around them checked: 0 findings.\n"
    assert checked.err == ("Checking credentials: 2 in all\nChecking credentials: 2 of 2\n")


def test_the_demo_is_whole(signet: Signet) -> None:
    signet("demo", "--no-serve")

    assert signet("fsck", "--json").json == {"credentials": 1, "findings": [], "notes": []}


def test_what_was_made_at_another_address_is_counted_and_is_no_damage(
    signet: Signet, monkeypatch: pytest.MonkeyPatch
) -> None:
    signet("demo", "--no-serve")
    monkeypatch.setenv("SIGNET_PUBLIC_URL", "https://badges.inverbrae.example")

    said = "made at another address, http://127.0.0.1:8000"
    checked = signet("fsck", "--json")
    assert checked.status == 0
    assert checked.json["findings"] == []
    assert {(each["table"], each["detail"]) for each in checked.json["notes"]} == {
        ("achievements", said),
        ("pathways", said),
        ("status_lists", said),
        ("credentials", said),
    }
    assert f"credentials: 1 {said}\n" in signet("fsck").out


def findings(signet: Signet) -> list[tuple[str, str]]:
    checked = signet("fsck", "--json")
    assert checked.status == 1
    return sorted((found["table"], found["code"]) for found in checked.json["findings"])


def test_a_changed_credential_is_found(signet_on_both: Signet) -> None:
    an_issuer(signet_on_both)
    a_badge(signet_on_both)

    def falsify(session: Any) -> None:
        row = session.scalars(select(Credential)).one()
        row.document = row.document.replace(b"Data Ethics", b"Deep Ethics")

    edit(falsify)

    assert ("credentials", "proof_invalid") in findings(signet_on_both)
    assert "(proof_invalid)" in signet_on_both("fsck").out


@pytest.mark.parametrize(
    ("statement", "finding"),
    [
        (update(Image).values(data=b"another"), ("images", "wrong_picture")),
        (update(Achievement).values(name="Another"), ("achievements", "columns_differ")),
        (update(Achievement).values(document=b"{"), ("achievements", "not_json")),
        (update(Key).values(signer_uri="file:nowhere"), ("keys", "key_store")),
        (update(Issuer).values(policy_id="nobodys"), ("issuers", "policy_missing")),
    ],
)
def test_what_stands_around_credentials_is_looked_at(
    signet: Signet, statement: Any, finding: tuple[str, str]
) -> None:
    signet("demo", "--no-serve")
    edit(lambda session: session.execute(statement))

    assert finding in findings(signet)


@pytest.mark.parametrize(
    ("statement", "finding"),
    [
        (update(Policy).values(digest="sha384-x"), ("policies", "digest_mismatch")),
        (update(Policy).values(label="Another"), ("policies", "columns_differ")),
        (update(Pathway).values(digest="sha384-x"), ("pathways", "digest_mismatch")),
        (update(Pathway).values(name="Another"), ("pathways", "columns_differ")),
    ],
)
def test_a_policy_or_pathway_that_is_not_the_published_one_is_found(
    signet: Signet, statement: Any, finding: tuple[str, str]
) -> None:
    an_issuer(signet)
    with open_desk() as desk, desk.database.write() as session:
        owner = load_issuer(session, "law")
        rule = {"id": "outcomes", "level": "must", "test": {"count": "learningOutcomes", "min": 1}}
        body = {"label": "Ours", "rules": [rule]}
        set_policy(session, desk.settings, owner, body, now=NOW, actor="cli:test")
        way = a_rule({"id": "total", "sum": "credit", "min": 60})
        create_pathway(session, desk.settings, owner, way, now=NOW, actor="cli:test")
    assert signet("fsck", "--json").json["findings"] == []

    edit(lambda session: session.execute(statement))
    assert findings(signet) == [finding]


def test_another_private_key_than_the_one_on_record_is_found(signet: Signet, folder: Path) -> None:
    an_issuer(signet)

    def swap(session: Any) -> None:
        first, second = session.scalars(select(Key).where(Key.key_type == "Ed25519")).all()
        first.signer_uri, second.signer_uri = second.signer_uri, first.signer_uri

    edit(swap)

    assert findings(signet) == [("keys", "wrong_key"), ("keys", "wrong_key")]


# --- progress -----------------------------------------------------------------------------------


def test_away_from_a_terminal_every_tenth_is_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    with output.progress("Doing", 100) as advance_to:
        for done in range(101):
            advance_to(done)

    said = capsys.readouterr()
    lines = said.err.splitlines()
    assert (said.out, lines[0], lines[-1]) == ("", "Doing: 100 in all", "Doing: 100 of 100")
    assert len(lines) == 11


def test_at_a_terminal_there_is_a_bar(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(output, "_is_terminal", lambda: True)

    with output.progress("Doing", 2) as advance_to:
        advance_to(2)

    said = capsys.readouterr()
    assert said.out == ""
    assert "Doing" in said.err
    assert "2/2" in said.err


def test_a_value_cannot_break_a_table(capsys: pytest.CaptureFixture[str]) -> None:
    output.say_table(("A", "B"), [("one\nline", None), ("x", 7)], none="nothing")

    assert capsys.readouterr().out == "A         B\none�line\nx         7\n"


def test_nothing_is_written_to_the_folder_it_runs_in(signet: Signet, folder: Path) -> None:
    signet("fsck")

    assert list(folder.iterdir()) == []

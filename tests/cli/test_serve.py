"""`signet serve` and `signet demo`: the service comes up, and says in words why it does not."""

import json
import logging
import os
import socket
import sys
import urllib.request
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from app.cli import demo_data
from app.cli import serve as cli_serve
from app.cli.demo import KEY_FILE
from app.cli.serve import JsonLines
from app.main import create_app
from app.settings import Settings
from tests.cli.conftest import Signet, a_badge, an_issuer
from tests.cli.programs import free_port, running, statement, wait_until_ready


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """What the server was asked to do, in place of doing it."""
    calls: list[dict[str, Any]] = []

    def run(target: str, **options: Any) -> None:
        calls.append({"target": target, **options})

    monkeypatch.setattr(cli_serve.uvicorn, "run", run)  # type: ignore[attr-defined]
    # The command tells worker processes their address through the environment.
    monkeypatch.setenv("SIGNET_PUBLIC_URL", "https://badges.example.edu")
    return calls


# --- serve --------------------------------------------------------------------------------------


def test_the_service_is_started_as_it_was_asked_for(
    signet: Signet, served: list[dict[str, Any]], folder: Path
) -> None:
    port = free_port()

    started = signet("serve", "--port", str(port), "--processes", "3")

    assert started.status == 0
    assert "Signet is at https://badges.example.edu" in started.err
    call = served[0]
    assert (call["target"], call["factory"]) == ("app.main:create_service", True)
    assert (call["host"], call["port"], call["workers"]) == ("127.0.0.1", port, 3)
    assert (call["proxy_headers"], call["server_header"]) == (False, False)
    assert call["http"] == "h11"
    assert (folder / "signet.db").exists()


def test_every_core_gets_a_process(signet: Signet, served: list[dict[str, Any]]) -> None:
    signet("serve", "--port", str(free_port()))

    assert served[0]["workers"] == len(os.sched_getaffinity(0))


def test_several_processes_tell_their_numbers_together_and_read_no_endless_head(
    signet: Signet,
) -> None:
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    with running("serve", "--port", str(port), "--processes", "2", until="startup complete") as it:
        wait_until_ready(f"{address}/readyz", it)
        # Each connection is new, and either process may take it.
        told = []
        for _ in range(6):
            with urllib.request.urlopen(f"{address}/metrics") as answer:  # noqa: S310
                told.append(answer.read().decode())
        with socket.create_connection(("127.0.0.1", port)) as sender:
            sender.sendall(b"GET / HTTP/1.1\r\nEndless: ")
            with pytest.raises(ConnectionError):
                sender.sendall(b"a" * 64 * 1024 * 1024)

    # How often it was asked depends on how busy the machine is.
    assert all('route="/readyz",status="200"}' in numbers for numbers in told)


@pytest.mark.parametrize(
    ("host", "authority"),
    [("127.0.0.1", "127.0.0.1"), ("0.0.0.0", "127.0.0.1"), ("::1", "[::1]")],  # noqa: S104
)
def test_without_a_public_address_it_is_where_it_listens(
    signet: Signet, served: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch, host: str,
    authority: str,
) -> None:  # fmt: skip
    monkeypatch.delenv("SIGNET_PUBLIC_URL")
    monkeypatch.setenv("HOST", host)
    monkeypatch.setenv("PORT", "8001")
    monkeypatch.setattr(cli_serve, "check_address", lambda host, port: None)

    assert signet("serve").status == 0
    assert os.environ["SIGNET_PUBLIC_URL"] == f"http://{authority}:8001"


def test_a_port_that_is_taken_is_a_sentence(
    signet: Signet, served: list[dict[str, Any]], folder: Path
) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        refused = signet("serve", "--port", str(port))

    assert refused.status == 1
    assert f"Cannot listen on 127.0.0.1, port {port}: Address already in use." in refused.err
    assert served == []
    assert not (folder / "signet.db").exists()


def test_postgresql_that_is_behind_is_not_served(
    signet: Signet, served: list[dict[str, Any]], postgres_url: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setenv("SIGNET_DATABASE_URL", postgres_url)
    assert signet("serve", "--port", str(free_port())).status == 0

    statement(Settings(), "UPDATE alembic_version SET version_num = '0001'")

    refused = signet("serve", "--port", str(free_port()))

    assert "Run `signet migrate` first." in refused.err
    assert len(served) == 1


def test_a_key_that_others_can_read_is_not_served(
    signet: Signet, served: list[dict[str, Any]], folder: Path
) -> None:
    an_issuer(signet)
    next((folder / "keys").glob("*.pem")).chmod(0o644)

    refused = signet("serve", "--port", str(free_port()))

    assert refused.status == 1
    assert "can be read by others" in refused.err
    assert served == []


def test_the_servers_own_messages_are_json_lines() -> None:
    try:
        raise ValueError("a reason")
    except ValueError:
        raised = sys.exc_info()
    plain = logging.LogRecord("uvicorn", logging.INFO, "f", 1, "up on %s", ("port",), None)
    failing = logging.LogRecord("uvicorn", logging.ERROR, "f", 1, "down", (), raised)

    first = json.loads(JsonLines().format(plain))
    second = JsonLines().format(failing)

    assert (first["event"], first["level"]) == ("up on port", "info")
    assert "\n" not in second
    assert "ValueError: a reason" in json.loads(second)["error"]


def test_the_service_runs_until_it_is_interrupted(signet: Signet) -> None:
    port = free_port()
    with running(
        "serve", "--port", str(port), "--processes", "1", until="Uvicorn running"
    ) as process:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz") as answer:
            assert json.load(answer) == {"status": "ready"}
            assert "server" not in answer.headers
        process.send_signal(2)
        out, err = process.communicate(timeout=60)

    assert (out, process.returncode) == ("", 0)
    assert "Traceback" not in err


# --- demo ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_the_demo_has_a_badge_that_verifies(
    signet: Signet, kind: str, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    if kind == "postgresql":
        monkeypatch.setenv("SIGNET_DATABASE_URL", request.getfixturevalue("postgres_url"))

    made = signet("demo", "--no-serve")

    badge = next(line.split()[-1] for line in made.out.splitlines() if "/credentials/" in line)
    checked = signet("verify", badge, "--json").json
    assert checked["verdict"] == "verified"
    assert checked["issuer"]["name"] == "University of Example"
    for shown in ("/verify", "/docs", ".signet_", "▀", demo_data.LEARNER):
        assert shown in made.out


def test_the_demo_shows_what_learning_is_worth_where_it_leads_and_by_which_definition(
    signet: Signet,
) -> None:
    made = signet("demo", "--no-serve", "--json").json

    settings = Settings()
    client = TestClient(create_app(settings), base_url=settings.public_url)
    badge = client.get(made["badge"]).json()
    way = made["pathway"].rpartition("/")[2]
    lead = client.post(f"/api/v1/pathways/{way}/evaluations", json={"credentials": [badge]})
    held = client.post(
        f"/api/v1/policies/{demo_data.POLICY}/check",
        headers={"Authorization": f"Bearer {made['api_key']}"},
        json={"credential": badge},
    )
    for page in ("achievement", "pathway", "policy", "catalogue", "recognition"):
        assert client.get(made[page], headers={"Accept": "text/html"}).status_code == 200
    assert lead.json()["used"] == [made["badge"]]
    assert [each["text"] for each in lead.json()["missing"]] == [
        "Still missing: 10 more ECTS credits."
    ]
    assert held.json()["conforms"] is True
    client.app.state.desk.database.close()  # type: ignore[attr-defined]


def test_the_demo_again_keeps_the_data_and_the_key(signet: Signet, folder: Path) -> None:
    first = signet("demo", "--no-serve", "--json").json

    assert signet("demo", "--no-serve", "--json").json == first
    assert (folder / "keys" / KEY_FILE).stat().st_mode & 0o777 == 0o600
    assert len(signet("issuer", "list", "--json").json) == 1
    assert len(signet("api-key", "list", "--json").json) == 1


def test_a_demo_key_that_was_revoked_is_replaced(signet: Signet) -> None:
    first = signet("demo", "--no-serve", "--json").json["api_key"]
    signet("api-key", "revoke", first)

    second = signet("demo", "--no-serve", "--json").json["api_key"]

    assert second != first
    assert signet("demo", "--no-serve", "--json").json["api_key"] == second


def test_a_key_file_with_something_else_in_it_is_replaced(signet: Signet, folder: Path) -> None:
    signet("demo", "--no-serve")
    issuer_key = signet(
        "api-key", "create", "--issuer", demo_data.ISSUER_ID, "--json"
    ).json["key"]  # fmt: skip

    for content in ("\u00e9", "nonsense", issuer_key):
        (folder / "keys" / KEY_FILE).write_text(content)
        assert "signet_" in signet("demo", "--no-serve", "--json").json["api_key"]
        assert (folder / "keys" / KEY_FILE).read_text().strip() != content


def test_a_revoked_demo_badge_is_followed_by_another(signet: Signet) -> None:
    first = signet("demo", "--no-serve", "--json").json["badge"]
    signet("revoke", first, "--reason", "Tried it out.")

    second = signet("demo", "--no-serve", "--json").json["badge"]

    assert second != first
    assert signet("verify", second).status == 0


def test_at_another_address_the_demo_has_another_issuer(signet: Signet) -> None:
    first = signet("demo", "--no-serve", "--port", "8000", "--json").json
    second = signet("demo", "--no-serve", "--port", "9000", "--json").json
    third = signet("demo", "--no-serve", "--port", "9100", "--json").json

    names = [made["issuer"] for made in (first, second, third)]
    assert names == [f"{demo_data.ISSUER_ID}{end}" for end in ("", "-2", "-3")]
    assert second["badge"].startswith("http://127.0.0.1:9000/credentials/")
    assert second["api_key"] == first["api_key"]
    assert signet("demo", "--no-serve", "--port", "8000", "--json").json == first


def test_a_database_in_use_is_left_alone(signet: Signet) -> None:
    an_issuer(signet)
    a_badge(signet)

    refused = signet("demo", "--no-serve")

    assert (refused.status, refused.out) == (1, "")
    assert "no demo is put into it" in refused.err
    assert signet("api-key", "list", "--json").json == []


def test_the_demo_is_served_when_everything_is_ready(
    signet: Signet, served: list[dict[str, Any]]
) -> None:
    port = free_port()

    made = signet("demo", "--port", str(port))

    assert made.status == 0
    assert "The service is starting" in made.err
    assert (served[0]["port"], served[0]["workers"]) == (port, 1)


def test_make_run_ends_in_a_page_that_says_verified(signet: Signet) -> None:
    port = free_port()
    with running("demo", "--port", str(port), until="Uvicorn running") as process:
        assert process.stdout is not None
        lines = iter(process.stdout.readline, "")
        badge = next(line.split()[-1] for line in lines if "/credentials/" in line)
        assert badge.startswith(f"http://127.0.0.1:{port}/credentials/")
        request = urllib.request.Request(badge, headers={"Accept": "text/html"})  # noqa: S310
        with urllib.request.urlopen(request) as answer:  # noqa: S310
            page = answer.read().decode()

    assert demo_data.TITLE in page
    assert "Verified" in page

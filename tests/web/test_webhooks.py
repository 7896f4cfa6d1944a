"""Webhooks through the front door: a real platform listens, a worker is called by hand."""

import base64
import socket
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from app.encoding.dates import parse_datetime
from app.fetch import make_post
from app.jobs.attempts import LEASE, MOST_ATTEMPTS
from app.jobs.outbox import KEPT, PATIENCE, Couriers
from app.registry.outbox import Event, note_events
from app.registry.webhooks import MOST_ENDPOINTS
from app.settings import Settings
from app.storage.tables import OutboxItem, WebhookEndpoint
from tests.interop.oracle import ask
from tests.notifications import SLUG, WEBHOOKS, Telling, restarted, telling
from tests.webhook_receiver import Platform, Told, platform

RECIPIENT = {"email": "ailsa@students.inverbrae.example", "name": "Ailsa Morrison"}


@pytest.fixture
def listening() -> Iterator[Platform]:
    with platform() as running:
        yield running


@pytest.fixture
def service(settings: Settings) -> Iterator[Telling]:
    """On both databases."""
    with telling(settings.model_copy(update={"webhook_loopback": True})) as made:
        yield made


@pytest.fixture
def small(sqlite_url: str, tmp_path: Path) -> Iterator[Telling]:
    """For what does not depend on the kind of database."""
    keys = f"file:{tmp_path / 'keys'}"
    with telling(Settings(database_url=sqlite_url, keys=keys, webhook_loopback=True)) as made:
        yield made


def genuine(service: Telling, secret: str, told: Sequence[Told]) -> list[Any]:
    """What the JavaScript library of Standard Webhooks makes of events, at the service's time."""
    webhooks = [{"body": each.body.decode(), "headers": each.headers} for each in told]
    answers: list[Any] = ask("verifyWebhooks", now=service.now, webhooks=webhooks, secret=secret)
    return answers


def test_issuing_and_revoking_are_told_in_signed_events_without_a_word_of_the_learner(
    service: Telling, listening: Platform
) -> None:
    webhook = service.listen(listening.url, description="Moodle")
    credential = service.publisher.issue(recipient=RECIPIENT)
    service.publisher.revoke(credential, "Awarded to the wrong person.")
    assert listening.told == []

    assert service.deliver() == 2

    assert sorted(listening.types) == ["credential.issued", "credential.revoked"]
    [issued] = [each for each in listening.told if each.document["type"] == "credential.issued"]
    home = "http://127.0.0.1:8000"
    achievement = service.publisher.achievement
    assert issued.document == {
        "type": "credential.issued",
        "timestamp": "2026-03-01T12:00:00Z",
        "data": {
            "issuer": SLUG,
            "achievement": {"id": achievement.rpartition("/")[2], "url": achievement},
            "credential": {"id": credential, "url": f"{home}/credentials/{credential}"},
        },
    }
    for each in listening.told:
        assert not any(word in each.body for word in (b"ilsa", b"wrong person"))
    assert genuine(service, webhook["secret"], listening.told) == [
        each.document for each in listening.told
    ]
    forged = [Told(each.body + b" ", each.headers) for each in listening.told]
    assert genuine(service, webhook["secret"], forged) == [None, None]
    assert {each["state"] for each in service.deliveries(webhook)} == {"delivered"}
    assert service.deliver() == 0


def test_a_receiver_that_is_down_is_told_later_and_in_the_end_a_dead_letter_is_replayed(
    service: Telling, listening: Platform
) -> None:
    webhook = service.listen(listening.url)
    service.publisher.issue()
    waits = []
    for attempt in range(MOST_ATTEMPTS):
        listening.answers = [500]
        assert service.deliver() == 1
        [delivery] = service.deliveries(webhook)
        assert (delivery["attempts"], delivery["answer"]) == (attempt + 1, 500)
        assert service.deliver() == 0  # not before its time
        if delivery["next_attempt_at"] is not None:
            due = parse_datetime(delivery["next_attempt_at"]) + timedelta(seconds=1)
            waits.append(due - service.now)
            service.now = due
    assert all(1.9 < later / sooner < 5 for sooner, later in pairwise(waits[:-1]))
    assert [each["problem"] for each in service.deliveries(webhook, state="dead")] == [
        "webhook_refused"
    ]
    service.wait(days=2)
    assert service.deliver() == 0

    assert service.ask("POST", f"{WEBHOOKS}/{webhook['id']}/replay") == {"replayed": 1}
    assert service.deliver() == 1

    assert {each.id for each in listening.told} == {delivery["event"]}
    assert len(listening.told) == MOST_ATTEMPTS + 1
    assert genuine(service, webhook["secret"], listening.told[-1:]) != [None]
    assert service.deliveries(webhook)[0]["state"] == "delivered"
    # One that has arrived can be sent again too, on request, under its own id.
    path = f"{WEBHOOKS}/{webhook['id']}/deliveries/{delivery['id']}/replay"
    assert service.ask("POST", path)["state"] == "pending"
    assert service.ask("POST", path)["attempts"] == 0
    service.deliver()
    assert listening.told[-1].id == delivery["event"]


class Killed(BaseException):
    """What a worker that is killed would be, if it were an exception."""


def killed_after(post: Callable[..., int]) -> Callable[..., int]:
    def killed(url: str, body: bytes, headers: Any) -> int:
        post(url, body, headers)
        raise Killed

    return killed


def test_a_worker_killed_between_sending_and_noting_sends_the_same_event_again(
    service: Telling, listening: Platform
) -> None:
    service.listen(listening.url)
    service.publisher.issue()
    post = make_post(timeout_seconds=5.0, loopback=True)

    with pytest.raises(Killed):
        service.deliver(Couriers(killed_after(post), None))
    assert service.deliver() == 0  # somebody may still be at it
    service.wait(seconds=LEASE.total_seconds() + 1)
    assert service.deliver() == 1

    first, second = listening.told
    assert first.id == second.id
    assert first.body == second.body
    assert first.headers["webhook-timestamp"] != second.headers["webhook-timestamp"]


def test_what_was_rolled_back_is_never_told(small: Telling, listening: Platform) -> None:
    small.listen(listening.url)
    small.publisher.issue()
    refused = small.send(
        "POST", f"/api/v1/issuers/{SLUG}/credentials", {"achievement": "nothing", "recipient": {}}
    )
    assert refused.status_code == 422

    def undone() -> None:
        with small.desk.database.write() as session:
            note_events(session, SLUG, [Event("credential.issued", {})], now=small.now)
            raise Killed

    with pytest.raises(Killed):
        undone()

    assert small.deliver() == 1


def test_an_address_hears_only_what_it_asked_for(small: Telling, listening: Platform) -> None:
    quiet = small.listen("https://hooks.example/", events=["batch.done"])
    small.publisher.issue()
    assert small.deliveries(quiet) == []
    small.listen(listening.url, events=["credential.revoked", "credential.revoked"])
    with platform() as everything:
        small.listen(everything.url)
        credential = small.publisher.issue()
        small.publisher.revoke(credential)
        small.publisher.revoke(credential)
        small.deliver()

        assert listening.types == ["credential.revoked"]
        assert sorted(everything.types) == ["credential.issued", "credential.revoked"]
        [revoked] = [
            each for each in everything.told if each.document["type"] == "credential.revoked"
        ]
    assert listening.told[0].id == revoked.id


def test_a_given_credential_and_a_confirmed_award_are_told_too(
    small: Telling, listening: Platform
) -> None:
    small.listen(listening.url)
    body = {"achievement": small.publisher.achievement, "recipient": RECIPIENT}
    award = small.ask("POST", f"/api/v1/issuers/{SLUG}/awards", body, 201)
    colleague = small.ask("POST", "/api/v1/api-keys", {}, 201)["key"]
    confirmed = small.client.post(
        f"/api/v1/issuers/{SLUG}/awards/{award['id']}/confirm",
        json={"minute": "Board 4"},
        headers={"Authorization": f"Bearer {colleague}"},
    )
    assert confirmed.status_code == 200
    given = {
        "@context": [
            "https://www.w3.org/ns/credentials/v2",
            "https://www.w3.org/ns/credentials/examples/v2",
        ],
        "type": ["VerifiableCredential"],
        "issuer": f"did:web:127.0.0.1%3A8000:issuers:{SLUG}",
        "credentialSubject": {"id": "did:example:subject"},
    }
    small.ask("POST", f"/issuers/{SLUG}/credentials/issue", {"credential": given}, 201)
    issued = small.client.get("/api/v1/credentials", headers=small.publisher.headers).json()
    small.publisher.revoke(issued["items"][0]["id"])

    small.deliver()

    told = {each.document["type"]: each.document["data"] for each in listening.told}
    assert told.keys() == {"award.confirmed", "credential.issued", "credential.revoked"}
    assert told["award.confirmed"]["award"] == {
        "id": award["id"],
        "url": f"http://127.0.0.1:8000/api/v1/issuers/{SLUG}/awards/{award['id']}",
    }
    assert told["credential.issued"].keys() == {"issuer", "credential"}


def test_after_a_change_both_secrets_sign_for_a_day(small: Telling, listening: Platform) -> None:
    webhook = small.listen(listening.url)
    path = f"{WEBHOOKS}/{webhook['id']}"
    new = small.ask("POST", f"{path}/secret", status=201)
    assert small.ask("GET", path)["previous_secret_until"] == "2026-03-02T12:00:00Z"

    for hours, old_still_signs in ((0, True), (24, False)):
        small.wait(hours=hours)
        ping = small.ask("POST", f"{path}/ping", status=202)
        small.deliver()
        told = listening.told[-1:]
        assert told[0].id == ping["event"]
        assert told[0].document["type"] == "webhook.ping"
        assert genuine(small, new["secret"], told) != [None]
        assert (genuine(small, webhook["secret"], told) != [None]) is old_still_signs


def test_secrets_are_shown_once_and_stored_sealed(small: Telling, listening: Platform) -> None:
    webhook = small.listen(listening.url)
    kind, _, text = webhook["secret"].partition("_")
    secret = base64.b64decode(text)
    assert (kind, len(secret)) == ("whsec", 32)
    new = small.ask("POST", f"{WEBHOOKS}/{webhook['id']}/secret", status=201)["secret"]

    with small.desk.database.read() as session:
        row = session.scalars(select(WebhookEndpoint)).one()
        for stored in (row.secret, row.previous_secret):
            assert stored is not None
            assert secret not in stored
            assert base64.b64decode(new.partition("_")[2]) not in stored
    listed = small.send("GET", WEBHOOKS)
    assert listed.json()["total"] == 1
    assert "whsec" not in listed.text


def test_without_the_key_store_s_seal_events_wait(
    small: Telling, listening: Platform, tmp_path: Path
) -> None:
    webhook = small.listen(listening.url)
    small.publisher.issue()
    (tmp_path / "keys" / "seal.pem").unlink()
    with restarted(small) as again:
        assert again.deliver() == 1
        assert [each["problem"] for each in again.deliveries(webhook)] == ["key_store"]
    assert listening.told == []


# --- addresses that fail ------------------------------------------------------------------------


def test_when_nobody_answers_the_other_events_for_that_address_wait_as_well(
    service: Telling, listening: Platform
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        nobody = f"http://127.0.0.1:{listener.getsockname()[1]}/"
    away = service.listen(nobody)
    here = service.listen(listening.url)
    for _ in range(3):
        service.publisher.issue()

    assert service.deliver() == 4  # one attempt there, three here

    assert len(listening.told) == 3
    assert {each["state"] for each in service.deliveries(here)} == {"delivered"}
    waiting = service.deliveries(away)
    assert {each["problem"] for each in waiting} == {"fetch_failed"}
    assert sorted(each["attempts"] for each in waiting) == [0, 0, 1]
    assert len({each["next_attempt_at"] for each in waiting}) == 1
    assert service.ask("GET", f"{WEBHOOKS}/{away['id']}")["failing_since"] is not None


def test_an_address_that_fails_for_days_is_disabled_and_says_so(
    small: Telling, listening: Platform
) -> None:
    webhook = small.listen(listening.url)
    path = f"{WEBHOOKS}/{webhook['id']}"
    small.publisher.issue()
    listening.answers = [404]
    small.deliver()
    small.wait(days=PATIENCE.days, seconds=1)
    small.publisher.issue()
    listening.answers = [404, 404]
    small.deliver()

    answer = small.ask("GET", path)
    assert (answer["enabled"], answer["disabled_reason"]) == (False, "failing")
    assert answer["failing_since"] == "2026-03-01T12:00:00Z"
    small.publisher.issue()
    assert small.deliver() == 0
    assert small.ask("POST", f"{path}/ping", status=409)["code"] == "webhook_disabled"
    assert small.ask("POST", f"{path}/replay", status=409)["code"] == "webhook_disabled"
    dead = small.deliveries(webhook, state="dead")
    assert [each["problem"] for each in dead] == ["webhook_disabled"] * 3

    assert small.ask("PATCH", path, {"enabled": True})["failing_since"] is None
    assert small.ask("POST", f"{path}/replay") == {"replayed": 3}
    small.deliver()
    assert len(listening.told) == 3 + 3


def test_an_address_that_is_gone_is_disabled_at_once(small: Telling, listening: Platform) -> None:
    webhook = small.listen(listening.url)
    for _ in range(3):
        small.publisher.issue()
    listening.answers = [410]

    assert small.deliver() == 1

    assert small.ask("GET", f"{WEBHOOKS}/{webhook['id']}")["disabled_reason"] == "gone"
    assert len(small.deliveries(webhook, state="dead")) == 3
    assert len(listening.told) == 1


def test_one_event_that_is_refused_holds_nothing_up(small: Telling, listening: Platform) -> None:
    webhook = small.listen(listening.url)
    for _ in range(3):
        small.publisher.issue()
    listening.answers = [400]

    assert small.deliver() == 3

    states = [each["state"] for each in small.deliveries(webhook)]
    assert sorted(states) == ["delivered", "delivered", "pending"]
    assert small.ask("GET", f"{WEBHOOKS}/{webhook['id']}")["failing_since"] is None


# --- keeping them -------------------------------------------------------------------------------


NONSENSE: list[tuple[dict[str, Any], str]] = [
    ({"url": "http://hooks.example/"}, "/url"),
    ({"url": "https://127.0.0.1:8443/"}, "/url"),
    ({"url": "https://user:secret@hooks.example/"}, "/url"),
    ({"url": "https://hooks.example:22/"}, "/url"),
    ({"events": []}, "/events"),
    ({"events": ["credential.issued", "everything"]}, "/events"),
    ({"description": "two\nlines"}, "/description"),
    ({"description": "x" * 201}, "/description"),
    ({"secret": "mine"}, "/secret"),
]


def test_a_webhook_that_makes_no_sense_is_refused(small: Telling) -> None:
    for members, field in NONSENSE:
        body = {"url": "https://hooks.example/signet", **members}
        assert small.ask("POST", WEBHOOKS, body, 422)["field"] == field, members


def test_this_machine_is_no_address_unless_it_was_set(sqlite_url: str, tmp_path: Path) -> None:
    settings = Settings(database_url=sqlite_url, keys=f"file:{tmp_path / 'keys'}")
    with telling(settings) as strict:
        body = {"url": "http://127.0.0.1:9000/"}
        assert strict.ask("POST", WEBHOOKS, body, 422)["code"] == "bad_url"


def test_a_webhook_is_changed_disabled_and_removed(small: Telling, listening: Platform) -> None:
    webhook = small.listen(
        "https://hooks.example/a", events=["credential.issued"], description="Moodle"
    )
    path = f"{WEBHOOKS}/{webhook['id']}"
    changed = small.ask("PATCH", path, {"url": listening.url, "events": None, "description": None})
    assert (changed["url"], changed["events"]) == (listening.url, None)
    small.publisher.issue()
    assert small.ask("PATCH", path, {"enabled": False})["disabled_reason"] == "asked"
    assert small.ask("PATCH", path, {"enabled": False})["enabled"] is False
    assert small.deliver() == 0
    assert len(small.deliveries(webhook, state="dead")) == 1

    assert small.ask("DELETE", path)["id"] == webhook["id"]
    assert small.send("GET", path).status_code == 404
    assert small.send("DELETE", path).status_code == 404
    with small.desk.database.read() as session:
        assert session.scalars(select(OutboxItem)).all() == []


def test_an_issuer_has_a_handful_of_webhooks(small: Telling) -> None:
    for number in range(MOST_ENDPOINTS):
        small.listen(f"https://hooks.example/{number}")

    answer = small.ask("POST", WEBHOOKS, {"url": "https://hooks.example/more"}, 409)

    assert answer["code"] == "too_many"


def test_deliveries_of_another_webhook_are_not_found(small: Telling, listening: Platform) -> None:
    webhook = small.listen(listening.url)
    other = small.listen("https://hooks.example/")
    small.ask("POST", f"{WEBHOOKS}/{webhook['id']}/ping", status=202)
    [delivery] = small.deliveries(webhook)

    assert small.deliveries(other) == []
    for path in (
        f"{WEBHOOKS}/{other['id']}/deliveries/{delivery['id']}/replay",
        f"{WEBHOOKS}/{webhook['id']}/deliveries/{'a' * 22}/replay",
        f"{WEBHOOKS}/{webhook['id']}/deliveries/x/replay",
    ):
        assert small.send("POST", path).status_code == 404


def test_what_became_of_events_is_forgotten_after_a_while(
    small: Telling, listening: Platform
) -> None:
    webhook = small.listen(listening.url)
    small.publisher.issue()
    small.deliver()
    small.wait(days=KEPT.days - 1)
    small.deliver()
    assert len(small.deliveries(webhook)) == 1
    small.wait(days=2)
    small.deliver()
    assert small.deliveries(webhook) == []

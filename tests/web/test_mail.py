"""Mail to learners through the front door: a real mail server, and a worker called by hand."""

import re
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr
from sqlalchemy import select, update

from app.encoding.strict_json import dump_json
from app.errors import InvalidRequest
from app.fetch import mail_server_of, make_send_mail
from app.fetch.smtp import MailServer
from app.jobs.attempts import LEASE
from app.jobs.outbox import Couriers
from app.keys.sealing import seal
from app.registry.mail_settings import (
    MOST_RETENTION_DAYS,
    MOST_TEMPLATES,
    store_mail_settings,
)
from app.registry.outbox import mail_place
from app.settings import Settings
from app.storage.tables import Key, OutboxItem
from tests.batches import BATCHES, CSV, NDJSON, ndjson, rows_of, work_off
from tests.mail_server import Inbox, mail_server
from tests.notifications import MAIL, SLUG, Telling, no_post, telling
from tests.unit.fetch.tls_server import Authority
from tests.webhook_receiver import platform

ADDRESS = "Ailsa.Morrison@students.inverbrae.example"
RECIPIENT = {"email": ADDRESS, "name": "Ailsa Morrison"}
CREDENTIALS = f"/api/v1/issuers/{SLUG}/credentials"


def with_mail(settings: Settings, inbox: Inbox, **members: Any) -> Settings:
    """The settings of a service that hands its mail to this server, in the clear on loopback."""
    mail = {
        "smtp_host": "localhost",
        "smtp_port": inbox.port,
        "smtp_security": "none",
        "smtp_from": "badges@inverbrae.example",
        "smtp_bounces": "bounces@inverbrae.example",
    }
    return settings.model_copy(update=mail | members)


@pytest.fixture
def inbox() -> Iterator[Inbox]:
    with mail_server() as running:
        yield running


@pytest.fixture
def small_settings(sqlite_url: str, tmp_path: Path) -> Settings:
    return Settings(database_url=sqlite_url, keys=f"file:{tmp_path / 'keys'}")


@pytest.fixture
def small(small_settings: Settings, inbox: Inbox) -> Iterator[Telling]:
    """For what does not depend on the kind of database."""
    with telling(with_mail(small_settings, inbox)) as made:
        yield made


def listed(service: Telling) -> list[Any]:
    items: list[Any] = service.ask("GET", f"{MAIL}/deliveries")["items"]
    return items


def parts_of(message: EmailMessage) -> tuple[str, str]:
    """The plain and the HTML body."""
    plain, html = (message.get_body((kind,)) for kind in ("plain", "html"))
    assert plain is not None
    assert html is not None
    text, markup = (part.get_content().replace("\r\n", "\n") for part in (plain, html))
    return text, markup


def test_a_learner_gets_a_link_that_verifies_and_the_address_is_gone(
    settings: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    authority = Authority.create()
    context = authority.server_context("localhost", tmp_path)
    with mail_server(starttls=context, login=True) as inbox:
        secured = with_mail(settings, inbox, smtp_security="starttls", smtp_user="registrar")
        with telling(secured) as service:
            credential = service.publisher.issue(recipient=RECIPIENT, notify={})
            assert inbox.messages == []
            assert [each["address_erased"] for each in listed(service)] == [False]
            with service.desk.database.read() as session:
                [item] = session.scalars(select(OutboxItem))
                assert item.sealed is not None
                assert b"orrison" not in item.sealed

            password = {"smtp_password": SecretStr("open sesame")}
            server = mail_server_of(secured.model_copy(update=password))
            assert server is not None
            send_mail = make_send_mail(server, ssl_context=authority.client_context())
            assert service.deliver(Couriers(no_post, send_mail)) == 1

            [message] = inbox.messages
            assert (inbox.senders, inbox.recipients) == (["bounces@inverbrae.example"], [ADDRESS])
            assert message["To"] == ADDRESS
            assert message["From"] == "University of Inverbrae <badges@inverbrae.example>"
            # Python's reader takes the blank of a folded header for a part of its value.
            assert message["Subject"].strip() == (
                "University of Inverbrae has issued you a credential: Data Ethics in Practice"
            )
            assert message["Auto-Submitted"] == "auto-generated"
            assert message["Date"].datetime == service.now
            assert message["Reply-To"] is None
            plain, html = parts_of(message)
            [link] = re.findall(r"https?://\S+", plain)
            assert link == f"http://127.0.0.1:8000/credentials/{credential}"
            assert f'<a href="{link}">{link}</a>' in html
            assert plain.startswith("Hello Ailsa Morrison,")
            badge = service.client.get(link, headers={"Accept": "application/json"}).json()
            verdict = service.client.post(
                "/credentials/verify", json={"verifiableCredential": badge}
            )
            assert verdict.status_code == 200, verdict.text

            [told] = listed(service)
            assert (told["state"], told["credential"]) == ("delivered", credential)
            assert told["address_erased"] is True
            assert service.deliver(Couriers(no_post, send_mail)) == 0
    said = capsys.readouterr()
    assert "orrison" not in said.out + said.err


def test_no_wish_no_mail_and_no_address_kept(small: Telling, inbox: Inbox) -> None:
    small.publisher.issue(recipient=RECIPIENT)

    assert small.deliver() == 0
    assert listed(small) == []


def test_the_database_never_holds_an_address_in_the_clear(small: Telling, tmp_path: Path) -> None:
    small.publisher.issue(recipient=RECIPIENT, notify={"language": "en"})

    stored = b"".join(path.read_bytes() for path in tmp_path.glob("signet.db*"))
    assert b"students.inverbrae" not in stored.lower()


def test_where_no_mail_is_sent_none_can_be_asked_for(small_settings: Settings) -> None:
    with telling(small_settings) as service:
        body = {
            "achievement": service.publisher.achievement,
            "recipient": RECIPIENT,
            "notify": {},
        }
        answer = service.ask("POST", CREDENTIALS, body, 409)
        assert (answer["code"], answer["field"]) == ("mail_off", "/notify")
        issued = service.ask("GET", f"/api/v1/credentials?issuer={SLUG}")
        assert issued["total"] == 0
        assert service.ask("GET", MAIL)["enabled"] is False


WISHES: list[tuple[Any, Any, str]] = [
    ({"did": "did:example:ailsa"}, {}, "/notify/email"),
    (RECIPIENT, {"email": "ailsa"}, "/notify/email"),
    (RECIPIENT, {"email": "a@b.example\r\nBcc: eve@evil.example"}, "/notify/email"),
    (RECIPIENT, {"email": "Ailsa <a@b.example>"}, "/notify/email"),
    (RECIPIENT, {"email": ["a@b.example", "c@d.example"]}, "/notify/email"),
    (RECIPIENT, {"language": "not a language"}, "/notify/language"),
    (RECIPIENT, {"subject": "Mine"}, "/notify/subject"),
    (RECIPIENT, True, "/notify"),
]


def test_a_wish_that_makes_no_sense_is_refused(small: Telling) -> None:
    for recipient, notify, field in WISHES:
        body = {
            "achievement": small.publisher.achievement,
            "recipient": recipient,
            "notify": notify,
        }
        assert small.ask("POST", CREDENTIALS, body, 422)["field"] == field, notify


def test_somebody_named_by_a_did_is_written_to_where_the_platform_says(
    small: Telling, inbox: Inbox
) -> None:
    small.publisher.issue(
        recipient={"did": "did:example:ailsa"}, notify={"email": " ailsa@home.example "}
    )
    small.deliver()

    assert inbox.recipients == ["ailsa@home.example"]
    assert parts_of(inbox.messages[0])[0].startswith("Hello ailsa@home.example,")


def test_a_repeated_request_is_one_mail(small: Telling, inbox: Inbox) -> None:
    body = {
        "achievement": small.publisher.achievement,
        "recipient": RECIPIENT,
        "notify": {},
    }
    headers = {**small.publisher.headers, "Idempotency-Key": "ailsa"}
    for _ in range(2):
        assert small.client.post(CREDENTIALS, json=body, headers=headers).status_code == 201

    assert small.deliver() == 1


def test_a_confirmed_award_is_issued_with_a_wish_that_it_was_recorded_without(
    small: Telling, inbox: Inbox
) -> None:
    body = {"achievement": small.publisher.achievement, "recipient": RECIPIENT}
    awards = f"/api/v1/issuers/{SLUG}/awards"
    assert small.ask("POST", awards, {**body, "notify": {}}, 422)["field"] == "/notify"
    award = small.ask("POST", awards, body, 201)["id"]
    colleague = small.ask("POST", "/api/v1/api-keys", {}, 201)["key"]
    confirmed = small.client.post(
        f"{awards}/{award}/confirm",
        json={"minute": "Board 4"},
        headers={"Authorization": f"Bearer {colleague}"},
    )
    assert confirmed.status_code == 200
    small.ask("POST", CREDENTIALS, {**body, "award": award, "notify": {}}, 201)

    small.deliver()
    assert inbox.recipients == [ADDRESS]


def test_a_batch_tells_of_each_badge_and_of_its_end(small_settings: Settings, inbox: Inbox) -> None:
    settings = with_mail(small_settings, inbox, webhook_loopback=True)
    with platform() as listening, telling(settings) as service:
        service.listen(listening.url)
        achievement = service.publisher.achievement
        rows = [
            {"achievement": achievement, "recipient": RECIPIENT, "key": "1", "notify": {}},
            {"achievement": achievement, "recipient": RECIPIENT, "key": "2"},
        ]
        batch = send_batch(service, rows)
        work_off(service.app)

        assert service.deliver() == 4
        assert sorted(listening.types) == ["batch.done", *["credential.issued"] * 2]
        [done] = [each for each in listening.told if each.document["type"] == "batch.done"]
        url = f"http://127.0.0.1:8000{BATCHES}/{batch}"
        assert done.document["data"]["batch"] == {"id": batch, "url": url}
        assert done.document["data"]["state"] == "done"
    assert inbox.recipients == [ADDRESS]


def test_who_says_no_in_a_spreadsheet_means_no(small: Telling, inbox: Inbox) -> None:
    cells = ("no", "No", "yes", "nein", "n/a", "nb")
    lines = [f"{number},{number}@b.example,{cell}" for number, cell in enumerate(cells)]
    answer = small.client.post(
        BATCHES,
        params={"achievement": small.publisher.achievement, "accept": "partial"},
        content="\n".join(["key,email,notify", *lines]),
        headers={**small.publisher.headers, **CSV},
    )
    work_off(small.app)
    small.deliver()

    told = rows_of(small.client, small.publisher, answer.json()["id"], outcome="refused")
    assert [(row["key"], row["errors"][0]["column"]) for row in told] == [
        ("3", "notify"),
        ("4", "notify"),
    ]
    assert sorted(inbox.recipients) == ["2@b.example", "5@b.example"]


def test_a_platform_is_told_of_a_batch_that_failed(small_settings: Settings) -> None:
    settings = small_settings.model_copy(update={"webhook_loopback": True})
    with platform() as listening, telling(settings) as service:
        service.listen(listening.url)
        row = {"achievement": service.publisher.achievement, "recipient": RECIPIENT}
        batch = send_batch(service, [row])
        with service.desk.database.write() as session:
            session.execute(update(Key).values(state="retired"))
        work_off(service.app)
        service.deliver()

        [told] = [each.document["data"] for each in listening.told]
        assert (told["batch"]["id"], told["state"]) == (batch, "failed")


def test_a_row_that_wishes_for_mail_is_refused_where_none_is_sent(
    small_settings: Settings,
) -> None:
    with telling(small_settings) as service:
        row = {"achievement": service.publisher.achievement, "recipient": RECIPIENT}
        batch = send_batch(service, [row, {**row, "key": "2", "notify": {}}])
        work_off(service.app)

        [refused] = [
            each
            for each in rows_of(service.client, service.publisher, batch)
            if each["outcome"] == "refused"
        ]
        assert [each["code"] for each in refused["errors"]] == ["mail_off"]


def send_batch(service: Telling, rows: list[Any]) -> str:
    headers = {**service.publisher.headers, **NDJSON}
    sent = service.client.post(BATCHES, content=ndjson(*rows), headers=headers)
    assert sent.status_code == 202, sent.text
    batch: str = sent.json()["id"]
    return batch


# --- templates ----------------------------------------------------------------------------------

WELSH = {
    "language": "cy",
    "subject": "{achievement}",
    "text": "Annwyl {recipient},\n\n<b>{link}</b>\n{issuer}",
}
GERMAN = {"language": "de-CH", "subject": "Ihr Abzeichen", "text": "Grüezi\n\n{link}"}


def test_an_issuer_writes_in_its_own_words_and_in_the_learner_s_language(
    small: Telling, inbox: Inbox
) -> None:
    writing = {
        "sender_name": 'Registry, "Inverbrae" – Cofrestrfa',
        "reply_to": "registry@inverbrae.example",
        "retention_days": 3,
        "templates": [WELSH, GERMAN],
    }
    assert small.ask("PUT", MAIL, writing) == {**writing, "enabled": True}
    assert small.ask("GET", MAIL) == {**writing, "enabled": True}
    hostile = small.publisher.define(
        image=None, name="Data <script>Ethics</script>\r\nBcc: eve@evil.example"
    )
    languages = ("cy-GB", "de-CH", "fr", None)
    for language in languages:
        notify = {} if language is None else {"language": language}
        small.publisher.issue(achievement=hostile, results=None, recipient=RECIPIENT, notify=notify)
    small.deliver()

    subjects = sorted(message["Subject"].strip() for message in inbox.messages)
    name = "Data <script>Ethics</script> Bcc: eve@evil.example"
    assert subjects == [name, name, name, "Ihr Abzeichen"]
    assert set(inbox.recipients) == {ADDRESS}
    for message in inbox.messages:
        assert message["Bcc"] is None
        assert message["Reply-To"] == "registry@inverbrae.example"
        assert message["From"].addresses[0].display_name == writing["sender_name"]
    [welsh, *_] = [each for each in inbox.messages if each["Content-Language"] == "cy"]
    plain, html = parts_of(welsh)
    assert plain.startswith("Annwyl Ailsa Morrison,\n\n<b>http")
    assert "<b>" not in html
    assert "&lt;b&gt;<a href=" in html
    assert "<title>Data &lt;script&gt;Ethics" in html
    assert '<html lang="cy">' in html
    assert "University of Inverbrae</p>" in html


# Encoded words (RFC 2047): whoever decodes them has line breaks, and so headers of the sender's.
ENCODED = "=?utf-8?q?Ada=0D=0ABcc:_eve@evil.example=0D=0A?="
ENCODED_BASE64 = "=?utf-8?b?QWRhDQpCY2M6IGV2ZUBldmlsLmV4YW1wbGUNCg0KSGVsbG8=?="


def test_what_is_encoded_in_a_name_or_a_template_stays_encoded(
    small: Telling, inbox: Inbox
) -> None:
    template = WELSH | {"subject": "={recipient}: {achievement}"}
    small.ask("PUT", MAIL, {"sender_name": "Registry = ?", "templates": [template]})
    hostile = small.publisher.define(image=None, name=ENCODED_BASE64)
    for name in (ENCODED, ENCODED_BASE64, ENCODED.removeprefix("=")):
        recipient = {"email": ADDRESS, "name": name}
        small.publisher.issue(achievement=hostile, results=None, recipient=recipient, notify={})
    small.deliver()

    assert inbox.recipients == [ADDRESS] * 3
    for message in inbox.messages:
        assert message["Bcc"] is None
        assert message["Auto-Submitted"] == "auto-generated"
        assert "?utf-8?b?" in message["Subject"]
        assert parts_of(message)[0].startswith("Annwyl ")


HARM: list[tuple[dict[str, Any], str]] = [
    ({"sender_name": ENCODED}, "/sender_name"),
    ({"sender_name": "two\nlines"}, "/sender_name"),
    ({"sender_name": ""}, "/sender_name"),
    ({"reply_to": "Registry <r@a.example>"}, "/reply_to"),
    ({"reply_to": "r@a.example\r\nBcc: eve@evil.example"}, "/reply_to"),
    ({"retention_days": 0}, "/retention_days"),
    ({"retention_days": 31}, "/retention_days"),
    ({"templates": [WELSH | {"text": "No link."}]}, "/templates/0/text"),
    ({"templates": [WELSH | {"text": "{link} {name}"}]}, "/templates/0/text"),
    ({"templates": [WELSH | {"text": "{link} {link.__class__}"}]}, "/templates/0/text"),
    ({"templates": [WELSH | {"text": "{link} {{link}}"}]}, "/templates/0/text"),
    ({"templates": [WELSH | {"text": "{link} {"}]}, "/templates/0/text"),
    ({"templates": [WELSH | {"text": "{link}\u202e"}]}, "/templates/0/text"),
    ({"templates": [WELSH | {"subject": "a\r\nBcc: x@y.example"}]}, "/templates/0/subject"),
    ({"templates": [WELSH | {"subject": "{nothing}"}]}, "/templates/0/subject"),
    ({"templates": [WELSH | {"subject": ENCODED}]}, "/templates/0/subject"),
    ({"templates": [WELSH, WELSH]}, "/templates/1/language"),
    ({"templates": [WELSH | {"language": "c y"}]}, "/templates/0/language"),
    ({"html": "<p>"}, "/html"),
]


def test_writing_that_could_do_harm_is_refused(small: Telling) -> None:
    for members, field in HARM:
        assert small.ask("PUT", MAIL, members, 422)["field"] == field, members


def test_the_bounds_hold_below_the_api_too(small: Telling) -> None:
    many = [WELSH | {"language": f"en-{number:03}"} for number in range(MOST_TEMPLATES + 1)]
    for document in ({"retention_days": MOST_RETENTION_DAYS + 1}, {"templates": many}):
        with small.desk.database.read() as session, pytest.raises(InvalidRequest):
            store_mail_settings(session, SLUG, document, now=small.now, actor="cli:test")


# --- when it does not go well -------------------------------------------------------------------


def test_a_mail_server_that_is_away_is_tried_again(small_settings: Settings, inbox: Inbox) -> None:
    with telling(with_mail(small_settings, inbox, smtp_security="starttls")) as service:
        for _ in range(2):
            service.publisher.issue(recipient=RECIPIENT, notify={})
        assert service.deliver() == 1  # it has no STARTTLS: nothing may be told to it
        assert {each["problem"] for each in listed(service)} == {"mail_server_unavailable"}
        assert sorted(each["attempts"] for each in listed(service)) == [0, 1]
        assert service.deliver() == 0
        service.wait(minutes=5)

        sending = make_send_mail(MailServer("localhost", inbox.port, "none"))
        assert service.deliver(Couriers(no_post, sending)) == 2

    assert inbox.recipients == [ADDRESS, ADDRESS]


def test_an_address_is_kept_no_longer_than_the_issuer_says(
    small_settings: Settings, inbox: Inbox
) -> None:
    with telling(with_mail(small_settings, inbox)) as service:
        service.ask("PUT", MAIL, {"retention_days": 2})
        service.publisher.issue(recipient=RECIPIENT, notify={})
        silent = Couriers(no_post, None)
        service.wait(days=1, hours=23)
        service.deliver(silent)
        assert [each["state"] for each in listed(service)] == ["pending"]
        service.wait(hours=1)
        service.deliver(silent)

        [given_up] = listed(service)
        assert (given_up["state"], given_up["problem"]) == ("dead", "mail_given_up")
        assert given_up["address_erased"] is True
        assert service.deliver() == 0
    assert inbox.recipients == []


def test_a_refused_address_is_erased_at_once_and_one_put_off_holds_nobody_up(
    small: Telling, inbox: Inbox
) -> None:
    for name in ("wrong", "busy", "right"):
        small.publisher.issue(
            recipient={"did": "did:example:ailsa"}, notify={"email": f"{name}@home.example"}
        )
        small.wait(seconds=1)
    inbox.answers += ["550 no such user", "450 greylisted"]

    assert small.deliver() == 3

    right, busy, wrong = listed(small)
    assert (wrong["state"], wrong["problem"]) == ("dead", "mail_refused")
    assert wrong["address_erased"] is True
    assert (busy["state"], busy["problem"]) == ("pending", "mail_put_off")
    assert right["state"] == "delivered"
    small.wait(minutes=2)
    small.deliver()
    assert inbox.recipients == ["right@home.example", "busy@home.example"]


def test_an_address_that_no_header_can_hold_is_refused_and_holds_nobody_up(
    small: Telling, inbox: Inbox
) -> None:
    unwritable = "=?utf-8?q?x?=@home.example"
    for body in (
        {"recipient": {"email": unwritable}, "notify": {}},
        {"recipient": {"did": "did:example:ailsa"}, "notify": {"email": unwritable}},
    ):
        given = {"achievement": small.publisher.achievement, **body}
        assert small.ask("POST", CREDENTIALS, given, 422)["code"] == "bad_value"
    for _ in range(2):
        small.publisher.issue(recipient=RECIPIENT, notify={})
        small.wait(seconds=1)
    store = small.desk.key_store
    with small.desk.database.write() as session:
        # One that was accepted by a version of this service that did not know better.
        first = session.scalars(select(OutboxItem).order_by(OutboxItem.due_at)).first()
        assert first is not None
        wish = dump_json({"email": unwritable, "language": None})
        first.sealed = seal(store, wish, place=mail_place(first.id))

    assert small.deliver() == 2

    assert inbox.recipients == [ADDRESS]
    assert [each["problem"] for each in listed(small)] == [None, "mail_refused"]


def test_no_more_goes_in_a_minute_than_was_set(small_settings: Settings, inbox: Inbox) -> None:
    with telling(with_mail(small_settings, inbox, mail_per_minute=2)) as service:
        for _ in range(3):
            service.publisher.issue(recipient=RECIPIENT, notify={})

        assert [service.deliver(), service.deliver()] == [2, 0]
        service.wait(seconds=61)
        assert service.deliver() == 1


def test_mail_goes_while_a_platform_is_slow_to_listen(
    small_settings: Settings, inbox: Inbox
) -> None:
    with telling(with_mail(small_settings, inbox)) as service:
        service.listen("https://hooks.example/")
        for _ in range(3):
            service.publisher.issue(recipient=RECIPIENT, notify={})
        server = mail_server_of(service.desk.settings)
        assert server is not None
        seconds = 0.0

        def slowly(url: str, body: bytes, headers: object) -> int:
            nonlocal seconds
            seconds += 60.0
            return 204

        assert service.deliver(Couriers(slowly, make_send_mail(server)), lambda: seconds) == 4

    assert inbox.recipients == [ADDRESS] * 3


def test_nobody_is_told_of_a_credential_that_was_revoked_meanwhile(
    small: Telling, inbox: Inbox
) -> None:
    small.publisher.revoke(small.publisher.issue(recipient=RECIPIENT, notify={}))
    small.deliver()

    [item] = listed(small)
    assert (item["state"], item["problem"], item["address_erased"]) == ("dead", "revoked", True)
    assert inbox.messages == []


def test_after_a_crash_the_same_message_goes_again(small: Telling, inbox: Inbox) -> None:
    small.publisher.issue(recipient=RECIPIENT, notify={})
    server = mail_server_of(small.desk.settings)
    assert server is not None
    send_mail = make_send_mail(server)

    class Killed(BaseException):
        """What a worker that is killed would be, if it were an exception."""

    def killed(message: EmailMessage, sender: str, recipient: str) -> None:
        send_mail(message, sender, recipient)
        raise Killed

    with pytest.raises(Killed):
        small.deliver(Couriers(no_post, killed))
    small.wait(seconds=LEASE.total_seconds() + 1)
    small.deliver()

    first, second = inbox.messages
    assert first["Message-ID"] == second["Message-ID"]
    assert first["Message-ID"].endswith("@inverbrae.example>")


def test_without_the_key_store_s_seal_mail_waits(small: Telling, tmp_path: Path) -> None:
    small.publisher.issue(recipient=RECIPIENT, notify={})
    with small.desk.database.write() as session:
        [item] = session.scalars(select(OutboxItem))
        item.sealed = b"somebody else's seal, made with another key"
    small.deliver()

    assert [each["problem"] for each in listed(small)] == ["key_store"]
    assert [each["state"] for each in listed(small)] == ["pending"]

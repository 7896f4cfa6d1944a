import socket
from email.message import EmailMessage
from pathlib import Path

import pytest

from app.errors import SignetError
from app.fetch import MailRefused, mail_server_of, make_send_mail
from app.fetch.smtp import MailServer
from app.settings import Settings
from tests.mail_server import mail_server
from tests.unit.fetch.tls_server import Authority

SENDER = "badges@inverbrae.example"
LEARNER = "ailsa@students.inverbrae.example"


@pytest.fixture(scope="module")
def authority() -> Authority:
    return Authority.create()


def a_message() -> EmailMessage:
    message = EmailMessage()
    message["Subject"] = "Your badge"
    message.set_content("It is here.")
    return message


def code_of(server: MailServer, authority: Authority | None = None) -> str:
    context = None if authority is None else authority.client_context()
    with pytest.raises(SignetError) as caught:
        make_send_mail(server, ssl_context=context)(a_message(), SENDER, LEARNER)
    assert LEARNER not in str(caught.value)
    return caught.value.code


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_a_message_goes_over_a_protected_connection_and_logs_in(
    authority: Authority, tmp_path: Path, security: str
) -> None:
    context = authority.server_context("localhost", tmp_path)
    with mail_server(**{security: context}, login=security == "starttls") as inbox:
        server = MailServer(
            "localhost",
            inbox.port,
            security,  # type: ignore[arg-type]
            *(("registrar", "open sesame") if security == "starttls" else ()),
        )
        make_send_mail(server, ssl_context=authority.client_context())(a_message(), SENDER, LEARNER)

    assert (inbox.senders, inbox.recipients) == ([SENDER], [LEARNER])
    assert inbox.messages[0]["Subject"] == "Your badge"


def test_a_server_on_this_machine_may_be_spoken_to_in_the_clear() -> None:
    with mail_server() as inbox:
        make_send_mail(MailServer("127.0.0.1", inbox.port, "none"))(a_message(), SENDER, LEARNER)

    assert inbox.recipients == [LEARNER]


def test_nothing_is_sent_in_the_clear_where_protection_was_wanted(authority: Authority) -> None:
    with mail_server() as inbox:
        assert code_of(MailServer("127.0.0.1", inbox.port, "starttls")) == "mail_server_unavailable"

    assert inbox.messages == []


def test_a_certificate_of_another_name_or_authority_is_refused(
    authority: Authority, tmp_path: Path
) -> None:
    context = authority.server_context("other.example", tmp_path)
    with mail_server(starttls=context) as inbox:
        server = MailServer("localhost", inbox.port, "starttls")
        assert code_of(server, authority) == "mail_server_unavailable"
        assert code_of(server) == "mail_server_unavailable"

    assert inbox.messages == []


def test_a_wrong_password_may_be_mended_so_it_is_no_refusal(
    authority: Authority, tmp_path: Path
) -> None:
    context = authority.server_context("localhost", tmp_path)
    with mail_server(starttls=context, login=True) as inbox:
        server = MailServer("localhost", inbox.port, "starttls", "registrar", "guess")
        assert code_of(server, authority) == "mail_server_unavailable"
    assert "guess" not in repr(server)


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (f"550 no such user {LEARNER}", "mail_refused"),
        ("452 mailbox full", "mail_put_off"),
    ],
)
def test_what_the_server_says_of_the_recipient_decides(answer: str, code: str) -> None:
    with mail_server() as inbox:
        inbox.answers.append(answer)
        assert code_of(MailServer("127.0.0.1", inbox.port, "none")) == code


@pytest.mark.parametrize(
    ("answer", "code"), [("554 spam", "mail_refused"), ("451 later", "mail_put_off")]
)
def test_what_the_server_says_of_the_message_decides(answer: str, code: str) -> None:
    with mail_server() as inbox:
        inbox.after_data = answer
        assert code_of(MailServer("127.0.0.1", inbox.port, "none")) == code


def test_nobody_at_home_is_tried_again() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]

    assert code_of(MailServer("127.0.0.1", port, "none")) == "mail_server_unavailable"


def test_the_settings_name_the_server() -> None:
    assert mail_server_of(Settings()) is None
    settings = Settings(smtp_host="mail.inverbrae.example", smtp_from=SENDER)
    assert mail_server_of(settings) == MailServer("mail.inverbrae.example", 587, "starttls")
    settings = Settings(
        smtp_host="localhost",
        smtp_from=SENDER,
        smtp_security="none",
        smtp_password="open sesame",  # type: ignore[arg-type]
    )
    server = mail_server_of(settings)
    assert server is not None
    assert server.password == "open sesame"
    assert issubclass(MailRefused, SignetError)


@pytest.mark.parametrize(
    ("members", "complaint"),
    [
        ({"smtp_host": "mail.example"}, "SIGNET_SMTP_FROM must be set"),
        ({"smtp_from": "Registrar <r@a.example>"}, "SIGNET_SMTP_FROM must look like"),
        ({"smtp_bounces": "b@a.example\r\nBcc: x@y.example"}, "SIGNET_SMTP_BOUNCES must look"),
        (
            {"smtp_host": "mail.example", "smtp_from": SENDER, "smtp_security": "none"},
            "for a server on this machine only",
        ),
    ],
)
def test_settings_that_could_not_send_stop_the_start(
    members: dict[str, str], complaint: str
) -> None:
    with pytest.raises(ValueError, match=complaint):
        Settings(**members)  # type: ignore[arg-type]

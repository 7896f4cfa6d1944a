"""Handing a message to the mail server that the operator has set (RFC 5321).

The second way out of the house, beside https. Nobody but the operator chooses this server, so its
address is not looked at; a message may only leave in plain text to a server on this machine.
The server's own words are never repeated: they may hold the recipient's address.
"""

import contextlib
import smtplib
import ssl
from collections.abc import Callable
from dataclasses import dataclass, field
from email.message import EmailMessage
from typing import Literal

from app.errors import SignetError, Unavailable
from app.settings import Settings

SendMail = Callable[[EmailMessage, str, str], None]
"""Hands a message over, from an envelope sender to one recipient. Raises Unavailable
(`mail_server_unavailable`, or `mail_put_off` for this message) when trying again may help, and
MailRefused (`mail_refused`) when not."""

_SECONDS = 20.0


class MailRefused(SignetError):
    """The mail server will never take this message for this recipient."""


@dataclass(frozen=True)
class MailServer:
    """Where mail is handed over. `security` is `starttls`, `tls` from the first byte, or `none`."""

    host: str
    port: int
    security: Literal["starttls", "tls", "none"]
    user: str | None = None
    password: str | None = field(default=None, repr=False)


def mail_server_of(settings: Settings) -> MailServer | None:
    """The server that the settings name; None where no mail is sent."""
    if settings.smtp_host is None:
        return None
    password = settings.smtp_password
    return MailServer(
        settings.smtp_host,
        settings.smtp_port,
        settings.smtp_security,
        settings.smtp_user,
        None if password is None else password.get_secret_value(),
    )


def make_send_mail(server: MailServer, *, ssl_context: ssl.SSLContext | None = None) -> SendMail:
    """A `SendMail` over one connection per message; the certificates to trust are an argument."""
    trusted = ssl_context or ssl.create_default_context()

    def send_mail(message: EmailMessage, sender: str, recipient: str) -> None:
        try:
            smtp = _connected(server, trusted, sender.rpartition("@")[2])
            try:
                smtp.send_message(message, from_addr=sender, to_addrs=[recipient])
                # It has been taken; a fault in saying goodbye must not send it twice.
                with contextlib.suppress(smtplib.SMTPException, OSError):
                    smtp.quit()
            finally:
                smtp.close()
        except smtplib.SMTPRecipientsRefused as error:
            ((code, _words),) = error.recipients.values()
            raise _refusal(code) from None
        except smtplib.SMTPDataError as error:
            raise _refusal(error.smtp_code) from None
        except (smtplib.SMTPException, OSError) as error:
            # A user name or a sender that is not accepted, too: settings can be mended meanwhile.
            raise _unavailable(f"cannot be used: {type(error).__name__}") from None

    return send_mail


def _connected(server: MailServer, trusted: ssl.SSLContext, name: str) -> smtplib.SMTP:
    """A connection that is as safe as it was set to be, and logged in; `name` is how we greet."""
    if server.security == "tls":
        smtp: smtplib.SMTP = smtplib.SMTP_SSL(
            server.host, server.port, name, timeout=_SECONDS, context=trusted
        )
    else:
        smtp = smtplib.SMTP(server.host, server.port, name, timeout=_SECONDS)
    try:
        if server.security == "starttls":
            smtp.starttls(context=trusted)
        if server.user is not None:
            smtp.login(server.user, server.password or "")
    except BaseException:
        smtp.close()
        raise
    return smtp


def _refusal(code: int) -> SignetError:
    """RFC 5321 section 4.2.1: 5yz is for good, 4yz may pass."""
    if 500 <= code < 600:
        return MailRefused("mail_refused", f"the mail server refused the message with {code}")
    return Unavailable("mail_put_off", f"the mail server put the message off with {code}")


def _unavailable(what: str) -> Unavailable:
    return Unavailable("mail_server_unavailable", f"the mail server {what}")

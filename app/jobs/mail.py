"""Writing to a learner that a credential was issued to them, and where it is.

Everything that comes from outside (names, templates) passes through the header classes of
`email.message`, after being made one line in which nothing is encoded (they refuse line breaks, but
decode what holds some); in the HTML body it is escaped. Both bodies say the same.
"""

import re
from dataclasses import dataclass, field
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from html import escape

from sqlalchemy.orm import Session

from app.credentials.rules import objects
from app.encoding.strict_json import JsonObject, parse_object
from app.errors import KeyStoreError, Unavailable
from app.fetch import MailRefused, SendMail
from app.issuing.desk import IssuingDesk
from app.jobs.attempts import Attempt, Outcome
from app.keys.sealing import unseal
from app.registry.mail_settings import MailWriting, load_mail_settings, one_line, placed
from app.registry.outbox import mail_place
from app.settings import Settings
from app.storage.tables import Credential

_LONGEST_VALUE = 200

_HTML = """\
<!doctype html>
<html lang="{language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark">
<title>{subject}</title>
</head>
<body dir="auto" style="margin: 0; padding: 1.5em; font: 16px/1.5 sans-serif">
<div style="max-width: 36em; margin: 0 auto; overflow-wrap: anywhere">
{paragraphs}
</div>
</body>
</html>
"""


@dataclass(frozen=True)
class Letter:
    """All that a mail is made of, so that no connection to the database is held while it goes."""

    attempt: Attempt
    recipient: str = field(repr=False)
    language: str | None
    credential: JsonObject = field(repr=False)
    link: str
    writing: MailWriting


def read_letter(session: Session, desk: IssuingDesk, attempt: Attempt) -> Letter | Outcome:
    """What to write to whom, or why it is not to be written any more."""
    credential = session.get_one(Credential, attempt.things["credential"])
    if credential.revoked:
        return Outcome("revoked", final=True)
    sealed = attempt.sealed or b""
    try:
        wish = parse_object(unseal(desk.key_store, sealed, place=mail_place(attempt.item_id)))
    except KeyStoreError as error:
        return Outcome(error.code)
    return Letter(
        attempt,
        wish["email"],
        wish["language"],
        parse_object(credential.document),
        desk.credential_url(credential.id),
        load_mail_settings(session, attempt.issuer_id),
    )


def deliver_letter(
    letter: Letter, *, send_mail: SendMail, settings: Settings, now: datetime
) -> Outcome:
    """Hand a mail over; bounces go to the operator's address, never to the issuer's."""
    try:
        message = compose(letter, settings, now=now)
    except Exception:  # noqa: BLE001 - one that cannot be written must not hold up the others
        return Outcome("mail_refused", final=True)
    sender = settings.smtp_bounces or settings.smtp_from or ""
    try:
        send_mail(message, sender, letter.recipient)
    except MailRefused as error:
        return Outcome(error.code, final=True)
    except Unavailable as error:
        return Outcome(error.code)
    return Outcome()


def compose(letter: Letter, settings: Settings, *, now: datetime) -> EmailMessage:
    """The message, plain and as HTML.

    Its Message-ID is the same for every attempt, so that mail programs show a repeated one once.
    """
    template = letter.writing.template_for(letter.language)
    values = _values(letter)
    origin = Address(addr_spec=settings.smtp_from or "")
    sender_name = one_line(letter.writing.sender_name or values["issuer"])
    message = EmailMessage(SMTP)
    subject = one_line(placed(template.subject, values))
    message["Subject"] = subject
    message["From"] = Address(sender_name, origin.username, origin.domain)
    message["To"] = Address(addr_spec=letter.recipient)
    if letter.writing.reply_to is not None:
        message["Reply-To"] = Address(addr_spec=letter.writing.reply_to)
    message["Date"] = now
    message["Message-ID"] = f"<{letter.attempt.item_id}@{origin.domain}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(placed(template.text, values) + "\n")
    message.add_alternative(
        _html(template.text, values, language=template.language, subject=subject), subtype="html"
    )
    # Set last: what is about the content goes into a part when parts are made.
    message["Content-Language"] = template.language
    return message


def _values(letter: Letter) -> dict[str, str]:
    """What the placeholders stand for; each is one line, of bounded length."""
    subject = letter.credential["credentialSubject"]
    names = [
        identity["identityHash"]
        for identity in objects(subject.get("identifier"))
        if identity.get("identityType") == "name" and not identity.get("hashed")
    ]
    values = {
        "achievement": subject["achievement"]["name"],
        "issuer": letter.credential["issuer"]["name"],
        "recipient": names[0] if names else letter.recipient,
    }
    short = {name: one_line(value)[:_LONGEST_VALUE] for name, value in values.items()}
    return {**short, "link": letter.link}


def _html(text: str, values: dict[str, str], *, language: str, subject: str) -> str:
    escaped = {name: escape(value) for name, value in values.items()}
    escaped["link"] = f'<a href="{escaped["link"]}">{escaped["link"]}</a>'
    paragraphs = [
        "<p>" + placed(escape(paragraph), escaped).replace("\n", "<br>\n") + "</p>"
        for paragraph in re.split(r"\n{2,}", text.strip("\n"))
    ]
    return _HTML.format(
        language=escape(language), subject=escape(subject), paragraphs="\n".join(paragraphs)
    )

"""How an issuer writes to learners: the sender's name, Reply-To, templates, and retention.

A template is plain text with placeholders from a closed list; there is no markup to sanitise. The
HTML body is made from the same text.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from app.credentials.values import is_email_address, is_language_tag
from app.encoding.strict_json import JsonObject
from app.errors import InvalidRequest
from app.registry.issuers import load_issuer
from app.storage.audit import append_audit
from app.storage.tables import MailSettings

PLACEHOLDERS = ("achievement", "issuer", "link", "recipient")
LONGEST_SUBJECT = 150
LONGEST_TEXT = 5000
LONGEST_NAME = 100
MOST_TEMPLATES = 30
DEFAULT_RETENTION_DAYS = 7
MOST_RETENTION_DAYS = 30

# Also what reorders the text around it: a subject shall be read as it was written.
_CONTROL = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_BRACED = re.compile(r"\{([^{}]*)\}")


@dataclass(frozen=True)
class MailTemplate:
    """The words of the mail that tells of a credential, in one language."""

    language: str
    subject: str
    text: str


@dataclass(frozen=True)
class MailWriting:
    """How an issuer writes; a template it has none of its own for is ours, in English."""

    sender_name: str | None
    reply_to: str | None
    retention_days: int
    templates: tuple[MailTemplate, ...]

    def template_for(self, language: str | None) -> MailTemplate:
        """The template in a language, by the fullest tag that fits (RFC 4647 lookup)."""
        by_tag = {each.language.lower(): each for each in self.templates}
        wanted = (language or "").lower()
        while wanted:
            if wanted in by_tag:
                return by_tag[wanted]
            wanted = wanted.rpartition("-")[0]
        return self.templates[0] if self.templates else OWN_TEMPLATE

    def as_json(self) -> JsonObject:
        """The document as it was given, defaults filled in."""
        return {
            "sender_name": self.sender_name,
            "reply_to": self.reply_to,
            "retention_days": self.retention_days,
            "templates": [
                {"language": each.language, "subject": each.subject, "text": each.text}
                for each in self.templates
            ],
        }


OWN_TEMPLATE = MailTemplate(
    "en",
    "{issuer} has issued you a credential: {achievement}",
    "Hello {recipient},\n\n"
    "{issuer} has issued you the credential “{achievement}”. You find it here:\n\n"
    "{link}\n\n"
    "The page shows the credential and lets anybody check it. You can download it there, keep it "
    "in a wallet, and share the link with whom you like.",
)
"""What is written for an issuer that has said nothing else."""


def load_mail_settings(session: Session, issuer_id: str) -> MailWriting:
    """How the issuer writes, the defaults where it never said."""
    row = session.get(MailSettings, issuer_id)
    return _read({} if row is None else row.document)


def store_mail_settings(
    session: Session, issuer_id: str, document: JsonObject, *, now: datetime, actor: str
) -> MailWriting:
    """Check and keep how an issuer writes, in place of what it said before.

    `document` has the members of `MailWriting.as_json`, types checked; each may be left out.
    Raises NotFound and InvalidRequest.
    """
    load_issuer(session, issuer_id)
    writing = _read(document)
    _check_line(writing.sender_name, LONGEST_NAME, "/sender_name")
    if writing.reply_to is not None and not is_email_address(writing.reply_to):
        raise InvalidRequest(
            "bad_value",
            "A plain e-mail address is needed, such as registry@university.example.",
            field="/reply_to",
        )
    if not 1 <= writing.retention_days <= MOST_RETENTION_DAYS:
        raise InvalidRequest(
            "out_of_range",
            f"An address is kept for 1 to {MOST_RETENTION_DAYS} days at most.",
            field="/retention_days",
        )
    _check_templates(writing.templates)
    session.merge(MailSettings(issuer_id=issuer_id, document=writing.as_json(), updated_at=now))
    session.flush()
    append_audit(
        session,
        at=now,
        actor=actor,
        action="mail.settings_changed",
        issuer_id=issuer_id,
        subject=None,
        details={"languages": [each.language for each in writing.templates]},
    )
    return writing


def placed(text: str, values: dict[str, str]) -> str:
    """A template with its placeholders filled in."""
    return _BRACED.sub(lambda match: values[match[1]], text)


def one_line(text: str) -> str:
    """A text as it can stand in a header: no control characters, no line breaks.

    Nor the beginning of an encoded word (RFC 2047 section 2): what builds the header would decode
    it, with the line breaks that it may hold.
    """
    return " ".join(_CONTROL.sub(" ", text).replace("=?", "= ?").split())


def _read(document: JsonObject) -> MailWriting:
    templates: list[dict[str, Any]] = document.get("templates") or []
    days = document.get("retention_days")
    return MailWriting(
        document.get("sender_name"),
        document.get("reply_to"),
        DEFAULT_RETENTION_DAYS if days is None else days,
        tuple(MailTemplate(each["language"], each["subject"], each["text"]) for each in templates),
    )


def _check_templates(templates: Sequence[MailTemplate]) -> None:
    if len(templates) > MOST_TEMPLATES:
        raise InvalidRequest(
            "out_of_range", f"At most {MOST_TEMPLATES} templates.", field="/templates"
        )
    languages: set[str] = set()
    for number, template in enumerate(templates):
        at = f"/templates/{number}"
        if not is_language_tag(template.language):
            raise InvalidRequest(
                "bad_language", "A language tag is needed, such as en.", field=f"{at}/language"
            )
        if template.language.lower() in languages:
            raise InvalidRequest(
                "bad_value", "There is a template in this language.", field=f"{at}/language"
            )
        languages.add(template.language.lower())
        _check_line(template.subject, LONGEST_SUBJECT, f"{at}/subject")
        _check_placeholders(template.subject, f"{at}/subject")
        _check_text(template.text, f"{at}/text")


def _check_line(text: str | None, longest: int, field: str) -> None:
    if text is not None and (text != one_line(text) or not 1 <= len(text) <= longest):
        raise InvalidRequest(
            "bad_value", f"One line of 1 to {longest} characters is needed.", field=field
        )


def _check_text(text: str, field: str) -> None:
    if len(text) > LONGEST_TEXT or _CONTROL.search(text):
        raise InvalidRequest(
            "bad_value",
            f"A text has at most {LONGEST_TEXT} characters, and no control characters but line "
            "feeds.",
            field=field,
        )
    if "{link}" not in text:
        raise InvalidRequest(
            "missing_member", "Without {link} nobody finds the credential.", field=field
        )
    _check_placeholders(text, field)


def _check_placeholders(text: str, field: str) -> None:
    unknown = sorted(set(_BRACED.findall(text)) - set(PLACEHOLDERS))
    if unknown or "{" in _BRACED.sub("", text) or "}" in _BRACED.sub("", text):
        known = ", ".join(f"{{{name}}}" for name in PLACEHOLDERS)
        raise InvalidRequest(
            "bad_value", f"Curly brackets hold placeholders, which are {known}.", field=field
        )

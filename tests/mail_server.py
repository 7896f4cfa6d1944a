"""A real SMTP server on the loopback interface that keeps what it is given."""

import asyncio
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult


@dataclass
class Inbox:
    """What arrived; `answers` are replies to give to the next recipients instead of "250 OK"."""

    port: int = 0
    senders: list[str] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)
    messages: list[EmailMessage] = field(default_factory=list)
    answers: list[str] = field(default_factory=list)
    after_data: str = "250 OK"

    async def handle_RCPT(  # noqa: N802 - the library calls it by the command's name
        self, server: Any, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        if self.answers:
            return self.answers.pop(0)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        self.senders.append(envelope.mail_from)
        self.recipients += envelope.rcpt_tos
        message = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(message, EmailMessage)
        self.messages.append(message)
        return self.after_data


def accept_registrar(server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> Any:
    """Knows one user, `registrar` with the password `open sesame`."""
    known = (data.login, data.password) == (b"registrar", b"open sesame")
    return AuthResult(success=known, handled=False)


@contextmanager
def mail_server(
    *,
    starttls: ssl.SSLContext | None = None,
    tls: ssl.SSLContext | None = None,
    login: bool = False,
) -> Iterator[Inbox]:
    """A running server; with `starttls` it takes nothing before the connection is protected."""
    inbox = Inbox()
    loop = asyncio.new_event_loop()

    def protocol() -> SMTP:
        return SMTP(
            inbox,
            hostname="mail.example",
            loop=loop,
            tls_context=starttls,
            require_starttls=starttls is not None,
            auth_required=login,
            authenticator=accept_registrar if login else None,
        )

    # All of it in a thread of its own: in this one a browser's loop may be running already.
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    try:
        listening = loop.create_server(protocol, "127.0.0.1", 0, ssl=tls)
        server = asyncio.run_coroutine_threadsafe(listening, loop).result(timeout=10)
        inbox.port = server.sockets[0].getsockname()[1]
        try:
            yield inbox
        finally:
            asyncio.run_coroutine_threadsafe(_end(server), loop).result(timeout=10)
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


async def _end(server: asyncio.Server) -> None:
    """Hang up on everybody, and let the connections see it."""
    server.close()
    conversations = asyncio.all_tasks() - {asyncio.current_task()}
    for conversation in conversations:
        conversation.cancel()
    await asyncio.gather(*conversations, return_exceptions=True)
    await server.wait_closed()
    for _ in range(3):  # a transport closes its socket some turns of the loop later
        await asyncio.sleep(0)

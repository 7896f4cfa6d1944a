"""Every setting, typed and read once from the environment (`SIGNET_…`).

Each field is documented in `docs/settings.md`; a test holds that table against this class.
"""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from app.errors import SignetError

PROJECT = Path(__file__).resolve().parent.parent

# As app.credentials.values has it, which lies above: dot-atom, `@`, a domain with a dot.
_ADDRESS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}@([A-Za-z0-9-]+\.)+[A-Za-z0-9-]+")


class Settings(BaseSettings):
    """The service's configuration; every field has a default that works on a laptop."""

    model_config = SettingsConfigDict(env_prefix="SIGNET_", frozen=True, extra="ignore")

    database_url: str = "sqlite:///signet.db"
    """Where everything is stored: `sqlite:///FILE` or `postgresql://USER@HOST/NAME`."""

    public_url: str = "http://127.0.0.1:8000"
    """Every link, DID and status URL is built from this, never from a request."""

    keys: str = "file:keys"
    """The key store, as `file:FOLDER`; private keys never leave it."""

    key_passphrase: SecretStr | None = None
    """Encrypts private keys at rest (PKCS#8, scrypt) when set."""

    contexts: Path = PROJECT / "contexts"
    """The folder of JSON-LD contexts with its `manifest.json`; nothing else resolves."""

    status_list_validity_hours: Annotated[int, Field(ge=2, le=24 * 90)] = 24 * 7
    """How long a signed status list may be relied on before it is signed anew."""

    fetch_timeout_seconds: Annotated[float, Field(gt=0, le=60)] = 5.0
    """The whole time one outgoing fetch may take."""

    max_request_bytes: Annotated[int, Field(ge=64 * 1024, le=64 * 1024 * 1024)] = 2 * 1024 * 1024
    """The largest request body that is read."""

    max_batch_bytes: Annotated[int, Field(ge=1024, le=16 * 1024**3)] = 1024**3
    """The largest upload of a batch that is read."""

    batch_rows: Annotated[int, Field(ge=1, le=10_000_000)] = 1_000_000
    """The most rows that a batch may have."""

    batch_row_bytes: Annotated[int, Field(ge=1024, le=256 * 1024)] = 256 * 1024
    """The largest row of a batch."""

    open_batches: Annotated[int, Field(ge=1, le=1000)] = 10
    """The batches that one issuer may have under way at once."""

    batch_retention_days: Annotated[int, Field(ge=1, le=3650)] = 30
    """How long the rows of a batch that was not issued are kept, and the results of every batch."""

    answer_retention_days: Annotated[int, Field(ge=1, le=3650)] = 30
    """How long the answer to a request with an `Idempotency-Key` is kept."""

    mail_retention_days: Annotated[int, Field(ge=1, le=3650)] = 365
    """How long it stays on record what became of a mail; its address goes long before."""

    database_pool_size: Annotated[int, Field(ge=1, le=100)] = 5
    """Connections kept open per process (PostgreSQL)."""

    webhook_loopback: bool = False
    """Whether webhooks may go to `http://127.0.0.1:PORT`, for developing a receiver."""

    smtp_host: str | None = None
    """The mail server that mail to learners is handed to; without one none is sent."""

    smtp_port: Annotated[int, Field(ge=1, le=65535)] = 587
    """Its port."""

    smtp_security: Literal["starttls", "tls", "none"] = "starttls"
    """How the way to the mail server is protected; `none` only for one on this machine."""

    smtp_user: str | None = None
    """The name to log in to the mail server with, if it wants one."""

    smtp_password: SecretStr | None = None
    """The password that goes with it."""

    smtp_from: str | None = None
    """The address that mail comes from; needed with a mail server."""

    smtp_bounces: str | None = None
    """Where mail that cannot be delivered goes back to (the envelope sender)."""

    mail_per_minute: Annotated[int, Field(ge=1, le=10_000)] = 60
    """How many messages are handed to the mail server in a minute at most."""

    log_level: str = "INFO"
    """DEBUG, INFO, WARNING or ERROR."""

    @field_validator("public_url")
    @classmethod
    def _public_url_is_an_origin(cls, value: str) -> str:
        parts = urlsplit(value.rstrip("/"))
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise ValueError("SIGNET_PUBLIC_URL must look like https://badges.example.edu")
        if parts.path or parts.query or parts.fragment or parts.username:
            raise ValueError("SIGNET_PUBLIC_URL must be scheme, host and port only, without a path")
        return value.rstrip("/")

    @model_validator(mode="after")
    def _mail_can_be_sent(self) -> Self:
        """A mail server is named together with a sender; nothing is told to it in the clear."""
        for name in ("smtp_from", "smtp_bounces"):
            address = getattr(self, name)
            if address is not None and _ADDRESS.fullmatch(address) is None:
                raise ValueError(f"SIGNET_{name.upper()} must look like badges@example.edu")
        if self.smtp_host is None:
            return self
        if self.smtp_from is None:
            raise ValueError("SIGNET_SMTP_FROM must be set where SIGNET_SMTP_HOST is")
        if self.smtp_security == "none" and self.smtp_host not in _THIS_MACHINE:
            raise ValueError("SIGNET_SMTP_SECURITY may be none for a server on this machine only")
        return self

    @field_validator("log_level")
    @classmethod
    def _log_level_is_known(cls, value: str) -> str:
        if value.upper() not in {"DEBUG", "INFO", "WARNING", "ERROR"}:
            raise ValueError("SIGNET_LOG_LEVEL must be DEBUG, INFO, WARNING or ERROR")
        return value.upper()


class SettingsError(SignetError):
    """A setting makes no sense."""


def read_settings(*, host: str, port: int) -> Settings:
    """The settings of the environment, for a service that listens on `host` and `port`.

    Unless SIGNET_PUBLIC_URL says otherwise, its public address is that one; a service that listens
    everywhere is called by the name of this machine to itself. Raises SettingsError, one sentence
    for each setting, none of them with its value.
    """
    try:
        settings = Settings()
        if "public_url" in settings.model_fields_set:
            return settings
        name = "127.0.0.1" if host in _EVERYWHERE else host
        authority = f"[{name}]" if ":" in name else name
        return Settings(public_url=f"http://{authority}:{port}")
    except ValidationError as error:
        faults = error.errors(include_input=False, include_context=False)
        raise SettingsError("settings", " ".join(map(_sentence, faults))) from None


def _sentence(fault: Mapping[str, Any]) -> str:
    own: str = fault["msg"].removeprefix("Value error, ")
    if own.startswith("SIGNET_"):
        return f"{own}."
    return f"SIGNET_{str(fault['loc'][0]).upper()}: {own}."


_THIS_MACHINE = frozenset({"127.0.0.1", "::1", "localhost"})
_EVERYWHERE = frozenset({"0.0.0.0", "::"})  # noqa: S104 - compared with, not bound to

"""Every setting, typed and read once from the environment (`SIGNET_…`).

Each field is documented in `docs/settings.md`; a test holds that table against this class.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from app.errors import SignetError

PROJECT = Path(__file__).resolve().parent.parent


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

    database_pool_size: Annotated[int, Field(ge=1, le=100)] = 5
    """Connections kept open per process (PostgreSQL)."""

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
    own = fault["msg"].removeprefix("Value error, ")
    name = f"SIGNET_{str(fault['loc'][0]).upper()}"
    return f"{own}." if own.startswith(name) else f"{name}: {own}."


_EVERYWHERE = frozenset({"0.0.0.0", "::"})  # noqa: S104 - compared with, not bound to

"""`signet serve`: the service itself."""

import json
import logging
import os
import socket
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Annotated, Any

import typer
import uvicorn

from app.cli.desk import DEFAULT_HOST, DEFAULT_PORT, prepare_database
from app.cli.output import note
from app.errors import Conflict
from app.issuing.desk import open_issuing
from app.settings import Settings, read_settings

HostOption = Annotated[
    str, typer.Option(envvar="HOST", help="The address to listen on; 0.0.0.0 for all of them.")
]
PortOption = Annotated[
    int, typer.Option(envvar="PORT", min=1, max=65535, help="The port to listen on.")
]

_SHUTDOWN_SECONDS = 20
# A process that does not answer its parent for so long is replaced. On a busy machine even the
# start of one takes longer than the server's own five seconds.
_BUSY_SECONDS = 120


class JsonLines(logging.Formatter):
    """The server's own messages in the form of ours: one JSON object per line."""

    def format(self, record: logging.LogRecord) -> str:
        """One line; the place of an error, if there is one, is part of it."""
        members: dict[str, Any] = {
            "event": record.getMessage(),
            "level": record.levelname.lower(),
            "timestamp": datetime.fromtimestamp(record.created, UTC).isoformat(),
        }
        if record.exc_info:
            members["error"] = self.formatException(record.exc_info)
        return json.dumps(members)


def serve(
    host: HostOption = DEFAULT_HOST,
    port: PortOption = DEFAULT_PORT,
    processes: Annotated[
        int | None,
        typer.Option(
            envvar="PROCESSES",
            min=1,
            max=64,
            help="How many processes share the work; one for each core if not said.",
        ),
    ] = None,
) -> None:
    """Run the service until it is stopped (Ctrl-C).

    \b
    Example: signet serve --host 0.0.0.0 --port 8000 --processes 4

    Set SIGNET_PUBLIC_URL to the address that the world sees. Put a web server that speaks https in
    front of it. The embedded database is brought up to date by itself; PostgreSQL is not: run
    `signet migrate` first.
    """
    settings = read_settings(host=host, port=port)
    check_address(host, port)
    prepare_database(settings, create=True)
    open_issuing(settings)  # what is wrong with keys or contexts is said now, in one sentence
    note(f"Signet is at {settings.public_url} (stop it with Ctrl-C).")
    run(settings, host=host, port=port, processes=processes or _cores())


def check_address(host: str, port: int) -> None:
    """Raise Conflict when somebody else listens there, or the address is not this machine's."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        raise Conflict(
            "unavailable",
            f"Cannot listen on {host}, port {port}: {error.strerror}. "
            "Choose another one with --port, or stop what is running there.",
        ) from None


def run(settings: Settings, *, host: str, port: int, processes: int) -> None:
    """Answer requests until stopped. Each process reads the settings from the environment."""
    sys.stdout.flush()  # what was said so far may be read through a pipe
    os.environ["SIGNET_PUBLIC_URL"] = settings.public_url
    with _shared_numbers(processes):
        uvicorn.run(
            "app.main:create_service",
            factory=True,
            host=host,
            port=port,
            # It ends a request whose head does not end. The faster httptools, which would be taken
            # wherever it happens to be installed, keeps all of it in memory.
            http="h11",
            workers=processes,
            # Addresses and schemes are not taken from a request, so neither from a proxy's headers.
            proxy_headers=False,
            server_header=False,
            access_log=False,  # ours holds the route's pattern instead of the address
            log_config=_log_config(settings.log_level),
            timeout_graceful_shutdown=_SHUTDOWN_SECONDS,
            timeout_worker_healthcheck=_BUSY_SECONDS,
        )


def _cores() -> int:
    """How many cores this process may use, which in a container are fewer than the machine has."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@contextmanager
def _shared_numbers(processes: int) -> Iterator[None]:
    """A folder in which several processes keep the numbers of `/metrics` together."""
    if processes == 1:
        yield
        return
    with tempfile.TemporaryDirectory(prefix="signet-metrics-") as folder:
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = folder
        try:
            yield
        finally:
            del os.environ["PROMETHEUS_MULTIPROC_DIR"]


def _log_config(level: str) -> dict[str, Any]:
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"json": {"()": "app.cli.serve.JsonLines"}},
        "handlers": {
            "stderr": {
                "class": "logging.StreamHandler",
                "formatter": "json",
                "stream": "ext://sys.stderr",
            }
        },
        "loggers": {"uvicorn": {"handlers": ["stderr"], "level": level, "propagate": False}},
    }

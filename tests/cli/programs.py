"""The program in a process of its own, for what a process does: signals, ports, pipes."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import text

from app.settings import Settings
from app.storage.database import make_engine, writing

PROGRAM = (sys.executable, "-c", "from app.cli import main; main()")


@contextmanager
def running(*arguments: str, until: str) -> Iterator["subprocess.Popen[str]"]:
    """The program, once its standard error says `until`; interrupted at the end."""
    process = subprocess.Popen(
        [*PROGRAM, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )  # fmt: skip
    try:
        assert process.stderr is not None
        said = []
        for line in process.stderr:
            said.append(line)
            if until in line:
                break
        else:
            raise AssertionError("".join(said))
        yield process
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
        process.communicate(timeout=60)


def wait_until_ready(url: str, process: "subprocess.Popen[Any]") -> None:
    """Ask until the program answers 200; three minutes at most, for a machine with much to do."""
    deadline = time.monotonic() + 180
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=1):  # noqa: S310 - our own program
                return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            continue
    raise AssertionError("the service did not become ready")


def statement(settings: Settings, *sql: str) -> None:
    """Change a database behind the program's back."""
    engine = make_engine(settings)
    with writing(engine).begin() as connection:
        for line in sql:
            connection.execute(text(line))
    engine.dispose()


def free_port() -> int:
    """A port on which nobody listens just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port

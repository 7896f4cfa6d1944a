"""Servers to be measured over HTTP: ours, the least signing service, and an empty route."""

import json
import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from app.encoding.dates import format_datetime
from bench.example import NOW, Example
from bench.libraries import FOLDER, node
from tests.cli.programs import free_port

TICK = 1 / os.sysconf("SC_CLK_TCK")
"""Seconds: how finely the kernel counts processor time."""


@dataclass(frozen=True)
class Server:
    """A program that answers on a port of this machine."""

    port: int
    process: "subprocess.Popen[bytes]"
    ready_after: float  # seconds on the clock from its start to the first answer that it is ready

    def seconds(self) -> float:
        """Processor time that it has used so far, with its processes."""
        return sum(_seconds(pid) for pid in _family(self.process.pid))

    def peak_memory(self) -> int:
        """The most bytes that its largest process has held so far."""
        return peak_memory_of(self.process.pid)


PROGRAM = str(Path(sys.executable).with_name("signet"))


def environment_of(folder: Path, database_url: str, port: int) -> dict[str, str]:
    """What the programs of one service are told."""
    return {
        **os.environ,
        "SIGNET_DATABASE_URL": database_url,
        "SIGNET_KEYS": f"file:{folder / 'keys'}",
        "SIGNET_PUBLIC_URL": f"http://127.0.0.1:{port}",
        "SIGNET_LOG_LEVEL": "WARNING",
    }


@contextmanager
def signet(environment: Mapping[str, str], port: int, processes: int) -> Iterator[Server]:
    """`signet serve`, its database migrated."""
    subprocess.run([PROGRAM, "migrate"], env=environment, check=True, stdout=subprocess.DEVNULL)
    command = [PROGRAM, "serve", "--port", str(port), "--processes", str(processes)]
    with _running(command, port, "/readyz", environment) as server:
        yield server


@contextmanager
def signing_service(example: Example, library: str) -> Iterator[Server]:
    """The library behind Express; it stores nothing."""
    port = free_port()
    told = {
        "library": library,
        "key": example.peer_key(),
        "created": format_datetime(NOW),
        "port": port,
    }
    command = [node(), str(FOLDER / "signing_service.mjs"), json.dumps(told)]
    with _running(command, port, "/", os.environ) as server:
        yield server


@contextmanager
def empty_route() -> Iterator[Server]:
    """FastAPI with a route that does nothing."""
    port = free_port()
    command = [
        sys.executable, "-m", "uvicorn", "--factory", "bench.empty:create_app",
        "--port", str(port), "--no-access-log", "--log-level", "warning",
    ]  # fmt: skip
    with _running(command, port, "/", os.environ) as server:
        yield server


@contextmanager
def _running(
    command: Sequence[str], port: int, path: str, environment: Mapping[str, str]
) -> Iterator[Server]:
    began = time.monotonic()
    process = subprocess.Popen(
        command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        _wait(f"http://127.0.0.1:{port}{path}", process)
        yield Server(port, process, time.monotonic() - began)
    finally:
        stop(process)


def stop(process: "subprocess.Popen[bytes]") -> None:
    """End a program, if need be without asking."""
    process.terminate()
    try:
        process.wait(timeout=60)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _wait(url: str, process: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except OSError:  # not there yet, or there and not ready: 503 is one too
            time.sleep(0.02)
    raise RuntimeError(f"{process.args!r} did not answer")


def _family(pid: int) -> Iterator[int]:
    yield pid
    for children in Path(f"/proc/{pid}/task").glob("*/children"):
        with suppress(OSError):  # a thread that has just ended
            for child in children.read_text().split():
                yield from _family(int(child))


def _seconds(pid: int) -> float:
    # The name in parentheses may hold spaces; what follows it are numbers (proc(5)).
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) * TICK


def peak_memory_of(pid: int) -> int:
    """The most bytes that the largest process of a program has held so far, by the kernel's count.

    0 when it has ended.
    """
    return max((_high_water_mark(each) for each in _family(pid)), default=0)


def _high_water_mark(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:  # it has just ended
        return 0
    marks = [int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM:")]
    return max(marks, default=0)

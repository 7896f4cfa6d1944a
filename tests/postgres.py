"""PostgreSQL servers of our own, thrown away after use: for tests, drills and the benchmark."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import URL

FAST = ("fsync=off", "full_page_writes=off")
"""No care for a crash: right where nothing outlives the run, and nothing is measured."""


@dataclass(frozen=True)
class Cluster:
    """A server that only listens on a socket in its own folder."""

    programs: Path
    folder: Path
    user: str | None
    settings: tuple[str, ...]

    @property
    def url(self) -> URL:
        """Where it is; the database is one that always exists."""
        return URL.create(
            "postgresql+psycopg",
            username="postgres",
            database="postgres",
            query={"host": str(self.folder)},
        )

    def create(self) -> None:
        """Make its files."""
        data = str(self.folder / "data")
        self._run("initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync")

    def start(self) -> None:
        """Start it, and wait until it answers."""
        settings = " ".join(f"-c {each}" for each in self.settings)
        options = f"-k {self.folder} -c listen_addresses='' {settings}"
        self._control("-w", "-l", str(self.folder / "log"), "-o", options, "start")

    def stop(self) -> None:
        """Stop it at once, as a power cut would."""
        self._control("-w", "-m", "immediate", "stop")

    def _control(self, *arguments: str) -> None:
        self._run("pg_ctl", "-D", str(self.folder / "data"), *arguments)

    def _run(self, program: str, *arguments: str) -> None:
        subprocess.run(
            [self.programs / program, *arguments],
            check=True,
            cwd=self.folder,
            user=self.user,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            env={"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"},
        )


def find_programs() -> Path | None:
    """The folder of initdb and pg_ctl: on PATH, or where Debian keeps the newest of them."""
    found = shutil.which("initdb")
    folders = sorted(
        Path("/usr/lib/postgresql").glob("*/bin"), key=lambda folder: int(folder.parent.name)
    )
    candidates = [Path(found).parent] if found else []
    for folder in [*candidates, *reversed(folders)]:
        if (folder / "initdb").exists() and (folder / "pg_ctl").exists():
            return folder
    return None


@contextmanager
def running_cluster(programs: Path, *settings: str) -> Iterator[Cluster]:
    """A new server with these settings (`name=value`), gone with all it held at the end."""
    # PostgreSQL refuses to run as root; as anybody else it runs as we are.
    user = "nobody" if os.geteuid() == 0 else None
    # Not pytest's own folder: its path may be too long for a socket, and closed to other users.
    folder = Path(tempfile.mkdtemp(prefix="signet-pg-", dir="/tmp"))
    try:
        if user is not None:
            shutil.chown(folder, user)
        cluster = Cluster(programs, folder, user, settings)
        cluster.create()
        cluster.start()
        try:
            yield cluster
        finally:
            cluster.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)

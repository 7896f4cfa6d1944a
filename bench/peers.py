"""The peers from npm, each in a process of its own, and whether they understand us and we them."""

import json
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from app.encoding.dates import format_datetime
from app.encoding.strict_json import dump_json
from bench.example import NOW, Example
from bench.works import verify

FOLDER = Path(__file__).parent / "peers"
LIBRARIES = ("digitalbazaar", "digitalcredentials")


class Peer:
    """A JavaScript library at work; figures count its own processor time."""

    def __init__(self, library: str, process: "subprocess.Popen[str]") -> None:
        self.library = library
        self._process = process

    def measure(self, work: str) -> Callable[[float], float]:
        """How often it does `work` in a second of processor time, measured for so many seconds."""

        def measured(seconds: float) -> float:
            answer = self.ask({"work": work, "seconds": seconds})
            return float(answer["count"] / answer["seconds"])

        return measured

    def ask(self, question: Any) -> Any:
        """One line there, one line back."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(question) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"{self.library} stopped")
        return json.loads(line)


@contextmanager
def peer(library: str, example: Example, secured: bytes) -> Iterator[Peer]:
    """A peer that has verified our badge, and whose badge we have verified."""
    node = shutil.which("node")
    if node is None or not (FOLDER / "node_modules").is_dir():
        raise SystemExit("The peers are not installed; `make bench` does it, with Node.js and npm.")
    process = subprocess.Popen(
        [node, str(FOLDER / "peer.mjs")], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    try:
        made = Peer(library, process)
        theirs = made.ask(
            {
                "library": library,
                "key": example.peer_key(),
                "created": format_datetime(NOW),
                "unsecured": example.unsecured.decode(),
                "secured": secured.decode(),
            }
        )
        verify(example, dump_json(theirs))
        yield made
    finally:
        process.kill()
        process.communicate()


def versions() -> dict[str, str]:
    """The installed versions, by package."""
    lock = json.loads((FOLDER / "package-lock.json").read_bytes())["packages"]
    named = lock[""]["dependencies"]
    return {name: lock[f"node_modules/{name}"]["version"] for name in named}

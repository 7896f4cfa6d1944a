"""The peers from npm and PyPI, each in a process of its own, and whether they understand the badge.

The JavaScript libraries have verified what Signet signed, and Signet what they signed, before any
figure is taken. didkit knows neither VCDM 2.0 nor Data Integrity, so it gets the same badge as a
VCDM 1.1 credential (`as_vcdm_1_1`) and checks its own signature, an Ed25519Signature2020.
"""

import json
import shutil
import subprocess
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from app.encoding.dates import format_datetime
from app.encoding.multibase import decode_base58btc, encode_base64url
from app.encoding.strict_json import JsonObject, dump_json, parse_object
from bench.example import NOW, Example
from bench.works import verify

FOLDER = Path(__file__).parent / "peers"
LIBRARIES = ("digitalbazaar", "digitalcredentials")
DIDKIT_PYTHON = FOLDER / ".venv" / "bin" / "python"
_VCDM_1_1 = "https://www.w3.org/2018/credentials/v1"
_STATUS = "https://www.w3.org/ns/credentials/status/v1"
_MUST_BE_SIGNED = {"name", "targetName", "value", "statusListIndex", "narrative"}


class NotInstalled(Exception):
    """A peer, or what it needs, is missing; the text says how to get it."""


class Peer:
    """A library at work; figures count its own processor time."""

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
        try:
            self._process.stdin.write(json.dumps(question) + "\n")
            self._process.stdin.flush()
        except BrokenPipeError:
            raise RuntimeError(f"{self.library} stopped") from None
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"{self.library} stopped")
        return json.loads(line)


@contextmanager
def npm_peer(library: str, example: Example, secured: bytes) -> Iterator[Peer]:
    """A JavaScript library that has verified our badge, and whose badge we have verified."""
    with _at_work(library, [node(), str(FOLDER / "peer.mjs")]) as made:
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


@contextmanager
def didkit_peer(example: Example) -> Iterator[Peer]:
    """didkit, which has verified what it signed and refused each change of it."""
    if not has_didkit():
        raise NotInstalled("no didkit: `make bench` installs it where it has a wheel")
    command = [str(DIDKIT_PYTHON), str(Path(__file__).with_name("didkit_peer.py"))]
    with _at_work("didkit", command) as made:
        answer = made.ask(
            {"key": _jwk(example.secret_key), "unsecured": dump_json(as_vcdm_1_1(example)).decode()}
        )
        if set(answer["refuses"]) != _MUST_BE_SIGNED:
            raise RuntimeError(f"didkit notices no change outside {answer['refuses']}")
        yield made


def has_didkit() -> bool:
    """Whether it is installed: it has wheels for some platforms only."""
    return (FOLDER / ".venv" / ".installed").is_file()


def as_vcdm_1_1(example: Example) -> JsonObject:
    """The badge for a library that knows VCDM 1.1 only: every member of it, under older contexts.

    didkit loads no context that it does not bring along, so Open Badges' and the status entry's
    are written into the document. `validFrom` becomes `issuanceDate`.
    """
    document = parse_object(example.unsecured)
    held = example.desk.contexts.documents
    written: list[Any] = [_VCDM_1_1]
    for url in [*document["@context"][1:], _STATUS]:
        context = held[url]["@context"]
        written += context if isinstance(context, list) else [context]
    issued = document.pop("validFrom")
    return {**document, "@context": written, "issuanceDate": issued}


def node() -> str:
    """The program that runs the peers from npm; raises `NotInstalled`."""
    found = shutil.which("node")
    if found is None or not (FOLDER / "node_modules" / ".installed").is_file():
        raise NotInstalled("no peers from npm: `make bench` installs them, with Node.js and npm")
    return found


@contextmanager
def _at_work(library: str, command: Sequence[str]) -> Iterator[Peer]:
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        yield Peer(library, process)
    finally:
        process.kill()
        process.communicate()


def _jwk(secret_key: str) -> dict[str, str]:
    seed = decode_base58btc(secret_key[1:])[2:]
    public = Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw()
    numbers = {"x": encode_base64url(public), "d": encode_base64url(seed)}
    return {"kty": "OKP", "crv": "Ed25519", **numbers}


def versions() -> dict[str, str]:
    """The locked versions, by package."""
    lock = json.loads((FOLDER / "package-lock.json").read_bytes())["packages"]
    named = lock[""]["dependencies"]
    pinned = (
        line.split()[0].split("==")
        for line in (FOLDER / "requirements.txt").read_text().splitlines()
        if "==" in line
    )
    return {
        **{name: lock[f"node_modules/{name}"]["version"] for name in named},
        **dict(pinned),
    }

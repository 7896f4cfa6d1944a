"""Handing an input to the verifier, with the scene's documents for a network."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from signal import ITIMER_PROF, SIGPROF, setitimer, signal
from types import FrameType

from app.fetch.documents import fetch_from_documents
from app.fetch.result import Fetched
from app.jsonld.contexts import load_contexts
from app.keys.resolution import make_resolver
from app.proofs.profiles import PROFILES
from app.verification.authenticity import World
from app.verification.result import VerificationResult
from app.verification.verify import verify_credential
from tests.forgeries.scene import NOW, UNIVERSITY, Scene
from tests.forgeries.signing import Json

CONTEXTS = load_contexts(Path(__file__).parents[2] / "contexts")


def as_bytes(data: bytes | str | Json) -> bytes:
    if isinstance(data, bytes):
        return data
    return data.encode() if isinstance(data, str) else json.dumps(data).encode()


def world_of(scene: Scene, fetched: list[str] | None = None, now: datetime = NOW) -> World:
    """The world that a scene is; every address looked at is noted in `fetched`."""
    read = fetch_from_documents(scene.documents)

    def fetch(url: str) -> Fetched:
        if fetched is not None:
            fetched.append(url)
        return read(url)

    return World(
        contexts=CONTEXTS,
        resolve=make_resolver(fetch),
        fetch_status=lambda url: fetch(url).body,
        known_issuer=lambda issuer: issuer == UNIVERSITY,
        now=now,
    )


def examine(
    data: bytes | str | Json,
    scene: Scene,
    *,
    profile: str = "open-badge",
    fetched: list[str] | None = None,
    now: datetime = NOW,
) -> VerificationResult:
    return verify_credential(
        as_bytes(data), profile=PROFILES[profile], world=world_of(scene, fetched, now)
    )


def finding(result: VerificationResult) -> tuple[str, str]:
    """The verdict, and the code of the first check that explains it."""
    wanted = {"verified": (), "not_checked": ("not_checked",)}.get(result.verdict, ("failed",))
    for check in result.checks:
        if check.problem is not None and check.outcome in wanted:
            return result.verdict.value, check.problem.code
    return result.verdict.value, ""


class TooMuchWork(AssertionError):
    """An input kept the processor busy for longer than any honest one could."""


@contextmanager
def processor_seconds(limit: float) -> Iterator[None]:
    """Fail when this process computes for longer; time that others take does not count."""

    def stop(_number: int, _frame: FrameType | None) -> None:
        raise TooMuchWork(f"more than {limit} seconds of work")

    before = signal(SIGPROF, stop)
    setitimer(ITIMER_PROF, limit)
    try:
        yield
    finally:
        setitimer(ITIMER_PROF, 0)
        signal(SIGPROF, before)

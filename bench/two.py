"""Does a second process bring a second core's worth?"""

import multiprocessing
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from statistics import median

from bench.example import example_in
from bench.works import issue_with

_ready: list[Callable[[], bytes]] = []
"""In a process of the pool: the work, made once."""


def two_against_one(*, rounds: int, seconds: float) -> float:
    """Badges issued on the clock by two processes together, against one; median over the rounds."""
    context = multiprocessing.get_context("spawn")
    with context.Pool(2, initializer=_make_ready) as pool:
        ratios = []
        for _ in range(rounds + 1):
            [alone] = pool.map(_rate, [seconds], chunksize=1)
            together = sum(pool.map(_rate, [seconds] * 2, chunksize=1))
            ratios.append(together / alone)
        return median(ratios[1:])  # the first is for warmth


def _make_ready() -> None:
    stay = ExitStack()
    folder = stay.enter_context(tempfile.TemporaryDirectory())
    example = stay.enter_context(example_in(Path(folder)))
    _ready.append(partial(issue_with(example, "eddsa-rdfc-2022"), example.unsecured))
    multiprocessing.util.Finalize(None, stay.close, exitpriority=1)


def _rate(seconds: float) -> float:
    [issue] = _ready
    count, began = 0, time.monotonic()
    while (passed := time.monotonic() - began) < seconds:
        issue()
        count += 1
    return count / passed

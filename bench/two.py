"""Does a second process bring a second core's worth?"""

import multiprocessing
import tempfile
import time
from pathlib import Path

from bench.example import example_in
from bench.works import issue_with


def per_second(processes: int, seconds: float) -> float:
    """Badges issued per second on the clock, in process, by so many processes together."""
    context = multiprocessing.get_context("spawn")
    with context.Pool(processes) as pool:
        pool.map(_issue_for, [seconds / 4] * processes, chunksize=1)  # started and warm
        began = time.monotonic()
        counts = pool.map(_issue_for, [seconds] * processes, chunksize=1)
        return sum(counts) / (time.monotonic() - began)


def _issue_for(seconds: float) -> int:
    with tempfile.TemporaryDirectory() as folder, example_in(Path(folder)) as example:
        issue = issue_with(example, "eddsa-rdfc-2022")
        issue(example.unsecured)
        count, until = 0, time.monotonic() + seconds
        while time.monotonic() < until:
            issue(example.unsecured)
            count += 1
        return count

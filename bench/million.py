"""A million rows through the front door, and then each of them checked: `python -m bench.million`.

A batch for two worker processes on a PostgreSQL of its own, thrown away afterwards; `signet fsck`
over all that was stored. Takes some twenty minutes and seven gigabytes; `--rows` for fewer.
"""

import argparse
import json
import subprocess
import sys
import time

from bench.batch import BatchRun, run_batch
from bench.over_http import Service, service_on_postgresql
from bench.servers import PROGRAM, peak_memory_of

_MIB = 1024 * 1024


def main() -> None:
    """Issue, check, and say what it took; the status is 1 when the check found something."""
    arguments = argparse.ArgumentParser(prog="bench.million", description=__doc__)
    arguments.add_argument("--rows", type=int, default=1_000_000)
    rows = arguments.parse_args().rows
    with service_on_postgresql() as (service, url):
        say(f"{rows:,} rows for two worker processes")
        say_batch(run_batch(service, url, rows=rows, processes=2))
        say(f"`signet serve` held {service.server.peak_memory() / _MIB:.0f} MiB at most")
        found = check_all(service)
    sys.exit(1 if found else 0)


def say_batch(batch: BatchRun) -> None:
    """The rates, and how they were from tenth to tenth."""
    say(
        f"ready after {batch.start:.1f} s; every row checked, and the first commit, after "
        f"{batch.before:.1f} s; {batch.issue_seconds:.1f} s from the first commit to the last: "
        f"{batch.per_second:,.0f} a second, {batch.per_second_with_check:,.0f} with the check"
    )
    for stored, rate in batch.by_rows():
        say(f"  {stored:>11,.0f} rows  {rate:>6,.0f} a second")
    say(f"the largest worker process held {batch.peak_memory / _MIB:.0f} MiB at most")


def check_all(service: Service) -> int:
    """`signet fsck`; how much it found."""
    began = time.monotonic()
    command = [PROGRAM, "fsck", "--json"]
    checking = subprocess.Popen(command, env=service.environment, stdout=subprocess.PIPE)
    peak = 0
    while checking.poll() is None:
        peak = max(peak, peak_memory_of(checking.pid))
        time.sleep(1)
    answer = json.loads(checking.communicate()[0])
    seconds = time.monotonic() - began
    say(
        f"`signet fsck`: {answer['credentials']:,} credentials in {seconds:.0f} s, "
        f"{answer['credentials'] / seconds:,.0f} a second, {peak / _MIB:.0f} MiB at most: "
        f"{len(answer['findings'])} findings"
    )
    return len(answer["findings"])


def say(sentence: str) -> None:
    """One line, at once."""
    sys.stdout.write(sentence + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()

"""Signet beside its peers, in one run: `make bench`, or `make bench-quick` in two minutes.

Everything in process is counted per second of the process's own time, in turns, so that a noisy
neighbour hits all alike; what is published are the ratios. The long run writes docs/performance.md
with its plots, both write bench/results.json.
"""

import argparse
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from app.settings import PROJECT
from bench import growth, two
from bench.batch import BatchRun, run_batch
from bench.example import Example, example_in
from bench.over_http import (
    Asked,
    measure_empty_route,
    measure_signet,
    measure_signing_service,
    service_with_issuer,
)
from bench.peers import LIBRARIES, peer
from bench.poison import seconds_for, worst_documents
from bench.rates import Rates, in_turns, own_rate
from bench.report import Figures, write_page, write_results
from bench.works import issue_with, limit_works, pyld_works, signet_works
from tests.postgres import find_programs, running_cluster


@dataclass(frozen=True)
class Plan:
    """How long a run takes its time."""

    rounds: int
    seconds: float  # of each work in each round
    http_seconds: float
    batch_rows: int
    repeats: int


LONG = Plan(rounds=9, seconds=2.0, http_seconds=10.0, batch_rows=100_000, repeats=50)
QUICK = Plan(rounds=3, seconds=0.4, http_seconds=1.0, batch_rows=1_000, repeats=5)


def main() -> None:
    """Measure, print, and write."""
    arguments = argparse.ArgumentParser(prog="bench", description=__doc__)
    arguments.add_argument("--quick", action="store_true", help="less time, and no page")
    quick = arguments.parse_args().quick
    plan = QUICK if quick else LONG
    with tempfile.TemporaryDirectory() as folder, example_in(Path(folder)) as example:
        rates = _in_process(example, plan)
        figures = Figures(
            rates=rates,
            poison=tuple(
                (name, *seconds_for(example, document))
                for name, document in worst_documents(example)
            ),
            growth=growth.curves(example, plan.repeats),
            two_processes=_two_processes(plan),
            http=_over_http(example, plan),
            batch=_batch(plan),
        )
    write_results(figures, PROJECT / "bench" / "results.json")
    if not quick:
        write_page(figures, PROJECT / "docs")
    sys.stdout.write(figures.table())


def _in_process(example: Example, plan: Plan) -> Rates:
    secured = issue_with(example, "eddsa-rdfc-2022")(example.unsecured)
    works = {f"Signet: {n}": own_rate(w) for n, w in signet_works(example).items()}
    works |= {f"PyLD: {n}": own_rate(w) for n, w in pyld_works(example, secured).items()}
    works |= {f"limit: {n}": own_rate(w) for n, w in limit_works(example, secured).items()}
    with ExitStack() as peers:
        for library in LIBRARIES:
            at_work = peers.enter_context(peer(library, example, secured))
            for work in ("issue", "verify"):
                works[f"@{library}/vc: {work}"] = at_work.measure(work)
        return in_turns(works, rounds=plan.rounds, seconds=plan.seconds, tell=_tell)


def _two_processes(plan: Plan) -> float:
    _tell("one process, then two")
    seconds = plan.seconds * 2
    return two.per_second(2, seconds) / two.per_second(1, seconds)


def _over_http(example: Example, plan: Plan) -> list[Asked]:
    asked = measure_signing_service(
        example, "digitalbazaar", seconds=plan.http_seconds, tell=_tell
    ) + measure_empty_route(seconds=plan.http_seconds, tell=_tell)
    with (
        tempfile.TemporaryDirectory() as folder,
        _postgresql() as url,
        service_with_issuer(Path(folder), url, processes=1) as service,
    ):
        return asked + measure_signet(service, seconds=plan.http_seconds, tell=_tell)


def _batch(plan: Plan) -> BatchRun:
    _tell(f"a batch of {plan.batch_rows:,} rows")
    with tempfile.TemporaryDirectory() as folder, _postgresql() as url:
        return run_batch(Path(folder), url, rows=plan.batch_rows, processes=2)


@contextmanager
def _postgresql() -> Iterator[str]:
    """A server of our own, as safe against crashes as a real one."""
    programs = find_programs()
    if programs is None:
        raise SystemExit("PostgreSQL is not installed; `make bench` does it on Debian.")
    with running_cluster(programs) as cluster:
        yield cluster.url.render_as_string(hide_password=False)


def _tell(what: str) -> None:
    sys.stderr.write(f"{what}\n")


if __name__ == "__main__":
    main()

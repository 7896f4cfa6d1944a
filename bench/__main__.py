"""Signet beside its peers, in one run: `make bench`, or `make bench-quick` in two minutes.

Everything in process is counted per second of the process's own time, in turns, so that a noisy
neighbour hits all alike; what is published are the ratios. The long run writes docs/performance.md
with its plots, every run writes bench/results.json. A part that fails is told in the table and
loses no other; where a figure that has a goal is missing, the run ends with 1.
"""

import argparse
import sys
import tempfile
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from app.settings import PROJECT
from bench import growth, poison, two
from bench.batch import run_batch
from bench.example import Example, example_in
from bench.libraries import LIBRARIES, Peer, didkit_peer, npm_peer
from bench.over_http import (
    Served,
    measure_empty_route,
    measure_signet,
    measure_signing_service,
    service_on_postgresql,
)
from bench.page import write_page
from bench.parts import Parts
from bench.rates import Rates, in_turns, own_rate
from bench.report import Figures, write_results
from bench.works import issue_with, limit_works, pyld_works, signet_works


@dataclass(frozen=True)
class Plan:
    """How long a run takes its time."""

    rounds: int
    seconds: float  # of each work in each round
    http_seconds: float
    batch_rows: int
    repeats: int
    learners: int  # more than anything of ours remembers
    complete: bool  # every worst input and every size; or one of each family, and two sizes


LONG = Plan(rounds=9, seconds=2.0, http_seconds=10.0, batch_rows=100_000, repeats=50,
            learners=5_000, complete=True)  # fmt: skip
QUICK = Plan(rounds=3, seconds=0.4, http_seconds=1.0, batch_rows=2_000, repeats=5,
             learners=5_000, complete=True)  # fmt: skip
LEAST = Plan(rounds=1, seconds=0.02, http_seconds=0.1, batch_rows=1_000, repeats=1,
             learners=20, complete=False)  # fmt: skip


def main() -> None:
    """Measure, print, and write."""
    arguments = argparse.ArgumentParser(prog="bench", description=__doc__)
    size = arguments.add_mutually_exclusive_group()
    size.add_argument("--quick", action="store_true", help="less time, and no page")
    size.add_argument("--least", action="store_true", help="in seconds: does it work at all?")
    arguments.add_argument("--results", type=Path, default=PROJECT / "bench" / "results.json")
    told = arguments.parse_args()
    plan = QUICK if told.quick else LEAST if told.least else LONG
    figures = measure(plan, Parts())
    write_results(figures, told.results)
    if plan is LONG:
        write_page(figures, PROJECT / "docs")
    sys.stdout.write(figures.table())
    sys.exit(1 if None in figures.measured().values() else 0)


def measure(plan: Plan, parts: Parts) -> Figures:
    """Every part, one after the other."""
    with tempfile.TemporaryDirectory() as folder, example_in(Path(folder)) as example:
        rates = _in_process(example, plan, parts)
        worst = poison.measure(example, every=plan.complete, parts=parts)
        points = None if plan.complete else 2
        by_bytes = partial(growth.by_bytes, example, repeats=plan.repeats, points=points)
        by_blanks = partial(growth.by_blank_nodes, example, repeats=plan.repeats, points=points)
        grown = {
            "bytes": parts.attempt("growth with bytes", by_bytes),
            "blank nodes": parts.attempt("growth with blank nodes", by_blanks),
        }
        served = [
            parts.attempt("signing service", lambda: _signing_service(example, plan, parts)),
            parts.attempt(
                "empty route",
                lambda: measure_empty_route(seconds=plan.http_seconds, tell=parts.tell),
            ),
        ]
    parts.tell("one process against two")
    together = parts.attempt(
        "two processes",
        lambda: two.two_against_one(rounds=plan.rounds, seconds=plan.seconds),
    )
    batch = None
    with ExitStack() as stay:
        opened = parts.attempt("service", lambda: stay.enter_context(service_on_postgresql()))
        if opened is not None:
            service, url = opened
            served.append(
                parts.attempt(
                    "Signet over HTTP",
                    lambda: measure_signet(service, seconds=plan.http_seconds, tell=parts.tell),
                )
            )
            parts.tell(f"a batch of {plan.batch_rows:,} rows")
            batch = parts.attempt(
                "batch", lambda: run_batch(service, url, rows=plan.batch_rows, processes=2)
            )
    return Figures(
        rates=rates,
        poison=worst,
        growth={name: curves for name, curves in grown.items() if curves is not None},
        two_processes=together,
        served=tuple(each for each in served if each is not None),
        batch=batch,
        failures=parts.failures,
    )


def _in_process(example: Example, plan: Plan, parts: Parts) -> Rates:
    secured = issue_with(example, "eddsa-rdfc-2022")(example.unsecured)
    ours = signet_works(example, learners=plan.learners)
    works = {f"Signet: {n}": own_rate(w) for n, w in ours.items()}
    works |= {f"PyLD: {n}": own_rate(w) for n, w in pyld_works(example, secured).items()}
    least = limit_works(example, learners=plan.learners)
    works |= {f"limit: {n}": own_rate(w) for n, w in least.items()}
    with ExitStack() as stay:
        peers = {f"@{name}/vc": partial(npm_peer, name, example, secured) for name in LIBRARIES}
        for name, peer in {**peers, "didkit": partial(didkit_peer, example)}.items():
            at_work = parts.attempt(name, partial(_started, stay, peer))
            if at_work is not None:
                works |= {f"{name}: {work}": at_work.measure(work) for work in ("issue", "verify")}
        return in_turns(works, rounds=plan.rounds, seconds=plan.seconds, parts=parts)


def _started(stay: ExitStack, peer: Callable[[], AbstractContextManager[Peer]]) -> Peer:
    return stay.enter_context(peer())


def _signing_service(example: Example, plan: Plan, parts: Parts) -> Served:
    return measure_signing_service(
        example, "digitalbazaar", seconds=plan.http_seconds, tell=parts.tell
    )


if __name__ == "__main__":
    main()

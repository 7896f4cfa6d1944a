"""How long the smallest set of badges takes to find: `python -m bench.pathways [CASES] [BADGES]`.

The cases are hard ones (`tests/hard_pathways.py`), the same each time. Seconds are of processor
time.
"""

import statistics
import sys
import time

from app.pathways.evaluation import evaluate
from app.pathways.parsing import parse_rule
from tests.hard_pathways import hard_case
from tests.pathways import HOME, NOW


def main() -> None:
    cases = int(sys.argv[1]) if len(sys.argv) > 1 else 2000
    badges = int(sys.argv[2]) if len(sys.argv) > 2 else 30
    taken, slowest, inexact, satisfied = [], (0.0, 0), 0, 0
    for seed in range(cases):
        case = hard_case(seed, badges)
        rule = parse_rule(case.rule)
        started = time.process_time()
        answer = evaluate(rule, case.candidates, now=NOW, home=HOME, used=case.used)
        taken.append(time.process_time() - started)
        slowest = max(slowest, (taken[-1], seed))
        inexact += not answer.exact
        satisfied += answer.satisfied
    taken.sort()
    print(f"{cases} hard cases of {badges} badges, {satisfied} of them satisfied")
    print(f"median {statistics.median(taken):.3f} s")
    for percent in (90, 99):
        print(f"{percent} %   {taken[len(taken) * percent // 100]:.3f} s")
    print(f"worst  {slowest[0]:.3f} s (case {slowest[1]})")
    print(f"over a second: {sum(each > 1 for each in taken)}; not proven: {inexact}")


if __name__ == "__main__":
    main()

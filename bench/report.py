"""What was measured, beside what was hoped for: a table, and a file for programs."""

import json
import os
import platform
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from bench import libraries
from bench.batch import BatchRun
from bench.growth import Curves
from bench.over_http import Served
from bench.poison import Costs
from bench.rates import Rates

ISSUE, COLD, VERIFY = (
    "Signet: issue eddsa-rdfc-2022",
    "Signet: issue eddsa-rdfc-2022, new achievement",
    "Signet: verify eddsa-rdfc-2022",
)
_PACKAGES = ("pyld", "cryptography", "pynacl", "orjson", "fastapi", "uvicorn", "sqlalchemy")


@dataclass(frozen=True)
class Goal:
    """One line of the goals: what, the figure it must reach, and whether less is better."""

    name: str
    words: str
    wanted: float
    least: bool = False  # the figure must stay below


GOALS = (
    Goal("issue_vs_digitalbazaar", "issue, achievement seen before / `@digitalbazaar/vc`", 50),
    Goal("issue_vs_pyld", "issue, achievement seen before / PyLD", 35),
    Goal("issue_share_of_limit", "issue, achievement seen before / the limit", 0.4),
    Goal("issue_cold_vs_digitalbazaar", "issue, every achievement new / `@digitalbazaar/vc`", 30),
    Goal("verify_vs_digitalbazaar", "verify / `@digitalbazaar/vc`", 40),
    Goal("verify_share_of_limit", "verify / the limit", 0.45),
    Goal("http_issue_vs_js_signing_service", "issue over HTTP, committed / signing service", 25),
    Goal("read_vs_empty_route", "public read / the framework's empty route", 0.6),
    Goal("two_processes_vs_one", "two processes / one", 1.8),
    Goal("batch_per_second", "batch, credentials a second (two processes)", 1500),
    Goal(
        "poison_worst_seconds", "worst input of allowed size, seconds of processor", 2, least=True
    ),
)


@dataclass(frozen=True)
class Figures:
    """Everything that one run measured; what failed is missing, and told in `failures`."""

    rates: Rates
    poison: Sequence[Costs]
    growth: Mapping[str, Curves]  # by what the sizes are: bytes, or blank nodes
    two_processes: float | None
    served: Sequence[Served]
    batch: BatchRun | None
    failures: Mapping[str, str]  # by part

    def ratios(self) -> dict[str, float | None]:
        """The figures that are independent of the machine, by the names of results.json."""
        rates = self.rates
        return {
            "issue_vs_digitalbazaar": rates.ratio(ISSUE, "@digitalbazaar/vc: issue"),
            "issue_cold_vs_digitalbazaar": rates.ratio(COLD, "@digitalbazaar/vc: issue"),
            "verify_vs_digitalbazaar": rates.ratio(VERIFY, "@digitalbazaar/vc: verify"),
            "issue_vs_pyld": rates.ratio(ISSUE, "PyLD: issue"),
            "issue_share_of_limit": rates.ratio(ISSUE, "limit: issue"),
            "verify_share_of_limit": rates.ratio(VERIFY, "limit: verify"),
            "http_issue_vs_js_signing_service": self._http_ratio(
                "Signet issue", "digitalbazaar issue"
            ),
            "read_vs_empty_route": self._http_ratio("Signet read", "FastAPI empty route"),
            "two_processes_vs_one": self.two_processes,
        }

    def _http_ratio(self, name: str, against: str) -> float | None:
        rates = {
            asked.name: asked.load.per_server_second
            for served in self.served
            for asked in served.asked
            if asked.clients == 16
        }
        return rates[name] / rates[against] if name in rates and against in rates else None

    def measured(self) -> dict[str, float | None]:
        """Every figure that has a goal; None where it could not be measured."""
        return {
            **self.ratios(),
            "batch_per_second": self.batch.per_second if self.batch else None,
            "poison_worst_seconds": max((each.worst for each in self.poison), default=None),
        }

    def table(self) -> str:
        """The goals with what was measured beside them, in Markdown."""
        measured = self.measured()
        rows = ["| | goal | measured | |", "|---|---|---|---|"]
        for goal in GOALS:
            figure = measured[goal.name]
            sign = "<" if goal.least else "≥"
            said = "| not measured | |"
            if figure is not None:
                met = figure < goal.wanted if goal.least else figure >= goal.wanted
                said = f"| {_rounded(figure)} | {'reached' if met else '**missed**'} |"
            rows.append(f"| {goal.words} | {sign} {goal.wanted:,g} {said}")
        lost = [f"\nNot measured: {part} ({why})." for part, why in self.failures.items()]
        return "\n".join([*rows, *lost]) + "\n"


def _rounded(figure: float) -> str:
    """Three figures, and no exponent."""
    return f"{figure:,.0f}" if figure >= 100 else f"{figure:.3g}"


def write_results(figures: Figures, path: Path) -> None:
    """The file for programs; what could not be measured is null there, and `failed` says why."""
    measured = figures.measured()
    batch = figures.batch
    results = {
        "ratios": {name: _cut(ratio, 4) for name, ratio in figures.ratios().items()},
        "batch_per_second": _cut(measured["batch_per_second"], 1),
        "poison_worst_seconds": _cut(measured["poison_worst_seconds"], 4),
        "rates": {name: _cut(figures.rates.median(name), 1) for name in figures.rates.by_name},
        "seconds_to_ready": {each.name: _cut(each.ready_after, 2) for each in figures.served},
        "peak_memory_bytes": {
            **{each.name: each.peak_memory for each in figures.served},
            **({"batch worker": batch.peak_memory} if batch else {}),
        },
        "machine": machine(),
        "versions": versions(),
        "date": datetime.now(UTC).date().isoformat(),
        "failed": dict(figures.failures),
    }
    path.write_text(json.dumps(results, indent=2) + "\n")


def _cut(figure: float | None, places: int) -> float | None:
    return None if figure is None else round(figure, places)


def machine() -> str:
    """The machine in a line."""
    model = next(
        (
            line.partition(":")[2].strip()
            for line in Path("/proc/cpuinfo").read_text().splitlines()
            if line.startswith("model name")
        ),
        platform.machine(),
    )
    return f"{len(os.sched_getaffinity(0))} cores of {model}, Python {platform.python_version()}"


def versions() -> dict[str, str]:
    """What was measured, by version."""
    return {name: version(name) for name in _PACKAGES} | libraries.versions()

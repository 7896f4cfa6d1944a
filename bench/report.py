"""What was measured, beside what was hoped for: a table, a page, and a file for programs."""

import json
import os
import platform
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from bench import peers
from bench.batch import BatchRun
from bench.over_http import Asked
from bench.plots import bars, lines
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
    """Everything that one run measured."""

    rates: Rates
    poison: Sequence[tuple[str, float, float]]  # name, seconds in all, of canonicalisation
    growth: Mapping[str, Sequence[tuple[float, float]]]
    two_processes: float
    http: Sequence[Asked]
    batch: BatchRun

    def ratios(self) -> dict[str, float]:
        """The figures that are independent of the machine, by the names of results.json."""
        rates = self.rates
        return {
            "issue_vs_digitalbazaar": rates.ratio(ISSUE, "@digitalbazaar/vc: issue"),
            "issue_cold_vs_digitalbazaar": rates.ratio(COLD, "@digitalbazaar/vc: issue"),
            "verify_vs_digitalbazaar": rates.ratio(VERIFY, "@digitalbazaar/vc: verify"),
            "issue_vs_pyld": rates.ratio(ISSUE, "PyLD: issue"),
            "issue_share_of_limit": rates.ratio(ISSUE, "limit: issue"),
            "verify_share_of_limit": rates.ratio(VERIFY, "limit: verify"),
            "http_issue_vs_js_signing_service": self._http("Signet issue")
            / self._http("digitalbazaar issue"),
            "read_vs_empty_route": self._http("Signet read") / self._http("FastAPI empty route"),
            "two_processes_vs_one": self.two_processes,
        }

    def _http(self, name: str) -> float:
        return next(
            asked.load.per_server_second
            for asked in self.http
            if asked.name == name and asked.clients == 16
        )

    def measured(self) -> dict[str, float]:
        """Every figure that has a goal."""
        return {
            **self.ratios(),
            "batch_per_second": self.batch.per_second_with_check,
            "poison_worst_seconds": max(whole for _, whole, _ in self.poison),
        }

    def table(self) -> str:
        """The goals with what was measured beside them, in Markdown."""
        measured = self.measured()
        rows = ["| | goal | measured | |", "|---|---|---|---|"]
        for goal in GOALS:
            figure = measured[goal.name]
            met = figure < goal.wanted if goal.least else figure >= goal.wanted
            sign = "<" if goal.least else "≥"
            rows.append(
                f"| {goal.words} | {sign} {goal.wanted:,g} | {figure:,.3g} "
                f"| {'reached' if met else '**missed**'} |"
            )
        return "\n".join(rows) + "\n"


def write_results(figures: Figures, path: Path) -> None:
    """The file for programs."""
    measured = figures.measured()
    results = {
        "ratios": {name: round(ratio, 4) for name, ratio in figures.ratios().items()},
        "batch_per_second": round(measured["batch_per_second"], 1),
        "poison_worst_seconds": round(measured["poison_worst_seconds"], 4),
        "machine": machine(),
        "versions": versions(),
        "date": datetime.now(UTC).date().isoformat(),
    }
    path.write_text(json.dumps(results, indent=2) + "\n")


def write_page(figures: Figures, folder: Path) -> None:
    """The measured part of docs/performance.md, and its plots."""
    rates = {name: figures.rates.median(name) for name in figures.rates.by_name}
    (folder / "images" / "performance-rates.svg").write_text(
        bars("In process", rates, "a second of processor time")
    )
    (folder / "images" / "performance-growth.svg").write_text(
        lines("Issuing a larger badge", figures.growth, "bytes", "milliseconds")
    )
    page = folder / "performance.md"
    before, mark, _ = page.read_text().partition("<!-- measured -->\n")
    page.write_text(before + mark + _measured(figures, rates))


def _measured(figures: Figures, rates: Mapping[str, float]) -> str:
    parts = [
        f"Measured on {datetime.now(UTC).date().isoformat()} by `make bench`: {machine()}. "
        + ", ".join(f"{name} {number}" for name, number in versions().items())
        + ".\n",
        figures.table(),
        "## In process\n",
        "![Rates in process](images/performance-rates.svg)\n",
        "| work | a second of processor time, median | lowest and highest round |\n|---|---|---|",
    ]
    for name, rate in rates.items():
        rounds = figures.rates.by_name[name]
        parts.append(f"| {name} | {rate:,.0f} | {min(rounds):,.0f} to {max(rounds):,.0f} |")
    parts += [
        "\n![Milliseconds to issue, by size](images/performance-growth.svg)\n",
        "## Over HTTP\n",
        "| | clients | a second of the server's processor | a second on the clock "
        "| median, 99th of 100 (ms) |\n|---|---|---|---|---|",
    ]
    parts += [
        f"| {asked.name} | {asked.clients} | {asked.load.per_server_second:,.0f} "
        f"| {asked.load.per_second:,.0f} "
        f"| {asked.load.median_latency * 1000:.1f}, {asked.load.high_latency * 1000:.1f} |"
        for asked in figures.http
    ]
    batch = figures.batch
    parts += [
        "\n## A batch\n",
        f"{batch.rows:,} rows, two worker processes, PostgreSQL on the same machine: checked in "
        f"{batch.check_seconds:.1f} s, issued in {batch.issue_seconds:.1f} s "
        f"({batch.per_second:,.0f} a second; {batch.per_second_with_check:,.0f} with the check). "
        f"The largest worker process held {batch.peak_memory / 2**20:.0f} MiB.\n",
        "## The worst that may be sent\n",
        "| document | whole check (s) | canonicalisation (s) |\n|---|---|---|",
    ]
    parts += [f"| {name} | {whole:.3f} | {part:.3f} |" for name, whole, part in figures.poison]
    return "\n".join(parts) + "\n"


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
    return {name: version(name) for name in _PACKAGES} | peers.versions()

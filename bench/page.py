"""The measured part of docs/performance.md, and its plots."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from bench.plots import bars, lines
from bench.report import Figures, machine, versions

MARK = "<!-- measured -->\n"
"""What stands after it is written anew by each long run."""


_NO_MARKDOWN = str.maketrans({mark: f"&#{ord(mark)};" for mark in "[]*_`>"})


def write_page(figures: Figures, folder: Path) -> None:
    """The page in the folder of the documentation, and the plots in `images` below it."""
    for name, plot in plots(figures).items():
        (folder / "images" / f"performance-{name}.svg").write_text(plot)
    page = folder / "performance.md"
    before, mark, _ = page.read_text().partition(MARK)
    page.write_text(before + mark + "\n".join(_sections(figures)))


def plots(figures: Figures) -> dict[str, str]:
    """SVG by name; what was not measured has none."""
    rates = {name: figures.rates.median(name) for name in figures.rates.by_name}
    made = {"rates": bars("In process", rates, "a second of processor time")} if rates else {}
    for name, curves in figures.growth.items():
        title = f"Issuing a badge with more {name}"
        made[f"growth-{name.replace(' ', '-')}"] = lines(title, curves, name, "milliseconds")
    if figures.batch is not None and (curve := figures.batch.by_rows()):
        made["growth-rows"] = lines(
            "A batch, by the rows that are stored", {"batch": curve}, "rows", "a second"
        )
    return made


def _sections(figures: Figures) -> Iterator[str]:
    yield (
        f"Measured on {datetime.now(UTC).date().isoformat()} by `make bench`: {machine()}. "
        + ", ".join(f"{name} {number}" for name, number in versions().items())
        + ".\n"
    )
    yield figures.table()
    yield from _in_process(figures)
    yield from _over_http(figures)
    yield from _batch(figures)
    yield from _poison(figures)


def _in_process(figures: Figures) -> Iterator[str]:
    rates = figures.rates
    yield "## In process\n"
    yield "![Rates in process](images/performance-rates.svg)\n"
    yield "| work | a second of processor time, median | lowest and highest round |"
    yield "|---|---|---|"
    for name, rounds in rates.by_name.items():
        low, high = min(rounds), max(rounds)
        yield f"| {name} | {rates.median(name):,.0f} | {low:,.0f} to {high:,.0f} |"
    for name in figures.growth:
        plot = f"performance-growth-{name.replace(' ', '-')}.svg"
        yield f"\n![Milliseconds to issue, by {name}](images/{plot})"
    yield ""


def _over_http(figures: Figures) -> Iterator[str]:
    yield "## Over HTTP\n"
    yield "| | clients | a second of the server's processor | on the clock | median, 99th (ms) |"
    yield "|---|---|---|---|---|"
    for asked in (asked for served in figures.served for asked in served.asked):
        load = asked.load
        yield (
            f"| {asked.name} | {asked.clients} | {load.per_server_second:,.0f} "
            f"| {load.per_second:,.0f} "
            f"| {load.median_latency * 1000:.1f}, {load.high_latency * 1000:.1f} |"
        )
    yield "\n| server | from start to ready (s) | most memory of a process (MiB) |"
    yield "|---|---|---|"
    for each in figures.served:
        yield f"| {each.name} | {each.ready_after:.2f} | {each.peak_memory / 2**20:.0f} |"
    yield ""


def _batch(figures: Figures) -> Iterator[str]:
    batch = figures.batch
    if batch is None:
        return
    yield "## A batch\n"
    yield (
        f"{batch.rows:,} rows, two worker processes, PostgreSQL on the same machine: "
        f"{batch.issue_seconds:.1f} s from the first commit to the last "
        f"({batch.per_second:,.0f} a second), after {batch.before:.1f} s in which every row was "
        f"checked ({batch.per_second_with_check:,.0f} a second in all). The workers had been "
        f"started before that, which took {batch.start:.1f} s. "
        f"The largest worker process held {batch.peak_memory / 2**20:.0f} MiB at most.\n"
    )
    if batch.by_rows():
        yield "![The rate by the rows that are stored](images/performance-growth-rows.svg)\n"


def _poison(figures: Figures) -> Iterator[str]:
    yield "## The worst that may be sent\n"
    yield "| document | sent to | bytes | seconds of processor |"
    yield "|---|---|---|---|"
    for each in figures.poison:
        name = each.name.translate(_NO_MARKDOWN)
        yield f"| {name} | {each.door} | {each.size:,} | {each.worst:.3f} |"
    yield ""

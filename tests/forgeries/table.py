"""The tables of README.md, from the forgeries themselves: `python -m tests.forgeries.table`."""

from collections.abc import Iterator
from pathlib import Path

from tests.forgeries.all_lies import FILES, FORGERIES

README = Path(__file__).parent / "README.md"

# Every row of the attack catalogue that this service is held to.
ROWS = (
    *(f"J{n}" for n in range(1, 19)),
    *(f"P{n}" for n in range(1, 23)),
    *(f"T{n}" for n in range(1, 14)),
    "2.4",
    "2.5",
    *(f"S{n}" for n in range(1, 13)),
    "2.6",
)


def table() -> str:
    """One heading per file of lies, one line per forgery."""
    return "\n".join(_lines())


def _lines() -> Iterator[str]:
    for module in FILES:
        title = (module.__doc__ or "").partition("\n")[0]
        yield f"### {title}\n"
        yield "| row | forgery | the lie | `open-badge` says | `vc` says | because |"
        yield "|---|---|---|---|---|---|"
        name = module.__name__.rpartition(".")[2]
        for forged in sorted(FORGERIES.values(), key=lambda each: ROWS.index(each.row)):
            if forged.forge.__module__ == module.__name__:
                says = f"{forged.verdict} {_code(forged.code)}".strip()
                other = f"{forged.vc[0]} {_code(forged.vc[1])}".strip()
                same = "the same" if other == says else other
                yield (
                    f"| {forged.row} | `{forged.name}` | {forged.lie} | {says} | {same} "
                    f"| {forged.because} |"
                )
        yield f"\n`{name}.py`\n"


def _code(code: str) -> str:
    return f"`{code}`" if code else ""


if __name__ == "__main__":
    text = README.read_text(encoding="utf-8")
    mark = "<!-- tables -->\n"
    README.write_text(text.partition(mark)[0] + mark + "\n" + table(), encoding="utf-8")

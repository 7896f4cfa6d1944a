"""How commands speak: JSON for programs on standard output, lines for people, errors on stderr.

What is shown to people may come from a stranger's credential, so nothing in it reaches the terminal
as a control sequence.
"""

import json
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

_TENTHS = 10


class WrongUsage(Exception):
    """The command was asked for something that makes no sense; exit status 2."""


def complain(sentence: str) -> None:
    """What went wrong, on standard error."""
    sentence = plain(sentence)
    if sentence.partition(" ")[0].isalpha():  # a word, not a file's or an option's name
        sentence = sentence[0].upper() + sentence[1:]
    typer.secho(sentence, err=True, fg="red")


def note(sentence: str) -> None:
    """What a person should know besides the result, on standard error."""
    typer.echo(plain(sentence), err=True)


def say(line: str = "") -> None:
    """A line of the result for a person."""
    typer.echo(line)


def say_json(value: Any) -> None:
    """The result for a program: UTF-8 whatever the terminal, and nothing else on the stream."""
    typer.echo(json.dumps(value, indent=2, ensure_ascii=False).encode("utf-8", "replace"))


def say_fields(*fields: tuple[str, object]) -> None:
    """Names and values, one pair per line; what has no value is left out."""
    shown = [(name, plain(str(value))) for name, value in fields if value is not None]
    width = max((len(name) for name, _ in shown), default=0)
    for name, value in shown:
        say(f"{name:<{width}}  {value}")


def say_table(head: Sequence[str], rows: Sequence[Sequence[object]], *, none: str) -> None:
    """Columns under a head, or a sentence when there is nothing to list."""
    if not rows:
        say(none)
        return
    cells = [[plain("" if cell is None else str(cell)) for cell in row] for row in (head, *rows)]
    widths = [max(len(row[n]) for row in cells) for n in range(len(head))]
    for row in cells:
        line = (f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True))
        say("  ".join(line).rstrip())


def plain(text: str) -> str:
    """The text on one line, without anything that a terminal would obey."""
    return "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in text)


@contextmanager
def progress(title: str, total: int) -> Iterator[Callable[[int], None]]:
    """Shows how far long work has come; the block says how much is done by what it is given.

    A bar on a terminal, elsewhere a line for every tenth of the way; both on standard error.
    """
    if _is_terminal():
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
        with Progress(*columns, TimeRemainingColumn(), console=Console(stderr=True)) as bar:
            task = bar.add_task(title, total=total)
            yield lambda done: bar.update(task, completed=done)
        return
    tenths = 0

    def advance_to(done: int) -> None:
        nonlocal tenths
        if done * _TENTHS // total > tenths:
            tenths = done * _TENTHS // total
            note(f"{title}: {done} of {total}")

    note(f"{title}: {total} in all")
    yield advance_to


def _is_terminal() -> bool:
    return sys.stderr.isatty()

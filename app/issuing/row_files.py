"""Reading the rows of an upload while it is still coming in: CSV, NDJSON, JSON.

A row becomes its number and its bytes, JSON whatever the upload was. Nothing larger than one row is
ever held. What makes the whole file unreadable is raised and names the row; what is wrong with one
row stays with that row, for its own verdict: such a row is a JSON text, the name of its fault.

Rows are numbered as a person finds them again: in CSV as a spreadsheet counts, the head being
row 1; in NDJSON by line; in JSON from 1.
"""

import codecs
import csv
import json
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from types import MappingProxyType

from app.encoding.strict_json import dump_json
from app.errors import MalformedInput
from app.issuing.batch_columns import unguarded

Row = tuple[int, bytes]
"""A row's number, and its JSON on one line."""

ROW_FAULTS = MappingProxyType(
    {
        "too_large": "is larger than a row may be",
        "too_many_cells": "has more cells than the head has columns",
    }
)
"""What can be wrong with a row before anybody reads what it says."""

_BOM = "\N{ZERO WIDTH NO-BREAK SPACE}"
_DELIMITERS = ",;\t"
_BLANK = re.compile(r"[ \t\r\n]*")
_DECODER = json.JSONDecoder()
_BLOCK = 64 * 1024
_LINES_A_ROW = 3  # blank ones are no rows, but a file of nothing else would keep us busy for long


@dataclass(frozen=True)
class RowLimits:
    """How large one row may be, and how many there may be."""

    max_row_bytes: int
    max_rows: int


def read_rows(
    form: str,
    pieces: Iterable[bytes],
    limits: RowLimits,
    check_head: Callable[[list[str]], None],
) -> Iterator[Row]:
    """The rows of an upload of the form csv, ndjson or json; `pieces` are its bytes as they come.

    `check_head` is given the columns of a CSV file and raises what is wrong with them. Raises
    MalformedInput (not_utf8, not_csv, not_json, too_deep, too_large).
    """
    texts = _decoded(_blocks(pieces))
    if form == "csv":
        rows = _csv_rows(texts, limits, check_head)
    elif form == "ndjson":
        rows = _ndjson_rows(texts, limits)
    else:
        rows = _json_rows(texts, limits.max_row_bytes)
    for read, row in enumerate(rows, 1):
        _refuse_more_than(limits.max_rows, read, "rows")
        yield row


def _refuse_more_than(most: int, read: int, what: str) -> None:
    if read > most:
        raise MalformedInput("too_large", f"A batch may have at most {most} {what}.")


def _blocks(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The same in larger pieces: many tiny ones would cost more than what they say."""
    block = bytearray()
    for piece in pieces:
        block += piece
        if len(block) >= _BLOCK:
            yield bytes(block)
            block.clear()
    yield bytes(block)


def _decoded(pieces: Iterable[bytes]) -> Iterator[str]:
    """The text, without a byte order mark."""
    decoder = codecs.getincrementaldecoder("utf-8")("strict")
    first = True
    try:
        for piece in pieces:
            text = decoder.decode(piece)
            if text:
                yield text.removeprefix(_BOM) if first else text
                first = False
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        raise MalformedInput(
            "not_utf8", "The file is not UTF-8. In a spreadsheet, save it as “CSV UTF-8”."
        ) from None


def _csv_rows(
    texts: Iterable[str], limits: RowLimits, check_head: Callable[[list[str]], None]
) -> Iterator[Row]:
    longest = limits.max_row_bytes
    # A cell may go on over lines, so a line by itself says little; one without end is no CSV.
    lines = _lines(texts, longest, overlong=_no_csv)
    head = next(lines, "")
    delimiter = max(_DELIMITERS, key=head.count)
    columns = [
        name.strip().lower() for name in _cells(csv.reader([head], delimiter=delimiter), 1) or ()
    ]
    check_head(columns)
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    number = 2
    while (cells := _cells(reader, number)) is not None:
        if any(cells):
            yield number, _csv_row(columns, cells, longest)
        number += 1
        _refuse_more_than(_LINES_A_ROW * limits.max_rows, number, "lines, blank ones too")


def _cells(reader: Iterator[list[str]], number: int) -> list[str] | None:
    """The cells of the next row, or None after the last one."""
    try:
        return next(reader, None)
    except csv.Error:
        raise MalformedInput(
            "not_csv",
            f"Row {number} cannot be read: a cell with quotes in it is not closed or quoted "
            "as it should be, or is far too long.",
        ) from None


def _csv_row(columns: list[str], cells: list[str], longest: int) -> bytes:
    if any(cells[len(columns) :]):
        return dump_json("too_many_cells")
    row = dump_json(
        {name: unguarded(cell) for name, cell in zip(columns, cells, strict=False) if cell.strip()}
    )
    return row if len(row) <= longest else dump_json("too_large")


def _no_csv() -> str:
    raise MalformedInput("not_csv", "A line is far too long: this is not a CSV file.")


def _ndjson_rows(texts: Iterable[str], limits: RowLimits) -> Iterator[Row]:
    longest = limits.max_row_bytes
    lines = _lines(texts, longest, overlong=lambda: '"too_large"')
    for number, line in enumerate(lines, 1):
        _refuse_more_than(_LINES_A_ROW * limits.max_rows, number, "lines, blank ones too")
        row = line.strip().encode()
        if row:
            yield number, row if len(row) <= longest else dump_json("too_large")


def _lines(texts: Iterable[str], longest: int, *, overlong: Callable[[], str]) -> Iterator[str]:
    """The lines with their ends; of one that is too long nothing is kept but `overlong()`."""
    waiting, skipping = "", False
    for text in texts:
        *ended, rest = text.split("\n")
        for part in ended:
            yield (overlong() if skipping else waiting + part) + "\n"
            waiting, skipping = "", False
        if not skipping:
            waiting += rest
            if len(waiting) > longest:
                waiting, skipping = "", True
    if skipping or waiting:
        yield overlong() if skipping else waiting


def _json_rows(texts: Iterable[str], longest: int) -> Iterator[Row]:
    """The items of one array, alone or as the member `rows` of an object."""
    reader = _JsonText(texts, longest)
    wrapped = reader.take("{")
    if wrapped and not (reader.take('"rows"') and reader.take(":")):
        raise MalformedInput("not_json", 'Send a list of rows, or {"rows": [...]}.')
    if not reader.take("["):
        raise MalformedInput("not_json", "Send a list of rows.")
    number = 0
    while not (number == 0 and reader.take("]")):
        number += 1
        yield number, reader.item(number)
        if reader.take("]"):
            break
        if not reader.take(","):
            raise _no_json(number)
    if wrapped and not reader.take("}"):
        raise MalformedInput("not_json", "Nothing may stand beside `rows`.")
    if not reader.at_end():
        raise MalformedInput("not_json", "Something stands after the last row.")


class _JsonText:
    """A text of which only the part is held that is being read."""

    def __init__(self, texts: Iterable[str], longest: int) -> None:
        self._texts = iter(texts)
        self._longest = longest
        self._text = ""
        self._at = 0

    def take(self, word: str) -> bool:
        """Pass over blanks, and then over the word if it stands there."""
        self._pass_blanks()
        while len(self._text) - self._at < len(word):
            if not self._read_on():
                break
        found = self._text.startswith(word, self._at)
        self._at += len(word) if found else 0
        return found

    def at_end(self) -> bool:
        """Whether nothing but blanks is left."""
        self._pass_blanks()
        return self._at == len(self._text)

    def item(self, number: int) -> bytes:
        """The JSON of the value that stands here, on one line."""
        self._pass_blanks()
        while True:
            try:
                _, end = _DECODER.raw_decode(self._text, self._at)
            except RecursionError:
                raise MalformedInput("too_deep", f"Row {number} is nested too deeply.") from None
            except ValueError:
                end = -1
            if end - self._at > self._longest:
                break
            if 0 <= end < len(self._text):  # what follows is there, so a number is whole
                raw = self._text[self._at : end]
                self._at = end
                # Line ends can only be blanks between the parts: a text has them escaped.
                return raw.replace("\n", " ").replace("\r", " ").encode()
            if len(self._text) - self._at > self._longest:
                break
            if not self._read_on():
                raise _no_json(number)
        raise MalformedInput(
            "too_large", f"Row {number} is not JSON, or has more than {self._longest} bytes."
        )

    def _pass_blanks(self) -> None:
        while True:
            self._at = _BLANK.match(self._text, self._at).end()  # type: ignore[union-attr]
            if self._at < len(self._text) or not self._read_on():
                return

    def _read_on(self) -> bool:
        text = next(self._texts, "")
        self._text = self._text[self._at :] + text
        self._at = 0
        return bool(text)


def _no_json(number: int) -> MalformedInput:
    return MalformedInput("not_json", f"The list is not JSON at row {number}.")

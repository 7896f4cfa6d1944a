"""The columns of a batch in CSV: what they mean in a request to issue, and a template of them.

A cell that begins like a formula is written with an apostrophe before it, for a spreadsheet would
reckon it out, or fetch what it names; the apostrophe is taken away again when the file comes back.
"""

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from app.credentials.values import nearest
from app.encoding.strict_json import JsonObject
from app.errors import InvalidRequest

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_LONGEST_NAME = 80
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_DAY_BEGINS = "T00:00:00Z"
_DAY_ENDS = "T23:59:59Z"
YES = "yes"
"""In the column `notify`: the learner shall be told by mail, in whichever language."""

# So that nobody is written to who was not to be: Norwegian has `nb` and `nn`, and what is longer
# than a tag is rather a word for no in some language.
_NO = "no"
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*")

_NUMBER = re.compile(r"\d{1,15}(\.\d{1,9})?")


def _text(cell: str) -> Any:
    return cell


def _moment(cell: str) -> Any:
    return cell + _DAY_BEGINS if _DAY.fullmatch(cell) else cell


def _last_moment(cell: str) -> Any:
    return cell + _DAY_ENDS if _DAY.fullmatch(cell) else cell


def _number(cell: str) -> Any:
    if not _NUMBER.fullmatch(cell):
        return cell  # the check of the request says what a number looks like
    return float(cell) if "." in cell else int(cell)


def _wish(cell: str) -> Any:
    if cell.lower() == _NO:
        return None
    if cell.lower() == YES:
        return {}
    if not _LANGUAGE.fullmatch(cell):
        raise InvalidRequest(
            "bad_language",
            f"`{cell[:_LONGEST_NAME]}` is not `{YES}`, `{_NO}`, or a language such as en or en-GB.",
            field="/notify",
        )
    return {"language": cell}


@dataclass(frozen=True)
class Column:
    """One column: where its cells stand in a request to issue, and what a cell becomes there;
    None where it is to be left out."""

    path: tuple[str | int, ...]
    meaning: str
    value: Any = _text

    @property
    def pointer(self) -> str:
        """The JSON pointer of its place in the request."""
        return "".join(f"/{part}" for part in self.path)


COLUMNS: Mapping[str, Column] = MappingProxyType(
    {
        "achievement": Column(("achievement",), "the achievement's address or the last part of it"),
        "key": Column(("key",), "your own key for this row, such as an enrolment's number"),
        "email": Column(("recipient", "email"), "the learner's e-mail address; only its hash is"),
        "did": Column(("recipient", "did"), "or instead the learner's DID, from their wallet"),
        "identifier": Column(("recipient", "identifier", "value"), "or instead another identifier"),
        "identifier_type": Column(("recipient", "identifier", "type"), "and what kind that is"),
        "name": Column(("recipient", "name"), "the learner's name, if it shall be in the badge"),
        "awarded_date": Column(("awarded_date",), "when it was awarded", _moment),
        "valid_from": Column(("valid_from",), "from when it is valid; else from now", _moment),
        "valid_until": Column(("valid_until",), "until when, that day included", _last_moment),
        "activity_start": Column(("activity_start",), "when the learning began", _moment),
        "activity_end": Column(("activity_end",), "when it ended, that day included", _last_moment),
        "narrative": Column(("narrative",), "what this learner did, in Markdown"),
        "grade": Column(("grade",), "the grade, where the achievement describes one"),
        "credits_earned": Column(("credits_earned",), "credit as a number, `7.5`", _number),
        "supervision": Column(("supervision",), "how the assessment was supervised"),
        "recognition_basis": Column(("recognition_basis",), "`taught`, `prior-certificated`, …"),
        "evidence": Column(("evidence", 0, "id"), "the address of a piece of evidence"),
        "license_number": Column(("license_number",), "the number of a licence that comes with it"),
        "role": Column(("role",), "the learner's role in the activity"),
        "term": Column(("term",), "the academic term"),
        "minute": Column(("board", "minute"), "the minute of the board that confirmed the award"),
        "board_date": Column(("board", "confirmed_at"), "when the board met", _moment),
        "award": Column(("award",), "or the award that was recorded before"),
        "notify": Column(("notify",), "`yes`, `no`, or the language of a mail", _wish),
    }
)
"""Every column there is, by the name that stands in the head."""

_RECIPIENT = ("email", "did", "identifier")
_TEMPLATE = ("achievement", "key", "email", "name", "awarded_date", "valid_until")


def check_head(columns: Sequence[str], *, achievement_given: bool) -> None:
    """Raise InvalidRequest for a head with unknown, double or missing columns."""
    for place, name in enumerate(columns, 1):
        if name not in COLUMNS:
            hint = nearest(name[:_LONGEST_NAME], tuple(COLUMNS))
            raise InvalidRequest(
                "unknown_member",
                f"Column {place} of the head is not known{hint}. There are: {', '.join(COLUMNS)}.",
                field="head",
            )
        if name in columns[: place - 1]:
            raise InvalidRequest(
                "duplicate_key", f"The column {name} stands twice in the head.", field="head"
            )
    if not set(_RECIPIENT) & set(columns):
        raise InvalidRequest(
            "missing_member",
            f"The first row names the columns; one of {', '.join(_RECIPIENT)} has to be there.",
            field="head",
        )
    if "achievement" not in columns and not achievement_given:
        raise InvalidRequest(
            "missing_member",
            "The column achievement is missing; have it in the file, or name one for all rows.",
            field="head",
        )


def request_of(cells: Mapping[str, str]) -> JsonObject:
    """The request to issue, with its `key` if there is one, that the cells of a row say.

    Raises InvalidRequest for a cell that says neither yes nor no.
    """
    body: JsonObject = {}
    for name, cell in cells.items():
        column = COLUMNS[name]
        value = column.value(cell.strip())
        if value is None:
            continue
        place: Any = body
        for part, following in zip(column.path, column.path[1:], strict=False):
            place = _inner(place, part, following)
        place[column.path[-1]] = value
    return body


def _inner(place: Any, part: str | int, following: str | int) -> Any:
    """What stands at `part`, made if it is not there; a list has one item of one column."""
    if isinstance(place, list):
        place.append({})
        return place[0]
    return place.setdefault(part, [] if isinstance(following, int) else {})


def column_of(pointer: str) -> str:
    """The column that a place in the request came from; the place itself if it came from none.

    What is wrong with the row as a whole has no place, and so no column.
    """
    if not pointer:
        return pointer
    for name, column in COLUMNS.items():
        if pointer == column.pointer:
            return name
    for name, column in COLUMNS.items():
        if column.pointer.startswith(pointer + "/") or pointer.startswith(column.pointer + "/"):
            return name
    return pointer


def template(achievement_url: str, document: JsonObject, *, board: bool) -> str:
    """A CSV file to be filled in for this achievement: the head, and a row with its address."""
    names = [*_TEMPLATE]
    if document.get("resultDescription"):
        names.append("grade")
    if "creditsAvailable" in document:
        names.append("credits_earned")
    if board:
        names += ["minute", "board_date"]
    first = [achievement_url, *[""] * (len(names) - 1)]
    return csv_lines([names, first])


def csv_lines(rows: Iterable[Sequence[str]]) -> str:
    """Rows as CSV (RFC 4180), each cell guarded against being taken for a formula."""
    written = io.StringIO()
    csv.writer(written).writerows([guarded(cell) for cell in row] for row in rows)
    return written.getvalue()


def guarded(cell: str) -> str:
    """The cell as a spreadsheet will show it and not reckon it out."""
    return f"'{cell}" if cell.startswith((*_FORMULA, "'")) else cell


def unguarded(cell: str) -> str:
    """What `guarded` was given."""
    return cell[1:] if cell.startswith("'") and cell[1:].startswith((*_FORMULA, "'")) else cell

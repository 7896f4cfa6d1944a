"""Reading JSON that people wrote, and telling them all that is to be mended, with its place."""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from fractions import Fraction
from typing import Any, TypeVar

from app.credentials.conformance import found, pointer_to
from app.credentials.values import is_web_address, nearest
from app.encoding.dates import parse_datetime
from app.encoding.strict_json import JsonObject
from app.errors import CheckFailed, Finding
from app.pathways.durations import Span, span_in
from app.vocabularies.amounts import amount_in

LONGEST_TEXT = 2000
LONGEST_WORD = 512
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}", re.ASCII)
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)

Read = TypeVar("Read")


class Sheet:
    """What was found wrong so far; each `read` method answers None for what cannot be read."""

    def __init__(self) -> None:
        self.findings: list[Finding] = []
        self._no_objects: set[str] = set()

    def fault(self, code: str, pointer: str, sentence: str) -> None:
        """Note one thing to mend."""
        self.findings.append(found(code, pointer, sentence))

    def members(self, value: Any, pointer: str, known: tuple[str, ...], what: str) -> JsonObject:
        """The members of an object; unknown ones are noted and left out."""
        if not isinstance(value, dict):
            self.fault("wrong_type", pointer, f"must be an object ({what})")
            self._no_objects.add(pointer)
            return {}
        for name in value:
            if name not in known:
                place = pointer_to(pointer, name)
                sentence = f"is not a member of {what}{nearest(name, known)}"
                self.fault("unknown_member", place, sentence)
        return {name: member for name, member in value.items() if name in known}

    def items(self, value: Any, pointer: str, most: int) -> Iterator[tuple[Any, str]]:
        """The items of a list with their places, at most so many."""
        if not isinstance(value, list) or not value:
            self.fault("wrong_type", pointer, "must be a list with something in it")
        elif len(value) > most:
            self.fault("out_of_range", pointer, f"may have at most {most} items")
        else:
            for index, item in enumerate(value):
                yield item, pointer_to(pointer, index)

    def required(self, members: JsonObject, name: str, pointer: str) -> bool:
        """Whether a member that must be there is; of what is no object nothing more is asked."""
        if name not in members and pointer not in self._no_objects:
            self.fault("missing_member", pointer_to(pointer, name), "is missing")
        return name in members

    def text(self, value: Any, pointer: str, longest: int = LONGEST_TEXT) -> str | None:
        """A text with something in it."""
        if not isinstance(value, str) or not value.strip():
            self.fault("wrong_type", pointer, "must be a text with something in it")
        elif len(value) > longest:
            self.fault("out_of_range", pointer, f"may have at most {longest} characters")
        else:
            return value
        return None

    def id(self, value: Any, pointer: str) -> str | None:
        """A short id."""
        if isinstance(value, str) and _ID.fullmatch(value):
            return value
        self.fault(
            "bad_value", pointer, "must be 1 to 64 letters, digits, dots, hyphens or underscores"
        )
        return None

    def address(self, value: Any, pointer: str) -> str | None:
        """A web address."""
        if isinstance(value, str) and len(value) <= LONGEST_TEXT and is_web_address(value):
            return value
        self.fault("bad_url", pointer, "must be a web address")
        return None

    def truth(self, value: Any, pointer: str) -> bool:
        """True or false."""
        if not isinstance(value, bool):
            self.fault("wrong_type", pointer, "must be true or false")
        return value is True

    def amount(self, value: Any, pointer: str, *, most: int | None = None) -> Fraction | None:
        """An amount, written as a number or as a text such as `1/64`."""
        amount = amount_in(value)
        if amount is None:
            self.fault("bad_value", pointer, "must be an amount such as 20, 3.125 or 1/64")
        elif most is not None and amount > most:
            self.fault("out_of_range", pointer, f"must be from 0 to {most}")
            return None
        return amount

    def span(self, value: Any, pointer: str) -> Span | None:
        """A duration in years, months, weeks and days."""
        span = span_in(value)
        if span is None:
            self.fault("bad_value", pointer, "must be a duration such as P5Y or P18M")
        return span

    def moment(self, value: Any, pointer: str, *, end: bool = False) -> datetime | None:
        """A point in time, or a day: its beginning, or with `end` its last second."""
        day = isinstance(value, str) and _DAY.fullmatch(value)
        clock = "T23:59:59Z" if end else "T00:00:00Z"
        try:
            return parse_datetime(f"{value}{clock}" if day else value).astimezone(UTC)
        except CheckFailed:
            self.fault("bad_date", pointer, "must be a day or a time on the calendar")
            return None

    def each(
        self,
        members: JsonObject,
        name: str,
        pointer: str,
        most: int,
        read: Callable[[Any, str], Read | None],
    ) -> tuple[Read, ...]:
        """What `read` makes of each item of a list that may be left out."""
        if name not in members:
            return ()
        place = pointer_to(pointer, name)
        listed = (read(item, where) for item, where in self.items(members[name], place, most))
        return tuple(item for item in listed if item is not None)

    def distinct(self, ids: list[tuple[str, str]]) -> None:
        """Note every id that stands twice; pairs of id and place."""
        seen: set[str] = set()
        for id_, pointer in ids:
            if id_ in seen:
                self.fault("bad_value", pointer, f"is {id_}, which is taken already")
            seen.add(id_)

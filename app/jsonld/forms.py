"""The lines about one node, with places for texts that are not known yet and names to come.

A line starts with `\0` for its node. Statements about a node stand in the order of their
predicates; which text comes into a place changes their order only where there are several of one
predicate.
"""

import re
import secrets
from collections.abc import Callable, Iterable, Sequence
from operator import itemgetter

from app.jsonld.statements import in_order

NODE = "\0"
"""The node itself; no text holds this character once it is escaped."""

Part = Callable[[Sequence[str], Sequence[str]], str]
"""Lines, from the terms of the texts and the names of the blank nodes."""

Form = str | Part
"""The lines about a node in their order; a text when there is nothing to be filled in."""


def fill(form: Form, node: str, terms: Sequence[str], names: Sequence[str]) -> str:
    """The lines of a form about `node`."""
    lines = form if isinstance(form, str) else form(terms, names)
    return lines.replace(NODE, node)


class Marks:
    """Marks for the texts of one document, which nobody can have put into it before."""

    def __init__(self) -> None:
        self._token = f"urn:mark-{secrets.token_hex(16)}:"
        self._term = re.compile(rf'"{self._token}(\d+) ?"|<{self._token}(\d+)>')
        self.count = 0
        self.ids: list[int] = []

    def next(self, member: str) -> str:
        """The mark of the next text. One that is no id could not stand for one either."""
        number = self.count
        self.count += 1
        if member != "id":
            return f"{self._token}{number} "
        self.ids.append(number)
        return f"{self._token}{number}"

    def number(self, node: object) -> int | None:
        """Which of the terms a node is, if it is a mark."""
        found = self._term.fullmatch(node) if isinstance(node, str) else None
        return None if found is None else self._number(found)

    def place(self, line: str) -> tuple[str, int, str] | None:
        """What stands before and behind the term of that number, if the line has a mark."""
        found = self._term.search(line)
        if found is None:
            assert self._token not in line  # noqa: S101 - a mark is never signed
            return None
        return line[: found.start()], self._number(found), line[found.end() :]

    def _number(self, found: re.Match[str]) -> int:
        return int(found[1]) if found[1] else self.count + self.ids.index(int(found[2]))


def form_of(facts: Iterable[str], links: Iterable[tuple[str, int]], marks: Marks) -> Form:
    """The form of a node's facts, some of them with marks, and its links to blank nodes.

    A fact begins with its predicate; a link is a predicate and the number of a blank node.
    """
    lines: dict[str, list[str]] = {}
    for fact in facts:
        lines.setdefault(fact.partition(" ")[0], []).append(f"{NODE} {fact}")
    leading: dict[str, list[int]] = {}
    for predicate, number in links:
        leading.setdefault(predicate, []).append(number)
    gathered = _Gathered()
    for predicate in sorted(lines.keys() | leading.keys()):
        _add_lines(gathered, in_order(lines.get(predicate, [])), marks)
        if predicate in leading:  # `"` and `<` come before `_:`
            gathered.add(_links(predicate, leading[predicate]))
    return gathered.form()


def _add_lines(gathered: "_Gathered", lines: list[str], marks: Marks) -> None:
    places = [(line, marks.place(line)) for line in lines]
    if len(lines) > 1 and any(place is not None for _, place in places):
        gathered.add(_several([_filling(*each) for each in places]))
        return
    for line, place in places:
        if place is None:
            gathered.text(line)
        else:
            gathered.open(*place)


class _Gathered:
    """A form as it is made: lines that only want their texts become one part."""

    def __init__(self) -> None:
        self._parts: list[Form] = []
        self._format: list[str] = []
        self._numbers: list[int] = []

    def text(self, line: str) -> None:
        self._format.append(line.replace("%", "%%"))

    def open(self, before: str, number: int, after: str) -> None:
        self.text(before)
        self._format.append("%s")
        self._numbers.append(number)
        self.text(after)

    def add(self, part: Part) -> None:
        self._close()
        self._parts.append(part)

    def form(self) -> Form:
        self._close()
        return self._parts[0] if len(self._parts) == 1 else _one_after_another(self._parts)

    def _close(self) -> None:
        text = "".join(self._format)
        if self._numbers:
            self._parts.append(_formatted(text, itemgetter(*self._numbers)))
        elif text:
            self._parts.append(text % ())
        self._format, self._numbers = [], []


def _one_after_another(forms: Sequence[Form]) -> Part:
    parts = [_as_it_is(form) if isinstance(form, str) else form for form in forms]
    return lambda terms, names: "".join([part(terms, names) for part in parts])


def _as_it_is(text: str) -> Part:
    return lambda _, __: text


def _formatted(text: str, chosen: Callable[[Sequence[str]], object]) -> Part:
    return lambda terms, _: text % chosen(terms)


def _filling(line: str, place: tuple[str, int, str] | None) -> Part:
    if place is None:
        return _as_it_is(line)
    before, number, after = place
    return lambda terms, _: f"{before}{terms[number]}{after}"


def _several(fillings: Sequence[Part]) -> Part:
    return lambda terms, names: "".join(in_order([fill(terms, names) for fill in fillings]))


def _links(predicate: str, numbers: Sequence[int]) -> Part:
    start = f"{NODE} {predicate} "
    if len(numbers) == 1:
        [only] = numbers
        return lambda _, names: f"{start}{names[only]} .\n"
    return lambda _, names: "".join(sorted([f"{start}{names[n]} .\n" for n in numbers]))

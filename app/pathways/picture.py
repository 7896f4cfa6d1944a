"""The picture of a pathway as SVG: from the badges through the requirements to the award.

It stands inside the page and takes its colours from there (`currentColor`, classes). What a shape
means is written in it, never told by colour alone. Its text alternative is the list beside it; the
title and description inside say the same in short.
"""

import textwrap
from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.sax.saxutils import escape

from app.pathways.words import Step

_WIDTH = 360
_MARGIN = 4
_PAD = 14
_LINE = 19
_GAP = 26
_SMALL_GAP = 20
_TITLE = 17
# An average letter is that wide in the page's sans serif at 14 units, with some room left.
_LETTER = 6.6
# The award is written larger.
_LARGE_LETTER = 7.8
_LONGEST = 12


@dataclass(frozen=True)
class Sketch:
    """What is drawn: what comes in, what is required, what people decide, what it leads to."""

    award: str
    level: str | None
    eligible: tuple[str, ...]
    steps: tuple[Step, ...]
    manual: tuple[str, ...]


@dataclass
class _Sheet:
    """Shapes drawn so far; `y` is where the next one begins."""

    y: float = _MARGIN
    shapes: list[str] = field(default_factory=list)

    def arrow(self, gap: int = _GAP) -> None:
        """From what was drawn last to what comes next."""
        middle, tip = _WIDTH / 2, self.y + gap
        self.shapes.append(
            f'<path class="pathway-line" d="M{middle} {self.y}V{tip - 3}" '
            'fill="none" stroke="currentColor" stroke-width="1.5"/>'
            f'<path class="pathway-tip" d="M{middle - 5} {tip - 8}L{middle} {tip - 1}'
            f'L{middle + 5} {tip - 8}" fill="none" stroke="currentColor" stroke-width="1.5"/>'
        )
        self.y = tip

    def box(self, kind: str, label: str, lines: list[str], *, inset: int = 0) -> None:
        """A box with a label and lines of text."""
        x, width = _MARGIN + inset, _WIDTH - 2 * (_MARGIN + inset)
        height = 2 * _PAD + _TITLE + _LINE * len(lines) - 4
        self.shapes.append(_frame(kind, x, self.y, width, height))
        text_x = x + _PAD
        self.shapes.append(_text("pathway-label", text_x, self.y + _PAD + 9, label))
        for number, line in enumerate(lines):
            y = self.y + _PAD + _TITLE + _LINE * (number + 1) - 5
            self.shapes.append(_text(f"pathway-text {kind}-text", text_x, y, line))
        self.y += height

    def word(self, text: str) -> None:
        """A word between two boxes."""
        self.y += _SMALL_GAP
        self.shapes.append(
            f'<text class="pathway-text" x="{_WIDTH / 2}" y="{self.y - 5}" '
            f'text-anchor="middle">{escape(text)}</text>'
        )
        self.y += 3


def draw_pathway(sketch: Sketch, *, id_: str = "pathway-picture") -> str:
    """The picture as one SVG element."""
    sheet = _Sheet()
    eligible = [line for text in sketch.eligible for line in _wrapped(text, 0)]
    sheet.box("pathway-in", "YOUR BADGES", eligible or ["Each one verified first"])
    for step in sketch.steps:
        sheet.arrow()
        _draw_step(sheet, step)
    if sketch.manual:
        sheet.arrow()
        lines = [line for text in sketch.manual for line in _wrapped(text, 0, bullet="– ")]
        sheet.box("pathway-people", "DECIDED BY PEOPLE", lines)
    sheet.arrow()
    award = _wrapped(sketch.award, 0, letter=_LARGE_LETTER)
    sheet.box("pathway-award", "THE AWARD", [*award, *([sketch.level] if sketch.level else [])])
    height = sheet.y + _MARGIN
    summary = " ".join(_sentences(sketch))
    return (
        f'<svg class="pathway" role="img" aria-labelledby="{id_}-title {id_}-desc" '
        f'viewBox="0 0 {_WIDTH} {height:g}" xmlns="http://www.w3.org/2000/svg">'
        f'<title id="{id_}-title">{escape(f"The way to: {sketch.award}")}</title>'
        f'<desc id="{id_}-desc">{escape(summary)}</desc>{"".join(sheet.shapes)}</svg>'
    )


def _draw_step(sheet: _Sheet, step: Step) -> None:
    if not step.steps:
        sheet.box("pathway-need", "NEEDED", _wrapped(step.text, 0))
        return
    top = sheet.y
    sheet.y += 10
    sheet.shapes.append(_text("pathway-label", _MARGIN + _PAD, sheet.y + 12, "ONE OF THESE"))
    sheet.y += 22
    for number, choice in enumerate(step.steps):
        if number:
            sheet.word("or")
        lines = [line for text in _leaves(choice) for line in _wrapped(text, 12, bullet="– ")]
        sheet.box("pathway-need", f"CHOICE {number + 1}", lines, inset=12)
    sheet.y += 12
    frame = _frame("pathway-any", _MARGIN, top, _WIDTH - 2 * _MARGIN, sheet.y - top)
    sheet.shapes.insert(0, frame)


def _leaves(step: Step) -> Iterator[str]:
    """The requirements in a step; those of choices within choices say so."""
    if not step.steps:
        yield step.text
    for each in step.steps:
        yield from _leaves(each)


def _frame(kind: str, x: float, y: float, width: float, height: float) -> str:
    extra = ""
    if kind == "pathway-people":
        extra = ' stroke-dasharray="5 4"'
    rect = (
        f'<rect class="{kind}" x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}" rx="9" '
        f'fill="none" stroke="currentColor" stroke-width="1.5"{extra}/>'
    )
    if kind != "pathway-award":
        return rect
    inner = (
        f'<rect class="pathway-inner" x="{x + 4:g}" y="{y + 4:g}" width="{width - 8:g}" '
        f'height="{height - 8:g}" rx="6" fill="none" stroke="currentColor"/>'
    )
    return rect + inner


def _text(kind: str, x: float, y: float, text: str) -> str:
    return f'<text class="{kind}" x="{x:g}" y="{y:g}">{escape(text)}</text>'


def _wrapped(text: str, inset: int, *, bullet: str = "", letter: float = _LETTER) -> list[str]:
    """The text in lines that fit into a box; a very long one is cut, for the list has it whole."""
    room = int((_WIDTH - 2 * (_MARGIN + inset + _PAD)) / letter)
    lines = textwrap.wrap(
        text, room, initial_indent=bullet, subsequent_indent="\u2002" * len(bullet)
    )
    return [*lines[: _LONGEST - 1], "…"] if len(lines) > _LONGEST else lines


def _sentences(sketch: Sketch) -> Iterator[str]:
    """What the picture shows, for those who do not see it."""
    for text in sketch.eligible:
        yield f"{text}."
    for step in sketch.steps:
        if step.steps:
            choices = " or ".join(", ".join(_leaves(choice)) for choice in step.steps)
            yield f"One of these: {choices}."
        else:
            yield f"{step.text}."
    for text in sketch.manual:
        yield f"Decided by people: {text}."
    yield f"This leads to: {sketch.award}."

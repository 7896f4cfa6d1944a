"""Single values of a document, however it is compacted; None for what cannot be read.

JSON-LD lets a signer write one value or a list of one, a text or a language value object. These
readers bear any JSON value; `display.py` puts together what they find.
"""

import re
from datetime import datetime
from typing import Any

from app.credentials.rules import objects
from app.credentials.values import is_absolute_iri, is_web_address
from app.encoding.dates import parse_datetime
from app.errors import CheckFailed

# Controls, marks and isolates that reorder text (UAX #9), and the invisible controls.
_MISLEADING = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]"
)
_PICTURE_DATA = ("data:image/png;base64,", "data:image/svg+xml;base64,")


def values_of(value: Any) -> list[Any]:
    """The values of a member that holds none, one or many."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def first_of(values: list[dict[str, Any]]) -> dict[str, Any]:
    """The first of several objects; an empty one when there is none."""
    return values[0] if values else {}


def object_in(value: Any) -> dict[str, Any]:
    """The object in a member, the first of several."""
    return first_of(objects(value))


def text_in(value: Any) -> str | None:
    """A text, the first of several, or the words of a language value object."""
    for each in values_of(value):
        words = each.get("@value") if isinstance(each, dict) else each
        if isinstance(words, str):
            shown = _MISLEADING.sub("", words).strip()
            if shown:
                return shown
    return None


def iri_in(value: Any) -> str | None:
    """An absolute IRI."""
    text = text_in(value)
    return text if is_absolute_iri(text) else None


def link_in(value: Any) -> str | None:
    """A link that leads to the web, and nowhere else."""
    text = text_in(value)
    return text if is_web_address(text) else None


def picture_in(value: Any) -> str | None:
    """The address of an Image, written as an object or (wrongly, but often) as its URL."""
    text = text_in(object_in(value).get("id")) or text_in(value)
    if text is None or text.startswith(_PICTURE_DATA):
        return text
    return link_in(text)


def number_in(value: Any) -> float | None:
    """A number, the first of several."""
    first = values_of(value)[:1]
    if not first or isinstance(first[0], bool) or not isinstance(first[0], int | float):
        return None
    return first[0]


def moment_in(value: Any) -> datetime | None:
    """A point in time."""
    try:
        return parse_datetime(text_in(value))
    except CheckFailed:
        return None

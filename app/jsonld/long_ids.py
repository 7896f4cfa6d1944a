"""Ids so long that a small document would become a gigabyte of statements.

Every statement about a node says its id in full. A picture may be an id (a `data:` URI of 100 kB),
and of a picture three or four things are said; of an achievement with such an id and 3,000 tags the
canonical form would be 600 MB.
"""

from collections.abc import Mapping
from typing import Any

from app.errors import MalformedInput

LONG = 1000
"""Characters. What has no longer id need not be looked at: 4,000 values are all there may be."""

MAX_REPEATED = 4 * 1024 * 1024
"""Characters of a long id, as often as it would be said."""


def check_long_id(node: Mapping[str, Any]) -> None:
    """Raises `MalformedInput` too_large when too much is said of a node whose id is very long."""
    identifier = node.get("id")
    if isinstance(identifier, str) and len(identifier) > LONG:
        said = sum(map(_values, node.values()))
        if said * len(identifier) > MAX_REPEATED:
            raise MalformedInput("too_large", "too much is said of a thing whose id is very long")


def _values(member: object) -> int:
    return sum(map(_values, member)) if isinstance(member, list) else 1

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Fetched:
    """What stood at an address; `media_type` is lower case, without parameters, or empty."""

    url: str
    body: bytes
    media_type: str


Fetch = Callable[[str], Fetched]
"""Reads one address. Raises CheckUndecided with `fetch_blocked`, `fetch_failed`, `timeout`,
`not_found` or `too_large`: an address that cannot be read decides nothing."""

"""JSON Canonicalization Scheme (RFC 8785), through its reference implementation for Python."""

from typing import Any

import rfc8785


def canonicalize_json(value: Any) -> bytes:
    """The RFC 8785 bytes of a value that `parse_json` accepted."""
    return rfc8785.dumps(value)

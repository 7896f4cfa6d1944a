"""The ids of rows that stand in addresses: 128 random bits, 22 characters of base64url.

They never begin with a hyphen: people hand them to commands, and a command takes such a word for
an option.
"""

import re
import secrets

_ROW_ID = re.compile(r"[A-Za-z0-9_-]{22}")


def new_row_id() -> str:
    """A fresh id, which nobody can guess."""
    row_id = secrets.token_urlsafe(16)
    while row_id.startswith("-"):
        row_id = secrets.token_urlsafe(16)
    return row_id


def is_row_id(text: str) -> bool:
    """Whether this can be the id of a row of ours; what cannot is not looked up."""
    return _ROW_ID.fullmatch(text) is not None

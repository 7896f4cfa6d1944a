"""What PNG and SVG baking share: which texts are credentials, and how large they may be.

OB 3.0 section 5.3: a baked image carries the JSON of a credential with an embedded proof, or a
compact JWS.
"""

from app.credentials.values import is_compact_jws
from app.errors import MalformedInput

# The parser takes 256 KiB of JSON; as the payload of a JWS that is a third more.
MAX_CREDENTIAL_BYTES = 384 * 1024


def credential_text(text: str, code: str) -> str:
    """The credential in `text`, trimmed; `code` is the reason when it is not one.

    Only the outside is looked at: it is a compact JWS, or begins as a JSON object does. Raises
    `MalformedInput`.
    """
    trimmed = text.strip()
    if len(trimmed.encode()) > MAX_CREDENTIAL_BYTES:
        raise MalformedInput("too_large", "the credential in the image is too large")
    if not trimmed.startswith("{") and not is_compact_jws(trimmed):
        raise MalformedInput(code, "a credential is a JSON object or a compact JWS")
    return trimmed

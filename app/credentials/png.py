"""Baking a credential into a PNG, and taking it out again (OB 3.0 section 5.3.1).

The chunks are walked here and no pixel is decoded: two readers that disagree about which of two
chunks counts would show one person two credentials (security.md 2.6). So a file is read only when
every chunk is whole, nothing follows IEND, and the credential stands exactly once, in the one form
that the specification gives it: an uncompressed iTXt chunk.
"""

import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from app.credentials.baking import MAX_CREDENTIAL_BYTES, credential_text
from app.errors import MalformedInput

MAX_PICTURE_BYTES = 1024 * 1024
MAX_PIXELS = 16_000_000  # what a browser unpacks to 64 MB; a badge is far smaller

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_KEYWORD = b"openbadgecredential"
_OPEN_BADGES_2 = b"openbadges"  # an assertion of OB 1 or 2: somebody's, and not ours to pass on
_TEXT_CHUNKS = (b"tEXt", b"zTXt", b"iTXt")


@dataclass(frozen=True)
class _Chunk:
    type: bytes
    data: bytes

    def encode(self) -> bytes:
        body = self.type + self.data
        return len(self.data).to_bytes(4, "big") + body + zlib.crc32(body).to_bytes(4, "big")

    @property
    def keyword(self) -> bytes:
        """The keyword of a text chunk in lower case; other chunks have none."""
        return self.data.partition(b"\0")[0].lower() if self.type in _TEXT_CHUNKS else b""


def check_png(png: bytes) -> None:
    """Check that `png` is a picture a credential can be baked into.

    Raises `MalformedInput`: too_large, bad_png, or two_credentials_in_image when it already holds
    a credential.
    """
    if len(png) > MAX_PICTURE_BYTES:
        raise MalformedInput("too_large", "a PNG may have at most 1 MiB")
    if any(chunk.keyword in (_KEYWORD, _OPEN_BADGES_2) for chunk in _chunks(png)):
        raise MalformedInput(
            "two_credentials_in_image",
            "this picture already holds somebody's credential: use the plain picture",
        )


def bake_png(png: bytes, text: str) -> bytes:
    """The picture with the credential in it, directly before IEND.

    Raises `MalformedInput` as `check_png` does, and not_a_credential when `text` is neither JSON
    object nor compact JWS.
    """
    check_png(png)
    credential = credential_text(text, "not_a_credential")
    # Keyword, no compression, method 0, no language tag, no translated keyword, then the text.
    data = _KEYWORD + b"\0" + b"\0" + b"\0" + b"\0" + b"\0" + credential.encode()
    end = _Chunk(b"IEND", b"").encode()
    return png.removesuffix(end) + _Chunk(b"iTXt", data).encode() + end


def unbake_png(png: bytes) -> str:
    """The credential in a baked PNG: JSON or a compact JWS, as it was put in.

    Raises `MalformedInput`: too_large, bad_png, no_credential_in_image, two_credentials_in_image.
    """
    if len(png) > MAX_PICTURE_BYTES + MAX_CREDENTIAL_BYTES:
        raise MalformedInput("too_large", "the PNG is too large")
    chunks = list(_chunks(png))
    baked = [chunk for chunk in chunks if chunk.keyword == _KEYWORD]
    if len(baked) > 1:
        raise MalformedInput("two_credentials_in_image", "the PNG holds two credentials")
    if not baked:
        detail = "the PNG holds no Open Badges 3.0 credential"
        if any(chunk.keyword == _OPEN_BADGES_2 for chunk in chunks):
            detail += ", but an older assertion (1.0 or 2.0), which cannot be read here"
        raise MalformedInput("no_credential_in_image", detail)
    return credential_text(_international_text(baked[0]), "bad_png")


def _chunks(png: bytes) -> Iterator[_Chunk]:
    """Every chunk of a whole, well-formed PNG. Raises `MalformedInput` bad_png."""
    if not png.startswith(_SIGNATURE):
        raise MalformedInput("bad_png", "the file is not a PNG")
    chunks: list[_Chunk] = []
    position = len(_SIGNATURE)
    while not chunks or chunks[-1].type != b"IEND":
        chunks.append(_chunk_at(png, position))
        position += 12 + len(chunks[-1].data)
    if position != len(png):
        raise MalformedInput("bad_png", "something follows the end of the PNG")
    _check_order(chunks)
    yield from chunks


def _chunk_at(png: bytes, position: int) -> _Chunk:
    length = int.from_bytes(png[position : position + 4], "big")
    body = png[position + 4 : position + 8 + length]
    crc = png[position + 8 + length : position + 12 + length]
    if len(body) != 4 + length or len(crc) != 4:
        raise MalformedInput("bad_png", "the PNG is cut short")
    if not (body[:4].isascii() and body[:4].isalpha()):
        raise MalformedInput("bad_png", "a chunk of the PNG has no proper name")
    if zlib.crc32(body) != int.from_bytes(crc, "big"):
        raise MalformedInput("bad_png", "a chunk of the PNG is damaged")
    return _Chunk(body[:4], body[4:])


def _check_order(chunks: list[_Chunk]) -> None:
    """The header first and once, image data, an empty end; and no picture that is a bomb."""
    types = [chunk.type for chunk in chunks]
    header = chunks[0]
    if header.type != b"IHDR" or types.count(b"IHDR") != 1 or len(header.data) != 13:
        raise MalformedInput("bad_png", "the PNG has no proper header")
    if b"IDAT" not in types or chunks[-1].data:
        raise MalformedInput("bad_png", "the PNG holds no picture")
    width = int.from_bytes(header.data[:4], "big")
    height = int.from_bytes(header.data[4:8], "big")
    if not 0 < width * height <= MAX_PIXELS:
        raise MalformedInput("bad_png", f"a picture of {width} x {height} is not accepted")


def _international_text(chunk: _Chunk) -> str:
    """The text of an uncompressed iTXt chunk with exactly our keyword."""
    keyword, _, rest = chunk.data.partition(b"\0")
    if chunk.type != b"iTXt" or keyword != _KEYWORD:
        detail = "the credential must stand in an iTXt chunk named openbadgecredential"
        raise MalformedInput("bad_png", detail)
    if rest[:2] != b"\0\0":
        raise MalformedInput("bad_png", "the credential in the PNG must not be compressed")
    parts = rest[2:].split(b"\0", 2)  # language tag, translated keyword, text
    if len(parts) != 3:
        raise MalformedInput("bad_png", "the text chunk of the PNG is not whole")
    try:
        return parts[2].decode("utf-8")
    except UnicodeDecodeError:
        raise MalformedInput("bad_png", "the credential in the PNG is not UTF-8") from None

"""Uploaded pictures: PNG and SVG, checked for their form and named by the hash of their bytes.

The bytes are kept and served as they came. A PNG is walked chunk by chunk, no pixel is decoded
(PNG third edition, sections 5.2 to 5.5). An SVG is UTF-8 XML without a DOCTYPE and without
anything that runs; it is only ever shown through `<img>` or under a sandboxing policy.
"""

import hashlib
import re
import struct
import zlib
from datetime import datetime
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring
from sqlalchemy.orm import Session

from app.errors import InvalidRequest, NotFound
from app.settings import Settings
from app.storage.insertion import insert_if_absent
from app.storage.tables import Image

MAX_PNG_BYTES = 1024 * 1024
MAX_SVG_BYTES = 512 * 1024
MAX_SIDE = 4096

SUFFIXES = {"image/png": "png", "image/svg+xml": "svg"}

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_HASH = re.compile(r"[0-9a-f]{64}")
_SVG = "{http://www.w3.org/2000/svg}"
_RUNNING_ELEMENTS = frozenset({"script", "foreignobject", "iframe", "handler", "listener"})


def store_image(session: Session, data: bytes, media_type: str, *, now: datetime) -> Image:
    """Check and keep a picture; the same bytes are kept once.

    Raises InvalidRequest (`too_large`, `bad_png`, `bad_svg`) saying what is wrong with it.
    """
    if media_type == "image/png":
        _check_png(data)
    else:
        _check_svg(data)
    id_ = hashlib.sha256(data).hexdigest()
    insert_if_absent(session, Image, id=id_, media_type=media_type, data=data, created_at=now)
    return session.get_one(Image, id_)


def load_image(session: Session, file_name: str) -> Image:
    """The picture behind `{sha256}.png` or `{sha256}.svg`; raises NotFound."""
    id_, _, suffix = file_name.partition(".")
    image = session.get(Image, id_) if _HASH.fullmatch(id_) else None
    if image is None or SUFFIXES[image.media_type] != suffix:
        raise NotFound("not_found", "There is no such picture.")
    return image


def image_url(settings: Settings, image: Image) -> str:
    """The public address of a picture."""
    return f"{settings.public_url}/images/{image.id}.{SUFFIXES[image.media_type]}"


def _check_png(data: bytes) -> None:
    if len(data) > MAX_PNG_BYTES:
        raise InvalidRequest("too_large", f"A PNG may have at most {MAX_PNG_BYTES} bytes.")
    if not data.startswith(_SIGNATURE):
        raise InvalidRequest("bad_png", "This is not a PNG file.")
    names: list[bytes] = []
    offset = len(_SIGNATURE)
    while b"IEND" not in names:
        name, content, offset = _next_chunk(data, offset)
        if not names:
            _check_header(name, content)
        if name in {b"tEXt", b"zTXt", b"iTXt"} and content.startswith(b"openbadgecredential\0"):
            raise InvalidRequest("bad_png", "This picture holds a credential; use a plain one.")
        names.append(name)
    if b"IDAT" not in names or offset != len(data):
        raise InvalidRequest("bad_png", "The PNG has no picture in it, or goes on after its end.")


def _next_chunk(data: bytes, offset: int) -> tuple[bytes, bytes, int]:
    """Name and content of the chunk at `offset`, and where the next one starts."""
    if len(data) < offset + 12:
        raise InvalidRequest("bad_png", "The PNG ends too early.")
    length, name = struct.unpack_from(">I4s", data, offset)
    end = offset + 12 + length
    if end > len(data):
        raise InvalidRequest("bad_png", "The PNG ends too early.")
    content = data[offset + 8 : end - 4]
    if zlib.crc32(name + content) != int.from_bytes(data[end - 4 : end], "big"):
        raise InvalidRequest("bad_png", "The PNG is damaged: a checksum does not match.")
    return name, content, end


def _check_header(name: bytes, content: bytes) -> None:
    if name != b"IHDR" or len(content) != 13:
        raise InvalidRequest("bad_png", "The PNG does not start with its header.")
    width, height = struct.unpack_from(">II", content)
    if not (1 <= width <= MAX_SIDE and 1 <= height <= MAX_SIDE):
        raise InvalidRequest("bad_png", f"A picture has at most {MAX_SIDE} pixels a side.")


def _check_svg(data: bytes) -> None:
    if len(data) > MAX_SVG_BYTES:
        raise InvalidRequest("too_large", f"An SVG may have at most {MAX_SVG_BYTES} bytes.")
    try:
        # Decoded here, so that no declaration can make it another encoding than UTF-8.
        root: Element = fromstring(data.decode("utf-8"), forbid_dtd=True)
    except UnicodeDecodeError:
        raise InvalidRequest("bad_svg", "An SVG must be UTF-8.") from None
    except DefusedXmlException:
        raise InvalidRequest("bad_svg", "An SVG may not have a DOCTYPE or entities.") from None
    except (ParseError, ValueError):
        raise InvalidRequest("bad_svg", "The SVG is not well-formed XML.") from None
    if root.tag != f"{_SVG}svg":
        raise InvalidRequest("bad_svg", "This is not an SVG file.")
    for element in root.iter():
        if _runs(element):
            raise InvalidRequest("bad_svg", "An SVG may not hold scripts or foreign content.")


def _runs(element: Element) -> bool:
    """Whether an element could run something when the picture is opened by itself."""
    if _local(str(element.tag)) in _RUNNING_ELEMENTS:
        return True
    return any(
        _local(name).startswith("on") or "".join(value.split()).lower().startswith("javascript:")
        for name, value in element.items()
    )


def _local(name: str) -> str:
    return name.rpartition("}")[2].lower()

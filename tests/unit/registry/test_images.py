"""What is taken for a picture."""

import struct
import zlib

import pytest

from app.errors import InvalidRequest, NotFound
from app.registry.images import MAX_PNG_BYTES, MAX_SVG_BYTES, load_image, store_image
from app.storage.database import Database
from tests.conftest import NOW

SIGNATURE = b"\x89PNG\r\n\x1a\n"
NS = 'xmlns="http://www.w3.org/2000/svg"'


def chunk(name: bytes, content: bytes = b"") -> bytes:
    checksum = struct.pack(">I", zlib.crc32(name + content))
    return struct.pack(">I", len(content)) + name + content + checksum


def header(width: int = 1, height: int = 1) -> bytes:
    return chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0))


DATA = chunk(b"IDAT", zlib.compress(b"\0" * 5))
END = chunk(b"IEND")
PNG = SIGNATURE + header() + DATA + END

GOOD = {
    "smallest": ("image/png", PNG),
    "with text": ("image/png", SIGNATURE + header() + chunk(b"tEXt", b"Title\0x") + DATA + END),
    "large side": ("image/png", SIGNATURE + header(4096, 4096) + DATA + END),
    "svg": ("image/svg+xml", f"<svg {NS}><g><path d='M0 0'/></g></svg>".encode()),
    "svg with declaration": (
        "image/svg+xml",
        f'<?xml version="1.0" encoding="UTF-8"?><!-- é --><svg {NS}/>'.encode(),
    ),
}

BAD_PNG = {
    "empty": b"",
    "other file": b"GIF89a",
    "signature only": SIGNATURE,
    "no header": SIGNATURE + DATA + END,
    "short header": SIGNATURE + chunk(b"IHDR", b"\0" * 12) + DATA + END,
    "no width": SIGNATURE + header(0, 1) + DATA + END,
    "169 megapixels": SIGNATURE + header(13000, 13000) + DATA + END,
    "no picture": SIGNATURE + header() + END,
    "no end": SIGNATURE + header() + DATA,
    "after the end": PNG + b"x",
    "second picture": PNG + PNG,
    "wrong checksum": PNG[:-1] + b"x",
    "length beyond the file": SIGNATURE + header() + b"\xff\xff\xff\xffIDAT" + b"\0" * 8,
    "baked": SIGNATURE + header() + chunk(b"iTXt", b"openbadgecredential\0\0\0\0\0{}") + DATA + END,
}

BAD_SVG = {
    "empty": b"",
    "no xml": b"<svg",
    "no svg": b"<html/>",
    "no namespace": b"<svg/>",
    "doctype": f"<!DOCTYPE svg><svg {NS}/>".encode(),
    "entities": f'<!DOCTYPE svg [<!ENTITY a "b">]><svg {NS}>&a;</svg>'.encode(),
    "utf-16": f"<svg {NS}/>".encode("utf-16"),
    "utf-7": b'<?xml version="1.0" encoding="UTF-7"?>+ADw-svg/+AD4-',
    "not utf-8": b"<svg xmlns='http://www.w3.org/2000/svg'>\xff</svg>",
    "script": f"<svg {NS}><g><script>alert(1)</script></g></svg>".encode(),
    "script of no namespace": f"<svg {NS}><script xmlns=''/></svg>".encode(),
    "html": f"<svg {NS}><foreignObject/></svg>".encode(),
    "handler": f"<svg {NS} onload='alert(1)'/>".encode(),
    "shouted handler": f"<svg {NS}><path ONCLICK='x'/></svg>".encode(),
    "javascript": f"<svg {NS}><a href=' java&#10;script:alert(1)'/></svg>".encode(),
    "nul": f"<svg {NS}>\0</svg>".encode(),
}


@pytest.mark.parametrize("name", GOOD)
def test_a_picture_is_kept_as_it_came(database: Database, name: str) -> None:
    media_type, data = GOOD[name]
    with database.write() as session:
        image = store_image(session, data, media_type, now=NOW)
        assert store_image(session, data, media_type, now=NOW) is image
        suffix = "png" if media_type == "image/png" else "svg"
        assert load_image(session, f"{image.id}.{suffix}").data == data
        with pytest.raises(NotFound):
            load_image(session, f"{image.id}.gif")


@pytest.mark.parametrize(
    ("media_type", "data"),
    [("image/png", data) for data in BAD_PNG.values()]
    + [("image/svg+xml", data) for data in BAD_SVG.values()],
    ids=[*BAD_PNG, *BAD_SVG],
)
def test_what_is_no_plain_picture_is_refused(
    sqlite_database: Database, media_type: str, data: bytes
) -> None:
    with pytest.raises(InvalidRequest) as refused, sqlite_database.write() as session:
        store_image(session, data, media_type, now=NOW)
    assert refused.value.code == ("bad_png" if media_type == "image/png" else "bad_svg")


@pytest.mark.parametrize(
    ("media_type", "limit"), [("image/png", MAX_PNG_BYTES), ("image/svg+xml", MAX_SVG_BYTES)]
)
def test_a_larger_picture_is_refused_unread(
    sqlite_database: Database, media_type: str, limit: int
) -> None:
    with pytest.raises(InvalidRequest) as refused, sqlite_database.write() as session:
        store_image(session, b"\0" * (limit + 1), media_type, now=NOW)
    assert refused.value.code == "too_large"


def test_a_deep_svg_is_read_without_falling_over(sqlite_database: Database) -> None:
    depth = 60_000
    deep = f"<svg {NS}>{'<g>' * depth}{'</g>' * depth}</svg>".encode()
    with sqlite_database.write() as session:
        assert store_image(session, deep, "image/svg+xml", now=NOW).data == deep

import struct
import zlib
from xml.etree.ElementTree import fromstring

import pytest

from app.web.pictures import (
    SIZE,
    encode_png,
    initials_of,
    picture_data_uri,
    picture_png,
    picture_svg,
)


def _pixels(png: bytes) -> list[bytes]:
    """The rows of an 8-bit RGBA PNG whose rows all use filter 2, read independently."""
    assert png[:8] == b"\x89PNG\r\n\x1a\n"
    data, offset = b"", 8
    width = height = 0
    while offset < len(png):
        length, kind = struct.unpack_from(">I4s", png, offset)
        body = png[offset + 8 : offset + 8 + length]
        checksum = struct.unpack_from(">I", png, offset + 8 + length)[0]
        assert checksum == zlib.crc32(kind + body)
        if kind == b"IHDR":
            width, height, depth, colour = struct.unpack_from(">IIBB", body)
            assert (depth, colour) == (8, 6)
        if kind == b"IDAT":
            data += body
        offset += 12 + length
    raw = zlib.decompress(data)
    stride = width * 4 + 1
    rows: list[bytes] = []
    above = bytes(width * 4)
    for y in range(height):
        assert raw[y * stride] == 2
        line = raw[y * stride + 1 : (y + 1) * stride]
        above = bytes((value + up) & 255 for value, up in zip(line, above, strict=True))
        rows.append(above)
    return rows


def test_the_encoder_writes_a_png_that_reads_back() -> None:
    rows = [bytes([255, 0, 0, 255, 0, 255, 0, 128]), bytes([1, 2, 3, 4, 250, 251, 252, 253])]

    assert _pixels(encode_png(rows)) == rows


def test_the_medal_stands_on_nothing_and_is_symmetrical() -> None:
    rows = _pixels(picture_png("Example University"))

    assert (len(rows[0]) // 4, len(rows)) == (SIZE, SIZE)
    assert rows[0][3] == 0
    middle = rows[172]
    assert middle[200 * 4 + 3] == 255
    left = [middle[x * 4 : x * 4 + 4] for x in range(SIZE // 2)]
    right = [middle[(SIZE - 1 - x) * 4 : (SIZE - x) * 4] for x in range(SIZE // 2)]
    assert left == right


def test_the_same_issuer_gets_the_same_bytes() -> None:
    assert picture_png("Example University") == picture_png("Example University")
    assert picture_svg("A", "B") == picture_svg("A", "B")


def test_a_hostile_title_stays_a_title() -> None:
    svg = picture_svg("</title><script>alert(1)</script>", '"><image href="https://evil.example"/>')

    root = fromstring(svg)  # noqa: S314 - our own drawing
    tags = {element.tag.rpartition("}")[2] for element in root.iter()}
    assert "script" not in tags
    assert "image" not in tags


def test_a_long_issuer_name_is_shortened_to_fit_the_rim() -> None:
    svg = picture_svg("Course", "University of the " + "Very " * 20 + "North").decode()

    assert "…</textPath>" in svg


def test_a_data_uri_holds_the_drawing() -> None:
    assert picture_data_uri("A", "B").startswith("data:image/svg+xml;base64,")


@pytest.mark.parametrize(
    ("title", "initials"),
    [
        ("Foundations of Research Data Management", "FRD"),
        ("Chem 101", "C1"),
        ("data and me", "D"),
        ("an at of", "AAO"),
        ("Ärztliche Fortbildung", "ÄF"),
        ("", "✓"),
        ("—", "✓"),
    ],
)
def test_initials_come_from_the_words_that_matter(title: str, initials: str) -> None:
    assert initials_of(title) == initials

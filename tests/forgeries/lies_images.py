"""Catalogue 2.6: baked pictures that show two readers two credentials, or that are bombs."""

import zlib

from tests.forgeries.catalogue import MALFORMED, forgery
from tests.forgeries.genuine import (
    PNG_END,
    baked_png,
    baked_svg,
    chunk,
    png_start,
    text_chunk,
)
from tests.forgeries.scene import Scene, badge, genuine, token
from tests.forgeries.signing import Key, add_proof, compact_json

_JSON = compact_json(genuine())
_OTHER = compact_json(add_proof(badge(name="Doctor of Medicine"), Key("nobody"), "did:example:a#b"))
_ELEMENT = f"<ob:credential><![CDATA[{_JSON.decode()}]]></ob:credential>"
_IDAT = chunk(b"IDAT", zlib.compress(b"\0\0"))


def _png(name: str, lie: str, code: str, data: bytes) -> None:
    def forge(_: Scene) -> bytes:
        return data

    forge.__name__ = name
    forgery("2.6", lie, code, verdict=MALFORMED)(forge)


def _svg(name: str, lie: str, code: str, data: bytes | str) -> None:
    _png(name, lie, code, data if isinstance(data, bytes) else data.encode())


_TWO = "two_credentials_in_image"
_png(
    "png_with_two_badges",
    "Some readers take the first badge, others the last.",
    _TWO,
    baked_png(text_chunk(_OTHER), text_chunk(_JSON)),
)
_png(
    "png_with_a_badge_in_another_kind_of_text",
    "One badge in tEXt, the other in iTXt.",
    _TWO,
    baked_png(chunk(b"tEXt", b"openbadgecredential\0" + _OTHER), text_chunk(_JSON)),
)
_png(
    "png_with_a_badge_in_another_case",
    "One keyword is in capitals.",
    _TWO,
    baked_png(text_chunk(_OTHER, b"OpenBadgeCredential"), text_chunk(_JSON)),
)
_png(
    "png_with_a_badge_after_its_end",
    "The second badge follows the end of the picture.",
    "bad_png",
    baked_png(text_chunk(_JSON)) + text_chunk(_OTHER) + PNG_END,
)
_png(
    "png_with_a_compressed_badge",
    "The badge is compressed: a thousandth of what it becomes.",
    "bad_png",
    baked_png(chunk(b"iTXt", b"openbadgecredential\0\1\0\0\0" + zlib.compress(bytes(10**7)))),
)
_png(
    "png_of_400_megapixels",
    "The header announces 400 million pixels.",
    "bad_png",
    png_start(20_000, 20_000) + _IDAT + text_chunk(_JSON) + PNG_END,
)
_png(
    "png_with_a_damaged_chunk",
    "The badge's checksum is wrong.",
    "bad_png",
    baked_png(chunk(b"iTXt", b"openbadgecredential\0\0\0\0\0" + _JSON, crc=0)),
)
_png(
    "png_cut_short",
    "The picture ends within the badge.",
    "bad_png",
    baked_png(text_chunk(_JSON))[:-40],
)
_png(
    "png_with_a_huge_chunk",
    "A chunk announces four gigabytes.",
    "bad_png",
    png_start() + b"\xff\xff\xff\xff" + b"iTXt" + _JSON,
)
_png(
    "png_without_a_badge",
    "The picture was saved anew, and the badge was lost.",
    "no_credential_in_image",
    baked_png(),
)

_DOCTYPE = '<!DOCTYPE svg [<!ENTITY e "genuine">]>'
_LAUGHS = (
    "<!DOCTYPE svg ["
    + '<!ENTITY l0 "ha">'
    + "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    + "]>"
)
_svg(
    "svg_with_a_doctype",
    "An entity stands for part of the badge.",
    "bad_svg",
    baked_svg(_ELEMENT, _DOCTYPE),
)
_svg(
    "svg_that_reads_a_file",
    "An entity is a file on this machine.",
    "bad_svg",
    baked_svg(
        "<ob:credential>&x;</ob:credential>",
        '<!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
    ),
)
_svg(
    "svg_of_a_billion_laughs",
    "A kilobyte of entities becomes gigabytes.",
    "bad_svg",
    baked_svg("<ob:credential>&l9;</ob:credential>", _LAUGHS),
)
_svg(
    "svg_in_utf7",
    "The badge is in an encoding that hides it.",
    "bad_svg",
    baked_svg(_ELEMENT, '<?xml version="1.0" encoding="UTF-7"?>').encode("utf-7"),
)
_svg(
    "svg_in_utf16",
    "The badge is in UTF-16.",
    "bad_svg",
    b"<\0" + baked_svg(_ELEMENT).encode("utf-16-le")[2:],
)
_svg(
    "svg_with_two_badges",
    "Some readers take the first badge, others the last.",
    _TWO,
    baked_svg(f'<ob:credential verify="{token()}"/>' + _ELEMENT),
)
_svg(
    "svg_with_a_badge_in_two_places",
    "One badge in the attribute, the other in the text.",
    _TWO,
    baked_svg(f'<ob:credential verify="{token()}"><![CDATA[{_JSON.decode()}]]></ob:credential>'),
)
_svg(
    "svg_with_a_badge_of_another_namespace",
    "The second badge is in another namespace.",
    _TWO,
    baked_svg('<credential xmlns="urn:x">{}</credential>' + _ELEMENT),
)
_svg(
    "svg_without_a_badge",
    "The picture was drawn anew, and the badge was lost.",
    "no_credential_in_image",
    baked_svg("<rect/>"),
)
_svg(
    "svg_nested_beyond_measure",
    "A hundred thousand elements, one in the other.",
    "bad_svg",
    "<svg xmlns='http://www.w3.org/2000/svg'>" + "<g>" * 100_000,
)
_svg(
    "svg_of_a_web_page",
    "A web page with the badge in it.",
    "bad_svg",
    f"<html><body>{_JSON.decode()}</body></html>",
)

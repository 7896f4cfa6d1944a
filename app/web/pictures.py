"""The picture of an achievement that has none: a medal with the title's initials.

Drawn by us, the same bytes every time: an SVG for pages and baked SVG files, and a PNG for baked
PNG files and link previews. The PNG is drawn pixel by pixel from distances, so that no imaging
library is needed; it shows a star in place of letters.
"""

import base64
import hashlib
import math
import re
import struct
import zlib
from dataclasses import dataclass
from functools import lru_cache

from markupsafe import escape

SIZE = 400
"""Width and height of both pictures in pixels."""

Colour = tuple[int, int, int]


@dataclass(frozen=True)
class Palette:
    """The colours of one medal: enamel and its shade, metal light and dark, and the ribbon."""

    enamel: Colour
    shade: Colour
    metal: Colour
    metal_dark: Colour
    ribbon: Colour


_GOLD = (233, 206, 138), (168, 124, 48)
_SILVER = (222, 227, 233), (128, 140, 156)
_PALETTES = (
    Palette((31, 58, 112), (15, 31, 66), *_GOLD, (143, 36, 48)),
    Palette((19, 92, 84), (8, 51, 48), *_GOLD, (31, 58, 112)),
    Palette((116, 32, 62), (66, 12, 34), *_GOLD, (26, 49, 92)),
    Palette((74, 48, 122), (40, 24, 74), *_SILVER, (124, 60, 128)),
    Palette((24, 78, 119), (10, 42, 70), *_SILVER, (20, 110, 116)),
    Palette((60, 82, 44), (30, 46, 20), *_GOLD, (120, 62, 22)),
)


def palette_of(issuer: str) -> Palette:
    """An issuer's colours: always the same ones, so that its badges look related."""
    return _PALETTES[hashlib.sha256(issuer.encode()).digest()[0] % len(_PALETTES)]


def initials_of(title: str) -> str:
    """One to three letters that stand for a title: the first ones of its weightier words."""
    words = re.findall(r"\w+", title)
    weighty = [word for word in words if len(word) > 3 or word[0].isupper() or word[0].isdigit()]
    letters = "".join(word[0] for word in (weighty or words)[:3]).upper()
    return letters or "✓"


def picture_svg(title: str, issuer: str) -> bytes:
    """A medal as SVG with the title's initials and the issuer's name around the rim."""
    palette = palette_of(issuer)
    metal, metal_dark = _hex(palette.metal), _hex(palette.metal_dark)
    initials = initials_of(title)
    engraving = "".join(
        f'<ellipse cx="200" cy="172" rx="112" ry="46" transform="rotate({turn} 200 172)"/>'
        for turn in range(0, 180, 10)
    )
    rim = issuer if len(issuer) <= 44 else issuer[:43].rstrip() + "…"
    rim_size = min(15.0, 620 / max(len(rim), 1) / 0.72)
    text_size = {1: 96, 2: 76}.get(len(initials), 54)
    return f"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 400 400" width="400" height="400" role="img">
<title>{escape(title)} – {escape(issuer)}</title>
<defs>
<linearGradient id="m" x1="0" y1="0" x2="1" y2="1"><stop offset="0" stop-color="{metal}"/><stop offset="1" stop-color="{metal_dark}"/></linearGradient>
<radialGradient id="e" cx=".42" cy=".36" r=".75"><stop offset="0" stop-color="{_hex(palette.enamel)}"/><stop offset="1" stop-color="{_hex(palette.shade)}"/></radialGradient>
<path id="r" d="M72.5 172a127.5 127.5 0 0 1 255 0"/>
</defs>
<path d="M128 246l-34 138 46-20 24 30 30-130zM272 246l34 138-46-20-24 30-30-130z" fill="{_hex(palette.ribbon)}"/>
<path d="M140 280l-20 88 20-9 12 14 22-90zM260 280l20 88-20-9-12 14-22-90z" fill="#fff" fill-opacity=".14"/>
<path d="{_scalloped_edge()}" fill="url(#m)"/>
<circle cx="200" cy="172" r="141" fill="{_hex(palette.shade)}"/>
<circle cx="200" cy="172" r="137" fill="none" stroke="{metal}" stroke-width="1.5"/>
<circle cx="200" cy="172" r="114" fill="url(#m)"/>
<circle cx="200" cy="172" r="110" fill="url(#e)"/>
<g fill="none" stroke="{metal}" stroke-opacity=".3" stroke-width=".8">{engraving}</g>
<circle cx="200" cy="172" r="70" fill="{_hex(palette.enamel)}"/>
<circle cx="200" cy="172" r="70" fill="none" stroke="{metal}" stroke-width="2"/>
<text x="200" y="172" dy=".35em" text-anchor="middle" font-family="Georgia,'Times New Roman',serif" font-size="{text_size}" fill="{metal}">{escape(initials)}</text>
<text font-family="'Helvetica Neue',Arial,sans-serif" font-size="{rim_size:.1f}" letter-spacing="1.5" fill="{metal}" dy=".35em"><textPath href="#r" startOffset="50%" text-anchor="middle">{escape(rim)}</textPath></text>
<path d="M200 285l4 8 9 1-6.500 6.300 1.500 8.700-8-4.200-8 4.200 1.500-8.700-6.500-6.300 9-1z" fill="{metal}"/>
</svg>
""".encode()  # noqa: E501 - a drawing reads better unbroken


def picture_data_uri(title: str, issuer: str) -> str:
    """The SVG as a `data:` URI, for pages that show somebody else's credential."""
    return "data:image/svg+xml;base64," + base64.b64encode(picture_svg(title, issuer)).decode()


def _hex(colour: Colour) -> str:
    return "#{:02x}{:02x}{:02x}".format(*colour)


def _scalloped_edge() -> str:
    """The medal's outer edge: a circle with forty soft teeth."""
    points = []
    for step in range(240):
        angle = math.tau * step / 240
        radius = 152 + 4 * math.cos(40 * angle)
        x, y = 200 + radius * math.sin(angle), 172 - radius * math.cos(angle)
        points.append(f"{x:.1f} {y:.1f}")
    return "M" + "L".join(points) + "z"


def picture_png(issuer: str) -> bytes:
    """A medal as PNG in the issuer's colours: 400 by 400, transparent around, no text."""
    return _draw_png(palette_of(issuer))


@lru_cache(maxsize=len(_PALETTES))
def _draw_png(palette: Palette) -> bytes:
    rows: list[bytes] = []
    for y in range(SIZE):
        # The drawing is the same on both sides, so half of it is computed.
        left = [_pixel(x + 0.5 - 200, y + 0.5 - 172, palette) for x in range(SIZE // 2)]
        rows.append(b"".join(left) + b"".join(reversed(left)))
    return encode_png(rows)


def encode_png(rows: list[bytes]) -> bytes:
    """A PNG file from rows of 8-bit RGBA pixels (PNG specification, sections 5, 9 and 11)."""
    width, height = len(rows[0]) // 4, len(rows)
    header = struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)
    # Filter 2 (difference to the row above) packs flat drawings best.
    packed = bytearray()
    above = bytes(width * 4)
    for row in rows:
        packed.append(2)
        packed += bytes((value - up) & 255 for value, up in zip(row, above, strict=True))
        above = row
    data = zlib.compress(bytes(packed), 9)
    chunks = ((b"IHDR", header), (b"IDAT", data), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, body) for kind, body in chunks)


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def _pixel(x: float, y: float, palette: Palette) -> bytes:
    """One pixel at (x, y) from the medal's centre: layers laid over each other, edges softened."""
    distance = math.hypot(x, y)
    if distance > 158 and y < 70:
        return b"\0\0\0\0"
    angle = math.atan2(x, -y)
    # Light falls from above: metal and enamel darken towards the bottom.
    fall = min(max((y + 150) / 300, 0.0), 1.0)
    metal = _mix(palette.metal, palette.metal_dark, fall)
    enamel = _mix(palette.enamel, palette.shade, min(distance / 110, 1.0) * (0.35 + 0.65 * fall))
    colour, alpha = metal, 1.0
    if distance > 147:
        edge = _inside(distance - 152 - 4 * math.cos(40 * angle))
        colour = _mix(palette.ribbon, metal, edge)
        alpha = max(edge, _inside(_ribbon_distance(abs(x), y)))
    for radius, layer in (
        (141.0, palette.shade), (137.75, palette.metal), (136.25, palette.shade),
        (114.0, metal), (110.0, enamel),
    ):  # fmt: skip
        colour = _mix(colour, layer, _inside(distance - radius))
    if 71 < distance < 110:
        colour = _mix(colour, palette.metal, _engraving(distance, angle))
    if 115 < distance < 136:
        colour = _mix(colour, palette.metal, _beads(distance, angle))
    for radius, layer in ((71.0, palette.metal), (69.0, palette.enamel)):
        colour = _mix(colour, layer, _inside(distance - radius))
    if distance < 60:
        colour = _mix(colour, palette.metal, _inside(_star_distance(x, y, 54)))
    return bytes((*colour, round(alpha * 255)))


def _inside(distance: float) -> float:
    """How much of a pixel lies inside a shape whose edge is this far away (negative: inside)."""
    return min(max(0.5 - distance, 0.0), 1.0)


def _mix(under: Colour, over: Colour, share: float) -> Colour:
    if share <= 0:
        return under
    if share >= 1:
        return over
    return (
        round(under[0] + (over[0] - under[0]) * share),
        round(under[1] + (over[1] - under[1]) * share),
        round(under[2] + (over[2] - under[2]) * share),
    )


def _engraving(distance: float, angle: float) -> float:
    """The fine crossing lines of the enamel ring: waves running both ways around."""
    share = 0.0
    for direction in (1, -1):
        for shift in (0.0, math.pi):
            wave = 90.5 + 17 * math.sin(18 * angle * direction + shift)
            share = max(share, 1 - abs(distance - wave) / 1.3)
    return 0.42 * max(share, 0.0)


def _beads(distance: float, angle: float) -> float:
    """A ring of sixty beads between the two rims."""
    step = math.tau / 60
    along = (angle % step - step / 2) * 125.5
    return _inside(math.hypot(along, distance - 125.5) - 2.6)


def _star_distance(x: float, y: float, radius: float) -> float:
    """Signed distance, near enough, to a five-pointed star with one point up."""
    sector = math.tau / 5
    angle = abs((math.atan2(x, -y) + sector / 2) % sector - sector / 2)
    distance = math.hypot(x, y)
    px, py = distance * math.sin(angle), distance * math.cos(angle)
    # The edge from the point (0, radius) to the notch half-way to the next point.
    notch = radius * 0.42
    nx, ny = notch * math.sin(sector / 2), notch * math.cos(sector / 2)
    return ((radius - ny) * px + nx * py - nx * radius) / math.hypot(radius - ny, nx)


# The right ribbon's corners as seen from the medal's centre, in drawing order.
_RIBBON = ((72, 74), (106, 212), (60, 192), (36, 222), (6, 92))


def _ribbon_distance(x: float, y: float) -> float:
    """Signed distance to the ribbon's polygon (one half: the other is its mirror image)."""
    nearest, inside = math.inf, False
    for (ax, ay), (bx, by) in zip(_RIBBON, (*_RIBBON[1:], _RIBBON[0]), strict=True):
        ex, ey, wx, wy = bx - ax, by - ay, x - ax, y - ay
        along = min(max((wx * ex + wy * ey) / (ex * ex + ey * ey), 0.0), 1.0)
        nearest = min(nearest, math.hypot(wx - ex * along, wy - ey * along))
        if (ay > y) != (by > y) and x < ax + (y - ay) * ex / ey:
            inside = not inside
    return -nearest if inside else nearest

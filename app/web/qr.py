"""QR codes as SVG and as text, drawn here: no script, no picture from elsewhere.

A share page's code holds the plain share link and nothing else (any phone camera reads it), with
the four-module quiet zone that the standard asks for. The code is dark on white in dark mode too,
because many readers cannot read an inverted one.
"""

import qrcode
from markupsafe import Markup, escape
from qrcode.constants import ERROR_CORRECT_M

_QUIET_ZONE = 4


def qr_svg(text: str, label: str) -> Markup:
    """An inline `<svg role="img">` of a QR code for the text, described by the label."""
    rows = _modules(text)
    size = len(rows)
    path = "".join(_runs(row, y) for y, row in enumerate(rows))
    return Markup(
        '<svg class="qr" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size} {size}" role="img" '
        'aria-label="{label}" shape-rendering="crispEdges">'
        '<rect width="{size}" height="{size}" fill="#fff"/><path fill="#0b1526" d="{path}"/></svg>'
    ).format(size=size, label=escape(label), path=path)


def qr_text(text: str) -> str:
    """A QR code for a terminal: two rows of modules per line, light ones drawn, dark ones not.

    So it reads on a dark ground; on a light one it is inverted, which most phones read as well.
    """
    rows = _modules(text)
    rows.append([False] * len(rows[0]))  # a code's side is odd, 17 + 4n modules (ISO 18004)
    pairs = zip(rows[::2], rows[1::2], strict=True)
    return "\n".join("".join(map(_half_block, upper, lower)) for upper, lower in pairs)


def _half_block(upper: bool, lower: bool) -> str:
    if upper:
        return " " if lower else "▄"
    return "▀" if lower else "█"


def _modules(text: str) -> list[list[bool]]:
    """The code's rows, dark modules true, with the quiet zone."""
    code = qrcode.QRCode(error_correction=ERROR_CORRECT_M, border=_QUIET_ZONE)
    code.add_data(text)
    code.make(fit=True)
    rows: list[list[bool]] = code.get_matrix()
    return rows


def _runs(row: list[bool], y: int) -> str:
    """One row's dark modules as path commands, neighbours joined: a tenth of the size."""
    commands: list[str] = []
    x = 0
    while x < len(row):
        start = x
        while x < len(row) and row[x]:
            x += 1
        if x > start:
            commands.append(f"M{start} {y}h{x - start}v1H{start}z")
        x += 1
    return "".join(commands)

from xml.etree.ElementTree import fromstring

import qrcode

from app.web.qr import qr_svg, qr_text

URL = "https://badges.example.edu/credentials/Zk3vT9wQx1rLm2NcB7yHdg"


def _dark_modules(svg: str) -> set[tuple[int, int]]:
    root = fromstring(svg)  # noqa: S314 - our own drawing
    path = root[1].attrib["d"]
    dark = set()
    for run in path.split("M")[1:]:
        start, rest = run.split("h")
        x, y = (int(number) for number in start.split(" "))
        width = int(rest.split("v")[0])
        dark |= {(x + step, y) for step in range(width)}
    return dark


def test_the_drawing_is_the_code_with_its_quiet_zone() -> None:
    code = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_M, border=4)
    code.add_data(URL)
    code.make(fit=True)
    expected = {
        (x, y) for y, row in enumerate(code.get_matrix()) for x, dark in enumerate(row) if dark
    }

    drawn = _dark_modules(qr_svg(URL, "label"))

    assert drawn == expected
    assert min(x for x, _ in drawn) == 4
    assert min(y for _, y in drawn) == 4


def test_the_drawing_says_what_it_is() -> None:
    root = fromstring(qr_svg(URL, 'QR code: "this" <page>'))  # noqa: S314

    assert root.attrib["role"] == "img"
    assert root.attrib["aria-label"] == 'QR code: "this" <page>'


def test_the_drawing_needs_no_inline_style() -> None:
    assert "style=" not in qr_svg(URL, "label")


def test_the_text_shows_the_same_modules_two_rows_a_line() -> None:
    lines = qr_text(URL).split("\n")

    upper_dark, lower_dark = {" ", "▄"}, {" ", "▀"}
    read = {
        (x, 2 * y + half)
        for y, line in enumerate(lines)
        for x, char in enumerate(line)
        for half, dark in enumerate((upper_dark, lower_dark))
        if char in dark
    }
    assert read == _dark_modules(str(qr_svg(URL, "A code")))

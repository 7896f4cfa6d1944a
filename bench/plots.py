"""Plots as SVG files that need nothing but a browser; every bar and point also says its number."""

from collections.abc import Mapping, Sequence
from html import escape
from math import log10

_WIDTH = 900
_LEFT = 370
_ROW = 30


def bars(title: str, rates: Mapping[str, float], unit: str) -> str:
    """Horizontal bars over a logarithmic scale, longest figures first as given."""
    height = 60 + _ROW * len(rates)
    low = 10 ** int(log10(max(min(rates.values()), 1)))
    high = max(rates.values())
    room = _WIDTH - _LEFT - 110

    def length(rate: float) -> float:
        return max(2.0, room * log10(max(rate, low) / low * 1.5) / log10(high / low * 1.5))

    rows = []
    for number, (name, rate) in enumerate(rates.items()):
        top = 46 + number * _ROW
        rows.append(
            f'<text x="{_LEFT - 10}" y="{top + 15}" text-anchor="end">{escape(name)}</text>'
            f'<rect x="{_LEFT}" y="{top}" width="{length(rate):.0f}" height="20" class="bar"/>'
            f'<text x="{_LEFT + length(rate) + 8:.0f}" y="{top + 15}">{rate:,.0f}</text>'
        )
    return _svg(f"{title} ({unit}, logarithmic)", height, "".join(rows))


def lines(title: str, series: Mapping[str, Sequence[tuple[float, float]]], x: str, y: str) -> str:
    """Curves over two logarithmic axes; the last point of each says its numbers."""
    points = [point for curve in series.values() for point in curve]
    left, top, width, height = 80, 50, _WIDTH - 300, 300
    spans = [(min(p[axis] for p in points), max(p[axis] for p in points)) for axis in (0, 1)]

    def place(point: tuple[float, float]) -> tuple[float, float]:
        (x0, x1), (y0, y1) = spans
        across = log10(point[0] / x0) / (log10(x1 / x0) or 1)
        up = log10(point[1] / y0) / (log10(y1 / y0) or 1)
        return left + width * across, top + height * (1 - up)

    drawn = [f'<rect x="{left}" y="{top}" width="{width}" height="{height}" class="frame"/>']
    for number, (name, curve) in enumerate(series.items()):
        places = [place(point) for point in curve]
        path = " ".join(f"{a:.0f},{b:.0f}" for a, b in places)
        dash = ("", "8 4", "2 4", "12 3 2 3")[number % 4]
        end = places[-1]
        drawn.append(
            f'<polyline points="{path}" class="curve" stroke-dasharray="{dash}"/>'
            f'<text x="{end[0] + 8:.0f}" y="{end[1] + 5:.0f}">'
            f"{escape(name)}: {curve[-1][1]:,.2f}</text>"
        )
    (x0, x1), (y0, y1) = spans
    drawn.append(
        f'<text x="{left}" y="{top + height + 20}">{x0:,.0f}</text>'
        f'<text x="{left + width}" y="{top + height + 20}" text-anchor="end">'
        f"{x1:,.0f} {escape(x)}</text>"
        f'<text x="{left - 8}" y="{top + height}" text-anchor="end">{y0:,.2f}</text>'
        f'<text x="{left - 8}" y="{top + 14}" text-anchor="end">{y1:,.2f}</text>'
    )
    return _svg(f"{title} ({y}, both axes logarithmic)", top + height + 40, "".join(drawn))


def _svg(title: str, height: int, content: str) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" role="img"'
        f' aria-label="{escape(title)}"><style>'
        "text{font:14px system-ui,sans-serif;fill:#1b2a3a}.bar{fill:#2f6f8f}"
        ".curve{fill:none;stroke:#2f6f8f;stroke-width:2.5}.frame{fill:none;stroke:#b8c4cf}"
        "@media(prefers-color-scheme:dark){svg{background:#14202b}text{fill:#e6edf3}"
        ".bar{fill:#62a8c8}.curve{stroke:#62a8c8}}</style>"
        f'<text x="10" y="26" font-weight="600">{escape(title)}</text>{content}</svg>\n'
    )

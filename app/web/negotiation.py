"""Who is asking: a person with a browser, or a program (RFC 9110 section 12.5.1).

A page is sent only to those who name `text/html`; `*/*` means a program, which gets the document.
"""

from collections.abc import Sequence

_PAGE_TYPES = ("text/html", "application/xhtml+xml")


def wants_page(accept: str | None) -> bool:
    """Whether the Accept header names HTML, and no other type that it likes better."""
    weights = _weights(accept)
    page = max((weights.get(kind, 0.0) for kind in _PAGE_TYPES), default=0.0)
    others = [
        weight for kind, weight in weights.items() if "json" in kind or kind == "application/vc"
    ]
    return page > 0 and page >= max(others, default=0.0)


def choose_type(accept: str | None, offered: Sequence[str]) -> str:
    """The offered media type that Accept likes best; the first one when it names none of them."""
    weights = _weights(accept)
    return max(offered, key=lambda kind: weights.get(kind, 0.0))


def entity_tag(version: str) -> str:
    """A version as an ETag: a weak one, for the compressed form has it too (RFC 9110 8.8.3)."""
    return f'W/"{version}"'


def matches_etag(if_none_match: str | None, version: str) -> bool:
    """Whether If-None-Match names this version (weak comparison, RFC 9110 section 13.1.2)."""
    if if_none_match is None:
        return False
    tags = [tag.strip().removeprefix("W/") for tag in if_none_match.split(",")]
    return "*" in tags or f'"{version}"' in tags


def _weights(accept: str | None) -> dict[str, float]:
    weights: dict[str, float] = {}
    for part in (accept or "").split(","):
        kind, *parameters = (piece.strip().lower() for piece in part.split(";"))
        weight = 1.0
        for parameter in parameters:
            if parameter.startswith("q="):
                try:
                    weight = float(parameter[2:])
                except ValueError:
                    weight = 0.0
        if kind:
            weights[kind] = weight if 0 <= weight <= 1 else 0.0
    return weights

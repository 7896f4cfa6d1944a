"""Pages from templates: Jinja with autoescape, and headers that let nothing else in.

The Content-Security-Policy allows our style sheet, pictures of ours or inside the page, forms to
us, and nothing more: no script (but for the verify page's camera), no frame, no other host.
"""

import hashlib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from fastapi import Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from app.credentials.display import in_words
from app.credentials.key_facts import facts_beside_outcomes
from app.settings import Settings
from app.vocabularies.terms import in_a_line
from app.web.markdown import is_safe_link, mark_code, plain, render_markdown
from app.web.wording import (
    word_country,
    word_date,
    word_identifier,
    word_issuer_id,
    word_language,
    word_problem,
    word_standing,
    word_time,
)

STATIC = Path(__file__).parent / "static"
TEMPLATES = Path(__file__).parent / "templates"

_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; "
    "frame-ancestors 'none'; base-uri 'none'"
)
_SCRIPT_POLICY = _POLICY + "; script-src 'self'"

STATIC_TYPES = {
    "signet.css": "text/css; charset=utf-8",
    "scan.js": "text/javascript; charset=utf-8",
    "jsqr-1.4.0.js": "text/javascript; charset=utf-8",
    "guilloche.svg": "image/svg+xml",
    "icon.svg": "image/svg+xml",
}
"""Every file that is served, with its type; nothing else in the folder can be reached."""


@cache
def static_file(name: str) -> tuple[bytes, str]:
    """A static file's bytes and the first part of their digest."""
    data = (STATIC / name).read_bytes()
    return data, hashlib.sha256(data).hexdigest()[:16]


def static_url(name: str) -> str:
    """A static file's address; it changes with the file, so browsers may keep it for good."""
    return f"/static/{name}?v={static_file(name)[1]}"


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=select_autoescape(default=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals["static"] = static_url
    environment.filters |= {
        "markdown": render_markdown,
        "safe_link": is_safe_link,
        "plain": plain,
        "code": mark_code,
        "day": word_date,
        "moment": word_time,
        "reason": word_problem,
        "issuer_place": word_issuer_id,
        "identifier": word_identifier,
        "in_a_line": in_a_line,
        "in_words": in_words,
        "country": word_country,
        "language": word_language,
        "standing": word_standing,
        "number": word_number,
        "worth": facts_beside_outcomes,
    }
    return environment


def word_number(value: float) -> str:
    """A number without the `.0` that JSON readers add."""
    return f"{value:g}"


def host_of(settings: Settings) -> str:
    """The name under which people know this service."""
    return urlsplit(settings.public_url).netloc


def render_html(template: str, settings: Settings, values: Mapping[str, Any]) -> str:
    """A page as text."""
    return _environment().get_template(template).render(host=host_of(settings), **values)


def render_page(
    template: str,
    settings: Settings,
    values: Mapping[str, Any],
    *,
    status: int = 200,
    cache_control: str = "no-store",
    script: bool = False,
    listed: bool = False,
) -> Response:
    """A page as an answer.

    Only a page that asks for it may run our script, and may be `listed` by search engines: what is
    offered is for everybody to find, what somebody earned is not.
    """
    html = render_html(template, settings, values)
    headers = {
        "Content-Security-Policy": _SCRIPT_POLICY if script else _POLICY,
        "Cache-Control": cache_control,
        "Vary": "Accept",
    }
    if not listed:
        headers["X-Robots-Tag"] = "noindex, noarchive"
    return Response(html, status, headers, "text/html; charset=utf-8")

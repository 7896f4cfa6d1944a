"""Markdown from issuers, made safe to stand in a page.

Anybody may put a hostile text into a credential, so two walls stand in a row: the Markdown reader
knows no raw HTML and no images, and what it writes passes an allow-list of tags. Links must be
absolute `https:` or `mailto:`; `javascript:`, relative and protocol-relative links lose their
target and stay as text. The page's Content-Security-Policy is the third wall.
"""

import re
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

import nh3
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markupsafe import Markup, escape

MAX_CHARACTERS = 20_000
"""Longer texts are cut: the page is for reading, the file holds the whole."""

_TAGS = {
    "p", "br", "strong", "em", "code", "pre", "blockquote", "ul", "ol", "li", "a", "hr",
    "h3", "h4", "h5", "h6", "table", "thead", "tbody", "tr", "th", "td", "del",
}  # fmt: skip

# Characters that reorder the text around them: with them "gnp.exe" can be shown as "exe.png".
_BIDI_CONTROLS = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")

_reader = MarkdownIt("commonmark", {"html": False, "maxNesting": 20})
_reader.enable(["table", "strikethrough"])


def _words_for_picture(
    renderer: RendererHTML, tokens: Sequence[Token], index: int, options: Any, env: Any
) -> str:
    """A picture's describing words in its place: a picture from elsewhere would tell who reads."""
    return str(escape(tokens[index].content))


_reader.add_render_rule("image", _words_for_picture)


def _only_absolute_links(tag: str, attribute: str, value: str) -> str | None:
    """Keep `href` where it names a host over https, or a mail address."""
    if attribute == "rel":  # our own
        return value
    if attribute != "href":
        return None
    return value if is_safe_link(value) or value.startswith("mailto:") else None


def is_safe_link(value: object) -> bool:
    """Whether a value from a credential may become a link: absolute https, no user name in it."""
    if not isinstance(value, str) or re.search(r"[\s\\<>\"\x00-\x1f]", value):
        return False
    try:
        parts = urlsplit(value)
    except ValueError:
        return False
    return parts.scheme == "https" and bool(parts.hostname) and "@" not in parts.netloc


def plain(text: str) -> str:
    """A text without characters that change the direction of what stands around it."""
    return _BIDI_CONTROLS.sub("", text)


def mark_code(text: str) -> Markup:
    """A plain text in which what stands between backticks is shown as code, and nothing else."""
    parts = (escape(part) for part in plain(text).split("`"))
    shown = (part if index % 2 == 0 else f"<code>{part}</code>" for index, part in enumerate(parts))
    return Markup("".join(shown))  # noqa: S704 - every part was escaped above


def render_markdown(text: str) -> Markup:
    """The text as HTML that cannot do anything: headings start at h3, links must be absolute."""
    source = plain(text)
    if len(source) > MAX_CHARACTERS:
        source = source[:MAX_CHARACTERS] + " …"
    html = _reader.render(source)
    # The page has its own h1 and h2; an issuer's headings stand below them.
    html = re.sub(
        r"<(/?)h([1-6])>", lambda match: f"<{match[1]}h{min(6, int(match[2]) + 2)}>", html
    )
    clean = nh3.clean(
        html,
        tags=_TAGS,
        attributes={"a": {"href"}},
        attribute_filter=_only_absolute_links,
        url_schemes={"https", "mailto"},
        link_rel="noopener noreferrer nofollow",
    )
    return Markup(clean)  # noqa: S704 - nh3 has just made it safe

"""Atom 1.0 (RFC 4287): what is new in the catalogue, for feed readers and other hubs.

Built as a tree and written by the standard library, so that no title can break out of its element;
characters that XML 1.0 cannot hold are left out.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from xml.etree.ElementTree import Element, SubElement, tostring

from app.encoding.dates import format_datetime

MEDIA_TYPE = "application/atom+xml"

_NAMESPACE = "http://www.w3.org/2005/Atom"
_IMPOSSIBLE = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True)
class FeedEntry:
    """One thing that is new; `url` is its permanent identifier too."""

    url: str
    title: str
    summary: str
    author: str
    published: datetime
    categories: Sequence[tuple[str, str]]  # code and label


@dataclass(frozen=True)
class Feed:
    """A feed and where it, the page for people, and the same as linked data stand."""

    url: str
    page: str
    data: str
    title: str
    updated: datetime
    entries: Sequence[FeedEntry]


def write_feed(feed: Feed) -> bytes:
    """The feed as UTF-8 XML."""
    root = Element("feed", {"xmlns": _NAMESPACE})
    _text(root, "id", feed.page)
    _text(root, "title", feed.title)
    _text(root, "updated", format_datetime(feed.updated))
    SubElement(root, "link", {"rel": "self", "type": MEDIA_TYPE, "href": feed.url})
    SubElement(root, "link", {"rel": "alternate", "type": "text/html", "href": feed.page})
    SubElement(root, "link", {"rel": "alternate", "type": "application/ld+json", "href": feed.data})
    for each in feed.entries:
        _entry(root, each)
    body: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
    return body


def _entry(root: Element, entry: FeedEntry) -> None:
    element = SubElement(root, "entry")
    _text(element, "id", entry.url)
    _text(element, "title", entry.title)
    _text(element, "updated", format_datetime(entry.published))
    _text(element, "published", format_datetime(entry.published))
    _text(SubElement(element, "author"), "name", entry.author)
    SubElement(element, "link", {"rel": "alternate", "href": entry.url})
    _text(element, "summary", entry.summary)
    for code, label in entry.categories:
        SubElement(element, "category", {"term": _possible(code), "label": _possible(label)})


def _text(parent: Element, name: str, text: str) -> None:
    SubElement(parent, name).text = _possible(text)


def _possible(text: str) -> str:
    return _IMPOSSIBLE.sub("", text)

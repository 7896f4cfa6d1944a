"""The feed is well-formed XML, whatever its entries say."""

from defusedxml.ElementTree import fromstring

from app.web.atom import Feed, FeedEntry, write_feed
from tests.conftest import NOW

ATOM = "{http://www.w3.org/2005/Atom}"
HOSTILE = "</title>\x00\x0b]]><!-- & \ud800 \ufffe <b>"
HARMLESS = "</title>]]><!-- &   <b>"


def test_what_xml_cannot_hold_is_left_out_and_the_rest_is_escaped() -> None:
    entry = FeedEntry(
        "https://x.example/?a=1&b=2", HOSTILE, HOSTILE, HOSTILE, NOW, [("06", HOSTILE)]
    )
    page = "https://x.example/"
    feed = Feed(f"{page}f", page, f"{page}d", HOSTILE, NOW, [entry])

    root = fromstring(write_feed(feed))

    shown = root.find(f"{ATOM}entry")
    assert shown is not None
    assert shown.findtext(f"{ATOM}id") == entry.url
    assert shown.findtext(f"{ATOM}author/{ATOM}name") == HARMLESS
    assert [shown.findtext(f"{ATOM}{name}") for name in ("title", "summary")] == [HARMLESS] * 2
    category = shown.find(f"{ATOM}category")
    assert category is not None
    assert category.get("label") == HARMLESS
    assert root.findtext(f"{ATOM}updated") == "2026-03-01T12:00:00Z"

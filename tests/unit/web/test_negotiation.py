import pytest

from app.web.negotiation import choose_type, matches_etag, wants_page

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8"


@pytest.mark.parametrize(
    ("accept", "page"),
    [
        (BROWSER, True),
        ("text/html", True),
        ("application/xhtml+xml", True),
        ("*/*", False),
        (None, False),
        ("", False),
        ("application/json", False),
        ("application/vc, text/html;q=0.5", False),
        ("application/json;q=0.5, text/html", True),
        ("text/html;q=0", False),
        ("text/html;q=abc", False),
        ("text/html;q=7", False),
        ("TEXT/HTML", True),
        ("text/*", False),
    ],
)
def test_only_those_who_name_html_get_a_page(accept: str | None, page: bool) -> None:
    assert wants_page(accept) is page


@pytest.mark.parametrize(
    ("accept", "chosen"),
    [
        ("*/*", "application/vc"),
        (None, "application/vc"),
        ("application/json", "application/json"),
        ("application/ld+json;q=0.4, application/json;q=0.2", "application/ld+json"),
        ("image/png", "application/vc"),
    ],
)
def test_the_type_that_was_asked_for_is_chosen(accept: str | None, chosen: str) -> None:
    offered = ("application/vc", "application/ld+json", "application/json")
    assert choose_type(accept, offered) == chosen


@pytest.mark.parametrize(
    ("header", "matches"),
    [
        ('"a"', True),
        ('W/"a"', True),
        ('"b", "a"', True),
        ("*", True),
        ('"b"', False),
        (None, False),
    ],
)
def test_if_none_match_is_compared_weakly(header: str | None, matches: bool) -> None:
    assert matches_etag(header, "a") is matches

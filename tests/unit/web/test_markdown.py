import pytest

from app.web.markdown import MAX_CHARACTERS, is_safe_link, plain, render_markdown


@pytest.mark.parametrize(
    "hostile",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "<svg/onload=alert(1)>",
        "[x](javascript:alert(1))",
        "[x](JaVaScRiPt:alert(1))",
        "[x](data:text/html,<script>alert(1)</script>)",
        "[x](vbscript:x)",
        "[x](//evil.example/x)",
        "[x](/credentials/other)",
        "[x](\\\\evil.example)",
        "[x](http://plain.example)",
        "[x](https://us@evil.example)",
        "![x](https://evil.example/pixel.png)",
        "<https://us@evil.example/>",
        '[x](https://ok.example "onmouseover=alert(1)")',
        "<iframe src=https://evil.example></iframe>",
        "[x]: javascript:alert(1)\n\n[x]",
        "<a href='javascript:x' style='position:fixed'>x</a>",
    ],
)
def test_a_hostile_text_becomes_words(hostile: str) -> None:
    html = str(render_markdown(hostile))

    live = html.replace("&lt;", "").replace("&gt;", "")
    assert "<script" not in live
    assert "<img" not in html
    assert "<svg" not in html
    assert "<iframe" not in html
    assert 'href="javascript' not in html.lower()
    assert "evil.example/" not in "".join(part for part in html.split('"') if "href" in part)
    for start in ("//", "/", "data:", "vbscript:", "http:", "https://us@"):
        assert f'href="{start}' not in html.lower()
    assert "title=" not in html
    assert "<a href='" not in html


def test_what_issuers_write_is_kept() -> None:
    html = str(render_markdown("# One\n\n- **two**\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n~~x~~"))

    assert "<h3>One</h3>" in html
    assert "<strong>two</strong>" in html
    assert "<td>2</td>" in html


def test_headings_never_climb_above_those_of_the_page() -> None:
    html = str(render_markdown("# a\n\n###### f"))

    assert html == "<h3>a</h3>\n<h6>f</h6>\n"


def test_a_link_tells_the_other_site_nothing() -> None:
    html = str(render_markdown("[site](https://ok.example/a)"))

    assert '<a href="https://ok.example/a" rel="noopener noreferrer nofollow">site</a>' in html


def test_a_mail_address_may_be_linked() -> None:
    assert 'href="mailto:a@ok.example"' in render_markdown("[write](mailto:a@ok.example)")


def test_a_picture_is_replaced_by_its_words() -> None:
    assert "<p>A &lt;plan&gt;</p>" in render_markdown("![A <plan>](https://x.example/a.png)")


def test_a_very_long_text_is_cut() -> None:
    html = str(render_markdown("word " * MAX_CHARACTERS))

    assert len(html) < MAX_CHARACTERS + 100
    assert "…" in html


def test_characters_that_turn_the_text_around_are_dropped() -> None:
    assert plain("invoice\u202egnp.exe\u2066") == "invoicegnp.exe"
    assert "\u202e" not in render_markdown("a\u202eb")


@pytest.mark.parametrize(
    ("value", "safe"),
    [
        ("https://ok.example/path?x=1#y", True),
        ("https://ok.example", True),
        ("http://ok.example", False),
        ("javascript:alert(1)", False),
        ("https:evil.example", False),
        ("https://", False),
        ("https://us@evil.example", False),
        ("https://ok.example/\\evil", False),
        ("https://ok.example/ x", False),
        ("https://[broken", False),
        (None, False),
        (7, False),
    ],
)
def test_only_an_absolute_https_address_becomes_a_link(value: object, safe: bool) -> None:
    assert is_safe_link(value) is safe

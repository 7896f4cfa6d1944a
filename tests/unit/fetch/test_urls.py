import pytest

from app.errors import CheckUndecided
from app.fetch.urls import Address, parse_address

LONG_LABELS = ".".join(["a" * 63] * 4)

ACCEPTED = [
    ("https://badge.example", Address("badge.example", 443, "/")),
    ("https://badge.example/", Address("badge.example", 443, "/")),
    ("https://Badge.EXAMPLE/A", Address("badge.example", 443, "/A")),
    ("https://badge.example:443/a", Address("badge.example", 443, "/a")),
    ("https://badge.example:8443/a", Address("badge.example", 8443, "/a")),
    ("https://badge.example:65535/", Address("badge.example", 65535, "/")),
    ("https://badge.example?a=b", Address("badge.example", 443, "/?a=b")),
    ("https://badge.example/a%20b?c=d#e", Address("badge.example", 443, "/a%20b?c=d")),
    ("https://xn--bcher-kva.example/", Address("xn--bcher-kva.example", 443, "/")),
    ("https://a-1.2b.example/", Address("a-1.2b.example", 443, "/")),
]

REFUSED = [
    "",
    "badge.example",
    "http://badge.example/",
    "ftp://badge.example/",
    "file:///etc/passwd",
    "data:,hello",
    "did:web:badge.example",
    "https:/badge.example/",
    "https:badge.example/",
    "https:///badge.example/",
    # User names, and hosts that only look like one.
    "https://user@badge.example/",
    "https://user:password@badge.example/",
    "https://badge.example@127.0.0.1/",
    "https://badge.example%40127.0.0.1/",
    "https://127.0.0.1\\@badge.example/",
    "https://badge.example\\.evil.example/",
    # IP addresses in every spelling.
    "https://127.0.0.1/",
    "https://127.1/",
    "https://127.0.1/",
    "https://2130706433/",
    "https://0x7f000001/",
    "https://0x7f.0.0.1/",
    "https://0x7f.0x1/",
    "https://0177.0.0.1/",
    "https://badge.0x7f/",
    "https://127.0.0.1./",
    "https://[::1]/",
    "https://[::ffff:127.0.0.1]/",
    "https://[64:ff9b::a9fe:a9fe]/",
    "https://[fe80::1%25eth0]/",
    "https://127。0。0。1/",
    "https://127.0.0.1/",
    "https://①②⑦.⓪.⓪.①/",
    # Names that are not names on the public internet.
    "https://localhost/",
    "https://intranet/",
    "https://badge.example./",
    "https://.badge.example/",
    "https://badge..example/",
    "https://-badge.example/",
    "https://badge-.example/",
    "https://bad_ge.example/",
    "https://büecher.example/",
    "https://badge.exampleK/".replace("K", "\u212a"),
    "https://%62adge.example/",
    f"https://{'a' * 64}.example/",
    f"https://{LONG_LABELS}.example/",
    # Ports.
    "https://badge.example:/",
    "https://badge.example:0/",
    "https://badge.example:022/",
    "https://badge.example:22/",
    "https://badge.example:80/",
    "https://badge.example:1023/",
    "https://badge.example:65536/",
    "https://badge.example:70000/",
    "https://badge.example:100000/",
    "https://badge.example:-1/",
    "https://badge.example:443:443/",
    # Characters that parsers and servers read in different ways.
    "https://badge.example/a b",
    " https://badge.example/",
    "https://badge.example/\n",
    "https://badge.example/\r\nHost: evil.example",
    "https://badge.example/a\tb",
    "https://badge.example/a\\b",
    "https://badge.example/%",
    "https://badge.example/%zz",
    "https://badge.example/ü",
    "https://badge.example/\x00",
    f"https://badge.example/{'a' * 2048}",
]


@pytest.mark.parametrize(("url", "address"), ACCEPTED)
def test_an_address_is_read_in_its_parts(url: str, address: Address) -> None:
    assert parse_address(url) == address


@pytest.mark.parametrize("url", REFUSED, ids=ascii)
def test_an_address_of_another_form_is_blocked(url: str) -> None:
    with pytest.raises(CheckUndecided) as caught:
        parse_address(url)

    assert caught.value.code == "fetch_blocked"
    assert caught.value.detail.isascii()

"""did:web: which addresses a name may lead to, and every trick that leads nowhere."""

import pytest

from app.errors import CheckFailed
from app.keys.did_web import did_web_of, did_web_urls

BUILT = [
    ("https://badges.example", (), "did:web:badges.example"),
    ("https://Badges.EXAMPLE/", ("issuers", "a"), "did:web:badges.example:issuers:a"),
    ("https://badges.example:8443", ("a",), "did:web:badges.example%3A8443:a"),
    ("http://127.0.0.1:8000", ("issuers", "acme"), "did:web:127.0.0.1%3A8000:issuers:acme"),
]


@pytest.mark.parametrize(("origin", "path", "did"), BUILT)
def test_a_did_is_built_from_the_public_address(
    origin: str, path: tuple[str, ...], did: str
) -> None:
    assert did_web_of(origin, *path) == did


READ = [
    ("did:web:badges.example", ["https://badges.example/.well-known/did.json"]),
    ("did:web:badges.example:issuers:a", ["https://badges.example/issuers/a/did.json"]),
    ("did:web:badges.example:A_b-1.x", ["https://badges.example/A_b-1.x/did.json"]),
    ("did:web:badges.example%3A8443", ["https://badges.example:8443/.well-known/did.json"]),
    (
        "did:web:127.0.0.1%3A8000:issuers:acme",
        [
            "https://127.0.0.1:8000/issuers/acme/did.json",
            "http://127.0.0.1:8000/issuers/acme/did.json",
        ],
    ),
    (
        "did:web:localhost",
        ["https://localhost/.well-known/did.json", "http://localhost/.well-known/did.json"],
    ),
    ("did:web:xn--bcher-kva.example", ["https://xn--bcher-kva.example/.well-known/did.json"]),
]


@pytest.mark.parametrize(("did", "urls"), READ)
def test_a_did_leads_to_its_document(did: str, urls: list[str]) -> None:
    assert did_web_urls(did) == urls


REFUSED = [
    "did:web:",
    "did:web:example",
    "did:web:Badges.example",
    "did:web:badges.example.",
    "did:web:.example",
    "did:web:badges..example",
    "did:web:-badges.example",
    "did:web:badges-.example",
    "did:web:badges_x.example",
    "did:web:bücher.example",
    "did:web:ｂadges.example",
    "did:web:badges。example",
    "did:web:10.0.0.1",
    "did:web:169.254.169.254",
    "did:web:127.0.0.2",
    "did:web:127.1",
    "did:web:2130706433",
    "did:web:0x7f000001",
    "did:web:[::1]",
    "did:web:%5B%3A%3A1%5D",
    "did:web:user%40badges.example",
    "did:web:user@badges.example",
    "did:web:badges.example:8443:a/b",
    "did:web:badges.example%3a8443",
    "did:web:badges.example%3A0",
    "did:web:badges.example%3A70000",
    "did:web:badges.example%3A65536",
    "did:web:badges.example%3A080",
    "did:web:badges.example%3A",
    "did:web:badges.example:",
    "did:web:badges.example::a",
    "did:web:badges.example:..",
    "did:web:badges.example:.",
    "did:web:badges.example:%2e%2e%2f",
    "did:web:badges.example:a%2Fb",
    "did:web:badges.example:a?b",
    "did:web:badges.example:a#b",
    "did:web:badges.example:a\\b",
    "did:web:badges.example:a b",
    "did:web:badges.example\n",
    "did:web:" + "a" * 64 + ".example",
    "did:web:" + ".".join(["a" * 60] * 5) + ".example",
    "did:web:badges.example:" + "a" * 600,
]


@pytest.mark.parametrize("did", REFUSED)
def test_a_trick_leads_nowhere(did: str) -> None:
    with pytest.raises(CheckFailed) as refusal:
        did_web_urls(did)

    assert refusal.value.code == "did_syntax"

"""From an identifier to its controlled identifier document, by method.

`fetch` is handed in, so the same code serves the network, a file of documents, and a test.
"""

from collections.abc import Callable
from typing import Protocol

from app.encoding.strict_json import parse_json
from app.errors import CheckUndecided, MalformedInput
from app.keys.controlled_identifier import ControlledIdentifierDocument
from app.keys.did_jwk import resolve_did_jwk
from app.keys.did_key import resolve_did_key
from app.keys.did_web import did_web_urls


class Document(Protocol):
    """What a fetch brings back, as far as resolution looks at it."""

    @property
    def body(self) -> bytes:
        """The bytes of the document."""


Resolve = Callable[[str], ControlledIdentifierDocument]


def make_resolver(fetch: Callable[[str], Document]) -> Resolve:
    """A resolver of did:key, did:jwk, did:web and https identifiers.

    It raises `CheckFailed` (did_syntax, did_document_invalid, bad_key, weak_key) for identifiers
    and documents that are wrong, and `CheckUndecided` (did_method_unknown, did_unavailable) when
    the document cannot be had.
    """

    def resolve(identifier: str) -> ControlledIdentifierDocument:
        if identifier.startswith("did:key:"):
            return resolve_did_key(identifier)
        if identifier.startswith("did:jwk:"):
            return resolve_did_jwk(identifier)
        if identifier.startswith("did:web:"):
            return _read(fetch, did_web_urls(identifier), identifier)
        if identifier.startswith("https://"):
            return _read(fetch, [identifier], identifier)
        raise CheckUndecided(
            "did_method_unknown", f"{identifier[:80]!r} is of a kind that cannot be resolved here"
        )

    return resolve


def _read(
    fetch: Callable[[str], Document], urls: list[str], identifier: str
) -> ControlledIdentifierDocument:
    reasons = []
    for url in urls:
        try:
            document = parse_json(fetch(url).body)
        except (CheckUndecided, MalformedInput) as error:
            reasons.append(f"{url}: {error.detail}")
        else:
            return ControlledIdentifierDocument.parse(document, identifier)
    raise CheckUndecided("did_unavailable", "; ".join(reasons))

"""What a document says as RDF, by PyLD alone: nothing of ours, its drops made visible.

Two documents say the same when their canonical N-Quads are equal and nothing was dropped from
either on the way.
"""

import copy
from typing import Any

from pyld import jsonld

from tests.forgeries.signing import CONTEXT_DOCUMENTS


class SaysNothingClear(Exception):
    """The document cannot be read, or part of it would be lost."""


def statements(document: dict[str, Any]) -> bytes:
    """The canonical N-Quads; raises `SaysNothingClear`."""
    dropped: list[Any] = []

    def load(url: str, _options: object) -> dict[str, Any]:
        if url not in CONTEXT_DOCUMENTS:
            raise SaysNothingClear(url)
        return {
            "contextUrl": None,
            "documentUrl": url,
            "document": CONTEXT_DOCUMENTS[url],
            "tag": "static",
        }

    base = "urn:no-base:"
    try:
        expanded = jsonld.expand(
            copy.deepcopy(document),
            {"documentLoader": load, "base": base},
            on_property_dropped=dropped.append,
        )
        quads: str = jsonld.normalize(
            expanded, {"algorithm": "URDNA2015", "format": "application/n-quads", "base": base}
        )
    except (jsonld.JsonLdError, SaysNothingClear, TypeError, AttributeError, KeyError) as error:
        raise SaysNothingClear(str(error)) from None
    if dropped or _nodes(expanded) != _nodes_in(quads):
        raise SaysNothingClear("something was dropped")
    return quads.encode("utf-8")


def _nodes(expanded: Any) -> int:
    """How many identified nodes say something."""
    found: set[str] = set()
    waiting = [expanded]
    while waiting:
        value = waiting.pop()
        if isinstance(value, list):
            waiting.extend(value)
        elif isinstance(value, dict) and "@value" not in value:
            if len(value) > 1 and "@id" in value:
                found.add(value["@id"])
            waiting.extend(value.values())
    return len(found)


def _nodes_in(quads: str) -> int:
    subjects = {line.partition(" ")[0] for line in quads.splitlines()}
    return len([subject for subject in subjects if not subject.startswith("_:")])

"""Documents that a credential pins by digest: `relatedResource` (VCDM 2.0 section 5.3).

Two things follow from a pin, without fetching anything. A resource that is held here must be the
one that was pinned. And a context at an address that is not held here is accepted exactly when it
is pinned to a digest of a context that *is* held here: the content is then known, whatever the
address. So every installation can serve our own context under its own roof.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from app.encoding.multibase import decode_multibase
from app.errors import CheckFailed
from app.jsonld.contexts import SRI_ALGORITHMS, ContextBundle, digest_sri

# Multihash headers (varint code and length) of the registry, and what they stand for.
_MULTIHASHES = {
    bytes([0x12, 0x20]): "sha256",
    bytes([0x20, 0x30]): "sha384",
    bytes([0x13, 0x40]): "sha512",
}


def with_pinned_contexts(document: Mapping[str, Any], contexts: ContextBundle) -> ContextBundle:
    """The bundle as this document may see it: the same contexts, also at the addresses it pins.

    Raises `CheckFailed` related_resource_mismatch when it pins a context that is held here to
    other bytes. Resources that are neither held nor contexts of ours are nobody's concern here.
    """
    aliases: dict[str, str] = {}
    for resource in _resources(document):
        url = resource.get("id")
        if not isinstance(url, str):
            continue
        if url in contexts:
            _check_digests(resource, url, contexts)
        elif (canonical := _context_of(resource, contexts)) is not None:
            aliases[url] = canonical
    if not aliases:
        return contexts
    documents = {url: contexts.documents[canonical] for url, canonical in aliases.items()}
    return replace(
        contexts,
        documents={**contexts.documents, **documents},
        aliases=aliases,
        # What an address stands for here holds for this document only.
        resolved=dict(contexts.resolved),
    )


def _resources(document: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    listed = document.get("relatedResource", [])
    resources = listed if isinstance(listed, list) else [listed]
    return [resource for resource in resources if isinstance(resource, Mapping)]


def _check_digests(resource: Mapping[str, Any], url: str, contexts: ContextBundle) -> None:
    content = contexts.files[url].read_bytes()
    sri, multibase = resource.get("digestSRI"), resource.get("digestMultibase")
    if isinstance(sri, str) and sri not in {digest_sri(content, name) for name in SRI_ALGORITHMS}:
        raise _mismatch(url, "digestSRI")
    if isinstance(multibase, str) and not _is_digest(multibase, content):
        raise _mismatch(url, "digestMultibase")


def _is_digest(text: str, content: bytes) -> bool:
    """Whether a multibase text is a multihash of the bytes, or as some write it, a bare SHA-256."""
    try:
        data = decode_multibase(text)
    except CheckFailed:
        return False
    algorithm = _MULTIHASHES.get(data[:2])
    if algorithm is not None and data[2:] == hashlib.new(algorithm, content).digest():
        return True
    return data == hashlib.sha256(content).digest()


def _context_of(resource: Mapping[str, Any], contexts: ContextBundle) -> str | None:
    """The bundled context whose digest the resource states."""
    sri = resource.get("digestSRI")
    return contexts.by_digest.get(sri) if isinstance(sri, str) else None


def _mismatch(url: str, member: str) -> CheckFailed:
    return CheckFailed(
        "related_resource_mismatch",
        f"its {member} of {url} is not that of the document held here",
        field="/relatedResource",
    )

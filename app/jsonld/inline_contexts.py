"""Contexts that a document brings with it: allowed to name new things, and nothing else.

A @context is not signed by an rdfc proof. Whoever may write one could give a second name to a term
that readers look for (the status, the end of validity), rename the member, and keep the signature.
"""

from collections.abc import Mapping
from typing import Any

from app.errors import CheckFailed

_DEFINITION_MEMBERS = frozenset({"@id", "@type", "@container", "@protected"})
_CONTAINERS = ("@set", "@list")
# A term may be written with a prefix, and that with another one; nobody needs more of them in a
# row. Without a bound they are followed 4,000 deep, for each term anew.
_MAX_PREFIXES = 4
# Each use of a term says its IRI in full, and a document may use it thousands of times.
_MAX_IRI = 500


def check_inline_context(
    context: Mapping[str, Any], taken: frozenset[str], *, field: str = "/@context"
) -> frozenset[str]:
    """Accept a context written into the document only if it does nothing but name new things.

    `taken` holds the terms and the IRIs of the other contexts: neither a term nor what it stands
    for may be one of them. No keywords, only absolute IRIs. Returns the terms it defines; raises
    `CheckFailed` context_not_allowed.
    """
    _check_prefixes(context, field)
    namespaces = tuple(name for name in taken if name.endswith(("#", "/")))
    for term, definition in context.items():
        if term == "@protected" and isinstance(definition, bool):
            continue
        if term.startswith("@") or ":" in term:
            raise _refused(f"{term[:40]!r} may not be set by the document itself", field)
        if term in taken:
            raise _refused(f"{term[:40]!r} is defined already", field)
        members = definition if isinstance(definition, dict) else {"@id": definition}
        if not members.keys() <= _DEFINITION_MEMBERS:
            raise _refused(f"{term[:40]!r} is defined in an unusual way", field)
        target, coercion = members.get("@id"), members.get("@type", "@id")
        if not _names_iri(target) or not (coercion == "@id" or _names_iri(coercion)):
            raise _refused(
                f"{term[:40]!r} must stand for an absolute IRI of at most {_MAX_IRI} characters",
                field,
            )
        if _is_taken(str(target), context, taken, namespaces):
            raise _refused(f"what {term[:40]!r} stands for has a term already", field)
        if members.get("@container", "@set") not in _CONTAINERS:
            raise _refused(f"{term[:40]!r} has an unusual container", field)
    return frozenset(term for term in context if not term.startswith("@"))


def _check_prefixes(context: Mapping[str, Any], field: str) -> None:
    """Refuse terms that are written with each other's prefixes more than a few in a row."""
    settled: set[str] = set()
    waiting = {
        term: {prefix for prefix in _prefixes_of(definition) if prefix in context}
        for term, definition in context.items()
    }
    for _ in range(1 + _MAX_PREFIXES):
        settled |= {term for term, prefixes in waiting.items() if prefixes <= settled}
    if deep := next((term for term in waiting if term not in settled), None):
        raise _refused(f"{deep[:40]!r} is written with prefixes of prefixes", field)


def _prefixes_of(definition: object) -> set[str]:
    """What stands before the colons of a definition, if it is no scheme with an authority."""
    members = definition.values() if isinstance(definition, dict) else [definition]
    parted = [member.partition(":") for member in members if isinstance(member, str)]
    return {prefix for prefix, _, rest in parted if not rest.startswith("//")}


def _is_taken(
    iri: str, context: Mapping[str, Any], taken: frozenset[str], namespaces: tuple[str, ...]
) -> bool:
    """Whether another context speaks of this IRI, whichever way it is written here.

    Prefixes of this very context are followed; one of another context is taken, and so is every
    IRI below a vocabulary or namespace that another context names.
    """
    followed: set[str] = set()
    while (prefix := iri.partition(":")[0]) in context and prefix not in followed:
        followed.add(prefix)
        definition = context[prefix]
        base = definition.get("@id") if isinstance(definition, dict) else definition
        if not isinstance(base, str) or iri.startswith(f"{prefix}://"):
            break
        iri = base + iri.removeprefix(f"{prefix}:")
    return prefix in taken or iri in taken or iri.startswith(namespaces)


def _names_iri(value: object) -> bool:
    return (
        isinstance(value, str)
        and ":" in value
        and not value.startswith(("@", "_:"))
        and len(value) <= _MAX_IRI
    )


def _refused(reason: str, field: str) -> CheckFailed:
    return CheckFailed("context_not_allowed", f"a context in the document: {reason}", field=field)

"""Expansion in safe mode: every member of a document ends up in what is signed, or it is refused.

PyLD alone drops undefined terms, turns relative references into absolute ones, and skips whole
nodes over a space in an id. Here the raw document is looked at first (keywords, nested contexts,
nulls), then PyLD's report of dropped members is taken for an error, then every IRI is checked
while the quads are made. Data Integrity 1.0, "Securing Data Losslessly".
"""

from collections.abc import Callable, Mapping
from typing import Any

from pyld import jsonld
from pyld.context_resolver import ContextResolver

from app.errors import CheckFailed
from app.jsonld.contexts import ContextBundle
from app.jsonld.rdf import BASE, to_quads
from app.jsonld.rdfc10 import canonicalize_quads

# Where a document may hold another one with a @context of its own.
_DOCUMENT_MEMBERS = frozenset({"endorsement", "verifiableCredential"})
_VALUE_OBJECT = frozenset({"@value", "@language", "@direction"})
_DEFINITION_MEMBERS = frozenset({"@id", "@type", "@container", "@protected"})
_CONTAINERS = frozenset({"@set", "@list"})

ContextRule = Callable[[object], None]


def canonicalize(
    document: Mapping[str, Any], contexts: ContextBundle, *, algorithm: str = "sha256"
) -> bytes:
    """The canonical N-Quads (RDFC-1.0, UTF-8) of a document, losing nothing.

    Raises `CheckFailed` data_loss, invalid_id, unknown_context, keyword_not_allowed or
    json_ld_error, and `MalformedInput` for what cannot be processed at all.
    """
    quads = to_quads(_expand(document, contexts))
    return canonicalize_quads(quads, algorithm=algorithm).encode("utf-8")


def check_structure(
    document: Mapping[str, Any], check_context: ContextRule, *, value_objects: bool
) -> None:
    """Refuse JSON-LD constructs that change or hide what is signed.

    `check_context` judges each @context, at the top and in embedded credentials; elsewhere there
    may be none. Value objects (`@value` with `@language` or `@direction`) are allowed on request.
    Raises `CheckFailed` context_not_allowed, keyword_not_allowed or data_loss.
    """
    check_context(document.get("@context"))
    _check_members(document, "", check_context, value_objects)


def _check_members(
    value: Mapping[str, Any], path: str, check_context: ContextRule, value_objects: bool
) -> None:
    for key, member in value.items():
        field = f"{path}/{key.replace('~', '~0').replace('/', '~1')}"
        if key == "@context":
            if path:
                raise CheckFailed(
                    "context_not_allowed", "a @context may not stand inside", field=field
                )
        elif key.startswith("@"):
            if not (value_objects and "@value" in value and value.keys() <= _VALUE_OBJECT):
                raise CheckFailed(
                    "keyword_not_allowed",
                    f"the keyword {key[:40]!r} may not stand here",
                    field=field,
                )
        elif key in _DOCUMENT_MEMBERS:
            _check_documents(member, field, check_context, value_objects)
        else:
            _check_value(member, field, check_context, value_objects)


def _check_documents(
    member: object, field: str, check_context: ContextRule, value_objects: bool
) -> None:
    for n, item in enumerate(member if isinstance(member, list) else [member]):
        if isinstance(item, dict) and "@context" in item:
            check_context(item["@context"])
            inside = {key: inner for key, inner in item.items() if key != "@context"}
            _check_members(inside, f"{field}/{n}", check_context, value_objects)
        else:
            _check_value(item, f"{field}/{n}", check_context, value_objects)


def _check_value(
    value: object, field: str, check_context: ContextRule, value_objects: bool
) -> None:
    if value is None:
        raise CheckFailed("data_loss", "null says nothing; leave the member out", field=field)
    if isinstance(value, dict):
        _check_members(value, field, check_context, value_objects)
    elif isinstance(value, list):
        for n, item in enumerate(value):
            _check_value(item, f"{field}/{n}", check_context, value_objects)


def check_inline_context(
    context: Mapping[str, Any], taken: frozenset[str], *, field: str = "/@context"
) -> frozenset[str]:
    """Accept a context written into the document only if it does nothing but name new terms.

    No keyword, no redefinition of a term that an earlier context defines (`taken`), only absolute
    IRIs. Returns the terms it defines; raises `CheckFailed` context_not_allowed.
    """
    for term, definition in context.items():
        if term == "@protected" and isinstance(definition, bool):
            continue
        if term.startswith("@") or ":" in term:
            raise _inline_refused(f"{term[:40]!r} may not be set by the document itself", field)
        if term in taken:
            raise _inline_refused(f"{term[:40]!r} is defined already", field)
        members = definition if isinstance(definition, dict) else {"@id": definition}
        if not members.keys() <= _DEFINITION_MEMBERS:
            raise _inline_refused(f"{term[:40]!r} is defined in an unusual way", field)
        target, coercion = members.get("@id"), members.get("@type", "@id")
        if not _names_iri(target) or not (coercion == "@id" or _names_iri(coercion)):
            raise _inline_refused(f"{term[:40]!r} must stand for an absolute IRI", field)
        if members.get("@container", "@set") not in _CONTAINERS:
            raise _inline_refused(f"{term[:40]!r} has an unusual container", field)
    return frozenset(term for term in context if not term.startswith("@"))


def _names_iri(value: object) -> bool:
    return isinstance(value, str) and ":" in value and not value.startswith(("@", "_:"))


def _inline_refused(reason: str, field: str) -> CheckFailed:
    return CheckFailed("context_not_allowed", f"a context in the document: {reason}", field=field)


def _expand(document: Mapping[str, Any], contexts: ContextBundle) -> list[Any]:
    """PyLD's expansion with a closed loader, reporting every dropped member as an error."""
    dropped: list[object] = []
    # A string @context is looked up in PyLD's cache before its loader; contexts written into
    # documents must not be found there, so they get a cache that ends with this call.
    inline = _has_inline_context(document)
    cache = dict(contexts.resolved) if inline else contexts.resolved
    options = {
        "base": BASE,
        "documentLoader": lambda url, _options: _load(url, contexts),
        "processingMode": "json-ld-1.1",
    }
    options["contextResolver"] = ContextResolver(cache, options["documentLoader"])
    try:
        with contexts.lock:
            expanded = jsonld.expand(document, options, on_property_dropped=dropped.append)
    except jsonld.JsonLdError as error:
        raise _explain(error) from None
    if dropped:
        field = _pointer_to(document, dropped[0])
        raise CheckFailed(
            "data_loss",
            f"no @context gives {str(dropped[0])[:80]!r} a meaning, so it would not be signed",
            field=field,
        )
    if len(expanded) != 1:
        raise CheckFailed("data_loss", "the document says nothing that could be signed")
    return list(expanded)


def _has_inline_context(document: Mapping[str, Any]) -> bool:
    listed = document.get("@context")
    return not all(
        isinstance(item, str) for item in (listed if isinstance(listed, list) else [listed])
    )


def _load(url: str, contexts: ContextBundle) -> dict[str, Any]:
    if url not in contexts:
        raise CheckFailed("unknown_context", f"the context {url[:200]} is not held here")
    return {
        "contextUrl": None,
        "documentUrl": url,
        "document": contexts.documents[url],
        "tag": "static",
    }


def _explain(error: jsonld.JsonLdError) -> CheckFailed:
    """PyLD wraps causes in causes; the innermost one says what is wrong."""
    cause: BaseException = error
    while cause.__cause__ is not None:
        cause = cause.__cause__
    if isinstance(cause, CheckFailed):
        return cause
    word = getattr(cause, "code", None) or "not valid JSON-LD"
    code = _CODES.get(word, "json_ld_error")
    return CheckFailed(code, f"the document cannot be read as JSON-LD: {word}")


_CODES = {
    "protected term redefinition": "context_not_allowed",
    "invalid @id value": "invalid_id",
}


def _pointer_to(value: object, key: object, path: str = "") -> str | None:
    """The JSON pointer of the first member of that name."""
    if isinstance(value, dict):
        for name, member in value.items():
            here = f"{path}/{name.replace('~', '~0').replace('/', '~1')}"
            found = here if name == key else _pointer_to(member, key, here)
            if found is not None:
                return found
    if isinstance(value, list):
        for n, item in enumerate(value):
            found = _pointer_to(item, key, f"{path}/{n}")
            if found is not None:
                return found
    return None

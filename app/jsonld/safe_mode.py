"""Expansion in safe mode: every member of a document ends up in what is signed, or it is refused.

PyLD alone drops undefined terms, turns relative references into absolute ones, and skips whole
nodes over a space in an id. Here the raw document is looked at first (keywords, nested contexts,
nulls), then PyLD's report of dropped members is taken for an error, then every IRI is checked
while the quads are made. Data Integrity 1.0, "Securing Data Losslessly".

The other way round, whatever is signed must stand where readers of the JSON look for it: the same
statements can be written with full IRIs for terms, or beside another mention of the same id, and a
status that is written so is signed and never looked up.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from typing import Any

from pyld import jsonld
from pyld.context_resolver import ContextResolver

from app.errors import CheckFailed, MalformedInput
from app.jsonld.active_contexts import Unmodelled
from app.jsonld.contexts import ContextBundle
from app.jsonld.long_ids import check_long_id
from app.jsonld.nquads import MAX_TYPES, write_nquads, write_plain
from app.jsonld.rdf import BASE, to_quads
from app.jsonld.rdfc10 import Work, canonicalize_quads
from app.jsonld.templates import Parted, write_alike

# Where a document may hold another one with a @context of its own.
_DOCUMENT_MEMBERS = frozenset({"endorsement", "verifiableCredential"})
_VALUE_OBJECT = frozenset({"@value", "@language", "@direction"})
_SUBJECT = "https://www.w3.org/2018/credentials#credentialSubject"

# Each takes PyLD some milliseconds. An endorsed credential has three of its own and three in each.
_MAX_CONTEXTS = 200

ContextRule = Callable[[object], None]


def canonicalize(
    document: Mapping[str, Any],
    contexts: ContextBundle,
    *,
    algorithm: str = "sha256",
    parted: Parted | None = None,
) -> bytes:
    """The canonical N-Quads (RDFC-1.0, UTF-8) of a document, losing nothing.

    `parted` says which of its texts are its own, for documents that come in many copies. Raises
    `CheckFailed` data_loss, invalid_id, hidden_member, unknown_context, keyword_not_allowed or
    json_ld_error, and `MalformedInput` for what cannot be processed at all.
    """
    if algorithm == "sha256":
        if parted is not None:
            with suppress(Unmodelled):
                return write_alike(document, parted, contexts).encode("utf-8")
        with suppress(Unmodelled):  # refused or unusual: the reference path says which
            return write_nquads(document, contexts).encode("utf-8")
    return canonicalize_by_expansion(document, contexts, algorithm=algorithm)


def canonicalize_by_expansion(
    document: Mapping[str, Any], contexts: ContextBundle, *, algorithm: str = "sha256"
) -> bytes:
    """The same by PyLD's expansion and an RDF dataset: the reference path, which alone refuses."""
    _check_cost(document, contexts.work)
    quads = to_quads(_expand(document, contexts))
    return canonicalize_quads(quads, algorithm=algorithm, work=contexts.work).encode("utf-8")


def check_and_canonicalize(
    document: Mapping[str, Any],
    contexts: ContextBundle,
    check_context: ContextRule,
    *,
    value_objects: bool,
    parted: Parted | None = None,
) -> bytes:
    """What `check_structure` and then `canonicalize` do: for a plain document, one walk.

    `parted` is as in `canonicalize`.
    """
    _counted(check_context)(document.get("@context"))
    try:
        if parted is None:
            return write_plain(document, contexts).encode("utf-8")
        return write_alike(document, parted, contexts).encode("utf-8")
    except Unmodelled:
        check_structure(document, check_context, value_objects=value_objects)
        return canonicalize(document, contexts)


def check_structure(
    document: Mapping[str, Any], check_context: ContextRule, *, value_objects: bool
) -> None:
    """Refuse JSON-LD constructs that change or hide what is signed.

    `check_context` judges each @context, at the top and in embedded credentials; elsewhere there
    may be none. Value objects (`@value` with `@language` or `@direction`) are allowed on request.
    Raises `CheckFailed` context_not_allowed, keyword_not_allowed, hidden_member or data_loss, and
    `MalformedInput` too_many_nodes.
    """
    check_context = _counted(check_context)
    check_context(document.get("@context"))
    _check_types(document)
    _check_members(document, "", check_context, value_objects)


def _counted(check_context: ContextRule) -> ContextRule:
    """The same rule, and no more contexts than anybody needs, all in all."""
    count = 0

    def check(context: object) -> None:
        nonlocal count
        count += len(context) if isinstance(context, list) else 1
        if count > _MAX_CONTEXTS:
            raise CheckFailed(
                "context_not_allowed",
                f"more than {_MAX_CONTEXTS} contexts in one document",
                field="/@context",
            )
        check_context(context)

    return check


def _check_types(document: Mapping[str, Any]) -> None:
    waiting: list[Any] = [document]
    types = 0
    for item in waiting:
        values = item
        if type(item) is dict:
            values = item.values()
            listed = item.get("type")
            types += len(listed) if type(listed) is list else 0
        waiting += [value for value in values if type(value) in (dict, list)]
    if types > MAX_TYPES:
        raise MalformedInput("too_many_nodes", f"more than {MAX_TYPES} types in one document")


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
        elif ":" in key:
            raise CheckFailed(
                "hidden_member",
                f"a member must be called by its term, not {key[:80]!r}",
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


def _check_cost(document: Mapping[str, Any], work: Work | None) -> None:
    """Count what will be expanded, contexts in the document too, before any of it is."""
    waiting: list[Any] = [document]
    cost = 0
    for item in waiting:
        values = item
        if type(item) is dict:
            check_long_id(item)
            values = item.values()
            listed = item.get("type")
            cost += 1 + (len(listed) if type(listed) is list else 0)
            cost += len(item) // 10  # a context's terms, each a small part of a node's cost
        waiting += [value for value in values if type(value) in (dict, list)]
    if work is not None:
        work.expand(cost)


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
    _check_said_in_one_place(expanded[0])
    return list(expanded)


def _check_said_in_one_place(root: dict[str, Any]) -> None:
    """No other node may speak of the document or its subjects as of the same kind of thing.

    RDF merges nodes of one id, so that a member may move from the one to the other and the
    signature still holds. A member can only move to a node with the type that defines it.
    """
    principals = [root, *root.get(_SUBJECT, [])]
    types: dict[str, set[str]] = {}
    known = {id(node) for node in principals}
    for node in (*principals, *(node for node in _nodes(root) if id(node) not in known)):
        identifier, own = node.get("@id"), set(node.get("@type", []))
        if identifier is None:
            continue
        if own & types.get(identifier, set()):
            raise CheckFailed("hidden_member", f"{identifier[:120]} is described in two places")
        if id(node) in known:
            types.setdefault(identifier, set()).update(own)


def _nodes(value: Any) -> Iterator[dict[str, Any]]:
    """Every node object of the default graph."""
    if isinstance(value, list):
        for item in value:
            yield from _nodes(item)
    elif isinstance(value, dict) and "@value" not in value:
        yield value
        for key, member in value.items():
            if key != "@graph":
                yield from _nodes(member)


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

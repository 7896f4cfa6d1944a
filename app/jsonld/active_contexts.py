"""Active contexts, compiled: what each term means in them, looked up instead of worked out anew.

A JSON-LD processor derives an active context for every node of every document (JSON-LD 1.1 API,
section 4.1). The contexts that are held here never change, so each active context that they lead to
is derived once, by PyLD, and kept as a table. Nothing about terms, types, scopes, propagation or
protection is decided in this file: `_process_context` of PyLD decides it, and this file writes down
the outcome.

What the tables do not say raises `Unmodelled`, and the reference path of `safe_mode` takes over.
They need not be complete, therefore, and they never refuse a document.
"""

import json
import re
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeVar

from pyld import jsonld
from pyld.context_resolver import ContextResolver

from app.jsonld.fragments import FragmentCache
from app.jsonld.rdf import BASE, I18N, IRI, LANGUAGE, XSD, is_relative

# Derived contexts that are kept. Some forty serve all Open Badges; a stranger who makes up more by
# mixing contexts and types makes us start over, which costs what it did to begin.
MAX_ACTIVE_CONTEXTS = 400
_MAX_LISTED = 8  # contexts in one array, types of one node

# The only aliases of keywords that are modelled, in every active context.
_ALIASES = {"id": "@id", "type": "@type"}
_CONTAINERS = frozenset({"@list", "@graph", "@language"})
# The IRIs that are quickly seen to be some; all others are looked at twice.
PLAIN_IRI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[!#-;=?-\[\]_a-z~]+")
_SPACE = re.compile(r"\s")  # what PyLD takes for a space, beyond ASCII
_BASE_SCHEME = BASE.partition(":")[0]


_Kept = TypeVar("_Kept")


class Unmodelled(Exception):
    """The tables do not say what this means: ask the reference path. Never leaves this room."""


@dataclass(frozen=True, slots=True, eq=False)
class Term:
    """A term in one active context: how its values are written as statements.

    `coercion` is `""`, `@id`, `@vocab` or `@json`; `container` is `""`, `@list`, `@graph`,
    `@language`, or `@index` for every kind of map that is not modelled. Texts are read in
    `context`; a value that is a node object, in `nodes`; one that is nothing but an `id`, in
    `references`.
    """

    predicate: str
    coercion: str
    datatype: str | None
    suffix: str  # what follows the quoted text of a string: nothing, a datatype, a language
    container: str
    plain: bool  # a text is one literal, and that is all there is to it
    context: "ActiveContext"
    nodes: "ActiveContext"
    references: "ActiveContext"


class _Terms(dict[str, Term | None]):
    """Terms by name, compiled when they are first met; None for keywords, which are no members.

    Raises `Unmodelled` for what is no term.
    """

    def __init__(self, context: "ActiveContext") -> None:
        super().__init__(dict.fromkeys(("@context", *_ALIASES)))
        self._context = context

    def __missing__(self, name: str) -> Term:
        term = self[name] = self._context.compile_term(name)
        return term


class _Vocabulary(dict[str, str]):
    """Values of `type` as IRI terms of N-Quads; those that a context defines are kept."""

    def __init__(self, context: "ActiveContext") -> None:
        super().__init__()
        self._context = context

    def __missing__(self, value: str) -> str:
        if value not in self._context.mappings:
            return self._context.iri(value)
        iri = self[value] = _modelled_iri(self._context.mappings[value]["@id"])
        return iri


class ActiveContext:
    """What PyLD made of some contexts at one place of a document (JSON-LD 1.1 API, section 4.1)."""

    def __init__(
        self, tables: "ContextTables", processed: Any, previous: "ActiveContext | None"
    ) -> None:
        self.tables = tables
        self.processed = processed
        self.previous = self if previous is None else previous
        self.mappings: dict[str, Any] = processed["mappings"]
        self.terms = _Terms(self)
        self.types = _Vocabulary(self)
        prefixes = {t for t, m in self.mappings.items() if m["_prefix"]}
        self._prefixes = frozenset(prefixes | {_BASE_SCHEME})
        self._scoping = frozenset(
            t for t, m in self.mappings.items() if m.get("@context") not in (None, False)
        )
        self._of_types: dict[tuple[str, ...], tuple[ActiveContext, tuple[str, ...]]] = {}
        self._of_contexts: dict[tuple[str, ...], ActiveContext] = {}

    def iri(self, value: str) -> str:
        """An absolute IRI as a term of N-Quads; raises `Unmodelled` for anything else."""
        if not PLAIN_IRI.fullmatch(value) and (not IRI.fullmatch(value) or _SPACE.search(value)):
            raise Unmodelled
        scheme, _, rest = value.partition(":")
        if scheme in self._prefixes and (scheme == _BASE_SCHEME or not rest.startswith("//")):
            raise Unmodelled
        return f"<{value}>"

    def inside(self, types: tuple[str, ...]) -> "tuple[ActiveContext, tuple[str, ...]]":
        """The context inside a node of these types, which may scope one of their own; their IRIs.

        A type scopes for its own node only, and the types themselves are read outside of it.
        """
        found = self._of_types.get(types)
        if found is None:
            context = self
            for name in sorted(self._scoping.intersection(types)):
                context = context.scoped(self.mappings[name]["@context"], propagate=False)
            found = context, tuple(self.types[name] for name in types)
            if len(types) <= _MAX_LISTED and self.types.keys() >= set(types):
                _keep(self._of_types, types, found)
        return found

    def of_contexts(self, urls: tuple[str, ...]) -> "ActiveContext":
        """The context inside a node that names contexts of its own."""
        found = self._of_contexts.get(urls)
        if found is None:
            found = _keep(self._of_contexts, urls, self.tables.derive(self, list(urls)))
        return found

    def scoped(self, context: object, *, propagate: bool = True) -> "ActiveContext":
        """This context with a scoped one on top: of a property, or (not to propagate) of a type."""
        return self.tables.derive(self, context, override_protected=propagate, propagate=propagate)

    def compile_term(self, name: str) -> Term:
        """The table entry of a term, from PyLD's term definitions here and in its own scope."""
        definition = self.mappings.get(name)
        if definition is None or name.startswith("@") or ":" in name:
            raise Unmodelled
        scope = definition.get("@context")
        within = self if scope is None else self.scoped(scope)
        inner = within.mappings.get(name)
        if inner is None or any(inner.get(m) != definition.get(m) for m in _MATTERS):
            raise Unmodelled
        if definition["reverse"] or "@nest" in definition:
            raise Unmodelled
        coercion, datatype, suffix = _coercion(within.processed, inner)
        container = _container(definition)
        if container and (coercion == "@json" or (container == "@language" and suffix)):
            raise Unmodelled
        return Term(
            predicate=_modelled_iri(definition["@id"]),
            coercion=coercion,
            datatype=datatype,
            suffix=suffix,
            container=container,
            plain=not coercion and container not in ("@list", "@graph"),
            context=within,
            nodes=within.previous if scope is None else within.previous.scoped(scope),
            references=within if scope is None else within.scoped(scope),
        )


# Members of a term definition that its own scoped context may change for its own values.
_MATTERS = ("@id", "@type", "@container", "@language", "@direction", "reverse")


class ContextTables:
    """Every active context met so far: one table for all documents of a bundle.

    Threads read without waiting; deriving a context holds the lock, because PyLD's caches are not
    safe under threads.
    """

    def __init__(self, documents: Mapping[str, Mapping[str, Any]]) -> None:
        self.fragments = FragmentCache()
        self.documents = documents
        self._lock = threading.RLock()
        self._roots: dict[tuple[str, ...], ActiveContext] = {}
        self._known: dict[tuple[object, ...], ActiveContext] = {}
        self._processor: Any = jsonld.JsonLdProcessor()
        self._options = {
            "base": BASE,
            "processingMode": "json-ld-1.1",
            "contextResolver": ContextResolver({}, self._load),
        }

    def root(self, urls: tuple[str, ...]) -> ActiveContext:
        """The active context of a document with these contexts; raises `Unmodelled`."""
        found = self._roots.get(urls)
        if found is None:
            found = _keep(self._roots, urls, self.derive(None, list(urls)))
        return found

    def count(self) -> int:
        """How many active contexts are kept."""
        return len(self._known)

    @cached_property
    def names(self) -> frozenset[str]:
        """Every name that is defined anywhere in these contexts: no other can be a prefix."""
        found = {_BASE_SCHEME}
        waiting: list[Any] = list(self.documents.values())
        for item in waiting:
            if isinstance(item, Mapping):
                found.update(item)
                waiting.extend(item.values())
            elif isinstance(item, list):
                waiting.extend(item)
        return frozenset(found)

    def derive(self, active: ActiveContext | None, local: object, **how: bool) -> ActiveContext:
        """What PyLD's context processing makes of a local context on top of an active one."""
        if isinstance(local, list) and len(local) > _MAX_LISTED:
            raise Unmodelled
        with self._lock:
            start = (
                self._processor._get_initial_context(self._options)
                if active is None
                else active.processed
            )
            try:
                processed = self._processor._process_context(start, local, self._options, **how)
            except (jsonld.JsonLdError, LookupError, TypeError, ValueError):
                raise Unmodelled from None
            if len(self._known) >= MAX_ACTIVE_CONTEXTS:
                self._known.clear()
                self._roots.clear()
                self.fragments = FragmentCache()  # its keys would keep the contexts alive
            return self._intern(processed)

    def _load(self, url: str, _: object) -> dict[str, Any]:
        """PyLD's document loader, for the contexts that are held here."""
        document = self.documents[url]
        return {"contextUrl": None, "documentUrl": url, "document": document, "tag": "static"}

    def _intern(self, processed: Any) -> ActiveContext:
        """One object for all contexts that say the same, so that their tables are filled once."""
        mappings = processed["mappings"]
        aliases = {t: m["@id"] for t, m in mappings.items() if str(m["@id"]).startswith("@")}
        if aliases != _ALIASES or "@vocab" in processed or "@base" in processed:
            raise Unmodelled
        before = processed.get("previousContext")
        previous = None if before is None else self._intern(before)
        defaults = (processed.get("@language"), processed.get("@direction"))
        said = (json.dumps(mappings, sort_keys=True, default=dict), previous, *defaults)
        found = self._known.get(said)
        if found is None:
            found = self._known[said] = ActiveContext(self, processed, previous)
        return found


def _keep(kept: dict[tuple[str, ...], _Kept], key: tuple[str, ...], value: _Kept) -> _Kept:
    """Keep what strangers choose the key of, so many at most."""
    if len(kept) >= MAX_ACTIVE_CONTEXTS:
        kept.clear()
    kept[key] = value
    return value


def _container(definition: Any) -> str:
    """The container mapping, @set aside: it changes nothing here."""
    containers = set(definition.get("@container", ())) - {"@set"}
    if not containers:
        return ""
    return containers.pop() if containers <= _CONTAINERS and len(containers) == 1 else "@index"


def _coercion(processed: Any, definition: Any) -> tuple[str, str | None, str]:
    """Type coercion, datatype, and what follows the text of a literal (API section 5.3)."""
    type_ = definition.get("@type")
    if type_ in ("@id", "@vocab", "@json"):
        suffix = "" if type_ == "@json" else _language(processed, definition)
        return type_, None, suffix
    if type_ in (None, "@none"):
        return "", None, _language(processed, definition)
    _modelled_iri(type_)
    return "", type_, "" if type_ == XSD + "string" else f"^^<{type_}>"


def _language(processed: Any, definition: Any) -> str:
    """The tag of a text without a type: language and direction, its term's own or the default."""
    language = definition.get("@language", processed.get("@language"))
    direction = definition.get("@direction", processed.get("@direction"))
    if language is not None and not LANGUAGE.fullmatch(language):
        raise Unmodelled
    if direction is not None:
        return f"^^<{I18N}{language or ''}_{direction}>"
    return "" if language is None else f"@{language}"


def _modelled_iri(value: object) -> str:
    if not isinstance(value, str) or not IRI.fullmatch(value) or is_relative(value):
        raise Unmodelled
    return f"<{value}>"

"""Canonical N-Quads, byte for byte: both our paths, PyLD, and npm `jsonld` with `rdf-canonize`.

The test suite compares some hundreds of generated documents. Ten thousand take several minutes:

    .venv/bin/python -m tests.interop.canonical_forms --documents 10000

Where another implementation is known to leave the standard (docs/divergences.md) it is counted, not
compared; everything else that differs is printed, and makes the command fail.
"""

import argparse
import copy
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Any

from pyld import jsonld

from app.credentials.skeleton import Skeleton, skeleton_of
from app.encoding.strict_json import JsonObject
from app.errors import SignetError
from app.jsonld.active_contexts import Unmodelled
from app.jsonld.contexts import ContextBundle
from app.jsonld.nquads import write_nquads
from app.jsonld.safe_mode import canonicalize, canonicalize_by_expansion
from app.jsonld.templates import write_alike
from tests.generated import CONTEXTS_WITH_TERMS, TERMS, TERMS_URL, documents
from tests.interop.oracle import ask

_CHUNK = 100
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_NAME = re.compile(r"_:c14n\d+")
# Of these the former come later by code points, and the latter by UTF-16 units.
_ASTRAL, _LATE = re.compile("[\U00010000-\U0010ffff]"), re.compile("[\ue000-\uffff]")
_NO_CHARACTERS = re.compile("[\ufffe\uffff]")


@dataclass
class Comparison:
    """How many documents were the same with whom, and the seeds of those that were not."""

    counts: Counter[str] = field(default_factory=Counter)
    wrong: list[tuple[int, str]] = field(default_factory=list)


def compare(number: int, *, first: int = 0) -> Comparison:
    """Compare so many generated documents, all four ways."""
    result = Comparison()
    generated = enumerate(documents(number, first=first), first)
    while chunk := list(islice(generated, _CHUNK)):
        contexts = {TERMS_URL: {"@context": TERMS}}
        theirs = ask("canonize", documents=[each for _, each in chunk], contexts=contexts)
        for (seed, document), npm in zip(chunk, theirs, strict=True):
            for outcome in _outcomes(document, npm):
                result.counts[outcome] += 1
                if outcome.endswith("DIFFERENT"):
                    result.wrong.append((seed, outcome))
    return result


def _outcomes(document: JsonObject, npm: str | None) -> Iterator[str]:
    yield "documents"
    reference = attempt(canonicalize_by_expansion, document)
    if attempt(canonicalize, document) != reference:
        yield "ours: DIFFERENT"
    try:
        fast = write_nquads(document, CONTEXTS_WITH_TERMS)
        yield "fast path: the same" if fast == reference else "fast path: DIFFERENT"
    except Unmodelled:
        yield "fast path: left to the reference path"
    except SignetError:
        yield "fast path: too costly" if reference is None else "fast path: DIFFERENT"
    yield f"template: {_by_template(document, reference)}"
    if reference is None:
        yield "refused"
        return
    yield f"npm: {_beside_npm(document, reference, npm)}"
    yield f"PyLD: {_beside_pyld(document, reference)}"


def _by_template(document: JsonObject, reference: str | None) -> str:
    """Two others that are alike are written first, so that there is a template for this one."""
    skeleton = skeleton_of(document)
    while skeleton is not None:
        texts = [f"urn:example:another:{number}" for number in range(len(skeleton.texts))]
        another = replace(skeleton, document=with_texts(skeleton, texts), texts=tuple(texts))
        try:
            for each in (another, another, skeleton):
                text = write_alike(each.document, each, CONTEXTS_WITH_TERMS)
        except Unmodelled:
            return "left to the reference path"
        except SignetError:
            return "too costly" if reference is None else "DIFFERENT"
        if text != reference:
            return "DIFFERENT"
        skeleton = skeleton.wider
    return "the same"


def with_texts(skeleton: Skeleton, texts: Iterable[str]) -> JsonObject:
    """The document with other texts for its own."""
    given = iter(texts)
    return skeleton.marked(lambda _: next(given))


def _beside_npm(document: JsonObject, ours: str, npm: str | None) -> str:
    if npm is None:
        return "gave up"
    if npm == ours:
        return "the same"
    values = list(_values(document))
    if _without_names(npm) == _without_names(ours) and _ASTRAL.search(ours) and _LATE.search(ours):
        return "sorted by UTF-16 units"
    if any(isinstance(v, str) and _NO_CHARACTERS.search(v) for v in values):
        return "U+FFFE not escaped"
    if any(isinstance(v, float) and _is_odd(v) for v in values):
        return "1e-7 and -0.0"
    return "DIFFERENT"


def _without_names(canonical: str) -> list[str]:
    """The statements whatever the names of their nodes: those hang on the order of statements."""
    return sorted(_NAME.sub("_:c14n", canonical).split("\n"))


def _is_odd(number: float) -> bool:
    """A fraction that is written without a point, or the negative zero."""
    return str(number) == "-0.0" or (abs(number) < 1 and "." not in str(number))


def _beside_pyld(document: JsonObject, ours: str) -> str:
    if by_pyld(document) == ours:
        return "the same"
    if any(
        isinstance(v, str) and (_CONTROLS.search(v) or _NO_CHARACTERS.search(v))
        for v in _values(document)
    ):
        return "control characters not escaped"
    return "DIFFERENT"


def attempt(
    canonical: Callable[[JsonObject, ContextBundle], bytes], document: JsonObject
) -> str | None:
    """What a path of ours makes of a document, None where it is refused."""
    try:
        return canonical(document, CONTEXTS_WITH_TERMS).decode()
    except SignetError:
        return None


def by_pyld(document: JsonObject) -> str | None:
    """What PyLD makes of a document all by itself."""

    def load(url: str, _: object) -> JsonObject:
        held = copy.deepcopy(dict(CONTEXTS_WITH_TERMS.documents[url]))
        return {"contextUrl": None, "documentUrl": url, "document": held}

    options = {
        "algorithm": "URDNA2015",
        "format": "application/n-quads",
        "documentLoader": load,
        "rdfDirection": "i18n-datatype",
        "base": "",
    }
    try:
        text: str = jsonld.normalize(document, options)
    except jsonld.JsonLdError:
        return None
    return text


def _values(value: Any) -> Iterator[Any]:
    if isinstance(value, dict | list):
        items: Iterable[Any] = value.values() if isinstance(value, dict) else value
        for item in items:
            yield from _values(item)
    else:
        yield value


def main() -> int:
    """Compare, print the table, and fail where something differs."""
    parser = argparse.ArgumentParser(description="Compare canonical N-Quads, byte for byte.")
    parser.add_argument("--documents", type=int, default=10_000)
    parser.add_argument("--first", type=int, default=0, help="the first seed")
    given = parser.parse_args()
    result = compare(given.documents, first=given.first)
    for outcome, number in sorted(result.counts.items()):
        sys.stdout.write(f"{number:8,}  {outcome}\n")
    for seed, outcome in result.wrong[:20]:
        sys.stdout.write(f"seed {seed}: {outcome}\n")
    return 1 if result.wrong else 0


if __name__ == "__main__":
    sys.exit(main())

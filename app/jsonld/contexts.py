"""The closed set of JSON-LD contexts: what is not in the folder does not exist.

`contexts/manifest.json` lists URL, file and SHA-256 of each; a file that does not match its digest
stops the service, because a changed context changes what signatures mean.
"""

import hashlib
import json
import threading
from base64 import b64encode
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from app.encoding.remembered import Key
from app.encoding.strict_json import dump_json
from app.errors import SignetError
from app.jsonld.active_contexts import ContextTables
from app.jsonld.rdfc10 import Work

BUDGET_TOGETHER = 150_000
SRI_ALGORITHMS = ("sha256", "sha384", "sha512")


class ContextFolderError(SignetError):
    """The contexts folder is not what its manifest says."""


@dataclass(frozen=True)
class ContextBundle:
    """Contexts by URL, with the digest of each file's bytes.

    `by_digest` finds a context by the Subresource Integrity text of its bytes; `aliases` are the
    addresses at which one document pins some of them (`app.jsonld.related_resources`).
    `resolved` caches what PyLD makes of them; `lock` guards PyLD's caches, which are not safe
    under threads. (The work is pure Python, so threads would not run it side by side anyway.)
    `work`, where there is any, is what canonicalising several documents may still cost together.
    `tables` are those of the fast path; they hold for the contexts at their own addresses, and go
    along when nothing but `aliases` is added.
    """

    documents: Mapping[str, Mapping[str, Any]]
    files: Mapping[str, Path]
    digests: Mapping[str, str]
    by_digest: Mapping[str, str]
    aliases: Mapping[str, str] = field(default_factory=dict)
    resolved: dict[str, Any] = field(default_factory=dict, repr=False, compare=False)
    lock: threading.Lock = field(default_factory=threading.Lock, repr=False, compare=False)
    work: Work | None = field(default=None, repr=False, compare=False)
    tables: ContextTables = field(
        default_factory=lambda: ContextTables({}), repr=False, compare=False
    )

    def __post_init__(self) -> None:
        if not self.aliases and self.tables.documents is not self.documents:
            object.__setattr__(self, "tables", ContextTables(self.documents))

    def metered(self) -> "ContextBundle":
        """The bundle for one verification, all of whose documents together may cost so much."""
        return self if self.work is not None else replace(self, work=Work(BUDGET_TOGETHER))

    def key(self, content: bytes) -> Key:
        """Under which to remember what these contexts make of a document.

        What is checked for strangers, with a limit to its work, is remembered apart from what we
        sign: nobody's document shall have a part in what is signed.
        """
        aliases = dump_json(dict(self.aliases))
        return (self.tables, self.work is None), aliases + b"\n" + content

    def __contains__(self, url: object) -> bool:
        return url in self.documents

    def canonical(self, url: str) -> str:
        """The address under which a context is held here."""
        return self.aliases.get(url, url)

    def integrity(self, url: str) -> str:
        """The Subresource Integrity text (SHA-384) of a context's bytes."""
        return next(
            sri for sri, held in self.by_digest.items() if held == url and sri.startswith("sha384-")
        )

    def names(self, url: str) -> frozenset[str]:
        """The terms that a context defines, at any depth, and the IRIs they stand for."""
        return frozenset(_names(self.documents[url]["@context"], {}))


def _names(context: object, prefixes: Mapping[str, str]) -> Iterator[str]:
    if isinstance(context, list):
        for item in context:
            yield from _names(item, prefixes)
    if not isinstance(context, dict):
        return
    targets = {term: _target(definition) for term, definition in context.items()}
    prefixes = {**prefixes, **targets}
    for term, target in targets.items():
        if not term.startswith("@"):
            yield term
        if ":" in target:
            prefix, _, rest = target.partition(":")
            yield prefixes[prefix] + rest if prefix in prefixes else target
        if isinstance(context[term], dict):
            yield from _names(context[term].get("@context"), prefixes)


def _target(definition: object) -> str:
    """The IRI of a term, as its definition writes it."""
    target = definition.get("@id") if isinstance(definition, dict) else definition
    return target if isinstance(target, str) else ""


def digest_sri(content: bytes, algorithm: str = "sha384") -> str:
    """The Subresource Integrity text of some bytes."""
    digest = hashlib.new(algorithm, content).digest()
    return f"{algorithm}-{b64encode(digest).decode('ascii')}"


def load_contexts(folder: Path) -> ContextBundle:
    """Read and check every context of a folder; raises `ContextFolderError`."""
    manifest_file = folder / "manifest.json"
    if not manifest_file.is_file():
        raise ContextFolderError("contexts", f"{manifest_file} is missing; see SIGNET_CONTEXTS")
    documents: dict[str, Mapping[str, Any]] = {}
    files: dict[str, Path] = {}
    digests: dict[str, str] = {}
    by_digest: dict[str, str] = {}
    for entry in json.loads(manifest_file.read_bytes())["contexts"]:
        path = folder / entry["file"]
        if not path.is_file():
            raise ContextFolderError("contexts", f"{path} is missing")
        content = path.read_bytes()
        digest = hashlib.sha256(content).hexdigest()
        if digest != entry["sha256"]:
            raise ContextFolderError("contexts", f"{path} is not the file that the manifest names")
        documents[entry["url"]] = json.loads(content)
        files[entry["url"]] = path
        digests[entry["url"]] = digest
        by_digest |= {digest_sri(content, name): entry["url"] for name in SRI_ALGORITHMS}
    return ContextBundle(documents, files, digests, by_digest)

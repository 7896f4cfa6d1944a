"""Adding a JSON-LD context to the folder: a file beside the others and a row in the manifest.

A context that is there is never changed, because a changed context changes what signatures mean.
"""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from app.errors import CheckFailed, MalformedInput
from app.jsonld.contexts import ContextBundle, ContextFolderError, load_contexts
from app.jsonld.safe_mode import canonicalize

_PROBE = {"@id": "urn:uuid:00000000-0000-4000-8000-000000000000", "urn:signet:probe": "a probe"}


@dataclass(frozen=True)
class ContextFile:
    """A context about to be added: its bytes, and what they are as JSON."""

    url: str
    content: bytes
    document: Mapping[str, Any]

    @property
    def sha256(self) -> str:
        """The digest that the manifest will hold."""
        return hashlib.sha256(self.content).hexdigest()

    @property
    def has_vocabulary(self) -> bool:
        """Whether some @vocab in it gives every unknown word a meaning, typing errors included."""
        return _holds_vocabulary(self.document["@context"])


def read_context(url: str, content: bytes) -> ContextFile:
    """Look at a file before it is added; raises ContextFolderError unless it is a context."""
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.fragment:
        raise ContextFolderError(
            "contexts", f"{url} is not the web address of a context; write https://…"
        )
    try:
        document = json.loads(content)
    except ValueError:
        raise ContextFolderError("contexts", "The file is not JSON.") from None
    if not isinstance(document, dict) or not isinstance(document.get("@context"), dict | list):
        raise ContextFolderError(
            "contexts",
            "The file is not a JSON-LD context: its only member of interest is `@context`, "
            "an object or an array.",
        )
    return ContextFile(url, content, document)


def add_context(folder: Path, context: ContextFile, *, on: date) -> Path:
    """Put the context into the folder and its manifest; the file it now stands in.

    Raises ContextFolderError when there is one of this address already, or when its terms do not
    make sense or need a context that is not here.
    """
    bundle = load_contexts(folder)
    if context.url in bundle:
        raise ContextFolderError(
            "contexts",
            f"There is a context of the address {context.url} already, and contexts never change: "
            "what was signed would mean something else.",
        )
    _check_terms(bundle, context)
    path = folder / _file_name(context)
    manifest_file = folder / "manifest.json"
    manifest = json.loads(manifest_file.read_bytes())
    manifest["contexts"].append(
        {
            "url": context.url,
            "file": path.name,
            "sha256": context.sha256,
            "package": "none: added with `signet context add`",
            "file_in_package": None,
            "licence": "not stated",
            "date": on.isoformat(),
        }
    )
    # The file first: a manifest that names a missing file would stop the service.
    _write(path, context.content)
    _write(manifest_file, json.dumps(manifest, indent=2, ensure_ascii=False).encode() + b"\n")
    return path


def _check_terms(bundle: ContextBundle, context: ContextFile) -> None:
    documents = {**bundle.documents, context.url: context.document}
    try:
        canonicalize(
            {"@context": context.url, **_PROBE}, replace(bundle, documents=documents, resolved={})
        )
    except (CheckFailed, MalformedInput) as error:
        raise ContextFolderError(
            "contexts", f"The context cannot be used: {error.detail}"
        ) from None
    except (LookupError, TypeError, ValueError) as error:  # PyLD stumbles over some wrong contexts
        raise ContextFolderError("contexts", "The context cannot be used: no JSON-LD.") from error


def _holds_vocabulary(value: object) -> bool:
    if isinstance(value, dict):
        return "@vocab" in value or any(map(_holds_vocabulary, value.values()))
    return isinstance(value, list) and any(map(_holds_vocabulary, value))


def _file_name(context: ContextFile) -> str:
    """A readable name that no other address can have."""
    parts = urlsplit(context.url)
    words = re.findall(r"[a-z0-9.]+", f"{parts.hostname}{parts.path}".lower())
    stem = "-".join(words).removesuffix(".jsonld").removesuffix(".json")[:80]
    return f"{stem}-{hashlib.sha256(context.url.encode()).hexdigest()[:8]}.json"


def _write(path: Path, content: bytes) -> None:
    """All of it or nothing: written beside, then put in place."""
    beside = path.with_name(path.name + ".new")
    try:
        beside.write_bytes(content)
        beside.replace(path)
    except OSError as error:
        raise ContextFolderError(
            "contexts", f"{path} cannot be written: {error.strerror}"
        ) from error

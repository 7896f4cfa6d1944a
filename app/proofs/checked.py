"""What may be signed: a document that the verifier's own rules have passed.

The only way to a `CheckedDocument` is `check_document`; everything that signs takes one and nothing
else, so that the wrong order cannot be written down.
"""

import hashlib
from dataclasses import dataclass, field
from functools import cached_property

from app.credentials.skeleton import Skeleton, skeleton_of
from app.encoding.jcs import canonicalize_json
from app.encoding.strict_json import JsonObject, check_limits, dump_json
from app.errors import CheckFailed
from app.jsonld.contexts import ContextBundle
from app.jsonld.related_resources import with_pinned_contexts
from app.jsonld.safe_mode import check_and_canonicalize
from app.proofs.profiles import Profile


@dataclass(frozen=True)
class UnsecuredDocument:
    """A document without its proof, whose every member has a meaning; with its canonical form."""

    document: JsonObject
    contexts: ContextBundle
    canonical: bytes = field(repr=False)  # RDFC-1.0 N-Quads
    skeleton: Skeleton | None = field(default=None, repr=False, compare=False)

    @cached_property
    def digest(self) -> bytes:
        """The SHA-256 of the canonical form."""
        return hashlib.sha256(self.canonical).digest()

    @cached_property
    def jcs_digest(self) -> bytes:
        """The SHA-256 of the document as canonical JSON (RFC 8785)."""
        return hashlib.sha256(canonicalize_json(self.document)).digest()


@dataclass(frozen=True)
class CheckedDocument:
    """A document that conforms to a profile and may be signed.

    `content` is the document as JSON text at the time it was checked: what is served, and what a
    token is held against.
    """

    unsecured: UnsecuredDocument
    profile: Profile
    content: bytes = field(repr=False)

    @property
    def document(self) -> JsonObject:
        """The document itself."""
        return self.unsecured.document


def read_unsecured(
    document: JsonObject, profile: Profile, contexts: ContextBundle, *, anew: bool = False
) -> UnsecuredDocument:
    """Check a document's JSON-LD by a profile, and canonicalise it without its proof.

    `anew` uses nothing that is remembered of documents that are like it. Raises `CheckFailed`
    (related_resource_mismatch, context_not_allowed, unknown_context, keyword_not_allowed,
    hidden_member, data_loss, invalid_id, json_ld_error) and `MalformedInput` for what cannot be
    processed.
    """
    unsecured = {name: member for name, member in document.items() if name != "proof"}
    skeleton = None if anew else skeleton_of(unsecured)
    contexts = with_pinned_contexts(unsecured, contexts)
    canonical = check_and_canonicalize(
        unsecured,
        contexts,
        lambda context: profile.check_context(context, contexts),
        value_objects=profile.value_objects,
        parted=skeleton,
    )
    return UnsecuredDocument(unsecured, contexts, canonical, skeleton)


def check_document(
    document: JsonObject, *, profile: Profile, contexts: ContextBundle
) -> CheckedDocument:
    """Pass a document for signing; raises what `read_unsecured` and conformance checks raise.

    And `MalformedInput` for one that nobody could read any more with a proof or claims beside it.
    """
    if "proof" in document:
        raise CheckFailed("malformed_proof", "the document has a proof already", field="/proof")
    unsecured = read_unsecured(document, profile, contexts)
    profile.check_conformance(document, unsecured.skeleton)
    content = dump_json(document)
    check_limits(document, content, beside=document["@context"])
    return CheckedDocument(unsecured, profile, content)

"""The general rules of the Verifiable Credentials Data Model, versions 1.1 and 2.0.

Checked here: the shape of credentials, presentations and their enveloped forms (VCDM 2.0 section 4,
VCDM 1.1 sections 4 and 5). Not checked here: proofs, contexts beyond their order and shape, terms
that no context defines, whether a validity period has begun or ended.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from app.credentials.conformance import (
    found,
    pointer_to,
    raise_check_failed,
    tree_findings,
)
from app.credentials.values import datetime_fault, iri_fault, is_absolute_iri, is_language_tag
from app.encoding.dates import parse_datetime
from app.encoding.strict_json import JsonObject
from app.errors import CheckFailed, Finding

CONTEXT_V1 = "https://www.w3.org/2018/credentials/v1"
CONTEXT_V2 = "https://www.w3.org/ns/credentials/v2"

_LANGUAGE_VALUE = frozenset({"@value", "@language", "@direction"})
# Members that hold one or many objects, each with a `type` (VCDM 2.0 sections 4.10 to 4.12, 5).
_TYPED_OBJECTS = (
    "credentialStatus",
    "credentialSchema",
    "termsOfUse",
    "evidence",
    "refreshService",
)
_DIGEST_SRI = re.compile(r"sha(256|384|512)-[A-Za-z0-9+/]+={0,2}")
_MULTIBASE = re.compile(r"u[A-Za-z0-9_-]+|z[1-9A-HJ-NP-Za-km-z]+")
_DATA_URL = re.compile(r"data:(?P<media_type>[a-z]+/[a-z0-9.+-]+),(?P<text>[A-Za-z0-9_.~=-]+)")


def vcdm_version(document: JsonObject) -> int | None:
    """1 or 2, by the first context; None when it is neither base context."""
    contexts = document.get("@context")
    first = contexts[0] if isinstance(contexts, list) and contexts else contexts
    if first == CONTEXT_V2:
        return 2
    return 1 if first == CONTEXT_V1 else None


def check_vcdm(document: JsonObject) -> None:
    """Check that `document` conforms to VCDM 2.0 or 1.1, whichever its first context names.

    Raises `CheckFailed` with everything that was found; `field` points at the first of it.
    """
    raise_check_failed(credential_findings(document, empty_arrays=True))


def check_presentation(document: JsonObject) -> None:
    """Check the shape of a verifiable presentation (VCDM 2.0 section 4.13, VCDM 1.1 section 4.10).

    The credentials inside are only looked at as far as being objects that say what they are.
    Raises `CheckFailed`.
    """
    raise_check_failed(_presentation_findings(document))


def credential_findings(document: JsonObject, *, empty_arrays: bool = False) -> Iterator[Finding]:
    """Everything in `document` that breaks the general rules for credentials."""
    version = vcdm_version(document)
    yield from _context_findings(document)
    yield from _type_findings(document, "", "VerifiableCredential")
    yield from _identifier_findings(document, "")
    yield from _issuer_findings(document, version)
    yield from _subject_findings(document)
    yield from date_findings(document, version)
    for name in _TYPED_OBJECTS:
        yield from _typed_object_findings(document, name, version)
    if version == 2:
        yield from _words_findings(document, "")
    yield from _related_resource_findings(document)
    yield from _proof_findings(document)
    yield from tree_findings(document, empty_arrays=empty_arrays)


def _presentation_findings(document: JsonObject) -> Iterator[Finding]:
    yield from _context_findings(document)
    yield from _type_findings(document, "", "VerifiablePresentation")
    yield from _identifier_findings(document, "")
    if "holder" in document:
        yield from _party_findings(document["holder"], "/holder")
    for credential, pointer in _each(document, "verifiableCredential"):
        if not isinstance(credential, dict):
            yield found("wrong_type", pointer, "must be an object")
        else:
            yield from _context_findings(credential, pointer)
            yield from _type_findings(
                credential, pointer, "VerifiableCredential", "EnvelopedVerifiableCredential"
            )
    yield from _proof_findings(document)
    yield from tree_findings(document, empty_arrays=True)


def _each(document: JsonObject, name: str) -> Iterator[tuple[Any, str]]:
    """Each value of a member that may hold one or many, with its pointer."""
    if name not in document:
        return
    value = document[name]
    pointer = pointer_to("", name)
    if isinstance(value, list):
        for index, item in enumerate(value):
            yield item, pointer_to(pointer, index)
    else:
        yield value, pointer


def _context_findings(document: JsonObject, pointer: str = "") -> Iterator[Finding]:
    """VCDM 2.0 section 4.3: an ordered set whose first item is the base context."""
    place = f"{pointer}/@context"
    contexts = document.get("@context")
    if "@context" not in document:
        yield found("missing_member", place, "is missing")
        return
    if isinstance(contexts, str) and pointer:
        contexts = [contexts]  # an enveloped credential inside a presentation writes only the URL
    if not isinstance(contexts, list):
        yield found("context_not_allowed", place, "must be a list")
        return
    if not contexts or contexts[0] not in (CONTEXT_V1, CONTEXT_V2):
        yield found("context_not_allowed", place, f"must begin with {CONTEXT_V2}")
    for index, item in enumerate(contexts):
        if not isinstance(item, dict) and not is_absolute_iri(item):
            where = pointer_to(place, index)
            yield found("context_not_allowed", where, "must be a URL or an object")


def _type_findings(document: JsonObject, pointer: str, *wanted: str) -> Iterator[Finding]:
    """VCDM 2.0 section 4.5: one or more terms or URLs, the class among them."""
    place = f"{pointer}/type"
    if "type" not in document:
        yield found("missing_member", place, "is missing")
        return
    terms = _terms(document["type"])
    if terms is None:
        yield found("wrong_type", place, "must be a text or a list of texts")
    elif not any(term in wanted for term in terms):
        yield found("bad_value", place, f"must include {' or '.join(wanted)}")


def _terms(value: Any) -> list[str] | None:
    """The terms of a `type`, or None when it is not one text or several."""
    terms = [value] if isinstance(value, str) else value
    if not isinstance(terms, list) or not terms:
        return None
    return terms if all(isinstance(term, str) and term for term in terms) else None


def _identifier_findings(
    value: JsonObject, pointer: str, *, required: bool = False
) -> Iterator[Finding]:
    """VCDM 2.0 section 4.4: `id` is a single URL."""
    if "id" in value:
        fault = iri_fault(value["id"])
        if fault is not None:
            yield found(fault[0], f"{pointer}/id", fault[1])
    elif required:
        yield found("missing_member", f"{pointer}/id", "is missing")


def _party_findings(value: Any, pointer: str) -> Iterator[Finding]:
    """An issuer or holder: a URL, or an object whose `id` is one (sections 4.7 and 4.13)."""
    if isinstance(value, dict):
        yield from _identifier_findings(value, pointer, required=True)
    else:
        fault = iri_fault(value)
        if fault is not None:
            yield found(fault[0], pointer, fault[1])


def _issuer_findings(document: JsonObject, version: int | None) -> Iterator[Finding]:
    if "issuer" not in document:
        yield found("missing_member", "/issuer", "is missing")
        return
    issuer = document["issuer"]
    yield from _party_findings(issuer, "/issuer")
    if version == 2 and isinstance(issuer, dict):
        yield from _words_findings(issuer, "/issuer")


def _words_findings(value: JsonObject, pointer: str) -> Iterator[Finding]:
    """VCDM 2.0 section 4.6: names and descriptions are texts or language value objects."""
    for name in ("name", "description"):
        if name not in value:
            continue
        words = value[name] if isinstance(value[name], list) else [value[name]]
        if not all(isinstance(word, str) or _is_language_value(word) for word in words):
            sentence = "must be a text, or an object of only @value, @language and @direction"
            yield found("wrong_type", pointer_to(pointer, name), sentence)


def _is_language_value(value: Any) -> bool:
    """VCDM 2.0 section 11.1."""
    return (
        isinstance(value, dict)
        and isinstance(value.get("@value"), str)
        and value.keys() <= _LANGUAGE_VALUE
        and ("@language" not in value or is_language_tag(value["@language"]))
        and value.get("@direction", "ltr") in ("ltr", "rtl")
    )


def _subject_findings(document: JsonObject) -> Iterator[Finding]:
    """VCDM 2.0 section 4.8: one or more objects that each say something."""
    if document.get("credentialSubject", []) == []:
        yield found("missing_member", "/credentialSubject", "is missing")
        return
    for subject, pointer in _each(document, "credentialSubject"):
        if not isinstance(subject, dict):
            yield found("wrong_type", pointer, "must be an object")
        elif not subject:
            yield found("bad_value", pointer, "claims nothing")
        else:
            yield from _identifier_findings(subject, pointer)


def date_findings(document: JsonObject, version: int | None) -> Iterator[Finding]:
    """VCDM 2.0 section 4.9, VCDM 1.1 sections 4.5 and 4.6: well formed and in order."""
    if version == 1 and "issuanceDate" not in document:
        yield found("missing_member", "/issuanceDate", "is missing")
    begin, end = ("issuanceDate", "expirationDate") if version == 1 else ("validFrom", "validUntil")
    for name in ("issuanceDate", "expirationDate", "validFrom", "validUntil"):
        if name in document:
            fault = datetime_fault(document[name])
            if fault is not None:
                yield found(fault[0], f"/{name}", fault[1])
    first, last = _moment(document, begin), _moment(document, end)
    if first is not None and last is not None and first > last:
        yield found("out_of_range", f"/{end}", f"is before `{begin}`")


def _moment(document: JsonObject, name: str) -> Any:
    """The time in a member, or None when there is none to compare."""
    fault = datetime_fault(document.get(name))
    return None if fault is not None else parse_datetime(document[name])


def _typed_object_findings(
    document: JsonObject, name: str, version: int | None
) -> Iterator[Finding]:
    """Every such object has a `type`; some must be identified too."""
    identified = {"credentialSchema"}
    if version == 1:  # VCDM 1.1 sections 4.9 and 5.2
        identified |= {"credentialStatus", "refreshService"}
    for value, pointer in _each(document, name):
        if not isinstance(value, dict):
            yield found("wrong_type", pointer, "must be an object")
            continue
        if _terms(value.get("type")) is None:
            yield found("missing_member", f"{pointer}/type", "is missing or not a text")
        yield from _identifier_findings(value, pointer, required=name in identified)


def _related_resource_findings(document: JsonObject) -> Iterator[Finding]:
    """VCDM 2.0 section 5.3: each resource once, with a digest that pins it."""
    seen: set[str] = set()
    for resource, pointer in _each(document, "relatedResource"):
        if not isinstance(resource, dict):
            yield found("wrong_type", pointer, "must be an object")
            continue
        yield from _identifier_findings(resource, pointer, required=True)
        identifier = resource.get("id")
        if isinstance(identifier, str):
            if identifier in seen:
                yield found("bad_value", f"{pointer}/id", "stands twice")
            seen.add(identifier)
        if "digestSRI" not in resource and "digestMultibase" not in resource:
            yield found("missing_member", pointer, "needs a `digestSRI` or a `digestMultibase`")
        for name, pattern in (("digestSRI", _DIGEST_SRI), ("digestMultibase", _MULTIBASE)):
            digest = resource.get(name)
            if name in resource and not (isinstance(digest, str) and pattern.fullmatch(digest)):
                yield found("bad_value", pointer_to(pointer, name), "is not a digest")


def _proof_findings(document: JsonObject) -> Iterator[Finding]:
    """Only that a proof is an object; the rest is the business of `proofs`."""
    for proof, pointer in _each(document, "proof"):
        if not isinstance(proof, dict) or not proof:
            yield found("malformed_proof", pointer, "must be an object")


# --- Enveloped credentials and presentations (VCDM 2.0 sections 4.13.1 and 4.13.2) ---------------


@dataclass(frozen=True)
class Envelope:
    """What an enveloped credential or presentation holds: a media type and the text secured."""

    media_type: str
    text: str


def is_enveloped(document: JsonObject, kind: str) -> bool:
    """Whether `type` names the enveloped `kind`, `VerifiableCredential` or `…Presentation`."""
    return f"Enveloped{kind}" in (_terms(document.get("type")) or [])


def open_envelope(document: JsonObject, kind: str) -> Envelope:
    """Take the secured text out of an `Enveloped…` object.

    `kind` is `VerifiableCredential` or `VerifiablePresentation`. The context must be there and
    begin with VCDM 2.0's, `id` must be a plain `data:` URL such as `data:application/vc+jwt,…`.
    Raises `CheckFailed`.
    """
    raise_check_failed(_envelope_findings(document, kind))
    match = _DATA_URL.fullmatch(document["id"])
    if match is None:
        sentence = "must be a data: URL such as data:application/vc+jwt,…"
        raise CheckFailed("bad_value", f"`id` {sentence}", field="/id")
    return Envelope(match["media_type"], match["text"])


def _envelope_findings(document: JsonObject, kind: str) -> Iterator[Finding]:
    contexts = document.get("@context")
    if (contexts[:1] if isinstance(contexts, list) else [contexts]) != [CONTEXT_V2]:
        yield found("context_not_allowed", "/@context", f"must begin with {CONTEXT_V2}")
    yield from _type_findings(document, "", f"Enveloped{kind}")
    yield from _identifier_findings(document, "", required=True)

"""What credentials have in common that say the same of different learners.

Of many credentials for one achievement, all but a few texts are the same. Such texts stand where
the rules ask for any text, or for any absolute IRI, and hold no other member against it: what is
left without them, the *skeleton*, decides about the rest of the rules.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from app.credentials.values import Fault, datetime_fault, iri_fault, text_fault
from app.encoding.remembered import bytes_of
from app.encoding.strict_json import JsonObject


@dataclass(frozen=True)
class _Own:
    """Members whose texts are a credential's own, each with what is asked of it; and inside."""

    texts: Mapping[str, Callable[[Any], Fault | None]]
    inside: Mapping[str, "_Own"] = field(default_factory=dict)


# A place belongs here only as long as no rule asks more of its text than what stands beside it.
_OWN = _Own(
    {"id": iri_fault, "validFrom": datetime_fault, "validUntil": datetime_fault},
    {
        "credentialSubject": _Own(
            {"id": iri_fault, "narrative": text_fault},
            {"identifier": _Own({"identityHash": text_fault, "salt": text_fault})},
        ),
        "evidence": _Own({"name": text_fault, "narrative": text_fault}),
        "credentialStatus": _Own({"id": iri_fault, "statusListIndex": text_fault}),
    },
)
_OWN_OF_PROOF = _Own({"created": datetime_fault, "proofValue": text_fault})


@dataclass(frozen=True)
class Skeleton:
    """A credential without its proof, parted: `common` is its JSON with its own texts left blank.

    `texts` are these texts, each as the rules ask for it, in their order; characters are not
    looked at, nor whether dates are in order with each other.
    """

    document: JsonObject = field(repr=False)
    common: bytes
    texts: tuple[str, ...]

    def marked(self, mark: Callable[[str], str]) -> JsonObject:
        """The document with a mark for each of its own texts, in their order, by the member."""
        marked: JsonObject = _replaced(self.document, _OWN, lambda name, _: mark(name))
        return marked


class _NotAsAsked(Exception):
    """One of the texts is wrong."""


def skeleton_of(unsecured: JsonObject) -> Skeleton | None:
    """The skeleton of a credential without its proof.

    None when one of its own texts is wrong, or JSON cannot hold it.
    """
    parted = _parted(unsecured, _OWN)
    return None if parted is None else Skeleton(unsecured, *parted)


def proof_skeleton(proof: Any) -> tuple[bytes, tuple[str, ...]] | None:
    """What proofs of the same key have in common, and the texts that are a proof's own."""
    return _parted(proof, _OWN_OF_PROOF)


def _parted(value: Any, own: _Own) -> tuple[bytes, tuple[str, ...]] | None:
    texts: list[str] = []

    def blank(name: str, text: str) -> str:
        texts.append(text)
        return ""

    try:
        common = bytes_of(_replaced(value, own, blank))
    except _NotAsAsked:
        return None
    return None if common is None else (common, tuple(texts))


def _replaced(value: Any, own: _Own, other: Callable[[str, str], str]) -> Any:
    """A copy with other texts in the places of the table; all else is shared."""
    if type(value) is list:
        return [_replaced(item, own, other) for item in value]
    if type(value) is not dict:
        return value
    copy = dict(value)
    for name, fault in own.texts.items():
        text = value.get(name)
        if type(text) is str:
            if fault(text) is not None:
                raise _NotAsAsked
            copy[name] = other(name, text)
    for name, inside in own.inside.items():
        if name in value:
            copy[name] = _replaced(value[name], inside, other)
    return copy

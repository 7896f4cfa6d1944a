"""What credentials have in common that say the same of different learners.

Of many credentials for one achievement, all but a few texts are the same. Such texts stand where
the rules ask for any text, or for any absolute IRI, and hold no other member against it: what is
left without them, the *skeleton*, decides about the rest of the rules.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from app.credentials.values import Fault, datetime_fault, iri_fault, text_fault
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
        "proof": _Own({"created": datetime_fault, "proofValue": text_fault}),
    },
)


class _NotAsAsked(Exception):
    """One of the texts is wrong."""


def skeleton_of(document: JsonObject) -> tuple[JsonObject, list[str]] | None:
    """A credential with its own texts left blank, and these texts; None when one of them is wrong.

    Characters are not looked at, nor whether dates are in order with each other.
    """
    texts: list[str] = []
    try:
        return _blanked(document, _OWN, texts), texts
    except _NotAsAsked:
        return None


def _blanked(value: Any, own: _Own, texts: list[str]) -> Any:
    if type(value) is list:
        return [_blanked(item, own, texts) for item in value]
    if type(value) is not dict:
        return value
    skeleton = dict(value)
    for name, fault in own.texts.items():
        text = value.get(name)
        if type(text) is str:
            if fault(text) is not None:
                raise _NotAsAsked
            skeleton[name] = ""
            texts.append(text)
    for name, inside in own.inside.items():
        if name in value:
            skeleton[name] = _blanked(value[name], inside, texts)
    return skeleton

"""The terms of our extension context `contexts/microcredential-v1.json`, and how it is named.

The context's identifiers are the same everywhere; its file is served by each installation at its
own address and pinned by digest (VCDM 2.0 section 5.3), so that nobody has to fetch it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from app.encoding.strict_json import JsonObject
from app.vocabularies.amounts import amount_text

CANONICAL_CONTEXT = "https://w3id.org/signet/mc/v1"
CONTEXT_PATH = "/contexts/microcredential-v1.json"

ACHIEVEMENT_TYPE = "MicroCredentialAchievement"
SUBJECT_TYPE = "MicroCredentialSubject"

# Our stackability and recognition codes, and the terms that the context has for them.
STACKABILITY_TERMS = {"stand-alone": "standAlone", "stackable": "stackable"}
RECOGNITION_TERMS = {
    "taught": "taught",
    "prior-certificated": "priorCertificatedLearning",
    "prior-experiential": "priorExperientialLearning",
}
ESCO_SKILLS = "http://data.europa.eu/esco/skill/"


@dataclass(frozen=True)
class ContextPin:
    """Where this installation serves the context, and the digest of its bytes."""

    url: str
    digest_sri: str

    def as_related_resource(self) -> JsonObject:
        """The entry for `relatedResource`."""
        return {"id": self.url, "digestSRI": self.digest_sri}


def is_our_type(term: Any) -> bool:
    """Whether a type is one of ours, so that the context must be there."""
    return term in (ACHIEVEMENT_TYPE, SUBJECT_TYPE)


def types_in(value: Any) -> Iterator[Any]:
    """Every `type` term in a document, in no particular order."""
    waiting = [value]
    while waiting:
        item = waiting.pop()
        if isinstance(item, list):
            waiting.extend(item)
        elif isinstance(item, dict):
            types = item.get("type", [])
            yield from types if isinstance(types, list) else [types]
            waiting.extend(item.values())


def is_our_context(entry: Any) -> bool:
    """Whether an entry of `@context` names our context, at its own address or an installation's.

    That an installation's address stands for the right bytes is for the verifier to hold against
    the pin; here only names are read.
    """
    return isinstance(entry, str) and (entry == CANONICAL_CONTEXT or entry.endswith(CONTEXT_PATH))


def hours_as_duration(hours: Fraction) -> str:
    """Hours as an xsd:duration, always in hours: months and days are no measure of study."""
    minutes, seconds = divmod(hours * 3600, 60)
    whole, rest = divmod(minutes, 60)
    text = f"PT{whole}H"
    if rest:
        text += f"{rest}M"
    if seconds:
        text += f"{amount_text(seconds)}S"
    return text

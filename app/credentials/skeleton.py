"""What credentials have in common that say the same of different learners.

Of many credentials for one achievement, all but a few texts are the same. Such texts stand where
the rules ask for any text, or for any absolute IRI, and hold no other member against it: what is
left without them, the *skeleton*, decides about the rest of the rules. A wider one leaves out the
texts of the achievement too; what it leaves is the same for achievements that are described alike.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from app.credentials.classes import ObjectOf
from app.credentials.open_badge_classes import OPEN_BADGES
from app.credentials.values import Fault, datetime_fault, iri_fault, text_fault
from app.encoding.remembered import bytes_of
from app.encoding.strict_json import JsonObject

Asked = Callable[[Any], Fault | None]
"""What a rule asks of a text."""


@dataclass(frozen=True)
class _Own:
    """Members whose texts are a credential's own, each with what is asked of it; and inside.

    Members in `linking` name by its id what stands before them: which of those, is not their own.
    """

    texts: Mapping[str, Asked]
    inside: Mapping[str, "_Own"] = field(default_factory=dict)
    linking: tuple[str, ...] = ()
    name: bytes = b""  # of a whole table: what two tables leave is never the same

    def together_with(self, other: "_Own") -> "_Own":
        """All places of both."""
        inside = dict(self.inside)
        for name, places in other.inside.items():
            inside[name] = inside[name].together_with(places) if name in inside else places
        return _Own({**self.texts, **other.texts}, inside, self.linking + other.linking, other.name)


# A place belongs here only as long as no rule asks more of its text than what stands beside it.
_OF_A_LEARNER = _Own(
    {"id": iri_fault, "validFrom": datetime_fault, "validUntil": datetime_fault},
    {
        "credentialSubject": _Own(
            {"id": iri_fault, "narrative": text_fault},
            {"identifier": _Own({"identityHash": text_fault, "salt": text_fault})},
        ),
        "evidence": _Own({"name": text_fault, "narrative": text_fault}),
        "credentialStatus": _Own({"id": iri_fault, "statusListIndex": text_fault}),
    },
    name=b"learner",
)
_OF_A_PROOF = _Own({"created": datetime_fault, "proofValue": text_fault}, name=b"proof")


def _own(class_name: str, *names: str, linking: tuple[str, ...] = (), **inside: _Own) -> _Own:
    """Places in an object of a class, with what its table asks of them."""
    kinds = {member.name: member.kind for member in OPEN_BADGES[class_name].members}
    rules = {name: kinds[name] for name in names}
    return _Own(
        {name: kind.fault for name, kind in rules.items() if not isinstance(kind, ObjectOf)},
        inside,
        linking,
    )


_OF_AN_ACHIEVEMENT = _own(
    "Achievement",
    *("id", "name", "description", "humanCode", "fieldOfStudy", "specialization", "tag", "version"),
    criteria=_own("Criteria", "id", "narrative"),
    alignment=_own(
        "Alignment",
        *("targetName", "targetUrl", "targetCode", "targetDescription", "targetFramework"),
    ),
    resultDescription=_own(
        "ResultDescription",
        *("id", "name"),
        linking=("requiredLevel",),
        rubricCriterionLevel=_own("RubricCriterionLevel", "id", "name", "description"),
    ),
)
_OF_RESULTS = _Own({}, linking=("resultDescription", "achievedLevel"))
_WIDER = _OF_A_LEARNER.together_with(
    _Own(
        {},
        {"credentialSubject": _Own({}, {"achievement": _OF_AN_ACHIEVEMENT, "result": _OF_RESULTS})},
        name=b"achievement",
    )
)


@dataclass(frozen=True)
class Skeleton:
    """A credential without its proof, or a proof, parted: what is common, and what is its own.

    `common` is its JSON with its own texts left blank. `texts` are these texts, each as the rules
    ask for it, in their order; characters are not looked at, nor whether dates are in order with
    each other. Two with the same `common` differ in nothing else: what stands for a text there
    stands nowhere else, whatever a stranger writes, and the name of the table stands before it.
    """

    document: Any = field(repr=False)
    common: bytes
    texts: tuple[str, ...]
    own: _Own = field(repr=False)

    @cached_property
    def wider(self) -> "Skeleton | None":
        """The skeleton without the achievement's texts; None when one of them is wrong."""
        return _skeleton(self.document, _WIDER) if self.own is _OF_A_LEARNER else None

    def marked(self, mark: Callable[[str], str]) -> JsonObject:
        """The document with a mark for each of its own texts, in their order, by the member."""
        marked: JsonObject = _replaced(self.document, self.own, lambda name, *_: mark(name), {})
        return marked


Other = Callable[[str, str, Asked], str]
"""What comes to stand for a text: by the member's name, the text, and what is asked of it."""


_BLANK_ID = "\0"


class _NotAsAsked(Exception):
    """One of the texts is wrong, or one id stands for two things."""


def skeleton_of(unsecured: JsonObject) -> Skeleton | None:
    """The skeleton of a credential without its proof.

    None when one of its own texts is wrong, two ids are one, or JSON cannot hold it.
    """
    return _skeleton(unsecured, _OF_A_LEARNER)


def skeleton_of_proof(proof: Any) -> Skeleton | None:
    """The same of a proof, with or without its value, or of a list of them."""
    return _skeleton(proof, _OF_A_PROOF)


def _skeleton(value: Any, own: _Own) -> Skeleton | None:
    texts: list[str] = []

    def blank(name: str, text: str, asked: Asked) -> str:
        if asked(text) is not None:
            raise _NotAsAsked
        texts.append(text)
        # Links are told apart by what they lead to.
        return f"{_BLANK_ID}{len(texts)}" if name == "id" else ""

    try:
        common = bytes_of(_replaced(value, own, blank, {}))
    except _NotAsAsked:
        return None
    return None if common is None else Skeleton(value, own.name + common, tuple(texts), own)


def _replaced(value: Any, own: _Own, other: Other, ids: dict[str, str]) -> Any:
    """A copy with other texts in the places of the table; all else is shared.

    `ids` are those that were replaced so far; links to them follow.
    """
    if type(value) is list:
        return [_replaced(item, own, other, ids) for item in value]
    if type(value) is not dict:
        return value
    copy = dict(value)
    for name, asked in own.texts.items():
        text = value.get(name)
        if type(text) is str:
            copy[name] = other(name, text, asked)
            if name == "id" and ids.setdefault(text, copy[name]) != copy[name]:
                raise _NotAsAsked
        elif type(text) is list and text and set(map(type, text)) == {str}:
            copy[name] = [other(name, item, asked) for item in text]
    for name, inside in own.inside.items():
        if name in value:
            copy[name] = _replaced(value[name], inside, other, ids)
    for name in own.linking:
        text = value.get(name)
        if type(text) is str:
            if text.startswith(_BLANK_ID):  # which must mean one thing only
                raise _NotAsAsked
            copy[name] = ids.get(text, text)
    return copy

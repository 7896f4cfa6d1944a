"""The one checker that walks a document along the class tables and gathers what it finds.

Three callers share it: `openbadges.check_open_badge` for documents to be signed or verified,
`definitions` for achievements and issuer profiles sent to the API, and `issue_request`. It looks at
shape and values only; whether every term is signed is the business of JSON-LD safe mode.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from app.credentials.classes import Classes, Kind, Member, ObClass, ObjectOf, TypeForm
from app.credentials.rules import RULES, Broken
from app.credentials.values import iri_fault, nearest
from app.encoding.remembered import Key, Remembered, bytes_of
from app.encoding.strict_json import JsonObject
from app.errors import CheckFailed, Finding, InvalidRequest

_MOST_FINDINGS = 20  # a person mends these first; more would only make answers large
_SENTENCES = 3

# C0 and C1 controls, DEL and lone surrogates: canonicalisers disagree on them (security.md J15);
# XML, and so a baked SVG, cannot hold U+FFFE and U+FFFF. Tab, line feed and carriage return are the
# same everywhere, and Markdown needs them.
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
# How those show in JSON: escaped, or as UTF-8.
_ESCAPED = re.compile(rb"\\[ubf]")
_BEYOND_ASCII = re.compile(rb"\xc2[\x80-\x9f]|\xef\xbf[\xbe\xbf]")

# Of these there are few, in many documents: that one is sound is remembered by its bytes.
_RECURRING = frozenset({"Achievement", "Profile"})
_SOUND = Remembered[bool]()


@dataclass(frozen=True)
class Reading:
    """How a document is read: against which classes, and as strictly as API input or not."""

    classes: Classes
    api_input: bool = False


def pointer_to(pointer: str, key: str | int) -> str:
    """The JSON pointer (RFC 6901) of a member or item below `pointer`."""
    name = str(key)
    if "~" in name or "/" in name:
        name = name.replace("~", "~0").replace("/", "~1")
    return f"{pointer}/{name}"


def found(code: str, pointer: str, sentence: str) -> Finding:
    """A finding whose sentence begins with the path of the culprit."""
    subject = f"`{pointer[1:]}`" if pointer else "The document"
    return Finding(code, f"{subject} {sentence}.", pointer)


def tree_findings(value: Any, *, empty_arrays: bool = False) -> Iterator[Finding]:
    """What may stand nowhere: null, control characters and, unless allowed, empty arrays.

    `@context` is left alone: its shape is checked where contexts are.
    """
    if not _is_clean_tree(value, empty_arrays):
        yield from _tree_findings(value, "", empty_arrays)


def _is_clean_tree(value: Any, empty_arrays: bool) -> bool:
    """Whether nothing like that can stand in a value, by a look at it as JSON text.

    It may find what is no more than the word in a text; then the tree itself has to be searched.
    """
    data = bytes_of(value)
    if data is None:  # half of a surrogate pair
        return False
    if b"null" in data or b"\x7f" in data or (not empty_arrays and b"[]" in data):
        return False
    if b"\\" in data and _ESCAPED.search(data):
        return False
    return data.isascii() or _BEYOND_ASCII.search(data) is None


def _tree_findings(value: Any, pointer: str, empty_arrays: bool) -> Iterator[Finding]:
    if value is None:
        yield found("wrong_type", pointer, "must not be null: leave it out instead")
    elif isinstance(value, str):
        if _CONTROL.search(value):
            yield found("bad_string", pointer, "holds a control character")
    elif isinstance(value, list):
        if not value and not empty_arrays:
            yield found("wrong_type", pointer, "must not be an empty list: leave it out instead")
        for index, item in enumerate(value):
            yield from _tree_findings(item, pointer_to(pointer, index), empty_arrays)
    elif isinstance(value, dict):
        for key, item in value.items():
            if _CONTROL.search(key):
                yield found("bad_string", pointer, "has a member with a control character")
            elif key != "@context":
                yield from _tree_findings(item, pointer_to(pointer, key), empty_arrays)


def object_findings(
    value: Any, ob_class: ObClass, reading: Reading, pointer: str = ""
) -> list[Finding]:
    """Everything wrong with `value` as an object of `ob_class`, depth first in table order."""
    findings = []
    for code, path, sentence in _object_broken(value, ob_class, reading):
        place = pointer
        for name in path:
            place = pointer_to(place, name)
        findings.append(found(code, place, sentence))
    return findings


# Below, paths are those of rules: relative, and made only where something is wrong.


def _object_broken(value: Any, ob_class: ObClass, reading: Reading) -> Sequence[Broken]:
    if not isinstance(value, dict):
        hint = _object_hint(value, ob_class)
        return [("wrong_type", (), f"must be an object ({ob_class.name}){hint}")]
    key = _recurring(value, ob_class, reading) if ob_class.name in _RECURRING else None
    if key is not None and _SOUND.get(key):
        return ()
    broken = _members_broken(value, ob_class, reading)
    rule = RULES.get(ob_class.name)
    if rule is not None:
        broken += rule(value, reading.api_input)
    if key is not None and not broken:
        _SOUND.put(key, True)
    return broken


def _recurring(value: JsonObject, ob_class: ObClass, reading: Reading) -> Key | None:
    """Under which it is remembered that an object of a document is sound."""
    if reading.api_input or ob_class is not reading.classes.get(ob_class.name):
        return None
    content = bytes_of(value)
    return None if content is None else ((ob_class.name, id(reading.classes)), content)


def _members_broken(value: JsonObject, ob_class: ObClass, reading: Reading) -> list[Broken]:
    broken: list[Broken] = []
    if reading.api_input or ob_class.closed:
        broken += _unknown_members(value, ob_class)
    broken += _type_broken(value, ob_class, reading)
    for member in ob_class.members:
        name = member.name
        if name in value:
            for code, path, sentence in _member_broken(value[name], member, reading):
                broken.append((code, (name, *path), sentence))
        elif member.required:
            broken.append(("missing_member", (name,), "is missing"))
    return broken


def _object_hint(value: Any, ob_class: ObClass) -> str:
    """A word for the most common mistake: an image given as its URL."""
    if ob_class.name == "Image" and isinstance(value, str):
        return ' such as {"id": "https://…", "type": "Image"}'
    return ""


def _unknown_members(value: JsonObject, ob_class: ObClass) -> Iterator[Broken]:
    known = tuple(member.name for member in ob_class.members)
    for name in value:
        if name in ob_class.reserved:
            yield "unknown_member", (name,), "is given by the service: leave it out"
        elif name not in known and (name != "type" or ob_class.type_form is TypeForm.NONE):
            sentence = f"is not a member of {ob_class.name}{nearest(name, known)}"
            yield "unknown_member", (name,), sentence


def _type_broken(value: JsonObject, ob_class: ObClass, reading: Reading) -> Sequence[Broken]:
    """`type` as the class wants it; API input may leave it out, the service fills it in."""
    if ob_class.type_form is TypeForm.NONE:
        return ()
    if "type" not in value:
        return () if reading.api_input else [("missing_member", ("type",), "is missing")]
    given = value["type"]
    if ob_class.type_form is TypeForm.TEXT:
        if given == ob_class.name:
            return ()
        return [("bad_value", ("type",), f"must be the text `{ob_class.name}`")]
    if ob_class.type_form is TypeForm.ANY_TEXT:
        if isinstance(given, str) and given:
            return ()
        return [("wrong_type", ("type",), "must be one text")]
    if given == [ob_class.name] and not ob_class.types:
        return ()  # as nearly all are
    terms = [given] if isinstance(given, str) else given
    if not isinstance(terms, list) or not all(isinstance(term, str) and term for term in terms):
        return [("wrong_type", ("type",), "must be a list of texts")]
    return [
        ("bad_value", ("type",), f"must include {' or '.join(group)}")
        for group in ob_class.type_groups
        if not any(term in group for term in terms)
    ]


def _member_broken(value: Any, member: Member, reading: Reading) -> Sequence[Broken]:
    if isinstance(value, list):
        if not member.array:
            return [("wrong_type", (), "must be one value, not a list")]
        return [
            (code, (index, *path), sentence)
            for index, item in enumerate(value)
            for code, path, sentence in _value_broken(item, member.kind, reading)
        ]
    if member.array and not member.compactable:
        return [("wrong_type", (), "must be a list, even for one value")]
    return _value_broken(value, member.kind, reading)


def _value_broken(value: Any, kind: Kind, reading: Reading) -> Sequence[Broken]:
    if isinstance(kind, ObjectOf):
        if not (kind.or_iri and isinstance(value, str)):
            ob_class = reading.classes[kind.class_name]
            if ob_class.sealed:
                reading = Reading(reading.classes)
            return _object_broken(value, ob_class, reading)
        fault = iri_fault(value)
    else:
        fault = kind.fault(value)
        if fault is None and reading.api_input:
            fault = kind.stricter(value)
    return () if fault is None else [(fault[0], (), fault[1])]


def with_types(value: JsonObject, ob_class: ObClass, classes: Classes) -> JsonObject:
    """A copy of a checked API object with `type` filled in at every level, `id` first."""
    if ob_class.sealed:
        return value
    typed: JsonObject = {}
    if "id" in value:
        typed["id"] = value["id"]
    if ob_class.type_form is TypeForm.TEXT:
        typed["type"] = ob_class.name
    elif ob_class.type_form is TypeForm.ARRAY:
        given = value.get("type", ob_class.name)
        typed["type"] = [given] if isinstance(given, str) else given
    kinds = {member.name: member.kind for member in ob_class.members}
    for name, item in value.items():
        kind = kinds.get(name)
        if isinstance(kind, ObjectOf) and not isinstance(item, str):
            inner = classes[kind.class_name]
            items = item if isinstance(item, list) else [item]
            filled = [
                each if isinstance(each, str) else with_types(each, inner, classes)
                for each in items
            ]
            typed[name] = filled if isinstance(item, list) else filled[0]
        else:
            typed.setdefault(name, item)
    return typed


def distinct(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """The first finding for each place, at most twenty: one mistake is told once."""
    by_field: dict[str, Finding] = {}
    for finding in findings:
        by_field.setdefault(finding.field, finding)
        if len(by_field) == _MOST_FINDINGS:
            break
    return tuple(by_field.values())


def raise_check_failed(findings: Iterable[Finding]) -> None:
    """Raise `CheckFailed` when there is any finding; it carries them all."""
    gathered = distinct(findings)
    if gathered:
        first = gathered[0]
        raise CheckFailed(first.code, _detail(gathered), field=first.field, findings=gathered)


def raise_invalid_request(findings: Iterable[Finding]) -> None:
    """Raise `InvalidRequest` when there is any finding; it carries them all."""
    gathered = distinct(findings)
    if gathered:
        first = gathered[0]
        raise InvalidRequest(first.code, _detail(gathered), field=first.field, findings=gathered)


def _detail(findings: Sequence[Finding]) -> str:
    """The first few sentences, and how many more there are."""
    told = " ".join(finding.detail for finding in findings[:_SENTENCES])
    more = len(findings) - _SENTENCES
    return f"{told} And {more} more." if more > 0 else told

"""What is said of an issuer when it is entered: an entry or a scope as JSON gives it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from app.encoding.dates import parse_datetime
from app.encoding.strict_json import JsonObject
from app.errors import CheckFailed, InvalidRequest
from app.registry.coverage import Scope
from app.vocabularies.levels import framework
from app.vocabularies.terms import FIELD

MAX_TERMS = 50
MAX_ID = 512
MAX_TEXT = 200

SCOPE_MEMBERS = frozenset({"fields", "levels", "award_types"})
_MEMBERS = SCOPE_MEMBERS | {"did", "name", "from", "until"}


@dataclass(frozen=True)
class Listing:
    """One entry as it is given: who, what for, from when until when."""

    did: str
    name: str
    scope: Scope
    valid_from: datetime
    valid_until: datetime | None


def read_listing(given: Any, *, now: datetime, place: str = "") -> Listing:
    """An entry as JSON gives it: `did`, `name`, and if wanted `fields`, `levels`, `award_types`,
    `from` (now, where it is not said) and `until`.

    Raises InvalidRequest naming the culprit below `place`, a JSON pointer.
    """
    check_members(given, _MEMBERS, place)
    start = _moment(given, "from", place) or now
    end = _moment(given, "until", place)
    if end is not None and end <= start:
        raise InvalidRequest("bad_value", "An entry ends after it begins.", field=f"{place}/until")
    scope = read_scope(given, place)
    name = read_text(given.get("name"), f"{place}/name", MAX_TEXT)
    return Listing(_issuer_id(given.get("did"), f"{place}/did"), name, scope, start, end)


def read_scope(given: JsonObject, place: str = "") -> Scope:
    """The members `fields`, `levels` and `award_types` of what is given, each of them optional.

    Raises InvalidRequest naming the culprit.
    """
    return Scope(
        fields=tuple(
            FIELD.lookup(word, field=f"{place}/fields").code
            for word in _texts(given, "fields", place)
        ),
        levels=_levels(given, place),
        award_types=_texts(given, "award_types", place),
    )


def check_members(given: Any, known: frozenset[str], place: str = "") -> None:
    """Only members that are known, in an object; raises InvalidRequest."""
    if not isinstance(given, dict):
        raise InvalidRequest("wrong_type", "An entry is an object.", field=place)
    for name in given:
        if name not in known:
            raise InvalidRequest("unknown_member", "An entry has no such member.", field=place)


def read_text(value: Any, place: str, longest: int) -> str:
    """A text of one line, without blanks around it; raises InvalidRequest."""
    if not isinstance(value, str):
        raise InvalidRequest("wrong_type", "Give this as a text.", field=place)
    if not value.strip() or len(value) > longest or not value.isprintable():
        raise InvalidRequest(
            "bad_value", f"Give 1 to {longest} characters, none of them a control.", field=place
        )
    return value.strip()


def _issuer_id(value: Any, place: str) -> str:
    text = read_text(value, place, MAX_ID)
    plain = text.isascii() and text.isprintable() and " " not in text
    if not plain or not text.startswith(("did:", "https://")):
        raise InvalidRequest("bad_value", "An issuer is named by a DID or https IRI.", field=place)
    return text


def _moment(given: Mapping[str, Any], name: str, place: str) -> datetime | None:
    if given.get(name) is None:
        return None
    try:
        return parse_datetime(given[name], field=f"{place}/{name}").astimezone(UTC)
    except CheckFailed as error:
        raise InvalidRequest("bad_date", error.detail, field=f"{place}/{name}") from error


def _levels(given: JsonObject, place: str) -> tuple[str, ...]:
    where = f"{place}/levels"
    found = given.get("levels", [])
    if not isinstance(found, list) or len(found) > MAX_TERMS:
        raise InvalidRequest("wrong_type", f"Up to {MAX_TERMS} levels are given.", field=where)
    words = []
    for each in found:
        if not isinstance(each, dict) or set(each) != {"framework", "value"}:
            raise InvalidRequest(
                "wrong_type", "A level has `framework` and `value`, and no more.", field=where
            )
        system = framework(read_text(each["framework"], where, MAX_TEXT), field=where)
        words.append(
            system.level(read_text(str(each["value"]), where, MAX_TEXT), field=where).words
        )
    return tuple(words)


def _texts(given: JsonObject, name: str, place: str) -> tuple[str, ...]:
    found = given.get(name, [])
    if not isinstance(found, list) or len(found) > MAX_TERMS:
        raise InvalidRequest(
            "wrong_type", f"This is a list of up to {MAX_TERMS} texts.", field=f"{place}/{name}"
        )
    return tuple(read_text(each, f"{place}/{name}", MAX_TEXT) for each in found)

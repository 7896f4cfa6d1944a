"""Reading `where`: `{path: wanted}`, `{"any": [where]}`, `{"not": where}`, all of which must hold.

What is wanted is one value, a list of allowed ones, or `{"min", "max", "in", "maxAge"}`.
"""

from typing import Any

from app.credentials.conformance import pointer_to
from app.credentials.values import nearest
from app.encoding.strict_json import JsonObject
from app.pathways.paths import (
    ACHIEVEMENT,
    ASSESSED,
    DATES,
    OFFERED,
    TEXTS,
    level_name,
    number_path,
    text_key,
)
from app.pathways.reading import LONGEST_WORD, Sheet
from app.pathways.rules import SELF, AnyOf, Condition, Not, Reference, Where
from app.vocabularies.amounts import amount_in, amount_text

_DEEPEST = 5
_MOST_CONDITIONS = 200
_MOST_VALUES = 200

REFERENCE = ("achievement", "issuer", "name")
"""Members of an object that names an achievement."""


class ConditionReader:
    """Reads the conditions of one rule, which has a limit on how many there are in all.

    `check_ids` are the ids of checks met so far, with their places.
    """

    def __init__(self, sheet: Sheet) -> None:
        self.sheet = sheet
        self.check_ids: list[tuple[str, str]] = []
        self._count = 0

    def where(self, value: Any, pointer: str, depth: int = 1) -> Where:
        """The condition in a JSON value; faults are noted."""
        if not isinstance(value, dict):
            self.sheet.fault("wrong_type", pointer, "must be an object of conditions")
            return Where()
        if depth > _DEEPEST:
            self.sheet.fault("too_deep", pointer, f"may be nested at most {_DEEPEST} deep")
            return Where()
        parts = (
            self._part(name, wanted, pointer_to(pointer, name), depth)
            for name, wanted in value.items()
        )
        return Where(tuple(part for part in parts if part is not None))

    def reference(self, value: Any, pointer: str) -> Reference | None:
        """An achievement, as a text or as `{"achievement", "issuer", "name"}`."""
        if isinstance(value, str):
            text = self.sheet.text(value, pointer, LONGEST_WORD)
            return None if text is None else Reference(text.strip())
        members = self.sheet.members(value, pointer, REFERENCE, "an achievement")
        if not self.sheet.required(members, "achievement", pointer):
            return None
        texts = {
            each: (self.sheet.text(value, f"{pointer}/{each}", LONGEST_WORD) or "").strip()
            for each, value in members.items()
        }
        if not texts["achievement"]:
            return None
        issuer = texts.get("issuer")
        return Reference(
            texts["achievement"], None if issuer == SELF else issuer, texts.get("name")
        )

    def _part(
        self, name: str, wanted: Any, pointer: str, depth: int
    ) -> Condition | AnyOf | Not | None:
        self._count += 1
        if self._count == _MOST_CONDITIONS + 1:
            self.sheet.fault(
                "out_of_range", pointer, f"is one too many: a rule has at most {_MOST_CONDITIONS}"
            )
        if self._count > _MOST_CONDITIONS:
            return None
        if name == "any":
            choices = [
                self.where(item, place, depth + 1)
                for item, place in self.sheet.items(wanted, pointer, _MOST_VALUES)
            ]
            return AnyOf(tuple(choices))
        if name == "not":
            return Not(self.where(wanted, pointer, depth + 1))
        return self._condition(name, wanted, pointer)

    def _condition(self, name: str, wanted: Any, pointer: str) -> Condition | None:
        if name == ASSESSED:
            return Condition(ASSESSED, wanted=self.sheet.truth(wanted, pointer))
        if name in DATES:
            return self._date(name, wanted, pointer)
        number = number_path(name)
        if number is not None:
            return self._number(number, wanted, pointer)
        if name not in TEXTS and name != ACHIEVEMENT:
            self.sheet.fault(
                "unknown_member", pointer, f"is not a fact of a credential{nearest(name, OFFERED)}"
            )
            return None
        if isinstance(wanted, dict) and "in" in wanted:
            pointer_in = f"{pointer}/in"
            wanted = self.sheet.members(wanted, pointer, ("in",), "a condition on words")["in"]
            return self._words(name, wanted, pointer_in)
        return self._words(name, wanted, pointer)

    def _words(self, name: str, wanted: Any, pointer: str) -> Condition | None:
        listed = wanted if isinstance(wanted, list) else [wanted]
        places = list(self.sheet.items(listed, pointer, _MOST_VALUES))
        if not isinstance(wanted, list):
            places = [(item, pointer) for item, _ in places]
        if name == ACHIEVEMENT:
            found = [self.reference(item, place) for item, place in places]
            return Condition(name, references=tuple(each for each in found if each is not None))
        words = [self.sheet.text(item, place, LONGEST_WORD) for item, place in places]
        return Condition(name, allowed=tuple(text_key(name, word) for word in words if word))

    def _number(self, path: str, wanted: Any, pointer: str) -> Condition | None:
        if not isinstance(wanted, dict):
            return self._named(path, wanted, pointer)
        members = self._bounds(wanted, pointer, ("min", "max", "in"))
        if members is None:
            return None
        if "in" in members:
            named = self._named(path, members["in"], f"{pointer}/in")
            allowed = named.allowed
        else:
            allowed = ()
        least, most = (
            self.sheet.amount(members[name], f"{pointer}/{name}") if name in members else None
            for name in ("min", "max")
        )
        return Condition(path, allowed=allowed, least=least, most=most)

    def _named(self, path: str, wanted: Any, pointer: str) -> Condition:
        """Single values: amounts, or names of levels such as `Entry 3`."""
        family, _, word = path.partition(".")
        names: list[str] = []
        for item in wanted if isinstance(wanted, list) else [wanted]:
            amount = amount_in(item)
            if amount is not None:
                names.append(amount_text(amount))
            elif family == "level" and isinstance(item, str) and item.strip():
                names.append(level_name(word, item))
            else:
                self.sheet.fault("bad_value", pointer, "must be a number, or several in a list")
        if not names:
            self.sheet.fault("wrong_type", pointer, "must name at least one value")
        return Condition(path, allowed=tuple(names))

    def _date(self, path: str, wanted: Any, pointer: str) -> Condition | None:
        members = self._bounds(wanted, pointer, ("min", "max", "maxAge"))
        if members is None:
            return None
        earliest = latest = age = None
        if "min" in members:
            earliest = self.sheet.moment(members["min"], f"{pointer}/min")
        if "max" in members:
            latest = self.sheet.moment(members["max"], f"{pointer}/max", end=True)
        if "maxAge" in members:
            age = self.sheet.span(members["maxAge"], f"{pointer}/maxAge")
        return Condition(path, earliest=earliest, latest=latest, max_age=age)

    def _bounds(self, wanted: Any, pointer: str, known: tuple[str, ...]) -> JsonObject | None:
        """The bounds in an object with at least one of them."""
        members = self.sheet.members(wanted, pointer, known, "bounds")
        if members:
            return members
        names = ", ".join(f"`{name}`" for name in known)
        self.sheet.fault("missing_member", pointer, f"needs one of {names}")
        return None

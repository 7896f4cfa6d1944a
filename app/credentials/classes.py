"""What a class of a data model is made of: members, cardinality, kinds of value.

In the words of Open Badges 3.0, section B (`open-badges-3.md` section 1): `one` is [1], `maybe`
[0..1], `some` [1..*], `many` [0..*]; a `*` in the specification's JSON-LD schemas, a single value
standing for an array of one, is `compactable=True`. Its classes are in `open_badge_classes`, those
of requests and rules beside what reads them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import Enum

from app.credentials.values import Enumeration, Scalar


@dataclass(frozen=True)
class ObjectOf:
    """A value that is an object of the named class, or (`or_iri`) only its identifier."""

    class_name: str
    or_iri: bool = False


Kind = Scalar | Enumeration | ObjectOf


@dataclass(frozen=True)
class Member:
    """One member of a class: its name, its kind of value, how many there may be."""

    name: str
    kind: Kind
    required: bool = False
    array: bool = False
    compactable: bool = False


class TypeForm(Enum):
    """How a class writes its `type`."""

    NONE = "there is no type"
    TEXT = "the one text, e.g. Image"
    ANY_TEXT = "any one term or IRI"
    ARRAY = "an array that holds the class's name, or the name alone"


@dataclass(frozen=True)
class ObClass:
    """One class. Of each group in `types` at least one term must be there.

    An open class may have further members in a document (an API request never may). A `sealed` one
    was signed by somebody: it is taken as it stands, even within an API request. `reserved` members
    are the service's own to fill in.
    """

    name: str
    members: tuple[Member, ...]
    type_form: TypeForm = TypeForm.ARRAY
    types: tuple[tuple[str, ...], ...] = ()
    closed: bool = False
    sealed: bool = False
    reserved: tuple[str, ...] = ()

    @property
    def type_groups(self) -> tuple[tuple[str, ...], ...]:
        """The terms that `type` must hold: the class's own name unless others are stated."""
        return self.types or ((self.name,),)

    def without(self, *names: str) -> "ObClass":
        """The same class as API input, where the service itself fills in the named members."""
        members = tuple(member for member in self.members if member.name not in names)
        return replace(self, members=members, reserved=names)


Classes = Mapping[str, ObClass]


def one(name: str, kind: Kind) -> Member:
    """[1]"""
    return Member(name, kind, required=True)


def maybe(name: str, kind: Kind) -> Member:
    """[0..1]"""
    return Member(name, kind)


def some(name: str, kind: Kind, *, compactable: bool = False) -> Member:
    """[1..*]"""
    return Member(name, kind, required=True, array=True, compactable=compactable)


def many(name: str, kind: Kind, *, compactable: bool = False) -> Member:
    """[0..*]"""
    return Member(name, kind, array=True, compactable=compactable)

"""Every single change to a JSON document: one place, one edit."""

import copy
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

Path = tuple[str | int, ...]


def places(value: Any, path: Path = ()) -> Iterator[Path]:
    """The path of every value in a document, the document itself first."""
    yield path
    if isinstance(value, dict):
        for name, member in value.items():
            yield from places(member, (*path, name))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from places(item, (*path, index))


def value_at(document: Any, path: Path) -> Any:
    for step in path:
        document = document[step]
    return document


@dataclass(frozen=True)
class Change:
    """A changed document, and a word for what was done."""

    what: str
    path: Path
    document: Any


def _replaced(document: Any, path: Path, value: Any) -> Any:
    if not path:
        return value
    changed = copy.deepcopy(document)
    value_at(changed, path[:-1])[path[-1]] = value
    return changed


def _texts(text: str) -> st.SearchStrategy[str]:
    """One character deleted, doubled, exchanged, or put in."""
    characters = st.sampled_from("aA0 .:/#-_é\u202e\n\0𝄞<")
    position = st.integers(0, max(0, len(text) - 1))
    edits = [
        st.tuples(st.integers(0, len(text)), characters).map(
            lambda edit: text[: edit[0]] + edit[1] + text[edit[0] :]
        )
    ]
    if text:
        edits += [
            position.map(lambda n: text[:n] + text[n + 1 :]),
            position.map(lambda n: text[:n] + text[n] + text[n:]),
            st.tuples(position, characters).map(
                lambda edit: text[: edit[0]] + edit[1] + text[edit[0] + 1 :]
            ),
            st.sampled_from([text.swapcase(), text[::-1], text.strip("z")]),
        ]
    return st.one_of(edits)


_SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-10, 10),
    st.floats(allow_nan=False, allow_infinity=False, width=32),
    st.sampled_from(["", "abc", "https://forger.example/", "did:web:forger.example"]),
)
_VALUES: st.SearchStrategy[Any] = st.one_of(
    _SCALARS,
    st.just([]),
    st.just({}),
    _SCALARS.map(lambda value: [value]),
    st.sampled_from(["id", "name", "@value", "@id"]).flatmap(
        lambda name: _SCALARS.map(lambda value: {name: value})
    ),
)
_NAMES = st.sampled_from(
    ["name", "id", "type", "grade", "description", "@index", "@id", "@type", "@graph", "image",
     "endorsement", "evidence", "validUntil", "credentialStatus", "proof", "result", "tag",
     "https://forger.example/term", "created", "expires", "domain", "@context", "awardedDate"]
)  # fmt: skip


def _retyped(value: Any) -> list[Any]:
    """The same value in another type, where it has one."""
    if isinstance(value, bool):
        return [str(value).lower(), int(value), not value]
    if isinstance(value, int | float):
        return [str(value), value + 1, -value, bool(value), float(value), value * (1 + 2**-52)]
    if isinstance(value, str):
        return [
            {"@value": value},
            {"id": value},
            {"@id": value},
            {"@value": value, "@language": "en"},
        ]
    if isinstance(value, list):
        return [value[::-1], value[1:] + value[:1], value * 2, [value], *value]
    return [[value], [value, value], list(value.values())]


@st.composite
def single_changes(draw: st.DrawFn, document: Any) -> Change:
    """Any one change at any one place."""
    path = draw(st.sampled_from(list(places(document))[1:]))
    value = value_at(document, path)
    edits = ["replace", "retype", "wrap", "delete", "double"]
    if isinstance(value, str):
        edits += ["character"] * 3
    if isinstance(value, dict):
        edits += ["insert"] * 2
    what = draw(st.sampled_from(edits))
    if what == "delete":
        changed = copy.deepcopy(document)
        del value_at(changed, path[:-1])[path[-1]]
        return Change(what, path, changed)
    if what == "double":
        return Change(what, path, _doubled(document, path, draw))
    if what == "insert":
        name = draw(_NAMES)
        return Change(
            what, (*path, name), _replaced(document, path, {**value, name: draw(_VALUES)})
        )
    if what == "character":
        return Change(what, path, _replaced(document, path, draw(_texts(value))))
    if what == "retype":
        return Change(what, path, _replaced(document, path, draw(st.sampled_from(_retyped(value)))))
    if what == "wrap":
        return Change(what, path, _replaced(document, path, [value]))
    return Change(what, path, _replaced(document, path, draw(_VALUES)))


def _doubled(document: Any, path: Path, draw: st.DrawFn) -> Any:
    """An item twice in its list, or a member a second time under another name or place."""
    changed = copy.deepcopy(document)
    parent = value_at(changed, path[:-1])
    if isinstance(parent, list):
        parent.insert(int(path[-1]), copy.deepcopy(parent[int(path[-1])]))
    else:
        objects = [each for each in places(changed) if isinstance(value_at(changed, each), dict)]
        target = value_at(changed, draw(st.sampled_from(objects)))
        name = draw(st.one_of(st.just(str(path[-1])), _NAMES))
        target[name] = copy.deepcopy(parent[path[-1]])
    return changed

"""How one element of a micro-credential is found again wherever it goes, in one comparable form.

What people stated, what was signed, what an independent JSON-LD processor makes of it, what our
verifier reads and what the recognition report says: each gives rows of plain texts. Words of a
vocabulary stand there as identifiers, which are written out below by hand, so that the service's
own tables are not asked whether they are right.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from typing import Any

from app.credentials.learning import Learning
from app.encoding.dates import format_datetime
from app.encoding.strict_json import JsonObject
from tests.worked_examples import Given

EU = "http://data.europa.eu/snb/"
OURS = "https://w3id.org/signet/mc/v1#"
PREFIXES = {
    "cred": "https://www.w3.org/2018/credentials#",
    "ob": "https://purl.imsglobal.org/spec/vc/ob/vocab.html#",
    "elm": f"{EU}model/elm/",
    "dc": "http://purl.org/dc/terms/",
    "mc": OURS,
    "so": "https://schema.org/",
}
WORDS = {
    "on-site": f"{EU}learning-assessment/9191af2ed9",
    "online": f"{EU}learning-assessment/920fbb3cbe",
    "blended": f"{EU}learning-assessment/e92d221e4d",
    "work-based": f"{EU}learning-assessment/729f3bed4b",
    "supervised-id": f"{EU}supervision-verification/70be69aaf9",
    "unsupervised-id": f"{EU}supervision-verification/df2880c5cb",
    "unsupervised": f"{EU}supervision-verification/c598449d64",
    "supervised": f"{OURS}supervised-without-id",
    "written exam": f"{EU}assessment/6e6cb2cc78",
    "oral exam": f"{EU}assessment/d30284d7df",
    "marked assignment": f"{EU}assessment/2939dae15f",
    "project work": f"{EU}assessment/795dac4096",
    "portfolio": f"{EU}assessment/4f03b91c0e",
    "practical": f"{EU}assessment/6a4db9f11d",
    "continuous": f"{EU}assessment/3484bd7e51",
    "quiz": f"{EU}assessment/b1b68f6735",
    "problem based": f"{EU}assessment/c4256a2726",
    "formal": f"{EU}learning-setting/6fd4685715",
    "non-formal": f"{EU}learning-setting/e207a81fc7",
    "institutional": f"{EU}accreditation/bb4618238e",
    "programme": f"{EU}accreditation/820101cba6",
    "institutional licence": f"{EU}accreditation/003293d2ce",
    "cross-sector": f"{EU}skill-reuse-level/cross-sector",
    "sector-specific": f"{EU}skill-reuse-level/sector-specific",
    "stand-alone": f"{OURS}standAlone",
    "stackable": f"{OURS}stackable",
    "taught": f"{OURS}taught",
    "prior-certificated": f"{OURS}priorCertificatedLearning",
    "prior-experiential": f"{OURS}priorExperientialLearning",
    "ects": f"{EU}education-credit/6fcec5c5af",
    "scqf": f"{OURS}SCQF-credit",
    "us-sem": f"{OURS}US-semester-hour",
    "institutional points": f"{OURS}institution-point",
    "points": f"{OURS}institution-point",
    "uk-ects-2to1": f"{OURS}rule-uk-ects-2to1",
    **{code: f"{EU}isced-f/{code}" for code in ("0223", "0413", "0421", "0521", "0612", "091")},
}
LEVELS = {
    ("SCQF", 11): f"{EU}qdr/c_517309ca",
    ("EQF", 7): f"{EU}eqf/7",
    **{("AQF", level): f"{OURS}AQF-{level}" for level in (5, 6, 7)},
}
# In the document the terms of our context, which stand for identifiers.
TERMS = {
    "standalone": WORDS["stand-alone"],
    "priorcertificatedlearning": WORDS["prior-certificated"],
    "priorexperientiallearning": WORDS["prior-experiential"],
}
_HYPHENATED = {word.replace(" ", "-"): iri for word, iri in WORDS.items()}
_DURATION = re.compile(r"PT(\d+)H")
_MIDNIGHT = re.compile(r"(\d{4}-\d\d-\d\d)T00:00:00Z")
_NUMBER = re.compile(r"\d+(\.\d+)?(/\d+)?")
_STEP = re.compile(r"([^\[]+)(?:\[(.+)=(.+)\])?")

Rows = set[tuple[str, ...]]


@dataclass(frozen=True)
class Element:
    """One element. `signed` and `expanded` are paths, with the members of a row behind a colon.

    `number` is the one in the mapping table of the reference, section 3.2.
    """

    number: int
    name: str
    given: Callable[[Given], Iterable[Any]]
    signed: str | Callable[[JsonObject], Iterable[Any]]
    expanded: str | Callable[[JsonObject], Iterable[Any]]
    learning: Callable[[Learning], Iterable[Any]]
    report: Callable[[JsonObject], Iterable[Any]]


def rows(found: Iterable[Any]) -> Rows:
    """Comparable rows; those that say nothing are left out."""
    plainly = {
        tuple(plain(each) for each in (row if isinstance(row, tuple) else (row,))) for row in found
    }
    return {row for row in plainly if any(row)}


def plain(value: Any) -> str:
    """A value as a text that does not depend on how it is written."""
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case Fraction() | int() | float():
            return str(Fraction(str(value)))
        case datetime():
            return plain(format_datetime(value))
        case date():
            return value.isoformat()
        case dict():
            return plain(value.get("code"))
    text = str(value)
    key = text.casefold()
    named = WORDS.get(key) or _HYPHENATED.get(key) or TERMS.get(key)
    if named is not None:
        return named
    if hours := _DURATION.fullmatch(text):
        return plain(int(hours[1]))
    if day := _MIDNIGHT.fullmatch(text):
        return day[1]
    return str(Fraction(text)) if _NUMBER.fullmatch(text) else text


def rows_in_document(document: JsonObject, spec: str) -> list[tuple[Any, ...]]:
    """Rows of a signed document."""
    return _rows(document, spec, expanded=False)


def rows_in_expansion(document: JsonObject, spec: str) -> list[tuple[Any, ...]]:
    """Rows of an expanded document; steps are prefixed names, `id` is `@id`."""
    return _rows(document, spec, expanded=True)


def _rows(document: JsonObject, spec: str, *, expanded: bool) -> list[tuple[Any, ...]]:
    found: list[tuple[Any, ...]] = []
    for alternative in spec.split(" or "):
        path, _, members = alternative.partition(":: ")
        nodes = _along(document, path.strip(), expanded=expanded)
        if not members:
            found += [(_leaf(node),) for node in nodes]
            continue
        for node in nodes:
            cells = (_along(node, each, expanded=expanded) for each in members.split())
            found.append(tuple(_leaf(cell[0]) if cell else None for cell in cells))
    return found


def _along(node: Any, path: str, *, expanded: bool) -> list[Any]:
    nodes = [node]
    for step in path.split("/"):
        match = _STEP.fullmatch(step)
        assert match is not None
        name, condition, wanted = match.groups()
        nodes = [found for each in nodes for found in _members(each, name, expanded=expanded)]
        if condition is not None:
            nodes = [
                each
                for each in nodes
                if wanted in map(_leaf, _members(each, condition, expanded=expanded))
            ]
    return nodes


def _members(node: Any, name: str, *, expanded: bool) -> list[Any]:
    if not isinstance(node, dict):
        return []
    if name == "*":
        return list(node.values())
    found = node.get(_iri(name) if expanded else name, [])
    return found if isinstance(found, list) else [found]


def _iri(name: str) -> str:
    if name == "id":
        return "@id"
    prefix, _, local = name.partition(":")
    return PREFIXES[prefix] + local


def _leaf(node: Any) -> Any:
    if isinstance(node, dict):
        return node.get("@value", node.get("@id"))
    return node

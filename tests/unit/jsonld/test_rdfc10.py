"""RDFC-1.0: one form for datasets that say the same, and no work without end.

The W3C's own suite is in tests/vectors/test_rdf_canon.py.
"""

import random
import time

import pytest

from app.errors import MalformedInput
from app.jsonld.rdfc10 import BUDGET, MAX_BLANK_NODES, Quad, Work, canonicalize_quads
from tests.nquads import read_nquads

P = "<urn:p>"


def _relabelled(quads: list[Quad], seed: int) -> list[Quad]:
    choose = random.Random(seed)  # noqa: S311 - the same ones each time
    blanks = sorted({term for quad in quads for term in quad if term.startswith("_:")})
    names = [f"_:x{n}" for n in range(len(blanks))]
    choose.shuffle(names)
    table = dict(zip(blanks, names, strict=True))
    changed = [(table.get(s, s), p, table.get(o, o), table.get(g, g)) for s, p, o, g in quads]
    choose.shuffle(changed)
    return changed


def _circle(size: int, prefix: str = "a") -> list[Quad]:
    return [(f"_:{prefix}{n}", P, f"_:{prefix}{(n + 1) % size}", "") for n in range(size)]


DATASETS: dict[str, list[Quad]] = {
    "no blank nodes": [("<urn:s>", P, '"a"', ""), ("<urn:s>", P, '"b"', "<urn:g>")],
    "one": [("_:a", P, "<urn:o>", "")],
    "two that differ": [("_:a", P, "_:b", ""), ("_:b", P, '"x"', "")],
    "a self-link": [("_:a", P, "_:a", "")],
    "twins": [("<urn:s>", P, "_:a", ""), ("<urn:s>", P, "_:b", "")],
    "a circle": _circle(5),
    "two circles": _circle(3) + _circle(3, "b"),
    "circles of two sizes": _circle(4) + _circle(2, "b"),
    "a blank graph": [("_:a", P, "_:b", "_:g"), ("_:b", P, "_:a", "_:g"), ("_:g", P, "_:g", "")],
    "alike in blank graphs": [("<urn:s>", P, "<urn:o>", "_:g"), ("<urn:s>", P, "<urn:o>", "_:h")],
    "two alike pairs": [
        quad
        for n in "12"
        for quad in (
            (f"_:a{n}", P, f"_:b{n}", ""),
            (f"_:b{n}", "<urn:q>", f"_:a{n}", ""),
            (f"_:b{n}", "<urn:q>", '"b"', ""),
        )
    ],
    "a square": [(f"_:{n}", P, f"_:{n ^ bit}", "") for n in range(4) for bit in (1, 2)],
}


@pytest.mark.parametrize("name", DATASETS)
def test_names_and_order_do_not_matter(name: str) -> None:
    forms = {canonicalize_quads(_relabelled(DATASETS[name], seed)) for seed in range(25)}

    assert len(forms) == 1
    (form,) = forms
    assert form == "".join(sorted(form.splitlines(keepends=True)))
    assert canonicalize_quads(read_nquads(form)) == form


def test_the_corners_of_a_cube_are_told_apart_by_their_paths() -> None:
    cube = [(f"_:{n}", P, f"_:{n ^ bit}", "") for n in range(8) for bit in (1, 2, 4)]

    assert len({canonicalize_quads(_relabelled(cube, seed)) for seed in range(3)}) == 1


def test_a_statement_said_twice_counts_once() -> None:
    quad = ("<urn:s>", P, "<urn:o>", "")

    assert canonicalize_quads([quad, quad]) == "<urn:s> <urn:p> <urn:o> .\n"


def test_nothing_is_nothing() -> None:
    assert canonicalize_quads([]) == ""


def test_another_digest_gives_other_names() -> None:
    quads = [(f"_:{n}", P, f'"{n}"', "") for n in range(6)]

    assert canonicalize_quads(quads) != canonicalize_quads(quads, algorithm="sha384")


def _clique(size: int) -> list[Quad]:
    return [(f"_:{n}", P, f"_:{m}", "") for n in range(size) for m in range(size) if n != m]


def _families(parents: int, children: int) -> list[Quad]:
    """What nested JSON without any id says: alike parents of alike children."""
    return [
        quad
        for n in range(parents)
        for quad in (
            ("<urn:s>", P, f"_:{n}", ""),
            *((f"_:{n}", P, f"_:{n}-{m}", "") for m in range(children)),
        )
    ]


COSTLY: dict[str, list[Quad]] = {
    "a clique of six": _clique(6),
    "two alike parents of seven alike children": _families(2, 7),
    "two alike parents of a hundred alike children": _families(2, 100),
    "forty alike parents of ten alike children": _families(40, 10),
    "a clique of seven": _clique(7),
    "a clique of eight": _clique(8),
    "a clique of ten": _clique(10),
    "more blank nodes than anybody needs": [
        (f"_:{n}", P, f'"{n}"', "") for n in range(MAX_BLANK_NODES + 1)
    ],
    "a circle of three hundred": _circle(300),
    "a deep chain of pairs": [
        (f"_:{side}{n}", P, f"_:{side}{n + 1}", "") for side in "ab" for n in range(220)
    ],
}


@pytest.mark.parametrize("name", COSTLY)
def test_a_dataset_that_costs_too_much_is_refused_soon(name: str) -> None:
    started = time.process_time()

    with pytest.raises(MalformedInput) as refusal:
        canonicalize_quads(COSTLY[name])

    assert refusal.value.code == "canonicalization_too_costly"
    assert time.process_time() - started < 5  # some 0.04 s where nothing else runs


def test_thirty_results_with_the_same_list_of_grades_are_no_trouble() -> None:
    quads = []
    for n in range(30):
        subject, predicate = f"_:result{n}", "<urn:allowed>"
        quads += [("<urn:s>", P, subject, ""), (subject, "<urn:name>", f'"{n}"', "")]
        for grade in "ABCDEFGHIJKLM":
            rung = f"_:rung{n}{grade}"
            quads += [(subject, predicate, rung, ""), (rung, "<urn:first>", f'"{grade}"', "")]
            subject, predicate = rung, "<urn:rest>"
        quads.append((subject, predicate, "<urn:nil>", ""))

    assert canonicalize_quads(_relabelled(quads, 1)) == canonicalize_quads(quads)


def test_several_datasets_may_share_what_they_cost() -> None:
    alone = Work(BUDGET)
    canonicalize_quads(_families(2, 4), work=alone)
    together = Work(2 * (BUDGET - alone.left))

    for _ in range(2):
        canonicalize_quads(_families(2, 4), work=together)

    assert together.left == 0
    with pytest.raises(MalformedInput, match="look alike"):
        canonicalize_quads(_families(2, 4), work=together)


def test_as_many_different_blank_nodes_as_allowed_are_no_trouble() -> None:
    quads = [(f"_:{n}", P, f'"{n}"', "") for n in range(MAX_BLANK_NODES)]

    assert canonicalize_quads(quads).count("\n") == MAX_BLANK_NODES

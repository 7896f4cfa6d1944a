"""Documents that are small enough to be let in and made to cost as much as they can."""

import time
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from app.encoding.strict_json import JsonObject, dump_json, parse_object
from app.errors import SignetError
from app.jsonld.safe_mode import canonicalize
from app.proofs.profiles import OPEN_BADGE
from app.verification.verify import verify_credential
from bench.example import Example


def worst_documents(example: Example) -> Iterator[tuple[str, JsonObject]]:
    """By name: graphs for the canonicaliser, and trees for everything before it."""
    badge = parse_object(example.unsecured)
    for size in (6, 8, 12, 20):
        yield f"clique of {size} blank nodes", _with_evidence(badge, _clique(size))
    for children in (5, 9, 20, 60):
        yield (
            f"two equal results of {children} equal alignments",
            _with_results(badge, [_result(children)] * 2),
        )
    yield "200 equal results", _with_results(badge, [_result(0)] * 200)
    yield "240 equal pieces of evidence", _with_evidence(badge, [_leaf()] * 240)
    yield (
        "240 different pieces of evidence",
        _with_evidence(badge, [{**_leaf(), "name": f"Piece {number}"} for number in range(240)]),
    )
    yield "a narrative of 240 kB", _with_narrative(badge, "word " * 48_000)
    yield "a narrative of 40,000 quotation marks", _with_narrative(badge, '"' * 40_000)
    yield "3,000 tags", _with_tags(badge, [f"tag {number}" for number in range(3000)])


def seconds_for(example: Example, document: JsonObject) -> tuple[float, float]:
    """Processor time of the whole check of a document, and of its canonicalisation alone."""
    secured = {**document, "proof": parse_object(_PROOF)}
    data = dump_json(secured)
    began = time.process_time()
    verify_credential(data, profile=OPEN_BADGE, world=example.world, with_status=False)
    whole = time.process_time() - began
    began = time.process_time()
    with suppress(SignetError):  # refused is what most of them should be
        canonicalize(document, example.desk.contexts)
    return whole, time.process_time() - began


_PROOF = b"""{"type": "DataIntegrityProof", "cryptosuite": "eddsa-rdfc-2022",
"created": "2026-03-01T12:00:00Z", "proofPurpose": "assertionMethod",
"verificationMethod": "did:key:z6MkexZv6D8wErXoBHdZ6SRAigrcCfiig5uwXFJK1j4mEvFA#x",
"proofValue": "z3FXQqFfb9tCTNuCEqjSVFzSKAhfWFqNrZ4rcFxhXhsPa6ZVbFXzdoyvFxGr8fNxzkdsa2AbGXYZj"}"""


def _leaf() -> dict[str, Any]:
    return {"type": ["Evidence"], "name": "Piece"}


def _result(alignments: int) -> dict[str, Any]:
    skill = {"type": ["Alignment"], "targetName": "Skill", "targetUrl": "https://skills.example/1"}
    aligned = {"alignment": [skill] * alignments} if alignments else {}
    return {"type": ["Result"], "value": "A", **aligned}


def _clique(size: int) -> list[dict[str, Any]]:
    return [
        {
            "id": f"_:b{number}",
            "type": ["Evidence"],
            "creator": [
                {"id": f"_:b{other}", "type": ["Profile"]}
                for other in range(size)
                if other != number
            ],
        }
        for number in range(size)
    ]


def _with_evidence(badge: JsonObject, evidence: list[dict[str, Any]]) -> JsonObject:
    return {**badge, "evidence": evidence}


def _with_results(badge: JsonObject, results: list[dict[str, Any]]) -> JsonObject:
    return {**badge, "credentialSubject": {**badge["credentialSubject"], "result": results}}


def _with_narrative(badge: JsonObject, text: str) -> JsonObject:
    subject = badge["credentialSubject"]
    return {**badge, "credentialSubject": {**subject, "narrative": text}}


def _with_tags(badge: JsonObject, tags: list[str]) -> JsonObject:
    subject = badge["credentialSubject"]
    achievement = {**subject["achievement"], "tag": tags}
    return {**badge, "credentialSubject": {**subject, "achievement": achievement}}

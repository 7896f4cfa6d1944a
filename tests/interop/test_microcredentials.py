"""npm `jsonld` in safe mode takes our micro-credentials whole, and makes the same of them."""

import json

import pytest

from app.jsonld.related_resources import with_pinned_contexts
from app.jsonld.safe_mode import canonicalize
from tests.interop.oracle import ask
from tests.microcredentials import EXAMPLES, PIN
from tests.world import CONTEXTS

OURS = json.loads(CONTEXTS.files["https://w3id.org/signet/mc/v1"].read_bytes())


@pytest.mark.parametrize("pin", [PIN, None], ids=["at our address", "by its name"])
def test_they_read_the_same_statements(pin: object) -> None:
    documents = [example.credential(PIN if pin else None) for example in EXAMPLES.values()]

    answers = ask("canonize", documents=documents, contexts={PIN.url: OURS})

    for document, answer in zip(documents, answers, strict=True):
        ours = canonicalize(document, with_pinned_contexts(document, CONTEXTS))
        assert answer == ours.decode("utf-8")


def test_every_term_of_ours_says_something() -> None:
    document = EXAMPLES["PG Cert module"].credential(None)

    [quads] = ask("canonize", documents=[document])

    terms = {
        member["@id"] if isinstance(member, dict) else member
        for definition in OURS["@context"].values()
        if isinstance(definition, dict)
        for name, member in definition["@context"].items()
        if not name.startswith("@") and name not in ("id", "type")
    }
    left_out = {
        # A scheme of the institution's own, and a level without a European identifier.
        "https://w3id.org/signet/mc/v1#unitsPerYear",
        "http://data.europa.eu/snb/model/elm/educationLevel",
    }
    assert {term for term in terms if f"<{term}>" not in quads} <= left_out

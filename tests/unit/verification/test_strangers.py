"""What strangers send to be verified is remembered, and has no part in the next verdict."""

import copy
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from app.credentials import openbadges
from app.credentials.openbadges import check_open_badge
from app.credentials.skeleton import Skeleton, skeleton_of
from app.encoding.remembered import Remembered
from app.encoding.strict_json import JsonObject, dump_json
from app.errors import CheckFailed
from app.jsonld import templates
from app.jsonld.contexts import ContextBundle
from app.jsonld.nquads import write_plain
from app.proofs import eddsa_rdfc_2022
from app.proofs.checked import check_document
from app.proofs.profiles import OPEN_BADGE
from app.verification.authenticity import World
from app.verification.verify import verify_credential
from tests.builders import NOW
from tests.world import CONTEXTS, a_badge, a_web_party, a_world, secured

PARTY = a_web_party()
WORLD: World = a_world(PARTY)
LATER = secured(a_badge(PARTY), PARTY.signer, created=NOW + timedelta(seconds=5))


@pytest.fixture(autouse=True)
def nothing_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(templates, "_WRITERS", Remembered())
    monkeypatch.setattr(templates, "_MET", Remembered())
    monkeypatch.setattr(eddsa_rdfc_2022, "_DIGESTS", Remembered())
    monkeypatch.setattr(openbadges, "_SOUND", Remembered())


def verdict(document: JsonObject) -> str:
    return verify_credential(dump_json(document), profile=OPEN_BADGE, world=WORLD).verdict.value


def wider(document: JsonObject) -> Skeleton:
    unsecured = {name: member for name, member in document.items() if name != "proof"}
    skeleton = skeleton_of(unsecured)
    assert skeleton is not None
    assert skeleton.wider is not None
    return skeleton.wider


def blanked(document: JsonObject) -> JsonObject:
    """A document that says what the wider skeleton holds in the place of the texts."""
    common = wider(document).common
    return dict(json.loads(common[common.index(b"{") :]))


def with_own_texts(document: JsonObject, genuine: JsonObject) -> JsonObject:
    """The same with the texts that are the learner's own."""
    document = copy.deepcopy(document)
    for name in ("id", "validFrom", "validUntil", "credentialStatus", "evidence", "proof"):
        document.pop(name, None)
        if name in genuine:
            document[name] = genuine[name]
    for name in ("id", "narrative", "identifier"):
        if name in genuine["credentialSubject"]:
            document["credentialSubject"][name] = genuine["credentialSubject"][name]
    return document


def test_a_document_that_is_like_a_proof_changes_no_proof() -> None:
    configuration = {n: member for n, member in LATER["proof"].items() if n != "proofValue"}
    like_it = {**configuration, "created": "", "@context": LATER["@context"]}

    for _ in range(3):
        assert verdict(like_it) != "verified"

    assert verdict(LATER) == "verified"


def test_a_link_that_looks_like_what_stands_for_an_id_is_no_link() -> None:
    for _ in range(3):
        assert verdict(LATER) == "verified"
    results = LATER["credentialSubject"]["result"]
    texts = wider(LATER).texts
    linked = [result for result in results if "resultDescription" in result]
    assert linked
    for number in range(len(texts) + 2):
        forged = copy.deepcopy(LATER)
        for result in forged["credentialSubject"]["result"]:
            if "resultDescription" in result:
                result["resultDescription"] = f"\0{number}"
        assert verdict(forged) == "not_valid"
    exact = copy.deepcopy(LATER)
    for result in exact["credentialSubject"]["result"]:
        for name in {"resultDescription", "achievedLevel"} & result.keys():
            result[name] = f"\0{texts.index(result[name]) + 1}"

    for _ in range(3):
        assert verdict(exact) == "not_valid"

    assert verdict(LATER) == "verified"


def orders(first: JsonObject, second: JsonObject) -> Iterator[list[JsonObject]]:
    yield [first, first, second, second, first]
    yield [second, second, first, first, second]
    yield [first, second, first, second, first]


def test_a_document_that_says_what_stands_for_texts_is_one_of_its_own(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    bare = with_own_texts(blanked(LATER), LATER)
    empty = json.loads(dump_json(blanked(LATER)).replace(b"\\u0000", b""))
    wanted = {}
    for name, document in {"genuine": LATER, "bare": bare, "empty": empty}.items():
        nothing(monkeypatch)
        wanted[name] = verdict(document)
    assert wanted["genuine"] == "verified"
    assert "verified" not in (wanted["bare"], wanted["empty"])

    for other, name in ((bare, "bare"), (empty, "empty")):
        for order in orders(LATER, other):
            nothing(monkeypatch)
            for document in order:
                assert verdict(document) == wanted["genuine" if document is LATER else name]


def nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(templates, "_WRITERS", Remembered())
    monkeypatch.setattr(templates, "_MET", Remembered())
    monkeypatch.setattr(openbadges, "_SOUND", Remembered())


def test_no_proof_is_another_thing_than_none() -> None:
    badge = a_badge(PARTY)
    check_open_badge(badge, skeleton_of(badge))

    with pytest.raises(CheckFailed, match="proof"):
        check_open_badge({**badge, "proof": None}, skeleton_of(badge))


def test_what_we_sign_is_written_by_no_template_of_a_stranger(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for _ in range(3):
        assert verdict(LATER) == "verified"

    def made_anew(*_: object) -> None:
        pytest.fail("a template was made")

    monkeypatch.setattr(templates, "template_of", made_anew)
    assert verdict(LATER) == "verified"  # by the template that strangers have

    badge = a_badge(PARTY)
    check_document(badge, profile=OPEN_BADGE, contexts=CONTEXTS)
    with pytest.raises(pytest.fail.Exception):  # who signs has none, and makes its own
        check_document(badge, profile=OPEN_BADGE, contexts=CONTEXTS)


def test_a_template_given_too_few_texts_writes_nothing(contexts: ContextBundle) -> None:
    badge = a_badge(PARTY)
    skeleton = skeleton_of(badge)
    assert skeleton is not None
    texts: tuple[Any, ...] = skeleton.texts[:-1]
    short = replace(skeleton, texts=texts)
    for _ in range(2):
        templates.write_alike(badge, skeleton, contexts)

    assert templates.write_alike(badge, short, contexts) == write_plain(badge, contexts)


@pytest.fixture
def contexts() -> ContextBundle:
    return replace(CONTEXTS, documents=dict(CONTEXTS.documents))

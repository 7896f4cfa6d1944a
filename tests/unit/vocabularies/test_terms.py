import json
from pathlib import Path
from typing import Any

import pytest

from app.errors import InvalidRequest
from app.vocabularies import terms
from app.vocabularies.terms import (
    ASSESSMENT,
    FIELD,
    PARTICIPATION,
    STACKABILITY,
    SUPERVISION,
    Vocabulary,
    in_a_line,
    key_of,
    vocabulary,
)

DATA = Path(terms.__file__).parent / "data"
NAMES = sorted(path.stem for path in DATA.glob("*.json"))
LISTS = [name for name in NAMES if name not in ("credit", "levels")]
SUPERVISED = "http://data.europa.eu/snb/supervision-verification/70be69aaf9"


@pytest.mark.parametrize("name", LISTS)
def test_every_list_names_its_source_year_and_licence(name: str) -> None:
    found = vocabulary(name)
    assert found.source
    assert found.licence
    assert 2000 < found.year < 2030


@pytest.mark.parametrize("name", LISTS)
def test_every_term_is_found_by_its_code_and_its_identifier(name: str) -> None:
    found = vocabulary(name)
    for term in found.terms:
        assert found.find(term.code) == term
        assert found.find(term.iri) == term
        assert found.find(f"  {term.code.upper()} ") == term


@pytest.mark.parametrize("name", LISTS)
def test_no_code_and_no_identifier_stands_twice(name: str) -> None:
    every = vocabulary(name).terms
    assert len({key_of(term.code) for term in every}) == len(every)
    assert len({term.iri for term in every}) == len(every)


def test_the_field_of_a_shared_label_is_the_broadest() -> None:
    assert FIELD.lookup("Education", field="/field").code == "01"
    assert FIELD.lookup("0111", field="/field").label == "Education science"


def test_every_narrower_field_has_its_broader_one() -> None:
    codes = {term.code for term in FIELD.terms}
    assert {code[:2] for code in codes} <= codes
    assert {code[:3] for code in codes if len(code) == 4 and code[2] != "8"} <= codes
    assert len([code for code in codes if len(code) == 2]) == 11
    assert len([code for code in codes if len(code) == 3]) == 29


def test_words_are_compared_without_case_and_hyphens() -> None:
    for word in ("supervised-id", "SUPERVISED ID", "Supervised with ID Verification", SUPERVISED):
        assert SUPERVISION.lookup(word, field="/x").iri == SUPERVISED
    assert STACKABILITY.lookup("standAlone", field="/x").code == "stand-alone"


@pytest.mark.parametrize(
    ("found", "word", "hint"),
    [
        (ASSESSMENT, "portfolo", "did you mean `portfolio`?"),
        (PARTICIPATION, "zzz", "use one of on-site, online, blended"),
        (FIELD, "zzz", "see docs/vocabularies.md"),
    ],
)
def test_an_unknown_word_is_told_with_what_is_near(found: Vocabulary, word: str, hint: str) -> None:
    with pytest.raises(InvalidRequest) as caught:
        found.lookup(word, field="/microcredential/x")
    assert caught.value.code == "unknown_term"
    assert caught.value.field == "/microcredential/x"
    assert caught.value.detail.startswith(f"`microcredential/x`: {word!r} is not in the list")
    assert hint in caught.value.detail


@pytest.mark.parametrize("value", [None, 7, [], {}, True])
def test_what_is_no_word_is_not_found(value: Any) -> None:
    assert SUPERVISION.find(value) is None


def test_identifiers_that_are_not_in_the_list_stay_as_they_are() -> None:
    strange = "https://elsewhere.example/supervision/7"
    assert SUPERVISION.code_of(strange) == strange
    assert SUPERVISION.iri_of(strange) == strange
    assert SUPERVISION.label_of(strange) == strange
    assert SUPERVISION.code_of(SUPERVISED) == "supervised-id"
    assert SUPERVISION.iri_of("supervised-id") == SUPERVISED
    assert SUPERVISION.label_of("supervised-id") == "Supervised with ID verification"
    assert SUPERVISION.plain_of(strange) == strange


def test_labels_that_people_would_not_write_have_a_gloss() -> None:
    """The label itself stays that of the European list: programs compare it."""
    assert terms.PARTICIPATION.label_of("on-site") == "Presential"
    assert terms.PARTICIPATION.plain_of("on-site") == "Presential (on site)"
    assert terms.PARTICIPATION.plain_of("work-based") == "Workbased (at work)"
    assert terms.PARTICIPATION.plain_of("online") == "Online"


@pytest.mark.parametrize("name", NAMES)
def test_identifiers_of_ours_are_in_one_namespace(name: str) -> None:
    text = json.dumps(json.loads((DATA / f"{name}.json").read_text(encoding="utf-8")))
    for part in text.split('"'):
        if "signet" in part:
            assert part.startswith(terms.NAMESPACE)


def test_page_lists_every_data_file() -> None:
    page = (Path(__file__).parents[3] / "docs" / "vocabularies.md").read_text(encoding="utf-8")
    assert [name for name in NAMES if f"`{name}.json`" not in page] == []


def test_labels_behind_one_another_begin_small_unless_they_are_letters() -> None:
    assert in_a_line(["Online", "Blended", "EQF level 7", "A level"]) == (
        "Online, blended, EQF level 7, A level"
    )
    assert in_a_line([]) == ""

"""The worked examples of docs/examples: what they show is what really happens.

Every file that came of something is made anew and held against the one that is shown, but for what
no two runs share (ids, hashes, signatures). `make examples` writes what has changed.
"""

import json
import re
from pathlib import Path

import pytest

from tests.comparing import comparable
from tests.worked_examples import EXAMPLES, FOLDER
from tests.worked_pages import filled_page, outputs_of, pages


@pytest.mark.parametrize("name", EXAMPLES)
def test_what_comes_of_an_example_is_what_is_shown(name: str) -> None:
    for file, fresh in outputs_of(name).items():
        shown = (FOLDER / name / file).read_text(encoding="utf-8")

        assert comparable(fresh, at_one_time=True) == comparable(shown, at_one_time=True), (
            f"{name}/{file} is not what happens any more: make examples"
        )


@pytest.mark.parametrize("page", pages(), ids=lambda path: path.parent.name)
def test_a_page_shows_the_files_beside_it(page: Path) -> None:
    text = page.read_text(encoding="utf-8")

    assert filled_page(page) == text, "make examples"
    kinds = set(re.findall(r"<!-- (\w+): ", text))
    assert {"shown", "folded", "facts", "findings", "rule", "checks"} <= kinds


@pytest.mark.parametrize("name", EXAMPLES)
def test_every_file_of_an_example_is_sent_or_comes_of_it(name: str) -> None:
    example = EXAMPLES[name]
    sent = {
        f"{badge}.{kind}.json" for badge in example.badges for kind in ("achievement", "request")
    }
    sent |= {f"{pathway.name}.json" for pathway in example.pathways}
    sent |= {f"{pathway.award}.achievement.json" for pathway in example.pathways if pathway.award}
    sent |= {"register.json"} if example.register else set()
    files = {path.name for path in (FOLDER / name).glob("*.json")}

    assert files == sent | set(outputs_of(name))


def test_the_index_leads_to_every_example() -> None:
    index = (FOLDER / "README.md").read_text(encoding="utf-8")

    assert {page.parent.name for page in pages()} == set(EXAMPLES)
    assert [name for name in EXAMPLES if f"({name}/README.md)" not in index] == []


def test_institutions_and_people_are_made_up() -> None:
    """Names that nobody can own: everything of theirs is on `.example`."""
    for path in (FOLDER / "institutions").glob("*.json"):
        assert json.loads(path.read_text(encoding="utf-8"))["url"].endswith(".example")

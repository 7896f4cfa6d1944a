import json

import pytest

from app.errors import CheckUndecided
from app.fetch import fetch_from_documents

DOCUMENTS = {
    "https://badge.example/did.json": {"id": "did:web:badge.example", "name": "Zoë"},
    "https://badge.example/status": "eyJhbGciOiJFZERTQSJ9..",
    "https://slow.example/": {"error": "timeout"},
    "https://odd.example/": ["an", "array"],
}


def test_an_object_is_a_json_body() -> None:
    found = fetch_from_documents(DOCUMENTS)("https://badge.example/did.json")

    assert json.loads(found.body) == DOCUMENTS["https://badge.example/did.json"]
    assert found.media_type == "application/json"


def test_a_string_is_the_body_itself() -> None:
    found = fetch_from_documents(DOCUMENTS)("https://badge.example/status")

    assert found.body == b"eyJhbGciOiJFZERTQSJ9.."
    assert found.media_type == "text/plain"


def test_any_other_value_is_json_too() -> None:
    assert fetch_from_documents(DOCUMENTS)("https://odd.example/").body == b'["an","array"]'


@pytest.mark.parametrize(
    ("url", "code"),
    [("https://slow.example/", "timeout"), ("https://absent.example/", "not_found")],
)
def test_a_document_that_cannot_be_had_decides_nothing(url: str, code: str) -> None:
    with pytest.raises(CheckUndecided) as caught:
        fetch_from_documents(DOCUMENTS)(url)

    assert caught.value.code == code

"""The checkers bear anything that is JSON: a stranger's document must never crash them."""

from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.credentials.conformance import distinct, pointer_to, tree_findings
from app.credentials.definitions import validate_achievement, validate_profile
from app.credentials.issue_request import parse_issue_request
from app.credentials.openbadges import check_open_badge
from app.credentials.vcdm import check_presentation, check_vcdm
from app.errors import CheckFailed, Finding, InvalidRequest
from tests.builders import a_credential, an_issue_body

anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The path of every value in a document."""
    inner: list[tuple[Any, ...]] = [path]
    if isinstance(value, dict):
        for key, item in value.items():
            inner += places(item, (*path, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            inner += places(item, (*path, index))
    return inner


def put(value: Any, path: tuple[Any, ...], new: Any) -> Any:
    """A copy of `value` with `new` at the path."""
    if not path:
        return new
    copy = dict(value) if isinstance(value, dict) else list(value)
    copy[path[0]] = put(value[path[0]], path[1:], new)
    return copy


BADGE = a_credential()
REQUEST = an_issue_body()


@settings(deadline=None)  # wall-clock time says nothing on a busy machine
@given(st.sampled_from(places(BADGE)[1:]), anything)
def test_a_badge_with_anything_anywhere_passes_or_fails_its_check(path: Any, value: Any) -> None:
    changed = put(BADGE, path, value)
    with suppress(CheckFailed):
        check_open_badge(changed)
    with suppress(CheckFailed):
        check_vcdm(changed)
    with suppress(CheckFailed):
        check_presentation(changed)
    with suppress(InvalidRequest):
        validate_achievement(changed["credentialSubject"])


@settings(deadline=None)  # wall-clock time says nothing on a busy machine
@given(st.sampled_from(places(REQUEST)[1:]), anything)
def test_a_request_with_anything_anywhere_is_taken_or_refused(path: Any, value: Any) -> None:
    changed = put(REQUEST, path, value)
    with suppress(InvalidRequest):
        parse_issue_request(changed)
    with suppress(InvalidRequest):
        validate_profile(changed)


@settings(deadline=None)  # wall-clock time says nothing on a busy machine
@given(st.dictionaries(st.text(), anything))
def test_a_pointer_escapes_what_rfc_6901_escapes(members: dict[str, Any]) -> None:
    for key in members:
        pointer = pointer_to("", key)
        assert pointer.count("/") == 1
        assert pointer[1:].replace("~1", "/").replace("~0", "~") == key


@pytest.mark.parametrize("text", ["\x00", "\x08", "\x1b", "\x7f", "\x85", "\ud800", "\uffff"])
def test_control_characters_are_found_wherever_they_stand(text: str) -> None:
    for value in ({"a": [text]}, {"a": {text: "b"}}):
        assert [finding.code for finding in tree_findings(value)] == ["bad_string"]


@pytest.mark.parametrize("text", ["a\tb\r\nc", "naïve 数据 🎓", "\u00a0", "\u202e"])
def test_other_characters_are_left_to_the_display(text: str) -> None:
    assert list(tree_findings({"a": text})) == []


def test_contexts_are_left_to_the_rules_for_contexts() -> None:
    assert list(tree_findings({"@context": [None, []], "a": 1})) == []


def test_empty_lists_are_found_unless_allowed() -> None:
    assert [finding.field for finding in tree_findings({"a": {"b": []}})] == ["/a/b"]
    assert list(tree_findings({"a": []}, empty_arrays=True)) == []


def test_a_place_is_told_once() -> None:
    twice = [Finding("wrong_type", "A.", "/a"), Finding("bad_value", "B.", "/a")]
    assert distinct(iter(twice)) == (twice[0],)


@pytest.mark.parametrize("text", ["null", "[]", "\\u0007", "C:\\bin", "\\f", "\\null", '"null"'])
def test_texts_that_only_look_like_faults_are_none(text: str) -> None:
    assert list(tree_findings({"text": text, text: ["x"]})) == []


def test_half_of_a_surrogate_pair_is_found() -> None:
    (finding,) = tree_findings({"text": "\ud800"})

    assert (finding.code, finding.field) == ("bad_string", "/text")


def test_that_a_profile_is_sound_says_nothing_of_another_class() -> None:
    # Of the same bytes: what makes a Profile makes no Achievement, and it is asked each time.
    badge = a_credential()
    for _ in range(2):
        check_open_badge(badge)
        changed = put(badge, ("credentialSubject", "achievement"), badge["issuer"])
        with pytest.raises(CheckFailed):
            check_open_badge(changed)


def test_a_profile_that_is_no_json_is_still_looked_at() -> None:
    badge = a_credential()

    with pytest.raises(CheckFailed) as refusal:
        check_open_badge({**badge, "issuer": {**badge["issuer"], "name": 2**70}})

    assert refusal.value.field == "/issuer/name"

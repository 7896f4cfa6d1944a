"""Whatever JSON is sent as a rule: it is read, or every fault is told; nothing else happens."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from app.errors import Finding, InvalidRequest
from app.pathways.parsing import MEMBERS, parse_rule
from app.pathways.rules import StackRule
from app.pathways.words import RuleWords
from tests.pathways import a_candidate, a_rule, answer

WORDS = st.sampled_from(
    [*MEMBERS, "id", "where", "all", "any", "not", "sum", "count", "share", "include", "window",
     "min", "max", "in", "maxAge", "of", "from", "to", "credit", "credential", "award", "used",
     "self", "P3Y", "awarded", "level.SCQF", "issuer", "achievement", "credits", "factor", "rule",
     "text", "url", "exclusive", "except", "status", "SCQF", "A"]
)  # fmt: skip
SCALARS = st.one_of(st.none(), st.booleans(), st.integers(-3, 200), st.floats(0, 2), WORDS)
VALUES: st.SearchStrategy[Any] = st.recursive(
    SCALARS,
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(WORDS, inner, max_size=5)),
    max_leaves=25,
)


def read(document: dict[str, Any]) -> StackRule | tuple[Finding, ...]:
    """The rule, or what is to be mended."""
    try:
        return parse_rule(document)
    except InvalidRequest as error:
        return error.findings


@settings(max_examples=400, deadline=None)
@given(document=st.dictionaries(WORDS, VALUES, max_size=8))
def test_any_object_is_read_or_refused(document: dict[str, Any]) -> None:
    rule = read(document)

    assert RuleWords(rule).steps() if isinstance(rule, StackRule) else rule


@settings(max_examples=200, deadline=None)
@given(require=VALUES, where=VALUES)
def test_any_part_of_a_rule_is_read_or_refused(require: Any, where: Any) -> None:
    document = a_rule(require, eligible=[{"id": "e", "where": where}])
    rule = read(document)

    if isinstance(rule, StackRule):
        answer(document, a_candidate("a", 20, level=11), a_candidate("b", 10, scheme="ECTS"))
    else:
        assert all(each.field.startswith(("/require", "/eligible")) for each in rule)

"""A policy that can be read can be put to any document; others are refused in words."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from app.encoding.strict_json import dump_json, parse_json
from app.errors import Finding, InvalidRequest
from app.policy.definition import DefinitionPolicy
from app.policy.evaluation import FAILED, NOT_APPLICABLE, PASSED, conforms, evaluate, governs
from app.policy.facts import FACTS, Kind
from app.policy.parsing import parse_policy
from app.policy.presets import PRESETS
from app.policy.profile import facts_of_achievement, facts_of_credential

Json = Any

_SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-5, 50),
    st.floats(allow_nan=False, allow_infinity=False, width=32),
    st.text(max_size=8),
    st.sampled_from(["ECTS", "SCQF", "EQF", "supervised-id", "stackable", "non-formal", "7", "20"]),
)
_ANY = st.recursive(
    _SCALARS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=6), inner, max_size=3)
    ),
    max_leaves=8,
)
_FACT = st.sampled_from([*FACTS, "nothing"])
_NUMBER = st.integers(0, 40)


def _of_kind(*kinds: Kind) -> st.SearchStrategy[str]:
    return st.sampled_from([name for name, kind in FACTS.items() if kind.kind in kinds])


_LISTS = _of_kind(Kind.TEXTS, Kind.ENTRIES)
_LEAVES = st.one_of(
    st.fixed_dictionaries({"present": _of_kind(*Kind)}),
    st.fixed_dictionaries({"count": _LISTS}, optional={"min": _NUMBER, "max": _NUMBER}),
    st.fixed_dictionaries(
        {"some": _of_kind(Kind.ENTRIES)},
        optional={
            "where": st.dictionaries(
                st.sampled_from(["scheme", "value", "type", "title", "url"]),
                st.one_of(
                    _SCALARS,
                    st.lists(_SCALARS, max_size=3),
                    st.dictionaries(st.sampled_from(["min", "max", "gt", "lt"]), _NUMBER),
                ),
                max_size=3,
            )
        },
    ),
    st.fixed_dictionaries({"includes": _of_kind(Kind.TEXTS), "value": _SCALARS}),
    st.fixed_dictionaries({"equals": _FACT, "value": _SCALARS}),
    st.fixed_dictionaries({"notEquals": _FACT, "value": _SCALARS}),
    st.fixed_dictionaries({"in": _FACT, "values": st.lists(_SCALARS, max_size=3)}),
    st.fixed_dictionaries({"range": _of_kind(Kind.AMOUNT), "min": _NUMBER}),
    _ANY,
)
_TESTS = st.recursive(
    _LEAVES,
    lambda inner: st.one_of(
        st.fixed_dictionaries({"not": inner}),
        st.fixed_dictionaries({"all": st.lists(inner, max_size=3)}),
        st.fixed_dictionaries({"any": st.lists(inner, max_size=3)}),
    ),
    max_leaves=6,
)
_RULES = st.one_of(
    st.fixed_dictionaries(
        {
            "id": st.sampled_from(["a", "b", "c", "applies-to"]),
            "level": st.sampled_from(["must", "should", "may"]),
            "test": _TESTS,
        }
    ),
    st.fixed_dictionaries(
        {
            "id": st.sampled_from(["d", "e"]),
            "level": st.just("mustIfApplicable"),
            "test": _TESTS,
            "applicable": _TESTS,
        }
    ),
)
_POLICIES = st.one_of(
    st.fixed_dictionaries(
        {"label": st.just("Ours"), "rules": st.lists(_RULES, min_size=1, max_size=3)},
        optional={"appliesTo": st.just({"achievementType": ["MicroCredential"]}), "version": _ANY},
    ),
    st.sampled_from(list(PRESETS.values())),
)
_MEMBERS = st.sampled_from(
    [
        *("name", "achievementType", "creditsAvailable", "alignment", "creator", "endorsement"),
        *("learningOutcome", "volumeOfLearning", "creditPoint", "eqfLevel", "assessment", "mode"),
        *("accreditation", "stackability", "stacksInto", "isPartialQualification", "result"),
    ]
)
_OBJECTS = st.dictionaries(
    _MEMBERS,
    st.one_of(
        _ANY,
        st.just("MicroCredential"),
        st.just("PT100H"),
        st.just([{"type": "CreditPoint", "framework": "urn:x", "point": "10"}]),
        st.just([{"type": "LearningOutcome", "title": {"en": "Judge it."}}]),
    ),
    max_size=6,
)
_ACHIEVEMENTS = _OBJECTS.map(lambda each: {"type": ["MicroCredentialAchievement"], **each})
_CREDENTIALS = st.builds(
    lambda subject, achievement, issuer: {
        "issuer": issuer,
        "credentialSubject": {**subject, "achievement": achievement},
    },
    _OBJECTS,
    _ACHIEVEMENTS,
    _ANY,
)


def read(policy: Json) -> DefinitionPolicy | tuple[Finding, ...]:
    """The policy, or what is wrong with it."""
    try:
        return parse_policy(policy)
    except InvalidRequest as error:
        return error.findings


@settings(max_examples=400)
@given(policy=_POLICIES, document=st.one_of(_CREDENTIALS, _ACHIEVEMENTS, _ANY))
def test_a_policy_that_can_be_read_can_be_put_to_anything(policy: Json, document: Json) -> None:
    parsed = read(policy)
    if not isinstance(parsed, DefinitionPolicy):
        return
    for facts in (
        facts_of_credential(document),
        facts_of_achievement(document, None),
        facts_of_achievement(document, {"name": "A"}),
    ):
        findings = evaluate(parsed, facts)
        assert len(findings) - len(parsed.rules) in (0, 1)
        assert {finding.outcome for finding in findings} <= {PASSED, FAILED, NOT_APPLICABLE}
        assert all(finding.message for finding in findings)
        assert conforms(findings) == (not any(finding.blocks for finding in findings))
        assert governs(parsed, facts) in (True, False)
        dump_json([finding.as_json() for finding in findings])


@settings(max_examples=300)
@given(given_=_ANY, rule=_ANY, test=_TESTS)
def test_what_is_no_policy_is_refused_in_words(given_: Json, rule: Json, test: Json) -> None:
    for policy in (
        given_,
        {"label": "Ours", "rules": rule},
        {"label": "Ours", "rules": [rule]},
        {"label": "Ours", "rules": [{"id": "a", "level": "must", "test": test}]},
        {"label": "Ours", "appliesTo": given_, "rules": [rule]},
    ):
        parsed = read(policy)
        if isinstance(parsed, DefinitionPolicy):
            assert parsed.rules
        else:
            assert parsed
            assert all(finding.field == "" or finding.field[0] == "/" for finding in parsed)


@settings(max_examples=100)
@given(policy=_POLICIES, document=_CREDENTIALS)
def test_the_same_policy_says_the_same_of_the_same_document(policy: Json, document: Json) -> None:
    first, second = (read(parse_json(dump_json(policy))) for _ in range(2))
    assert first == second
    if isinstance(first, DefinitionPolicy) and isinstance(second, DefinitionPolicy):
        facts = facts_of_credential(document)
        assert evaluate(first, facts) == evaluate(second, facts)

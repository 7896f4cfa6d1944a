"""Metadata policies: the standard's own example, its tables, and every pair of operators."""

from itertools import combinations
from typing import Any

import pytest

from app.encoding.strict_json import JsonObject
from app.errors import CheckFailed
from app.registry.entity_statements import EntityStatement, read_statement
from app.registry.metadata_policy import OPERATORS, apply_policy, resolve_policy
from tests.federation import a_federation, sign

F = a_federation()
KIND = "openid_relying_party"


def statement(policy: JsonObject) -> EntityStatement:
    claims = F.anchor.about(F.network, metadata_policy=policy)
    return read_statement(sign(claims, F.anchor.key))


def resolved(*policies: JsonObject, **metadata: Any) -> JsonObject:
    """The metadata after these policies, the most superior first."""
    found = apply_policy(resolve_policy([statement(each) for each in policies]), {KIND: metadata})
    members: JsonObject = found[KIND]
    return members


def of_x(*operators: JsonObject, x: Any = None) -> Any:
    """The parameter x after its operators; None where it is absent."""
    metadata = {} if x is None else {"x": x}
    return resolved(*({KIND: {"x": each}} for each in operators), **metadata).get("x")


def refusal(*operators: JsonObject, x: Any = None) -> str:
    with pytest.raises(CheckFailed) as refused:
        of_x(*operators, x=x)
    return refused.value.code.removeprefix("metadata_policy_")


def test_the_example_of_section_6_1_5() -> None:
    anchor = {
        KIND: {
            "grant_types": {
                "default": ["authorization_code"],
                "subset_of": ["authorization_code", "refresh_token"],
                "superset_of": ["authorization_code"],
            },
            "token_endpoint_auth_method": {
                "one_of": ["private_key_jwt", "self_signed_tls_client_auth"],
                "essential": True,
            },
            "token_endpoint_auth_signing_alg": {"one_of": ["PS256", "ES256"]},
            "subject_type": {"value": "pairwise"},
            "contacts": {"add": ["helpdesk@federation.example.org"]},
        }
    }
    organisation = {
        KIND: {
            "grant_types": {"subset_of": ["authorization_code"]},
            "token_endpoint_auth_method": {"one_of": ["self_signed_tls_client_auth"]},
            "contacts": {"add": ["helpdesk@org.example.org"]},
        }
    }

    assert resolved(
        anchor,
        organisation,
        redirect_uris=["https://rp.example.org/callback"],
        token_endpoint_auth_method="self_signed_tls_client_auth",
        contacts=["rp_admins@rp.example.org"],
    ) == {
        "redirect_uris": ["https://rp.example.org/callback"],
        "grant_types": ["authorization_code"],
        "token_endpoint_auth_method": "self_signed_tls_client_auth",
        "subject_type": "pairwise",
        "contacts": [
            "rp_admins@rp.example.org",
            "helpdesk@federation.example.org",
            "helpdesk@org.example.org",
        ],
    }


@pytest.mark.parametrize(
    ("essential", "given", "left"),
    [
        (True, ["a", "e"], ["a"]),
        (False, ["a", "e"], ["a"]),
        (True, ["d", "e"], []),
        (False, ["d", "e"], []),
        (False, None, None),
    ],
)
def test_the_table_of_section_6_1_3_1_8(essential: bool, given: Any, left: Any) -> None:
    operators = {"essential": essential, "subset_of": ["a", "b", "c"]}

    assert of_x(operators, x=given) == left


def test_the_table_s_last_row_is_an_error() -> None:
    assert refusal({"essential": True, "subset_of": ["a"]}) == "broken"


@pytest.mark.parametrize(
    ("operators", "given", "left"),
    [
        ({"value": "b"}, "a", "b"),
        ({"value": 0}, None, 0),
        ({"value": False}, None, False),
        ({"value": None}, "a", None),
        ({"value": None, "essential": False}, "a", None),
        ({"add": ["b", "a"]}, ["a"], ["a", "b"]),
        ({"add": ["a"]}, None, ["a"]),
        ({"add": [{"n": 1}]}, [{"n": 1.0}], [{"n": 1.0}]),
        ({"default": "b"}, "a", "a"),
        ({"default": "b"}, None, "b"),
        ({"default": "b"}, False, False),
        ({"one_of": ["a", "b"]}, "b", "b"),
        ({"one_of": ["a"]}, None, None),
        ({"one_of": [1]}, 1.0, 1.0),
        ({"superset_of": ["a"]}, ["b", "a"], ["b", "a"]),
        ({"superset_of": ["a"]}, None, None),
        ({"subset_of": ["a"], "add": ["a"]}, ["b"], ["a"]),
        ({"default": ["a", "b"], "subset_of": ["b"]}, None, ["b"]),
        ({"essential": True, "default": "a"}, None, "a"),
    ],
)
def test_an_operator_does_what_it_says(operators: JsonObject, given: Any, left: Any) -> None:
    found = of_x(operators, x=given)

    assert (found, type(found)) == (left, type(left))


@pytest.mark.parametrize(
    ("operators", "given"),
    [
        ({"one_of": ["a"]}, "b"),
        ({"one_of": ["a"]}, ["a"]),
        ({"one_of": [1]}, True),
        ({"one_of": ["1"]}, 1),
        ({"superset_of": ["a", "b"]}, ["a"]),
        ({"superset_of": ["a"]}, "a"),
        ({"subset_of": ["a"]}, "a"),
        ({"subset_of": ["a"]}, [True]),
        ({"add": ["a"]}, "a"),
        ({"essential": True}, None),
        ({"essential": True, "one_of": ["a"]}, None),
        ({"default": ["b"], "superset_of": ["a"]}, None),
    ],
)
def test_metadata_that_does_not_keep_to_it_is_refused(operators: JsonObject, given: Any) -> None:
    assert refusal(operators, x=given) == "broken"


@pytest.mark.parametrize(
    "operators",
    [
        {"add": "a"},
        {"add": [None]},
        {"one_of": [["a"]]},
        {"subset_of": [True]},
        {"superset_of": None},
        {"essential": "true"},
        {"default": None},
        {"value": "a", "add": ["a"]},
        {"value": ["a"], "add": ["b"]},
        {"value": "a", "one_of": ["b"]},
        {"value": ["a", "b"], "subset_of": ["a"]},
        {"value": ["a"], "superset_of": ["a", "b"]},
        {"value": None, "essential": True},
        {"value": None, "default": "a"},
        {"value": None, "subset_of": ["a"]},
        {"add": ["b"], "subset_of": ["a"]},
        {"superset_of": ["b"], "subset_of": ["a"]},
    ],
)
def test_a_policy_that_contradicts_itself_is_refused(operators: JsonObject) -> None:
    assert refusal(operators, x=["a"]) == "invalid"
    # A superior's half and a subordinate's half are no better than the whole.
    for one in operators:
        rest = {name: value for name, value in operators.items() if name != one}
        assert refusal({one: operators[one]}, rest, x=["a"]) == "invalid"


SOUND: JsonObject = {
    "value": ["a"],
    "add": ["a"],
    "default": ["a"],
    "one_of": ["a"],
    "subset_of": ["a"],
    "superset_of": ["a"],
    "essential": True,
}
APART = [{"add", "one_of"}, {"one_of", "subset_of"}, {"one_of", "superset_of"}]


@pytest.mark.parametrize("pair", list(combinations(OPERATORS, 2)), ids="-".join)
def test_each_pair_of_operators_stands_together_or_does_not(pair: tuple[str, str]) -> None:
    # What one_of lists are single values, so beside it the others are single too.
    single = {"value": "a", "default": "a"} if "one_of" in pair else {}
    first, second = ({name: {**SOUND, **single}[name]} for name in pair)
    given = "a" if single else ["a"]

    if set(pair) in APART:
        assert refusal({**first, **second}, x=given) == "invalid"
        assert refusal(first, second, x=given) == "invalid"
    else:
        assert of_x({**first, **second}, x=given) == given
        assert of_x(first, second, x=given) == of_x(second, first, x=given) == given


@pytest.mark.parametrize(
    ("superior", "subordinate", "given", "left"),
    [
        ({"value": "a"}, {"value": "a"}, None, "a"),
        ({"default": ["a"]}, {"default": ["a"]}, None, ["a"]),
        ({"add": ["a"]}, {"add": ["b", "a"]}, ["a"], ["a", "b"]),
        ({"one_of": ["a", "b"]}, {"one_of": ["b", "c"]}, "b", "b"),
        ({"subset_of": ["a", "b"]}, {"subset_of": ["b", "c"]}, ["a", "b", "c"], ["b"]),
        ({"subset_of": ["a"]}, {"subset_of": ["b"]}, ["a", "b"], []),
        ({"superset_of": ["a"]}, {"superset_of": ["b"]}, ["a", "b"], ["a", "b"]),
        ({"essential": False}, {"essential": True}, "a", "a"),
        ({"essential": True}, {}, "a", "a"),
    ],
)
def test_two_superiors_are_merged(
    superior: JsonObject, subordinate: JsonObject, given: Any, left: Any
) -> None:
    assert of_x(superior, subordinate, x=given) == left
    assert of_x(subordinate, superior, x=given) == left


@pytest.mark.parametrize(
    ("superior", "subordinate", "given", "code"),
    [
        ({"value": "a"}, {"value": "b"}, None, "invalid"),
        ({"value": True}, {"value": 1}, None, "invalid"),
        ({"value": ["a", "b"]}, {"value": ["b", "a"]}, None, "invalid"),
        ({"default": "a"}, {"default": "b"}, None, "invalid"),
        ({"one_of": ["a"]}, {"one_of": ["b"]}, None, "invalid"),
        ({"subset_of": ["a"]}, {"superset_of": ["b"]}, None, "invalid"),
        ({"one_of": ["a", "b"]}, {"one_of": ["b"]}, "a", "broken"),
        ({"superset_of": ["a"]}, {"superset_of": ["b"]}, ["a"], "broken"),
        ({"essential": True}, {"essential": False}, None, "broken"),
    ],
)
def test_two_superiors_that_leave_nothing_are_refused(
    superior: JsonObject, subordinate: JsonObject, given: Any, code: str
) -> None:
    assert refusal(superior, subordinate, x=given) == code
    assert refusal(subordinate, superior, x=given) == code


def test_scope_is_a_text_that_is_handled_as_a_list() -> None:
    policy = {KIND: {"scope": {"subset_of": ["openid", "email"], "superset_of": ["openid"]}}}

    assert resolved(policy, scope="email openid phone") == {"scope": "email openid"}
    assert resolved({KIND: {"scope": {"default": ["openid", "email"]}}}) == {
        "scope": "openid email"
    }
    with pytest.raises(CheckFailed, match="metadata_policy_broken"):
        resolved(policy, scope="email")


def test_policies_for_other_kinds_and_unknown_operators_change_nothing() -> None:
    policy = {"oauth_client": {"x": {"value": "b"}}, KIND: {"x": {"regexp": "^b$"}}}

    assert resolved(policy, x="a") == {"x": "a"}


@pytest.mark.parametrize("policy", [{KIND: []}, {KIND: {"x": []}}, {KIND: 7}])
def test_a_policy_of_another_shape_is_refused(policy: JsonObject) -> None:
    with pytest.raises(CheckFailed, match="metadata_policy_invalid"):
        resolved(policy)

"""The policies that come along: each is well formed, and none that was released ever changes."""

import hashlib
from pathlib import Path

import pytest

from app.policy import presets
from app.policy.parsing import parse_policy
from app.policy.presets import PRESETS

FOLDER = Path(str(presets.__file__)).parent

RELEASED = {
    "au-nmf": "d7064336434e7a4c3343e4e09ed045752f6f7b0c",
    "cmf": "d6cacec9e90295da1da87644d14fc820f2dc7290",
    "eu-annex-1": "f22205d2bb55edbd25b3a032644e2a266073d8d2",
    "nl-hbo-wo": "5e73a376720cf8092a34e5172f4ec862a3970f4a",
    "non-credit-cpd-microcredential": "520671261edb641ee7b9ea6b9923d8f643a34d5a",
    "non-credit-cpd": "b54cd088631629140f3764b0d54a3e2a9afa5005",
    "nzqa": "c9141a22e3a177d151c398573b6ad5b375f9b0e5",
    "st-andrews-like": "582de355abbc782437a6a025b9a82555aad167e6",
}


@pytest.mark.parametrize("id_", PRESETS)
def test_a_released_policy_never_changes(id_: str) -> None:
    digest = hashlib.sha256((FOLDER / f"{id_}.json").read_bytes()).hexdigest()[:40]
    assert digest == RELEASED[id_], "a change is a new file with another id"


@pytest.mark.parametrize("id_", PRESETS)
def test_every_rule_says_who_asks_for_it_and_where_to_fill_it_in(id_: str) -> None:
    policy = parse_policy(PRESETS[id_])
    assert policy.label
    assert policy.source
    for rule, given in zip(policy.rules, PRESETS[id_]["rules"], strict=True):
        assert given["source"]
        assert given["message"].endswith(".")
        assert "`" in rule.message


def test_the_ones_that_the_field_asks_for_are_there() -> None:
    assert set(PRESETS) == set(RELEASED)

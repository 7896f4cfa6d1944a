"""Every planted fault is found by the rule that owns it; no sound definition is refused."""

from collections import Counter

import pytest

from app.policy.evaluation import conforms, evaluate
from app.policy.parsing import parse_policy
from app.policy.presets import PRESETS
from tests.policies.definitions import Case
from tests.policies.faulty import FAULTY
from tests.policies.sound import SOUND

POLICIES = {id_: parse_policy(document) for id_, document in PRESETS.items()}


def named(case: Case) -> str:
    return f"{case.policy}: {case.name}"


@pytest.mark.parametrize("case", FAULTY, ids=named)
def test_a_fault_is_found_by_the_rule_that_owns_it_and_by_no_other(case: Case) -> None:
    findings = evaluate(POLICIES[case.policy], case.facts())
    [found] = [finding for finding in findings if finding.blocks]
    assert found.rule == case.rule
    assert found.source
    assert "`" in found.message
    assert not conforms(findings)


@pytest.mark.parametrize("case", SOUND, ids=named)
def test_a_sound_definition_is_not_refused(case: Case) -> None:
    findings = evaluate(POLICIES[case.policy], case.facts())
    assert [finding.rule for finding in findings if finding.blocks] == []
    assert conforms(findings)


def test_there_are_enough_of_both_and_none_stands_twice() -> None:
    for cases in (FAULTY, SOUND):
        assert len(cases) >= 60
        assert max(Counter(map(named, cases)).values()) == 1
        assert (
            max(
                Counter(
                    repr((case.policy, case.definition, case.profile)) for case in cases
                ).values()
            )
            == 1
        )
        assert {case.policy for case in cases} == PRESETS.keys()


def test_every_blocking_rule_of_a_definition_has_a_fault() -> None:
    decided_when_issued = {"learner", "title", "awarding-body", "date", "result"}
    owned = {(case.policy, case.rule) for case in FAULTY}
    blocking = {
        (id_, rule.id)
        for id_, policy in POLICIES.items()
        for rule in policy.rules
        if rule.level.blocks and rule.id not in decided_when_issued
    }
    assert blocking <= owned

"""Putting a policy to facts: what passed, what failed, what does not apply, rule by rule.

Never raises, whatever the facts are, and never believes that a document names a policy: it is the
facts that count. There is no score.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from app.encoding.strict_json import JsonObject
from app.policy.conditions import holds
from app.policy.definition import DefinitionPolicy, Rule, RuleLevel
from app.policy.facts import Facts

PASSED = "passed"
FAILED = "failed"
NOT_APPLICABLE = "not_applicable"

APPLIES_TO = "applies-to"
"""The rule that no policy writes down: the achievement is of a kind that the policy is about."""

_MET = "This is met."
_NOT_ASKED = "This is not asked for here."
_LATER = "This is decided when the credential is issued."
_TELLING = ("credit", "level", "learningOutcomes", "workloadHours", "assessment", "stacksInto")


@dataclass(frozen=True)
class RuleFinding:
    """What came of one rule; `message` says what to add where it failed."""

    rule: str
    level: str
    outcome: str
    message: str
    source: str
    facts: tuple[str, ...] = ()

    @property
    def blocks(self) -> bool:
        """Whether it failed and must not."""
        return self.outcome == FAILED and RuleLevel(self.level).blocks

    def as_json(self) -> JsonObject:
        """The finding as the API shows it."""
        return {
            "rule": self.rule,
            "level": self.level,
            "outcome": self.outcome,
            "message": self.message,
            "source": self.source,
        }


def evaluate(policy: DefinitionPolicy, facts: Facts) -> tuple[RuleFinding, ...]:
    """One finding for each rule, in the policy's order.

    Where the achievement is not of a kind that the policy is about, a failed `applies-to` stands
    first: what it does not govern does not conform to it either.
    """
    findings = tuple(_finding(rule, facts) for rule in policy.rules)
    return findings if _is_about(policy, facts) else (_not_about(policy), *findings)


def conforms(findings: Iterable[RuleFinding]) -> bool:
    """Whether nothing failed that must not."""
    return not any(finding.blocks for finding in findings)


def governs(policy: DefinitionPolicy, facts: Facts) -> bool:
    """Whether an issuer with this policy has to meet it with this achievement.

    One without a type is meant too when it speaks of learning: nobody escapes by leaving it out.
    """
    if facts.get("achievementType") is None:
        return any(facts.get(fact) not in (None, ()) for fact in _TELLING)
    return _is_about(policy, facts)


def is_credit_bearing(facts: Facts) -> bool:
    """Whether credit stands in it, of whatever scheme."""
    return facts.get("credit") not in (None, ())


def _is_about(policy: DefinitionPolicy, facts: Facts) -> bool:
    return not policy.achievement_types or facts.get("achievementType") in policy.achievement_types


def _finding(rule: Rule, facts: Facts) -> RuleFinding:
    applicable = True if rule.applicable is None else holds(rule.applicable, facts)
    outcome, message = NOT_APPLICABLE, _NOT_ASKED
    if applicable:
        met = holds(rule.test, facts)
        if met is None:
            message = _LATER
        else:
            outcome, message = (PASSED, _MET) if met else (FAILED, rule.message)
    return RuleFinding(rule.id, rule.level.value, outcome, message, rule.source, rule.facts)


def _not_about(policy: DefinitionPolicy) -> RuleFinding:
    kinds = " or ".join(policy.achievement_types)
    return RuleFinding(
        APPLIES_TO,
        RuleLevel.MUST.value,
        FAILED,
        f"This policy is about achievements of the type {kinds}: set `achievementType`, if it is "
        "one.",
        policy.source or policy.label,
        ("achievementType",),
    )

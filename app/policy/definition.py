"""A definition policy: what may call itself a micro-credential, as rules that a machine checks.

`micro-credentials.md` section 5. Policies are read by `parsing.py` and put to facts by
`evaluation.py`.
"""

from dataclasses import dataclass
from enum import Enum

from app.policy.conditions import Condition


class RuleLevel(Enum):
    """How much a rule matters: the first two block, the others are only reported."""

    MUST = "must"
    MUST_IF_APPLICABLE = "mustIfApplicable"
    SHOULD = "should"
    MAY = "may"

    @property
    def blocks(self) -> bool:
        """Whether failing it ends the matter."""
        return self in {RuleLevel.MUST, RuleLevel.MUST_IF_APPLICABLE}


@dataclass(frozen=True)
class Rule:
    """One rule; `message` says what to add, `source` who asks for it, `facts` what it is about."""

    id: str
    level: RuleLevel
    test: Condition
    message: str
    source: str
    facts: tuple[str, ...]
    applicable: Condition | None = None


@dataclass(frozen=True)
class DefinitionPolicy:
    """A policy, immutable under its id; it governs the achievements of its types, or all."""

    id: str
    version: str
    label: str
    achievement_types: tuple[str, ...]
    rules: tuple[Rule, ...]
    source: str | None = None

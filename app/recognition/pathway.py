"""A pathway reckoned with the credentials of the report: section 10 where a rule was chosen.

What can be counted is counted; what people decide is listed. That the rules are satisfied is not an
award, and nothing here says that credentials are worth the same.
"""

from dataclasses import dataclass

from app.encoding.strict_json import JsonObject
from app.pathways.answers import evaluation_json
from app.pathways.evaluation import Evaluation
from app.pathways.words import RuleWords

NOTICE = (
    "These are the pathway’s own rules, reckoned with the credentials of this report. Satisfying "
    "them is not the award: its issuer decides, and so do people about what is listed for them."
)


@dataclass(frozen=True)
class PathwayPart:
    """The rules by address and digest, and what came of them, as `evaluation_json` has it."""

    pathway: str
    version: int
    digest: str
    award: str
    notice: str
    evaluation: JsonObject

    def as_json(self) -> JsonObject:
        """The same members as the answer of an evaluation, beside what names the rules."""
        return {
            "pathway": self.pathway,
            "version": self.version,
            "digest": self.digest,
            "award": self.award,
            "notice": self.notice,
            **self.evaluation,
        }


def pathway_part(
    words: RuleWords, evaluation: Evaluation, *, url: str, version: int, digest: str
) -> PathwayPart:
    """The answer of an evaluation with each check in words."""
    answer = evaluation_json(words, evaluation)
    told = [
        {"requirement": words.requirement(each.check), "found_in_words": words.found(each)}
        for each in evaluation.checks
    ]
    checks = [{**check, **each} for check, each in zip(answer["checks"], told, strict=True)]
    award = words.rule.award.name
    return PathwayPart(url, version, digest, award, NOTICE, {**answer, "checks": checks})

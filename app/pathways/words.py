"""A rule, and what it says about a credential, in sentences for learners.

`docs/pathways.md` has the rule's own language. Here nobody meets a path or a brace.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from app.encoding.dates import spell_day
from app.pathways.candidate import Candidate
from app.pathways.checking import CheckResult
from app.pathways.matching import Counted
from app.pathways.paths import ACHIEVEMENT, ASSESSED, DATES
from app.pathways.rules import (
    SAME_AWARD,
    SELF,
    AllNodes,
    AnyNode,
    AnyOf,
    Articulation,
    Check,
    Condition,
    Count,
    Eligibility,
    ExchangeRate,
    Include,
    Node,
    Not,
    Share,
    StackRule,
    Sum,
    Where,
    Window,
    unit_words,
)
from app.vocabularies.amounts import amount_text
from app.vocabularies.terms import FIELD

_DATE_WORDS = {"awarded": "awarded", "start": "begun"}
_VALID = "in force"
_OTHERS = "issued by another institution"
_OWN = "issued by this institution"

_BASIS = {
    "taught": "taught in a course",
    "prior-certificated": "recognised from certificated prior learning",
    "prior-experiential": "recognised from experience",
}

NameOf = Callable[[str], str]
"""What people call an achievement or an institution that a rule names."""


@dataclass(frozen=True)
class Step:
    """A requirement as a page lists it; `choices` of an `any`, of which one is enough."""

    text: str
    check: Check | None = None
    steps: tuple["Step", ...] = ()


def list_words(words: Sequence[str], last: str = "and") -> str:
    """`a, b and c`."""
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} {last} {words[-1]}"


def percent_words(share: Fraction) -> str:
    """A share as a percentage: `50 %`, `33.3 %`."""
    percent = share * 100
    if percent.denominator != 1:
        return f"{float(percent):.1f} %"
    return f"{percent.numerator} %"


class RuleWords:
    """One rule in words; `name_of` gives the names of achievements and institutions."""

    def __init__(self, rule: StackRule, name_of: NameOf = str) -> None:
        self.rule = rule
        self.name_of = name_of

    def steps(self, node: Node | None = None) -> tuple[Step, ...]:
        """The requirements in the order of the rule."""
        node = self.rule.require if node is None else node
        if isinstance(node, AllNodes):
            return tuple(step for each in node.nodes for step in self.steps(each))
        if isinstance(node, AnyNode):
            return (Step("One of these is enough:", steps=tuple(map(self._choice, node.nodes))),)
        return (Step(self.requirement(node), node),)

    def _choice(self, node: Node) -> Step:
        steps = self.steps(node)
        return steps[0] if len(steps) == 1 else Step("All of these together:", steps=steps)

    def eligibility(self) -> tuple[str, ...]:
        """What a credential must be to count, beyond being valid: `awarded in the last 5 years`."""
        words = (self.which(test.where) for test in self.rule.eligible)
        return tuple(each for each in words if each not in ("", _VALID))

    def requirement(self, check: Check) -> str:
        """What a check asks for, as a sentence without its full stop."""
        if isinstance(check, Include):
            names = [self.name_of(each.achievement) for each in check.achievements]
            if check.least == len(names):
                return f"{list_words(names)} must be among them"
            return f"At least {check.least} of {list_words(names, 'or')} must be among them"
        if isinstance(check, Window):
            start = "the day the first was begun" if check.start == "start" else "the first award"
            end = "the day the last was begun" if check.end == "start" else "the last award"
            return f"All of it within {check.span.words}, from {start} to {end}"
        which = self.which(check.where)
        if isinstance(check, Sum):
            amount = self._bounds(check, self.rule.amount_words)
            return f"{amount}{f' from credentials {which}' if which else ''}"
        if isinstance(check, Count):
            amount = self._bounds(check, _credentials)
            return f"{amount}{f' {which}' if which else ''}"
        whole = "the credit used"
        if not check.of_used:
            whole = f"the award’s {self.rule.amount_words(self.rule.award.credits or Fraction(0))}"
        amount = self._bounds(check, percent_words)
        return f"{amount} of {whole} from credentials {which or 'of any kind'}"

    def _bounds(self, check: Sum | Count | Share, words: Callable[[Fraction], str]) -> str:
        if check.least is not None and check.most is not None:
            if check.least == check.most:
                return f"Exactly {words(check.least)}"
            return f"From {_bare(words(check.least))} to {words(check.most)}"
        if check.least is not None:
            return f"At least {words(check.least)}"
        return f"At most {words(check.most or Fraction(0))}"

    def which(self, where: Where) -> str:
        """The credentials that a condition means: `at SCQF level 11 or above`; often nothing."""
        return list_words([self._part(part) for part in where.parts])

    def _part(self, part: Condition | AnyOf | Not) -> str:
        if isinstance(part, AnyOf):
            return f"either {list_words([self.which(each) for each in part.choices], 'or')}"
        if isinstance(part, Not):
            which = self.which(part.where)
            return _OTHERS if which == _OWN else f"not {which}"
        return self._condition(part)

    def _condition(self, part: Condition) -> str:
        if part.path == ASSESSED:
            return "with an assessment" if part.wanted else "without an assessment"
        if part.path in DATES:
            return _date_condition(part)
        if part.path == ACHIEVEMENT:
            return f"for {self._names([each.achievement for each in part.references])}"
        family, _, scale = part.path.partition(".")
        if family == "level":
            return f"at {scale} level {_amounts(part, 'or above', 'or below')}"
        if family == "credit":
            unit = unit_words(scale, Fraction(2))
            return f"worth {_amounts(part, 'or more', 'or less')} {unit}"
        if part.path == "percent":
            return f"passed with {_amounts(part, 'or more', 'or less')} percent"
        if family == "gradePoint":
            return f"with {_amounts(part, 'or more', 'or less')} grade points of 4"
        return self._words(part)

    def _words(self, part: Condition) -> str:
        words = list(part.allowed)
        if part.path == "status":
            return _VALID
        if part.path == "issuer":
            names = ["this institution" if word == SELF else self.name_of(word) for word in words]
            return f"issued by {list_words(names, 'or')}"
        if part.path == "basis":
            return list_words([_BASIS.get(word, f"gained by {word}") for word in words], "or")
        if part.path == "field":
            return f"in the field {list_words([FIELD.label_of(word) for word in words], 'or')}"
        if part.path == "articulatesTo":
            names = ["this award" if word == SAME_AWARD else self.name_of(word) for word in words]
            return f"stated to count towards {list_words(names, 'or')}"
        if part.path == "issuerRegister":
            return f"of institutions listed by {list_words(words, 'or')}"
        if part.path == "grade":
            return f"with the grade {list_words(words, 'or')}"
        return f"marked {list_words([f'“{word}”' for word in words], 'or')}"

    def _names(self, names: Sequence[str]) -> str:
        return list_words([self.name_of(name) for name in names], "or")

    def missing(self, result: CheckResult) -> str:
        """What is still to do for a check that did not pass, as a sentence."""
        check, amount = result.check, result.amount or Fraction(0)
        if isinstance(check, Include):
            names = [self.name_of(each.achievement) for each in result.lacking]
            open_ = check.least - (len(check.achievements) - len(names))
            if open_ == len(names):
                return f"Still missing: {list_words(names)}."
            return f"Still missing: {open_} of {list_words(names, 'or')}."
        if isinstance(check, Window) or check.least is None or amount >= check.least:
            return f"Not kept: {self.requirement(check)}."
        which = self.which(check.where)
        if isinstance(check, Count):
            more = f"{_more(check.least - amount, 'credential')}{f' {which}' if which else ''}"
            return f"Still missing: {more}."
        if isinstance(check, Share):
            whole = self.rule.award.credits or Fraction(0)
            more = self.rule.amount_words((check.least - amount) * whole, more=True)
        else:
            more = self.rule.amount_words(check.least - amount, more=True)
        return f"Still missing: {more}{f' from credentials {which}' if which else ''}."

    def failure(self, test: Eligibility, candidate: Candidate) -> str:
        """Why a credential does not pass a test of eligibility."""
        which = self.which(test.where)
        stated = _stated(test.where, candidate)
        return f"Only credentials {which} count{f'; this one {stated}' if stated else ''}."

    def found(self, result: CheckResult) -> str:
        """What was found for a check, in its own unit."""
        check = result.check
        if isinstance(check, Window):
            if result.first is None or result.last is None:
                return "no dates"
            return f"{spell_day(result.first)} to {spell_day(result.last)}"
        amount = result.amount or Fraction(0)
        if isinstance(check, Sum):
            return self.rule.amount_words(amount)
        if isinstance(check, Share):
            return percent_words(amount)
        if isinstance(check, Include):
            return f"{amount_text(amount)} of {len(check.achievements)}"
        return _credentials(amount)

    def rate(self, rate: ExchangeRate) -> str:
        """A conversion: `1 ECTS credit counts as 2 SCQF credits, by uk-ects-2to1`."""
        one = unit_words(rate.scheme, Fraction(1))
        return f"1 {one} counts as {self.rule.amount_words(rate.factor)}"

    def articulation(self, agreed: Articulation) -> str:
        """An agreement on one achievement."""
        name = self.name_of(agreed.reference.achievement)
        return f"{name} counts as {self.rule.amount_words(agreed.credits)}"

    def counted(self, counted: Counted) -> str:
        """What a credential counts for, and how that was reckoned."""
        words = self.rule.amount_words(counted.amount)
        if counted.native is not None:
            unit = unit_words(counted.scheme, counted.native)
            words += f", from {amount_text(counted.native)} {unit} by {counted.rule}"
        elif counted.rule:
            words += ", by agreement"
        others = [f"{amount_text(amount)} by {rule}" for rule, amount in counted.others]
        return f"{words}; it would be {list_words(others, 'or')}" if others else words


def _bare(words: str) -> str:
    return words.split(" ")[0]


def _credentials(number: Fraction) -> str:
    return f"{amount_text(number)} {'credential' if number == 1 else 'credentials'}"


def _more(number: Fraction, what: str) -> str:
    return f"{amount_text(number)} more {what if number == 1 else what + 's'}"


def _amounts(part: Condition, above: str, below: str) -> str:
    """`11 or above`, `10 to 11`, `5 or 6`."""
    words = [list_words(part.allowed, "or")] if part.allowed else []
    if part.least is not None and part.most is not None:
        words.append(f"{amount_text(part.least)} to {amount_text(part.most)}")
    elif part.least is not None:
        words.append(f"{amount_text(part.least)} {above}")
    elif part.most is not None:
        words.append(f"{amount_text(part.most)} {below}")
    return list_words(words)


def _date_condition(part: Condition) -> str:
    verb = _DATE_WORDS[part.path]
    words = []
    if part.max_age is not None:
        words.append(f"in the last {part.max_age.words}")
    if part.earliest is not None:
        words.append(f"on {spell_day(part.earliest)} or later")
    if part.latest is not None:
        words.append(f"by {spell_day(part.latest)}")
    return f"{verb} {list_words(words)}"


def _stated(where: Where, candidate: Candidate) -> str:
    """What a credential says of the facts that a plain condition asks for."""
    said = []
    for part in where.parts:
        if isinstance(part, Condition):
            words = _fact(part.path, candidate)
            if words:
                said.append(words)
    return list_words(said)


def _fact(path: str, candidate: Candidate) -> str:
    if path in DATES:
        moment = candidate.awarded if path == "awarded" else candidate.start
        return f"was {_DATE_WORDS[path]} on {spell_day(moment)}" if moment else "states no date"
    if path == ASSESSED:
        return "states an assessment" if candidate.assessed else "states none"
    family, _, scale = path.partition(".")
    number = candidate.numbers.get(path)
    if family == "level":
        levels = sorted(candidate.texts.get(path, ()))
        if number is None and not levels:
            return f"states no {scale} level"
        return f"is at {scale} level {levels[0] if levels else amount_text(number or Fraction(0))}"
    if family in ("credit", "percent", "gradePoint"):
        return "states nothing of the kind" if number is None else f"has {amount_text(number)}"
    return ""

"""From JSON to a `StackRule`: everything that is wrong is told at once, with its JSON pointer.

Limits keep the evaluation, which anybody may ask for, within its second.
"""

from itertools import chain
from typing import Any

from app.credentials.conformance import pointer_to, raise_invalid_request, tree_findings
from app.encoding.strict_json import JsonObject
from app.pathways.conditions import REFERENCE, ConditionReader
from app.pathways.paths import scheme_key
from app.pathways.reading import LONGEST_WORD, Sheet
from app.pathways.requirements import read_requirement
from app.pathways.rules import (
    AllNodes,
    Articulation,
    Award,
    Eligibility,
    ExchangeRate,
    LevelOfAward,
    Manual,
    Share,
    Source,
    StackRule,
    Sum,
    checks_of,
)

TYPE = "StackRule"
MEMBERS = (
    "type", "version", "description", "award", "creditSystem", "conversions", "articulations",
    "eligible", "require", "use", "manual", "validFrom", "validUntil", "source",
)  # fmt: skip
_AWARD = ("name", "id", "level", "credits", "awardingBody")
_MOST_CONVERSIONS = 32
_MOST_ARTICULATIONS = 200
_MOST_TESTS = 32
_MOST_MANUAL = 20
_MOST_SOURCES = 20
_MOST_EXCEPTIONS = 50


def parse_rule(document: JsonObject) -> StackRule:
    """The rule in a document; raises InvalidRequest with all there is to mend."""
    sheet = Sheet()
    rule = _Reader(sheet).rule(document)
    raise_invalid_request(chain(sheet.findings, tree_findings(document)))
    return rule


class _Reader:
    """Reads one document; what cannot be read is noted on the sheet and left out."""

    def __init__(self, sheet: Sheet) -> None:
        self.sheet = sheet
        self.conditions = ConditionReader(sheet)

    def rule(self, document: JsonObject) -> StackRule:
        sheet = self.sheet
        given = sheet.members(document, "", MEMBERS, "a stacking rule")
        if given.get("type", TYPE) != TYPE:
            sheet.fault("bad_value", "/type", f"must be {TYPE}")
        if "version" in given:
            sheet.text(given["version"], "/version", LONGEST_WORD)
        award = self._award(given) if sheet.required(given, "award", "") else Award("")
        require = (
            read_requirement(self.conditions, given["require"], "/require")
            if sheet.required(given, "require", "")
            else AllNodes(())
        )
        single_use, reusable_after, once = self._use(given)
        system = self._word(given, "creditSystem", "")
        rule = StackRule(
            award=award,
            scheme=None if system is None else scheme_key(system),
            require=require,
            eligible=sheet.each(given, "eligible", "", _MOST_TESTS, self._eligibility),
            conversions=sheet.each(given, "conversions", "", _MOST_CONVERSIONS, self._conversion),
            articulations=sheet.each(
                given, "articulations", "", _MOST_ARTICULATIONS, self._articulation
            ),
            single_use=single_use,
            reusable_after=reusable_after,
            each_achievement_once=once,
            manual=sheet.each(given, "manual", "", _MOST_MANUAL, self._manual),
            description=(
                sheet.text(given["description"], "/description") if "description" in given else None
            ),
            valid_from=self._moment(given, "validFrom"),
            valid_until=self._moment(given, "validUntil", end=True),
            sources=sheet.each(given, "source", "", _MOST_SOURCES, self._source),
        )
        self._check_whole(rule, given)
        return rule

    def _award(self, given: JsonObject) -> Award:
        sheet = self.sheet
        members = sheet.members(given["award"], "/award", _AWARD, "an award")
        name = None
        if sheet.required(members, "name", "/award"):
            name = sheet.text(members["name"], "/award/name", LONGEST_WORD)
        credits_ = None
        if "credits" in members:
            credits_ = sheet.amount(members["credits"], "/award/credits")
        return Award(
            name=name or "",
            id=self._word(members, "id", "/award"),
            level=self._level(members["level"]) if "level" in members else None,
            credits=credits_,
            awarding_body=self._word(members, "awardingBody", "/award"),
        )

    def _level(self, value: Any) -> LevelOfAward | None:
        """`{"framework": "SCQF", "value": 11}`; `scheme` means the same as `framework`."""
        place = "/award/level"
        members = self.sheet.members(value, place, ("framework", "scheme", "value"), "a level")
        name = "scheme" if "scheme" in members else "framework"
        found = members.get("value")
        if not self.sheet.required(members, name, place):
            return None
        framework = self._word(members, name, place)
        if isinstance(found, bool) or not isinstance(found, int | str) or not str(found).strip():
            self.sheet.fault("bad_value", f"{place}/value", "must be the number or name of a level")
            return None
        return None if framework is None else LevelOfAward(framework, str(found)[:LONGEST_WORD])

    def _eligibility(self, value: Any, pointer: str) -> Eligibility | None:
        members = self.sheet.members(value, pointer, ("id", "where"), "a test")
        id_ = self._id(members, pointer)
        if not self.sheet.required(members, "where", pointer):
            return None
        where = self.conditions.where(members["where"], f"{pointer}/where")
        return None if id_ is None else Eligibility(id_, where)

    def _conversion(self, value: Any, pointer: str) -> ExchangeRate | None:
        names = ("from", "factor", "rule")
        members = self.sheet.members(value, pointer, names, "a conversion")
        missing = [name for name in names if not self.sheet.required(members, name, pointer)]
        if missing:
            return None
        origin = self._word(members, "from", pointer)
        rule = self._word(members, "rule", pointer)
        factor = self.sheet.amount(members["factor"], f"{pointer}/factor")
        if factor is None or origin is None or rule is None:
            return None
        if factor == 0:
            self.sheet.fault("out_of_range", f"{pointer}/factor", "must be more than 0")
        return ExchangeRate(scheme_key(origin), factor, rule)

    def _articulation(self, value: Any, pointer: str) -> Articulation | None:
        names = (*REFERENCE, "credits")
        members = self.sheet.members(value, pointer, names, "an articulation")
        named = {name: member for name, member in members.items() if name != "credits"}
        reference = self.conditions.reference(named, pointer)
        if not self.sheet.required(members, "credits", pointer):
            return None
        amount = self.sheet.amount(members["credits"], f"{pointer}/credits")
        return None if amount is None or reference is None else Articulation(reference, amount)

    def _use(self, given: JsonObject) -> tuple[bool, tuple[str, ...], bool]:
        if "use" not in given:
            return False, (), False
        names = ("exclusive", "except", "eachAchievementOnce")
        members = self.sheet.members(given["use"], "/use", names, "the use of credentials")
        exclusive = once = False
        if "exclusive" in members:
            exclusive = self.sheet.truth(members["exclusive"], "/use/exclusive")
        if "eachAchievementOnce" in members:
            once = self.sheet.truth(members["eachAchievementOnce"], "/use/eachAchievementOnce")
        exceptions = self.sheet.each(
            members,
            "except",
            "/use",
            _MOST_EXCEPTIONS,
            lambda value, place: self.sheet.text(value, place, LONGEST_WORD),
        )
        return exclusive, exceptions, once

    def _manual(self, value: Any, pointer: str) -> Manual | None:
        members = self.sheet.members(value, pointer, ("id", "text"), "a condition for people")
        id_ = self._id(members, pointer)
        if not self.sheet.required(members, "text", pointer):
            return None
        text = self.sheet.text(members["text"], f"{pointer}/text")
        return None if id_ is None or text is None else Manual(id_, text)

    def _source(self, value: Any, pointer: str) -> Source | None:
        members = self.sheet.members(value, pointer, ("url", "quote"), "a source")
        if not self.sheet.required(members, "url", pointer):
            return None
        url = self.sheet.address(members["url"], f"{pointer}/url")
        quote = None
        if "quote" in members:
            quote = self.sheet.text(members["quote"], f"{pointer}/quote")
        return None if url is None else Source(url, quote)

    def _check_whole(self, rule: StackRule, given: JsonObject) -> None:
        """What only shows when the parts are seen together."""
        sheet = self.sheet
        tests = [(test.id, f"/eligible ({test.id})") for test in rule.eligible]
        sheet.distinct(self.conditions.check_ids)
        sheet.distinct([(id_, "/eligible") for id_, _ in tests])
        sheet.distinct([(item.id, "/manual") for item in rule.manual])
        reckons = [check for check in checks_of(rule.require) if isinstance(check, Sum | Share)]
        counts_credit = reckons or rule.conversions or rule.articulations
        if counts_credit and "creditSystem" not in given:
            sheet.fault("missing_member", "/creditSystem", "is missing: the rule counts credit")
        shares = [each for each in reckons if isinstance(each, Share) and not each.of_used]
        if shares and not rule.award.credits:
            sheet.fault(
                "missing_member", "/award/credits", "is missing: a share of the award is asked for"
            )
        if rule.valid_from and rule.valid_until and rule.valid_until < rule.valid_from:
            sheet.fault("out_of_range", "/validUntil", "must not be before validFrom")

    def _id(self, members: JsonObject, pointer: str) -> str | None:
        if not self.sheet.required(members, "id", pointer):
            return None
        return self.sheet.id(members["id"], f"{pointer}/id")

    def _word(self, members: JsonObject, name: str, pointer: str) -> str | None:
        if name not in members:
            return None
        return self.sheet.text(members[name], pointer_to(pointer, name), LONGEST_WORD)

    def _moment(self, given: JsonObject, name: str, *, end: bool = False) -> Any:
        return self.sheet.moment(given[name], f"/{name}", end=end) if name in given else None

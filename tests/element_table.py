"""The elements of the mapping table (reference, section 3.2) and where each is found again.

Two of them are in tests of their own: the learner (1), whom a report must not name, and the key
facts (30), which say the others once more. The cycle of the QF-EHEA (13) is not carried, since it
has no identifiers.
"""

from collections.abc import Callable, Iterable, Iterator
from fractions import Fraction
from typing import Any

from app.credentials.learning import Learning
from app.encoding.strict_json import JsonObject
from tests.elements import LEVELS, Element, rows_in_document, rows_in_expansion
from tests.worked_examples import Given

SUBJECT, ACHIEVEMENT = "credentialSubject", "credentialSubject/achievement"
SUBJECT_X, ACHIEVEMENT_X = "cred:credentialSubject", "cred:credentialSubject/ob:achievement"


def many(value: Any) -> list[Any]:
    """One or many, as the API allows."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def micro(given: Given, name: str) -> list[Any]:
    """A member of `microcredential`."""
    return many(given.achievement["microcredential"].get(name))


def sent(part: str, *members: str) -> Callable[[Given], Iterable[Any]]:
    """Rows of what was sent: `part` names the body and the member in it."""
    body, _, name = part.partition("/")

    def found(given: Given) -> Iterator[Any]:
        document: JsonObject = getattr(given, body)
        for each in many(document.get(name)):
            yield tuple(each.get(member) for member in members) if members else each

    return found


def stated(name: str, *members: str) -> Callable[[Given], Iterable[Any]]:
    """Rows of a member of `microcredential`; a link may be an address alone."""

    def found(given: Given) -> Iterator[Any]:
        for each in micro(given, name):
            if members and isinstance(each, str):
                each = {"url": each}
            yield tuple(each.get(member) for member in members) if members else each

    return found


def read(name: str, *members: str) -> Callable[[Learning], Iterable[Any]]:
    """Rows of a field of `Learning`."""

    def found(learning: Learning) -> Iterator[Any]:
        value = getattr(learning, name)
        for each in value if isinstance(value, tuple) else (value,):
            yield tuple(getattr(each, member) for member in members) if members else each

    return found


def told(path: str, *members: str) -> Callable[[JsonObject], Iterable[Any]]:
    """Rows of the report's part about a credential."""

    def found(part: JsonObject) -> Iterator[Any]:
        section, _, rest = path.partition("/")
        value = part[section][rest] if rest else part[section]
        for each in many(value):
            yield tuple(each[member] for member in members) if members else each

    return found


def text(number: int, name: str, given: Any, signed: str, expanded: str, field: str, report: str,
         *members: str) -> Element:  # fmt: skip
    """An element that is one value or a list of them, or rows of the same members everywhere."""
    return Element(number, name, given, signed, expanded, read(field, *members),
                   told(report, *members))  # fmt: skip


# --- elements that need a word more --------------------------------------------------------------


def _levels(given: Given) -> Iterator[str]:
    for each in micro(given, "level"):
        yield LEVELS[each["framework"], each["value"]]
    for number in micro(given, "eqf_level"):
        yield LEVELS["EQF", number]


def _assessments(given: Given) -> Iterator[tuple[Any, ...]]:
    assessments = micro(given, "assessment")
    total = sum(Fraction(str(each.get("weight", 0))) for each in assessments)
    [shared] = micro(given, "supervision") or [None]
    for each in assessments:
        weight = Fraction(str(each["weight"])) / total if "weight" in each else None
        yield each["type"], each.get("title"), weight, each.get("supervision", shared)


def _forms_of_assessment(given: Given) -> Iterator[Any]:
    for each in micro(given, "assessment"):
        yield from many(each.get("participation"))


def _outcome_skills(given: Given) -> Iterator[str]:
    for each in micro(given, "outcomes"):
        yield from each.get("skills", [])


def _stacks_into(given: Given) -> Iterator[tuple[Any, ...]]:
    for each in micro(given, "stacks_into"):
        award, name = each["award"], each.get("name")
        if "://" not in award:
            award, name = None, award
        level = each.get("level")
        iri = None if level is None else LEVELS[level["framework"], level["value"]]
        yield award, name, each.get("pathway"), each.get("digest"), each.get("counts_for"), iri


def _descriptions(given: Given) -> Iterator[JsonObject]:
    """What is said of the results that were given."""
    graded = "grade" in given.request
    stated = given.request.get("results", [])
    used = {each["resultDescription"].rpartition("#")[2] for each in stated}
    for each in given.achievement.get("resultDescription", []):
        if each["id"] in used or (graded and each["id"] != "status"):
            yield each


def _result_kinds(given: Given) -> Iterator[tuple[Any, ...]]:
    return ((each["name"], each["resultType"]) for each in _descriptions(given))


def _needed(given: Given) -> Iterator[Any]:
    """The pass mark; of a rubric the name of the level."""
    for each in _descriptions(given):
        names = {level["id"]: level["name"] for level in each.get("rubricCriterionLevel", [])}
        yield each.get("requiredValue", names.get(each.get("requiredLevel")))


def _rubric(given: Given) -> Iterator[str]:
    wanted = [each.get("achievedLevel", "") for each in given.request.get("results", [])]
    for description in given.achievement.get("resultDescription", []):
        for level in description.get("rubricCriterionLevel", []):
            if any(each.endswith(f"#{level['id']}") for each in wanted):
                yield level["name"]


def _level_names(path: str) -> Callable[[JsonObject], Iterable[Any]]:
    """The names of the rubric's levels whose ids stand at a path of the signed document."""

    def found(document: JsonObject) -> Iterator[Any]:
        ids = rows_in_document(document, path)
        levels = f"{ACHIEVEMENT}/resultDescription/rubricCriterionLevel:: id name"
        return (name for id_, name in rows_in_document(document, levels) if (id_,) in ids)

    return found


def _level_names_expanded(path: str) -> Callable[[JsonObject], Iterable[Any]]:
    """The same in the expansion."""

    def found(document: JsonObject) -> Iterator[Any]:
        ids = rows_in_expansion(document, path)
        levels = f"{ACHIEVEMENT_X}/ob:resultDescription/ob:rubricCriterionLevel:: id so:name"
        return (name for id_, name in rows_in_expansion(document, levels) if (id_,) in ids)

    return found


def _needed_signed(document: JsonObject) -> Iterator[Any]:
    description = f"{ACHIEVEMENT}/resultDescription"
    yield from rows_in_document(document, f"{description}/requiredValue")
    yield from _level_names(f"{description}/requiredLevel")(document)


def _needed_expanded(document: JsonObject) -> Iterator[Any]:
    description = f"{ACHIEVEMENT_X}/ob:resultDescription"
    yield from rows_in_expansion(document, f"{description}/ob:requiredValue")
    yield from _level_names_expanded(f"{description}/ob:requiredLevel")(document)


def _credit_told(kind: str) -> Callable[[JsonObject], Iterable[Any]]:
    def found(part: JsonObject) -> Iterator[tuple[Any, ...]]:
        for each in part["workload_and_credit"]["credit"]:
            if each["kind"] == kind:
                yield each["scheme"], each["value"], each["issuer_rule"], each["units_per_year"]

    return found


def _not(found: Callable[[Any], Iterable[Any]]) -> Callable[[Any], Iterable[Any]]:
    return lambda source: (None if each is None else not each for each in found(source))


_CREDIT = ("scheme", "value", "rule", "units_per_year")
_CREDIT_X = "elm:framework elm:point mc:conversionRule mc:unitsPerYear"
_CREDIT_S = "framework point conversionRule unitsPerYear"
_QUALITY = ("type", "agent", "url", "title", "report", "decision", "dated", "expires")
_STACKING = ("award", "name", "pathway", "digest", "counts_for", "level")

ELEMENTS: tuple[Element, ...] = (
    text(2, "title", sent("achievement/name"), f"{ACHIEVEMENT}/name", f"{ACHIEVEMENT_X}/so:name",
         "title", "outcomes/title"),
    text(2, "description", sent("achievement/description"), f"{ACHIEVEMENT}/description",
         f"{ACHIEVEMENT_X}/so:description", "description", "outcomes/description"),
    Element(3, "country and region",
            sent("institution/address", "addressCountryCode", "addressRegion"),
            "issuer/address:: addressCountryCode addressRegion",
            "cred:issuer/ob:address:: ob:CountryCode so:addressRegion",
            lambda each: [(each.issuer.country, each.issuer.region)],
            lambda part: [(part["issuer_and_quality"]["country"],
                           part["issuer_and_quality"]["region"])]),
    Element(4, "issuer", lambda each: [(each.institution["name"], each.institution["url"])],
            "issuer:: name url", "cred:issuer:: so:name so:url",
            lambda each: [(each.issuer.name, each.issuer.url)],
            lambda part: [(part["issuer_and_quality"]["name"], part["issuer_and_quality"]["url"])]),
    Element(4, "identifiers of the issuer",
            sent("institution/otherIdentifier", "identifierType", "identifier"),
            "issuer/otherIdentifier:: identifierType identifier",
            "cred:issuer/ob:otherIdentifier:: ob:identifierType ob:identifier",
            lambda each: each.issuer.identifiers,
            lambda part: map(tuple, part["issuer_and_quality"]["identifiers"])),
    text(4, "awarding bodies", sent("request/awarding_bodies", "name", "id"),
         f"{SUBJECT}/awardedBy/awardingBody:: name id",
         f"{SUBJECT_X}/elm:awardedBy/elm:awardingBody:: so:name id",
         "awarding_bodies", "issuer_and_quality/awarding_bodies", "name", "id"),
    text(5, "provider", sent("request/provider", "name", "id"),
         f"{SUBJECT}/directedBy:: name id", f"{SUBJECT_X}/elm:directedBy:: so:name id",
         "provider", "issuer_and_quality/providers", "name", "id"),
    text(6, "date of award", sent("request/awarded_date"), "awardedDate", "ob:awardedDate",
         "awarded_date", "testing/awarded"),
    text(6, "end of validity", sent("request/valid_until"), "validUntil", "cred:validUntil",
         "valid_until", "verification/valid_until"),
    text(7, "beginning", sent("request/activity_start"), f"{SUBJECT}/activityStartDate",
         f"{SUBJECT_X}/ob:activityStartDate", "activity_start", "setting/activity_start"),
    text(7, "end", sent("request/activity_end"), f"{SUBJECT}/activityEndDate",
         f"{SUBJECT_X}/ob:activityEndDate", "activity_end", "setting/activity_end"),
    text(7, "term", sent("request/term"), f"{SUBJECT}/term", f"{SUBJECT_X}/ob:term", "term",
         "setting/term"),
    text(8, "learning outcomes", stated("outcomes", "title", "reusability"),
         f"{ACHIEVEMENT}/learningOutcome:: title/* reusabilityLevel",
         f"{ACHIEVEMENT_X}/elm:learningOutcome:: dc:title elm:reusabilityLevel",
         "outcomes", "outcomes/outcomes", "title", "reusability"),
    Element(8, "skills of outcomes", _outcome_skills,
            f"{ACHIEVEMENT}/learningOutcome/relatedESCOSkill",
            f"{ACHIEVEMENT_X}/elm:learningOutcome/elm:relatedESCOSkill",
            lambda each: (skill for outcome in each.outcomes for skill in outcome.skills),
            lambda part: (skill for outcome in part["outcomes"]["outcomes"]
                          for skill in outcome["skills"])),
    text(9, "workload", stated("workload_hours"), f"{ACHIEVEMENT}/volumeOfLearning",
         f"{ACHIEVEMENT_X}/elm:volumeOfLearning", "workload_hours", "workload_and_credit/hours"),
    text(9, "contact hours", stated("contact_hours"), f"{ACHIEVEMENT}/contactHour",
         f"{ACHIEVEMENT_X}/elm:contactHour", "contact_hours", "workload_and_credit/contact_hours"),
    Element(10, "credit offered", stated("credit", *_CREDIT),
            f"{ACHIEVEMENT}/creditPoint:: {_CREDIT_S}",
            f"{ACHIEVEMENT_X}/elm:creditPoint:: {_CREDIT_X}",
            read("credit_offered", *_CREDIT), _credit_told("offered")),
    Element(10, "credit offered, natively",
            lambda given: [each["value"] for each in micro(given, "credit")[:1]],
            f"{ACHIEVEMENT}/creditsAvailable", f"{ACHIEVEMENT_X}/ob:creditsAvailable",
            lambda each: [credit.value for credit in each.credit_offered[:1]],
            lambda part: [row[1] for row in _credit_told("offered")(part)][:1]),
    Element(11, "credit received", sent("request/credit_received", *_CREDIT),
            f"{SUBJECT}/creditReceived:: {_CREDIT_S}",
            f"{SUBJECT_X}/elm:creditReceived:: {_CREDIT_X}",
            read("credit_received", *_CREDIT), _credit_told("received")),
    Element(12, "level", _levels,
            f"{ACHIEVEMENT}/nqfLevel or {ACHIEVEMENT}/eqfLevel or {ACHIEVEMENT}/educationLevel",
            f"{ACHIEVEMENT_X}/elm:NQFLevel or {ACHIEVEMENT_X}/elm:EQFLevel"
            f" or {ACHIEVEMENT_X}/elm:educationLevel",
            read("levels", "iri"), told("level/levels", "iri")),
    Element(12, "level, natively", _levels,
            f"{ACHIEVEMENT}/alignment[targetType=ext:NQF]/targetUrl"
            f" or {ACHIEVEMENT}/alignment[targetType=ext:EQF]/targetUrl",
            f"{ACHIEVEMENT_X}/ob:alignment[ob:targetType=ext:NQF]/so:targetUrl"
            f" or {ACHIEVEMENT_X}/ob:alignment[ob:targetType=ext:EQF]/so:targetUrl",
            read("levels", "iri"), told("level/levels", "iri")),
    text(14, "field", stated("field"), f"{ACHIEVEMENT}/thematicArea",
         f"{ACHIEVEMENT_X}/elm:ISCEDFCode", "field", "outcomes/fields"),
    text(14, "specialization", sent("achievement/specialization"), f"{ACHIEVEMENT}/specialization",
         f"{ACHIEVEMENT_X}/ob:specialization", "specialization", "outcomes/specialization"),
    text(14, "topics", sent("achievement/tag"), f"{ACHIEVEMENT}/tag",
         f"{ACHIEVEMENT_X}/so:keywords", "topics", "outcomes/topics"),
    text(15, "assessment, and its supervision (16)", _assessments,
         f"{ACHIEVEMENT}/assessment:: assessmentType title/* weight requiredIdVerification",
         f"{ACHIEVEMENT_X}/elm:provenBy:: dc:type dc:title mc:weight mc:requiredIdVerification",
         "assessments", "testing/assessments", "type", "title", "weight", "supervision"),
    Element(15, "form of the assessment", _forms_of_assessment,
            f"{ACHIEVEMENT}/assessment/mode", f"{ACHIEVEMENT_X}/elm:provenBy/elm:mode",
            lambda each: (form for one in each.assessments for form in one.participation),
            lambda part: (form for one in part["testing"]["assessments"]
                          for form in one["participation"])),
    text(16, "supervision as it was", sent("request/supervision"),
         f"{SUBJECT}/assessmentTaken/idVerification",
         f"{SUBJECT_X}/elm:provenBy/elm:idVerification",
         "supervision_actual", "identification/supervision_actual"),
    text(17, "form of participation", stated("participation"), f"{ACHIEVEMENT}/mode",
         f"{ACHIEVEMENT_X}/elm:mode", "participation", "setting/participation"),
    text(18, "learning setting", stated("learning_setting"), f"{ACHIEVEMENT}/learningSetting",
         f"{ACHIEVEMENT_X}/elm:learningSetting", "learning_setting", "setting/learning_setting"),
    Element(19, "quality assurance",
            stated("quality_assurance", *(n.replace("dated", "date") for n in _QUALITY)),
            f"{ACHIEVEMENT}/accreditation:: accreditationType accreditingAgent/name "
            "accreditingAgent/id title/* report decision dateIssued expiryDate",
            f"{ACHIEVEMENT_X}/elm:accreditation:: dc:type elm:accreditingAgent/so:name "
            "elm:accreditingAgent/id dc:title elm:report mc:decision dc:issued elm:expiryDate",
            read("quality_assurance", *_QUALITY), told("issuer_and_quality/quality", *_QUALITY)),
    text(19, "quality statement", stated("quality_statement"), f"{ACHIEVEMENT}/qualityStatement/*",
         f"{ACHIEVEMENT_X}/mc:qualityStatement", "quality_statement",
         "issuer_and_quality/quality_statement"),
    text(19, "recognition in the trade", stated("industry_recognition", "url", "name"),
         f"{ACHIEVEMENT}/industryRecognition:: id name",
         f"{ACHIEVEMENT_X}/mc:industryRecognition:: id so:name",
         "industry_recognition", "issuer_and_quality/industry_recognition", "url", "name"),
    text(20, "prerequisites", stated("prerequisites"),
         f"{ACHIEVEMENT}/entryRequirement/noteLiteral/*",
         f"{ACHIEVEMENT_X}/elm:entryRequirement/elm:noteLiteral",
         "prerequisites", "setting/prerequisites"),
    text(21, "grade", sent("request/grade"), f"{SUBJECT}/result/value",
         f"{SUBJECT_X}/ob:result/so:value", "results", "testing/results", "value"),
    text(21, "results", _result_kinds, f"{ACHIEVEMENT}/resultDescription:: name resultType",
         f"{ACHIEVEMENT_X}/ob:resultDescription:: so:name ob:resultType",
         "results", "testing/results", "name", "type"),
    Element(21, "pass mark", _needed, _needed_signed, _needed_expanded,
            read("results", "required"), told("testing/results", "required")),
    text(22, "completion", sent("request/results", "status"), f"{SUBJECT}/result/status",
         f"{SUBJECT_X}/ob:result/ob:status", "results", "testing/results", "status"),
    Element(23, "level of a rubric", _rubric, _level_names(f"{SUBJECT}/result/achievedLevel"),
            _level_names_expanded(f"{SUBJECT_X}/ob:result/ob:achievedLevel"),
            read("results", "level"), told("testing/results", "level")),
    text(24, "stackability", stated("stackability"), f"{ACHIEVEMENT}/stackability",
         f"{ACHIEVEMENT_X}/mc:stackability", "stackability", "stackability/stackability"),
    Element(24, "awards that it counts towards", _stacks_into,
            f"{ACHIEVEMENT}/stacksInto:: award name ruleSet digestSRI countsFor awardLevel",
            f"{ACHIEVEMENT_X}/mc:stacksInto:: mc:award so:name mc:ruleSet cred:digestSRI "
            "mc:countsFor mc:awardLevel",
            read("stacks_into", *_STACKING),
            told("stackability/awards", "award", "name", "rules", "rules_digest", "counts_for",
                 "level")),
    Element(24, "part of a qualification", _not(stated("full_award")),
            f"{ACHIEVEMENT}/isPartialQualification", f"{ACHIEVEMENT_X}/elm:isPartialQualification",
            _not(read("full_award")), _not(told("stackability/full_award"))),
    text(25, "basis of recognition", sent("request/recognition_basis"),
         f"{SUBJECT}/recognitionBasis", f"{SUBJECT_X}/mc:recognitionBasis",
         "recognition_basis", "setting/recognition_basis"),
    text(26, "skills", stated("skills", "url"),
         f"{ACHIEVEMENT}/alignment[targetType=ext:ESCOSkill]/targetUrl",
         f"{ACHIEVEMENT_X}/ob:alignment[ob:targetType=ext:ESCOSkill]/so:targetUrl",
         "skills", "outcomes/skills", "url"),
    text(26, "occupations", stated("occupations", "url", "name"),
         f"{ACHIEVEMENT}/alignment[targetType=ext:ESCOOccupation]:: targetUrl targetName",
         f"{ACHIEVEMENT_X}/ob:alignment[ob:targetType=ext:ESCOOccupation]:: so:targetUrl "
         "so:targetName",
         "occupations", "outcomes/occupations", "url", "name"),
    text(27, "code", sent("achievement/humanCode"), f"{ACHIEVEMENT}/humanCode",
         f"{ACHIEVEMENT_X}/ob:humanCode", "code", "outcomes/code"),
    Element(27, "further codes",
            sent("achievement/otherIdentifier", "identifierType", "identifier"),
            f"{ACHIEVEMENT}/otherIdentifier:: identifierType identifier",
            f"{ACHIEVEMENT_X}/ob:otherIdentifier:: ob:identifierType ob:identifier",
            read("identifiers"), lambda part: map(tuple, part["outcomes"]["identifiers"])),
    text(27, "version", lambda _: ["1"], f"{ACHIEVEMENT}/version", f"{ACHIEVEMENT_X}/ob:version",
         "version", "outcomes/version"),
    text(27, "language", sent("achievement/inLanguage"), f"{ACHIEVEMENT}/inLanguage",
         f"{ACHIEVEMENT_X}/so:inLanguage", "language", "outcomes/language"),
    Element(28, "evidence", sent("request/evidence", "id", "name", "genre", "description"),
            "evidence:: id name genre description",
            "cred:evidence:: id so:name so:genre so:description",
            read("evidence", "url", "name", "genre", "description"),
            told("testing/evidence", "url", "name", "genre", "description")),
    Element(29, "definition met", lambda given: given.policies,
            f"{ACHIEVEMENT}/definitionPolicy", f"{ACHIEVEMENT_X}/mc:definitionPolicy",
            read("definition_policies"),
            lambda part: [each["policy"] for each in part["definition_policies"]
                          if each["named_by_issuer"]]),
)  # fmt: skip

"""Faulty definitions: each has one fault, and one rule that must find it."""

from tests.policies.definitions import CERTIFICATE, Case

_UNASSESSED = {"assessment": None, "supervision": None}


def _two_assessments(*supervisions: str) -> list[dict[str, str]]:
    return [{"type": "oral-exam", "supervision": each} for each in supervisions]


FAULTY = [
    # European standard elements
    Case("no outcomes", "eu-annex-1", "learning-outcomes", {"outcomes": None}),
    Case(
        "outcomes only in the description",
        "eu-annex-1",
        "learning-outcomes",
        {"outcomes": None},
        {"description": "Learning outcomes: judge whether a data set may be used."},
    ),
    Case(
        "skills in the place of outcomes",
        "eu-annex-1",
        "learning-outcomes",
        {"outcomes": None, "skills": ["https://skills.example/7"]},
    ),
    Case(
        "neither hours nor credit",
        "eu-annex-1",
        "workload",
        {"workload_hours": None, "credit": None},
    ),
    Case(
        "workload only in SCQF credits",
        "eu-annex-1",
        "workload",
        {"workload_hours": None, "credit": {"scheme": "SCQF", "value": 20}},
    ),
    Case(
        "contact hours for workload",
        "eu-annex-1",
        "workload",
        {"workload_hours": None, "credit": None, "contact_hours": 20},
    ),
    Case("no level", "eu-annex-1", "level", {"eqf_level": None}),
    Case(
        "a national level only",
        "eu-annex-1",
        "level",
        {"eqf_level": None, "level": {"framework": "SCQF", "value": 11}},
    ),
    Case(
        "formal learning without a level",
        "eu-annex-1",
        "level",
        {"eqf_level": None, "learning_setting": "formal"},
    ),
    Case("not assessed", "eu-annex-1", "assessment-type", _UNASSESSED),
    Case(
        "assessment only in the criteria",
        "eu-annex-1",
        "assessment-type",
        _UNASSESSED,
        {"criteria": {"narrative": "Assessment: a written examination of two hours."}},
    ),
    Case("no form of participation", "eu-annex-1", "participation", {"participation": None}),
    Case(
        "participation of the examination only",
        "eu-annex-1",
        "participation",
        {
            "participation": None,
            "assessment": [{"type": "oral-exam", "participation": "on-site"}],
        },
    ),
    Case("no quality assurance", "eu-annex-1", "qa", {"quality_assurance": None}),
    Case(
        "a statement for quality assurance",
        "eu-annex-1",
        "qa",
        {"quality_assurance": None, "quality_statement": "We look at it each year."},
    ),
    Case("an issuer without an address", "eu-annex-1", "issuer-country", profile={"address": None}),
    Case(
        "an issuer in a country without a code",
        "eu-annex-1",
        "issuer-country",
        profile={"address": {"addressLocality": "Inverbrae", "addressCountry": "Scotland"}},
    ),
    Case("called a course", "eu-annex-1", "applies-to", members={"achievementType": "Course"}),
    Case("called nothing", "eu-annex-1", "applies-to", members={"achievementType": None}),
    # Assessed, credit-bearing, stackable, aligned to the labour market
    Case("attended, not assessed", "st-andrews-like", "assessed", _UNASSESSED),
    Case("without credit", "st-andrews-like", "credit", {"credit": None}),
    Case(
        "credit of another continent",
        "st-andrews-like",
        "credit",
        {"credit": {"scheme": "US-SEM", "value": 3}},
    ),
    Case(
        "points of its own",
        "st-andrews-like",
        "credit",
        {"credit": {"scheme": "POINTS", "value": 6}},
    ),
    Case(
        "a number without a scheme",
        "st-andrews-like",
        "credit",
        {"credit": None},
        {"creditsAvailable": 20},
    ),
    Case("credit without a level", "st-andrews-like", "level", {"level": None}),
    Case("an EQF level only", "st-andrews-like", "level", {"level": None, "eqf_level": 7}),
    Case(
        "an Irish level",
        "st-andrews-like",
        "level",
        {"level": {"framework": "NFQ", "value": 9}},
    ),
    Case(
        "stacking left out",
        "st-andrews-like",
        "stackable",
        {"stackability": None, "stacks_into": None},
    ),
    Case(
        "stand-alone",
        "st-andrews-like",
        "stackable",
        {"stackability": ["stand-alone"], "stacks_into": None},
    ),
    Case("stackable into nothing", "st-andrews-like", "stackable", {"stacks_into": None}),
    Case(
        "an award, but not said to be stackable",
        "st-andrews-like",
        "stackable",
        {"stackability": None},
    ),
    Case("no use to anybody", "st-andrews-like", "labour-market", {"skills": None}),
    Case(
        "a field of study for the labour market",
        "st-andrews-like",
        "labour-market",
        {"skills": None, "field": "0612"},
    ),
    Case("nobody's quality", "st-andrews-like", "qa", {"quality_assurance": None}),
    Case("a badge", "st-andrews-like", "applies-to", members={"achievementType": "Badge"}),
    # Australia
    Case("purpose unknown", "au-nmf", "outcomes", {"outcomes": None}),
    Case("learning not certified", "au-nmf", "assessed", _UNASSESSED),
    Case("no volume of learning", "au-nmf", "volume-min", {"workload_hours": None}),
    Case("half an hour", "au-nmf", "volume-min", {"workload_hours": 0.5}),
    Case("size against awards unsaid", "au-nmf", "less-than-award", {"full_award": None}),
    Case("a whole award", "au-nmf", "less-than-award", {"full_award": True}),
    Case(
        "neither regulator nor statement",
        "au-nmf",
        "qa-statement-if-unregulated",
        {"quality_assurance": None},
    ),
    Case(
        "industry in the place of quality",
        "au-nmf",
        "qa-statement-if-unregulated",
        {"quality_assurance": None, "industry_recognition": ["https://guild.example"]},
    ),
    # New Zealand
    Case("no credits", "nzqa", "credits-1-40", {"credit": None}),
    Case("half a credit", "nzqa", "credits-1-40", {"credit": {"scheme": "NZ", "value": 0.5}}),
    Case("41 credits", "nzqa", "credits-1-40", {"credit": {"scheme": "NZ", "value": 41}}),
    Case("European credits", "nzqa", "credits-1-40", {"credit": {"scheme": "ECTS", "value": 5}}),
    Case(
        "a bare number of credits",
        "nzqa",
        "credits-1-40",
        {"credit": None},
        {"creditsAvailable": 10},
    ),
    Case("no level on the NZQCF", "nzqa", "nzqcf-level", {"level": None}),
    Case("an Australian level", "nzqa", "nzqcf-level", {"level": {"framework": "AQF", "value": 5}}),
    Case("no outcome statement", "nzqa", "outcome", {"outcomes": None}),
    # Common Microcredential Framework
    Case("study time unknown", "cmf", "hours", {"workload_hours": None}),
    Case("99 hours", "cmf", "hours", {"workload_hours": 99}),
    Case("200 hours", "cmf", "hours", {"workload_hours": 200}),
    Case("EQF unknown", "cmf", "eqf", {"eqf_level": None}),
    Case("below EQF 4", "cmf", "eqf", {"eqf_level": 3}),
    Case("above EQF 7", "cmf", "eqf", {"eqf_level": 8}),
    Case(
        "a British level instead of EQF",
        "cmf",
        "eqf",
        {"eqf_level": None, "level": {"framework": "FHEQ", "value": 6}},
    ),
    Case("no academic credit", "cmf", "credit", {"credit": None}),
    Case("nobody looks", "cmf", "id-verification", {"supervision": "unsupervised"}),
    Case("nobody asks for a name", "cmf", "id-verification", {"supervision": "supervised"}),
    Case("identity unsaid", "cmf", "id-verification", {"supervision": None}),
    Case(
        "identity at one of two examinations",
        "cmf",
        "id-verification",
        {
            "supervision": None,
            "assessment": _two_assessments("supervised-id", "unsupervised"),
        },
    ),
    Case("a transcript without outcomes", "cmf", "outcomes", {"outcomes": None}),
    # Netherlands
    Case("two EC", "nl-hbo-wo", "3-30-ec", {"credit": {"scheme": "ECTS", "value": 2}}),
    Case("31 EC", "nl-hbo-wo", "3-30-ec", {"credit": {"scheme": "ECTS", "value": 31}}),
    Case("hours instead of EC", "nl-hbo-wo", "3-30-ec", {"credit": None, "workload_hours": 140}),
    Case("Scottish credit", "nl-hbo-wo", "3-30-ec", {"credit": {"scheme": "SCQF", "value": 20}}),
    Case("niveau onbekend", "nl-hbo-wo", "eqf-nlqf", {"level": None}),
    Case("a Welsh level", "nl-hbo-wo", "eqf-nlqf", {"level": {"framework": "CQFW", "value": 6}}),
    Case("leeruitkomsten ontbreken", "nl-hbo-wo", "outcomes", {"outcomes": None}),
    Case("kwaliteitszorg ontbreekt", "nl-hbo-wo", "qa", {"quality_assurance": None}),
    # Continuing professional development without credit
    Case(
        "credit after all",
        "non-credit-cpd",
        "no-credit",
        {"credit": {"scheme": "ECTS", "value": 1}},
    ),
    Case("credit by the back door", "non-credit-cpd", "no-credit", {}, {"creditsAvailable": 2}),
    Case(
        "called a micro-credential",
        "non-credit-cpd",
        "not-called-microcredential",
        members={"achievementType": "MicroCredential"},
    ),
    Case("how long, nobody says", "non-credit-cpd", "hours", {"workload_hours": None}),
    Case("what for, nobody says", "non-credit-cpd", "outcomes", {"outcomes": None}),
    Case(
        "said to count towards a degree",
        "non-credit-cpd",
        "no-stacking-claim",
        {"stackability": ["stackable"], "stacks_into": CERTIFICATE},
    ),
    Case("a licence", "non-credit-cpd", "applies-to", members={"achievementType": "License"}),
    Case(
        "micro-credential with credit",
        "non-credit-cpd-microcredential",
        "no-credit",
        {"credit": {"scheme": "SCQF", "value": 1}},
    ),
    Case(
        "micro-credential without hours",
        "non-credit-cpd-microcredential",
        "hours",
        {"workload_hours": None},
    ),
    Case(
        "micro-credential without outcomes",
        "non-credit-cpd-microcredential",
        "outcomes",
        {"outcomes": None},
    ),
    Case(
        "micro-credential that stacks without credit",
        "non-credit-cpd-microcredential",
        "no-stacking-claim",
        {"stacks_into": CERTIFICATE},
    ),
]

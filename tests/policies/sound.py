"""Sound definitions, at the edges of what a policy allows and in every way of saying it."""

from app.vocabularies.terms import ASSESSMENT, PARTICIPATION
from tests.policies.definitions import CERTIFICATE, OCCUPATION, OUTCOMES, REVIEWED, Case

SOUND = [
    # European standard elements
    Case("all eleven elements", "eu-annex-1"),
    Case("hours without credit", "eu-annex-1", micro={"credit": None}),
    Case("credit without hours", "eu-annex-1", micro={"workload_hours": None}),
    Case(
        "Scottish credit with hours",
        "eu-annex-1",
        micro={"credit": {"scheme": "SCQF", "value": 15}},
    ),
    Case(
        "Scottish credit with the ECTS it converts to",
        "eu-annex-1",
        micro={
            "workload_hours": None,
            "credit": [{"scheme": "SCQF", "value": 20}, {"scheme": "ECTS", "value": 10}],
        },
    ),
    Case(
        "non-formal, and so without a level",
        "eu-annex-1",
        micro={"eqf_level": None, "learning_setting": "non-formal"},
    ),
    Case("non-formal with a level", "eu-annex-1", micro={"learning_setting": "nonformal"}),
    Case(
        "national and European level",
        "eu-annex-1",
        micro={"level": {"framework": "SCQF", "value": 11}},
    ),
    Case(
        "EQF given as any level",
        "eu-annex-1",
        micro={"eqf_level": None, "level": {"framework": "EQF", "value": "EQF level 7"}},
    ),
    Case("the lowest EQF level", "eu-annex-1", micro={"eqf_level": 1}),
    Case(
        "words by their identifiers",
        "eu-annex-1",
        micro={
            "participation": [PARTICIPATION.terms[0].iri],
            "assessment": [{"type": ASSESSMENT.terms[0].iri}],
        },
    ),
    Case(
        "every optional element",
        "eu-annex-1",
        micro={
            "prerequisites": ["A first degree"],
            "supervision": "supervised-id",
            "stackability": ["stand-alone", "stackable"],
            "stacks_into": CERTIFICATE,
        },
    ),
    Case(
        "a quarter of a credit", "eu-annex-1", micro={"credit": {"scheme": "ECTS", "value": 0.25}}
    ),
    Case(
        "several outcomes", "eu-annex-1", micro={"outcomes": [*OUTCOMES, {"title": "Act on it."}]}
    ),
    Case("in Gaelic", "eu-annex-1", members={"name": "Beusachd dàta", "inLanguage": "gd"}),
    Case("a country by its region", "eu-annex-1", profile={"address": {"addressRegion": "GB-SCT"}}),
    # Assessed, credit-bearing, stackable, aligned to the labour market
    Case("a postgraduate module", "st-andrews-like"),
    Case("in ECTS", "st-andrews-like", micro={"credit": {"scheme": "ECTS", "value": 10}}),
    Case("in CATS", "st-andrews-like", micro={"credit": {"scheme": "CATS", "value": 20}}),
    Case("one credit", "st-andrews-like", micro={"credit": {"scheme": "SCQF", "value": 1}}),
    Case("an English level", "st-andrews-like", micro={"level": {"framework": "FHEQ", "value": 7}}),
    Case("a Welsh one", "st-andrews-like", micro={"level": {"framework": "CQFW", "value": 7}}),
    Case(
        "an entry level",
        "st-andrews-like",
        micro={"level": {"framework": "RQF", "value": "Entry 3"}},
    ),
    Case(
        "for an occupation",
        "st-andrews-like",
        micro={"skills": None, "occupations": [OCCUPATION]},
    ),
    Case(
        "both ways of stacking",
        "st-andrews-like",
        micro={"stackability": ["stand-alone", "stackable"]},
    ),
    Case(
        "towards two awards",
        "st-andrews-like",
        micro={
            "stacks_into": [*CERTIFICATE, {"award": "https://www.inverbrae.example/awards/msc"}]
        },
    ),
    Case("outcomes left out", "st-andrews-like", micro={"outcomes": None}),
    # Australia
    Case("a regulated provider", "au-nmf"),
    Case("exactly one hour", "au-nmf", micro={"workload_hours": 1}),
    Case("a thousand hours", "au-nmf", micro={"workload_hours": 1000}),
    Case(
        "an unregulated provider with a statement",
        "au-nmf",
        micro={"quality_assurance": None, "quality_statement": "Reviewed each year by a panel."},
    ),
    Case(
        "a regulated one with a statement",
        "au-nmf",
        micro={"quality_statement": "As every course."},
    ),
    Case(
        "with credit",
        "au-nmf",
        micro={"credit": {"scheme": "POINTS", "value": 2, "units_per_year": 48}},
    ),
    Case(
        "recognised by industry",
        "au-nmf",
        micro={
            "industry_recognition": ["https://guild.example"],
            "skills": ["https://s.example/1"],
        },
    ),
    Case("towards an award", "au-nmf", micro={"stacks_into": CERTIFICATE}),
    # New Zealand
    Case("ten credits at level 5", "nzqa"),
    Case("one NZ credit", "nzqa", micro={"credit": {"scheme": "NZ", "value": 1}}),
    Case("forty credits", "nzqa", micro={"credit": {"scheme": "NZ", "value": 40}}),
    Case("level 1", "nzqa", micro={"level": {"framework": "NZQCF", "value": 1}}),
    Case("level 10", "nzqa", micro={"level": {"framework": "NZQCF", "value": "10"}}),
    Case("a word within a word", "nzqa", members={"name": "International law"}),
    Case("with hours", "nzqa", micro={"workload_hours": 100}),
    Case("with assessment and review", "nzqa", micro={"quality_assurance": REVIEWED}),
    Case("by the scheme's whole name", "nzqa", micro={"credit": {"scheme": "nz", "value": 5}}),
    # Common Microcredential Framework
    Case("a course on a platform", "cmf"),
    Case("100 hours", "cmf", micro={"workload_hours": 100}),
    Case("150 hours", "cmf", micro={"workload_hours": 150}),
    Case("EQF 4", "cmf", micro={"eqf_level": 4}),
    Case("EQF 7", "cmf", micro={"eqf_level": 7}),
    Case("verified without an invigilator", "cmf", micro={"supervision": "unsupervised-id"}),
    Case(
        "verified at both examinations",
        "cmf",
        micro={
            "supervision": None,
            "assessment": [
                {"type": "oral-exam", "supervision": "supervised-id"},
                {"type": "portfolio", "supervision": "supervised-id"},
            ],
        },
    ),
    Case("British credit", "cmf", micro={"credit": {"scheme": "CATS", "value": 12}}),
    Case("American credit", "cmf", micro={"credit": {"scheme": "US-SEM", "value": 3}}),
    Case("towards a degree", "cmf", micro={"stacks_into": CERTIFICATE}),
    # Netherlands
    Case("vijf EC", "nl-hbo-wo"),
    Case("drie EC", "nl-hbo-wo", micro={"credit": {"scheme": "EC", "value": 3}}),
    Case("dertig EC", "nl-hbo-wo", micro={"credit": {"scheme": "ECTS", "value": 30}}),
    Case("an EQF level", "nl-hbo-wo", micro={"level": None, "eqf_level": 6}),
    Case("NLQF 4+", "nl-hbo-wo", micro={"level": {"framework": "NLQF", "value": "4+"}}),
    Case("met uren", "nl-hbo-wo", micro={"workload_hours": 140}),
    # Continuing professional development without credit
    Case("a course of six hours", "non-credit-cpd"),
    Case("half an hour of it", "non-credit-cpd", micro={"workload_hours": 0.5}),
    Case("a badge of it", "non-credit-cpd", members={"achievementType": "Badge"}),
    Case(
        "a certificate of it",
        "non-credit-cpd",
        members={"achievementType": "CertificateOfCompletion"},
    ),
    Case("assessed all the same", "non-credit-cpd", micro={"assessment": [{"type": "portfolio"}]}),
    Case("for a skill", "non-credit-cpd", micro={"skills": ["https://skills.example/7"]}),
    Case("zero credits", "non-credit-cpd", members={"creditsAvailable": 0}),
    Case("a micro-credential without credit", "non-credit-cpd-microcredential"),
    Case(
        "a course under the open variant",
        "non-credit-cpd-microcredential",
        members={"achievementType": "Course"},
    ),
    Case(
        "stand-alone, and says so",
        "non-credit-cpd-microcredential",
        micro={"stackability": ["stand-alone"]},
    ),
]

"""The recognition report: what each section says, and what is never said."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from app.encoding.dates import format_datetime
from app.encoding.strict_json import JsonObject, dump_json
from app.recognition.report import Entry, Tables
from app.recognition.standing import RegisterEntry, Standing
from app.registry.coverage import Coverage, Fit
from app.verification.result import Basis, IssuerSummary, Known, Verdict, VerificationResult
from app.vocabularies.levels import find_framework
from app.vocabularies.terms import SUPERVISION
from tests.builders import ACHIEVEMENT_URL, CREDENTIAL_URL, a_credential
from tests.microcredentials import EXAMPLES
from tests.recognition import (
    ABROAD,
    HOME,
    POLICIES,
    a_document,
    a_report,
    an_entry,
    contents_of,
    read_entry,
)
from tests.world import LATER, a_token, secured

MODULE = "PG Cert module"
QUALITY = "https://quality.example"
LATEST = "https://badges.inverbrae.example/policies/micro/v1"


def report_on(name: str = MODULE, *, options: JsonObject | None = None, **members: Any) -> Any:
    return contents_of(a_report(an_entry(a_document(name, **members)), **(options or {})))


def changed_subject(name: str = MODULE, **members: Any) -> JsonObject:
    subject = {**EXAMPLES[name].credential()["credentialSubject"], **members}
    return {key: value for key, value in subject.items() if value is not None}


def changed_achievement(name: str = MODULE, **members: Any) -> JsonObject:
    subject = changed_subject(name)
    changed = {**subject["achievement"], **members}
    found = {key: value for key, value in changed.items() if value is not None}
    return {**subject, "achievement": found}


def an_endorsement(endorsed: str, signer: str = ABROAD.did, **members: Any) -> JsonObject:
    return {
        "@context": a_credential()["@context"],
        "id": "urn:uuid:9b2f8f0a-0a07-4c56-8f6e-6d5f5a8c1b11",
        "type": ["VerifiableCredential", "EndorsementCredential"],
        "issuer": {"id": signer, "type": ["Profile"], "name": "Quality Agency of the Highlands"},
        "name": "Endorsed",
        "validFrom": "2026-03-02T09:00:00Z",
        "credentialSubject": {
            "id": endorsed,
            "type": ["EndorsementSubject"],
            "endorsementComment": "We reviewed it.",
        },
        **members,
    }


def with_agency(url: str | None) -> JsonObject:
    claims = EXAMPLES[MODULE].credential()["credentialSubject"]["achievement"]["accreditation"]
    [first, *_] = claims
    agent = {**first["accreditingAgent"], "id": url}
    agent = {key: value for key, value in agent.items() if value is not None}
    return changed_achievement(accreditation=[{**first, "accreditingAgent": agent}])


# --- the whole ----------------------------------------------------------------------------------


def test_there_is_no_score_and_the_decision_is_left_to_a_human() -> None:
    report = report_on()

    assert set(report["decision"].values()) == {None}
    assert not {"score", "grade", "points", "equivalent"} & set(_members(report))


def _members(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [*value, *(name for each in value.values() for name in _members(each))]
    return [name for each in value for name in _members(each)] if isinstance(value, list) else []


def test_the_learner_is_not_named_in_the_report() -> None:
    text = json.dumps(report_on())

    assert "identityHash" not in text
    assert "sha256$" not in text


def test_the_header_says_with_what_it_was_made() -> None:
    entry = an_entry(a_document(MODULE))
    scqf = find_framework("SCQF")
    header = a_report(entry, target_framework=scqf, policy=POLICIES["cmf"]).as_json()["header"]

    assert header["made_at"] == "2026-04-01T09:00:00Z"
    assert header["target_framework"] == "SCQF"
    assert [each["id"] for each in header["policies"]] == [POLICIES["cmf"].id]
    assert header["credentials"][0]["id"] == CREDENTIAL_URL
    assert header["credentials"][0]["digest"].startswith("sha384-")
    assert header["credentials"][0]["digest_of"] == "the file"


def test_an_object_is_digested_in_its_canonical_form() -> None:
    entry = an_entry(a_document(MODULE))
    header = a_report(Entry(entry.data, entry.result, canonical=True)).as_json()["header"]

    assert header["credentials"][0]["digest_of"] == "canonical JSON (RFC 8785)"


def test_where_nothing_was_read_there_is_no_digest() -> None:
    result = VerificationResult(Verdict.NOT_CHECKED, ())
    entry = Entry(None, result, submitted_as="https://far.example/badge")

    [line] = a_report(entry).as_json()["header"]["credentials"]

    assert line["digest"] is None
    assert line["submitted_as"] == "https://far.example/badge"


def test_a_credential_that_is_given_twice_is_told() -> None:
    entry = an_entry(a_document(MODULE))
    other = an_entry(a_document(MODULE, id="https://x.example/other"))

    report = a_report(entry, other, entry)

    assert [each.same_as for each in report.credentials] == [None, None, 1]


# --- verification -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("members", "verdict"),
    [
        ({"validUntil": "2026-03-05T09:00:00Z"}, "not_valid"),
        ({"credentialStatus": {"gone": True}}, "not_checked"),
    ],
)
def test_what_is_not_verified_is_not_read(members: JsonObject, verdict: str) -> None:
    """Not even where the signature is right."""
    if "credentialStatus" in members:
        status = EXAMPLES[MODULE].credential()["credentialStatus"]
        lost = "https://badges.inverbrae.example/status/lost"
        members = {"credentialStatus": {**status, "statusListCredential": lost}}
    entry = an_entry(a_document(MODULE, **members))
    assert entry.result.document is not None

    report = a_report(entry)

    part = contents_of(report)
    assert part["verification"]["verdict"] == verdict
    assert set(part) == {"number", "same_as", "endorses", "verification"}
    assert part["verification"]["proofs"] == []
    assert part["verification"]["valid_from"] is None
    assert report.as_json()["header"]["credentials"][0]["id"] is None


def test_two_files_that_are_not_read_are_not_taken_for_the_same() -> None:
    report = a_report(read_entry(b"{"), read_entry(b"{"))

    assert [each.same_as for each in report.credentials] == [None, None]
    assert report.credentials[0].verification.checks[0].code == "not_json"


def test_proofs_and_vocabularies_are_named() -> None:
    verification = report_on()["verification"]

    assert verification["secured_by"] == "Data Integrity"
    assert verification["proofs"][0]["cryptosuite"] == "eddsa-rdfc-2022"
    assert verification["proofs"][0]["key"].startswith(HOME.did)
    assert len(verification["contexts"][0]["sha256"]) == 64
    assert verification["contexts"][-1]["sha256"] is None
    assert verification["holder_binding"] == "not checked"


def test_a_token_is_secured_by_its_envelope() -> None:
    token = a_token(a_document(MODULE), HOME)

    verification = contents_of(a_report(read_entry(token.encode())))["verification"]

    assert verification["verdict"] == "verified"
    assert verification["secured_by"] == "JSON Web Token (VC-JWT)"
    assert verification["proofs"] == []


# --- issuer and quality -------------------------------------------------------------------------


def test_what_the_issuer_says_of_its_quality_is_claimed() -> None:
    part = report_on()["issuer_and_quality"]

    assert [each["claim"] for each in part["quality"]] == ["claimed by the issuer"] * 2
    assert [each["register"] for each in part["quality"]] == ["not checked"] * 2
    assert part["quality_statement_standing"] == "claimed by the issuer"
    assert part["providers"][0]["name"] == "Course Platform"
    assert part["known_to_verifier"] is False


def quality_of(entry: Entry, tables: Tables | None = None) -> Any:
    assert entry.result.verdict is Verdict.VERIFIED, entry.result.as_json()
    return contents_of(a_report(entry, tables=tables))["issuer_and_quality"]["quality"][0]


@pytest.mark.parametrize(
    ("agency", "claim"),
    [
        (ABROAD.did, Standing.ENDORSED),
        ("https://badges.seehochschule.example", Standing.ENDORSED),
        ("https://badges.seehochschule.example/", Standing.ENDORSED),
        ("https://badges.seehochschule.example/agency", Standing.CLAIMED),
        ("http://badges.seehochschule.example", Standing.CLAIMED),
        ("https://quality.example:99999", Standing.CLAIMED),
        (QUALITY, Standing.CLAIMED),
        (None, Standing.CLAIMED),
    ],
)
@pytest.mark.parametrize("endorsed", [CREDENTIAL_URL, ACHIEVEMENT_URL])
def test_an_agency_is_known_by_its_identifier_and_never_by_its_name(
    agency: str | None, claim: Standing, endorsed: str
) -> None:
    signed = secured(an_endorsement(endorsed), ABROAD.signer)
    subject = with_agency(agency)
    members: JsonObject = {"credentialSubject": subject}
    if endorsed == CREDENTIAL_URL:
        members["endorsement"] = [signed]
    else:
        subject["achievement"]["endorsement"] = [signed]

    assert quality_of(an_entry(a_document(MODULE, **members)))["claim"] == claim


def test_an_endorsement_may_be_a_token() -> None:
    token = a_token(an_endorsement(CREDENTIAL_URL), ABROAD)
    members = {"credentialSubject": with_agency(ABROAD.did), "endorsementJwt": [token]}

    assert quality_of(an_entry(a_document(MODULE, **members)))["claim"] == Standing.ENDORSED


def test_the_issuers_own_endorsement_adds_nothing() -> None:
    signed = secured(an_endorsement(CREDENTIAL_URL, HOME.did), HOME.signer)
    members = {"credentialSubject": with_agency(HOME.did), "endorsement": [signed]}

    assert quality_of(an_entry(a_document(MODULE, **members)))["claim"] == Standing.CLAIMED


def test_an_endorsement_of_something_else_says_nothing_about_quality() -> None:
    subject = with_agency(ABROAD.did)
    evidence = {
        "id": "https://portfolio.example/1",
        "type": ["Evidence"],
        "name": "Report",
    }
    profile = {**a_document(MODULE)["issuer"]}
    other: JsonObject = {"id": "https://parent.example", "type": ["Profile"], "name": "Parent"}
    other["endorsement"] = [secured(an_endorsement("https://parent.example"), ABROAD.signer)]
    profile["parentOrg"] = other
    members = {"credentialSubject": subject, "issuer": profile, "evidence": [evidence]}

    assert quality_of(an_entry(a_document(MODULE, **members)))["claim"] == Standing.CLAIMED


def test_what_stands_in_a_register_is_told_with_the_time() -> None:
    seen = datetime(2026, 3, 30, tzinfo=UTC)
    found = RegisterEntry("https://register.example/1", QUALITY, None, (), seen)
    tables = Tables(registers={QUALITY: (found,)})

    part = contents_of(a_report(a_known_entry(seen), tables=tables))["issuer_and_quality"]

    assert [each["register"] for each in part["quality"]] == ["found in a register", "not checked"]
    assert part["quality"][0]["found"][0]["seen_at"] == "2026-03-30T00:00:00Z"
    assert part["register"] == "found in a register"
    assert part["identity"] == "claimed by the issuer"


def test_a_listing_is_held_against_the_credential() -> None:
    """That the service hosts the issuer itself is no entry in a register."""
    until = datetime(2027, 3, 30, tzinfo=UTC)

    part = contents_of(a_report(a_known_entry(until)))["issuer_and_quality"]

    [entry] = part["found"]
    assert entry == {
        "register": "https://register.example/2",
        "identifier": HOME.did,
        "until": "2027-03-30T00:00:00Z",
        "covers": ["SCQF level 9"],
        "seen_at": format_datetime(LATER),
        "fit": "not_covered",
        "because": ["it is at SCQF level 11"],
    }


def a_known_entry(until: datetime) -> Entry:
    """A module by an issuer that is hosted here, and listed for another level."""
    entry = an_entry(a_document(MODULE))
    outside = Coverage(Fit.NOT_COVERED, ("it is at SCQF level 11",))
    listed = Known(
        "https://register.example/2", Basis.LIST, until, ("SCQF level 9",), coverage=outside
    )
    summary = IssuerSummary(
        HOME.did, None, trusted=True, known_by=(Known("https://a.example", Basis.OWN), listed)
    )
    return replace(entry, result=replace(entry.result, issuer=summary))


def test_quality_assurance_that_has_expired_is_asked_about() -> None:
    claims = a_document(MODULE)["credentialSubject"]["achievement"]["accreditation"]
    old = [{**each, "expiryDate": "2025-04-30T00:00:00Z"} for each in claims]

    part = report_on(credentialSubject=changed_achievement(accreditation=old))

    assert [each["expired"] for each in part["issuer_and_quality"]["quality"]] == [True, True]
    questions = " ".join(part["gaps"]["questions"])
    assert "by Quality Agency of the Highlands has expired" in questions
    assert "by https://engineers.example has expired" in questions


# --- level, workload and credit -----------------------------------------------------------------


def test_a_level_stands_with_its_referencing_report() -> None:
    part = report_on()["level"]

    assert part["levels"][0]["words"] == "SCQF level 11"
    assert part["levels"][0]["referencing"]["eqf"] == 7
    assert part["levels"][0]["referencing"]["year"] == 2019
    assert part["eqf_as_stated"] == 7
    assert part["target"] is None


@pytest.mark.parametrize(
    ("name", "target", "levels"),
    [
        ("prior learning", "SCQF", ["9", "10"]),
        ("module abroad in ECTS", "SCQF", ["11"]),
        ("module abroad in ECTS", "AQF", None),
        ("platform series", "SCQF", None),
        (MODULE, "SCQF", None),
        (MODULE, "CQFW", ["7"]),
    ],
)
def test_levels_of_the_target_are_those_of_its_own_report(
    name: str, target: str, levels: list[str] | None
) -> None:
    options = {"target_framework": find_framework(target)}

    found = report_on(name, options=options)["level"]["target"]

    assert (None if found is None else found["levels"]) == levels


def test_a_level_that_contradicts_itself_is_left_open_and_asked_about() -> None:
    subject = changed_achievement(eqfLevel="http://data.europa.eu/snb/eqf/6")

    part = report_on(credentialSubject=subject)

    assert part["level"]["conflicts"] != []
    assert any("which is meant?" in each for each in part["gaps"]["questions"])


def test_every_converted_number_names_its_rule_and_rules_may_disagree() -> None:
    [native, converted, *_] = report_on()["workload_and_credit"]["credit"]

    assert [(each["value"], each["rule"]) for each in native["conversions"]] == [
        ("10", "uk-ects-2to1"),
        ("8", "cmf-hours"),
    ]
    assert native["rules_disagree"] is True
    assert converted["issuer_rule"] == "uk-ects-2to1"
    assert converted["conversions"] == []
    assert "not converted again" in converted["note"]


@pytest.mark.parametrize(
    ("name", "target", "rules", "note"),
    [
        ("Australian unit", "AQF", ["au-eftsl"], None),
        ("Australian unit", "SCQF", [], "No published rule is known from POINTS to SCQF."),
        ("microcertificate course", "EQF", ["us-ects-1to2"], None),
        ("prior learning", "FHEQ", ["hours-uk"], None),
        ("module abroad in ECTS", "NLQF", [], None),
    ],
)
def test_conversions_lead_to_the_credit_of_the_target(
    name: str, target: str, rules: list[str], note: str | None
) -> None:
    options = {"target_framework": find_framework(target)}

    line = report_on(name, options=options)["workload_and_credit"]["credit"][0]

    assert [each["rule"] for each in line["conversions"]] == rules
    assert line["note"] == note


def test_credit_of_a_scheme_that_is_not_known_is_not_converted() -> None:
    subject = changed_achievement(creditPoint=None)

    line = report_on(credentialSubject=subject)["workload_and_credit"]["credit"][0]

    assert line["scheme"] is None
    assert "not one that conversion rules are known for" in line["note"]


@pytest.mark.parametrize(
    ("name", "hours", "outcome"),
    [
        (MODULE, "PT200H", "plausible"),
        (MODULE, "PT100H", "fewer hours than the credit stands for"),
        (MODULE, "PT300H", "more hours than the credit stands for"),
        ("module abroad in ECTS", "PT290H", "plausible"),
        ("microcertificate course", "PT900H", "plausible"),
    ],
)
def test_hours_are_held_against_credit(name: str, hours: str, outcome: str) -> None:
    part = report_on(name, credentialSubject=changed_achievement(name, volumeOfLearning=hours))

    assert part["workload_and_credit"]["hours_per_credit"][0]["outcome"] == outcome
    asked = any(each.endswith("Why?") for each in part["gaps"]["questions"])
    assert asked is (outcome != "plausible")


@pytest.mark.parametrize(
    "members", [{"volumeOfLearning": None}, {"creditPoint": None, "creditsAvailable": 3}]
)
def test_hours_are_not_held_against_what_is_not_known(members: JsonObject) -> None:
    subject = {**changed_achievement(**members)}
    del subject["creditReceived"]

    assert report_on(credentialSubject=subject)["workload_and_credit"]["hours_per_credit"] == []


# --- the rest -----------------------------------------------------------------------------------


def test_outcomes_and_testing_stand_verbatim() -> None:
    part = report_on()
    stated = EXAMPLES[MODULE].definition["microcredential"]

    assert [each["title"] for each in part["outcomes"]["outcomes"]] == [
        each["title"] for each in stated["outcomes"]
    ]
    assert part["outcomes"]["outcomes"][0]["reusability"]["code"] == "cross-sector"
    assert part["outcomes"]["language"] == "en"
    assert [each["weight"] for each in part["testing"]["assessments"]] == ["0.6", "0.4"]
    assert part["testing"]["results"][0]["value"] == "16.5"
    assert part["testing"]["results"][0]["scale"] == "0–20"
    assert part["outcomes"]["skills"] == stated["skills"]
    assert part["outcomes"]["occupations"] == stated["occupations"]


def test_codes_topics_term_and_evidence_stand_as_the_institution_wrote_them() -> None:
    subject = changed_achievement(
        humanCode="INV-DE-11",
        specialization="Data ethics",
        tag=["ethics", "governance"],
        otherIdentifier=[
            {"type": "IdentifierEntry", "identifier": "DE5001", "identifierType": "ext:ModuleCode"}
        ],
    )
    essay = {"id": "https://portfolio.example/essay", "name": "Essay", "genre": "Report"}
    evidence = [{**essay, "type": ["Evidence"], "description": "Twelve pages."}]
    part = report_on(credentialSubject={**subject, "term": "2025/26"}, evidence=evidence)

    assert part["outcomes"]["code"] == "INV-DE-11"
    assert part["outcomes"]["version"] == "1"
    assert part["outcomes"]["identifiers"] == [["ext:ModuleCode", "DE5001"]]
    assert part["outcomes"]["specialization"] == "Data ethics"
    assert part["outcomes"]["topics"] == ["ethics", "governance"]
    assert part["setting"]["term"] == "2025/26"
    assert part["testing"]["evidence"] == [
        {"name": "Essay", "url": essay["id"], "genre": "Report", "description": "Twelve pages."}
    ]


def test_what_trades_think_of_it_is_claimed() -> None:
    part = report_on()["issuer_and_quality"]

    assert [each["url"] for each in part["industry_recognition"]] == [
        "https://chamber.example",
        "https://guild.example",
    ]
    assert part["industry_recognition_standing"] == "claimed by the issuer"


@pytest.mark.parametrize(
    ("name", "planned", "actual", "differs"),
    [
        ("platform series", "supervised-id", "supervised-id", False),
        ("Australian unit", "unsupervised", None, False),
        ("prior learning", "unsupervised-id", "unsupervised-id", False),
    ],
)
def test_supervision_is_told_as_planned_and_as_it_was(
    name: str, planned: str, actual: str | None, differs: bool
) -> None:
    part = report_on(name)["identification"]

    assert part["supervision_planned"]["code"] == planned
    assert (part["supervision_actual"] or {}).get("code") == actual
    assert part["differs"] is differs
    assert part["holder"] == "not checked"


def test_supervision_that_was_not_as_planned_is_told() -> None:
    subject = changed_subject("platform series")
    taken = [
        {**each, "idVerification": SUPERVISION.iri_of("unsupervised")}
        for each in subject["assessmentTaken"]
    ]

    part = report_on("platform series", credentialSubject={**subject, "assessmentTaken": taken})

    assert part["identification"]["differs"] is True


@pytest.mark.parametrize(
    ("members", "kinds"),
    [
        ({}, ["e-mail address (hashed)"]),
        ({"id": "did:key:z6Mk", "identifier": None}, ["an identifier of the kind did:key"]),
        ({"id": "mailto:a@x.example", "identifier": None}, ["an identifier of the kind mailto"]),
    ],
)
def test_how_the_learner_is_identified_is_told_without_the_identifier(
    members: JsonObject, kinds: list[str]
) -> None:
    part = report_on(credentialSubject=changed_subject(**members))["identification"]

    assert part["learner_identified_by"] == kinds


def test_an_identifier_may_stand_in_plain_text() -> None:
    identity = {
        "type": "IdentityObject",
        "identityHash": "a@x.example",
        "identityType": "emailAddress",
        "hashed": False,
    }
    part = report_on(credentialSubject=changed_subject(identifier=[identity]))

    assert "e-mail address (in plain text)" in part["identification"]["learner_identified_by"]


def test_setting_and_stackability_are_told() -> None:
    part = report_on()

    assert part["setting"]["learning_setting"]["code"] == "formal"
    assert part["setting"]["recognition_basis"]["code"] == "taught"
    [award] = part["stackability"]["awards"]
    assert award["name"] == "PG Certificate Data Ethics"
    assert award["rules_digest"].startswith("sha384-")
    assert award["lapses_on"] == "2031-02-27"
    assert award["standing"] == "claimed by the issuer"


def test_policies_are_put_to_it_anew_or_not_checked() -> None:
    named = a_report(
        an_entry(a_document(MODULE)),
        tables=Tables(policies={LATEST: POLICIES["eu-annex-1"]}),
        policy=POLICIES["eu-annex-1"],
    )
    [both] = contents_of(named)["definition_policies"]
    assert (both["named_by_issuer"], both["chosen"], both["conforms"]) == (True, True, True)

    [unknown, chosen] = report_on(options={"policy": POLICIES["non-credit-cpd"]})[
        "definition_policies"
    ]
    assert (unknown["checked"], unknown["conforms"]) == (False, None)
    assert (chosen["named_by_issuer"], chosen["checked"]) == (False, True)
    assert chosen["conforms"] is False
    assert chosen["not_met"] != []


def test_a_plain_badge_has_many_gaps_and_a_question_for_each() -> None:
    bare = a_credential(credentialStatus=None, issuer=HOME.did)
    bare = {name: value for name, value in bare.items() if value is not None}
    part = contents_of(a_report(an_entry(bare)))

    gaps = part["gaps"]
    assert [each["number"] for each in gaps["absent"] if each["mandatory"]] == [
        3, 4, 6, 9, 10, 11,
    ]  # fmt: skip
    assert len(gaps["questions"]) == len(gaps["absent"])
    assert gaps["contact"] == HOME.did


def test_a_file_of_which_nothing_is_known_bears_being_reported() -> None:
    result = VerificationResult(Verdict.VERIFIED, (), document={"credentialSubject": {}})

    part = contents_of(a_report(Entry(dump_json({}), result)))

    assert part["stackability"]["awards"] == []
    assert part["gaps"]["contact"] is None


@pytest.mark.parametrize(
    ("option", "question"),
    [
        ({"name": "A Degree"}, "towards A Degree published?"),
        ({"award": "https://a.example/degree"}, "towards https://a.example/degree published?"),
        ({"countsFor": "P5Y"}, "towards the larger award published?"),
        ({"name": "B", "ruleSet": "https://a.example/rules"}, None),
    ],
)
def test_awards_without_rules_are_asked_about(option: JsonObject, question: str | None) -> None:
    stated = a_document(MODULE)["credentialSubject"]["achievement"]["stacksInto"][0]
    subject = changed_achievement(stacksInto=[{"type": stated["type"], **option}])
    document = a_document(MODULE, credentialSubject=subject)
    result = VerificationResult(Verdict.VERIFIED, (), document=document)

    questions = contents_of(a_report(Entry(b"", result)))["gaps"]["questions"]

    assert (question is None) is not any("published?" in each for each in questions)
    assert question is None or any(each.endswith(question) for each in questions)


# --- 13: decisions of others --------------------------------------------------------------------


@pytest.mark.parametrize(("digest", "same"), [(None, None), ("sha384-x", False)])
def test_a_decision_is_held_against_what_the_credential_says(
    digest: str | None, same: bool | None
) -> None:
    subject = {"id": CREDENTIAL_URL, "type": ["EndorsementSubject"], "digestSRI": digest}
    subject = {name: each for name, each in subject.items() if each is not None}
    endorsement = an_endorsement(CREDENTIAL_URL, credentialSubject=subject)

    part = contents_of(a_report(an_entry(a_document(MODULE)), an_entry(endorsement, ABROAD)))

    [line] = part["decisions_presented"]
    assert line["same_content"] is same
    assert line["endorsed_by"] == ABROAD.did


def test_a_registered_institution_is_told_with_its_register() -> None:
    entry = RegisterEntry(
        "https://r.example", ABROAD.did, None, (), datetime(2026, 4, 1, tzinfo=UTC)
    )
    tables = Tables(registers={ABROAD.did: (entry,)})
    endorsement = an_entry(an_endorsement(CREDENTIAL_URL), ABROAD)

    part = contents_of(a_report(an_entry(a_document(MODULE)), endorsement, tables=tables))

    assert part["decisions_presented"][0]["register"] == "found in a register"


def test_an_endorsement_of_something_else_is_no_decision_on_it() -> None:
    endorsement = an_entry(an_endorsement(ACHIEVEMENT_URL), ABROAD)

    report = a_report(an_entry(a_document(MODULE)), endorsement).as_json()

    assert report["credentials"][0]["decisions_presented"] == []
    assert report["credentials"][1]["endorses"] == ACHIEVEMENT_URL

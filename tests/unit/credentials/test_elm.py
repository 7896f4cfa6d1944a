"""A credential as European Learning Model JSON-LD says what was stated, and no more."""

from typing import Any

import pytest

from app.credentials.elm import ELM_CONTEXT, export_elm
from app.encoding.strict_json import JsonObject
from tests.builders import ACHIEVEMENT_URL, CREDENTIAL_URL, ISSUER_DID, SUBJECT_ID, a_credential
from tests.microcredentials import EXAMPLES


def claim_of(name: str) -> JsonObject:
    [claim] = export_elm(EXAMPLES[name].credential())["credentialSubject"]["hasClaim"]
    return dict(claim)


def test_the_frame_of_the_export() -> None:
    made = export_elm(EXAMPLES["PG Cert module"].credential())
    assert made["@context"] is ELM_CONTEXT
    assert made["id"] == CREDENTIAL_URL
    assert made["credentialSubject"]["id"] == SUBJECT_ID
    assert made["issuer"]["id"] == ISSUER_DID
    [place] = made["issuer"]["location"]
    country = place["address"][0]["countryCode"]["id"]
    assert country == "http://publications.europa.eu/resource/authority/country/GBR"


def test_what_was_stated_stands_where_the_model_has_it() -> None:
    claim = claim_of("PG Cert module")
    what = claim["specifiedBy"]
    assert what["id"] == ACHIEVEMENT_URL
    assert what["volumeOfLearning"] == "PT200H"
    assert what["contactHour"] == "7.5"
    assert [each["point"] for each in what["creditPoint"]] == ["20", "10"]
    assert [each["id"] for each in what["eqfLevel"]] == ["http://data.europa.eu/snb/eqf/7"]
    assert what["nqfLevel"][0]["prefLabel"] == {"en": "SCQF level 11"}
    assert what["nqfLevel"][0]["inScheme"]["id"] == "http://data.europa.eu/snb/qdr/25831c2"
    assert what["isPartialQualification"] is True
    assert len(what["learningOutcome"]) == 2
    assert len(what["accreditation"]) == 2
    assert [each["point"] for each in claim["creditReceived"]] == ["20", "10"]
    [proof] = claim["provenBy"]
    assert proof["grade"]["noteLiteral"] == {"en": "16.5"}
    assert claim["influencedBy"]["directedBy"][0]["legalName"] == {"en": "Course Platform"}
    assert claim["additionalNote"][0]["noteLiteral"] == {
        "en": "Recognised on the basis of taught learning"
    }


def test_levels_of_no_european_list_are_education_levels() -> None:
    what = claim_of("Australian unit")["specifiedBy"]
    [level] = what["educationLevel"]
    assert level["id"] == "https://w3id.org/signet/mc/v1#AQF-8"
    assert level["inScheme"]["id"] == "https://w3id.org/signet/mc/v1"
    assert "nqfLevel" not in what


def test_texts_are_in_the_language_of_the_achievement() -> None:
    claim = claim_of("module abroad in ECTS")
    assert claim["title"] == {"de": "Datenethik"}
    assert claim["specifiedBy"]["provenBy"][0]["title"] == {"en": "Project work"}


def test_a_bare_number_of_credit_is_left_out() -> None:
    [claim] = export_elm(a_credential())["credentialSubject"]["hasClaim"]
    assert "creditPoint" not in claim["specifiedBy"]
    assert "creditReceived" not in claim
    assert [each["grade"]["noteLiteral"]["en-GB"] for each in claim["provenBy"]] == [
        "72",
        "Excellent",
        "Completed",
        "B",
    ]


@pytest.mark.parametrize("document", [{}, {"credentialSubject": []}, {"credentialSubject": {}}])
def test_what_says_nothing_is_exported_as_far_as_it_goes(document: Any) -> None:
    made = export_elm(document)
    assert "id" not in made
    [claim] = made["credentialSubject"]["hasClaim"]
    assert claim["title"] == {"en": "Achievement"}
    assert "influencedBy" not in claim


def test_what_strangers_leave_out_is_left_out() -> None:
    alignments = [
        {"targetType": "ext:QualityAssurance", "targetUrl": "https://q.example"},
        {"targetType": "ext:NQF", "targetFramework": "FQF", "targetCode": "6"},
    ]
    subject = {
        "achievement": {"alignment": alignments},
        "activityStartDate": "2026-01-01T00:00:00Z",
    }
    [claim] = export_elm({"credentialSubject": subject})["credentialSubject"]["hasClaim"]
    [accreditation] = claim["specifiedBy"]["accreditation"]
    assert accreditation["title"] == {"en": "Quality assurance"}
    assert "dcType" not in accreditation
    assert "nqfLevel" not in claim["specifiedBy"]
    assert claim["influencedBy"]["temporal"]["startDate"] == "2026-01-01T00:00:00Z"
    assert "directedBy" not in claim["influencedBy"]

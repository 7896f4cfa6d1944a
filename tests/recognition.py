"""Worked recognition reports: verified micro-credentials of several institutions, put together.

`python -m tests.recognition` writes them anew to docs/examples.
"""

from collections.abc import Mapping
from typing import Any

from app.encoding.strict_json import JsonObject, dump_json, show_json
from app.policy.parsing import parse_policy
from app.policy.presets import PRESETS
from app.proofs.profiles import OPEN_BADGE
from app.recognition.frame import RecognitionReport
from app.recognition.report import Choices, Entry, Tables, build_report
from app.settings import PROJECT
from app.verification.verify import verify_credential
from app.vocabularies.levels import find_framework
from tests.builders import CREDENTIAL_URL
from tests.microcredentials import EXAMPLES
from tests.world import CONTEXTS, LATER, Party, a_web_party, a_world, secured

FOLDER = PROJECT / "docs" / "examples"
HOME = a_web_party()
ABROAD = a_web_party("did:web:badges.seehochschule.example")
POLICIES = {
    name: parse_policy({"id": f"https://badges.inverbrae.example/policies/{name}", **preset})
    for name, preset in PRESETS.items()
}


def an_entry(document: JsonObject, party: Party = HOME) -> Entry:
    """A credential, signed by a party and verified as a file."""
    return read_entry(dump_json(secured(document, party.signer)))


def read_entry(data: bytes) -> Entry:
    """A file, verified."""
    world = a_world(HOME, ABROAD)
    return Entry(data, verify_credential(data, profile=OPEN_BADGE, world=world))


def a_document(name: str, **members: Any) -> JsonObject:
    """A worked example as a credential, not yet signed; None leaves a member out."""
    document = {**EXAMPLES[name].credential(), **members}
    return {key: value for key, value in document.items() if value is not None}


def a_report(*entries: Entry, tables: Tables | None = None, **options: Any) -> RecognitionReport:
    """A report made a month after the credentials, by a verifier that is made up."""
    return build_report(
        entries,
        now=LATER,
        verifier="badges.inverbrae.example",
        tables=tables or Tables(contexts=CONTEXTS.digests),
        choices=Choices(**options),
    )


def contents_of(report: RecognitionReport) -> JsonObject:
    """The first credential's part, as JSON."""
    part: JsonObject = report.as_json()["credentials"][0]
    return part


def worked_reports() -> Mapping[str, RecognitionReport]:
    """The examples by file name."""
    second = a_document(
        "PG Cert module", id=f"{CREDENTIAL_URL}-2", credentialSubject=_retitled("Data Stewardship")
    )
    abroad = a_document("module abroad in ECTS", credentialStatus=None)
    abroad["issuer"] = {
        "id": ABROAD.did,
        "type": ["Profile"],
        "name": "Seehochschule",
        "url": "https://seehochschule.example",
        "address": {"type": ["Address"], "addressCountryCode": "AT"},
    }
    abroad["id"] = "https://badges.seehochschule.example/credentials/datenethik"
    certificate = [
        an_entry(a_document("PG Cert module")),
        an_entry(second),
        an_entry(abroad, ABROAD),
    ]
    scqf, aqf, eqf = (find_framework(each) for each in ("SCQF", "AQF", "EQF"))
    annex = POLICIES["eu-annex-1"]
    series = an_entry(a_document("platform series"))
    course = an_entry(a_document("microcertificate course"))
    unit = an_entry(a_document("Australian unit"))
    prior = an_entry(a_document("prior learning"))
    return {
        "recognition-postgraduate-certificate": a_report(
            *certificate, target_framework=scqf, policy=annex
        ),
        "recognition-platform-series": a_report(series, target_framework=eqf, policy=annex),
        "recognition-microcertificate": a_report(course, target_framework=eqf),
        "recognition-australian-unit": a_report(
            unit, target_framework=aqf, policy=POLICIES["au-nmf"]
        ),
        "recognition-prior-learning": a_report(prior, target_framework=scqf),
    }


def _retitled(title: str) -> JsonObject:
    subject: JsonObject = EXAMPLES["PG Cert module"].credential()["credentialSubject"]
    return {**subject, "achievement": {**subject["achievement"], "name": title}}


def main() -> None:
    """Write the examples."""
    for name, report in worked_reports().items():
        (FOLDER / f"{name}.json").write_text(show_json(report.as_json()) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()

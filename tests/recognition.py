"""Recognition reports on verified micro-credentials of two institutions."""

from typing import Any

from app.encoding.strict_json import JsonObject, dump_json
from app.policy.parsing import parse_policy
from app.policy.presets import PRESETS
from app.proofs.profiles import OPEN_BADGE
from app.recognition.frame import RecognitionReport
from app.recognition.report import Choices, Entry, Tables, build_report
from app.verification.verify import verify_credential
from tests.microcredentials import EXAMPLES
from tests.world import CONTEXTS, LATER, Party, a_web_party, a_world, secured

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

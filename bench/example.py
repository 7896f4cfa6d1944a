"""What everything is measured on: one realistic badge, its issuer, its keys.

An Open Badges 3.0 credential of a did:key issuer with three alignments, two results, evidence, a
hashed identifier and a status entry; made by Signet's own road, so that it is what users get.
"""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from app.credentials.issue_request import parse_issue_request
from app.encoding.multibase import encode_base58btc
from app.encoding.strict_json import JsonObject, dump_json, parse_object
from app.issuing.desk import IssuingDesk
from app.issuing.drafts import context_pin, draft_credential
from app.jsonld.contexts import load_contexts
from app.keys.resolution import make_resolver
from app.keys.signer import Signer, open_key_store
from app.registry.achievements import create_achievement
from app.registry.issuers import create_issuer
from app.registry.keys import active_key
from app.settings import Settings
from app.status.bitstring import status_entry
from app.storage.database import Database, make_engine, upgrade
from app.storage.tables import Issuer, Key
from app.verification.authenticity import World

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
ACTOR = "bench"
PUBLIC_URL = "https://badges.example.edu"

ISSUER: JsonObject = {
    "name": "University of Inverbrae",
    "url": "https://inverbrae.example",
    "description": "A university in the north that has taught in small units since 1968.",
    "email": "badges@inverbrae.example",
    "phone": "+44 1234 567890",
    "image": {"id": "https://inverbrae.example/crest.png", "type": "Image", "caption": "Crest"},
    "address": {"type": ["Address"], "addressCountry": "GB"},
}

ACHIEVEMENT: JsonObject = {
    "name": "Data Ethics in Practice",
    "description": "Recognises ethical risks in the use of personal data and acts on them.",
    "achievementType": "MicroCredential",
    "criteria": {
        "narrative": "Passes an examination, analyses a case study and defends the analysis "
        "before a panel of two examiners, one of them from outside the university."
    },
    "alignment": [
        {
            "targetName": f"Skill {number}",
            "targetUrl": f"https://skills.example/{number}",
            "targetType": "ext:Skill",
            "targetFramework": "A framework of skills",
            "targetCode": f"S-{number}",
            "targetDescription": "What somebody can do, in the words of an employers' body.",
        }
        for number in range(3)
    ],
    "resultDescription": [
        {"id": "urn:uuid:0b8f57d6-57f7-4ae6-8d53-0b33ffc7f2c1", "name": "Grade",
         "resultType": "LetterGrade", "allowedValue": ["A", "B", "C"]},
        {"id": "urn:uuid:9b6d8e0c-5f28-4aa4-9f83-4d7ff7d3f66b", "name": "Points",
         "resultType": "RawScore", "valueMin": "0", "valueMax": "100"},
    ],
    "image": {"id": "https://inverbrae.example/badges/ethics.png", "type": "Image",
              "caption": "A green octagon with scales in it"},
    "humanCode": "DEP-101",
    "fieldOfStudy": "Philosophy and ethics",
    "specialization": "Ethics of data",
    "creditsAvailable": 10,
    "tag": ["ethics", "data protection"],
    "inLanguage": "en",
}  # fmt: skip

REQUEST: JsonObject = {
    "recipient": {"email": "a@students.example", "name": "Ada Learner"},
    "narrative": "Took part in all seminars and led one of them.",
    "evidence": [{"name": "Case study", "narrative": "On a hospital's use of its patients' data."}],
    "results": [
        {"resultDescription": "urn:uuid:0b8f57d6-57f7-4ae6-8d53-0b33ffc7f2c1", "value": "A"},
        {"resultDescription": "urn:uuid:9b6d8e0c-5f28-4aa4-9f83-4d7ff7d3f66b", "value": "93"},
    ],
}


@dataclass(frozen=True)
class Example:
    """One issuer, one badge before it is signed, and the world in which it is checked."""

    desk: IssuingDesk
    issuer: Issuer
    key: Key
    signer: Signer
    secret_key: str  # multibase, for the peers
    unsecured: bytes
    world: World

    def peer_key(self) -> dict[str, str]:
        """The key as the JavaScript libraries take it."""
        return {
            "id": self.signer.verification_method,
            "controller": self.issuer.did,
            "publicKeyMultibase": self.key.public_key_multibase,
            "secretKeyMultibase": self.secret_key,
        }


@contextmanager
def example_in(folder: Path) -> Iterator[Example]:
    """Make everything in an empty folder, over SQLite."""
    settings = Settings(
        database_url=f"sqlite:///{folder / 'example.db'}",
        keys=f"file:{folder / 'keys'}",
        public_url=PUBLIC_URL,
    )
    upgrade(settings)
    database = Database(make_engine(settings))
    desk = IssuingDesk(
        open_key_store(settings.keys, None), load_contexts(settings.contexts), settings
    )
    with database.write() as session:
        issuer = create_issuer(
            session, desk.key_store, settings, slug="inverbrae", profile=ISSUER,
            did_method="key", now=NOW, actor=ACTOR, key_types=("Ed25519",),
        )  # fmt: skip
        session.flush()
        row = create_achievement(session, settings, issuer, ACHIEVEMENT, now=NOW, actor=ACTOR)
        definition, achievement = parse_object(row.document), row.id
        key = active_key(session, issuer.id, "credentials", "Ed25519")
        session.flush()
        session.expunge_all()
    unsecured = draft_credential(
        issuer,
        definition,
        parse_issue_request({**REQUEST, "achievement": achievement}),
        context_pin(desk),
        board_met=None,
        credential_url=desk.credential_url("AAAAAAAAAAAAAAAAAAAAAA"),
        credential_status=status_entry(
            desk.status_list_url("AAAAAAAAAAAAAAAAAAAAAA"), 4711, "revocation"
        ),
        now=NOW,
    )
    yield Example(
        desk=desk,
        issuer=issuer,
        key=key,
        signer=desk.signer(issuer, key),
        secret_key=_secret_key(folder / "keys"),
        unsecured=dump_json(unsecured),
        world=World(desk.contexts, make_resolver(_no_network), _no_list, lambda _: True, NOW),
    )
    database.close()


def another_learner(document: dict[str, Any], number: int) -> dict[str, Any]:
    """The badge of another learner, with an id and a place in the status list of its own."""
    subject = document["credentialSubject"]
    by_mail, by_name = subject["identifier"]
    identifiers = [
        {**by_mail, "identityHash": f"sha256${number:064x}", "salt": f"{number:022d}"},
        {**by_name, "identityHash": f"Learner {number}"},
    ]
    entry = {**document["credentialStatus"], "statusListIndex": str(number)}
    entry["id"] = f"{entry['statusListCredential']}#{number}"
    return {
        **document,
        "id": f"{PUBLIC_URL}/credentials/{number:022d}",
        "credentialSubject": {
            **subject,
            "id": f"urn:uuid:{uuid.UUID(int=number)}",
            "identifier": identifiers,
        },
        "credentialStatus": entry,
    }


def another_achievement(document: dict[str, Any], number: int) -> dict[str, Any]:
    """The badge for an achievement that nobody has seen before."""
    subject = document["credentialSubject"]
    achievement = subject["achievement"]
    achievement = {
        **achievement,
        "id": f"{PUBLIC_URL}/achievements/{number:022d}",
        "description": f"{achievement['description']} Course {number}.",
    }
    return {**document, "credentialSubject": {**subject, "achievement": achievement}}


def _secret_key(folder: Path) -> str:
    [pem] = [file for file in folder.glob("*.pem") if _is_ed25519(file)]
    key = load_pem_private_key(pem.read_bytes(), None)
    assert isinstance(key, Ed25519PrivateKey)
    return "z" + encode_base58btc(b"\x80\x26" + key.private_bytes_raw())


def _is_ed25519(file: Path) -> bool:
    return isinstance(load_pem_private_key(file.read_bytes(), None), Ed25519PrivateKey)


def _no_network(url: str) -> Any:
    raise AssertionError(url)


def _no_list(url: str) -> bytes:
    raise AssertionError(url)

"""How fast this machine issues and verifies: `make bench`.

Real credentials, a real SQLite file in a temporary folder, one process. Rates are per second of
processor time, since wall time says more about the neighbours; take them as ratios, and look for
the line that changed.
"""

import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from app.credentials.issue_request import parse_issue_request
from app.encoding.strict_json import parse_object
from app.issuing.desk import IssuingDesk
from app.issuing.issue import issue_credential
from app.jsonld.contexts import load_contexts
from app.jsonld.safe_mode import canonicalize
from app.keys.controlled_identifier import ControlledIdentifierDocument
from app.keys.signer import open_key_store
from app.proofs.profiles import OPEN_BADGE
from app.registry.achievements import create_achievement
from app.registry.issuers import create_issuer, load_issuer
from app.registry.keys import did_document, keys_of
from app.settings import Settings
from app.status.bitstring import empty_bits, encode_list, expand_list
from app.storage.database import Database, make_engine, upgrade
from app.storage.tables import Credential, StatusList
from app.verification.authenticity import World
from app.verification.verify import verify_credential

SECONDS = 3.0
NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
ACTOR = "bench"

ISSUER: dict[str, Any] = {"name": "University of Inverbrae", "url": "https://inverbrae.example"}
ACHIEVEMENT: dict[str, Any] = {
    "name": "Data Ethics in Practice",
    "description": "Recognises ethical risks in the use of personal data and acts on them.",
    "achievementType": "MicroCredential",
    "criteria": {"narrative": "Passes an examination and analyses a case study."},
    "alignment": [
        {"targetName": f"Skill {n}", "targetUrl": f"https://skills.example/{n}"} for n in range(3)
    ],
    "tag": ["ethics", "data protection"],
    "inLanguage": "en",
}


class Bench:
    """A service with one issuer and one achievement, and one credential to look at."""

    def __init__(self, folder: Path) -> None:
        self.settings = Settings(
            database_url=f"sqlite:///{folder / 'bench.db'}", keys=f"file:{folder / 'keys'}"
        )
        upgrade(self.settings)
        self.database = Database(make_engine(self.settings))
        self.contexts = load_contexts(self.settings.contexts)
        self.desk = IssuingDesk(
            open_key_store(self.settings.keys, None), self.contexts, self.settings
        )
        with self.database.write() as session:
            issuer = create_issuer(
                session,
                self.desk.key_store,
                self.settings,
                slug="inverbrae",
                profile=ISSUER,
                did_method="web",
                now=NOW,
                actor=ACTOR,
            )
            session.flush()
            self.achievement = create_achievement(
                session, self.settings, issuer, ACHIEVEMENT, now=NOW, actor=ACTOR
            ).id
        self.credential, self.token = self.issue()
        with self.database.read() as session:
            issuer = load_issuer(session, "inverbrae")
            keys = keys_of(session, issuer.id)
            document = did_document(issuer, keys, self.settings)
            status = session.query(StatusList).one().document
        controller = ControlledIdentifierDocument.parse(document, issuer.did)
        self.world = World(
            contexts=self.contexts,
            resolve=lambda identifier: controller,
            fetch_status=lambda url: status,
            known_issuer=lambda identifier: True,
            now=NOW,
        )

    def issue(self) -> tuple[bytes, bytes]:
        """One credential, from the request to the commit."""
        request = parse_issue_request(
            {"achievement": self.achievement, "recipient": {"email": "a@students.example"}}
        )
        with self.database.write() as session:
            row: Credential = issue_credential(
                session, self.desk, "inverbrae", request, now=NOW, actor=ACTOR
            )
            assert row.jwt is not None  # noqa: S101 - the issuer has a P-256 key
            return row.document, row.jwt

    def verify(self, data: bytes) -> None:
        """All checks; a verdict that is not `verified` would make the figure meaningless."""
        result = verify_credential(data, profile=OPEN_BADGE, world=self.world)
        assert result.verdict == "verified", result  # noqa: S101


def rate(work: Callable[[], object]) -> float:
    """How often `work` is done in a second of processor time."""
    work()
    rounds, started = 0, time.process_time()
    while (used := time.process_time() - started) < SECONDS:
        work()
        rounds += 1
    return rounds / used


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(Path(folder))
        document = parse_object(bench.credential)
        unsecured = {name: value for name, value in document.items() if name != "proof"}
        encoded = encode_list(empty_bits())
        print(f"A credential of {len(bench.credential):,} bytes; per second of processor time:\n")
        for name, work in {
            "issue, proof and JWT, committed to SQLite": bench.issue,
            "verify a Data Integrity proof, with status": lambda: bench.verify(bench.credential),
            "verify a VC-JWT, with status": lambda: bench.verify(bench.token),
            "canonicalise in safe mode": lambda: canonicalize(unsecured, bench.contexts),
            "unfold a status list of 131,072": lambda: expand_list(encoded),
        }.items():
            print(f"{rate(work):10,.1f}  {name}", flush=True)
        bench.database.close()


if __name__ == "__main__":
    main()

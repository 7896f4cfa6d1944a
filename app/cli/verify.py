"""`signet verify`: anybody's credential, from a file, a link, or standard input."""

import json
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import typer

from app.cli.desk import AsJson, command_settings, current_time
from app.cli.output import WrongUsage, complain, note, plain, say, say_json
from app.encoding.dates import parse_datetime
from app.errors import CheckFailed, CheckUndecided, SignetError
from app.errors.problems import problem_of
from app.fetch import Fetch, budgeted, fetch_from_documents, make_fetch, record_fetches
from app.jsonld.contexts import load_contexts
from app.keys.controlled_identifier import ControlledIdentifierDocument
from app.keys.resolution import make_resolver
from app.proofs.profiles import OPEN_BADGE, PROFILES
from app.registry.own_records import own_credential, own_document, own_status_list
from app.settings import Settings
from app.storage.database import Database, make_engine
from app.storage.schema import SchemaState, schema_state
from app.verification.authenticity import World
from app.verification.result import (
    Check,
    IssuerSummary,
    Known,
    Outcome,
    Verdict,
    VerificationResult,
)
from app.verification.verify import verify_credential
from app.web.standing import known_by
from app.web.wording import VerdictWords, word_standing, word_verdict

EXIT_STATUS = {
    Verdict.VERIFIED: 0,
    Verdict.NOT_VALID: 1,
    Verdict.NOT_CHECKED: 3,
    Verdict.MALFORMED: 4,
}
WRONG_USAGE = 2

# More than any accepted file has; the verifier says which limit was broken.
_MAX_BYTES = 8 * 1024 * 1024
_COLOURS = {"good": "green", "bad": "red", "unsure": "yellow", "mute": None}
_MARKS = {"good": "✓", "bad": "✗", "unsure": "?", "mute": "–"}


@dataclass
class _Sources:
    """Where one check may look: its own records, if any, and the outside through `fetch`."""

    settings: Settings
    fetch: Fetch
    visited: list[str]
    database: Database | None
    used_own_records: bool = field(default=False)

    def own(self, look: Callable[..., Any], *arguments: Any) -> Any:
        """What our records say: the answer of `look`, or None without records."""
        if self.database is None:
            return None
        with self.database.read() as session:
            return look(session, *arguments)

    def read_link(self, url: str) -> bytes:
        """The credential behind a link: one of ours, or one that is fetched."""
        found: bytes | None = self.own(own_credential, self.settings, url)
        return self.fetch(url).body if found is None else found

    def world(self, now: datetime) -> World:
        """What the verifier is given. Reads only: nothing is signed again for a check."""
        outside = budgeted(self.fetch)
        resolve_outside = make_resolver(outside)

        def resolve(identifier: str) -> ControlledIdentifierDocument:
            document = self.own(own_document, self.settings, identifier)
            if document is None:
                return resolve_outside(identifier)
            self.used_own_records = True
            return ControlledIdentifierDocument.parse(document, identifier)

        def fetch_status(url: str) -> bytes:
            found: bytes | None = self.own(own_status_list, self.settings, url)
            if found is None:
                return outside(url).body
            self.used_own_records = True
            return found

        return World(
            contexts=load_contexts(self.settings.contexts),
            resolve=resolve,
            fetch_status=fetch_status,
            known_issuer=lambda issuer: bool(self.known_by(issuer, now)),
            now=now,
        )

    def known_by(
        self, issuer: str, now: datetime, document: Mapping[str, Any] | None = None
    ) -> tuple[Known, ...]:
        """Every registry of this service's that knows the issuer, as its pages say it."""
        look = partial(known_by, now=now, document=document)
        return self.own(look, self.settings, issuer) or ()


def verify(
    source: Annotated[
        str, typer.Argument(metavar="SOURCE", help="A file (JSON, JWT, PNG, SVG), a link, or -.")
    ],
    profile: Annotated[
        str, typer.Option(help="open-badge: Open Badges 3.0. vc: any verifiable credential.")
    ] = OPEN_BADGE.name,
    at: Annotated[
        str | None, typer.Option(help="Check as if it were that time: 2026-01-31T09:00:00Z.")
    ] = None,
    documents: Annotated[
        Path | None,
        typer.Option(help="A JSON file, address to document: read them, and no network at all."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Check whether a credential is genuine, unchanged, in force, and whose it is.

    \b
    Example: signet verify badge.png

    The exit status says the verdict: 0 verified, 1 not valid, 3 could not be checked, 4 not a
    credential that can be read; 2 means that the command itself was used wrongly.
    """
    try:
        now = current_time() if at is None else parse_datetime(at)
    except CheckFailed as error:
        raise WrongUsage(f"--at: {error.detail}.") from None
    if profile not in PROFILES:
        raise WrongUsage(f"--profile is one of {', '.join(PROFILES)}.")
    try:
        settings = command_settings()
        sources = _open_sources(settings, documents)
        world = sources.world(now)
    except SignetError as error:  # our own house is not in order; nothing is said about theirs
        complain(error.detail)
        raise typer.Exit(WRONG_USAGE) from None
    try:
        data = _read(source, sources)
    except CheckUndecided as error:
        result = _unreadable(error)
    else:
        result = verify_credential(data, profile=PROFILES[profile], world=world)
        issuer = result.issuer
        if issuer is not None and issuer.trusted:
            found = sources.known_by(issuer.id, now, result.document)
            result = replace(result, issuer=replace(issuer, known_by=found))
    if sources.database is not None:
        sources.database.close()
    result = replace(result, fetched=tuple(sources.visited), own_records=sources.used_own_records)
    if as_json:
        say_json(result.as_json())
    else:
        _say(result)
    raise typer.Exit(EXIT_STATUS[result.verdict])


def _open_sources(settings: Settings, documents: Path | None) -> _Sources:
    if documents is not None:
        fetch, visited = record_fetches(fetch_from_documents(_read_documents(documents)))
        return _Sources(settings, fetch, visited, None)
    network = make_fetch(timeout_seconds=settings.fetch_timeout_seconds)
    fetch, visited = record_fetches(network)
    return _Sources(settings, fetch, visited, _own_database(settings))


def _own_database(settings: Settings) -> Database | None:
    """This service's records, if there are any; a check is never a reason to create them."""
    try:
        state = schema_state(settings)
    except SignetError as error:
        note(f"Checking without this service's own records: {error.detail}")
        return None
    return Database(make_engine(settings)) if state is SchemaState.CURRENT else None


def _read(source: str, sources: _Sources) -> bytes:
    """The bytes of the credential; raises CheckUndecided when a link cannot be read."""
    if source.startswith(("https://", "http://")):
        return sources.read_link(source)
    if source == "-":
        return sys.stdin.buffer.read(_MAX_BYTES)
    try:
        with Path(source).open("rb") as file:
            return file.read(_MAX_BYTES)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not a file name"
        raise WrongUsage(f"{source} cannot be read: {reason}.") from None


def _read_documents(path: Path) -> dict[str, Any]:
    """The mapping, its documents as texts, so that the verifier's own parser judges them."""
    try:
        mapping = json.loads(path.read_bytes())
    except OSError as error:
        raise WrongUsage(f"{path} cannot be read: {error.strerror}.") from None
    except (ValueError, RecursionError):
        raise WrongUsage(f"{path} is not JSON.") from None
    if not isinstance(mapping, dict):
        raise WrongUsage(f"{path} must hold a JSON object: address to document.")
    return {url: _document(document) for url, document in mapping.items()}


def _document(document: Any) -> Any:
    if isinstance(document, str):
        # A lone surrogate has no bytes; what stands for it cannot be part of a right document.
        return document.encode("utf-8", "replace").decode()
    return document if document == {"error": "timeout"} else json.dumps(document)


def _unreadable(error: CheckUndecided) -> VerificationResult:
    """The link could not be read, so there was nothing to check."""
    check = Check("parse", Outcome.NOT_CHECKED, problem_of(error))
    return VerificationResult(Verdict.NOT_CHECKED, (check,))


def _say(result: VerificationResult) -> None:
    words = word_verdict(result)
    typer.secho(words.headline, bold=True, fg=_COLOURS[words.tone])
    say(plain(words.sentence))
    say()
    _say_checks(words)
    if result.issuer is not None:
        say()
        say(plain(f"Issuer: {result.issuer.name or 'without a name'} ({result.issuer.id})"))
        _say_standing(result.issuer)
    for warning in result.warnings:
        say(plain(f"Note: {warning.title}. {warning.detail}"))
    if result.own_records:
        say("Keys or status were read from this service's own records, not from the web.")
    if any(
        check.problem and check.problem.code == "status_list_expired" for check in result.checks
    ):
        say("If it is your own list: `signet worker --once` signs it again.")


def _say_checks(words: VerdictWords) -> None:
    width = max(len(check.name) for check in words.checks)
    for check in words.checks:
        outcome = typer.style(f"{_MARKS[check.tone]} {check.outcome:<20}", fg=_COLOURS[check.tone])
        say(f"  {outcome} {check.name:<{width}}  {plain(check.reason)}")


def _say_standing(issuer: IssuerSummary) -> None:
    standing = word_standing(issuer)
    if not standing:
        say("This issuer is not known here: whether you trust it is for you to decide.")
    for words in standing:
        say(plain(f"This issuer is {words.text}."))
        if words.scope:
            say(plain(f"  {words.scope}"))

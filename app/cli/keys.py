"""`signet key`: the keys that issuers sign with."""

import sys
from enum import StrEnum
from typing import Annotated

import typer

from app.cli.desk import AsJson, actor, current_time, open_desk
from app.cli.output import WrongUsage, note, say_fields, say_json, say_table
from app.encoding.dates import format_datetime
from app.encoding.strict_json import JsonObject
from app.issuing.key_changes import rotate_key, withdraw_key
from app.registry import keys
from app.registry.issuers import load_issuer
from app.registry.key_documents import verification_method_of
from app.storage.tables import Issuer, Key

app = typer.Typer(
    name="key",
    no_args_is_help=True,
    rich_markup_mode=None,
    help="The keys that an issuer signs with. Private keys never leave the key store.",
)

_COLUMNS = ("id", "purpose", "key_type", "state", "created_at", "fragment")


class KeyType(StrEnum):
    """Ed25519 for credentials as JSON and for status lists, P-256 for credentials as tokens."""

    ED25519 = "Ed25519"
    P256 = "P-256"


class Purpose(StrEnum):
    """What a key signs."""

    CREDENTIALS = keys.CREDENTIALS
    STATUS = keys.STATUS


IssuerOption = Annotated[str, typer.Option("--issuer", help="The issuer's short name.")]
TypeOption = Annotated[
    KeyType,
    typer.Option("--type", help="Ed25519 signs credentials and lists, P-256 signs tokens (JWT)."),
]
PurposeOption = Annotated[
    Purpose, typer.Option(help="credentials: what learners get. status: the lists of revocations.")
]
KeyArgument = Annotated[
    str, typer.Argument(metavar="KEY", help="The key's id or fragment, from `signet key list`.")
]


@app.command("list")
def list_(issuer_id: IssuerOption, as_json: AsJson = False) -> None:
    """List every key the issuer ever had, oldest first.

    \b
    Example: signet key list --issuer law
    """
    with open_desk() as desk, desk.database.read() as session:
        issuer = load_issuer(session, issuer_id)
        rows = [_described(issuer, key) for key in keys.keys_of(session, issuer.id)]
    if as_json:
        say_json(rows)
        return
    say_table(
        ("ID", "SIGNS", "TYPE", "STATE", "CREATED", "FRAGMENT"),
        [[row[name] for name in _COLUMNS] for row in rows],
        none="The issuer has no keys.",
    )


@app.command()
def create(
    issuer_id: IssuerOption,
    key_type: TypeOption = KeyType.ED25519,
    purpose: PurposeOption = Purpose.CREDENTIALS,
    as_json: AsJson = False,
) -> None:
    """Give an issuer a key it does not have, for instance after one was retired.

    \b
    Example: signet key create --issuer law --type P-256
    """
    with open_desk() as desk, desk.database.write() as session:
        issuer = load_issuer(session, issuer_id)
        key = keys.create_key(
            session,
            desk.issuing.key_store,
            issuer,
            purpose=purpose.value,
            key_type=key_type.value,
            now=current_time(),
            actor=actor(),
        )
        described = _described(issuer, key)
    _say(described, as_json)


@app.command()
def rotate(
    issuer_id: IssuerOption,
    key_type: TypeOption = KeyType.ED25519,
    purpose: PurposeOption = Purpose.CREDENTIALS,
    as_json: AsJson = False,
) -> None:
    """Put a new key in the place of the active one, as good practice asks for from time to time.

    \b
    Example: signet key rotate --issuer law

    What the old key signed keeps verifying. New credentials are signed with the new one.
    """
    with open_desk() as desk, desk.database.write() as session:
        issuer = load_issuer(session, issuer_id)
        key = rotate_key(
            session,
            desk.issuing,
            issuer,
            purpose=purpose.value,
            key_type=key_type.value,
            now=current_time(),
            actor=actor(),
        )
        described = _described(issuer, key)
    _say(described, as_json)
    note("The old key signs nothing any more; what it signed keeps verifying.")


@app.command()
def retire(name: KeyArgument, issuer_id: IssuerOption, as_json: AsJson = False) -> None:
    """Stop signing with a key, without a successor. What it signed keeps verifying.

    \b
    Example: signet key retire z6MkExampleKey --issuer law

    Without an active Ed25519 key nothing can be issued, without a P-256 key no tokens (JWT) are
    made. Use `signet key create` to begin again.
    """
    with open_desk() as desk, desk.database.write() as session:
        issuer = load_issuer(session, issuer_id)
        key = keys.load_key(session, issuer.id, name)
        keys.retire_key(session, issuer, key, now=current_time(), actor=actor())
        described = _described(issuer, key)
    _say(described, as_json)


@app.command()
def revoke(
    name: KeyArgument,
    issuer_id: IssuerOption,
    reason: Annotated[str, typer.Option(help="What happened, for the record.")],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask whether this is meant.")] = False,
    as_json: AsJson = False,
) -> None:
    """Withdraw a key that somebody else may have seen. This cannot be taken back.

    \b
    Example: signet key revoke z6MkExampleKey --issuer law --reason "A laptop was stolen."

    Everything the key ever signed stops verifying, because a thief can date a signature back: all
    those credentials have to be issued again. To exchange a key that is safe, rotate it instead.
    An active key gets a successor at once.
    """
    with open_desk() as desk:
        with desk.database.read() as session:
            key = keys.load_key(session, load_issuer(session, issuer_id).id, name)
            fragment = key.fragment
        _confirm(
            f"Revoke {fragment}? Everything it ever signed stops verifying, for good.", yes=yes
        )
        with desk.database.write() as session:
            issuer = load_issuer(session, issuer_id)
            done = withdraw_key(
                session,
                desk.issuing,
                issuer,
                keys.load_key(session, issuer.id, name),
                reason=reason,
                now=current_time(),
                actor=actor(),
            )
            described = _described(issuer, done.revoked)
            described["successor"] = done.successor and _described(issuer, done.successor)
            described["credentials"] = done.credentials
    _say(described, as_json)
    note(f"{done.credentials} credentials that it signed have to be issued again.")


def _confirm(question: str, *, yes: bool) -> None:
    """Go on only when this is meant: --yes, or a yes at the terminal."""
    if yes:
        return
    if not _at_a_terminal():
        raise WrongUsage(f"{question} Add --yes if that is what you want.")
    typer.confirm(question, abort=True, err=True)


def _at_a_terminal() -> bool:
    return sys.stdin.isatty()


def _described(issuer: Issuer, key: Key) -> JsonObject:
    return {
        "id": key.id,
        "fragment": key.fragment,
        "verification_method": verification_method_of(issuer, key),
        "purpose": key.purpose,
        "key_type": key.key_type,
        "state": key.state,
        "created_at": format_datetime(key.created_at),
        "retired_at": format_datetime(key.retired_at) if key.retired_at else None,
        "revoked_at": format_datetime(key.revoked_at) if key.revoked_at else None,
        "reason": key.reason,
    }


def _say(described: JsonObject, as_json: bool) -> None:
    if as_json:
        say_json(described)
        return
    successor = described.get("successor")
    say_fields(
        ("Key", described["id"]),
        ("Method", described["verification_method"]),
        ("Signs", described["purpose"]),
        ("Type", described["key_type"]),
        ("State", described["state"]),
        ("Created", described["created_at"]),
        ("Retired", described["retired_at"]),
        ("Revoked", described["revoked_at"]),
        ("Reason", described["reason"]),
        ("Successor", successor["verification_method"] if successor else None),
    )

"""`signet issuer`: who issues credentials here."""

from enum import StrEnum
from functools import partial
from typing import Annotated

import typer

from app.cli.desk import AsJson, actor, all_rows, current_time, open_desk
from app.cli.output import say_fields, say_json, say_table
from app.encoding.dates import format_datetime
from app.encoding.strict_json import JsonObject
from app.registry.issuers import (
    DEFAULT_CRYPTOSUITE,
    create_issuer,
    issuer_profile,
    list_issuers,
    load_issuer,
)
from app.registry.key_documents import verification_method_of
from app.registry.keys import CREDENTIALS, find_active_key
from app.settings import Settings
from app.storage.tables import Issuer, Key

app = typer.Typer(
    name="issuer",
    no_args_is_help=True,
    rich_markup_mode=None,
    help="The institutions and departments that issue here.",
)


class DidMethod(StrEnum):
    """How an issuer is named."""

    WEB = "web"
    KEY = "key"


@app.command()
def create(
    id_: Annotated[
        str, typer.Option("--id", help="A short name for its addresses: small letters, digits, -.")
    ],
    name: Annotated[str, typer.Option(help="The name that learners and employers will read.")],
    url: Annotated[str | None, typer.Option(help="Its own website.")] = None,
    did: Annotated[
        DidMethod,
        typer.Option(help="web: named by this service's address. key: named by one key for good."),
    ] = DidMethod.WEB,
    cryptosuite: Annotated[
        str, typer.Option(help="How proofs are made: eddsa-rdfc-2022 or eddsa-jcs-2022.")
    ] = DEFAULT_CRYPTOSUITE,
    as_json: AsJson = False,
) -> None:
    """Create an issuer, with its keys.

    \b
    Example: signet issuer create --id law --name "Faculty of Law" --url https://law.example.edu

    With --did web (the default) its identifier is built from SIGNET_PUBLIC_URL: set that to the
    address the world will see, before you create issuers. With --did key it works without any
    address, but its key can never be exchanged.
    """
    profile = {"name": name} | ({} if url is None else {"url": url})
    with open_desk(create=True) as desk, desk.database.write() as session:
        issuer = create_issuer(
            session,
            desk.issuing.key_store,
            desk.settings,
            slug=id_,
            profile=profile,
            did_method=did.value,
            now=current_time(),
            actor=actor(),
            cryptosuite=cryptosuite,
        )
        key = find_active_key(session, issuer.id, CREDENTIALS, "Ed25519")
        described = _described(issuer, key, desk.settings)
    _say(described, as_json)


@app.command("list")
def list_(as_json: AsJson = False) -> None:
    """List the issuers, newest first.

    \b
    Example: signet issuer list
    """
    with open_desk() as desk, desk.database.read() as session:
        rows = [
            _described(
                issuer,
                find_active_key(session, issuer.id, CREDENTIALS, "Ed25519"),
                desk.settings,
            )
            for issuer in all_rows(partial(list_issuers, session))
        ]
    if as_json:
        say_json(rows)
        return
    say_table(
        ("ID", "NAME", "DID"),
        [(row["id"], row["profile"]["name"], row["did"]) for row in rows],
        none="There are no issuers yet. Create one with `signet issuer create`.",
    )


@app.command()
def show(
    id_: Annotated[str, typer.Argument(metavar="ID", help="The issuer's short name.")],
    as_json: AsJson = False,
) -> None:
    """Show one issuer.

    \b
    Example: signet issuer show law
    """
    with open_desk() as desk, desk.database.read() as session:
        issuer = load_issuer(session, id_)
        key = find_active_key(session, issuer.id, CREDENTIALS, "Ed25519")
        described = _described(issuer, key, desk.settings)
    _say(described, as_json)


def _described(issuer: Issuer, key: Key | None, settings: Settings) -> JsonObject:
    return {
        "id": issuer.id,
        "did": issuer.did,
        "verification_method": None if key is None else verification_method_of(issuer, key),
        "did_method": issuer.did_method,
        "cryptosuite": issuer.cryptosuite,
        "url": f"{settings.public_url}/issuers/{issuer.id}",
        "profile": issuer_profile(issuer),
        "created_at": format_datetime(issuer.created_at),
        "updated_at": format_datetime(issuer.updated_at),
    }


def _say(described: JsonObject, as_json: bool) -> None:
    if as_json:
        say_json(described)
        return
    say_fields(
        ("Issuer", described["id"]),
        ("Name", described["profile"]["name"]),
        ("Website", described["profile"].get("url")),
        ("Identifier", described["did"]),
        ("Signs with", described["verification_method"] or "nothing: it has no active key"),
        ("Cryptosuite", described["cryptosuite"]),
        ("Page", described["url"]),
        ("Created", described["created_at"]),
    )

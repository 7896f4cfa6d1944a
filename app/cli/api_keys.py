"""`signet api-key`: who may call the API."""

from functools import partial
from typing import Annotated

import typer

from app.cli.desk import AsJson, actor, all_rows, current_time, open_desk
from app.cli.output import WrongUsage, note, say_fields, say_json, say_table
from app.encoding.dates import format_datetime
from app.encoding.strict_json import JsonObject
from app.registry.api_keys import SCOPES, create_api_key, list_api_keys, revoke_api_key
from app.storage.tables import ApiKey

app = typer.Typer(
    name="api-key",
    no_args_is_help=True,
    rich_markup_mode=None,
    help="The keys with which a learning platform or a registrar's program calls the API.",
)


@app.command()
def create(
    issuer: Annotated[
        str | None, typer.Option(help="The issuer that the key works for, by its short name.")
    ] = None,
    admin: Annotated[
        bool, typer.Option("--admin", help="An administrator's key: all issuers, everything.")
    ] = False,
    scope: Annotated[
        list[str] | None,
        typer.Option(help=f"What it may do, one per option; all if none. {', '.join(SCOPES)}."),
    ] = None,
    label: Annotated[str | None, typer.Option(help="A few words to recognise it by.")] = None,
    as_json: AsJson = False,
) -> None:
    """Create an API key. It is shown this once: only its hash is kept.

    \b
    Example: signet api-key create --issuer law --scope credentials:issue --label "Moodle"
    """
    if (issuer is None) is not admin:
        raise WrongUsage("Say whose key it is: either --issuer SLUG or --admin.")
    scopes = scope or ([] if admin else list(SCOPES))
    with open_desk(create=admin) as desk, desk.database.write() as session:
        row, key = create_api_key(
            session,
            issuer_id=issuer,
            scopes=scopes,
            label=label,
            now=current_time(),
            actor=actor(),
        )
        described = {**_described(row), "key": key}
    if as_json:
        say_json(described)
        return
    _say(described)
    say_fields(("Key", key))
    note("Keep the key now: it is not shown again. Send it as `Authorization: Bearer KEY`.")


@app.command("list")
def list_(
    issuer: Annotated[str | None, typer.Option(help="Only the keys of this issuer.")] = None,
    as_json: AsJson = False,
) -> None:
    """List the API keys, newest first; revoked ones stay in the list.

    \b
    Example: signet api-key list --issuer law
    """
    with open_desk() as desk, desk.database.read() as session:
        found = all_rows(partial(list_api_keys, session, issuer_id=issuer))
        rows = [_described(row) for row in found]
    if as_json:
        say_json(rows)
        return
    say_table(
        ("ID", "ISSUER", "LABEL", "CREATED", "LAST USED", "STATE"),
        [
            (
                row["id"],
                row["issuer"] or "(administrator)",
                row["label"],
                row["created_at"],
                row["last_used_at"] or "never",
                "revoked" if row["revoked_at"] else "active",
            )
            for row in rows
        ],
        none="There are no API keys yet. Create one with `signet api-key create`.",
    )


@app.command()
def revoke(
    id_: Annotated[str, typer.Argument(metavar="ID", help="The first part of the key.")],
    as_json: AsJson = False,
) -> None:
    """Withdraw an API key: from now on it opens nothing. Doing it twice does no harm.

    \b
    Example: signet api-key revoke Vq3mJ8vXw0tRkP5uLs7YbA
    """
    with open_desk() as desk, desk.database.write() as session:
        row = revoke_api_key(session, id_.partition(".")[0], now=current_time(), actor=actor())
        described = _described(row)
    if as_json:
        say_json(described)
    else:
        _say(described)


def _described(row: ApiKey) -> JsonObject:
    return {
        "id": row.id,
        "issuer": row.issuer_id,
        "scopes": row.scopes.split(),
        "label": row.label,
        "created_at": format_datetime(row.created_at),
        "last_used_at": format_datetime(row.last_used_at) if row.last_used_at else None,
        "revoked_at": format_datetime(row.revoked_at) if row.revoked_at else None,
    }


def _say(described: JsonObject) -> None:
    say_fields(
        ("API key", described["id"]),
        ("Issuer", described["issuer"] or "(administrator)"),
        ("May", ", ".join(described["scopes"]) or "do everything"),
        ("Label", described["label"]),
        ("Created", described["created_at"]),
        ("Revoked", described["revoked_at"]),
    )

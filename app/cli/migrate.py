"""`signet migrate`: the database's schema."""

from typing import Annotated

import typer

from app.cli.desk import AsJson, command_settings, fill_in
from app.cli.output import say, say_json
from app.errors import Conflict
from app.storage.database import upgrade
from app.storage.schema import SchemaState, schema_state

_SENTENCES = {
    SchemaState.EMPTY: "The database has no tables yet. Run `signet migrate`.",
    SchemaState.BEHIND: "The database is of an older version. Run `signet migrate`.",
    SchemaState.CURRENT: "The database is up to date.",
    SchemaState.NEWER: "The database belongs to a newer Signet than this one; upgrade Signet.",
}


def migrate(
    check: Annotated[
        bool, typer.Option("--check", help="Only look; exit status 1 when there is work to do.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Bring the database named by SIGNET_DATABASE_URL up to date. Running it again does no harm.

    \b
    Example: signet migrate --check
    """
    settings = command_settings()
    state = schema_state(settings)
    if state is SchemaState.NEWER and not check:
        raise Conflict("unavailable", _SENTENCES[state])
    if state is not SchemaState.CURRENT and not check:
        upgrade(settings)
        state = schema_state(settings)
    if state is SchemaState.CURRENT and not check:
        fill_in(settings)
    if as_json:
        say_json({"state": state.value})
    else:
        say(_SENTENCES[state])
    if state is not SchemaState.CURRENT:
        raise typer.Exit(1)

"""`signet context`: the JSON-LD contexts that documents may name."""

from pathlib import Path
from typing import Annotated

import typer

from app.cli.desk import AsJson, command_settings, current_time
from app.cli.output import WrongUsage, note, say_fields, say_json, say_table
from app.jsonld.adding import add_context, read_context
from app.jsonld.contexts import load_contexts

app = typer.Typer(
    name="context",
    no_args_is_help=True,
    rich_markup_mode=None,
    help="The vocabularies (JSON-LD contexts) that credentials may use. Nothing else is looked up.",
)

_MAX_BYTES = 1024 * 1024


@app.command("list")
def list_(as_json: AsJson = False) -> None:
    """List the contexts that are known here.

    \b
    Example: signet context list
    """
    bundle = load_contexts(command_settings().contexts)
    rows = [
        {"url": url, "file": bundle.files[url].name, "sha256": bundle.digests[url]}
        for url in bundle.documents
    ]
    if as_json:
        say_json(rows)
        return
    say_table(
        ("URL", "FILE", "SHA-256"),
        [(row["url"], row["file"], row["sha256"][:16]) for row in rows],
        none="There are no contexts.",
    )


@app.command()
def add(
    url: Annotated[str, typer.Argument(help="The address by which credentials name it.")],
    file: Annotated[Path, typer.Argument(help="The context itself, as you received it.")],
    yes: Annotated[
        bool, typer.Option("--yes", help="Add it although it gives unknown words a meaning.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Add a context to the folder that SIGNET_CONTEXTS names. It can never be changed again.

    \b
    Example: signet context add https://example.edu/terms/v1 terms-v1.json

    A context with @vocab gives every word a meaning, typing errors included, so a credential with
    a slip in it would be signed as if all were well. Such a context is only added with --yes.
    A service that runs has to be started again to know the new context.
    """
    settings = command_settings()
    try:
        with file.open("rb") as opened:
            content = opened.read(_MAX_BYTES + 1)
    except OSError as error:
        raise WrongUsage(f"{file} cannot be read: {error.strerror}.") from None
    if len(content) > _MAX_BYTES:
        raise WrongUsage(f"{file} is larger than a context may be, 1 MiB.")
    context = read_context(url, content)
    if context.has_vocabulary and not yes:
        raise WrongUsage(
            "This context has @vocab: it gives every word a meaning, typing errors included. "
            "Add --yes if you want it all the same."
        )
    path = add_context(settings.contexts, context, on=current_time().date())
    added = {"url": url, "file": path.name, "sha256": context.sha256}
    if as_json:
        say_json(added)
        return
    say_fields(("Context", url), ("File", path), ("SHA-256", context.sha256))
    note("Start the service again, so that it knows the context.")

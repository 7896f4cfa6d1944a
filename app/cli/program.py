"""`signet` put together: every command, and one place where errors become a plain sentence."""

import sys
from typing import Any

import typer
from typer.core import TyperGroup

from app.cli import (
    api_keys,
    baking,
    contexts,
    demo,
    fsck,
    issue,
    issuers,
    keys,
    migrate,
    serve,
    verify,
    worker,
)
from app.cli.output import WrongUsage, complain
from app.errors import SignetError
from app.storage.schema import DATABASE_ERRORS


class PlainErrors(TyperGroup):
    """A group of commands whose foreseeable errors are one sentence, and exit status 1 or 2."""

    def invoke(self, ctx: Any) -> Any:
        """Run the command; say what went wrong in words, never as a traceback."""
        try:
            return super().invoke(ctx)
        except WrongUsage as error:
            complain(str(error))
            raise typer.Exit(2) from None
        except SignetError as error:
            _complain_about(error)
        except DATABASE_ERRORS as error:
            said = str(getattr(error, "orig", error)).strip().splitlines()
            complain(f"The database did not do it: {said[0] if said else type(error).__name__}.")
        raise typer.Exit(1)


def _complain_about(error: SignetError) -> None:
    """A line for everything that was found in a document, or the one sentence."""
    for detail in [finding.detail for finding in error.findings] or [error.detail]:
        complain(detail)


app = typer.Typer(
    name="signet",
    cls=PlainErrors,
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    help="Issue micro-credentials as Open Badges 3.0, and check anybody's.\n\n"
    "For a first look: signet demo. To check a file or a link: signet verify FILE.",
)

app.command("serve")(serve.serve)
app.command("demo")(demo.demo)
app.command("migrate")(migrate.migrate)
app.command("worker")(worker.worker)
app.command("fsck")(fsck.fsck)
app.add_typer(issuers.app)
app.add_typer(keys.app)
app.add_typer(api_keys.app)
app.command("issue")(issue.issue)
app.command("revoke")(issue.revoke)
app.command("verify")(verify.verify)
app.command("bake")(baking.bake)
app.command("unbake")(baking.unbake)
app.add_typer(contexts.app)


def main() -> None:
    """The entry point of the `signet` program."""
    for stream in (sys.stdout, sys.stderr):
        # A terminal that lacks a character shows a question mark; it is no reason to give up.
        stream.reconfigure(errors="replace")  # type: ignore[union-attr]
    app()

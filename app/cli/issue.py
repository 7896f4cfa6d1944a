"""`signet issue` and `signet revoke`: one credential by hand, or a file of them."""

from pathlib import Path
from typing import Annotated

import typer

from app.cli.desk import AsJson, Desk, actor, current_time, open_desk
from app.cli.issue_batch import issue_file
from app.cli.output import WrongUsage, note, say_fields, say_json
from app.credentials.issue_request import parse_issue_request
from app.encoding.dates import format_datetime
from app.encoding.strict_json import JsonObject, parse_object
from app.issuing.batches import ALL, PARTIAL, BatchOptions
from app.issuing.issue import issue_credential
from app.issuing.records import load_credential
from app.issuing.revocation import revoke_credential
from app.storage.tables import Credential


def issue(
    issuer: Annotated[str, typer.Option(help="The issuer's short name.")],
    achievement: Annotated[
        str | None, typer.Option(help="The achievement's address or its last part.")
    ] = None,
    email: Annotated[
        str | None, typer.Option(help="The learner's e-mail address; only its hash is signed.")
    ] = None,
    did: Annotated[str | None, typer.Option(help="The learner's DID, from their wallet.")] = None,
    name: Annotated[
        str | None, typer.Option(help="The learner's name, if it shall be in it.")
    ] = None,
    valid_until: Annotated[
        str | None, typer.Option(help="When it ends, such as 2031-01-31T00:00:00Z.")
    ] = None,
    minute: Annotated[
        str | None, typer.Option(help="The minute of the board that confirmed the award.")
    ] = None,
    notify: Annotated[
        bool, typer.Option("--notify", help="Tell the learner by mail, or every one in the file.")
    ] = False,
    csv: Annotated[
        Path | None, typer.Option(help="Instead: a CSV file with a row for each learner.")
    ] = None,
    partial: Annotated[
        bool, typer.Option("--partial", help="With --csv: issue the rows that can be issued.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="With --csv: only check every row.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Issue a credential to one learner, or with --csv one to each row of a file.

    \b
    Example: signet issue --issuer law --achievement kX2b9QmT0aLr5VnYc7Wd3g --email ada@example.org

    Nothing of a file is issued while rows have to be mended, and the same file again issues
    nothing new.
    """
    if csv is not None:
        if (email, did, name, valid_until, minute) != (None,) * 5:
            raise WrongUsage("With --csv the learners and what they get stand in the file.")
        options = BatchOptions("csv", PARTIAL if partial else ALL, dry_run, achievement, notify)
        with open_desk() as desk:
            issue_file(desk, issuer, csv, options, as_json)
        return
    if partial or dry_run:
        raise WrongUsage("--partial and --dry-run are for --csv.")
    if achievement is None:
        raise WrongUsage("Say what is awarded: --achievement ID.")
    if (email is None) is (did is None):
        raise WrongUsage("Say whom it is for: either --email ADDRESS or --did DID.")
    recipient = {"email": email, "did": did, "name": name}
    body: JsonObject = {
        "achievement": achievement,
        "recipient": {member: value for member, value in recipient.items() if value is not None},
    }
    if valid_until is not None:
        body["valid_until"] = valid_until
    if minute is not None:
        body["board"] = {"minute": minute}
    if notify:
        body["notify"] = {}
    request = parse_issue_request(body)
    with open_desk() as desk, desk.database.write() as session:
        row = issue_credential(
            session, desk.issuing, issuer, request, now=current_time(), actor=actor()
        )
        url = desk.issuing.credential_url(row.id)
        answer = {"id": row.id, "url": url, "credential": parse_object(row.document)}
    if as_json:
        say_json(answer)
        return
    say_fields(("Credential", answer["id"]), ("Link", url))
    note("Send the link to the learner: it shows the credential and lets anybody check it.")


def revoke(
    credential: Annotated[str, typer.Argument(help="The credential's link, or its last part.")],
    reason: Annotated[str, typer.Option(help="Why, for the record; nobody outside sees it.")],
    as_json: AsJson = False,
) -> None:
    """Revoke a credential. This cannot be taken back: a mistake is mended by issuing anew.

    \b
    Example: signet revoke p4Zr8sKqH1yUe6TbNw0JmA --reason "Awarded to the wrong person."

    From now on the credential's page and every verifier say that it does not count.
    """
    with open_desk() as desk, desk.database.write() as session:
        row = load_credential(session, credential.removeprefix(desk.issuing.credential_url("")))
        revoked = revoke_credential(
            session, desk.issuing, row, reason=reason, now=current_time(), actor=actor()
        )
        answer = _described(desk, revoked)
    if as_json:
        say_json(answer)
        return
    say_fields(
        ("Credential", answer["id"]),
        ("Link", answer["url"]),
        ("Revoked", answer["revoked_at"]),
        ("Reason", answer["revocation_reason"]),
    )


def _described(desk: Desk, row: Credential) -> JsonObject:
    return {
        "id": row.id,
        "url": desk.issuing.credential_url(row.id),
        "issuer": row.issuer_id,
        "revoked": row.revoked,
        "revoked_at": format_datetime(row.revoked_at) if row.revoked_at else None,
        "revocation_reason": row.revocation_reason,
    }

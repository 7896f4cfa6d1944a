"""`signet fsck`: is everything that is stored still whole?"""

import typer

from app.cli.desk import AsJson, current_time, open_desk
from app.cli.output import plain, progress, say, say_json
from app.jobs.fsck import check_everything, count_credentials


def fsck(as_json: AsJson = False) -> None:
    """Check everything that is stored: credentials, status lists, keys, pictures, achievements.

    \b
    Example: signet fsck

    Run it after restoring a backup, and now and then. Nothing is changed. The exit status is 1
    when something was found.
    """
    with open_desk() as desk, desk.database.read() as session:
        total = count_credentials(session)
        with progress("Checking credentials", total) as advance_to:
            found = list(
                check_everything(session, desk.issuing, now=current_time(), progress=advance_to)
            )
    if as_json:
        listed = [
            {"table": one.table, "id": one.id, "code": one.code, "detail": one.detail}
            for one in found
        ]
        say_json({"credentials": total, "findings": listed})
    else:
        for one in found:
            say(plain(f"{one.table} {one.id}: {one.detail} ({one.code})"))
        say(f"{total} credentials and everything around them checked: {len(found)} findings.")
    if found:
        raise typer.Exit(1)

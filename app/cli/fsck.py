"""`signet fsck`: is everything that is stored still whole?"""

import typer

from app.cli.desk import AsJson, current_time, open_desk
from app.cli.output import plain, progress, say, say_json
from app.jobs.fsck import Fault, check_records, count_records


def fsck(as_json: AsJson = False) -> None:
    """Check everything that is stored: every credential, status list, picture and key.

    Example: signet fsck

    Run it after restoring a backup, and now and then. Nothing is changed. The exit status is 1
    when something was found.
    """
    faults: list[Fault] = []
    with open_desk() as desk:
        total = count_records(desk.database)
        with progress("Checking", total) as step:
            for found in check_records(desk.database, desk.issuing, now=current_time()):
                faults.extend(found)
                step()
    if as_json:
        listed = [{"kind": fault.kind, "id": fault.id, "detail": fault.detail} for fault in faults]
        say_json({"checked": total, "faults": listed})
    else:
        for fault in faults:
            say(plain(f"{fault.kind} {fault.id}: {fault.detail}"))
        say(f"Checked {total} records, {len(faults)} findings.")
    if faults:
        raise typer.Exit(1)

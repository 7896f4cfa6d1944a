"""`signet fsck`: is everything that is stored still whole?"""

from collections import Counter

import typer

from app.cli.desk import AsJson, current_time, open_desk
from app.cli.output import plain, progress, say, say_json
from app.jobs.fsck import check_everything, count_credentials


def fsck(as_json: AsJson = False) -> None:
    """Check everything that is stored: what was issued and published, status lists, keys, pictures.

    \b
    Example: signet fsck

    Run it after restoring a backup, and now and then. Nothing is changed. The exit status is 1
    when something was found. What was made when the service had another address is counted, and is
    no finding.
    """
    with open_desk() as desk, desk.database.read() as session:
        total = count_credentials(session)
        with progress("Checking credentials", total) as advance_to:
            found = list(
                check_everything(session, desk.issuing, now=current_time(), progress=advance_to)
            )
    damage = [one for one in found if one.is_damage]
    elsewhere = Counter((one.table, one.detail) for one in found if not one.is_damage)
    if as_json:
        listed = [
            {"table": one.table, "id": one.id, "code": one.code, "detail": one.detail}
            for one in damage
        ]
        notes = [
            {"table": table, "detail": detail, "count": count}
            for (table, detail), count in elsewhere.items()
        ]
        say_json({"credentials": total, "findings": listed, "notes": notes})
    else:
        for one in damage:
            say(plain(f"{one.table} {one.id}: {one.detail} ({one.code})"))
        for (table, detail), count in elsewhere.items():
            say(plain(f"{table}: {count} {detail}"))
        say(f"{total} credentials and everything around them checked: {len(damage)} findings.")
    if damage:
        raise typer.Exit(1)

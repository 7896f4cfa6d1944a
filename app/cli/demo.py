"""`signet demo`: everything for a first look, in one command."""

import os
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from app.cli import demo_data
from app.cli.desk import (
    DEFAULT_HOST,
    DEFAULT_PORT,
    AsJson,
    Desk,
    actor,
    all_rows,
    current_time,
    open_desk,
)
from app.cli.output import note, say, say_fields, say_json
from app.cli.serve import HostOption, PortOption, check_address, run
from app.credentials.issue_request import parse_issue_request
from app.errors import Conflict, NotAuthenticated, NotFound
from app.issuing.issue import issue_credential
from app.issuing.records import list_credentials
from app.keys.did_web import did_web_of
from app.registry.achievements import achievement_url, create_achievement
from app.registry.api_keys import authenticate, create_api_key
from app.registry.images import image_url, store_image
from app.registry.issuers import create_issuer, list_issuers, load_issuer
from app.registry.listing import MAX_LIMIT
from app.settings import read_settings
from app.web.pictures import picture_svg
from app.web.qr import qr_text

KEY_FILE = "demo-api-key"
"""Where the demo keeps its API key, beside the private keys, readable by its owner alone."""

_LABEL = "signet demo"


@dataclass(frozen=True)
class Tour:
    """What there is to look at."""

    issuer: str
    badge: str
    verify: str
    docs: str
    api_key: str


def demo(
    host: HostOption = DEFAULT_HOST,
    port: PortOption = DEFAULT_PORT,
    go_on: Annotated[
        bool, typer.Option("--serve/--no-serve", help="Run the service when everything is ready.")
    ] = True,
    as_json: AsJson = False,
) -> None:
    """Set up a first look: a database, a demo issuer, one badge, an API key; then serve it.

    \b
    Example: signet demo --port 8000

    Running it again keeps everything, the API key too: that is kept in the key store's folder, in
    the file demo-api-key. It is an administrator's key, so this is for trying Signet out, and a
    database that has issuers of its own is left alone.
    """
    settings = read_settings(host=host, port=port)
    if go_on:
        check_address(host, port)
    with open_desk(create=True, settings=settings) as desk:
        tour = prepare(desk, now=current_time())
    if as_json:
        say_json(asdict(tour))
    else:
        _say(tour)
    if go_on:
        note("The service is starting; stop it with Ctrl-C.")
        run(settings, host=host, port=port, processes=1)


def prepare(desk: Desk, *, now: datetime) -> Tour:
    """Make what is missing of the demo, and say where everything is.

    Raises Conflict for a database that has issuers, but none of the demo's.
    """
    slug = _demo_slug(desk)
    badge = _newest_badge(desk, slug) or _issue_badge(desk, slug, now=now)
    site = desk.settings.public_url
    return Tour(
        issuer=slug,
        badge=desk.issuing.credential_url(badge),
        verify=f"{site}/verify",
        docs=f"{site}/docs",
        api_key=_api_key(desk, now=now),
    )


def _demo_slug(desk: Desk) -> str:
    """The demo issuer of this public address: its DID holds the address and cannot change."""
    with desk.database.read() as session:
        issuers = {issuer.id: issuer.did for issuer in all_rows(partial(list_issuers, session))}
    if issuers and demo_data.ISSUER_ID not in issuers:
        raise Conflict(
            "already_exists",
            "This database has issuers of its own, so no demo is put into it. Name another one, "
            "as in: SIGNET_DATABASE_URL=sqlite:///demo.db signet demo",
        )
    slug, number = demo_data.ISSUER_ID, 1
    while slug in issuers and issuers[slug] != _did(desk, slug):
        number += 1
        slug = f"{demo_data.ISSUER_ID}-{number}"
    return slug


def _did(desk: Desk, slug: str) -> str:
    return did_web_of(desk.settings.public_url, "issuers", slug)


def _newest_badge(desk: Desk, slug: str) -> str | None:
    """A badge of the demo issuer that still counts, if there is one."""
    with desk.database.read() as session:
        page = list_credentials(session, issuer_id=slug, limit=MAX_LIMIT, cursor=None)
        return next((row.id for row in page.items if not row.revoked), None)


def _issue_badge(desk: Desk, slug: str, *, now: datetime) -> str:
    """The demo's badge, issued along the road that every badge takes, in one transaction."""
    with desk.database.write() as session:
        try:
            issuer = load_issuer(session, slug)
        except NotFound:
            issuer = create_issuer(
                session,
                desk.issuing.key_store,
                desk.settings,
                slug=slug,
                profile=demo_data.PROFILE,
                did_method="web",
                now=now,
                actor=actor(),
            )
        title = demo_data.TITLE
        drawing = picture_svg(title, demo_data.PROFILE["name"])
        picture = store_image(session, drawing, "image/svg+xml", now=now)
        definition = demo_data.achievement(image_url(desk.settings, picture))
        achievement = create_achievement(
            session, desk.settings, issuer, definition, now=now, actor=actor()
        )
        body = demo_data.issue_body(achievement_url(desk.settings, achievement.id), now=now)
        request = parse_issue_request(body)
        row = issue_credential(session, desk.issuing, slug, request, now=now, actor=actor())
        return row.id


def _api_key(desk: Desk, *, now: datetime) -> str:
    """The demo's API key: the one in its file while it opens this database, else a new one."""
    path = Path(desk.settings.keys.removeprefix("file:")) / KEY_FILE
    try:
        key = path.read_text(encoding="ascii").strip()
        with desk.database.read() as session:
            return key if authenticate(session, key).is_administrator else _new_key(desk, path, now)
    except (FileNotFoundError, ValueError, NotAuthenticated):
        return _new_key(desk, path, now)


def _new_key(desk: Desk, path: Path, now: datetime) -> str:
    with desk.database.write() as session:
        _, key = create_api_key(
            session, issuer_id=None, scopes=(), label=_LABEL, now=now, actor=actor()
        )
        path.unlink(missing_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(key + "\n")
    return key


def _say(tour: Tour) -> None:
    say()
    say(f"A badge for {demo_data.LEARNER}, “{demo_data.TITLE}”:")
    say()
    say(qr_text(tour.badge))
    say()
    say_fields(
        ("The badge", tour.badge),
        ("Check a badge", tour.verify),
        ("The API", tour.docs),
        ("An API key", tour.api_key),
    )
    say()
    note("The key is an administrator's. Keep it out of scripts that others can read.")

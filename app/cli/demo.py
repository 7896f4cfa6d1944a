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
from app.encoding.strict_json import JsonObject, parse_object
from app.errors import Conflict, NotAuthenticated, NotFound
from app.issuing.issue import issue_credential
from app.issuing.policies import set_policy
from app.issuing.records import list_credentials, load_credential
from app.keys.did_web import did_web_of
from app.pathways.records import create_pathway, newest_pathways, pathway_url
from app.registry.achievements import achievement_url, create_achievement, list_achievements
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
    achievement: str | None
    pathway: str | None
    policy: str
    catalogue: str
    recognition: str
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
    """Set up a first look: a database, a demo issuer, a micro-credential with its pathway, one
    badge, an API key; then serve it.

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
    with desk.database.read() as session:
        ways = newest_pathways(session, slug, limit=1)
        course = load_credential(session, badge).achievement_id
    return Tour(
        issuer=slug,
        badge=desk.issuing.credential_url(badge),
        achievement=achievement_url(desk.settings, course) if course else None,
        pathway=pathway_url(desk.settings, ways[0].id) if ways else None,
        policy=f"{site}/policies/{demo_data.POLICY}",
        catalogue=f"{site}/catalogue",
        recognition=f"{site}/recognition",
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
    """The demo's badge, issued along the road that every badge takes."""
    course = _course(desk, slug) or _publish_course(desk, slug, now=now)
    with desk.database.write() as session:
        body = demo_data.issue_body(achievement_url(desk.settings, course), now=now)
        request = parse_issue_request(body)
        row = issue_credential(session, desk.issuing, slug, request, now=now, actor=actor())
        return row.id


def _course(desk: Desk, slug: str) -> str | None:
    """The course of the demo issuer, if it is published."""
    with desk.database.read() as session:
        page = list_achievements(session, slug, limit=MAX_LIMIT, cursor=None)
        names = {row.id: parse_object(row.document)["name"] for row in page.items}
    return next((id_ for id_, name in names.items() if name == demo_data.TITLE), None)


def _publish_course(desk: Desk, slug: str, *, now: datetime) -> str:
    """The issuer, its certificate with the pathway there, the course that counts towards it, and
    the policy from now on, in one transaction.

    The policy comes last: under it a second person would have to approve what carries credit.
    """
    settings = desk.settings
    with desk.database.write() as session:
        try:
            issuer = load_issuer(session, slug)
        except NotFound:
            issuer = create_issuer(
                session,
                desk.issuing.key_store,
                settings,
                slug=slug,
                profile=demo_data.PROFILE,
                did_method="web",
                now=now,
                actor=actor(),
            )

        def publish(definition: JsonObject) -> str:
            return create_achievement(
                session, settings, issuer, definition, now=now, actor=actor()
            ).id

        certificate = achievement_url(settings, publish(demo_data.certificate()))
        rule = demo_data.pathway(certificate)
        way = create_pathway(session, settings, issuer, rule, now=now, actor=actor())
        drawing = picture_svg(demo_data.TITLE, demo_data.PROFILE["name"])
        picture = store_image(session, drawing, "image/svg+xml", now=now)
        definition = demo_data.achievement(
            image_url(settings, picture),
            certificate_url=certificate,
            pathway_url=pathway_url(settings, way.id),
            policy_url=f"{settings.public_url}/policies/{demo_data.POLICY}",
        )
        course = publish(definition)
        policy = {"preset": demo_data.POLICY}
        set_policy(session, settings, issuer, policy, now=now, actor=actor())
        return course


def _api_key(desk: Desk, *, now: datetime) -> str:
    """The demo's API key: the one in its file while it opens this database, else a new one."""
    path = Path(desk.settings.keys.removeprefix("file:")) / KEY_FILE
    try:
        key = path.read_text(encoding="ascii").strip()
        known = authenticate(desk.database, key)
        return key if known.is_administrator else _new_key(desk, path, now)
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
    places = (
        ("The badge", tour.badge),
        ("What it is worth", tour.achievement),
        ("Where it leads", tour.pathway),
        ("Its definition", tour.policy),
        ("The catalogue", tour.catalogue),
        ("Check a badge", tour.verify),
        ("For registrars", tour.recognition),
        ("The API", tour.docs),
        ("An API key", tour.api_key),
    )
    say_fields(*((label, place) for label, place in places if place is not None))
    say()
    note("The key is an administrator's. Keep it out of scripts that others can read.")

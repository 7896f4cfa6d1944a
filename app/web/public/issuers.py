"""Who issues here: a page for people, the OB 3.0 Profile for programs, at one address."""

from typing import Annotated, Any

from fastapi import APIRouter, Header, Path, Request, Response
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.encoding.strict_json import dump_json
from app.pathways.records import newest_pathways
from app.registry.issuers import issuer_profile, load_issuer
from app.registry.reviews import PUBLISHED
from app.settings import Settings
from app.storage.tables import Achievement, Issuer
from app.web.dependencies import CurrentDesk, ReadSession
from app.web.documents import PLAIN_JSON, REVALIDATE, document_response
from app.web.negotiation import choose_type, wants_page
from app.web.openapi import problems
from app.web.pages import render_page
from app.web.wording import word_country

router = APIRouter(tags=["public documents"])

MAX_LISTED = 200
"""A page lists the newest achievements; the API has all of them, in pages."""

_ADDRESS = (
    "streetAddress",
    "postOfficeBoxNumber",
    "postalCode",
    "addressLocality",
    "addressRegion",
    "addressCountry",
)


@router.get(
    "/issuers/{issuer}",
    summary="Who an issuer is",
    response_class=Response,
    responses=problems(404),
)
def get_issuer(
    request: Request,
    desk: CurrentDesk,
    session: ReadSession,
    issuer: Annotated[str, Path(max_length=256, description="The issuer's id.")],
    accept: Annotated[str | None, Header(description="`text/html` gets a page.")] = None,
) -> Response:
    """The issuer's OB 3.0 Profile as it stands in credentials from now on, or its page."""
    row = load_issuer(session, issuer)
    if wants_page(accept):
        return _page(session, desk.settings, row)
    media_type = choose_type(accept, PLAIN_JSON)
    body = dump_json(issuer_profile(row))
    return document_response(request, body, media_type, cache_control=REVALIDATE)


def _page(session: Session, settings: Settings, issuer: Issuer) -> Response:
    profile = issuer.profile
    url = f"{settings.public_url}/issuers/{issuer.id}"
    values = {
        "name": profile["name"],
        "description": profile.get("description"),
        "website": profile.get("url"),
        "address": _address(profile.get("address", {})),
        "identifiers": [
            (entry["identifierType"], entry["identifier"])
            for entry in profile.get("otherIdentifier", [])
        ],
        "achievements": _newest_versions(session, issuer.id),
        "pathways": newest_pathways(session, issuer.id, limit=MAX_LISTED),
        "url": url,
        "did": issuer.did,
        "did_document": f"{url}/did.json" if issuer.did_method == "web" else None,
    }
    return render_page("issuer.html", settings, values, cache_control=REVALIDATE)


def _address(address: dict[str, Any]) -> str:
    """An OB 3.0 Address on one line; the country by its code where its name is not given."""
    parts = [address[name] for name in _ADDRESS if name in address]
    if "addressCountry" not in address and "addressCountryCode" in address:
        parts.append(word_country(address["addressCountryCode"]))
    return ", ".join(parts)


def _newest_versions(session: Session, issuer_id: str) -> list[Achievement]:
    """The newest published version of each of the issuer's achievements."""
    newest = (
        select(Achievement.series_id, func.max(Achievement.version).label("version"))
        .where(Achievement.issuer_id == issuer_id, Achievement.state == PUBLISHED)
        .group_by(Achievement.series_id)
        .subquery()
    )
    query = (
        select(Achievement)
        .join(
            newest,
            (Achievement.series_id == newest.c.series_id)
            & (Achievement.version == newest.c.version),
        )
        .order_by(Achievement.created_at.desc(), Achievement.id)
        .limit(MAX_LISTED)
    )
    return list(session.scalars(query))

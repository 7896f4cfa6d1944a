"""What can be earned: a page for people, the published document for programs, at one address."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Header, Path, Request, Response
from markupsafe import Markup
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.credentials.display import view_achievement
from app.credentials.learning import Learning, read_learning
from app.credentials.learning_parts import StackingOption
from app.encoding.strict_json import parse_object
from app.errors import NotFound
from app.issuing.policies import find_policy, read_policy
from app.registry.achievements import achievement_url, load_achievement
from app.registry.issuers import load_issuer
from app.registry.reviews import PUBLIC, PUBLISHED, WITHDRAWN, is_public
from app.settings import Settings
from app.storage.tables import Achievement, Issuer
from app.web.badge_pictures import picture_file, picture_source
from app.web.dependencies import CurrentDesk, ReadSession
from app.web.documents import FOR_GOOD, PLAIN_JSON, document_response
from app.web.markdown import is_safe_link
from app.web.negotiation import choose_type, wants_page
from app.web.openapi import problems
from app.web.pages import render_page
from app.web.schema_org import course_of, embedded

router = APIRouter(tags=["public documents"])

AchievementId = Annotated[
    str, Path(max_length=64, description="The last part of the achievement's address.")
]
Accept = Annotated[str | None, Header(description="`text/html` gets a page for people.")]


@router.get(
    "/achievements/{achievement}",
    summary="What can be earned",
    response_class=Response,
    responses=problems(404),
)
def get_achievement(
    request: Request,
    desk: CurrentDesk,
    session: ReadSession,
    achievement: AchievementId,
    accept: Accept = None,
) -> Response:
    """The OB 3.0 Achievement exactly as it was published, or its page. A version never changes."""
    row = _load(session, achievement)
    if wants_page(accept):
        return _page(session, desk.settings, row)
    media_type = choose_type(accept, PLAIN_JSON)
    return document_response(request, row.document, media_type, cache_control=FOR_GOOD)


@router.get("/achievements/{achievement}/picture.png", include_in_schema=False)
def get_picture(
    request: Request, desk: CurrentDesk, session: ReadSession, achievement: AchievementId
) -> Response:
    """The achievement's picture as PNG, for link previews."""
    row = _load(session, achievement)
    view = view_achievement(parse_object(row.document))
    data = picture_file(
        session,
        desk.settings,
        view.image_src,
        "image/png",
        title=view.title,
        issuer=view.issuer_name,
    )
    return document_response(request, data, "image/png", cache_control=FOR_GOOD, vary=False)


def _load(session: Session, id_: str) -> Achievement:
    """A version that the world may see; a draft is its issuer's own business."""
    row = load_achievement(session, id_)
    if not is_public(row):
        raise NotFound("not_found", "There is no such achievement.")
    return row


def _page(session: Session, settings: Settings, row: Achievement) -> Response:
    document = parse_object(row.document)
    view, learning = view_achievement(document), read_learning(document)
    issuer = load_issuer(session, row.issuer_id)
    issuer_name = issuer.profile["name"]
    versions = _versions(session, row)
    newest = next((each for each in versions if each.state == PUBLISHED), row)
    values = {
        "badge": view,
        "url": achievement_url(settings, row.id),
        "picture": picture_source(settings, view.image_src, title=view.title, issuer=issuer_name),
        "issuer_name": issuer_name,
        "issuer_path": f"/issuers/{issuer.id}",
        "published_at": row.published_at or row.created_at,
        "withdrawn": row.state == WITHDRAWN,
        "achievement": row,
        "versions": versions,
        "newest": newest if newest.id != row.id else None,
        "leads_to": [_way(settings, option) for option in learning.stacks_into],
        "policies": [
            _policy_line(session, settings, named) for named in learning.definition_policies
        ],
        "course": None if row.state == WITHDRAWN else _course(settings, row, issuer, learning),
    }
    return render_page("achievement.html", settings, values, cache_control="no-cache", listed=True)


@dataclass(frozen=True)
class Way:
    """An award that it counts towards; `rules` lead to the pathway, of this service if `ours`."""

    name: str
    award: str | None
    rules: str | None
    ours: bool


def _way(settings: Settings, option: StackingOption) -> Way:
    pathway = option.pathway or ""
    path = pathway.removeprefix(settings.public_url)
    ours = path != pathway and path.startswith("/pathways/")
    rules = path if ours else pathway
    return Way(
        option.name or option.award or "A further award",
        option.award,
        rules if ours or is_safe_link(pathway) else None,
        ours,
    )


def _policy_line(session: Session, settings: Settings, named: str) -> tuple[str, str | None]:
    """Its name and page here; the address alone of one that is kept elsewhere."""
    try:
        record = find_policy(session, settings, named)
    except NotFound:
        return named, None
    return read_policy(record).label, f"/policies/{record.id}"


def _course(settings: Settings, row: Achievement, issuer: Issuer, learning: Learning) -> Markup:
    """What search engines read of it."""
    course = course_of(
        learning,
        url=achievement_url(settings, row.id),
        issuer_name=issuer.profile["name"],
        issuer_url=f"{settings.public_url}/issuers/{issuer.id}",
    )
    return embedded(course)


def _versions(session: Session, row: Achievement) -> list[Achievement]:
    """Every version of the achievement that was ever published, newest first."""
    query = select(Achievement).where(Achievement.series_id == row.series_id, PUBLIC)
    return list(session.scalars(query.order_by(Achievement.version.desc())))

"""Which picture belongs to a badge: the issuer's own upload, what the file carries, or our medal.

A picture at another host is never loaded: its host would learn who looks at which credential.
"""

import re

from sqlalchemy.orm import Session

from app.credentials.display import BadgeView
from app.errors import NotFound
from app.registry.images import load_image
from app.settings import Settings
from app.storage.tables import Image
from app.web.pictures import picture_data_uri, picture_png, picture_svg

_FILE = re.compile(r"[0-9a-f]{64}\.(?:png|svg)")
_INSIDE = ("data:image/png;base64,", "data:image/svg+xml;base64,")


def is_pictured(badge: BadgeView) -> bool:
    """Whether it has a picture. An endorsement has its own or none: nobody earned it."""
    return badge.achievement_type != "endorsement" or badge.image_src is not None


def badge_picture(settings: Settings, badge: BadgeView) -> str | None:
    """As `picture_source`, for a credential; None where it has no picture."""
    if not is_pictured(badge):
        return None
    return picture_source(settings, badge.image_src, title=badge.title, issuer=badge.issuer_name)


def picture_source(
    settings: Settings, image: str | None, *, title: str | None, issuer: str | None
) -> str:
    """What stands in `<img src>`: a path of ours or a `data:` URI, never another host."""
    if image is not None and image.startswith(_INSIDE):
        return image
    name = _own_file(settings, image)
    if name is not None:
        return f"/images/{name}"
    return picture_data_uri(title or "", issuer or "")


def picture_file(
    session: Session,
    settings: Settings,
    image: str | None,
    media_type: str,
    *,
    title: str | None,
    issuer: str | None,
) -> bytes:
    """The picture as a PNG or SVG file: the upload where it is of this type, else our medal."""
    upload = _upload(session, settings, image)
    if upload is not None and upload.media_type == media_type:
        return upload.data
    if media_type == "image/png":
        return picture_png(issuer or "")
    return picture_svg(title or "", issuer or "")


def _upload(session: Session, settings: Settings, image: str | None) -> Image | None:
    name = _own_file(settings, image)
    if name is None:
        return None
    try:
        return load_image(session, name)
    except NotFound:
        return None


def _own_file(settings: Settings, image: str | None) -> str | None:
    """The file name in the address of an upload of ours."""
    name = (image or "").removeprefix(f"{settings.public_url}/images/")
    return name if _FILE.fullmatch(name) else None

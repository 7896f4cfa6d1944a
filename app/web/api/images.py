"""Pictures: uploaded by an issuer's key, served to everybody."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from pydantic import BaseModel

from app.encoding.strict_json import dump_json
from app.registry.api_keys import Caller
from app.registry.idempotency import Answer
from app.registry.images import SUFFIXES, image_url, load_image, store_image
from app.registry.issuers import load_issuer
from app.web.dependencies import (
    CurrentDesk,
    IssuerId,
    Now,
    ReadSession,
    Repeatable,
    WriteSession,
    require,
)
from app.web.openapi import Responses, problems
from app.web.strict_body import check_media_type

router = APIRouter(tags=["images"])

# By itself a picture may load and run nothing, whatever it is made to say.
_ALONE = "default-src 'none'; style-src 'unsafe-inline'; sandbox"

_BINARY = {"schema": {"type": "string", "format": "binary"}}
_UPLOAD = {"requestBody": {"required": True, "content": dict.fromkeys(SUFFIXES, _BINARY)}}
_PICTURE: Responses = {
    200: {"description": "The picture", "content": dict.fromkeys(SUFFIXES, _BINARY)}
}


class ImageAnswer(BaseModel):
    """Where an uploaded picture is: the `id` of an OB 3.0 Image."""

    id: str


async def _picture(request: Request) -> tuple[str, bytes]:
    return check_media_type(request, frozenset(SUFFIXES)), await request.body()


@router.post(
    "/api/v1/issuers/{issuer}/images",
    status_code=201,
    summary="Upload a picture",
    response_model=ImageAnswer,
    responses=problems(401, 403, 404, 409, 413, 415, 422),
    openapi_extra=_UPLOAD,
)
def post_image(
    desk: CurrentDesk,
    _caller: Annotated[Caller, Depends(require("issuers:write", "achievements:write"))],
    once: Repeatable,
    now: Now,
    session: WriteSession,
    issuer: IssuerId,
    picture: Annotated[tuple[str, bytes], Depends(_picture)],
) -> Response:
    """A PNG of at most 1 MiB or an SVG of at most 512 KiB, as the body. The answer's `id` goes
    into `image` of an achievement or a profile: `{"image": {"id": …}}`.
    """

    def create() -> Answer:
        load_issuer(session, issuer)
        media_type, data = picture
        image = store_image(session, data, media_type, now=now)
        url = image_url(desk.settings, image)
        return Answer(201, dump_json({"id": url}), url)

    return once.answer(session, now, create)


@router.get(
    "/images/{file}",
    summary="See a picture",
    response_class=Response,
    responses={**_PICTURE, **problems(404)},
)
def get_image(session: ReadSession, file: str) -> Response:
    """An uploaded picture; its address is the hash of its bytes, so it never changes."""
    image = load_image(session, file)
    headers = {
        "Content-Security-Policy": _ALONE,
        "Cache-Control": "public, max-age=31536000, immutable",
        "Access-Control-Allow-Origin": "*",
    }
    return Response(image.data, headers=headers, media_type=image.media_type)

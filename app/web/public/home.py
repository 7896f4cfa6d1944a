"""The start page: what this is, a box to check something in, and the way to the API."""

from fastapi import APIRouter, Response

from app.web.dependencies import CurrentDesk
from app.web.pages import render_page
from app.web.pictures import picture_data_uri

router = APIRouter(include_in_schema=False)


@router.get("/")
def show_home(desk: CurrentDesk) -> Response:
    """The start page."""
    picture = picture_data_uri("✓", "Signet")
    return render_page("home.html", desk.settings, {"picture": picture})

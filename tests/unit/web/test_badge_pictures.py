import pytest

from app.settings import Settings
from app.web.badge_pictures import picture_source

SETTINGS = Settings(public_url="https://badges.example.edu")
OWN = "https://badges.example.edu/images/" + "a1" * 32


@pytest.mark.parametrize(
    ("image", "source"),
    [
        (f"{OWN}.png", "/images/" + "a1" * 32 + ".png"),
        (f"{OWN}.svg", "/images/" + "a1" * 32 + ".svg"),
        ("data:image/png;base64,iVBORw0=", "data:image/png;base64,iVBORw0="),
    ],
)
def test_our_own_uploads_and_pictures_inside_the_file_are_shown(image: str, source: str) -> None:
    assert picture_source(SETTINGS, image, title="A", issuer="B") == source


@pytest.mark.parametrize(
    "image",
    [
        None,
        "https://elsewhere.example/a.png",
        "https://badges.example.edu.evil.example/images/" + "a1" * 32 + ".png",
        "https://badges.example.edu/images/../credentials/x",
        "a1" * 32 + ".png?x",
        "data:text/html;base64,PHA+",
        "javascript:alert(1)",
    ],
)
def test_everything_else_is_replaced_by_our_medal(image: str | None) -> None:
    source = picture_source(SETTINGS, image, title=None, issuer=None)

    assert source.startswith("data:image/svg+xml;base64,PHN2Zy")

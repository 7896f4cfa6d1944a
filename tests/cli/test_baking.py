"""`signet bake` and `signet unbake`."""

from pathlib import Path

import pytest

from app.web.pictures import picture_png, picture_svg
from tests.cli.conftest import Signet

CREDENTIAL = '{"type": ["VerifiableCredential"]}'
TOKEN = "eyJhbGciOiJFUzI1NiJ9.e30.c2lnbmF0dXJl"


@pytest.fixture(autouse=True)
def files(folder: Path) -> None:
    (folder / "medal.png").write_bytes(picture_png("Inverbrae"))
    (folder / "medal.svg").write_bytes(picture_svg("Ethics", "Inverbrae"))
    (folder / "credential.json").write_text(CREDENTIAL)
    (folder / "credential.jwt").write_text(TOKEN)


@pytest.mark.parametrize("picture", ["medal.png", "medal.svg"])
@pytest.mark.parametrize("kind", ["json", "jwt"])
def test_what_is_baked_comes_out_byte_for_byte(
    signet: Signet, folder: Path, picture: str, kind: str
) -> None:
    baked = signet("bake", picture, f"credential.{kind}", "-o", "badge")
    unbaked = signet("unbake", "badge", "-o", "out.txt")

    assert (baked.status, unbaked.status) == (0, 0)
    assert (folder / "out.txt").read_bytes() == (folder / f"credential.{kind}").read_bytes()
    assert unbaked.out == "out.txt\n"


def test_a_program_reads_json(signet: Signet, folder: Path) -> None:
    baked = signet("bake", "medal.png", "credential.json", "--out", "badge.png", "--json").json
    signet("bake", "medal.png", "credential.jwt", "--out", "token.png")

    assert baked == {"file": "badge.png", "bytes": (folder / "badge.png").stat().st_size}
    assert signet("unbake", "badge.png", "--json").json == {
        "format": "json",
        "credential": {"type": ["VerifiableCredential"]},
    }
    assert signet("unbake", "token.png", "--json").json == {"format": "jwt", "credential": TOKEN}


def test_without_a_file_the_credential_is_printed(signet: Signet) -> None:
    signet("bake", "medal.svg", "credential.json", "-o", "badge.svg")

    assert signet("unbake", "badge.svg").out == CREDENTIAL + "\n"


@pytest.mark.parametrize(
    ("arguments", "status", "complaint"),
    [
        (["bake", "missing.png", "credential.json", "-o", "x"], 2, "missing.png cannot be read"),
        (["bake", "medal.png", "medal.png", "-o", "x"], 2, "it is not text"),
        (["bake", "medal.png", "credential.json", "-o", "no/x"], 2, "no/x cannot be written"),
        (["bake", "medal.png", "credential.json"], 2, "--out"),
        (["bake", "medal.png", "medal.svg", "-o", "x"], 1, "A credential is a JSON object or"),
        (["bake", "credential.json", "credential.json", "-o", "x"], 1, "The SVG"),
        (["unbake", "medal.png"], 1, "The PNG holds no Open Badges 3.0 credential"),
        (["unbake", "missing.png"], 2, "missing.png cannot be read"),
    ],
)
def test_what_does_not_work_is_said_in_a_sentence(
    signet: Signet, arguments: list[str], status: int, complaint: str
) -> None:
    refused = signet(*arguments)

    assert (refused.status, refused.out) == (status, "")
    assert complaint in refused.err

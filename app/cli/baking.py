"""`signet bake` and `signet unbake`: a credential into a picture, and out of it again."""

from pathlib import Path
from typing import Annotated

import typer

from app.cli.desk import AsJson
from app.cli.output import WrongUsage, say, say_fields, say_json
from app.credentials.png import bake_png, unbake_png
from app.credentials.svg import bake_svg, unbake_svg
from app.encoding.strict_json import parse_object

_MAX_BYTES = 8 * 1024 * 1024
_PNG_START = b"\x89PNG"

OutOption = Annotated[Path, typer.Option("--out", "-o", help="The file to write.")]


def bake(
    image: Annotated[Path, typer.Argument(help="The plain picture, PNG or SVG.")],
    credential: Annotated[Path, typer.Argument(help="The credential, JSON or JWT.")],
    out: OutOption,
    as_json: AsJson = False,
) -> None:
    """Put a credential into a picture, so that the picture is the credential.

    \b
    Example: signet bake medal.png credential.json -o badge.png

    The picture looks the same. Whoever edits or recompresses it loses the credential. Nothing is
    checked here: `signet verify badge.png` does that.
    """
    picture = _read(image)
    try:
        text = _read(credential).decode("utf-8")
    except UnicodeDecodeError:
        raise WrongUsage(f"{credential} is not a credential: it is not text.") from None
    baked = (bake_png if picture.startswith(_PNG_START) else bake_svg)(picture, text)
    _write(out, baked)
    if as_json:
        say_json({"file": str(out), "bytes": len(baked)})
        return
    say_fields(("Baked", out), ("Bytes", len(baked)))


def unbake(
    image: Annotated[Path, typer.Argument(help="The baked picture, PNG or SVG.")],
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="The file to write; without it, printed.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Take the credential out of a picture, byte for byte as it was put in.

    \b
    Example: signet unbake badge.png -o credential.json
    """
    picture = _read(image)
    text = (unbake_png if picture.startswith(_PNG_START) else unbake_svg)(picture)
    if out is not None:
        _write(out, text.encode())
    if as_json:
        is_json = text.startswith("{")
        say_json(
            {
                "format": "json" if is_json else "jwt",
                "credential": parse_object(text.encode()) if is_json else text,
            }
        )
    elif out is None:
        typer.echo(text.encode())
    else:
        say(str(out))


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(_MAX_BYTES)
    except OSError as error:
        raise WrongUsage(f"{path} cannot be read: {error.strerror}.") from None


def _write(path: Path, content: bytes) -> None:
    try:
        path.write_bytes(content)
    except OSError as error:
        raise WrongUsage(f"{path} cannot be written: {error.strerror}.") from None

"""From bytes of any accepted kind to a secured document."""

import zlib
from typing import Any

import pytest

from app.credentials.png import bake_png
from app.credentials.svg import bake_svg
from app.encoding.strict_json import MAX_BYTES, dump_json
from app.errors import SignetError
from app.verification.envelope import read_secured, secured_object
from tests.world import a_badge, a_token, a_web_party, secured, signed_token

PARTY = a_web_party()
BADGE = secured(a_badge(PARTY), PARTY.signer)
JSON = dump_json(BADGE)
TOKEN = a_token(a_badge(PARTY), PARTY)
V2 = "https://www.w3.org/ns/credentials/v2"


def _chunk(kind: bytes, data: bytes) -> bytes:
    body = kind + data
    return len(data).to_bytes(4, "big") + body + zlib.crc32(body).to_bytes(4, "big")


PNG = b"".join(
    [
        b"\x89PNG\r\n\x1a\n",
        _chunk(b"IHDR", bytes([0, 0, 0, 1, 0, 0, 0, 1, 8, 0, 0, 0, 0])),
        _chunk(b"IDAT", zlib.compress(bytes(2))),
        _chunk(b"IEND", b""),
    ]
)
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"/>'


def _envelope(url: str, **members: Any) -> dict[str, Any]:
    return {
        "@context": V2,
        "id": url,
        "type": "EnvelopedVerifiableCredential",
        **members,
    }


@pytest.mark.parametrize(
    "data",
    [JSON, b"\n\t " + JSON + b" \n", bake_png(PNG, JSON.decode()), bake_svg(SVG, JSON.decode())],
    ids=["JSON", "JSON with space around", "PNG", "SVG"],
)
def test_a_document_with_its_proof_inside_is_read(data: bytes) -> None:
    read = read_secured(data)

    assert read.document == BADGE
    assert read.jws is None


@pytest.mark.parametrize(
    "data",
    [
        TOKEN.encode(),
        f"\n{TOKEN}\n".encode(),
        bake_png(PNG, TOKEN),
        bake_svg(SVG, TOKEN),
        dump_json(_envelope(f"data:application/vc+jwt,{TOKEN}")),
    ],
    ids=["token", "token with space around", "PNG", "SVG", "envelope"],
)
def test_a_token_is_opened(data: bytes) -> None:
    read = read_secured(data)

    assert read.document == a_badge(PARTY)
    assert read.jws is not None
    assert read.jws.algorithm == "ES256"


def test_an_object_is_taken_as_it_is() -> None:
    assert secured_object(BADGE).document is BADGE


REFUSED: list[tuple[str, bytes, str]] = [
    ("nothing", b"", "not_json"),
    ("a text", b"hello", "not_json"),
    ("a list", b"[]", "not_json"),
    ("a PNG without a credential", PNG, "no_credential_in_image"),
    ("an SVG without a credential", SVG, "no_credential_in_image"),
    ("a token of half a megabyte", b"a." + b"a" * 2 * MAX_BYTES + b".a", "too_large"),
    (
        "an envelope of SD-JWT",
        dump_json(_envelope("data:application/vc+sd-jwt,a~b")),
        "not_a_credential",
    ),
    ("an envelope that is a link", dump_json(_envelope("https://x.example/vc")), "bad_value"),
    ("an envelope around nothing", dump_json(_envelope("data:application/vc+jwt,x")), "bad_jwt"),
]


@pytest.mark.parametrize(("data", "code"), [r[1:] for r in REFUSED], ids=[r[0] for r in REFUSED])
def test_anything_else_is_refused(data: bytes, code: str) -> None:
    with pytest.raises(SignetError) as refusal:
        read_secured(data)

    assert refusal.value.code == code


def test_the_older_media_type_holds_the_older_form_of_token() -> None:
    inner = a_badge(PARTY)
    token = signed_token({"vc": inner}, PARTY.token_signer, kid=PARTY.kid)

    assert secured_object(_envelope(f"data:application/jwt,{token}")).document == inner
    with pytest.raises(SignetError, match="header_not_allowed"):
        secured_object(_envelope(f"data:application/vc+jwt,{token}"))

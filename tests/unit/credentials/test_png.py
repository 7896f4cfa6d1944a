import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.credentials.png import MAX_PICTURE_BYTES, bake_png, check_png, unbake_png
from app.errors import MalformedInput

SIGNATURE = b"\x89PNG\r\n\x1a\n"
JWS = "eyJhbGciOiJFUzI1NiJ9.e30.c2ln"
JSON = '{"name":"Dàta Ethics — 数据"}'


def chunk(type_: bytes, data: bytes = b"") -> bytes:
    body = type_ + data
    return len(data).to_bytes(4, "big") + body + zlib.crc32(body).to_bytes(4, "big")


def header(width: int = 1, height: int = 1) -> bytes:
    data = width.to_bytes(4, "big") + height.to_bytes(4, "big") + b"\x08\x00\x00\x00\x00"
    return chunk(b"IHDR", data)


IDAT = chunk(b"IDAT", zlib.compress(b"\x00\x00"))
IEND = chunk(b"IEND")


def png(*extra: bytes) -> bytes:
    return SIGNATURE + header() + IDAT + b"".join(extra) + IEND


def itxt(text: bytes, keyword: bytes = b"openbadgecredential", rest: bytes = b"\0\0\0\0") -> bytes:
    return chunk(b"iTXt", keyword + b"\0" + rest + text)


PLAIN = png()


def test_the_bytes_are_laid_out_as_the_specification_says() -> None:
    baked = bake_png(PLAIN, JWS)
    text = b"openbadgecredential" + bytes(5) + JWS.encode()
    assert baked == SIGNATURE + header() + IDAT + chunk(b"iTXt", text) + IEND


@pytest.mark.parametrize("credential", [JWS, JSON])
def test_what_was_baked_comes_out_again(credential: str) -> None:
    assert unbake_png(bake_png(PLAIN, credential)) == credential


@settings(deadline=None)  # wall-clock time says nothing on a busy machine
@given(st.text(st.characters(exclude_categories=["Cs"])), st.binary(max_size=99))
def test_any_text_in_any_picture_comes_out_again(text: str, pixels: bytes) -> None:
    credential = ('{"a":"' + text + '"}').strip()
    picture = SIGNATURE + header() + chunk(b"IDAT", pixels) + chunk(b"tIME", b"x") + IEND
    baked = bake_png(picture, credential)
    assert unbake_png(baked) == credential
    assert baked.startswith(picture.removesuffix(IEND))


@settings(deadline=None)  # wall-clock time says nothing on a busy machine
@given(st.binary(max_size=300), st.integers(0, 200))
def test_damage_is_refused_and_never_crashes(noise: bytes, position: int) -> None:
    baked = bake_png(PLAIN, JWS)
    damaged = baked[:position] + noise + baked[position + len(noise) :]
    if damaged != baked:
        with pytest.raises(MalformedInput):
            unbake_png(damaged)


def test_a_language_and_a_translated_keyword_are_passed_over() -> None:
    text = itxt(JWS.encode(), rest="\0\0en-GB\0credential d'été\0".encode())
    assert unbake_png(png(text)) == JWS


REFUSED: list[tuple[str, bytes, str]] = [
    ("nothing", b"", "bad_png"),
    ("no PNG", b"GIF89a", "bad_png"),
    ("cut in a length", PLAIN[:-14], "bad_png"),
    ("cut in a check sum", PLAIN[:-1], "bad_png"),
    ("no end", SIGNATURE + header() + IDAT, "bad_png"),
    ("something after the end", PLAIN + b"\0", "bad_png"),
    ("a credential after the end", PLAIN + itxt(JWS.encode()), "bad_png"),
    ("a length beyond the file", SIGNATURE + b"\x7f\xff\xff\xffIHDR" + bytes(20), "bad_png"),
    ("a chunk without a name", png(chunk(b"a1Z\0")), "bad_png"),
    ("a damaged chunk", png(b"\0\0\0\0tEXt\0\0\0\0"), "bad_png"),
    ("no header", SIGNATURE + IDAT + IEND, "bad_png"),
    ("two headers", png(header()), "bad_png"),
    ("a short header", SIGNATURE + chunk(b"IHDR", b"\0") + IDAT + IEND, "bad_png"),
    ("no picture", SIGNATURE + header() + IEND, "bad_png"),
    ("an end with data", SIGNATURE + header() + IDAT + chunk(b"IEND", b"x"), "bad_png"),
    ("no pixels", SIGNATURE + header(0, 5) + IDAT + IEND, "bad_png"),
    ("a bomb", SIGNATURE + header(20000, 20000) + IDAT + IEND, "bad_png"),
    ("no credential", PLAIN, "no_credential_in_image"),
    ("an Open Badges 2.0 assertion", png(itxt(b"{}", b"openbadges")), "no_credential_in_image"),
    ("two credentials", png(itxt(JWS.encode()), itxt(JWS.encode())), "two_credentials_in_image"),
    (
        "a twin in an older kind of chunk",
        png(itxt(JWS.encode()), chunk(b"tEXt", b"openbadgecredential\0a.b.c")),
        "two_credentials_in_image",
    ),
    (
        "a twin in another case",
        png(itxt(JWS.encode()), itxt(JWS.encode(), b"OpenBadgeCredential")),
        "two_credentials_in_image",
    ),
    ("another case", png(itxt(JWS.encode(), b"OpenBadgeCredential")), "bad_png"),
    ("tEXt", png(chunk(b"tEXt", b"openbadgecredential\0a.b.c")), "bad_png"),
    ("zTXt", png(chunk(b"zTXt", b"openbadgecredential\0\0x")), "bad_png"),
    ("compressed", png(itxt(zlib.compress(JWS.encode()), rest=b"\1\0\0\0")), "bad_png"),
    ("not whole", png(itxt(JWS.encode(), rest=b"\0\0\0")), "bad_png"),
    ("not UTF-8", png(itxt(b"{\xff}")), "bad_png"),
    ("no credential in the chunk", png(itxt(b"https://a.example/1")), "bad_png"),
    ("an empty chunk", png(itxt(b"")), "bad_png"),
    ("a credential too large", png(itxt(b"{" + b" " * 400_000 + b"}")), "too_large"),
    ("a file too large", png(chunk(b"tIME", bytes(2_000_000))), "too_large"),
]


@pytest.mark.parametrize(
    ("data", "code"), [case[1:] for case in REFUSED], ids=[case[0] for case in REFUSED]
)
def test_a_png_that_could_be_read_in_two_ways_is_refused(data: bytes, code: str) -> None:
    with pytest.raises(MalformedInput) as refusal:
        unbake_png(data)
    assert refusal.value.code == code


@pytest.mark.parametrize(
    "baked", [itxt(JWS.encode()), itxt(b"{}", b"openbadges"), chunk(b"tEXt", b"openbadges\0x")]
)
def test_a_picture_that_holds_a_credential_is_not_baked_again(baked: bytes) -> None:
    with pytest.raises(MalformedInput) as refusal:
        bake_png(png(baked), JWS)
    assert refusal.value.code == "two_credentials_in_image"


def test_a_picture_has_at_most_one_mebibyte() -> None:
    room = MAX_PICTURE_BYTES - len(PLAIN) - 12
    check_png(png(chunk(b"tIME", bytes(room))))
    with pytest.raises(MalformedInput) as refusal:
        check_png(png(chunk(b"tIME", bytes(room + 1))))
    assert refusal.value.code == "too_large"


@pytest.mark.parametrize("text", ["", "a.b", "[]", "https://a.example/1"])
def test_only_a_credential_is_baked(text: str) -> None:
    with pytest.raises(MalformedInput) as refusal:
        bake_png(PLAIN, text)
    assert refusal.value.code == "not_a_credential"


def test_a_credential_too_large_is_not_baked() -> None:
    with pytest.raises(MalformedInput) as refusal:
        bake_png(PLAIN, "{" + "a" * 400_000 + "}")
    assert refusal.value.code == "too_large"

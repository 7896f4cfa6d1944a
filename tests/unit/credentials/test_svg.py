import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.credentials.svg import MAX_PICTURE_BYTES, bake_svg, check_svg, unbake_svg
from app.errors import MalformedInput

JWS = "eyJhbGciOiJFUzI1NiJ9.e30.c2ln"
JSON = '{"name":"Dàta Ethics — 数据"}'
NAMESPACE = "https://purl.imsglobal.org/ob/v3p0"
START = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 10 10">'
PLAIN = f'{START}<circle r="4"/></svg>'.encode()


def svg(inside: str, start: str = START) -> bytes:
    return f"{start}{inside}</svg>".encode()


def baked(inside: str = "", attributes: str = "", namespace: str = NAMESPACE) -> bytes:
    return svg(f'<ob:credential xmlns:ob="{namespace}"{attributes}>{inside}</ob:credential>')


def test_a_jws_is_baked_into_an_attribute() -> None:
    assert bake_svg(PLAIN, JWS).decode() == (
        f'<svg xmlns:openbadges="{NAMESPACE}" xmlns="http://www.w3.org/2000/svg"'
        f' viewBox="0 0 10 10"><openbadges:credential verify="{JWS}"></openbadges:credential>'
        '<circle r="4"/></svg>'
    )


def test_json_is_baked_into_cdata() -> None:
    assert bake_svg(PLAIN, JSON).decode() == (
        f'<svg xmlns:openbadges="{NAMESPACE}" xmlns="http://www.w3.org/2000/svg"'
        f' viewBox="0 0 10 10"><openbadges:credential><![CDATA[{JSON}]]></openbadges:credential>'
        '<circle r="4"/></svg>'
    )


PICTURES = {
    "plain": PLAIN,
    "empty": b'<svg xmlns="http://www.w3.org/2000/svg"/>',
    "empty with a blank": b'<svg xmlns="http://www.w3.org/2000/svg" />',
    "with a prolog": (
        b'<?xml version="1.0" encoding="UTF-8" standalone="no"?>\r\n<!-- <svg> > -->\n'
        b"<?editor x='<svg>'?>\n" + PLAIN + b"\n<!-- end -->\n"
    ),
    "with a prefix": b'<s:svg xmlns:s="http://www.w3.org/2000/svg"/>',
    "with > in an attribute": b'<svg\n aria-label="a > b" id=\'"\' xmlns="http://www.w3.org/2000/svg"/>',
    "with our prefix": f'<svg xmlns:openbadges="{NAMESPACE}" xmlns="http://www.w3.org/2000/svg"/>'.encode(),
    "with our prefix for something else": (
        b'<svg xmlns="http://www.w3.org/2000/svg" xmlns:openbadges="urn:a:b" openbadges:a="b"/>'
    ),
    "with a style": svg("<style>circle { fill: url(#g) } a { fill: url( '#h' ) }</style>"),
    "with an empty style": svg("<style/>"),
    "with references within": svg('<use href="#a"/><g fill="url(#b)" style="fill: red"/>'),
    "with a picture within": svg('<image href="data:image/png;base64,AAAA"/>'),
    "with an animation": svg('<animate attributeName="r" to="5"/>'),
    "with metadata": svg("<metadata><a xmlns='urn:x:y'>b</a></metadata>"),
}


@pytest.mark.parametrize("credential", [JWS, JSON, '{"a":"]]>","b":"]]]>>"}', '{"a":"<&>"}'])
@pytest.mark.parametrize("picture", PICTURES.values(), ids=PICTURES.keys())
def test_what_was_baked_comes_out_again(picture: bytes, credential: str) -> None:
    assert unbake_svg(bake_svg(picture, credential)) == credential


@pytest.mark.parametrize("picture", PICTURES.values(), ids=PICTURES.keys())
def test_every_byte_of_the_picture_stays(picture: bytes) -> None:
    result = bake_svg(picture, JWS)
    rest = iter(result)
    kept = picture.replace(b"/>", b">") if picture.rstrip().endswith(b"/>") else picture
    assert all(byte in rest for byte in kept)  # in this order, with ours between


xml_text = st.text(
    st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff")
)


@settings(deadline=None)  # wall-clock time says nothing on a busy machine
@given(xml_text)
def test_any_text_that_xml_can_hold_comes_out_again(text: str) -> None:
    credential = ('{"a":"' + text + '"}').strip()
    assert unbake_svg(bake_svg(PLAIN, credential)) == credential


@settings(deadline=None)  # wall-clock time says nothing on a busy machine
@given(st.binary(max_size=200))
def test_noise_is_refused_and_never_crashes(noise: bytes) -> None:
    for data in (noise, PLAIN[:60] + noise):
        with pytest.raises(MalformedInput):
            unbake_svg(data)


@pytest.mark.parametrize(
    ("data", "credential"),
    [
        (baked(attributes=f' verify="{JWS}"'), JWS),
        (baked(attributes=f' verify=" {JWS} "', inside="\n  "), JWS),
        (baked("<![CDATA[\n  {}\n]]>"), "{}"),
        (baked("{&quot;a&quot;: 1}"), '{"a": 1}'),
        (baked(JWS), JWS),
        (baked("{}", namespace="https://purl.imsglobal.org/spec/ob/v3p0"), "{}"),
        (svg(f'<credential xmlns="{NAMESPACE}" verify="{JWS}"/>'), JWS),
        (svg(f'<g><o:credential xmlns:o="{NAMESPACE}">{{}}</o:credential></g>'), "{}"),
    ],
)
def test_badges_that_others_baked_are_read(data: bytes, credential: str) -> None:
    assert unbake_svg(data) == credential


TWO = f'<a:credential xmlns:a="{NAMESPACE}" verify="a.b.c"/>' * 2
DOCTYPE = '<!DOCTYPE svg [<!ENTITY a "b">]>'

REFUSED: list[tuple[str, bytes, str]] = [
    ("nothing", b"", "bad_svg"),
    ("a text", b"svg", "bad_svg"),
    ("HTML", b"<html></html>", "bad_svg"),
    ("an svg of no namespace", b"<svg></svg>", "bad_svg"),
    ("not closed", b'<svg xmlns="http://www.w3.org/2000/svg">', "bad_svg"),
    ("a DOCTYPE", DOCTYPE.encode() + PLAIN, "bad_svg"),
    ("an entity", svg("&a;"), "bad_svg"),
    ("Latin-1", svg("é").decode().encode("latin-1"), "bad_svg"),
    ("UTF-16", svg("").decode().encode("utf-16"), "bad_svg"),
    ("UTF-7 by its own word", b'<?xml version="1.0" encoding="UTF-7"?>' + PLAIN, "bad_svg"),
    ("a byte order mark", b"\xef\xbb\xbf" + PLAIN, "bad_svg"),
    ("no credential", PLAIN, "no_credential_in_image"),
    ("an unknown namespace", baked("{}", namespace="urn:a:b"), "no_credential_in_image"),
    ("no namespace", svg("<credential>{}</credential>"), "no_credential_in_image"),
    ("two credentials", svg(TWO), "two_credentials_in_image"),
    (
        "a twin of another namespace",
        svg(f'{TWO[: len(TWO) // 2]}<Credential xmlns="urn:a:b"/>'),
        "two_credentials_in_image",
    ),
    ("attribute and body", baked("{}", f' verify="{JWS}"'), "two_credentials_in_image"),
    ("an empty element", baked(), "bad_svg"),
    ("elements within", baked("{}<g/>"), "bad_svg"),
    ("no credential within", baked("https://a.example"), "bad_svg"),
    ("a file too large", svg(" " * 1_400_000), "too_large"),
]


@pytest.mark.parametrize(
    ("data", "code"), [case[1:] for case in REFUSED], ids=[case[0] for case in REFUSED]
)
def test_an_svg_that_is_not_one_clear_credential_is_refused(data: bytes, code: str) -> None:
    with pytest.raises(MalformedInput) as refusal:
        unbake_svg(data)
    assert refusal.value.code == code


LIVELY = {
    "a script": svg("<script>alert(1)</script>"),
    "a script of another namespace": svg('<h:script xmlns:h="http://www.w3.org/1999/xhtml"/>'),
    "a page within": svg("<foreignObject/>"),
    "an event handler": svg("", START[:-1] + ' onload="alert(1)">'),
    "a link": svg('<a href="https://a.example"/>'),
    "a script link": svg(
        '<a xlink:href="javascript:alert(1)" xmlns:xlink="http://www.w3.org/1999/xlink"/>'
    ),
    "another base": svg('<g xml:base="https://a.example/"/>'),
    "a picture elsewhere": svg('<image href="//a.example/a.png"/>'),
    "an animated link": svg('<animate attributeName="xlink:href" to="https://a.example"/>'),
    "an import": svg("<style>@import 'https://a.example/a.css';</style>"),
    "a font": svg("<style>a { src: URL( 'https://a.example/a.woff' ) }</style>"),
    "a hidden import": svg("<style>@\\69mport 'x';</style>"),
    "a fill elsewhere": svg('<g fill="url(https://a.example/a.svg#a)"/>'),
    "a hidden fill elsewhere": svg('<g style="fill: u\\72l(a)"/>'),
    "a style sheet": b'<?xml-stylesheet href="https://a.example/a.css"?>' + PLAIN,
}


@pytest.mark.parametrize("picture", LIVELY.values(), ids=LIVELY.keys())
def test_a_picture_that_acts_or_loads_is_not_baked(picture: bytes) -> None:
    with pytest.raises(MalformedInput) as refusal:
        bake_svg(picture, JWS)
    assert refusal.value.code == "bad_svg"


@pytest.mark.parametrize(
    "picture",
    [
        bake_svg(PLAIN, JWS),
        svg("<credential/>"),
        svg('<assertion xmlns="http://openbadges.org" verify="https://a.example/1"/>'),
    ],
)
def test_a_picture_that_holds_a_credential_is_not_baked_again(picture: bytes) -> None:
    with pytest.raises(MalformedInput) as refusal:
        bake_svg(picture, JWS)
    assert refusal.value.code == "two_credentials_in_image"


def test_a_picture_has_at_most_half_a_mebibyte() -> None:
    room = MAX_PICTURE_BYTES - len(PLAIN)
    check_svg(PLAIN + b" " * room)
    with pytest.raises(MalformedInput) as refusal:
        check_svg(PLAIN + b" " * (room + 1))
    assert refusal.value.code == "too_large"


def test_only_a_credential_is_baked() -> None:
    with pytest.raises(MalformedInput) as refusal:
        bake_svg(PLAIN, '"><script>')
    assert refusal.value.code == "not_a_credential"


def test_a_text_that_xml_cannot_hold_is_not_baked() -> None:
    with pytest.raises(MalformedInput) as refusal:
        bake_svg(PLAIN, '{"a":"\x01"}')
    assert refusal.value.code == "bad_svg"

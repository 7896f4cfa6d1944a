"""Baking a credential into an SVG, and taking it out again (OB 3.0 section 5.3.2).

The file is parsed to judge it and to read from it; to bake, text is inserted and every byte of the
picture stays as it was. Only UTF-8 without a DOCTYPE is read, so no entity can be declared. A
picture that is to be baked must also be still and self-contained: no scripts, nothing fetched.
"""

import re
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser

from app.credentials.baking import MAX_CREDENTIAL_BYTES, credential_text
from app.credentials.values import is_compact_jws
from app.errors import MalformedInput

MAX_PICTURE_BYTES = 512 * 1024

_SVG = "http://www.w3.org/2000/svg"
_NAMESPACE = "https://purl.imsglobal.org/ob/v3p0"
# Some issuers write the namespace as the JSON-LD context's address has it.
_NAMESPACES = (_NAMESPACE, "https://purl.imsglobal.org/spec/ob/v3p0")
_OPEN_BADGES_2 = "http://openbadges.org"

_ENCODING = re.compile(r"<\?xml[^>]*?encoding\s*=\s*[\"']([^\"']*)[\"']")
# What stands before the root of a well-formed file without DOCTYPE, and the root's own tag.
_ROOT = re.compile(
    r"\A(?P<prolog>(?:\s|<\?.*?\?>|<!--.*?-->)*)"
    r"<(?P<name>[^\s/>]+)(?P<attributes>(?:[^\"'>]|\"[^\"]*\"|'[^']*')*?)(?P<closing>/?)>",
    re.DOTALL,
)
_OWN_PREFIX = re.compile(r"\sxmlns:openbadges\s*=")

_ACTIVE = frozenset({"script", "foreignobject", "iframe", "object", "embed", "handler"})
_LINKS = frozenset({"href", "src", "base"})
_EXTERNAL_STYLE = re.compile(
    r"@import|url\((?!\s*[\"']?\s*(?:#|data:image/))", re.IGNORECASE
)  # CSS can also hide these words behind a backslash: see _check_still


def check_svg(svg: bytes) -> None:
    """Check that `svg` is a picture a credential can be baked into.

    Raises `MalformedInput`: too_large, bad_svg, or two_credentials_in_image when it already holds
    a credential.
    """
    if len(svg) > MAX_PICTURE_BYTES:
        raise MalformedInput("too_large", "an SVG may have at most 512 KiB")
    root = _parse(svg)
    if b"<?xml-stylesheet" in svg:
        raise MalformedInput("bad_svg", "the SVG must not load anything from elsewhere")
    for element in root.iter():
        _check_still(element)
        namespace, name = _name(element)
        if name == "credential" or namespace == _OPEN_BADGES_2:
            raise MalformedInput(
                "two_credentials_in_image",
                "this picture already holds somebody's credential: use the plain picture",
            )


def bake_svg(svg: bytes, text: str) -> bytes:
    """The picture with the credential in it, as the first child of `svg`.

    Raises `MalformedInput` as `check_svg` does, and not_a_credential when `text` is neither JSON
    object nor compact JWS.
    """
    check_svg(svg)
    credential = credential_text(text, "not_a_credential")
    picture = svg.decode("utf-8")
    baked = _ROOT.sub(lambda root: _opened(root, credential), picture, count=1).encode()
    unbake_svg(baked)  # a text that XML cannot hold is found here, not by the learner
    return baked


def _opened(root: re.Match[str], credential: str) -> str:
    """The root's start tag with the namespace, and the credential after it."""
    name, attributes = root["name"], root["attributes"]
    declaration = f' xmlns:openbadges="{_NAMESPACE}"'
    on_root, on_element = declaration, ""
    if _OWN_PREFIX.search(attributes):  # the picture uses our prefix for something
        on_root, on_element = "", declaration
    end = f"</{name}>" if root["closing"] else ""
    element = _element(credential, on_element)
    return f"{root['prolog']}<{name}{on_root}{attributes}>{element}{end}"


def unbake_svg(svg: bytes) -> str:
    """The credential in a baked SVG: JSON or a compact JWS, as it was put in.

    Any prefix or a default namespace will do, and the element may stand anywhere. Raises
    `MalformedInput`: too_large, bad_svg, no_credential_in_image, two_credentials_in_image.
    """
    if len(svg) > MAX_PICTURE_BYTES + 2 * MAX_CREDENTIAL_BYTES:
        raise MalformedInput("too_large", "the SVG is too large")
    elements = [element for element in _parse(svg).iter() if _name(element)[1] == "credential"]
    if len(elements) > 1:
        raise MalformedInput("two_credentials_in_image", "the SVG holds two credentials")
    if not elements or _name(elements[0])[0] not in _NAMESPACES:
        detail = "the SVG holds no Open Badges 3.0 credential"
        raise MalformedInput("no_credential_in_image", detail)
    (element,) = elements
    if len(element):
        raise MalformedInput("bad_svg", "the credential in the SVG is not plain text")
    verify, body = element.get("verify", "").strip(), (element.text or "").strip()
    if verify and body:
        raise MalformedInput("two_credentials_in_image", "the SVG holds two credentials")
    return credential_text(verify or body, "bad_svg")


def _element(credential: str, declaration: str) -> str:
    """A JWS goes into `verify`, JSON into CDATA; `]]>` within JSON is split over two sections."""
    if is_compact_jws(credential):
        return f'<openbadges:credential{declaration} verify="{credential}"></openbadges:credential>'
    split = credential.replace("]]>", "]]]]><![CDATA[>")
    return f"<openbadges:credential{declaration}><![CDATA[{split}]]></openbadges:credential>"


def _parse(svg: bytes) -> Element:
    """The root of a well-formed UTF-8 SVG without DOCTYPE. Raises `MalformedInput` bad_svg."""
    try:
        text = svg.decode("utf-8")
    except UnicodeDecodeError:
        raise MalformedInput("bad_svg", "the SVG is not UTF-8") from None
    encoding = _ENCODING.match(text)
    # The parser takes NULs for UTF-16, whatever it is told, and XML has no other use for them.
    if (
        text.startswith("\ufeff")
        or "\0" in text
        or (encoding and encoding[1].lower() not in ("utf-8", "utf8"))
    ):
        raise MalformedInput("bad_svg", "the SVG must be plain UTF-8, without a byte order mark")
    try:
        parser = DefusedXMLParser(forbid_dtd=True, encoding="utf-8")
        parser.feed(svg)
        root: Element = parser.close()
    except DefusedXmlException:
        raise MalformedInput("bad_svg", "the SVG must not have a DOCTYPE") from None
    except ParseError as error:
        raise MalformedInput("bad_svg", f"the SVG is not well-formed XML: {error}") from None
    if root.tag != f"{{{_SVG}}}svg":
        raise MalformedInput("bad_svg", f"the SVG needs a root element svg in {_SVG}")
    return root


def _name(element: Element) -> tuple[str, str]:
    """Namespace and local name, the latter in lower case."""
    namespace, brace, name = element.tag.rpartition("}")
    return namespace.removeprefix("{") if brace else "", name.lower()


def _check_still(element: Element) -> None:
    """No script and nothing loaded: the file may be opened outside our pages' protection."""
    name = _name(element)[1]
    if name in _ACTIVE:
        raise MalformedInput("bad_svg", f"the SVG must not hold `{name}`")
    if name == "style":
        _check_style(element.text or "")
    for attribute, value in element.attrib.items():
        local = attribute.rpartition("}")[2].lower()
        if local.startswith("on") or (local == "attributename" and value.endswith("href")):
            raise MalformedInput("bad_svg", f"the SVG must not hold `{local}`")
        if local in _LINKS and not value.strip().startswith(("#", "data:image/")):
            raise MalformedInput("bad_svg", "the SVG must not refer to anything outside itself")
        if local == "style" or "(" in value:
            _check_style(value)


def _check_style(style: str) -> None:
    if _EXTERNAL_STYLE.search(style) or "\\" in style:
        raise MalformedInput("bad_svg", "the SVG must not load anything from elsewhere")

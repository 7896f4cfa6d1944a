"""Step 0: from bytes of any accepted kind to a secured document, within the parser's limits."""

from dataclasses import dataclass

from app.credentials.png import unbake_png
from app.credentials.svg import unbake_svg
from app.credentials.vcdm import is_enveloped, open_envelope
from app.encoding.strict_json import MAX_BYTES, JsonObject, parse_object
from app.errors import MalformedInput
from app.proofs.vc_jose import Jws, looks_like_jws, read_jws

_PNG_START = b"\x89PNG"
_JWS_MEDIA_TYPES = frozenset({"application/jwt", "application/vc+jwt", "application/vp+jwt"})


@dataclass(frozen=True)
class SecuredDocument:
    """A document and what secures it: the proof inside it, or the token around it."""

    document: JsonObject
    jws: Jws | None


def read_secured(data: bytes, *, kind: str = "VerifiableCredential") -> SecuredDocument:
    """Read JSON, a compact JWS, or a baked PNG or SVG.

    `kind` is VerifiableCredential or VerifiablePresentation. Raises `MalformedInput`, or
    `CheckFailed` for a token whose header must not be accepted.
    """
    text = data
    if data.startswith(_PNG_START):
        text = unbake_png(data).encode("utf-8")
    elif data.lstrip().startswith(b"<"):
        text = unbake_svg(data).encode("utf-8")
    if looks_like_jws(text):
        return _read_token(text, kind)
    return secured_object(parse_object(text.strip()), kind=kind)


def secured_object(document: JsonObject, *, kind: str = "VerifiableCredential") -> SecuredDocument:
    """The same for a parsed object; an enveloped one is opened (VCDM 2.0 section 4.13)."""
    if not is_enveloped(document, kind):
        return SecuredDocument(document, None)
    envelope = open_envelope(document, kind)
    if envelope.media_type not in _JWS_MEDIA_TYPES:
        raise MalformedInput(
            "not_a_credential", f"an envelope of {envelope.media_type} cannot be opened here"
        )
    # Envelopes of the older media type hold the older form of token: claims `vc` and `vp`.
    legacy = envelope.media_type == "application/jwt"
    return _read_token(envelope.text.encode("utf-8"), kind, legacy=legacy)


def _read_token(text: bytes, kind: str, *, legacy: bool = False) -> SecuredDocument:
    if len(text) > 2 * MAX_BYTES:
        raise MalformedInput("too_large", f"a token may have at most {2 * MAX_BYTES} bytes")
    presentation = kind == "VerifiablePresentation"
    jws = read_jws(text, presentation=presentation, legacy=legacy)
    return SecuredDocument(jws.document, jws)

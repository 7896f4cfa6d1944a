"""A credential at its address: a page for people, the exact signed bytes for programs.

The page checks the credential anew each time it is opened. What it shows as the credential's
content comes from the document whose proof has just passed; if it did not pass, the page says only
what the file claims.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Header, Path, Request, Response

from app.credentials.display import BadgeView, view_badge
from app.credentials.elm import export_elm
from app.credentials.png import bake_png
from app.credentials.svg import bake_svg
from app.encoding.strict_json import dump_json, parse_object
from app.errors import NotFound
from app.issuing.records import load_credential, read_document
from app.settings import Settings
from app.storage.tables import Credential
from app.verification.result import VerificationResult
from app.web.badge_pictures import badge_picture, is_pictured, picture_file
from app.web.checking import check_bytes
from app.web.dependencies import CurrentDesk, Desk, Now
from app.web.documents import CREDENTIAL_TYPES, REVALIDATE, document_response, file_name
from app.web.negotiation import choose_type
from app.web.openapi import problems
from app.web.pages import host_of, render_page
from app.web.public.signed_bytes import SignedBytesRoute
from app.web.qr import qr_svg
from app.web.sharing import linkedin_link, outside_verifier
from app.web.wording import VerdictWords, word_date, word_verdict

router = APIRouter(tags=["public documents"])
address = APIRouter(tags=["public documents"], route_class=SignedBytesRoute)
"""The credential's own address; asked after `router`, whose addresses it would match as well."""

CredentialId = Annotated[
    str, Path(max_length=64, description="The last part of the credential's address.")
]
Accept = Annotated[str | None, Header(description="`text/html` gets the page for people.")]


@dataclass(frozen=True)
class Download:
    """One form of the file, and for what it is good."""

    suffix: str
    name: str
    words: str


_DOWNLOADS = (
    Download(
        "png",
        "Badge picture (PNG)",
        "The picture with the signed credential inside. The best one to keep and to send.",
    ),
    Download("svg", "Badge picture (SVG)", "The same for print and large sizes."),
    Download("json", "Credential file (JSON)", "The signed data itself, for wallets."),
    Download("jwt", "Token (JWT)", "The same content, signed in the form some wallets prefer."),
)


@router.get(
    "/credentials/{credential}.json",
    summary="The credential as a file",
    response_class=Response,
    responses=problems(404),
)
def get_json(
    request: Request, desk: CurrentDesk, credential: CredentialId, accept: Accept = None
) -> Response:
    """The credential byte for byte as it was signed."""
    document = read_document(desk.database, credential)
    media_type = choose_type(accept, CREDENTIAL_TYPES)
    return document_response(request, document, media_type, cache_control=REVALIDATE)


@router.get(
    "/credentials/{credential}.jwt",
    summary="The credential as a VC-JWT",
    response_class=Response,
    responses=problems(404),
)
def get_jwt(request: Request, desk: CurrentDesk, credential: CredentialId) -> Response:
    """The same credential as a compact JWS; `text/plain`, as OB 3.0 has it. 404 when its issuer
    had no key for one.
    """
    row = _stored(desk, credential)
    if row.jwt is None:
        raise NotFound("not_found", "This credential was not issued as a JWT.")
    return document_response(
        request, row.jwt, "text/plain; charset=utf-8", cache_control=REVALIDATE, vary=False
    )


@router.get(
    "/credentials/{credential}.png",
    summary="The credential baked into a PNG",
    response_class=Response,
    responses=problems(404),
)
def get_png(request: Request, desk: CurrentDesk, credential: CredentialId) -> Response:
    """The achievement's picture with the credential inside (OB 3.0 section 5.3)."""
    picture = _picture_of(desk, credential, "image/png")
    baked = bake_png(picture.data, picture.credential)
    return _download(request, baked, "image/png", file_name(picture.title, "png"))


@router.get(
    "/credentials/{credential}.svg",
    summary="The credential baked into an SVG",
    response_class=Response,
    responses=problems(404),
)
def get_svg(request: Request, desk: CurrentDesk, credential: CredentialId) -> Response:
    """The achievement's picture with the credential inside (OB 3.0 section 5.3)."""
    picture = _picture_of(desk, credential, "image/svg+xml")
    baked = bake_svg(picture.data, picture.credential)
    return _download(request, baked, "image/svg+xml", file_name(picture.title, "svg"))


@router.get(
    "/credentials/{credential}/elm.json",
    summary="The credential in the European Learning Model",
    response_class=Response,
    responses=problems(404),
)
def get_elm(request: Request, desk: CurrentDesk, credential: CredentialId) -> Response:
    """What the credential says, as ELM JSON-LD for European systems. An export, and not signed:
    the signed credential is the one to check.
    """
    row = _stored(desk, credential)
    exported = dump_json(export_elm(parse_object(row.document)))
    return _download(request, exported, "application/ld+json")


@router.get("/credentials/{credential}/picture.png", include_in_schema=False)
def get_picture(request: Request, desk: CurrentDesk, credential: CredentialId) -> Response:
    """The picture alone, for the previews that social networks make of a link."""
    return _download(request, _picture_of(desk, credential, "image/png").data, "image/png")


@address.get(
    "/credentials/{credential}",
    summary="The share page, or the credential",
    response_class=Response,
    responses=problems(404),
)
def get_credential(
    desk: CurrentDesk,
    now: Now,
    credential: CredentialId,
    accept: Accept = None,
) -> Response:
    """A page with the verdict of this moment where Accept names `text/html`; for everybody else
    the credential byte for byte as it was signed, revoked or not.
    """
    row = _stored(desk, credential)
    result = check_bytes(desk, row.document, now=now)
    return _page(desk.settings, row, result, now)


def _stored(desk: Desk, credential: str) -> Credential:
    """The row, in a transaction that ends here: what follows computes, and holds no connection."""
    with desk.database.read() as session:
        return load_credential(session, credential)


def _download(
    request: Request, data: bytes, media_type: str, filename: str | None = None
) -> Response:
    return document_response(
        request, data, media_type, cache_control=REVALIDATE, vary=False, filename=filename
    )


@dataclass(frozen=True)
class _Picture:
    """The picture of one credential, and what is to be put into it."""

    data: bytes
    title: str
    credential: str


def _picture_of(desk: Desk, credential: str, media_type: str) -> _Picture:
    with desk.database.read() as session:
        row = load_credential(session, credential)
        view = view_badge(parse_object(row.document))
        if not is_pictured(view):
            raise NotFound("not_found", "An endorsement has no badge picture.")
        data = picture_file(
            session,
            desk.settings,
            view.image_src,
            media_type,
            title=view.title,
            issuer=view.issuer_name,
        )
    return _Picture(data, view.title, row.document.decode())


def _page(
    settings: Settings, row: Credential, result: VerificationResult, now: datetime
) -> Response:
    words = word_verdict(result)
    view = view_badge(result.document or result.claimed or {})
    path = f"/credentials/{row.id}"
    url = settings.public_url + path
    values = {
        "badge": view,
        "claimed": result.document is None,
        "words": words,
        "result": result,
        "extra": _more_about(row, view, result),
        "checked_at": now,
        "checked_by": (
            f"Checked by {host_of(settings)}, which also issued it, from its own records."
        ),
        "url": url,
        "path": path,
        "summary": _summary(view, words),
        "picture": badge_picture(settings, view),
        "qr": qr_svg(url, "QR code with the address of this page, the same as the link below it"),
        "linkedin": _linkedin(row, view, url)
        if words.tone == "good" and view.achievement_id is not None
        else None,
        "downloads": _downloads(row, view),
        "technical": _technical(result.claimed or {}),
        "outside": outside_verifier(url),
    }
    return render_page("share.html", settings, values)


def _downloads(row: Credential, view: BadgeView) -> list[Download]:
    """The forms that there are of this one."""
    missing = set() if row.jwt else {"jwt"}
    if not is_pictured(view):
        missing |= {"png", "svg"}
    return [each for each in _DOWNLOADS if each.suffix not in missing]


def _more_about(row: Credential, view: BadgeView, result: VerificationResult) -> str | None:
    """What the records add to the headline: since when, until when, and why."""
    codes = {check.problem.code for check in result.checks if check.problem is not None}
    if "revoked" in codes and row.revoked_at is not None:
        reason = f" Reason given by the issuer: {row.revocation_reason}"
        return f"Revoked on {word_date(row.revoked_at)}." + (
            reason if row.revocation_reason else ""
        )
    if "expired" in codes and view.valid_until is not None:
        return f"It was valid until {word_date(view.valid_until)}."
    if "not_yet_valid" in codes and view.valid_from is not None:
        return f"It will be valid from {word_date(view.valid_from)}."
    return None


def _summary(view: BadgeView, words: VerdictWords) -> str:
    """What a link preview says: nothing about the learner, and the bad news first."""
    issued = f"Issued {word_date(view.valid_from)}" if view.valid_from else "Issued"
    by = f" by {view.issuer_name}" if view.issuer_name else ""
    return f"{issued}{by}. " + (
        "Open to check it." if words.tone == "good" else f"{words.headline}."
    )


def _linkedin(row: Credential, view: BadgeView, url: str) -> str:
    return linkedin_link(
        title=view.title,
        issuer=view.issuer_name,
        issued=view.awarded_date or view.valid_from,
        expires=view.valid_until,
        url=url,
        credential_id=row.id,
    )


def _technical(document: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Names that the standards give to what was checked, for those who look for them."""
    proof = document.get("proof")
    proof = proof[0] if isinstance(proof, list) and proof else proof
    if not isinstance(proof, Mapping):
        return []
    names = {"cryptosuite": "Cryptosuite", "verificationMethod": "Key", "created": "Signed"}
    return [(label, str(proof[name])) for name, label in names.items() if name in proof]

"""Who the issuers are, for verifiers: DID documents, key sets, and one bare JWK per key.

Open to every site and cacheable for a few minutes: a withdrawn key must not be trusted for long.
did:web resolution reads `did.json` (did:web section 3.2), readers of VC-JWT the bare JWK at `kid`
(OB 3.0, impl guide).
"""

from typing import Annotated

from fastapi import APIRouter, Path, Request, Response

from app.encoding.strict_json import JsonObject, dump_json
from app.registry.issuers import load_issuer
from app.registry.key_documents import bare_jwk, did_document, jwks
from app.registry.keys import keys_of, load_key
from app.web.dependencies import CurrentDesk, IssuerId, ReadSession
from app.web.documents import document_response
from app.web.openapi import problems

router = APIRouter(tags=["public documents"], responses=problems(404))

CACHE_CONTROL = "public, max-age=300, must-revalidate"


@router.get("/issuers/{issuer}/did.json", response_class=Response)
def read_did_document(
    request: Request, desk: CurrentDesk, session: ReadSession, issuer: IssuerId
) -> Response:
    """The issuer's DID document: every key it ever used, the withdrawn ones marked."""
    row = load_issuer(session, issuer)
    document = did_document(row, keys_of(session, row.id), desk.settings.public_url)
    return _answer(request, document, "application/did+json")


@router.get("/issuers/{issuer}/jwks.json", response_class=Response)
def read_key_set(
    request: Request, desk: CurrentDesk, session: ReadSession, issuer: IssuerId
) -> Response:
    """The issuer's keys as a JWK Set (RFC 7517)."""
    row = load_issuer(session, issuer)
    document = jwks(row, keys_of(session, row.id), desk.settings)
    return _answer(request, document, "application/jwk-set+json")


@router.get("/issuers/{issuer}/keys/{fragment}", response_class=Response)
def read_key(
    request: Request,
    desk: CurrentDesk,
    session: ReadSession,
    issuer: IssuerId,
    fragment: Annotated[str, Path(description="The key's Multibase form.", max_length=128)],
) -> Response:
    """One key as a bare JWK: the address that stands as `kid` in VC-JWTs."""
    row = load_issuer(session, issuer)
    document = bare_jwk(row, load_key(session, row.id, fragment), desk.settings)
    return _answer(request, document, "application/jwk+json")


def _answer(request: Request, document: JsonObject, media_type: str) -> Response:
    return document_response(
        request, dump_json(document), media_type, cache_control=CACHE_CONTROL, vary=False
    )

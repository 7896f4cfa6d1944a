"""Signing, and at once verifying what was signed, before anybody can rely on it.

What is stored is what was verified: the signature is checked over the document whose very bytes
will be served, with the public key that the world is shown.
"""

from datetime import datetime

from app.encoding.strict_json import JsonObject, dump_json, parse_object
from app.errors import CheckFailed, KeyStoreError
from app.issuing.desk import IssuingDesk
from app.keys.public_key import PublicKey
from app.proofs.checked import CheckedDocument, UnsecuredDocument, read_unsecured
from app.proofs.data_integrity import check_signature, make_proof, proofs_of, read_proof
from app.proofs.profiles import Profile
from app.proofs.vc_jose import check_claims, check_own_jwt, read_jws, sign_jwt
from app.registry.key_documents import jwk_url, verification_method_of
from app.storage.tables import Issuer, Key


def sign_and_verify(
    desk: IssuingDesk, issuer: Issuer, key: Key, checked: CheckedDocument, *, now: datetime
) -> bytes:
    """The bytes of the secured document, verified: without the proof they say what was checked.

    Raises KeyStoreError when the private key cannot be had, or is not the one whose public half
    is on record.
    """
    signer = desk.signer(issuer, key)
    proof = dump_json(make_proof(checked, signer, cryptosuite=issuer.cryptosuite, created=now))
    try:
        _check_our_proof(issuer, key, parse_object(proof), checked.unsecured)
    except CheckFailed as error:
        raise _not_ours(key, error.detail) from error
    # The very bytes that were checked, and in them, as their last member, the proof that was.
    return checked.content.removesuffix(b"}") + b',"proof":' + proof + b"}"


def verify_signed(
    desk: IssuingDesk, issuer: Issuer, key: Key, data: bytes, profile: Profile
) -> JsonObject:
    """The document that stored bytes secure, without its proof, verified with the key on record.

    It is canonicalised anew, and not by the template by which it was signed. Raises CheckFailed or
    MalformedInput. Our documents have one proof; more would be a forgery.
    """
    document = parse_object(data)
    unsecured = read_unsecured(document, profile, desk.contexts, anew=True)
    proofs = proofs_of(document)
    if len(proofs) > 1:
        raise CheckFailed("too_many_proofs", "the document has more than our one proof")
    _check_our_proof(issuer, key, proofs[0], unsecured)
    return unsecured.document


def _check_our_proof(issuer: Issuer, key: Key, raw: object, unsecured: UnsecuredDocument) -> None:
    proof = read_proof(raw, unsecured.document["@context"])
    if proof.verification_method != verification_method_of(issuer, key):
        raise CheckFailed("issuer_mismatch", "the proof names another key than the one on record")
    check_signature(proof, unsecured, PublicKey.from_multikey(key.public_key_multibase))


def sign_and_verify_jwt(
    desk: IssuingDesk, issuer: Issuer, key: Key, checked: CheckedDocument
) -> bytes:
    """The checked document as a compact JWS (OB 3.0 section 8.2), verified; `kid` is a bare JWK.

    Raises KeyStoreError as `sign_and_verify` does.
    """
    kid = jwk_url(issuer.id, key, desk.settings)
    signer = desk.signer(issuer, key)
    token = sign_jwt(checked, signer, kid=kid).encode("ascii")
    public_key = PublicKey.from_multikey(key.public_key_multibase)
    try:
        check_own_jwt(token, checked, public_key, algorithm=signer.algorithm, kid=kid)
    except CheckFailed as error:
        raise _not_ours(key, error.detail) from error
    return token


def verify_signed_jwt(desk: IssuingDesk, issuer: Issuer, key: Key, token: bytes) -> JsonObject:
    """The document that a stored token secures, verified with the key on record.

    Raises CheckFailed or MalformedInput.
    """
    jws = read_jws(token)
    if jws.header.get("kid") != jwk_url(issuer.id, key, desk.settings):
        raise CheckFailed("issuer_mismatch", "the token names another key than the one on record")
    public_key = PublicKey.from_multikey(key.public_key_multibase)
    public_key.verify(jws.algorithm, jws.signing_input, jws.signature)
    check_claims(jws, required=True)
    return jws.document


def _not_ours(key: Key, reason: str) -> KeyStoreError:
    return KeyStoreError(
        "key_store",
        f"what the private key {key.signer_uri} signed does not verify ({reason}); "
        "nothing was issued. Is the key store the one that belongs to this database?",
    )

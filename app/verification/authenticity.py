"""Steps 1 to 4: contexts, keys, proofs. Who secured a document, if anybody did?

Given a `World`, nothing here touches a database or a network of its own accord.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from app.encoding.strict_json import JsonObject
from app.errors import CheckFailed, CheckUndecided
from app.errors.problems import Problem, problem_of
from app.jsonld.contexts import ContextBundle
from app.jsonld.safe_mode import canonicalize
from app.keys.resolution import Resolve
from app.proofs.checked import UnsecuredDocument
from app.proofs.data_integrity import (
    CLOCK_TOLERANCE,
    Proof,
    check_signature,
    check_times,
    proofs_of,
    read_proof,
)
from app.proofs.profiles import Profile
from app.proofs.vc_jose import check_claims, method_of, signed_at
from app.verification.envelope import SecuredDocument


@dataclass(frozen=True)
class World:
    """Everything a verification is given: what it may look at, and what time it is.

    `resolve` finds controlled identifier documents, `fetch_status` the bytes of a status list;
    both raise `CheckUndecided` when they cannot. `known_issuer` says whether this service knows an
    issuer.
    """

    contexts: ContextBundle
    resolve: Resolve
    fetch_status: Callable[[str], bytes]
    known_issuer: Callable[[str], bool]
    now: datetime


@dataclass(frozen=True)
class Authenticated:
    """Who controls the keys that signed, one entry per proof; and proofs that say nothing to us."""

    controllers: tuple[str, ...]
    not_understood: tuple[Problem, ...] = ()


def issuer_of(document: JsonObject) -> str | None:
    """The issuer's id, or None when there is none to be read."""
    issuer = document.get("issuer")
    identifier = issuer.get("id") if isinstance(issuer, dict) else issuer
    return identifier if isinstance(identifier, str) else None


def authenticate(
    secured: SecuredDocument,
    unsecured: UnsecuredDocument,
    world: World,
    *,
    profile: Profile,
    party: str | None,
    purpose: str = "assertionMethod",
) -> Authenticated:
    """Check every proof that is understood, or the token's signature.

    `party` is who should have signed: issuer or holder. Raises `CheckFailed` for the first proof
    that is wrong, `CheckUndecided` when no proof is of a kind that is known here or a key cannot
    be had.
    """
    if secured.jws is not None:
        return _authenticate_token(secured, world, profile, party, purpose)
    proofs = []
    not_understood = []
    for raw in proofs_of(secured.document):
        try:
            proofs.append(read_proof(raw, unsecured.document.get("@context")))
        except CheckUndecided as error:
            not_understood.append(error)
    if not proofs:
        raise not_understood[0]
    _check_chain(proofs)
    controllers = tuple(_check_proof(p, proofs, unsecured, world, purpose) for p in proofs)
    return Authenticated(controllers, tuple(problem_of(error) for error in not_understood))


def check_binding(authenticated: Authenticated, party: str | None, *, every_proof: bool) -> None:
    """The party named in the document must control the keys: all of them, or for chains one.

    Raises `CheckFailed` issuer_mismatch.
    """
    strangers = [c for c in authenticated.controllers if c != party]
    if strangers and (every_proof or len(strangers) == len(authenticated.controllers)):
        raise CheckFailed(
            "issuer_mismatch", f"signed with a key of {strangers[0]}, but it names {party}"
        )


def _check_proof(
    proof: Proof, proofs: list[Proof], unsecured: UnsecuredDocument, world: World, purpose: str
) -> str:
    if proof.purpose != purpose:
        raise CheckFailed(
            "purpose_not_authorized", f"the proof's purpose must be {purpose}", field="/proof"
        )
    check_times(proof, world.now)
    controller = world.resolve(proof.controller)
    method = controller.method_for(
        proof.verification_method, at=proof.created or world.now, purpose=purpose
    )
    check_signature(proof, _with_previous(proof, proofs, unsecured), method.public_key())
    return method.controller


def _with_previous(
    proof: Proof, proofs: list[Proof], unsecured: UnsecuredDocument
) -> UnsecuredDocument:
    """For a chain: the document together with the proofs that came before (section 4.3)."""
    if not proof.previous:
        return unsecured
    earlier = [p.members for p in proofs if p.members.get("id") in proof.previous]
    document = {**unsecured.document, "proof": earlier}
    contexts = unsecured.contexts
    return UnsecuredDocument(document, contexts, canonicalize(document, contexts))


def _check_chain(proofs: list[Proof]) -> None:
    """Every previous proof must be there, once, and no chain may bite its own tail."""
    ids = [proof.members["id"] for proof in proofs if "id" in proof.members]
    if len(ids) != len(set(ids)):
        raise CheckFailed("proof_chain_broken", "two proofs have the same id", field="/proof")
    settled: set[str] = set()
    waiting = list(proofs)
    while waiting:
        ready = [proof for proof in waiting if settled.issuperset(proof.previous)]
        if not ready:
            raise CheckFailed(
                "proof_chain_broken",
                "a previousProof is missing, or refers to itself",
                field="/proof",
            )
        settled.update(str(proof.members["id"]) for proof in ready if "id" in proof.members)
        waiting = [proof for proof in waiting if proof not in ready]


def _authenticate_token(
    secured: SecuredDocument, world: World, profile: Profile, party: str | None, purpose: str
) -> Authenticated:
    jws = secured.jws
    assert jws is not None  # noqa: S101 - narrowed by the caller
    kid = jws.header.get("kid", "")
    identifier = kid.partition("#")[0] if kid.startswith("did:") else party
    if identifier is None:
        raise CheckFailed("issuer_mismatch", "the token names no issuer", field="/issuer")
    at = signed_at(jws) or world.now
    if "iat" in jws.claims and at > world.now + CLOCK_TOLERANCE:
        raise CheckFailed("proof_created_in_future", f"the token is dated {at:%FT%TZ}")
    controller = world.resolve(identifier)
    method = method_of(jws, controller, at=at, purpose=purpose)
    method.public_key().verify(jws.algorithm, jws.signing_input, jws.signature)
    if purpose == "assertionMethod":
        check_claims(jws, required=profile.claims_required)
    return Authenticated((method.controller,))

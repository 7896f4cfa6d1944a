"""Data Integrity proofs: adding one, reading one, checking one (Data Integrity 1.0, section 4).

A cryptosuite is a row in a table: how the bytes to be signed are made, by which algorithm they are
signed, and whether the proof repeats the @context. Nothing here resolves or fetches; the caller
brings the key.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from app.encoding.dates import format_datetime, parse_datetime
from app.encoding.multibase import decode_base58btc, encode_base58btc
from app.encoding.strict_json import JsonObject
from app.errors import CheckFailed, CheckUndecided
from app.keys.public_key import PublicKey
from app.keys.signer import Signer
from app.proofs import eddsa_jcs_2022, eddsa_rdfc_2022
from app.proofs.checked import CheckedDocument, UnsecuredDocument

MAX_PROOFS = 8
CLOCK_TOLERANCE = timedelta(minutes=5)
_MAX_PROOF_VALUE = 100

_MEMBERS = frozenset(
    {
        "@context",
        "challenge",
        "created",
        "cryptosuite",
        "domain",
        "expires",
        "id",
        "nonce",
        "previousProof",
        "proofPurpose",
        "proofValue",
        "type",
        "verificationMethod",
    }
)
_TEXTS = ("id", "cryptosuite", "verificationMethod", "proofPurpose", "proofValue", "nonce")


@dataclass(frozen=True)
class Cryptosuite:
    """How one cryptosuite turns a document and a proof configuration into signed bytes."""

    algorithm: str  # JOSE name
    hash_data: Callable[[UnsecuredDocument, JsonObject], bytes]
    context_in_proof: bool


# https://www.w3.org/TR/vc-di-eddsa/ section 3
CRYPTOSUITES = {
    "eddsa-rdfc-2022": Cryptosuite("EdDSA", eddsa_rdfc_2022.hash_data, context_in_proof=False),
    "eddsa-jcs-2022": Cryptosuite("EdDSA", eddsa_jcs_2022.hash_data, context_in_proof=True),
}


@dataclass(frozen=True)
class Proof:
    """A proof whose shape has been checked."""

    members: JsonObject
    cryptosuite: Cryptosuite
    created: datetime | None
    expires: datetime | None
    previous: tuple[str, ...]

    @property
    def verification_method(self) -> str:
        """The DID URL of the key."""
        return str(self.members["verificationMethod"])

    @property
    def controller(self) -> str:
        """The identifier that the verification method belongs to: what stands before the #."""
        return self.verification_method.partition("#")[0]

    @property
    def purpose(self) -> str:
        """The proof purpose, such as assertionMethod."""
        return str(self.members["proofPurpose"])


def add_proof(
    checked: CheckedDocument, signer: Signer, *, cryptosuite: str, created: datetime
) -> JsonObject:
    """The secured document: the checked one with one proof by `signer` (section 4.2)."""
    proof = make_proof(checked, signer, cryptosuite=cryptosuite, created=created)
    return {**checked.document, "proof": proof}


def make_proof(
    checked: CheckedDocument, signer: Signer, *, cryptosuite: str, created: datetime
) -> JsonObject:
    """The proof of a checked document by `signer` (section 4.2)."""
    suite = CRYPTOSUITES[cryptosuite]
    configuration: JsonObject = {
        "type": "DataIntegrityProof",
        "cryptosuite": cryptosuite,
        "created": format_datetime(created),
        "verificationMethod": signer.verification_method,
        "proofPurpose": "assertionMethod",
    }
    if suite.context_in_proof:
        configuration["@context"] = checked.document["@context"]
    signature = signer.sign(suite.hash_data(checked.unsecured, configuration))
    return {**configuration, "proofValue": "z" + encode_base58btc(signature)}


def proofs_of(document: JsonObject) -> list[Any]:
    """The raw proofs of a document, at most `MAX_PROOFS`; raises `CheckFailed`."""
    if "proof" not in document:
        raise CheckFailed("no_proof", "the document has no proof", field="/proof")
    proof = document["proof"]
    proofs = proof if isinstance(proof, list) else [proof]
    if not proofs:
        raise CheckFailed("no_proof", "the list of proofs is empty", field="/proof")
    if len(proofs) > MAX_PROOFS:
        raise CheckFailed("too_many_proofs", f"more than {MAX_PROOFS} proofs", field="/proof")
    return proofs


def read_proof(raw: object, document_context: object) -> Proof:
    """Check the shape of a proof (section 2.1) and find its cryptosuite.

    Raises `CheckFailed` malformed_proof, and `CheckUndecided` unknown_proof_type or
    unknown_cryptosuite for kinds that may be right but are not known here.
    """
    if not isinstance(raw, dict):
        raise _malformed("a proof must be an object")
    for name in _TEXTS:
        if name in raw and not isinstance(raw[name], str):
            raise _malformed(f"its {name} must be a text")
    if raw.get("type") != "DataIntegrityProof":
        if "cryptosuite" in raw or not isinstance(raw.get("type"), str):
            raise _malformed("its type must be DataIntegrityProof")
        raise CheckUndecided(
            "unknown_proof_type", f"proofs of type {raw['type'][:80]!r} cannot be checked here"
        )
    if "cryptosuite" not in raw:
        raise _malformed("it names no cryptosuite")
    suite = CRYPTOSUITES.get(raw["cryptosuite"])
    if suite is None:
        raise CheckUndecided(
            "unknown_cryptosuite",
            f"the cryptosuite {raw['cryptosuite'][:80]!r} cannot be checked here",
        )
    if unknown := raw.keys() - _MEMBERS:
        raise _malformed(f"it has the unknown member {sorted(unknown)[0][:80]!r}")
    for name in ("verificationMethod", "proofPurpose", "proofValue"):
        if name not in raw:
            raise _malformed(f"it has no {name}")
    if "@context" in raw and raw["@context"] != document_context:
        raise _malformed("its @context is not the document's")
    return Proof(
        raw,
        suite,
        _date(raw, "created"),
        _date(raw, "expires"),
        _previous(raw.get("previousProof")),
    )


def check_times(proof: Proof, now: datetime) -> None:
    """Refuse proofs from the future and proofs that have expired (section 4.4 step 3)."""
    if proof.created is not None and proof.created > now + CLOCK_TOLERANCE:
        raise CheckFailed("proof_created_in_future", f"the proof is dated {proof.created:%FT%TZ}")
    if proof.expires is not None and proof.expires <= now:
        raise CheckFailed("proof_expired", f"the proof expired on {proof.expires:%FT%TZ}")


def check_signature(proof: Proof, unsecured: UnsecuredDocument, key: PublicKey) -> None:
    """Check the proof value over the document with a public key (section 4.4).

    Raises `CheckFailed` malformed_proof, key_type_mismatch or proof_invalid, and what safe-mode
    canonicalisation of the proof configuration raises.
    """
    text = proof.members["proofValue"]
    if not text.startswith("z") or len(text) > _MAX_PROOF_VALUE:
        raise _malformed("its proofValue must be base58btc, starting with z")
    try:
        signature = decode_base58btc(text[1:])
    except CheckFailed as error:
        raise _malformed(f"its proofValue: {error.detail}") from None
    configuration = {n: member for n, member in proof.members.items() if n != "proofValue"}
    data = proof.cryptosuite.hash_data(unsecured, configuration)
    key.verify(proof.cryptosuite.algorithm, data, signature)


def _date(raw: JsonObject, name: str) -> datetime | None:
    if name not in raw:
        return None
    try:
        return parse_datetime(raw[name])
    except CheckFailed as error:
        raise _malformed(f"its {name}: {error.detail}") from None


def _previous(value: object) -> tuple[str, ...]:
    ids = [] if value is None else value if isinstance(value, list) else [value]
    if not all(isinstance(item, str) for item in ids) or len(ids) > MAX_PROOFS:
        raise _malformed("its previousProof must name proofs")
    return tuple(ids)


def _malformed(reason: str) -> CheckFailed:
    return CheckFailed("malformed_proof", f"the proof is not well formed: {reason}", field="/proof")

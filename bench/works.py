"""The works that are compared within this process: Signet's, PyLD's, and the limit of both."""

import hashlib
import itertools
from collections.abc import Callable
from typing import Any

import orjson
from pyld import jsonld

from app.encoding.multibase import decode_base58btc, encode_base58btc
from app.encoding.strict_json import dump_json, parse_json, parse_object
from app.issuing.signing import sign_and_verify
from app.jsonld.contexts import ContextBundle
from app.keys.public_key import PublicKey
from app.proofs.checked import check_document
from app.proofs.profiles import OPEN_BADGE
from app.proofs.vc_jose import sign_jwt
from app.storage.tables import Issuer
from app.verification.verify import verify_credential
from bench.example import NOW, Example, another_achievement

Work = Callable[[], object]


def issue_with(example: Example, cryptosuite: str) -> Callable[[bytes], bytes]:
    """Signet's issue of one suite: read, check, sign, verify what was signed, write."""
    issuer = Issuer(
        id=example.issuer.id,
        did=example.issuer.did,
        did_method=example.issuer.did_method,
        cryptosuite=cryptosuite,
        profile=example.issuer.profile,
    )

    def issue(text: bytes) -> bytes:
        checked = check_document(
            parse_object(text), profile=OPEN_BADGE, contexts=example.desk.contexts
        )
        return sign_and_verify(example.desk, issuer, example.key, checked, now=NOW)

    return issue


def signet_works(example: Example) -> dict[str, Work]:
    """Issue and verify of every suite; `cold` with an achievement that was never seen."""
    issue = issue_with(example, "eddsa-rdfc-2022")
    issue_jcs = issue_with(example, "eddsa-jcs-2022")
    text = example.unsecured
    document = parse_object(text)
    fresh = (dump_json(another_achievement(document, number)) for number in itertools.count())
    secured, secured_jcs = issue(text), issue_jcs(text)

    def token() -> str:
        checked = check_document(
            parse_object(text), profile=OPEN_BADGE, contexts=example.desk.contexts
        )
        return sign_jwt(checked, example.signer, kid=example.signer.verification_method)

    jwt = token().encode()
    return {
        "issue eddsa-rdfc-2022": lambda: issue(text),
        "issue eddsa-rdfc-2022, new achievement": lambda: issue(next(fresh)),
        "issue eddsa-jcs-2022": lambda: issue_jcs(text),
        "issue VC-JWT (EdDSA)": token,
        "verify eddsa-rdfc-2022": lambda: verify(example, secured),
        "verify eddsa-jcs-2022": lambda: verify(example, secured_jcs),
        "verify VC-JWT (EdDSA)": lambda: verify(example, jwt),
    }


def verify(example: Example, data: bytes) -> None:
    """All checks but the status list, which the peers do not look up either."""
    result = verify_credential(data, profile=OPEN_BADGE, world=example.world, with_status=False)
    assert result.verdict == "verified", result


def pyld_works(example: Example, secured: bytes) -> dict[str, Work]:
    """The least code around PyLD that signs and verifies, without any check."""
    loader = _loader(example.desk.contexts)

    def hashed(document: dict[str, Any], proof: dict[str, Any]) -> bytes:
        return b"".join(
            hashlib.sha256(
                jsonld.normalize(
                    part,
                    {
                        "algorithm": "URDNA2015",
                        "format": "application/n-quads",
                        "documentLoader": loader,
                    },
                ).encode()
            ).digest()
            for part in (proof, document)
        )

    def issue() -> bytes:
        document = parse_json(example.unsecured)
        proof = {
            "type": "DataIntegrityProof",
            "cryptosuite": "eddsa-rdfc-2022",
            "created": "2026-03-01T12:00:00Z",
            "verificationMethod": example.signer.verification_method,
            "proofPurpose": "assertionMethod",
        }
        data = hashed(document, {"@context": document["@context"], **proof})
        proof["proofValue"] = "z" + encode_base58btc(example.signer.sign(data))
        return dump_json({**document, "proof": proof})

    def check() -> None:
        document = parse_json(secured)
        proof = document.pop("proof")
        signature = decode_base58btc(proof.pop("proofValue")[1:])
        data = hashed(document, {"@context": document["@context"], **proof})
        PublicKey.from_multikey(example.key.public_key_multibase).verify("EdDSA", data, signature)

    return {"issue": issue, "verify": check}


def limit_works(example: Example, secured: bytes) -> dict[str, Work]:
    """What no implementation can do without: parse, SHA-256 of the N-Quads, Ed25519, base58."""
    sign, encode = example.signer.sign, encode_base58btc
    contexts = example.desk.contexts
    checked = check_document(parse_object(example.unsecured), profile=OPEN_BADGE, contexts=contexts)
    canonical = checked.unsecured.canonical
    public_key = PublicKey.from_multikey(example.key.public_key_multibase)
    value = orjson.loads(secured)["proof"]["proofValue"]
    proof_hash = hashlib.sha256(b"proof").digest()

    def issue() -> bytes:
        document = orjson.loads(example.unsecured)
        data = proof_hash + hashlib.sha256(canonical).digest()
        document["proof"] = {"proofValue": "z" + encode(sign(data))}
        return orjson.dumps(document)

    signature = example.signer.sign(proof_hash + hashlib.sha256(canonical).digest())

    def check() -> None:
        orjson.loads(secured)
        decode_base58btc(value[1:])
        data = proof_hash + hashlib.sha256(canonical).digest()
        public_key.verify("EdDSA", data, signature)

    return {"issue": issue, "verify": check}


def _loader(contexts: ContextBundle) -> Callable[[str, Any], dict[str, Any]]:
    def load(url: str, _options: Any) -> dict[str, Any]:
        return {"contextUrl": None, "documentUrl": url, "document": contexts.documents[url]}

    return load

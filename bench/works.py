"""The works that are compared within this process: Signet's, PyLD's, and the limit of both."""

import hashlib
import itertools
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
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
from bench.example import NOW, Example, another_achievement, another_learner

Work = Callable[[], object]


def issue_with(example: Example, cryptosuite: str) -> Callable[..., bytes]:
    """Signet's issue of one suite: read, check, sign, verify what was signed, write."""
    issuer = Issuer(
        id=example.issuer.id,
        did=example.issuer.did,
        did_method=example.issuer.did_method,
        cryptosuite=cryptosuite,
        profile=example.issuer.profile,
    )

    def issue(text: bytes, *, now: datetime = NOW) -> bytes:
        checked = check_document(
            parse_object(text), profile=OPEN_BADGE, contexts=example.desk.contexts
        )
        return sign_and_verify(example.desk, issuer, example.key, checked, now=now)

    return issue


def signet_works(example: Example, *, learners: int) -> dict[str, Work]:
    """Issue and verify of every suite, each time of another one of so many learners.

    What we remember of one badge shall be of use for the next one only as far as it is in service.
    """
    issue = issue_with(example, "eddsa-rdfc-2022")
    issue_jcs = issue_with(example, "eddsa-jcs-2022")
    document = parse_object(example.unsecured)
    badges = [another_learner(document, number) for number in range(learners)]
    texts = [dump_json(badge) for badge in badges]
    fresh = [dump_json(another_achievement(badge, n)) for n, badge in enumerate(badges)]
    dates = [NOW - timedelta(seconds=number) for number in range(learners)]

    def token(text: bytes) -> str:
        checked = check_document(
            parse_object(text), profile=OPEN_BADGE, contexts=example.desk.contexts
        )
        return sign_jwt(checked, example.signer, kid=example.signer.verification_method)

    return {
        "issue eddsa-rdfc-2022": _in_turn(issue, texts),
        "issue eddsa-rdfc-2022, new achievement": _in_turn(issue, fresh),
        "issue eddsa-jcs-2022": _in_turn(issue_jcs, texts),
        "issue VC-JWT (EdDSA)": _in_turn(token, texts),
        "verify eddsa-rdfc-2022": _in_turn(
            partial(verify, example),
            [issue(text, now=date) for text, date in zip(texts, dates, strict=True)],
        ),
        "verify eddsa-jcs-2022": _in_turn(
            partial(verify, example),
            [issue_jcs(text, now=date) for text, date in zip(texts, dates, strict=True)],
        ),
        "verify VC-JWT (EdDSA)": _in_turn(
            partial(verify, example), [token(text).encode() for text in texts]
        ),
    }


def _in_turn(work: Callable[..., object], *arguments: list[bytes]) -> Work:
    """The work on one learner's bytes after the other's, and again from the first."""
    endless = itertools.cycle(zip(*arguments, strict=True))
    return lambda: work(*next(endless))


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


def limit_works(example: Example, *, learners: int) -> dict[str, Work]:
    """What no implementation can do without: parse, SHA-256 of the N-Quads, Ed25519, base58.

    Of another learner each time as well: a processor learns the way through one signature.
    """
    sign, encode = example.signer.sign, encode_base58btc
    contexts = example.desk.contexts
    public_key = PublicKey.from_multikey(example.key.public_key_multibase)
    proof_hash = hashlib.sha256(b"proof").digest()
    document = parse_object(example.unsecured)

    def canonical(text: bytes) -> bytes:
        checked = check_document(parse_object(text), profile=OPEN_BADGE, contexts=contexts)
        return checked.unsecured.canonical

    def issue(text: bytes, nquads: bytes) -> bytes:
        document = orjson.loads(text)
        data = proof_hash + hashlib.sha256(nquads).digest()
        document["proof"] = {"proofValue": "z" + encode(sign(data))}
        return orjson.dumps(document)

    def check(secured: bytes, nquads: bytes) -> None:
        signature = decode_base58btc(orjson.loads(secured)["proof"]["proofValue"][1:])
        data = proof_hash + hashlib.sha256(nquads).digest()
        public_key.verify("EdDSA", data, signature)

    texts = [dump_json(another_learner(document, number)) for number in range(learners)]
    forms = [canonical(text) for text in texts]
    secured = [issue(*each) for each in zip(texts, forms, strict=True)]
    return {"issue": _in_turn(issue, texts, forms), "verify": _in_turn(check, secured, forms)}


def _loader(contexts: ContextBundle) -> Callable[[str, Any], dict[str, Any]]:
    def load(url: str, _options: Any) -> dict[str, Any]:
        return {"contextUrl": None, "documentUrl": url, "document": contexts.documents[url]}

    return load

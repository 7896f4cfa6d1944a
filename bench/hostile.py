"""Documents that are small enough to be let in and made to cost as much as they can."""

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from app.encoding.multibase import encode_base58btc, encode_base64url
from app.encoding.strict_json import JsonObject, dump_json, parse_object
from app.jsonld.safe_mode import canonicalize
from app.proofs.checked import UnsecuredDocument
from app.proofs.data_integrity import CRYPTOSUITES, MAX_PROOFS
from app.status.bitstring import build_status_list_credential, status_entry
from bench.example import NOW, Example

VCDM = "https://www.w3.org/ns/credentials/v2"
OPEN_BADGES = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"
CREDENTIALS, PRESENTATIONS, PAGE = "/credentials/verify", "/presentations/verify", "/verify"
LIST_URLS = tuple(f"https://lists-{number}.example/list" for number in range(3))
_NO_PROOF = {
    "type": "DataIntegrityProof",
    "cryptosuite": "eddsa-rdfc-2022",
    "created": "2026-03-01T12:00:00Z",
    "proofPurpose": "assertionMethod",
    "verificationMethod": "did:key:z6MkexZv6D8wErXoBHdZ6SRAigrcCfiig5uwXFJK1j4mEvFA#x",
    "proofValue": "z3FXQqFfb9tCTNuCEqjSVFzSKAhfWFqNrZ4rcFxhXhsPa6ZVbFXzdoyvFxGr8fNxzkdsa2AbGXYZj",
}


@dataclass(frozen=True)
class Hostile:
    """One request."""

    name: str
    door: str
    body: bytes
    media_type: str = "application/json"
    accept: str = "application/json"


def hostile_documents(example: Example) -> dict[str, Iterator[Hostile]]:
    """By family; each is made when it is asked for, and the first is one that is quickly made."""
    badge = parse_object(example.unsecured)
    signer = _Signer(example)
    unsigned = {
        family: (_credential(name, {**each, "proof": _NO_PROOF}) for name, each in documents)
        for family, documents in _unsigned(badge).items()
    }
    return {
        **unsigned,
        "chains of proofs": _chains(signer),
        "credentials in a presentation": _presentations(signer, badge),
        "status lists": _with_lists(signer),
        "pages and pictures": _pages(signer, badge),
    }


def hostile_lists(example: Example) -> dict[str, bytes]:
    """What stands at `LIST_URLS`: lists as long as may be read, of bits that do not compress."""
    signer = _Signer(example)
    noise = b"".join(struct.pack(">Q", n * 0x9E3779B97F4A7C15 % 2**64) for n in range(22_000))
    made = {}
    for url in LIST_URLS:
        document = build_status_list_credential(
            list_url=url,
            issuer_id=signer.did,
            status_purpose="revocation",
            bits=noise + bytes(2 * 1024 * 1024 - len(noise)),
            valid_from=NOW,
            valid_until=NOW.replace(year=NOW.year + 1),
        )
        made[url] = dump_json(signer.secured(document))
    return made


class _Signer:
    """Signs what no issuer would: the proof is right, whatever the document is."""

    def __init__(self, example: Example) -> None:
        self.did = example.issuer.did
        self._signer = example.signer
        self._contexts = example.desk.contexts

    def plain(self, **members: Any) -> JsonObject:
        return {
            "@context": [VCDM, OPEN_BADGES],
            "type": ["VerifiableCredential"],
            "issuer": self.did,
            "credentialSubject": {"id": "urn:example:learner"},
            **members,
        }

    def secured(
        self, document: JsonObject, proofs: int = 1, purpose: str = "assertionMethod"
    ) -> JsonObject:
        """With so many proofs, each of them over all that came before."""
        suite = CRYPTOSUITES["eddsa-rdfc-2022"]
        made: list[JsonObject] = []
        for number in range(proofs):
            configuration = {
                "id": f"urn:example:proof:{number}",
                "type": "DataIntegrityProof",
                "cryptosuite": "eddsa-rdfc-2022",
                "created": "2026-03-01T12:00:00Z",
                "verificationMethod": self._signer.verification_method,
                "proofPurpose": purpose,
                "@context": document["@context"],
            }
            covered = document
            if made:
                configuration["previousProof"] = [proof["id"] for proof in made]
                covered = {**document, "proof": list(made)}
            form = canonicalize(covered, self._contexts)
            unsecured = UnsecuredDocument(covered, self._contexts, form)
            signature = self._signer.sign(suite.hash_data(unsecured, configuration))
            made.append({**configuration, "proofValue": "z" + encode_base58btc(signature)})
        # A proof says its contexts in one place only, or 4,000 values are soon reached.
        for proof in made:
            del proof["@context"]
        return {**document, "proof": made if len(made) > 1 else made[0]}

    def token(self, document: JsonObject) -> str:
        header = {
            "alg": "EdDSA", "typ": "vc+jwt", "cty": "vc", "kid": self._signer.verification_method
        }  # fmt: skip
        head = ".".join(encode_base64url(dump_json(part)) for part in (header, document))
        return f"{head}.{encode_base64url(self._signer.sign(head.encode()))}"


def _credential(name: str, document: Any) -> Hostile:
    return Hostile(name, CREDENTIALS, dump_json({"verifiableCredential": document}))


def _unsigned(badge: JsonObject) -> dict[str, list[tuple[str, JsonObject]]]:
    """What is looked at before any signature is."""
    chain = {f"t{n}": f"t{n + 1}:x" for n in range(3_800)}
    inline = [{f"t{n}x{m}": f"urn:x:{n}:{m}" for m in range(18)} for n in range(190)]
    typed = [{"id": f"urn:e:{n}", "type": "Achievement"} for n in range(1_240)]
    return {
        "blank nodes that look alike": [
            *((f"clique of {n}", _with_evidence(badge, _clique(n))) for n in (20, 12, 8, 6)),
            *((f"two equal results of {n} equal alignments",
               _with_results(badge, [_result(n)] * 2)) for n in (5, 9, 20, 60, 240)),
            ("480 equal pieces of evidence", _with_evidence(badge, [_piece("A piece")] * 480)),
            ("480 different ones",
             _with_evidence(badge, [_piece(f"Piece {n}") for n in range(480)])),
            ("nested as deep as may be", _with_evidence(badge, [_nested(8)] * 60)),
        ],
        "contexts in the document": [
            ("3,800 prefixes in a row", {**badge, "@context": [*badge["@context"], chain]}),
            ("190 contexts of 18 terms", {**badge, "@context": [*badge["@context"], *inline]}),
            ("1,240 typed nodes, and a context", {
                **badge, "@context": [*badge["@context"], {"t": "urn:t"}], "evidence": typed}),
            ("1,240 typed nodes, the last one wrong",
             {**badge, "evidence": [*typed, {"id": "urn: wrong"}]}),
        ],
        "long texts": [
            ("3,000 tags of an achievement with an id of 180 kB", _with_tags(
                badge, [f"tag {n}" for n in range(3_000)], id="urn:x:" + "a" * 180_000)),
            ("a narrative of 240 kB", _with_narrative(badge, "word " * 48_000)),
            ("a narrative of 120,000 quotation marks", _with_narrative(badge, '"' * 120_000)),
            ("a narrative of 40,000 control characters", _with_narrative(badge, "\x01" * 40_000)),
            ("a narrative of 60,000 astral characters", _with_narrative(badge, "𝕏" * 60_000)),
        ],
        "many values": [
            ("3,800 tags", _with_tags(badge, [f"tag {n}" for n in range(3_800)])),
            ("1,200 names in languages", {**badge, "name": [
                {"@value": f"Name {n}", "@language": "en"} for n in range(1_200)]}),
            ("1,900 large numbers", _with_tags(badge, [2.0**53 - 1 - n for n in range(1_900)])),
        ],
    }  # fmt: skip


def _chains(signer: _Signer) -> Iterator[Hostile]:
    """Proofs over proofs: the document is put into its one form for each of them anew."""
    typed = [{"id": f"urn:e:{n}", "type": "Achievement"} for n in range(1_200)]
    contexts = [VCDM, OPEN_BADGES, {"t": "urn:t"}]
    inline = [{f"t{n}x{m}": f"urn:x:{n}:{m}" for m in range(18)} for n in range(180)]
    for name, document in (
        ("1,200 typed nodes", signer.plain(evidence=typed)),
        ("1,200 typed nodes, a context", signer.plain(**{"@context": contexts}, evidence=typed)),
        ("180 contexts of 18 terms", signer.plain(**{"@context": [VCDM, OPEN_BADGES, *inline]})),
        ("450 equal nodes", signer.plain(evidence=[_piece("A piece")] * 450)),
    ):  # fmt: skip
        secured = signer.secured(document, MAX_PROOFS)
        yield _credential(f"{MAX_PROOFS} proofs over {name}", secured)
    yield _credential("ten endorsements, each with a chain of proofs", _endorsed(signer))


def _endorsed(signer: _Signer) -> JsonObject:
    subject = {"id": "urn:example:learner", "type": ["EndorsementSubject"]}
    contexts = [VCDM, OPEN_BADGES, {"t": "urn:t"}]
    endorsement = signer.plain(
        **{"@context": contexts},
        type=["VerifiableCredential", "EndorsementCredential"],
        name="An endorsement", validFrom="2026-01-01T00:00:00Z", credentialSubject=subject,
        evidence=[{"id": f"urn:e:{n}", "type": "Achievement"} for n in range(70)],
    )  # fmt: skip
    made = signer.secured(endorsement, MAX_PROOFS)
    return signer.secured(signer.plain(**{"@context": contexts}, endorsement=[made] * 10), proofs=2)


def _presentations(signer: _Signer, badge: JsonObject) -> Iterator[Hostile]:
    inline = [{f"t{n}": f"u:{n}"} for n in range(180)]
    typed = [{"id": f"u:{n}", "type": "Achievement"} for n in range(160)]
    context = {"@context": [VCDM, OPEN_BADGES, {"t": "urn:t"}]}
    for name, each in (
        ("each a clique of 8", {**_with_evidence(badge, _clique(8)), "issuer": signer.did}),
        ("each with 160 typed nodes and a context", signer.plain(**context, evidence=typed)),
        ("each with 180 contexts", signer.plain(**{"@context": [VCDM, *inline]})),
        ("each an honest badge", badge),
    ):
        held = {
            "@context": VCDM,
            "id": f"data:application/vc+jwt,{signer.token(each)}",
            "type": "EnvelopedVerifiableCredential",
        }
        count = min(20, 240_000 // len(dump_json(held)))
        document = {
            "@context": [VCDM],
            "type": ["VerifiablePresentation"],
            "holder": signer.did,
            "verifiableCredential": [held] * count,
        }
        secured = signer.secured(document, purpose="authentication")
        body = dump_json({"verifiablePresentation": secured})
        yield Hostile(f"{count} tokens, {name}", PRESENTATIONS, body)


def _with_lists(signer: _Signer) -> Iterator[Hostile]:
    statuses = [status_entry(url, number, "revocation") for number, url in enumerate(LIST_URLS)]
    document = signer.plain(credentialStatus=statuses)
    yield _credential("three lists of 2 MiB", signer.secured(document))


def _pages(signer: _Signer, badge: JsonObject) -> Iterator[Hostile]:
    """What is shown to people costs the writing of the page too."""
    markdown = {**badge, "issuer": signer.did}
    texts = ("> " * 9_000, "[a](b)" * 3_300, "*a_ `" * 4_000, "- " * 9_000, "word " * 40_000)
    for text in texts:
        secured = signer.secured(_with_narrative(markdown, text))
        name = f"a narrative of {len(text):,} characters like {text[:6]!r}"
        yield Hostile(name, PAGE, dump_json(secured), accept="text/html")
    evidence = [{**_piece(f"Piece {n}"), "narrative": "*a*"} for n in range(450)]
    secured = signer.secured(_with_evidence(markdown, evidence))
    yield Hostile("450 pieces of evidence", PAGE, dump_json(secured), accept="text/html")
    typed = [{"id": f"urn:e:{n}", "type": "Achievement"} for n in range(1_200)]
    token = signer.token(signer.plain(evidence=typed))
    yield Hostile("a token", PAGE, token.encode(), "application/vc+jwt", "text/html")
    credential = dump_json(secured).decode()
    yield Hostile("a PNG of 1 MiB", PAGE, _png(credential), "image/png", "text/html")
    yield Hostile("an SVG of 500 kB", PAGE, _svg(credential), "image/svg+xml", "text/html")


def _png(credential: str) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    header = struct.pack(">IIBBBBB", 4_000, 4_000, 8, 0, 0, 0, 0)
    text = b"openbadgecredential\0\0\0\0\0" + credential.encode()
    many = b"".join(chunk(b"tEXt", b"a\0b") for _ in range(60_000))
    pixels = chunk(b"IDAT", zlib.compress(bytes(4_001 * 4_000)))
    parts = (chunk(b"IHDR", header), chunk(b"iTXt", text), many, pixels, chunk(b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def _svg(credential: str) -> bytes:
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" xmlns:openbadges="https://purl.imsglobal.org/ob/'
        f'v3p0"><openbadges:credential><![CDATA[{credential}]]></openbadges:credential>'
        f"{'<g>' * 60}{'</g>' * 60}{'<rect/>' * 65_000}</svg>"
    ).encode()


def _piece(name: str) -> dict[str, Any]:
    return {"type": ["Evidence"], "name": name}


def _nested(depth: int) -> dict[str, Any]:
    inside = {"creator": _nested(depth - 1)} if depth else {}
    return {"type": ["Profile"], **inside}


def _result(alignments: int) -> dict[str, Any]:
    skill = {"type": ["Alignment"], "targetName": "Skill", "targetUrl": "https://skills.example/1"}
    return {"type": ["Result"], "value": "A", "alignment": [skill] * alignments}


def _clique(size: int) -> list[dict[str, Any]]:
    def others(number: int) -> list[dict[str, Any]]:
        return [{"id": f"_:b{n}", "type": ["Profile"]} for n in range(size) if n != number]

    return [
        {"id": f"_:b{number}", "type": ["Evidence"], "creator": others(number)}
        for number in range(size)
    ]


def _with_evidence(badge: JsonObject, evidence: list[dict[str, Any]]) -> JsonObject:
    return {**badge, "evidence": evidence}


def _with_results(badge: JsonObject, results: list[dict[str, Any]]) -> JsonObject:
    return {**badge, "credentialSubject": {**badge["credentialSubject"], "result": results}}


def _with_narrative(badge: JsonObject, text: str) -> JsonObject:
    subject = badge["credentialSubject"]
    return {**badge, "credentialSubject": {**subject, "narrative": text}}


def _with_tags(badge: JsonObject, tags: list[Any], **members: Any) -> JsonObject:
    subject = badge["credentialSubject"]
    achievement = {**subject["achievement"], **members, "tag": tags}
    return {**badge, "credentialSubject": {**subject, "achievement": achievement}}

"""No bytes whatever make the verifier raise, or work for longer than any honest input could."""

import json
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from app.proofs.profiles import PROFILES
from app.verification.presentation import verify_presentation
from app.verification.result import Verdict, VerificationResult
from tests.forgeries.examine import as_bytes, examine, processor_seconds, world_of
from tests.forgeries.genuine import CONTROLS
from tests.forgeries.scene import KEY, METHOD, Scene, badge, genuine
from tests.forgeries.signing import Json, add_proof, base64url, compact_json, jws
from tests.properties.changes import Change, places, single_changes, value_at

_WORK = 5.0  # seconds of processor
_PROFILES = st.sampled_from(sorted(PROFILES))
_GENUINE = {name: as_bytes(control.make(Scene())) for name, control in CONTROLS.items()}

_TEXTS = st.one_of(
    st.text(max_size=20),
    st.sampled_from(
        ["id", "type", "@context", "@value", "@type", "@graph", "@list", "@set", "proof",
         "https://www.w3.org/ns/credentials/v2", "credentialSubject", "issuer", "_:b0",
         "VerifiableCredential", "DataIntegrityProof", "did:web:university.example",
         "did:key:z6Mk", "eyJhbGciOiJFUzI1NiJ9"]
    ),
)  # fmt: skip
_JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), _TEXTS),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4), st.dictionaries(_TEXTS, inner, max_size=4)
    ),
    max_leaves=20,
)


def survive(data: bytes, profile: str) -> VerificationResult:
    with processor_seconds(_WORK):
        result = examine(data, Scene(), profile=profile)
        verify_presentation(data, profile=PROFILES[profile], world=world_of(Scene()))
    json.dumps(result.as_json())
    return result


@settings(max_examples=200)
@given(data=st.binary(max_size=400), profile=_PROFILES)
@example(data=b"\x89PNG\r\n\x1a\n", profile="vc")
@example(data=b"<svg", profile="vc")
@example(data=b"eyJ.eyJ.AAAA", profile="vc")
def test_arbitrary_bytes(data: bytes, profile: str) -> None:
    assert survive(data, profile).verdict is Verdict.MALFORMED


@settings(max_examples=200)
@given(value=_JSON, profile=_PROFILES)
def test_arbitrary_json(value: Any, profile: str) -> None:
    assert survive(json.dumps(value).encode(), profile).verdict is not Verdict.VERIFIED


@settings(max_examples=200)
@given(data=st.data(), value=_JSON, profile=_PROFILES)
def test_arbitrary_json_anywhere_in_a_badge(data: st.DataObject, value: Any, profile: str) -> None:
    document = json.loads(json.dumps(genuine()))
    path = data.draw(st.sampled_from(list(places(document))[1:]))
    value_at(document, path[:-1])[path[-1]] = value
    survive(json.dumps(document).encode(), profile)


@settings(max_examples=150)
@given(context=st.lists(_JSON, max_size=3), profile=_PROFILES)
def test_arbitrary_contexts(context: list[Any], profile: str) -> None:
    document = {**genuine(), "@context": ["https://www.w3.org/ns/credentials/v2", *context]}
    survive(json.dumps(document).encode(), profile)


@settings(max_examples=150)
@given(terms=st.dictionaries(st.sampled_from(["a", "b", "c", "name", "@vocab"]), _JSON, max_size=3))
def test_arbitrary_definitions_in_a_context(terms: Json) -> None:
    document = genuine()
    document["@context"] = [*document["@context"], terms]
    survive(json.dumps(document).encode(), "vc")


@settings(max_examples=200)
@given(change=single_changes(genuine()), profile=_PROFILES)
def test_changed_badges_with_a_right_signature(change: Change, profile: str) -> None:
    """A jcs proof over whatever it became: all steps behind the proof see hostile content too."""
    document = change.document
    if not isinstance(document, dict) or "@context" not in document:
        return
    unsigned = {name: member for name, member in document.items() if name != "proof"}
    try:
        signed = add_proof(unsigned, KEY, METHOD, cryptosuite="eddsa-jcs-2022")
    except (ValueError, TypeError):  # what JCS cannot write
        return
    survive(json.dumps(signed).encode(), profile)


@settings(max_examples=150)
@given(change=single_changes(json.loads(json.dumps(Scene().documents))), profile=_PROFILES)
def test_changed_did_documents_and_status_lists(change: Change, profile: str) -> None:
    scene = Scene()
    if isinstance(change.document, dict):
        scene.documents = change.document
    with processor_seconds(_WORK):
        examine(genuine(), scene, profile=profile)


@settings(max_examples=200)
@given(
    name=st.sampled_from(sorted(_GENUINE)),
    position=st.integers(0, 10_000),
    cut=st.integers(0, 40),
    put=st.binary(max_size=8),
    profile=_PROFILES,
)
def test_genuine_bytes_with_a_piece_exchanged(
    name: str, position: int, cut: int, put: bytes, profile: str
) -> None:
    data = _GENUINE[name]
    position %= len(data)
    survive(data[:position] + put + data[position + cut :], profile)


@settings(max_examples=150)
@given(header=_JSON, payload=_JSON, profile=_PROFILES)
def test_arbitrary_tokens(header: Any, payload: Any, profile: str) -> None:
    survive(jws(_bytes(header), _bytes(payload), KEY).encode(), profile)


@settings(max_examples=150)
@given(
    members=st.dictionaries(
        st.sampled_from(["alg", "kid", "typ", "jwk", "cty", "crit"]), _JSON, max_size=3
    ),
    claims=st.dictionaries(
        st.sampled_from(["iss", "sub", "jti", "nbf", "exp", "iat", "vc"]), _JSON, max_size=3
    ),
    profile=_PROFILES,
)
def test_arbitrary_headers_and_claims(members: Json, claims: Json, profile: str) -> None:
    header = {"alg": "EdDSA", "typ": "JWT", "kid": METHOD, **members}
    survive(jws(_bytes(header), _bytes({**badge(), **claims}), KEY).encode(), profile)


def _bytes(value: Any) -> bytes:
    return json.dumps(value).encode()


# --- the dearest inputs that the limits let in --------------------------------------------------


def _many(n: int) -> Json:
    document = badge()
    document["credentialSubject"]["achievement"]["alignment"] = [
        {"type": ["Alignment"], "targetName": f"{i}", "targetUrl": f"https://x.example/{i}"}
        for i in range(n)
    ]
    return document


def _deep(n: int) -> Json:
    document = badge()
    inner: Json = {"id": "https://x.example/0", "type": ["Profile"]}
    for i in range(1, n):
        inner = {"id": f"https://x.example/{i}", "type": ["Profile"], "parentOrg": inner}
    document["issuer"]["parentOrg"] = inner
    return document


def _comb(teeth: int) -> Json:
    """Results that look alike at first, each a little longer than the last."""
    document = badge()
    document["credentialSubject"]["result"] = [
        {"type": ["Result"], "alignment": [{"type": ["Alignment"]} for _ in range(n % 7)]}
        for n in range(teeth)
    ]
    return document


_DEAR: dict[str, bytes] = {
    "six hundred alignments": compact_json(_many(640)),
    "as deep as may be": compact_json(_deep(20)),
    "results that look alike": compact_json(_comb(120)),
    "four thousand tags": compact_json(
        {**badge(), "evidence": [{"type": ["Evidence"], "name": str(n)} for n in range(900)]}
    ),
    "a long text": compact_json(badge(name="x" * 250_000)),
    "many endorsements": compact_json(
        {**badge(), "endorsement": [{**badge(), "proof": genuine()["proof"]} for _ in range(10)]}
    ),
    "hundred names in a did:web": compact_json(badge(issuer="did:web:" + "a." * 100_000)),
    "a token of half a megabyte": (f"{'A' * 4000}.{base64url(b'{' * 300_000)}.AAAA").encode(),
}


@pytest.mark.parametrize("profile", sorted(PROFILES))
@pytest.mark.parametrize("data", _DEAR.values(), ids=_DEAR)
def test_dear_input_is_answered_soon(data: bytes, profile: str) -> None:
    with_proof = data[:-1] + b',"proof":' + compact_json(genuine()["proof"]) + b"}"
    survive(with_proof if data.startswith(b"{") else data, profile)

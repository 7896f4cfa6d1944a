"""What may be signed is what can be verified: no more, and no less."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from app.encoding.strict_json import dump_json
from app.errors import CheckFailed, MalformedInput
from app.keys.public_key import PublicKey
from app.proofs.checked import check_document
from app.proofs.data_integrity import add_proof as sign_checked
from app.proofs.profiles import PROFILES
from app.verification.result import Verdict
from tests.forgeries.examine import CONTEXTS, examine
from tests.forgeries.scene import KEY, METHOD, NOW, Scene, badge
from tests.forgeries.signing import Json, Key, add_proof
from tests.properties.changes import Change, single_changes

_PROFILES = st.sampled_from(sorted(PROFILES))
_SUITES = st.sampled_from(["eddsa-rdfc-2022", "eddsa-jcs-2022"])
_ISSUED = badge(credentialStatus=None)

# A change to one of these is about the time or the signer, which signing does not judge.
_NOT_SIGNINGS_BUSINESS = ("validFrom", "validUntil", "issuer", "proof")


class _Signer:
    """A signer over a key of the tests."""

    verification_method = METHOD
    public_key = PublicKey.from_multikey(KEY.multibase)
    algorithm = "EdDSA"

    def sign(self, data: bytes) -> bytes:
        return KEY.sign(data)


def accepted(document: Json, profile: str) -> Any:
    try:
        return check_document(document, profile=PROFILES[profile], contexts=CONTEXTS)
    except (CheckFailed, MalformedInput):
        return None


@settings(max_examples=400)
@given(change=single_changes(_ISSUED), profile=_PROFILES, suite=_SUITES)
def test_what_is_accepted_for_signing_verifies(change: Change, profile: str, suite: str) -> None:
    document = change.document
    # Endorsements and a status are said by others, or of later; issuing verifies them after
    # signing, before anything is stored.
    others = any(name in repr(document) for name in ("endorsement", "credentialStatus", "'proof'"))
    if change.path[0] in _NOT_SIGNINGS_BUSINESS or others:
        return
    checked = accepted(document, profile)
    if checked is None:
        return
    signed = sign_checked(checked, _Signer(), cryptosuite=suite, created=NOW)
    result = examine(dump_json(signed), Scene(), profile=profile)

    assert result.verdict is Verdict.VERIFIED


@settings(max_examples=300)
@given(change=single_changes(_ISSUED), profile=_PROFILES)
def test_what_is_refused_for_signing_is_not_verified(change: Change, profile: str) -> None:
    document = change.document
    if "proof" in document or accepted(document, profile) is not None:
        return
    try:
        signed = add_proof(document, KEY, METHOD, cryptosuite="eddsa-jcs-2022")
    except (KeyError, ValueError, TypeError):
        return

    assert examine(signed, Scene(), profile=profile).verdict is not Verdict.VERIFIED


_IDENTIFIERS = st.one_of(
    st.text(max_size=30),
    st.tuples(
        st.sampled_from(["did:example:", "urn:uuid:", "https://x.example/", "mailto:", "_:", "//"]),
        st.text(st.sampled_from('ab1 \t\n\r\0<>"{}|\\^`%\u00a0\u2028é:/?#[]@'), max_size=12),
    ).map("".join),
)


@settings(max_examples=400)
@given(identifier=_IDENTIFIERS, place=st.sampled_from(["subject", "achievement", "document"]))
def test_identifier_that_reaches_a_signer_stands_in_what_is_signed(
    identifier: str, place: str
) -> None:
    document = badge(credentialStatus=None)
    subject = document["credentialSubject"]
    target = {"subject": subject, "achievement": subject["achievement"], "document": document}
    target[place]["id"] = identifier
    checked = accepted(document, "open-badge")
    if checked is not None:
        assert f"<{identifier}>".encode() in checked.unsecured.canonical
        assert not set(identifier) & set(' \t\n\r\0<>"{}|\\^`')


def test_the_other_key_does_not_verify() -> None:
    """The properties above do not hold for want of a verifier."""
    signed = add_proof(_ISSUED, Key("somebody else"), METHOD)

    assert examine(signed, Scene()).verdict is Verdict.NOT_VALID

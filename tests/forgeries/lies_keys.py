"""Catalogue 2.2, second half: identifiers and keys that are not what they look like."""

from collections.abc import Callable
from typing import Any

from tests.forgeries.catalogue import NOT_CHECKED, forgery
from tests.forgeries.genuine import issuer
from tests.forgeries.scene import (
    FORGERS_KEY,
    KEY,
    UNIVERSITY,
    UNIVERSITY_URL,
    Scene,
    badge,
    genuine,
)
from tests.forgeries.signing import (
    Json,
    Key,
    add_proof,
    base58,
    base64url,
    compact_json,
    multikey,
    signed_data,
)

# --- P12, P16: did:web --------------------------------------------------------------------------


def _issued_by(did: str) -> Callable[[Scene], Json]:
    def forge(_: Scene) -> Json:
        document = badge(issuer=issuer(did), credentialStatus=None)
        return add_proof(document, FORGERS_KEY, f"{did}#key", cryptosuite="eddsa-jcs-2022")

    return forge


_WEB_TRICKS = {
    "did_web_with_dots": ("did:web:university.example:..:forger", "Two dots climb out of a path."),
    "did_web_with_encoded_dots": (
        "did:web:university.example:%2e%2e%2fforger",
        "So do encoded ones.",
    ),
    "did_web_with_a_slash": ("did:web:university.example%2Fforger", "The host holds a path."),
    "did_web_with_a_user": (
        "did:web:university.example%40forger.example",
        "Before the @ stands a user.",
    ),
    "did_web_in_capitals": ("did:web:UNIVERSITY.example", "Capitals make a second university."),
    "did_web_of_an_address": ("did:web:192.0.2.1", "The host is an IP address."),
    "did_web_of_a_number": ("did:web:2130706433", "The host is this machine, as one number."),
    "did_web_of_a_hexadecimal": ("did:web:0x7f000001", "The host is this machine, in hexadecimal."),
    "did_web_of_a_short_address": ("did:web:127.1", "The host is this machine, in short."),
    "did_web_of_an_ipv6_address": ("did:web:%5B%3A%3A1%5D", "The host is this machine, in IPv6."),
    "did_web_with_port_zero": ("did:web:university.example%3A0", "The port is 0."),
    "did_web_with_a_huge_port": ("did:web:university.example%3A70000", "The port is 70000."),
    "did_web_with_an_empty_label": ("did:web:university..example", "A label of the host is empty."),
    "did_web_of_other_letters": ("did:web:univers\u0456ty.example", "One letter is Cyrillic."),
    "did_web_of_wide_letters": ("did:web:１２７。０。０。１", "The digits are wide ones."),
    "did_web_with_a_final_dot": ("did:web:university.example.", "The host ends in a dot."),
    "did_web_with_a_long_host": (
        "did:web:" + "a." * 130 + "example",
        "The host is too long for DNS.",
    ),
    "did_web_with_a_query": ("did:web:university.example?x", "A query follows the host."),
    "did_web_of_nothing": ("did:web:", "There is no host."),
}
for _name, (_did, _lie) in _WEB_TRICKS.items():
    _forge = _issued_by(_did)
    _forge.__name__ = _name
    forgery("P12", _lie, "did_syntax")(_forge)


@forgery(
    "P13",
    "The issuer's address is that of this very machine.",
    "did_unavailable",
    verdict=NOT_CHECKED,
    because="well formed; the network door refuses to go there",
)
def did_web_of_this_machine(scene: Scene) -> Json:
    return _issued_by("did:web:127.0.0.1%3A8000:issuers:university")(scene)


def _unavailable(name: str, lie: str, answer: Any) -> None:
    def forge(scene: Scene) -> Json:
        scene.documents[UNIVERSITY_URL] = answer
        return genuine()

    forge.__name__ = name
    forgery("P16", lie, "did_unavailable", verdict=NOT_CHECKED)(forge)


_unavailable(
    "did_document_never_comes", "The university's server keeps silent.", {"error": "timeout"}
)
_unavailable(
    "did_document_is_a_page", "The university's server answers with a page.", "<html></html>"
)
_unavailable(
    "did_document_says_it_twice",
    "The document has two ids.",
    '{"id":"did:web:forger.example","id":"did:web:university.example"}',
)
_unavailable(
    "did_document_is_enormous", "The document has a million values.", "[" + "1," * 200_000 + "1]"
)


@forgery("P16", "The university has no document.", "did_unavailable", verdict=NOT_CHECKED)
def did_document_is_missing(scene: Scene) -> Json:
    del scene.documents[UNIVERSITY_URL]
    return genuine()


@forgery(
    "P16",
    "The issuer is of a kind that nobody here can look up.",
    "did_method_unknown",
    verdict=NOT_CHECKED,
)
def did_method_that_is_not_known(scene: Scene) -> Json:
    return _issued_by("did:example:university")(scene)


# --- P17, P18, P21: keys that are none ----------------------------------------------------------


_P256 = Key("university", "P-256").raw
_RAW = FORGERS_KEY.raw


def _z(*parts: bytes) -> str:
    return "z" + base58(b"".join(parts))


_KEY_TRICKS = {
    "did_key_with_half_a_prefix": (_z(b"\xed", _RAW), "The prefix is cut off."),
    "did_key_with_a_shifted_prefix": (_z(b"\x01\xed", _RAW), "The prefix is turned round."),
    "did_key_with_an_overlong_prefix": (_z(b"\xed\x81\x00", _RAW), "The prefix is padded."),
    "did_key_of_an_encryption_key": (_z(b"\xec\x01", _RAW), "The key is one for encryption."),
    "did_key_of_a_bitcoin_key": (_z(b"\xe7\x01", _P256), "The key is on another curve."),
    "did_key_with_32_bytes_for_p256": (_z(b"\x80\x24", _P256[1:]), "A P-256 key lacks its sign."),
    "did_key_too_short": (_z(b"\xed\x01", _RAW[:31]), "The key lacks a byte."),
    "did_key_too_long": (_z(b"\xed\x01", _RAW, b"\0"), "The key has a byte too many."),
    "did_key_of_a_private_key": (_z(b"\x80\x26", _RAW), "The key is a private one."),
    "did_key_with_a_leading_zero": (_z(b"\0\xed\x01", _RAW), "A zero stands before the prefix."),
    "did_key_with_a_trailing_space": (_z(b"\xed\x01", _RAW) + "\u00a0", "A space follows."),
    "did_key_in_another_base": ("u" + base64url(b"\xed\x01" + _RAW), "It is written in base64url."),
    "did_key_of_100_000_characters": ("z" + "6" * 100_000, "Decoding it takes half a minute."),
    "did_key_of_nothing": ("z", "There is no key."),
}
for _name, (_text, _lie) in _KEY_TRICKS.items():
    _forge = _issued_by(f"did:key:{_text}")
    _forge.__name__ = _name
    forgery("P17", _lie, "did_syntax")(_forge)


_P = 2**255 - 19
_Y8 = int.from_bytes(
    bytes.fromhex("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a"), "little"
)
_SMALL = [y | sign << 255 for y in (0, 1, _P - 1, _Y8, _P - _Y8, _P, _P + 1) for sign in (0, 1)]
# With the neutral element for a key, R = the neutral element and S = 0 fit every message.
_FITS_ALL = b"\x01" + bytes(63)


def _signed_by_nobody(raw: bytes) -> Json:
    text = multikey("Ed25519", raw)
    did = f"did:key:{text}"
    document = add_proof(
        badge(issuer=issuer(did), credentialStatus=None), FORGERS_KEY, f"{did}#{text}"
    )
    document["proof"]["proofValue"] = "z" + base58(_FITS_ALL)
    return document


def _small_order(n: int, y: int) -> None:
    def forge(_: Scene) -> Json:
        return _signed_by_nobody(y.to_bytes(32, "little"))

    forge.__name__ = f"small_order_key_{n:02}"
    forgery("P18", "The key fits signatures that nobody made.", "weak_key")(forge)


for _n, _y in enumerate(_SMALL, start=1):
    _small_order(_n, _y)


@forgery("P18", "The university's document lists a key of small order.", "weak_key")
def small_order_key_in_a_did_document(scene: Scene) -> Json:
    raw = (1).to_bytes(32, "little")
    entry = {
        "id": f"{UNIVERSITY}#weak",
        "type": "Multikey",
        "controller": UNIVERSITY,
        "publicKeyMultibase": multikey("Ed25519", raw),
    }
    scene.university["verificationMethod"].append(entry)
    scene.university["assertionMethod"].append(entry["id"])
    document = add_proof(badge(), FORGERS_KEY, entry["id"])
    document["proof"]["proofValue"] = "z" + base58(_FITS_ALL)
    return document


@forgery("P18", "A did:jwk holds a key of small order.", "weak_key")
def small_order_key_in_a_did_jwk(_: Scene) -> Json:
    jwk = {"kty": "OKP", "crv": "Ed25519", "x": base64url((1).to_bytes(32, "little"))}
    did = f"did:jwk:{base64url(compact_json(jwk))}"
    document = add_proof(badge(issuer=issuer(did)), FORGERS_KEY, f"{did}#0")
    document["proof"]["proofValue"] = "z" + base58(_FITS_ALL)
    return document


_L = 2**252 + 27742317777372353535851937790883648493


@forgery("P19", "The signature is written a second way, S + L for S.", "proof_invalid")
def second_form_of_a_signature(_: Scene) -> Json:
    document = genuine()
    proof = document["proof"]
    unsigned = {name: member for name, member in proof.items() if name != "proofValue"}
    from_key = _signature_of(document, unsigned)
    s = int.from_bytes(from_key[32:], "little") + _L
    proof["proofValue"] = "z" + base58(from_key[:32] + s.to_bytes(32, "little"))
    return document


def _signature_of(document: Json, configuration: Json) -> bytes:
    unsecured = {name: member for name, member in document.items() if name != "proof"}
    return KEY.sign(signed_data(unsecured, configuration))


def _bad_point(name: str, lie: str, make: Callable[[], str], code: str = "did_syntax") -> None:
    def forge(scene: Scene) -> Json:
        return _issued_by(f"did:key:{make()}")(scene)

    forge.__name__ = name
    forgery("P21", lie, code)(forge)


_X = _P256[1:]
_bad_point(
    "point_uncompressed", "The point is written in full.", lambda: _z(b"\x80\x24", b"\x04", _X, _X)
)
_bad_point(
    "point_hybrid", "The point is written in the hybrid form.", lambda: _z(b"\x80\x24", b"\x06", _X)
)
_bad_point(
    "point_at_infinity", "The point is the one at infinity.", lambda: _z(b"\x80\x24", bytes(33))
)
_bad_point(
    "point_off_its_curve",
    "The point is not on its curve.",
    lambda: _z(b"\x80\x24", b"\x02", b"\xff" * 32),
)


@forgery("P21", "A JWK's point is not on its curve.", "bad_key")
def jwk_off_its_curve(_: Scene) -> Json:
    jwk = {**Key("university", "P-256").jwk, "y": base64url(b"\x01" * 32)}
    did = f"did:jwk:{base64url(compact_json(jwk))}"
    return add_proof(badge(issuer=issuer(did)), FORGERS_KEY, f"{did}#0")

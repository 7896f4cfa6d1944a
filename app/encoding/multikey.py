"""Public keys as Multikey text (Controlled Identifiers 1.0 section 2.2.2)."""

from dataclasses import dataclass
from typing import Literal

from app.encoding.multibase import decode_base58btc, encode_base58btc
from app.errors import CheckFailed

KeyType = Literal["Ed25519", "P-256", "P-384"]


@dataclass(frozen=True)
class _Form:
    header: bytes  # the varint of the multicodec registry
    length: int  # bytes of the raw key; points of curves are compressed


# https://github.com/multiformats/multicodec/blob/master/table.csv
_FORMS: dict[KeyType, _Form] = {
    "Ed25519": _Form(b"\xed\x01", 32),
    "P-256": _Form(b"\x80\x24", 33),
    "P-384": _Form(b"\x81\x24", 49),
}


def encode_multikey(key_type: KeyType, raw: bytes) -> str:
    """The `publicKeyMultibase` of a raw public key."""
    return "z" + encode_base58btc(_FORMS[key_type].header + raw)


def decode_multikey(text: object) -> tuple[KeyType, bytes]:
    """Key type and raw bytes of a `publicKeyMultibase`; raises `CheckFailed` bad_key.

    Only base58btc, only the key types of the table, only their exact length: no overlong varints,
    no private keys, no uncompressed points.
    """
    if not isinstance(text, str) or not text.startswith("z"):
        raise CheckFailed("bad_key", "a Multikey is a text that starts with z")
    try:
        data = decode_base58btc(text[1:])
    except CheckFailed as error:
        raise CheckFailed("bad_key", f"a Multikey cannot be read: {error.detail}") from None
    for key_type, form in _FORMS.items():
        if data.startswith(form.header) and len(data) == len(form.header) + form.length:
            return key_type, data[len(form.header) :]
    raise CheckFailed("bad_key", "a Multikey is of a kind or length that is not known here")

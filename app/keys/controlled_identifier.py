"""Controlled identifier documents: which keys speak for an identifier, for what, and until when.

Controlled Identifiers 1.0 sections 2 and 3.3; a DID document is one of them. A key is taken only
from the document of the identifier itself, never from a URL's fragment or a token's header.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.encoding.dates import parse_datetime
from app.errors import CheckFailed
from app.keys.public_key import PublicKey

_MAX_METHODS = 200


@dataclass(frozen=True)
class VerificationMethod:
    """A public key, the identifier that controls it, and its end if it has one."""

    id: str
    controller: str
    material: Mapping[str, Any]
    expires: datetime | None
    revoked: datetime | None

    def public_key(self) -> PublicKey:
        """The key itself; raises `CheckFailed` bad_key or weak_key."""
        if self.material["type"] in _MULTIKEY_TYPES:
            return PublicKey.from_multikey(self.material.get("publicKeyMultibase"))
        return PublicKey.from_jwk(self.material.get("publicKeyJwk"))

    def key_id(self) -> object:
        """The `kid` inside a `publicKeyJwk`, if there is one."""
        jwk = self.material.get("publicKeyJwk")
        return jwk.get("kid") if isinstance(jwk, Mapping) else None


_MULTIKEY_TYPES = frozenset({"Multikey", "Ed25519VerificationKey2020"})
_METHOD_TYPES = _MULTIKEY_TYPES | {"JsonWebKey", "JsonWebKey2020"}


@dataclass(frozen=True)
class ControlledIdentifierDocument:
    """A document whose `id` is the identifier it was asked for, its methods parsed."""

    id: str
    methods: Mapping[str, VerificationMethod]
    relationships: Mapping[str, frozenset[str]]

    @classmethod
    def parse(cls, document: object, expected_id: str) -> "ControlledIdentifierDocument":
        """Read a document that was found for `expected_id`.

        Methods of kinds that are not known here are left out. Raises `CheckFailed`
        did_document_invalid.
        """
        if not isinstance(document, Mapping):
            raise _invalid("it is not a JSON object")
        if document.get("id") != expected_id:
            raise _invalid(f"its id is not {expected_id}")
        methods: dict[str, VerificationMethod] = {}
        for entry in _entries(document, "verificationMethod"):
            _add_method(methods, entry, expected_id)
        relationships = {
            name: frozenset(
                _add_method(methods, entry, expected_id)
                if isinstance(entry, Mapping)
                else _absolute(entry, expected_id)
                for entry in _entries(document, name)
            )
            for name in ("assertionMethod", "authentication")
        }
        return cls(expected_id, methods, relationships)

    def method_for(
        self, method_id: str, *, at: datetime, purpose: str = "assertionMethod"
    ) -> VerificationMethod:
        """The method of exactly this id, allowed for `purpose` and alive `at` that time.

        Raises `CheckFailed` key_not_in_did_document, purpose_not_authorized, issuer_mismatch,
        key_revoked or key_expired.
        """
        method = self.methods.get(method_id)
        if method is None:
            raise CheckFailed(
                "key_not_in_did_document", f"the document of {self.id} has no key {method_id}"
            )
        if method.controller != self.id:
            raise CheckFailed(
                "issuer_mismatch", f"{method_id} is controlled by {method.controller}"
            )
        if method.revoked is not None:
            # A thief can date a signature back, so even older ones prove nothing any more.
            raise CheckFailed("key_revoked", f"{method_id} was withdrawn on {method.revoked:%F}")
        if method_id not in self.relationships[purpose]:
            raise CheckFailed(
                "purpose_not_authorized", f"{method_id} may not be used for {purpose}"
            )
        if method.expires is not None and at >= method.expires:
            raise CheckFailed("key_expired", f"{method_id} was retired on {method.expires:%F}")
        return method

    def methods_for(self, purpose: str) -> list[VerificationMethod]:
        """Every method that is allowed for `purpose`, in the order of the document."""
        return [
            method for id_, method in self.methods.items() if id_ in self.relationships[purpose]
        ]


def _add_method(methods: dict[str, VerificationMethod], entry: object, document_id: str) -> str:
    if not isinstance(entry, Mapping):
        raise _invalid("a verification method is not an object")
    method_id = _absolute(entry.get("id"), document_id)
    if method_id in methods:
        raise _invalid(f"{method_id} stands in it twice")
    if len(methods) >= _MAX_METHODS:
        raise _invalid(f"it lists more than {_MAX_METHODS} keys")
    controller = entry.get("controller")
    if not isinstance(controller, str):
        raise _invalid(f"{method_id} names no controller")
    kind = entry.get("type")
    if isinstance(kind, str) and kind in _METHOD_TYPES:
        methods[method_id] = VerificationMethod(
            method_id, controller, entry, _date(entry, "expires"), _date(entry, "revoked")
        )
    return method_id


def _absolute(value: object, document_id: str) -> str:
    if not isinstance(value, str) or not value:
        raise _invalid("a verification method has no id")
    return document_id + value if value.startswith("#") else value


def _entries(document: Mapping[str, Any], name: str) -> list[Any]:
    entries = document.get(name, [])
    if not isinstance(entries, list):
        raise _invalid(f"its {name} is not an array")
    return entries


def _date(entry: Mapping[str, Any], name: str) -> datetime | None:
    if name not in entry:
        return None
    try:
        return parse_datetime(entry[name])
    except CheckFailed as error:
        raise _invalid(f"{name}: {error.detail}") from None


def _invalid(reason: str) -> CheckFailed:
    return CheckFailed("did_document_invalid", f"the issuer's document cannot be used: {reason}")

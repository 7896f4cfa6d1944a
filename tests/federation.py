"""A federation to be told the truth in, and lied to: entities with real keys and their statements.

anchor https://federation.example
  └ network https://network.example
      └ college https://badges.college.example/issuers/college
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa, utils

from app.encoding.multibase import encode_base64url
from app.encoding.strict_json import JsonObject
from app.keys.public_key import PublicKey
from app.registry.trust_chains import ISSUER_TYPE, AnchorKeys
from tests.conftest import NOW

ANCHOR = "https://federation.example"
NETWORK = "https://network.example"
COLLEGE = "https://badges.college.example/issuers/college"
COLLEGE_DID = "did:web:badges.college.example:issuers:college"
WELL_KNOWN = "/.well-known/openid-federation"
DAY = timedelta(days=1)

PrivateKey = ed25519.Ed25519PrivateKey | ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey


@dataclass(frozen=True)
class FederationKey:
    """A key pair with its key id and the JOSE algorithm it is used with."""

    private: PrivateKey
    kid: str
    algorithm: str

    @property
    def jwk(self) -> JsonObject:
        """The public JWK."""
        kinds = {"EdDSA": "Ed25519", "ES256": "P-256", "RS256": "RSA"}
        public = PublicKey(kinds[self.algorithm], self.private.public_key())
        return {**public.to_jwk(), "kid": self.kid, "use": "sig"}

    def sign(self, data: bytes) -> bytes:
        """The raw JWS signature."""
        if isinstance(self.private, ed25519.Ed25519PrivateKey):
            return self.private.sign(data)
        if isinstance(self.private, rsa.RSAPrivateKey):
            return self.private.sign(data, padding.PKCS1v15(), hashes.SHA256())
        r, s = utils.decode_dss_signature(self.private.sign(data, ec.ECDSA(hashes.SHA256())))
        return r.to_bytes(32, "big") + s.to_bytes(32, "big")


def ed25519_key(kid: str) -> FederationKey:
    """A fresh Ed25519 key."""
    return FederationKey(ed25519.Ed25519PrivateKey.generate(), kid, "EdDSA")


def p256_key(kid: str) -> FederationKey:
    """A fresh P-256 key."""
    return FederationKey(ec.generate_private_key(ec.SECP256R1()), kid, "ES256")


def key_set(*keys: FederationKey) -> JsonObject:
    """A JWK Set."""
    return {"keys": [key.jwk for key in keys]}


def segment(value: Any) -> str:
    """One part of a compact JWS."""
    return encode_base64url(json.dumps(value).encode())


def sign(
    claims: Mapping[str, Any], key: FederationKey, header: Mapping[str, Any] | None = None
) -> str:
    """A statement; members of `header` that are None are left out."""
    members = {"alg": key.algorithm, "kid": key.kid, "typ": "entity-statement+jwt"}
    given = {name: value for name, value in {**members, **(header or {})}.items() if value}
    signing_input = f"{segment(given)}.{segment(dict(claims))}"
    return f"{signing_input}.{encode_base64url(key.sign(signing_input.encode()))}"


def changed(claims: JsonObject, changes: Mapping[str, Any]) -> JsonObject:
    """Claims with some of them changed; those that become None are left out."""
    return {name: value for name, value in {**claims, **changes}.items() if value is not None}


@dataclass(frozen=True)
class Entity:
    """A member of the federation, with what it says of itself."""

    id: str
    key: FederationKey
    superiors: Sequence[str] = ()
    metadata: JsonObject = field(default_factory=dict)

    def configuration(self, *, now: datetime = NOW, **changes: Any) -> JsonObject:
        """The claims of its Entity Configuration."""
        claims = {
            "iss": self.id,
            "sub": self.id,
            "iat": int((now - DAY).timestamp()),
            "exp": int((now + 7 * DAY).timestamp()),
            "jwks": key_set(self.key),
            "metadata": self.metadata,
            "authority_hints": list(self.superiors) or None,
        }
        return changed(changed(claims, {}), changes)

    def about(self, other: "Entity", *, now: datetime = NOW, **changes: Any) -> JsonObject:
        """The claims of its Subordinate Statement about another entity."""
        claims = {
            "iss": self.id,
            "sub": other.id,
            "iat": int((now - DAY).timestamp()),
            "exp": int((now + 3 * DAY).timestamp()),
            "jwks": key_set(other.key),
        }
        return changed(claims, changes)


def superior(id_: str, key: FederationKey, *superiors: str) -> Entity:
    """An entity with an endpoint at which it speaks of those below it."""
    entity = {"federation_fetch_endpoint": f"{id_}/fetch", "organization_name": id_[8:]}
    return Entity(id_, key, superiors, {"federation_entity": entity})


@dataclass(frozen=True)
class Federation:
    """Three entities; every statement can be changed before it is signed."""

    anchor: Entity
    network: Entity
    college: Entity

    @property
    def pinned(self) -> AnchorKeys:
        """The anchor as an administrator configured it."""
        return AnchorKeys(self.anchor.id, {self.anchor.key.kid: self.anchor.key.jwk})

    def chain(
        self,
        *,
        now: datetime = NOW,
        leaf: Mapping[str, Any] | None = None,
        by_network: Mapping[str, Any] | None = None,
        by_anchor: Mapping[str, Any] | None = None,
        last: Mapping[str, Any] | None = None,
    ) -> list[str]:
        """The chain of the college, with changes to the claims of its four statements."""
        college, network, anchor = self.college, self.network, self.anchor
        return [
            sign(changed(college.configuration(now=now), leaf or {}), college.key),
            sign(changed(network.about(college, now=now), by_network or {}), network.key),
            sign(changed(anchor.about(network, now=now), by_anchor or {}), anchor.key),
            sign(changed(anchor.configuration(now=now), last or {}), anchor.key),
        ]

    def documents(self, *, now: datetime = NOW) -> dict[str, str]:
        """Everything that the three publish, by address."""
        leaf, by_network, by_anchor, last = self.chain(now=now)
        return {
            f"{COLLEGE}{WELL_KNOWN}": leaf,
            f"{NETWORK}{WELL_KNOWN}": sign(self.network.configuration(now=now), self.network.key),
            f"{ANCHOR}{WELL_KNOWN}": last,
            f"{NETWORK}/fetch?sub=https%3A%2F%2Fbadges.college.example%2Fissuers%2Fcollege": (
                by_network
            ),
            f"{ANCHOR}/fetch?sub=https%3A%2F%2Fnetwork.example": by_anchor,
        }

    def with_college(self, **changes: Any) -> "Federation":
        """The same, but for members of the college."""
        return replace(self, college=replace(self.college, **changes))


def a_federation() -> Federation:
    """A federation of two algorithms, with fresh keys."""
    metadata = {
        "federation_entity": {"organization_name": "Example College"},
        ISSUER_TYPE: {"display": "College"},
    }
    return Federation(
        superior(ANCHOR, p256_key("anchor-1")),
        superior(NETWORK, ed25519_key("network-1"), ANCHOR),
        Entity(COLLEGE, ed25519_key("college-1"), (NETWORK,), metadata),
    )

"""Step 7: endorsements inside a credential, each signed by somebody else.

OB 3.0 section 9, "Endorsements". One level deep and few of them: an endorsement of an endorsement
is not followed, and says nothing here.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from app.encoding.remembered import bytes_of
from app.encoding.strict_json import JsonObject
from app.errors import CheckFailed, CheckUndecided, MalformedInput
from app.proofs.checked import read_unsecured
from app.proofs.profiles import Profile
from app.verification.authenticity import World, authenticate, check_binding, issuer_of
from app.verification.envelope import read_secured, secured_object
from app.verification.status import check_status
from app.verification.validity import check_validity_period

_MAX_ENDORSEMENTS = 10


@dataclass(frozen=True)
class Endorsement:
    """An endorsement as it stands in a document, and the id of what it stands in."""

    raw: Any
    endorsed: object


def endorsements_in(document: JsonObject) -> list[Endorsement]:
    """Every endorsement in a document, embedded or as a token, at any depth."""
    content = bytes_of(document)
    # Most credentials have none, and their text says so sooner than a walk through all of it.
    if content is not None and b'"endorsement' not in content:
        return []
    return list(_find(document))


def check_endorsements(endorsements: list[Endorsement], profile: Profile, world: World) -> None:
    """Check each endorsement: its proof, its issuer, its time, its status, and what it endorses.

    Raises `CheckFailed` endorsement_invalid for one that is wrong, `CheckUndecided`
    endorsement_not_checked when one cannot be checked.
    """
    if len(endorsements) > _MAX_ENDORSEMENTS:
        raise CheckUndecided(
            "endorsement_not_checked", f"more than {_MAX_ENDORSEMENTS} endorsements"
        )
    undecided: CheckUndecided | None = None
    for endorsement in endorsements:
        try:
            _check_endorsement(endorsement, profile, world)
        except CheckUndecided as error:
            undecided = error
        except (CheckFailed, MalformedInput) as error:
            raise CheckFailed("endorsement_invalid", error.detail, field=error.field) from None
    if undecided is not None:
        raise CheckUndecided("endorsement_not_checked", undecided.detail)


def _check_endorsement(endorsement: Endorsement, profile: Profile, world: World) -> None:
    raw = endorsement.raw
    if isinstance(raw, str):
        secured = read_secured(raw.encode("utf-8"))
    elif isinstance(raw, dict):
        secured = secured_object(raw)
    else:
        raise CheckFailed("wrong_type", "an endorsement must be a credential")
    document = secured.document
    unsecured = read_unsecured(document, profile, world.contexts)
    issuer = issuer_of(document)
    authenticated = authenticate(secured, unsecured, world, profile=profile, party=issuer)
    check_binding(authenticated, issuer, every_proof=True)
    profile.check_conformance(document, unsecured.skeleton)
    if "EndorsementCredential" not in document["type"]:
        raise CheckFailed("endorsement_invalid", "a credential that is no endorsement")
    subject = document["credentialSubject"]
    speaks_of = subject.get("id") if isinstance(subject, dict) else None
    if speaks_of is None or speaks_of != endorsement.endorsed:
        raise CheckFailed("endorsement_invalid", "an endorsement speaks of something else")
    check_validity_period(unsecured.document, world.now)
    check_status(unsecured.document, issuer, world)


def _find(value: Any) -> Iterator[Endorsement]:
    """In an object or array, in the order in which they stand."""
    if isinstance(value, list):
        for item in value:
            if isinstance(item, dict | list):
                yield from _find(item)
        return
    for name, member in value.items():
        if name in ("endorsement", "endorsementJwt"):
            for raw in member if isinstance(member, list) else [member]:
                yield Endorsement(raw, value.get("id"))
        elif isinstance(member, dict | list):
            yield from _find(member)

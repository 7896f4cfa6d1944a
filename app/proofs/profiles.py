"""Two named sets of rules for what a document may be: `open-badge` and `vc`.

`open-badge` is what pages and the command line use: known context arrays only, OB 3.0 conformance,
every proof bound to the issuer, JWT claims complete. `vc` is what the VC-API endpoints use: any
bundled context, VCDM 1.1 and 2.0, and the general rules.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from app.credentials.openbadges import check_open_badge
from app.credentials.skeleton import Skeleton
from app.credentials.vcdm import check_vcdm
from app.encoding.strict_json import JsonObject
from app.errors import CheckFailed
from app.jsonld.contexts import ContextBundle
from app.jsonld.inline_contexts import check_inline_context

VCDM_2 = "https://www.w3.org/ns/credentials/v2"
VCDM_1 = "https://www.w3.org/2018/credentials/v1"
_OB = "https://purl.imsglobal.org/spec/ob/v3p0/"
OPEN_BADGES = f"{_OB}context-3.0.3.json"
OPEN_BADGES_EXTENSIONS = f"{_OB}extensions.json"
# Our own, served by each installation at its own address and pinned by digest.
MICROCREDENTIAL = "https://w3id.org/signet/mc/v1"
DATA_INTEGRITY = "https://w3id.org/security/data-integrity/v2"

_OPEN_BADGES_2 = frozenset(f"{_OB}context-3.0.{n}.json" for n in (1, 2, 3))
_OPEN_BADGES_1 = _OPEN_BADGES_2 | {f"{_OB}context.json"}
_EXTRAS = frozenset(
    {
        OPEN_BADGES_EXTENSIONS,
        MICROCREDENTIAL,
        DATA_INTEGRITY,
        "https://w3id.org/security/data-integrity/v1",
        "https://w3id.org/security/suites/ed25519-2020/v1",
        "https://w3id.org/security/multikey/v1",
        "https://w3id.org/vc/status-list/2021/v1",
        "https://www.w3.org/ns/credentials/status/v1",
    }
)


@dataclass(frozen=True)
class Profile:
    """What a verification asks of a document beyond a right signature."""

    name: str
    check_context: Callable[[object, ContextBundle], None]
    check_conformance: Callable[[JsonObject, Skeleton | None], None]
    value_objects: bool  # may texts carry @language and @direction?
    every_proof_binds: bool  # must each proof be the issuer's, or is one enough (chains)?
    claims_required: bool  # must a JWT repeat the credential's members in its claims?


def _check_open_badge_context(context: object, contexts: ContextBundle) -> None:
    """Two leading contexts in their order, then known others, none twice."""
    if not isinstance(context, list) or len(context) < 2:
        raise _not_allowed("@context must list the VCDM and the Open Badges context")
    first, second, *others = context
    allowed = {VCDM_2: _OPEN_BADGES_2, VCDM_1: _OPEN_BADGES_1}.get(_text(first))
    if allowed is None:
        raise _not_allowed(f"the first @context must be {VCDM_2}")
    if _text(second) not in allowed:
        raise _not_allowed(f"the second @context must be that of Open Badges, like {OPEN_BADGES}")
    for n, other in enumerate(others):
        if (
            contexts.canonical(_text(other)) not in _EXTRAS
            or other not in contexts
            or other in others[:n]
        ):
            raise _not_allowed(f"the @context {str(other)[:120]} is not accepted here")


def _check_any_bundled_context(context: object, contexts: ContextBundle) -> None:
    """VCDM first, then anything bundled; contexts in the document may only name new terms."""
    listed = context if isinstance(context, list) else [context]
    if not listed or _text(listed[0]) not in (VCDM_1, VCDM_2):
        raise _not_allowed(f"the first @context must be {VCDM_2}")
    inline = any(isinstance(entry, Mapping) for entry in listed)
    bundled = [_text(entry) for entry in listed if _text(entry) in contexts] if inline else []
    taken = frozenset[str]().union(*(contexts.names(url) for url in bundled))
    for entry in listed:
        if isinstance(entry, Mapping):
            taken |= check_inline_context(entry, taken)
        elif _text(entry) not in contexts:
            raise CheckFailed(
                "unknown_context",
                f"the @context {str(entry)[:120]} is not held here",
                field="/@context",
            )


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _not_allowed(reason: str) -> CheckFailed:
    return CheckFailed("context_not_allowed", reason, field="/@context")


OPEN_BADGE = Profile(
    name="open-badge",
    check_context=_check_open_badge_context,
    check_conformance=check_open_badge,
    value_objects=False,
    every_proof_binds=True,
    claims_required=True,
)
VC = Profile(
    name="vc",
    check_context=_check_any_bundled_context,
    check_conformance=lambda document, _: check_vcdm(document),
    value_objects=True,
    every_proof_binds=False,
    claims_required=False,
)
PROFILES = {profile.name: profile for profile in (OPEN_BADGE, VC)}

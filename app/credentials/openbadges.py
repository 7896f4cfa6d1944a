"""Conformance of whole documents to Open Badges 3.0, for issuing and for verifying alike.

A document conforms when it keeps VCDM's general rules (`vcdm.py`), the class tables (`classes.py`)
and the rules in prose (`rules.py`). OB 3.0 over VCDM 1.1 is accepted for verification; what we
issue is always VCDM 2.0.
"""

import re
from collections.abc import Iterator

from app.credentials.conformance import (
    Reading,
    found,
    object_findings,
    raise_check_failed,
    tree_findings,
)
from app.credentials.open_badge_classes import OPEN_BADGES, OPEN_BADGES_VCDM_1
from app.credentials.skeleton import Skeleton, skeleton_of_proof
from app.credentials.vcdm import credential_findings, date_findings, vcdm_version
from app.encoding.remembered import Key, Remembered
from app.encoding.strict_json import JsonObject
from app.errors import Finding

# OB 3.0 section B.1: the second context, any version of it.
_OB_CONTEXT = re.compile(r"https://purl\.imsglobal\.org/spec/ob/v3p0/context(-3\.\d\.\d)*\.json")


_SOUND = Remembered[bool]()


def check_open_badge(document: JsonObject, skeleton: Skeleton | None = None) -> None:
    """Check that `document` is a conforming OpenBadgeCredential or EndorsementCredential.

    `skeleton` is that of the document; without one, all of it is looked at. Raises `CheckFailed`:
    `code` and `field` (a JSON pointer) are those of the first finding, `findings` holds them all.
    """
    unknown = []
    for key in () if skeleton is None else _keys(document, skeleton):
        if _SOUND.get(key):
            break
        unknown.append(key)
    else:
        raise_check_failed(_open_badge_findings(document))
    for key in unknown:
        _SOUND.put(key, True)


def _keys(document: JsonObject, skeleton: Skeleton) -> Iterator[Key]:
    """Under which it is remembered that documents like this one conform; the widest comes last.

    Nothing when a text that is its own is wrong, which the whole check then says in full.
    """
    proofs_alike: bytes = b""
    of_proof: tuple[str, ...] = ()
    if "proof" in document:
        proof = skeleton_of_proof(document["proof"])
        if proof is None:
            return
        proofs_alike, of_proof = proof.common, proof.texts
    if any(date_findings(document, vcdm_version(document))):
        return
    parted: Skeleton | None = skeleton
    while parted is not None:
        if any(tree_findings([*parted.texts, *of_proof], empty_arrays=True)):
            return
        yield "skeleton", proofs_alike + b"\n" + parted.common
        parted = parted.wider


def _open_badge_findings(document: JsonObject) -> Iterator[Finding]:
    yield from credential_findings(document)
    yield from _context_findings(document)
    classes = OPEN_BADGES_VCDM_1 if vcdm_version(document) == 1 else OPEN_BADGES
    types = document.get("type")
    endorsement = isinstance(types, list) and "EndorsementCredential" in types
    name = "EndorsementCredential" if endorsement else "AchievementCredential"
    yield from object_findings(document, classes[name], Reading(classes))


def _context_findings(document: JsonObject) -> Iterator[Finding]:
    contexts = document.get("@context")
    second = contexts[1] if isinstance(contexts, list) and len(contexts) > 1 else None
    if not isinstance(second, str) or not _OB_CONTEXT.fullmatch(second):
        sentence = "must be followed by the Open Badges 3.0 context in second place"
        yield found("context_not_allowed", "/@context", sentence)

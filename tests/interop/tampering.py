"""Copies of a signed badge, each changed in one place, named for their lie."""

import copy
from typing import Any

from app.encoding.strict_json import JsonObject


def tampered_copies(badge: JsonObject) -> dict[str, JsonObject]:
    """Every copy by its name; none of them may verify anywhere."""
    changes: dict[str, tuple[list[str], Any]] = {
        "another name": (["credentialSubject", "achievement", "name"], "Data Ethics, Advanced"),
        "another recipient": (["credentialSubject", "id"], "did:example:mallory"),
        "another issuer's name": (["issuer", "name"], "University of Elsewhere"),
        "longer validity": (["validUntil"], "2099-01-01T00:00:00Z"),
        "another status entry": (["credentialStatus", "statusListIndex"], "1"),
        "another date of signing": (["proof", "created"], "2026-03-02T09:00:01Z"),
        "an added term": (["credentialSubject", "grade"], "A+"),
    }
    tampered = {}
    for name, (path, value) in changes.items():
        copied = copy.deepcopy(badge)
        inner = copied
        for step in path[:-1]:
            inner = inner[step]
        inner[path[-1]] = value
        tampered[name] = copied
    return tampered

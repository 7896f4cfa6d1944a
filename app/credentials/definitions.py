"""Achievements and issuer profiles as callers of the API send them.

The members are those of OB 3.0 in its own camelCase; identifiers of the thing itself, its creator
and every `type` are filled in by the service, and nothing unknown is accepted: a member that no
context defines could not be signed.
"""

from itertools import chain

from app.credentials.classes import ObClass
from app.credentials.conformance import (
    Reading,
    object_findings,
    raise_invalid_request,
    tree_findings,
    with_types,
)
from app.credentials.microcredential_input import ACHIEVEMENT_WITH_MICROCREDENTIAL, INPUT_CLASSES
from app.credentials.open_badge_classes import PROFILE_INPUT
from app.encoding.strict_json import JsonObject


def validate_achievement(definition: JsonObject) -> JsonObject:
    """Check an OB 3.0 Achievement without `id` and `creator`, and fill in the types.

    It may hold a member `microcredential` besides, which is checked for its shape and kept:
    `publish_microcredential` makes the standard's members of it.

    Raises `InvalidRequest`: `field` is the JSON pointer of the first thing to mend, `findings`
    lists everything.
    """
    return _validate(definition, ACHIEVEMENT_WITH_MICROCREDENTIAL)


def validate_profile(profile: JsonObject) -> JsonObject:
    """Check an OB 3.0 Profile without `id`, for an issuer, and fill in the types.

    An issuer needs a `name`, though OB 3.0 does not ask for one. Raises `InvalidRequest` as
    `validate_achievement` does.
    """
    return _validate(profile, PROFILE_INPUT)


def _validate(given: JsonObject, ob_class: ObClass) -> JsonObject:
    reading = Reading(INPUT_CLASSES, api_input=True)
    raise_invalid_request(chain(object_findings(given, ob_class, reading), tree_findings(given)))
    return with_types(given, ob_class, INPUT_CLASSES)

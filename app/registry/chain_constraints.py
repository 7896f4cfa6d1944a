"""Constraints: which entities, and of what kind, a superior wants to have below itself.

OpenID Federation 1.0, section 6.2. Each Subordinate Statement's are applied by themselves; a
parameter that is not known is ignored, as the section says.
"""

from collections.abc import Sequence
from typing import Any

from app.encoding.strict_json import JsonObject
from app.errors import CheckFailed
from app.registry.entity_statements import EntityStatement, host_of

FEDERATION_ENTITY = "federation_entity"


def check_constraints(statements: Sequence[EntityStatement]) -> None:
    """Path length and names (sections 6.2.1, 6.2.2).

    `statements` are a chain without the anchor's Entity Configuration, its subject first. Raises
    `CheckFailed` wrong_type, path_too_long, name_not_permitted.
    """
    for number, statement in enumerate(statements[1:], start=1):
        constraints = statement.member("constraints")
        place = f"{statement.place}/constraints"
        _check_path(constraints, number - 1, statement, place)
        names = constraints.get("naming_constraints", {})
        if not isinstance(names, dict):
            raise CheckFailed("wrong_type", "naming_constraints is an object", field=place)
        permitted = _names(names, "permitted", place)
        excluded = _names(names, "excluded", place) or []
        for below in statements[: number + 1]:
            host = host_of(below.subject)
            allowed = permitted is None or any(_covers(name, host) for name in permitted)
            if not allowed or any(_covers(name, host) for name in excluded):
                raise CheckFailed(
                    "name_not_permitted",
                    f"{statement.issuer} does not permit {host} below it",
                    field=place,
                )


def keep_allowed_types(metadata: JsonObject, statements: Sequence[EntityStatement]) -> JsonObject:
    """The metadata without the entity types that a superior does not allow (section 6.2.3).

    Raises `CheckFailed` wrong_type.
    """
    kept = metadata
    for statement in statements:
        allowed = statement.member("constraints").get("allowed_entity_types")
        if allowed is None:
            continue
        if not _is_texts(allowed) or FEDERATION_ENTITY in allowed:
            raise CheckFailed(
                "wrong_type",
                "allowed_entity_types lists entity types, and never federation_entity",
                field=f"{statement.place}/constraints",
            )
        kept = {kind: kept[kind] for kind in kept if kind in (*allowed, FEDERATION_ENTITY)}
    return kept


def _check_path(
    constraints: JsonObject, intermediates: int, statement: EntityStatement, place: str
) -> None:
    longest = constraints.get("max_path_length")
    if longest is None:
        return
    if not isinstance(longest, int) or isinstance(longest, bool) or longest < 0:
        raise CheckFailed("wrong_type", "max_path_length is a whole number from 0", field=place)
    if intermediates > longest:
        raise CheckFailed(
            "path_too_long",
            f"{statement.issuer} allows {longest} intermediates below it, and there are "
            f"{intermediates}",
            field=place,
        )


def _names(constraint: JsonObject, name: str, place: str) -> list[str] | None:
    names = constraint.get(name)
    if names is None:
        return None
    if not _is_texts(names) or not all(each.strip(".") and each.isascii() for each in names):
        raise CheckFailed("wrong_type", f"{name} is a list of domain names", field=place)
    return [each.lower() for each in names]


def _covers(name: str, host: str) -> bool:
    """RFC 5280 section 4.2.1.10: a leading dot means everything below, and not the domain itself;
    without one the name is a single host."""
    return host.endswith(name) if name.startswith(".") else host == name


def _is_texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(each, str) for each in value)

"""`/docs`: the API for people, drawn here from the OpenAPI document.

The usual pages for this load a program from another host; ours is a page like the others.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Request, Response

from app.web.dependencies import CurrentDesk
from app.web.pages import render_page

router = APIRouter(include_in_schema=False)

_METHODS = ("get", "post", "put", "patch", "delete")


@dataclass(frozen=True)
class Operation:
    """One thing that can be asked, as the page shows it."""

    anchor: str
    method: str
    path: str
    summary: str
    description: str
    needs_key: bool
    parameters: Sequence[Mapping[str, Any]]
    body_types: Sequence[str]
    example: str | None
    responses: Mapping[str, str]


@router.get("/docs")
def show_api_docs(request: Request, desk: CurrentDesk) -> Response:
    """Every operation, in groups, with what it takes and answers."""
    document = request.app.openapi()
    groups: dict[str, list[Operation]] = {}
    for tag, operation in _operations(document):
        groups.setdefault(tag, []).append(operation)
    values = {
        "about": document["info"]["description"],
        "version": document["info"]["version"],
        "groups": groups,
        "public_url": desk.settings.public_url,
    }
    return render_page("api_docs.html", desk.settings, values)


def _operations(document: Mapping[str, Any]) -> Iterator[tuple[str, Operation]]:
    for path, methods in document["paths"].items():
        for method in _METHODS:
            if method in methods:
                operation = methods[method]
                tag = operation.get("tags", ["other"])[0]
                yield tag, _operation(method, path, operation)


def _operation(method: str, path: str, operation: Mapping[str, Any]) -> Operation:
    content = operation.get("requestBody", {}).get("content", {})
    example = next((entry["example"] for entry in content.values() if "example" in entry), None)
    return Operation(
        anchor=operation["operationId"],
        method=method.upper(),
        path=path,
        summary=operation["summary"],
        description=operation.get("description", ""),
        needs_key=bool(operation.get("security")),
        parameters=operation.get("parameters", []),
        body_types=list(content),
        example=None if example is None else json.dumps(example, indent=2, ensure_ascii=False),
        responses={
            status: response["description"]
            for status, response in operation["responses"].items()
            if status != "default"
        },
    )

"""What every list answers: some items, how many there are in all, where the next page begins."""

from collections.abc import Callable
from typing import Generic, TypeVar

from fastapi import Response
from pydantic import BaseModel, Field

from app.encoding.strict_json import JsonObject, dump_json, parse_object
from app.registry.listing import Page
from app.storage.tables import Achievement, Pathway

Item = TypeVar("Item")
Row = TypeVar("Row")


class ListAnswer(BaseModel, Generic[Item]):
    """A page of a list, newest first."""

    items: list[Item]
    total: int = Field(description="How many there are on all pages, as counted for the first one.")
    next: str | None = Field(description="The `cursor` of the page after this one, if any.")


def list_answer(page: Page[Row], item: Callable[[Row], Item]) -> ListAnswer[Item]:
    """The page with each row as the API shows it."""
    return ListAnswer(items=[item(row) for row in page.items], total=page.total, next=page.next)


def document_list(page: Page[Achievement] | Page[Pathway]) -> Response:
    """The page of published documents, with every number as it was published."""
    items: list[JsonObject] = [parse_object(row.document) for row in page.items]
    body = dump_json({"items": items, "total": page.total, "next": page.next})
    return Response(body, media_type="application/json")

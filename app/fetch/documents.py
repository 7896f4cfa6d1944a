"""Reading addresses from a mapping instead of the network: `signet verify --documents`."""

from collections.abc import Mapping
from typing import Any

from app.encoding.strict_json import dump_json
from app.errors import CheckUndecided
from app.fetch.result import Fetch, Fetched

_TIMEOUT = {"error": "timeout"}


def fetch_from_documents(documents: Mapping[str, Any]) -> Fetch:
    """A `Fetch` over documents that are at hand; it never touches the network.

    A string is a body as it is; anything else is a JSON document, except `{"error": "timeout"}`,
    which stands for an address that does not answer. An absent address is `not_found`.
    """

    def fetch(url: str) -> Fetched:
        if url not in documents:
            raise CheckUndecided("not_found", f"{url} is not among the documents given")
        document = documents[url]
        if document == _TIMEOUT:
            raise CheckUndecided("timeout", f"{url} did not answer in time")
        if isinstance(document, str):
            return Fetched(url, document.encode(), "text/plain")
        return Fetched(url, dump_json(document), "application/json")

    return fetch

"""The only way out of the house: reading one https address, without trusting anything about it.

`make_fetch` reads the network, `fetch_from_documents` reads a mapping instead (`signet verify
--documents`); both are a `Fetch`, a function from an address to what was found there. For each
verification, wrap it to know what was visited and to keep the number of visits small:

    fetch, visited = record_fetches(make_fetch(timeout_seconds=5.0))
    fetch = budgeted(fetch)
    fetch("https://uni.example/issuers/law/did.json").body
"""

from app.fetch.budget import budgeted, record_fetches
from app.fetch.documents import fetch_from_documents
from app.fetch.https import make_fetch
from app.fetch.result import Fetch, Fetched

__all__ = [
    "Fetch",
    "Fetched",
    "budgeted",
    "fetch_from_documents",
    "make_fetch",
    "record_fetches",
]

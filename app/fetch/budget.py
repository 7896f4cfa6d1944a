"""Wrappers around a `Fetch`: how often it may be used, and what it was used for."""

from collections import Counter
from urllib.parse import urlsplit

from app.errors import CheckUndecided
from app.fetch.result import Fetch, Fetched

MAX_FETCHES = 3
MAX_FETCHES_PER_HOST = 2


def budgeted(
    fetch: Fetch, *, max_fetches: int = MAX_FETCHES, max_per_host: int = MAX_FETCHES_PER_HOST
) -> Fetch:
    """A `Fetch` for one verification, so that one credential cannot make us visit half the world.

    An address that is asked for twice is read once: the same document then stands behind every
    check, and a second look costs nothing. Past the budget CheckUndecided (`fetch_blocked`).
    """
    answers: dict[str, Fetched | CheckUndecided] = {}
    per_host: Counter[str] = Counter()

    def fetch_within_budget(url: str) -> Fetched:
        if url not in answers:
            host = _host_of(url)
            if per_host.total() >= max_fetches or per_host[host] >= max_per_host:
                raise CheckUndecided(
                    "fetch_blocked", "the credential needs more addresses read than are allowed"
                )
            per_host[host] += 1
            answers[url] = _outcome(fetch, url)
        answer = answers[url]
        if isinstance(answer, CheckUndecided):
            raise answer
        return answer

    return fetch_within_budget


def record_fetches(fetch: Fetch) -> tuple[Fetch, list[str]]:
    """The same `Fetch`, and the growing list of addresses it visited, in vain or not.

    An address that was blocked is left out: nothing was sent there.
    """
    visited: list[str] = []

    def fetch_and_record(url: str) -> Fetched:
        try:
            found = fetch(url)
        except CheckUndecided as error:
            if error.code != "fetch_blocked":
                visited.append(url)
            raise
        visited.append(url)
        return found

    return fetch_and_record, visited


def _outcome(fetch: Fetch, url: str) -> Fetched | CheckUndecided:
    try:
        return fetch(url)
    except CheckUndecided as error:
        return error


def _host_of(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:  # an address that cannot even be split is refused further down
        return ""

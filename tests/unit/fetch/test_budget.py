import pytest

from app.errors import CheckUndecided
from app.fetch import Fetch, Fetched, budgeted, fetch_from_documents, record_fetches

URLS = [
    f"https://{host}.example/{page}" for host in ("a", "A", "b", "c", "d") for page in (1, 2, 3)
]


@pytest.fixture
def web() -> tuple[Fetch, list[str]]:
    return record_fetches(fetch_from_documents({url: {} for url in URLS}))


def code_of(fetch: Fetch, url: str) -> str:
    with pytest.raises(CheckUndecided) as caught:
        fetch(url)
    return caught.value.code


def test_a_third_address_on_one_host_is_blocked(web: tuple[Fetch, list[str]]) -> None:
    fetch = budgeted(web[0])
    fetch("https://a.example/1")
    fetch("https://A.example/2")

    assert code_of(fetch, "https://a.example/3") == "fetch_blocked"
    assert fetch("https://b.example/1").body == b"{}"


def test_a_fourth_address_is_blocked(web: tuple[Fetch, list[str]]) -> None:
    fetch, visited = web
    spender = budgeted(fetch)
    for host in "abc":
        spender(f"https://{host}.example/1")

    assert code_of(spender, "https://d.example/1") == "fetch_blocked"
    assert visited == [f"https://{host}.example/1" for host in "abc"]


def test_an_address_asked_for_again_is_read_once(web: tuple[Fetch, list[str]]) -> None:
    fetch, visited = web
    saver = budgeted(fetch)

    assert saver("https://a.example/1") is saver("https://a.example/1")
    assert visited == ["https://a.example/1"]


def test_a_failure_is_remembered_too(web: tuple[Fetch, list[str]]) -> None:
    fetch, visited = web
    saver = budgeted(fetch)

    assert code_of(saver, "https://a.example/none") == "not_found"
    assert code_of(saver, "https://a.example/none") == "not_found"
    assert visited == ["https://a.example/none"]


def test_every_verification_has_a_budget_of_its_own(web: tuple[Fetch, list[str]]) -> None:
    for _ in range(3):
        budgeted(web[0], max_fetches=1)("https://a.example/1")

    assert len(web[1]) == 3


def test_an_address_without_a_readable_host_counts_as_well() -> None:
    def found(url: str) -> Fetched:
        return Fetched(url, b"", "")

    fetch = budgeted(found)
    fetch("https://[broken")
    fetch("did:example:123")

    assert code_of(fetch, "urn:third") == "fetch_blocked"


def test_blocked_addresses_are_not_recorded_because_nothing_was_sent() -> None:
    def blocked(url: str) -> Fetched:
        raise CheckUndecided("fetch_blocked", "not there")

    fetch, visited = record_fetches(blocked)

    assert code_of(fetch, "https://a.example/1") == "fetch_blocked"
    assert visited == []

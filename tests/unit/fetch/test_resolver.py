import socket
import threading

import pytest

from app.errors import CheckUndecided
from app.fetch.resolver import resolve_in_time, resolve_with_system


def test_the_system_knows_the_loopback_address() -> None:
    addresses = resolve_with_system("localhost", 443)

    assert set(addresses) <= {"127.0.0.1", "::1"}
    assert len(addresses) == len(set(addresses))


def test_addresses_come_back_in_their_order() -> None:
    found = resolve_in_time(lambda host, port: ["192.0.2.2", "192.0.2.1"], "a.example", 443, 5)

    assert found == ["192.0.2.2", "192.0.2.1"]


def test_a_name_server_that_never_answers_meets_the_deadline() -> None:
    over = threading.Event()

    def never(host: str, port: int) -> list[str]:
        over.wait()
        return []

    with pytest.raises(CheckUndecided) as caught:
        resolve_in_time(never, "slow.example", 443, 0.05)
    over.set()

    assert caught.value.code == "timeout"


@pytest.mark.parametrize("error", [socket.gaierror("no such name"), UnicodeError("label too long")])
def test_a_name_that_cannot_be_resolved_is_a_failure(error: Exception) -> None:
    def fail(host: str, port: int) -> list[str]:
        raise error

    with pytest.raises(CheckUndecided) as caught:
        resolve_in_time(fail, "nowhere.example", 443, 5)

    assert caught.value.code == "fetch_failed"


def test_a_name_without_addresses_is_a_failure() -> None:
    with pytest.raises(CheckUndecided) as caught:
        resolve_in_time(lambda host, port: [], "empty.example", 443, 5)

    assert caught.value.code == "fetch_failed"

"""Credentials kept in memory: for a while, and no more than fit."""

from hypothesis import given
from hypothesis import strategies as st

from app.web.kept_credentials import KeptCredentials


class Clock:
    """Seconds that a test sets."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        """What it shows."""
        return self.now


def test_what_was_kept_is_found_byte_for_byte() -> None:
    kept = KeptCredentials(Clock())
    kept.keep("one", b"bytes")

    assert kept.find("one") == b"bytes"
    assert kept.find("two") is None


def test_it_is_forgotten_when_its_time_is_over() -> None:
    clock = Clock()
    kept = KeptCredentials(clock, seconds=60)
    kept.keep("one", b"bytes")
    clock.now += 59
    assert kept.find("one") == b"bytes"
    clock.now += 1

    assert kept.find("one") is None
    kept.keep("one", b"other bytes")
    assert kept.find("one") == b"other bytes"


@given(st.lists(st.tuples(st.integers(0, 30), st.integers(0, 3000)), max_size=60))
def test_all_of_them_never_take_more_than_their_bytes(reads: list[tuple[int, int]]) -> None:
    kept = KeptCredentials(Clock(), max_bytes=5000)
    for id_, size in reads:
        kept.keep(str(id_), bytes(size))

        found = [kept.find(str(each)) for each in range(31)]
        assert sum(len(each) for each in found if each is not None) <= 5000
        assert kept.find(str(id_)) == bytes(size)


def test_the_oldest_make_room() -> None:
    kept = KeptCredentials(Clock(), max_bytes=4000)
    for name in "abcde":
        kept.keep(name, bytes(1000))
    found = [name for name in "abcde" if kept.find(name) is not None]

    assert found == ["d", "e"]


def test_what_is_larger_than_everything_is_not_kept() -> None:
    kept = KeptCredentials(Clock(), max_bytes=1000)
    kept.keep("large", bytes(2000))

    assert kept.find("large") is None

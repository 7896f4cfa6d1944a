"""The keyed permutation of list positions: a bijection that shows nothing of the order."""

import itertools

import pytest

from app.issuing.permutation import LIST_LENGTH, permuted_index

KEY = bytes(range(32))


def test_every_index_of_the_list_is_reached_exactly_once() -> None:
    indexes = bytearray(LIST_LENGTH)
    for position in range(LIST_LENGTH):
        indexes[permuted_index(KEY, position)] += 1

    assert indexes == b"\x01" * LIST_LENGTH


def test_another_key_gives_another_order() -> None:
    one = [permuted_index(KEY, position) for position in range(100)]
    other = [permuted_index(bytes(32), position) for position in range(100)]

    assert one != other


def test_neighbouring_positions_are_scattered_over_the_list() -> None:
    indexes = [permuted_index(KEY, position) for position in range(1000)]
    steps = [abs(b - a) for a, b in itertools.pairwise(indexes)]

    # Two independent random places are a third of the list apart on average.
    assert 0.28 < sum(steps) / len(steps) / LIST_LENGTH < 0.39
    # No half of the index stays behind: every sixteenth of the list is visited about evenly.
    visits = [0] * 16
    for index in indexes:
        visits[index * 16 // LIST_LENGTH] += 1
    assert all(35 < count < 95 for count in visits)


def test_the_order_of_a_key_never_changes() -> None:
    """Entries already handed out are found in stored credentials: the function is for ever."""
    assert [permuted_index(KEY, position) for position in range(4)] == [
        81165,
        122135,
        84024,
        7614,
    ]


@pytest.mark.parametrize("position", [-1, LIST_LENGTH])
def test_positions_outside_the_list_are_refused(position: int) -> None:
    with pytest.raises(ValueError, match="no position"):
        permuted_index(KEY, position)

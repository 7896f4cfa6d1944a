import httpcore2
import pytest

from app.fetch.dialling import Deadline, PinnedBackend


def test_nothing_is_dialled_after_the_deadline() -> None:
    backend = PinnedBackend(["127.0.0.1"], Deadline(0))

    with pytest.raises(httpcore2.ConnectTimeout):
        backend.connect_tcp("badge.example", 443)


def test_a_deadline_never_leaves_zero_seconds_which_sockets_misunderstand() -> None:
    assert Deadline(0).seconds_left() > 0
    assert Deadline(0).has_passed()
    assert not Deadline(60).has_passed()

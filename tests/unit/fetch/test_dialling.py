import socket

import httpcore2
import pytest

from app.fetch.dialling import Deadline, PinnedBackend, TimedStream


def test_nothing_is_dialled_after_the_deadline() -> None:
    backend = PinnedBackend(["127.0.0.1"], Deadline(0))

    with pytest.raises(httpcore2.ConnectTimeout):
        backend.connect_tcp("badge.example", 443)


def test_a_deadline_never_leaves_zero_seconds_which_sockets_misunderstand() -> None:
    assert Deadline(0).seconds_left() > 0
    assert Deadline(0).has_passed()
    assert not Deadline(60).has_passed()


def test_nothing_is_read_after_the_deadline_even_if_it_waits_already() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        opened = httpcore2.SyncBackend().connect_tcp(*server.getsockname())
        accepted, _ = server.accept()
        with accepted:
            accepted.sendall(b"already here")
            stream = TimedStream(opened, Deadline(0))
            with pytest.raises(httpcore2.ReadTimeout):
                stream.read(100)
            stream.close()

"""The tests' own promise: nothing leaves this machine."""

import socket

import pytest


@pytest.mark.parametrize("host", ["192.0.2.1", "2001:db8::1", "example.org", b"example.org"])
def test_nothing_but_loopback_can_be_reached(host: str | bytes) -> None:
    with pytest.raises(AssertionError, match="tests have no network"):
        socket.create_connection((host, 80), timeout=1)  # type: ignore[arg-type]
    family = socket.AF_INET6 if ":" in str(host) else socket.AF_INET
    for method in ("connect", "connect_ex"):
        with (
            socket.socket(family) as plain,
            pytest.raises(AssertionError, match="tests have no network"),
        ):
            getattr(plain, method)((host, 80))


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_loopback_can_be_reached(host: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        socket.create_connection((host, server.getsockname()[1]), timeout=5).close()

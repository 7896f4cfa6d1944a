"""Reading an address before anything is resolved: which ones may be visited at all.

The grammar is a good deal narrower than RFC 3986, so that there is nothing for two parsers to
disagree about: `https`, a DNS name in ASCII, an optional port, path and query. Refused by form
are user names, IP addresses in every spelling (`127.1`, `2130706433`, `0x7f000001`, `[::1]`,
full-width digits), single-label names, trailing dots, backslashes, spaces and control characters.
An internationalised name has to be written in its ASCII form (`xn--…`): a full-width `1` that some
layer maps to `1` is exactly the trick to be kept out.

Ports are 443 and 1024 to 65535. The other low ports belong to other services (mail, SSH,
directories), which an https client has no business greeting on behalf of a stranger.
"""

import re
from dataclasses import dataclass

from app.errors import CheckUndecided

MAX_URL_LENGTH = 2048
MAX_HOST_LENGTH = 253
HTTPS_PORT = 443
FIRST_UNPRIVILEGED_PORT = 1024

_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
# No top-level domain begins with a digit, so this is what keeps numeric addresses out.
_TOP_LABEL = r"[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?"
_TARGET_CHARACTER = r"(?:[A-Za-z0-9._~!$&'()*+,;=:@/?-]|%[0-9A-Fa-f]{2})"

_URL = re.compile(
    rf"https://(?P<host>(?i:(?:{_LABEL}\.)+{_TOP_LABEL}))(?::(?P<port>[1-9][0-9]{{0,4}}))?"
    rf"(?P<target>(?:[/?]{_TARGET_CHARACTER}*)?)",
    re.ASCII,
)
_LOOPBACK_URL = re.compile(
    rf"http://(?P<host>127\.0\.0\.1|localhost):(?P<port>[1-9][0-9]{{3,4}})"
    rf"(?P<target>(?:[/?]{_TARGET_CHARACTER}*)?)",
    re.ASCII,
)


@dataclass(frozen=True)
class Address:
    """An address in its parts; `host` is lower case, `target` is path and query."""

    host: str
    port: int
    target: str
    scheme: str = "https"


def parse_address(url: str) -> Address:
    """The parts of an address that may be visited; a fragment is left out, as HTTP never sends it.

    Raises CheckUndecided (`fetch_blocked`).
    """
    if len(url) > MAX_URL_LENGTH:
        raise CheckUndecided("fetch_blocked", f"the address is longer than {MAX_URL_LENGTH}")
    match = _URL.fullmatch(url.partition("#")[0])
    if match is None:
        raise CheckUndecided(
            "fetch_blocked",
            f"{url[:120]!a} is not an https address with a public host name in ASCII",
        )
    host = match["host"].lower()
    if len(host) > MAX_HOST_LENGTH:
        raise CheckUndecided("fetch_blocked", f"the host name is longer than {MAX_HOST_LENGTH}")
    port = int(match["port"] or HTTPS_PORT)
    if port != HTTPS_PORT and not FIRST_UNPRIVILEGED_PORT <= port <= 65535:
        raise CheckUndecided("fetch_blocked", f"port {port} of {host} may not be visited")
    return Address(host, port, _target(match))


def parse_loopback_address(url: str) -> Address:
    """The parts of `http://127.0.0.1:PORT/…` or `http://localhost:PORT/…`, a port from 1024 up.

    Raises CheckUndecided (`fetch_blocked`).
    """
    match = _LOOPBACK_URL.fullmatch(url.partition("#")[0]) if len(url) <= MAX_URL_LENGTH else None
    if match is None or not FIRST_UNPRIVILEGED_PORT <= int(match["port"]) <= 65535:
        raise CheckUndecided(
            "fetch_blocked", f"{url[:120]!a} is not an http address on this machine with its port"
        )
    return Address(match["host"], int(match["port"]), _target(match), "http")


def _target(match: re.Match[str]) -> str:
    target = match["target"]
    return target if target.startswith("/") else f"/{target}"

"""Which IP addresses may be dialled: our own copy of IANA's special-purpose registries.

`ipaddress.is_global` is not enough: on the Python versions we support it calls NAT64, 6to4,
`::127.0.0.1`, `fec0::` and multicast addresses global, each of which can lead back inside. The
tables are the IANA IPv4 and IPv6 Special-Purpose Address Registries plus multicast and reserved
space; every block is refused, even the few that IANA marks globally reachable, since no issuer
lives there. IPv6 is allowed only from 2000::/3, the global unicast space.
"""

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

from app.errors import CheckUndecided

_SPECIAL_IPV4: tuple[tuple[IPv4Network, str], ...] = tuple(
    (IPv4Network(block), name)
    for block, name in (
        ("0.0.0.0/8", "This network (RFC 791)"),
        ("10.0.0.0/8", "Private-Use (RFC 1918)"),
        ("100.64.0.0/10", "Shared Address Space (RFC 6598)"),
        ("127.0.0.0/8", "Loopback (RFC 1122)"),
        ("169.254.0.0/16", "Link Local (RFC 3927)"),
        ("172.16.0.0/12", "Private-Use (RFC 1918)"),
        ("192.0.0.0/24", "IETF Protocol Assignments (RFC 6890)"),
        ("192.0.2.0/24", "Documentation TEST-NET-1 (RFC 5737)"),
        ("192.31.196.0/24", "AS112-v4 (RFC 7535)"),
        ("192.52.193.0/24", "AMT (RFC 7450)"),
        ("192.88.99.0/24", "Deprecated 6to4 Relay Anycast (RFC 7526)"),
        ("192.168.0.0/16", "Private-Use (RFC 1918)"),
        ("192.175.48.0/24", "Direct Delegation AS112 Service (RFC 7534)"),
        ("198.18.0.0/15", "Benchmarking (RFC 2544)"),
        ("198.51.100.0/24", "Documentation TEST-NET-2 (RFC 5737)"),
        ("203.0.113.0/24", "Documentation TEST-NET-3 (RFC 5737)"),
        ("224.0.0.0/4", "Multicast (RFC 5771)"),
        ("240.0.0.0/4", "Reserved and Limited Broadcast (RFC 1112, RFC 919)"),
    )
)

_SPECIAL_IPV6: tuple[tuple[IPv6Network, str], ...] = tuple(
    (IPv6Network(block), name)
    for block, name in (
        ("::/128", "Unspecified Address (RFC 4291)"),
        ("::1/128", "Loopback Address (RFC 4291)"),
        ("64:ff9b:1::/48", "Local-Use IPv4/IPv6 Translation (RFC 8215)"),
        ("100::/64", "Discard-Only Address Block (RFC 6666)"),
        ("100:0:0:1::/64", "Dummy IPv6 Prefix (RFC 9780)"),
        ("2001::/23", "IETF Protocol Assignments, Teredo among them (RFC 2928, RFC 4380)"),
        ("2001:db8::/32", "Documentation (RFC 3849)"),
        ("2002::/16", "6to4 (RFC 3056)"),
        ("2620:4f:8000::/48", "Direct Delegation AS112 Service (RFC 7534)"),
        ("3fff::/20", "Documentation (RFC 9637)"),
        ("5f00::/16", "Segment Routing SIDs (RFC 9602)"),
        ("fc00::/7", "Unique-Local (RFC 4193)"),
        ("fe80::/10", "Link-Local Unicast (RFC 4291)"),
        ("fec0::/10", "Site-Local Unicast, deprecated (RFC 3879)"),
        ("ff00::/8", "Multicast (RFC 4291)"),
    )
)

_GLOBAL_UNICAST = IPv6Network("2000::/3")

# Where the last 32 bits are an IPv4 address that the packet ends up at. NAT64 has to be read
# rather than refused: on an IPv6-only network every IPv4 host is reached through it.
_EMBEDS_IPV4 = (
    IPv6Network("::ffff:0:0/96"),  # IPv4-mapped Address (RFC 4291)
    IPv6Network("64:ff9b::/96"),  # IPv4-IPv6 Translation, NAT64 (RFC 6052)
)


def check_public_address(address: str) -> None:
    """Passes an IP address that belongs to the public internet.

    Raises CheckUndecided (`fetch_blocked`) naming the registry's block otherwise.
    """
    parsed = ip_address(address)
    if isinstance(parsed, IPv6Address) and any(parsed in block for block in _EMBEDS_IPV4):
        parsed = IPv4Address(int(parsed) & 0xFFFFFFFF)
    name = _special_purpose_of(parsed)
    if name is not None:
        raise CheckUndecided("fetch_blocked", f"{address} is not a public address: {name}")


def check_loopback_address(address: str) -> None:
    """Passes an IP address of this machine to itself; raises CheckUndecided (`fetch_blocked`)."""
    if not ip_address(address).is_loopback:
        raise CheckUndecided("fetch_blocked", f"{address} is not an address of this machine itself")


def _special_purpose_of(address: IPv4Address | IPv6Address) -> str | None:
    if isinstance(address, IPv4Address):
        return next((name for block, name in _SPECIAL_IPV4 if address in block), None)
    for block, name in _SPECIAL_IPV6:
        if address in block:
            return name
    return None if address in _GLOBAL_UNICAST else "outside Global Unicast (RFC 4291)"

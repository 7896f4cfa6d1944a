import pytest

from app.errors import CheckUndecided
from app.fetch.addresses import check_public_address

PUBLIC = [
    "1.1.1.1",
    "8.8.8.8",
    "128.0.0.1",
    "172.15.255.255",
    "172.32.0.0",
    "100.63.255.255",
    "100.128.0.0",
    "193.0.0.1",
    "223.255.255.255",
    "2606:4700:4700::1111",
    "2a00:1450:4001::200e",
    "::ffff:8.8.8.8",
    "64:ff9b::808:808",
]

NOT_PUBLIC = [
    ("0.1.2.3", "This network"),
    ("10.1.2.3", "Private-Use"),
    ("100.64.0.1", "Shared Address Space"),
    ("100.127.255.255", "Shared Address Space"),
    ("127.0.0.1", "Loopback"),
    ("127.255.255.255", "Loopback"),
    ("169.254.169.254", "Link Local"),
    ("172.16.0.1", "Private-Use"),
    ("172.31.255.255", "Private-Use"),
    ("192.0.0.8", "IETF Protocol Assignments"),
    ("192.0.2.1", "TEST-NET-1"),
    ("192.31.196.1", "AS112-v4"),
    ("192.52.193.1", "AMT"),
    ("192.88.99.1", "6to4 Relay"),
    ("192.168.1.1", "Private-Use"),
    ("192.175.48.1", "AS112"),
    ("198.18.0.1", "Benchmarking"),
    ("198.19.255.255", "Benchmarking"),
    ("198.51.100.1", "TEST-NET-2"),
    ("203.0.113.1", "TEST-NET-3"),
    ("224.0.0.1", "Multicast"),
    ("239.255.255.255", "Multicast"),
    ("240.0.0.1", "Reserved"),
    ("255.255.255.255", "Broadcast"),
    ("::", "Unspecified"),
    ("::1", "Loopback"),
    ("::127.0.0.1", "outside Global Unicast"),
    ("::8.8.8.8", "outside Global Unicast"),
    ("::ffff:127.0.0.1", "Loopback"),
    ("::ffff:10.0.0.1", "Private-Use"),
    ("::ffff:169.254.169.254", "Link Local"),
    ("::ffff:0:127.0.0.1", "outside Global Unicast"),
    ("64:ff9b::a9fe:a9fe", "Link Local"),
    ("64:ff9b::7f00:1", "Loopback"),
    ("64:ff9b:1::7f00:1", "Local-Use IPv4/IPv6"),
    ("100::1", "Discard-Only"),
    ("100:0:0:1::1", "Dummy"),
    ("2001::1", "Teredo"),
    ("2001:0:4136:e378:8000:63bf:3fff:fdd2", "Teredo"),
    ("2001:20::1", "IETF Protocol"),
    ("2001:db8::1", "Documentation"),
    ("2002:7f00:1::", "6to4"),
    ("2002:808:808::1", "6to4"),
    ("2620:4f:8000::1", "AS112"),
    ("3fff::1", "Documentation"),
    ("4000::1", "outside Global Unicast"),
    ("5f00::1", "Segment Routing"),
    ("fc00::1", "Unique-Local"),
    ("fd00:ec2::254", "Unique-Local"),
    ("fe80::1", "Link-Local"),
    ("fe80::1%eth0", "Link-Local"),
    ("fec0::1", "Site-Local"),
    ("ff02::1", "Multicast"),
]


@pytest.mark.parametrize("address", PUBLIC)
def test_a_public_address_passes(address: str) -> None:
    check_public_address(address)


@pytest.mark.parametrize(("address", "name"), NOT_PUBLIC)
def test_a_special_purpose_address_is_refused_by_its_name(address: str, name: str) -> None:
    with pytest.raises(CheckUndecided, match=name) as caught:
        check_public_address(address)

    assert caught.value.code == "fetch_blocked"

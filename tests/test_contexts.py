"""The vendored JSON-LD contexts are the ones we think they are, and the README tells the truth."""

import hashlib
import json
import re
from pathlib import Path
from typing import Any

import pytest

CONTEXTS = Path(__file__).resolve().parent.parent / "contexts"

# Written down apart from the manifest on purpose: whoever changes a context changes what
# signatures cover, and shall have to say so twice.
DIGESTS = {
    "credentials-v2.json": ("59955ced6697d61e03f2b2556febe5308ab16842846f5b586d7f1f7adec92734"),
    "credentials-v1.json": ("ab4ddd9a531758807a79a5b450510d61ae8d147eab966cc9a200c07095b0cdcc"),
    "credentials-examples-v2.json": (
        "57393fbc69d6efb9b9b5dc9cb6b9880b0944360abfe2eaf459c9e58cf2279d7c"
    ),
    "ob-v3p0-context.json": ("9f1c8f9f361ba2994b9b50701f41149919542c50c7b7455b2846d87959295d72"),
    "ob-v3p0-context-3.0.1.json": (
        "5f3d9dd6288ef437ff8286cf95ffbff609c748a66f24a1e9450c45ca64be1571"
    ),
    "ob-v3p0-context-3.0.2.json": (
        "00666ad080ba407687ed1846b7f5e7495f5019042b202a727de47c48a1755c53"
    ),
    "ob-v3p0-context-3.0.3.json": (
        "3d34f4d4ef1bce691106e63798beb5e7b862ba841423f5ee1e53ab7ddf3bca84"
    ),
    "ob-v3p0-extensions.json": ("87c06c81bc2317663bf288d740d94fddd2818c4342b186270ff6371dfaa63f93"),
    "clr-v2p0-context-2.0.1.json": (
        "880f1902d4158f2f33ce06af41b90719977cd1ea337a9de2e41edb3ff5e543d6"
    ),
    "data-integrity-v2.json": ("67f21e6e33a6c14e5ccfd2fc7865f7474fb71a04af7e94136cb399dfac8ae8f4"),
    "data-integrity-v1.json": ("b5d829bd09aa7c42abc6efa0c8ed7635313b5487f37ccfce3ecd149ca9418554"),
    "multikey-v1.json": ("ba2c182de2d92f7e47184bcca8fcf0beaee6d3986c527bf664c195bbc7c58597"),
    "ed25519-2020-v1.json": ("b9e1ab971fd8bf2c7553e0c4a9438e0b9450afde1ea1ca5b2492368b9f549588"),
    "did-v1.json": ("62c1054bf404d6dd3a4b26b64f830fd72095f6a26edc4469908c94351352ce5f"),
    "status-list-2021-v1.json": (
        "634d71c159289f068c96012e4511c657fdf82ac4231900081bda3ba24e2e1160"
    ),
    "bitstring-status-list-v1.json": (
        "fd08cbf28ddd829ab2f1978c48f43ab07a112c1c90245a0cfac7ba721c65170c"
    ),
    "microcredential-v1.json": ("0df673d7b7a8f231d79913aaf7eba3f4ec1f1d33ed0938aa438699dce379b7d5"),
}

# Digests that W3C prints beside the contexts in VCDM 1.1, VCDM 2.0, Data Integrity 1.0 and
# Controlled Identifiers 1.0.
PUBLISHED = {
    "https://www.w3.org/ns/credentials/v2": "59955ced",
    "https://www.w3.org/2018/credentials/v1": "ab4ddd9a",
    "https://w3id.org/security/data-integrity/v2": "67f21e6e",
    "https://w3id.org/security/multikey/v1": "ba2c182d",
}

ROW = re.compile(
    r"^\| `(?P<url>\S+)` \| `(?P<file>\S+)` \| (?P<origin>[^|]+) \| (?P<date>\S+) "
    r"\| `(?P<sha256>[0-9a-f]{64})` \| (?P<licence>[^|]+) \|$",
    re.MULTILINE,
)


def entries() -> list[dict[str, Any]]:
    manifest = json.loads((CONTEXTS / "manifest.json").read_text(encoding="utf-8"))
    rows: list[dict[str, Any]] = manifest["contexts"]
    return rows


def test_manifest_lists_every_file_in_the_folder_once() -> None:
    in_folder = {path.name for path in CONTEXTS.glob("*.json")} - {"manifest.json"}
    listed = [entry["file"] for entry in entries()]

    assert sorted(listed) == sorted(in_folder)
    assert set(DIGESTS) == in_folder


def test_no_url_is_listed_twice() -> None:
    urls = [entry["url"] for entry in entries()]

    assert len(urls) == len(set(urls))


@pytest.mark.parametrize("entry", entries(), ids=lambda entry: entry["file"])
def test_file_has_the_digest_written_down(entry: dict[str, Any]) -> None:
    data = (CONTEXTS / entry["file"]).read_bytes()
    digest = hashlib.sha256(data).hexdigest()

    assert digest == entry["sha256"]
    assert digest == DIGESTS[entry["file"]]
    assert "@context" in json.loads(data)


@pytest.mark.parametrize(("url", "beginning"), PUBLISHED.items())
def test_digest_is_the_one_that_w3c_prints(url: str, beginning: str) -> None:
    [entry] = [entry for entry in entries() if entry["url"] == url]

    assert entry["sha256"].startswith(beginning)


def test_readme_table_equals_the_manifest() -> None:
    table = [
        match.groupdict()
        for match in ROW.finditer((CONTEXTS / "README.md").read_text(encoding="utf-8"))
    ]
    expected = [
        {
            "url": entry["url"],
            "file": entry["file"],
            "origin": origin_of(entry),
            "date": entry["date"],
            "sha256": entry["sha256"],
            "licence": entry["licence"],
        }
        for entry in entries()
    ]

    assert table == expected


def origin_of(entry: dict[str, Any]) -> str:
    if not entry["file_in_package"]:
        return str(entry["package"])
    return f"{entry['package']}, `{entry['file_in_package']}`"

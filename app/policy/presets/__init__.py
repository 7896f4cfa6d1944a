"""The policies that come with the program: files beside this one, each named by its id.

A file that was released never changes, since achievements name the policy they were published
under (a test holds the digests). A change is a new file, such as `eu-annex-1-v2.json`; the old one
stays.
"""

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from app.encoding.strict_json import JsonObject, parse_object

PRESETS: Mapping[str, JsonObject] = MappingProxyType(
    {
        path.stem: parse_object(path.read_bytes())
        for path in sorted(Path(__file__).parent.glob("*.json"))
    }
)
"""Every policy that comes along, by its id."""

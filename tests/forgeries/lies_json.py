"""Catalogue 2.4, as far as bytes go: JSON that two readers read differently, or that costs much.

What only a web server can get wrong (content types, hosts, sizes of bodies) is in
`test_http_input.py`.
"""

import json
from collections.abc import Callable

from tests.forgeries.catalogue import MALFORMED, Forge, forgery
from tests.forgeries.scene import Scene, badge, genuine
from tests.forgeries.signing import compact_json


def _malformed(name: str, lie: str, code: str) -> None:
    """Enter what `_BYTES` makes of the genuine badge."""

    def forge(_: Scene) -> bytes:
        return _BYTES[name](compact_json(genuine()))

    forge.__name__ = name
    forged: Forge = forge
    forgery("2.4", lie, code, verdict=MALFORMED)(forged)


_BYTES: dict[str, Callable[[bytes], bytes]] = {
    "issuer_written_twice": lambda text: text[:-1] + b',"issuer":"did:web:forger.example"}',
    "member_written_twice_deep_inside": lambda text: text.replace(
        b'"criteria":{', b'"criteria":{"narrative":"None.",'
    ),
    "number_that_is_none": lambda text: text.replace(b"10.5", b"NaN"),
    "number_without_end": lambda text: text.replace(b"10.5", b"-Infinity"),
    "number_too_large": lambda text: text.replace(b"10.5", b"1e400"),
    "integer_beyond_doubles": lambda text: text.replace(b"10.5", b"9007199254740993"),
    "integer_of_5000_digits": lambda text: text.replace(b"10.5", b"9" * 5000),
    "half_a_character": lambda text: text.replace(b"SCQF level", b"SCQF \\udead level"),
    "not_utf8": lambda text: text.replace(b"SCQF", b"\xff\xfe"),
    "encoded_in_utf16": lambda text: text.decode().encode("utf-16"),
    "byte_order_mark": lambda text: b"\xef\xbb\xbf" + text,
    "nested_beyond_measure": lambda text: text.replace(b"10.5", b"[" * 5000 + b"]" * 5000),
    "brackets_only": lambda text: b"[" * 100_000,
    "quarter_of_a_megabyte": lambda text: text + b" " * 1 + b"\n" + b"x" * 262_144,
    "four_thousand_values": lambda text: text.replace(b"10.5", b"[" + b"1," * 4000 + b"1]"),
    "text_that_never_ends": lambda text: b'{"name":"' + b'\\"' * 120_000,
    "text_after_the_end": lambda text: text + b"{}",
    "comment_inside": lambda text: text.replace(b"{", b"{/* genuine */", 1),
    "list_of_badges": lambda text: b"[" + text + b"]",
    "nothing_at_all": lambda text: b"",
}

_malformed(
    "issuer_written_twice",
    "The first issuer is the university, the last the forger.",
    "duplicate_key",
)
_malformed("member_written_twice_deep_inside", "The criteria are written twice.", "duplicate_key")
_malformed("number_that_is_none", "Credits that are not a number.", "bad_number")
_malformed("number_without_end", "Credits without end.", "bad_number")
_malformed("number_too_large", "Credits that overflow.", "bad_number")
_malformed("integer_beyond_doubles", "Two readers see two integers.", "bad_number")
_malformed("integer_of_5000_digits", "An integer of 5,000 digits.", "bad_number")
_malformed("half_a_character", "Half of a surrogate pair.", "bad_string")
_malformed("not_utf8", "Bytes that are no text.", "not_utf8")
_malformed("encoded_in_utf16", "UTF-16, which some readers detect and others do not.", "not_utf8")
_malformed("byte_order_mark", "A mark at the start that some readers skip.", "not_utf8")
_malformed("nested_beyond_measure", "Five thousand levels.", "too_deep")
_malformed("brackets_only", "A hundred thousand levels, never closed.", "too_deep")
_malformed("quarter_of_a_megabyte", "More than 256 KiB.", "too_large")
_malformed("four_thousand_values", "More than 4,000 values.", "too_many_nodes")
_malformed(
    "text_that_never_ends",
    "Quotes and backslashes that kept a parser busy for minutes.",
    "not_json",
)
_malformed("text_after_the_end", "A second document follows the first.", "not_json")
_malformed("comment_inside", "A comment that some readers skip.", "not_json")
_malformed("list_of_badges", "A list in which the badge is one of many.", "not_json")
_malformed("nothing_at_all", "Nothing.", "not_json")


@forgery("2.4", "There is no proof at all.", "no_proof")
def badge_without_a_proof(_: Scene) -> bytes:
    return json.dumps(badge()).encode()


@forgery("2.4", "The list of proofs is empty.", "no_proof")
def badge_with_no_proofs(_: Scene) -> bytes:
    return json.dumps({**badge(), "proof": []}).encode()

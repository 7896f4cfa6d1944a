"""Answers that hold a signed document: its stored bytes, never serialised a second time."""

from app.encoding.strict_json import JsonObject, dump_json


def spliced(members: JsonObject, name: str, document: bytes) -> bytes:
    """A JSON object of `members` (at least one) and the document last, byte for byte."""
    return dump_json(members)[:-1] + b"," + dump_json(name) + b":" + document + b"}"

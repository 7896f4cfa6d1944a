"""What somebody hands in for a recognition report: credentials, and what they are held against."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from fastapi import Request
from starlette.datastructures import UploadFile

from app.encoding.jcs import canonicalize_json
from app.encoding.strict_json import MAX_VALUES, JsonObject, dump_json, parse_json
from app.errors import InvalidRequest, found_within
from app.jsonld.contexts import digest_sri
from app.policy.definition import DefinitionPolicy
from app.policy.parsing import parse_policy
from app.web.presenting import Given
from app.web.strict_body import check_media_type

MAX_CREDENTIALS = 10
_MAX_LINK = 2048
_MAX_NAME = 200
_FORM = "multipart/form-data"
_JSON = "application/json"
_WORDS = ("target_framework", "policy", "pathway")
_MEMBERS = ("credentials", *_WORDS)
_TEXT = {"type": "string", "minLength": 1}
_PATHWAY = "The id or address of a pathway of this service, to be reckoned with the credentials."

REPORT_BODY: JsonObject = {
    "requestBody": {
        "required": True,
        "content": {
            _JSON: {
                "schema": {
                    "type": "object",
                    "required": ["credentials"],
                    "additionalProperties": False,
                    "properties": {
                        "credentials": {
                            "type": "array",
                            "description": "Credentials as objects or compact JWTs. Endorsements "
                            "of them, such as decisions of other institutions, may stand among "
                            "them.",
                            "minItems": 1,
                            "maxItems": MAX_CREDENTIALS,
                            "items": {"anyOf": [{"type": "object"}, _TEXT]},
                        },
                        "target_framework": {
                            **_TEXT,
                            "description": "The qualifications framework of whoever reads it: its "
                            "credit is converted to, and its levels stand beside the EQF level.",
                        },
                        "policy": {
                            "description": "A definition policy to be put to each credential: the "
                            "id or address of one of this service, or a whole one.",
                            "anyOf": [_TEXT, {"type": "object"}],
                        },
                        "pathway": {**_TEXT, "description": _PATHWAY},
                    },
                },
                "example": {"credentials": ["eyJ…"], "target_framework": "SCQF"},
            },
            _FORM: {
                "schema": {
                    "type": "object",
                    "properties": {
                        "files": {
                            "type": "array",
                            "items": {"type": "string", "format": "binary"},
                        },
                        "text": {
                            "type": "string",
                            "description": "Links or tokens, one on each line, or one credential.",
                        },
                        "target_framework": {"type": "string"},
                        "policy": {"type": "string"},
                        "pathway": {"type": "string", "description": _PATHWAY},
                        "format": {"enum": ["", "pdf"], "description": "`pdf` gets a PDF."},
                    },
                }
            },
        },
    }
}
"""The body of a request for a report, for `openapi_extra`."""


@dataclass(frozen=True)
class HandedIn:
    """One credential: `canonical` where it was an object in JSON, whose bytes are not on record.

    `name` is the file's name or address, if it had one.
    """

    given: Given
    name: str | None = None
    canonical: bytes | None = None


@dataclass(frozen=True)
class Order:
    """What the report is asked about; a policy is named, or given whole."""

    handed_in: tuple[HandedIn, ...]
    target_framework: str | None
    policy: str | DefinitionPolicy | None
    pathway: str | None
    as_pdf: bool = False


async def read_order(request: Request) -> Order:
    """The order in a form or a JSON body; raises MalformedInput and InvalidRequest."""
    if check_media_type(request, frozenset({_FORM, _JSON})) == _FORM:
        order = await _read_form(request)
    else:
        order = _read_json(await request.body())
    if not order.handed_in:
        raise InvalidRequest(
            "invalid_request", "Choose a file, or paste a link or a credential, and try again."
        )
    if len(order.handed_in) > MAX_CREDENTIALS:
        raise InvalidRequest(
            "bad_value",
            f"One report is about at most {MAX_CREDENTIALS} credentials.",
            field="/credentials",
        )
    return order


# --- The form ------------------------------------------------------------------------------------


async def _read_form(request: Request) -> Order:
    async with request.form(max_files=2 * MAX_CREDENTIALS, max_fields=6) as form:
        files = [each for each in form.getlist("files") if isinstance(each, UploadFile)]
        uploaded = [(_shortened(each.filename), await each.read()) for each in files if each.size]
        words = [_text(form.get(name)) for name in ("text", *_WORDS, "format")]
    text, target, policy, pathway, form_of_answer = words
    found = [(name, Given("", data)) for name, data in uploaded]
    found += [(each.link, each) for each in _pasted(text or "")]
    handed_in = tuple(
        HandedIn(replace(given, name=_called(number)), _shortened(name))
        for number, (name, given) in enumerate(found, 1)
    )
    return Order(handed_in, target, policy, pathway, as_pdf=form_of_answer == "pdf")


def _called(number: int) -> str:
    """What a credential is called of which nothing may be read."""
    return f"Credential {number}"


def _text(value: Any) -> str | None:
    return (value.strip() or None) if isinstance(value, str) else None


def _shortened(name: str | None) -> str | None:
    return name[:_MAX_NAME] if name else None


def _pasted(text: str) -> Sequence[Given]:
    """A link or a token on each line; any other text is one credential."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if not lines or lines[0][0] in "{[<":
        return [Given("", text.encode("utf-8", "surrogatepass"))] if lines else []
    return [
        Given("", link=line)
        if line.startswith(("https://", "http://")) and len(line) <= _MAX_LINK
        else Given("", line.encode("utf-8", "surrogatepass"))
        for line in lines
    ]


# --- JSON ----------------------------------------------------------------------------------------


def _read_json(body: bytes) -> Order:
    members = parse_json(body, max_bytes=len(body), max_values=MAX_CREDENTIALS * MAX_VALUES)
    if not isinstance(members, dict):
        raise InvalidRequest("wrong_type", "Send an object with `credentials`.", field="")
    for name in members:
        if name not in _MEMBERS:
            raise InvalidRequest("unknown_member", f"`{name}` is not known here.", field=f"/{name}")
    listed = members.get("credentials")
    if not isinstance(listed, list):
        raise InvalidRequest("wrong_type", "Send a list `credentials`.", field="/credentials")
    handed_in = tuple(_handed_in(each, place) for place, each in enumerate(listed))
    policy = members.get("policy")
    return Order(
        handed_in,
        _word(members, "target_framework"),
        _whole_policy(policy) if isinstance(policy, dict) else _word(members, "policy"),
        _word(members, "pathway"),
    )


def _handed_in(value: Any, place: int) -> HandedIn:
    name = _called(place + 1)
    if isinstance(value, dict):
        # As bytes again: the parser's limits are those of one credential.
        return HandedIn(Given(name, dump_json(value)), canonical=canonicalize_json(value))
    if isinstance(value, str):
        return HandedIn(Given(name, value.encode()))
    raise InvalidRequest(
        "wrong_type", "A credential is an object or a JWT.", field=f"/credentials/{place}"
    )


def _word(members: JsonObject, name: str) -> str | None:
    value = members.get(name)
    if value is not None and not isinstance(value, str):
        raise InvalidRequest("wrong_type", f"`{name}` must be a text.", field=f"/{name}")
    return value


def _whole_policy(given: JsonObject) -> DefinitionPolicy:
    """A policy that came along; it is called by its digest, whatever name it gives itself."""
    try:
        policy = parse_policy(given)
    except InvalidRequest as error:
        raise found_within("/policy", error, InvalidRequest) from error
    return replace(policy, id=f"handed in with the request ({digest_sri(dump_json(given))})")

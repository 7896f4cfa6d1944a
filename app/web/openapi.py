"""What `/openapi.json` says beyond what FastAPI finds out by itself.

Bodies that are Open Badges documents are described from the very tables that check them
(`app.credentials.open_badge_classes`); problems have one schema; every route may answer with one.
"""

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from app.credentials import microcredential_input as micro
from app.credentials import values
from app.credentials.classes import Kind, Member, ObClass, ObjectOf, TypeForm
from app.credentials.open_badge_classes import OPEN_BADGES, PROFILE_INPUT
from app.credentials.values import Enumeration
from app.encoding.strict_json import JsonObject
from app.proofs.data_integrity import CRYPTOSUITES
from app.registry.issuers import DEFAULT_CRYPTOSUITE, DID_METHODS
from app.web.problems import PROBLEM_JSON

_COMPONENTS = "#/components/schemas/"

_SCALARS: list[tuple[object, JsonObject]] = [
    (values.TEXT, {"type": "string", "minLength": 1}),
    (values.IRI, {"type": "string", "format": "iri", "minLength": 1}),
    (values.URL, {"type": "string", "format": "uri", "minLength": 1}),
    (values.PICTURE, {"type": "string", "format": "uri", "minLength": 1}),
    (values.DATE_TIME, {"type": "string", "format": "date-time"}),
    (values.DATE, {"type": "string", "format": "date"}),
    (values.NUMBER, {"type": "number"}),
    (values.CREDITS, {"type": "number", "minimum": 0}),
    (values.BOOLEAN, {"type": "boolean"}),
    (values.LANGUAGE, {"type": "string", "minLength": 2}),
    (values.COMPACT_JWS, {"type": "string", "pattern": r"^[\w-]+\.[\w-]*\.[\w-]+$"}),
    (values.EMAIL, {"type": "string", "format": "email"}),
    (values.COUNTRY, {"type": "string", "pattern": "^[A-Z]{2}$"}),
    (values.PROOF_PURPOSE, {"const": "assertionMethod"}),
    (micro.WORD, {"type": ["string", "integer"], "description": "A code, label or identifier."}),
    (micro.AMOUNT, {"type": "number", "exclusiveMinimum": 0, "maximum": 100_000}),
    (micro.DURATION, {"type": "string", "pattern": r"^P(\d+Y)?(\d+M)?(\d+D)?$"}),
    (micro.DIGEST, {"type": "string", "pattern": "^sha(256|384|512)-[A-Za-z0-9+/]+=*$"}),
    (values.CONTEXT_ENTRY, {"type": ["string", "object"]}),
]

_FINDING: JsonObject = {
    "type": "object",
    "required": ["code", "detail", "field"],
    "properties": {
        "code": {"type": "string"},
        "detail": {"type": "string"},
        "field": {"type": "string"},
    },
}

_PROBLEM: JsonObject = {
    "type": "object",
    "title": "Problem",
    "description": "What went wrong (RFC 9457). `code` is stable; `field` names the culprit.",
    "required": ["type", "title", "status", "detail", "code"],
    "properties": {
        "type": {"type": "string", "format": "uri"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "code": {"type": "string"},
        "field": {"type": "string", "description": "JSON pointer, or a parameter's name."},
        "errors": {
            "type": "array",
            "items": _FINDING,
        },
    },
}

_TITLES = {
    400: "The body is not a document we can read",
    401: "No valid API key",
    403: "The key does not cover this",
    404: "No such thing, or not yours to see",
    409: "It contradicts what is stored",
    413: "Too large",
    415: "Not a content type that is read here",
    422: "Something must be mended",
    503: "Try again later",
}

Responses = dict[int | str, dict[str, Any]]


def refs(name: str) -> JsonObject:
    """A reference to a schema among the components."""
    return {"$ref": _COMPONENTS + name}


def problems(*statuses: int) -> Responses:
    """The refusals of a route, for its `responses`."""
    content = {PROBLEM_JSON: {"schema": refs("Problem")}}
    return {status: {"description": _TITLES[status], "content": content} for status in statuses}


ANY_PROBLEM: Responses = {
    "default": {
        "description": "Something else went wrong",
        "content": {PROBLEM_JSON: {"schema": refs("Problem")}},
    }
}


def json_body(schema: JsonObject, example: JsonObject | None = None) -> dict[str, Any]:
    """A JSON body, for `openapi_extra` of a route whose body is a plain object."""
    content: JsonObject = {"schema": schema}
    if example is not None:
        content["example"] = example
    return {"requestBody": {"required": True, "content": {"application/json": content}}}


def install_openapi(app: FastAPI) -> None:
    """Make `app.openapi()` the whole document, made when it is first asked for."""

    def document() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = _document(app)
        return app.openapi_schema

    app.openapi = document  # type: ignore[method-assign]  # FastAPI's documented way to extend it


def _document(app: FastAPI) -> dict[str, Any]:
    made = get_openapi(
        title=app.title,
        version=app.version,
        description=app.description,
        routes=app.routes,
        tags=app.openapi_tags,
    )
    schemas = made.setdefault("components", {}).setdefault("schemas", {})
    schemas["Problem"] = _PROBLEM
    schemas["AchievementInput"] = _schema_of(micro.ACHIEVEMENT_WITH_MICROCREDENTIAL)
    schemas["IssuerInput"] = _schema_of(PROFILE_INPUT)
    schemas["IssuerInput"]["required"] = ["id", "name"]
    schemas["IssuerInput"]["properties"] |= {
        "id": {"type": "string", "pattern": "^[a-z0-9][a-z0-9-]{0,62}$"},
        "did": {"enum": list(DID_METHODS), "default": "web"},
        "cryptosuite": {"enum": list(CRYPTOSUITES), "default": DEFAULT_CRYPTOSUITE},
    }
    changes = _schema_of(PROFILE_INPUT)
    del changes["required"]
    changes["properties"] = {
        name: {"anyOf": [schema, {"type": "null"}]}
        for name, schema in changes["properties"].items()
    }
    schemas["IssuerChanges"] = changes
    for name, ob_class in micro.INPUT_CLASSES.items():
        schemas.setdefault(name, _schema_of(ob_class))
    # What was published also has the members of our context; its creating answer may warn.
    published = _schema_of(OPEN_BADGES["Achievement"])
    published |= {"title": "PublishedAchievement", "additionalProperties": True}
    published["properties"]["state"] = {"type": "string"}
    published["properties"]["findings"] = {"type": "array", "items": {"type": "object"}}
    published["properties"]["warnings"] = {"type": "array", "items": _FINDING}
    schemas["PublishedAchievement"] = published
    return made


def _schema_of(ob_class: ObClass) -> JsonObject:
    """A class as JSON Schema, as API input: nothing further is accepted, types may be left out."""
    properties = {member.name: _member(member) for member in ob_class.members}
    if ob_class.type_form is TypeForm.ARRAY:
        properties["type"] = {"type": "array", "items": {"type": "string"}, "minItems": 1}
    elif ob_class.type_form is not TypeForm.NONE:
        properties["type"] = {"type": "string"}
    schema: JsonObject = {
        "type": "object",
        "title": ob_class.name,
        "properties": properties,
        "additionalProperties": False,
    }
    required = [member.name for member in ob_class.members if member.required]
    if required:
        schema["required"] = required
    return schema


def _member(member: Member) -> JsonObject:
    schema = _kind(member.kind)
    if not member.array:
        return schema
    several: JsonObject = {"type": "array", "items": schema, "minItems": 1}
    return {"anyOf": [schema, several]} if member.compactable else several


def _kind(kind: Kind) -> JsonObject:
    if isinstance(kind, ObjectOf):
        reference = refs(kind.class_name)
        return {"anyOf": [reference, {"type": "string"}]} if kind.or_iri else reference
    if isinstance(kind, Enumeration):
        terms: JsonObject = {"enum": list(kind.terms)}
        extension = {"type": "string", "pattern": "^ext:[A-Za-z0-9._|-]+$"}
        return {"anyOf": [terms, extension]} if kind.extensible else terms
    return next(dict(schema) for scalar, schema in _SCALARS if scalar is kind)

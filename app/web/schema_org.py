"""An achievement in schema.org's words, for the search engines that read pages.

What leads to a credential is a Course that awards an EducationalOccupationalCredential. It is data
inside the page (`application/ld+json`), which no Content-Security-Policy has to let run.
"""

from typing import Any

from markupsafe import Markup

from app.credentials.learning import Learning
from app.credentials.learning_parts import Credit
from app.credentials.microcredential_terms import hours_as_duration
from app.encoding.strict_json import JsonObject, dump_json
from app.vocabularies.credit import find_scheme
from app.vocabularies.terms import FIELD, PARTICIPATION

# What would end the script element, or begin something else, stands as an escape of JSON's.
_ESCAPES = {
    "<": "\\u003c",
    ">": "\\u003e",
    "&": "\\u0026",
    "\u2028": "\\u2028",
    "\u2029": "\\u2029",
}


def embedded(data: JsonObject) -> Markup:
    """JSON that cannot be anything but the contents of its script element."""
    text = dump_json(data).decode("utf-8")
    return Markup("".join(_ESCAPES.get(each, each) for each in text))  # noqa: S704 - escaped above


def course_of(learning: Learning, *, url: str, issuer_name: str, issuer_url: str) -> JsonObject:
    """The Course, with what it awards; members that the document does not say are left out."""
    hours = learning.workload_hours
    provider = {"@type": "EducationalOrganization", "name": issuer_name, "url": issuer_url}
    credential = {
        "@type": "EducationalOccupationalCredential",
        "@id": url,
        "name": learning.title,
        "url": url,
        "credentialCategory": learning.achievement_type,
        "educationalLevel": [level.words for level in learning.levels],
        "competencyRequired": [outcome.title for outcome in learning.outcomes],
        "recognizedBy": provider,
    }
    course: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "Course",
        "name": learning.title,
        "description": learning.description,
        "url": url,
        "provider": provider,
        "inLanguage": learning.language,
        "timeRequired": hours and hours_as_duration(hours),
        "educationalLevel": [level.words for level in learning.levels],
        "numberOfCredits": [_credit(each) for each in learning.credit_offered],
        "teaches": [outcome.title for outcome in learning.outcomes]
        + [skill.words for skill in learning.skills],
        "about": [FIELD.label_of(code) for code in learning.field],
        "courseMode": [PARTICIPATION.label_of(code) for code in learning.participation],
        "coursePrerequisites": list(learning.prerequisites),
        "educationalCredentialAwarded": _said(credential),
    }
    return _said(course)


def _said(members: dict[str, Any]) -> JsonObject:
    return {name: value for name, value in members.items() if value not in (None, [], "")}


def _credit(credit: Credit) -> JsonObject:
    """A PropertyValue, which is the structured value that has a unit."""
    found = find_scheme(credit.scheme)
    members = {
        "@type": "PropertyValue",
        "name": credit.words,
        "value": float(credit.value),
        "unitText": found.name if found else None,
    }
    return _said(members)

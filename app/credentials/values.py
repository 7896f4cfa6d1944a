"""The kinds of value that members of OB 3.0 and VCDM documents hold, and what makes one wrong.

A kind answers with a fault, never with an exception: the walker in `conformance.py` gathers all
faults of a document. Characters are not looked at here but in `conformance.tree_findings`, which
reads every text of a document, known member or not.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from typing import Any
from urllib.parse import urlsplit

from app.encoding.dates import parse_datetime
from app.errors import CheckFailed

Fault = tuple[str, str]  # (code, the rest of the sentence that begins with the member's name)

# An absolute IRI that N-Quads can hold as it stands (security.md J3, J5): no blank, no control,
# none of <>"{}|\^` and no blank node identifier (a scheme starts with a letter, so `_:` is none).
_IRI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s\x00-\x20\x7f-\x9f<>\"{}|\\^`]+")
# As nearly all are: with a host of letters, digits and hyphens and no port, or of another scheme.
_USUAL_IRI = re.compile(
    r"(?:https?://[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*+(?:/[A-Za-z0-9._~/#?=&%+:@!-]*)?"
    r"|(?:urn|did):[A-Za-z0-9._~/#?=&%+:@!-]+)"
)
_EMAIL = re.compile(
    r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
    r"@([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]([A-Za-z0-9-]{0,61}[A-Za-z0-9])"
)
_COMPACT_JWS = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*\.[A-Za-z0-9_-]+")
_OB_LANGUAGE = re.compile(r"[a-z]{2,4}(-[A-Z][a-z]{3})?(-([A-Z]{2}|[0-9]{3}))?")
_BCP_47 = re.compile(r"[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*")
_COUNTRY = re.compile(r"[A-Z]{2}")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_EXTENSION_TERM = re.compile(r"ext:[A-Za-z0-9._|-]+")
_IMAGE_DATA = ("data:image/png;base64,", "data:image/svg+xml;base64,")


def is_absolute_iri(value: Any) -> bool:
    """Whether `value` is an absolute IRI; a web address must name a host too."""
    if not isinstance(value, str):
        return False
    if _USUAL_IRI.fullmatch(value):
        return True
    if not _IRI.fullmatch(value):
        return False
    return not value.lower().startswith(("http:", "https:")) or is_web_address(value)


def is_web_address(value: Any) -> bool:
    """Whether `value` is a well-formed http or https URL with a host."""
    if not isinstance(value, str) or not _IRI.fullmatch(value):
        return False
    try:
        parts = urlsplit(value)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:  # a bad port, or brackets that hold no IPv6 address
        return False


def is_compact_jws(value: Any) -> bool:
    """Whether `value` has the shape of a compact JWS (OB 3.0 CompactJws)."""
    return isinstance(value, str) and _COMPACT_JWS.fullmatch(value) is not None


def is_language_tag(value: Any) -> bool:
    """Whether `value` has the shape of a BCP 47 language tag."""
    return isinstance(value, str) and _BCP_47.fullmatch(value) is not None


def is_email_address(value: Any) -> bool:
    """Whether `value` is a plain ASCII e-mail address: dot-atom, `@`, a domain with a dot.

    What a mail program would decode (RFC 2047 section 2) is none: it stands for another text.
    """
    return (
        isinstance(value, str)
        and len(value) <= 254
        and "=?" not in value
        and value.find("@") <= 64
        and _EMAIL.fullmatch(value) is not None
    )


def text_fault(value: Any) -> Fault | None:
    """Any text, Markdown included."""
    return None if isinstance(value, str) else ("wrong_type", "must be a text")


def _blank_fault(value: Any) -> Fault | None:
    return None if value.strip() else ("bad_value", "is blank: fill it in or leave it out")


def iri_fault(value: Any) -> Fault | None:
    """An absolute IRI that identifies something."""
    if not isinstance(value, str):
        return "wrong_type", "must be one text, an absolute identifier such as a URL"
    if not is_absolute_iri(value):
        return "invalid_id", (
            "must be an absolute identifier such as https://… or urn:uuid:…, "
            'without blanks or any of < > " { } | \\ ^ `'
        )
    return None


def _url_fault(value: Any) -> Fault | None:
    fault = iri_fault(value)
    if fault is not None and fault[0] == "invalid_id":
        return "bad_url", fault[1]
    return fault


def _web_fault(value: Any) -> Fault | None:
    if is_web_address(value):
        return None
    return "bad_url", "must be a web address that starts with https:// or http://"


def _picture_fault(value: Any) -> Fault | None:
    if value.startswith(_IMAGE_DATA):
        return None
    return _web_fault(value)


def datetime_fault(value: Any) -> Fault | None:
    """A date and time with a zone (OB 3.0 DateTimeZ, VCDM 2.0 dateTimeStamp)."""
    if not isinstance(value, str):
        return "wrong_type", "must be a text such as 2026-01-31T09:00:00Z"
    try:
        parse_datetime(value)
    except CheckFailed:
        return "bad_date", "must be a date and time with a zone, such as 2026-01-31T09:00:00Z"
    return None


def _date_fault(value: Any) -> Fault | None:
    if isinstance(value, str) and _DATE.fullmatch(value):
        try:
            date.fromisoformat(value)
        except ValueError:
            pass
        else:
            return None
    return "bad_date", "must be a date such as 1999-12-31"


def _number_fault(value: Any) -> Fault | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return "wrong_type", "must be a number"
    return None


def _credit_fault(value: Any) -> Fault | None:
    return ("out_of_range", "must not be negative") if value < 0 else None


def _boolean_fault(value: Any) -> Fault | None:
    return None if isinstance(value, bool) else ("wrong_type", "must be true or false")


def _language_fault(value: Any) -> Fault | None:
    if isinstance(value, str) and _OB_LANGUAGE.fullmatch(value):
        return None
    return "bad_language", "must be a language tag such as en, gd or en-GB"


def _jws_fault(value: Any) -> Fault | None:
    return None if is_compact_jws(value) else ("bad_value", "must be a compact JWS")


def _email_fault(value: Any) -> Fault | None:
    if is_email_address(value):
        return None
    return "bad_value", "must be a plain e-mail address such as registry@university.example"


def _country_fault(value: Any) -> Fault | None:
    if isinstance(value, str) and _COUNTRY.fullmatch(value):
        return None
    return "bad_value", "must be a two-letter country code (ISO 3166-1) such as GB"


def _context_entry_fault(value: Any) -> Fault | None:
    return None if isinstance(value, dict) else iri_fault(value)


def _purpose_fault(value: Any) -> Fault | None:
    return None if value == "assertionMethod" else ("bad_value", "must be `assertionMethod`")


@dataclass(frozen=True)
class Scalar:
    """A kind of single value; `stricter` is asked of API input only, after `fault`."""

    fault: Callable[[Any], Fault | None]
    stricter: Callable[[Any], Fault | None] = lambda _: None


@dataclass(frozen=True)
class Enumeration:
    """The terms of one OB 3.0 enumeration (section 1.3); extensible ones also take `ext:` terms."""

    terms: tuple[str, ...]
    extensible: bool = True

    def fault(self, value: Any) -> Fault | None:
        """What is wrong with `value`, with the nearest term where one is near."""
        if not isinstance(value, str):
            return "wrong_type", "must be one text"
        if value in self.terms or (self.extensible and _EXTENSION_TERM.fullmatch(value)):
            return None
        hint = nearest(value, self.terms)
        allowed = "must be one of " + ", ".join(self.terms)
        if self.extensible:
            allowed += ", or start with `ext:`"
        return "bad_value", allowed + hint

    def stricter(self, value: Any) -> None:
        """Nothing more is asked of API input."""


def nearest(word: str, words: tuple[str, ...]) -> str:
    """A hint such as ` (did you mean `Badge`?)`, or nothing when no word is near."""
    by_lower = {known.lower(): known for known in words}
    found = get_close_matches(word.lower(), list(by_lower), n=1)
    return f" (did you mean `{by_lower[found[0]]}`?)" if found else ""


TEXT = Scalar(text_fault, _blank_fault)
IRI = Scalar(iri_fault)
URL = Scalar(_url_fault, _web_fault)
PICTURE = Scalar(_url_fault, _picture_fault)
DATE_TIME = Scalar(datetime_fault)
DATE = Scalar(_date_fault)
NUMBER = Scalar(_number_fault)
CREDITS = Scalar(_number_fault, _credit_fault)
BOOLEAN = Scalar(_boolean_fault)
LANGUAGE = Scalar(_language_fault)
COMPACT_JWS = Scalar(_jws_fault)
EMAIL = Scalar(text_fault, _email_fault)
COUNTRY = Scalar(_country_fault)
CONTEXT_ENTRY = Scalar(_context_entry_fault)
PROOF_PURPOSE = Scalar(_purpose_fault)

ACHIEVEMENT_TYPE = Enumeration(
    (
        "Achievement",
        "ApprenticeshipCertificate",
        "Assessment",
        "Assignment",
        "AssociateDegree",
        "Award",
        "Badge",
        "BachelorDegree",
        "Certificate",
        "CertificateOfCompletion",
        "Certification",
        "CommunityService",
        "Competency",
        "Course",
        "CoCurricular",
        "Degree",
        "Diploma",
        "DoctoralDegree",
        "Fieldwork",
        "GeneralEducationDevelopment",
        "JourneymanCertificate",
        "LearningProgram",
        "License",
        "Membership",
        "ProfessionalDoctorate",
        "QualityAssuranceCredential",
        "MasterCertificate",
        "MasterDegree",
        "MicroCredential",
        "ResearchDoctorate",
        "SecondarySchoolDiploma",
    )
)
ALIGNMENT_TARGET_TYPE = Enumeration(
    (
        "ceasn:Competency",
        "ceterms:Credential",
        "CFItem",
        "CFRubric",
        "CFRubricCriterion",
        "CFRubricCriterionLevel",
        "CTDL",
    )
)
RESULT_TYPE = Enumeration(
    (
        "GradePointAverage",
        "LetterGrade",
        "Percent",
        "PerformanceLevel",
        "PredictedScore",
        "RawScore",
        "Result",
        "RubricCriterion",
        "RubricCriterionLevel",
        "RubricScore",
        "ScaledScore",
        "Status",
    )
)
RESULT_STATUS = Enumeration(
    ("Completed", "Enrolled", "Failed", "InProgress", "OnHold", "Provisional", "Withdrew"),
    extensible=False,
)
IDENTIFIER_TYPE = Enumeration(
    (
        "name",
        "sourcedId",
        "systemId",
        "productId",
        "userName",
        "accountId",
        "emailAddress",
        "nationalIdentityNumber",
        "isbn",
        "issn",
        "lisSourcedId",
        "oneRosterSourcedId",
        "sisSourcedId",
        "ltiContextId",
        "ltiDeploymentId",
        "ltiToolId",
        "ltiPlatformId",
        "ltiUserId",
        "identifier",
    )
)

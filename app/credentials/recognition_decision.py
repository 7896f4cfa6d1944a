"""A recognition decision: what a receiving institution made of somebody else's credential.

The person who decided fills it in; here it is read, and becomes an EndorsementCredential of OB 3.0
whose subject is the credential. OB 3.0 has no terms for what was decided and closes the endorsement
to others (section B.1.5), so the decision stands in the comment, one line for each thing.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from types import MappingProxyType
from typing import Any

from app.credentials.build import OB_CONTEXT
from app.credentials.classes import Classes, ObClass, ObjectOf, TypeForm, maybe, one
from app.credentials.conformance import (
    Reading,
    found,
    object_findings,
    raise_invalid_request,
    tree_findings,
)
from app.credentials.learning_parts import Credit
from app.credentials.microcredential import parse_credits
from app.credentials.microcredential_input import CREDIT, WORD
from app.credentials.values import DATE, Fault, Scalar
from app.credentials.vcdm import CONTEXT_V2
from app.encoding.dates import format_datetime
from app.encoding.strict_json import JsonObject
from app.errors import Finding
from app.vocabularies.levels import Level, framework

OUTCOMES = MappingProxyType(
    {
        "full": "recognised in full",
        "partial": "recognised in part",
        "conditional": "recognised on conditions",
        "none": "not recognised",
    }
)
KINDS = MappingProxyType({"specific": "specific credit", "general": "general credit"})
MAX_TEXT = 2000


def _text_fault(value: Any) -> Fault | None:
    if not isinstance(value, str):
        return "wrong_type", "must be a text"
    if not 0 < len(value.strip()) <= len(value) <= MAX_TEXT:
        return "bad_value", f"must have 1 to {MAX_TEXT} characters"
    return None


def _outcome_fault(value: Any) -> Fault | None:
    return None if value in OUTCOMES else ("bad_value", f"must be one of {', '.join(OUTCOMES)}")


def _kind_fault(value: Any) -> Fault | None:
    return None if value in KINDS else ("bad_value", f"must be one of {', '.join(KINDS)}")


_TEXT = Scalar(_text_fault)
_CLASSES: Classes = MappingProxyType(
    {
        "Credit": CREDIT,
        "Level": ObClass("Level", (one("framework", WORD), one("value", WORD)), TypeForm.NONE),
    }
)
_DECISION = ObClass(
    "RecognitionDecision",
    (
        one("decision", Scalar(_outcome_fault)),
        maybe("kind", Scalar(_kind_fault)),
        maybe("credit", ObjectOf("Credit")),
        maybe("level", ObjectOf("Level")),
        one("toward", _TEXT),
        one("decided_by", _TEXT),
        one("decided_on", DATE),
        one("reasons", _TEXT),
        maybe("conditions", _TEXT),
        maybe("appeal", _TEXT),
    ),
    TypeForm.NONE,
)


@dataclass(frozen=True)
class RecognitionDecision:
    """What was decided, toward what, by whom (a role, not a person), when and why."""

    outcome: str
    toward: str
    decided_by: str
    decided_on: date
    reasons: str
    kind: str | None = None
    credit: Credit | None = None
    level: Level | None = None
    conditions: str | None = None
    appeal: str | None = None


def parse_recognition_decision(given: Any) -> RecognitionDecision:
    """Read a decision; raises InvalidRequest with everything to mend, by JSON pointer.

    A refusal gives no credit; a condition is stated exactly where it is decided on; and whoever did
    not get all is told where to appeal (Lisbon Recognition Convention, Article III.5).
    """
    raise_invalid_request(_findings(given))
    credits = parse_credits(given["credit"], "/credit") if "credit" in given else (None,)
    level = given.get("level")
    return RecognitionDecision(
        outcome=given["decision"],
        toward=given["toward"],
        decided_by=given["decided_by"],
        decided_on=date.fromisoformat(given["decided_on"]),
        reasons=given["reasons"],
        kind=given.get("kind"),
        credit=credits[0],
        level=None
        if level is None
        else framework(str(level["framework"]), field="/level/framework").level(
            level["value"], field="/level/value"
        ),
        conditions=given.get("conditions"),
        appeal=given.get("appeal"),
    )


def _findings(given: Any) -> Iterator[Finding]:
    wrong = list(object_findings(given, _DECISION, Reading(_CLASSES, api_input=True)))
    yield from wrong
    yield from tree_findings(given)
    if wrong:
        return
    outcome = given["decision"]
    if outcome == "none":
        for name in ("kind", "credit", "level", "conditions"):
            if name in given:
                yield found("contradiction", f"/{name}", "is given, but nothing is recognised")
    elif ("conditions" in given) != (outcome == "conditional"):
        yield found("contradiction", "/conditions", "and the decision `conditional` go together")
    if outcome != "full" and "appeal" not in given:
        sentence = "is missing: say where and until when the learner can appeal"
        yield found("missing_member", "/appeal", sentence)


def build_decision(
    decision: RecognitionDecision,
    *,
    credential_url: str,
    issuer_profile: JsonObject,
    credential_status: JsonObject,
    endorsed: str,
    content_digest: str,
    now: datetime,
) -> JsonObject:
    """The unsecured EndorsementCredential; `endorsed` is the id of the credential.

    `content_digest` pins what was decided on: another content under the same id has another one.
    """
    return {
        "@context": [CONTEXT_V2, OB_CONTEXT],
        "id": credential_url,
        "type": ["VerifiableCredential", "EndorsementCredential"],
        "name": f"Recognition decision: {OUTCOMES[decision.outcome]}",
        "description": _summary(decision),
        "issuer": issuer_profile,
        "validFrom": format_datetime(now),
        "credentialSubject": {
            "id": endorsed,
            "type": ["EndorsementSubject"],
            "digestSRI": content_digest,
            "endorsementComment": comment_of(decision),
        },
        "credentialStatus": credential_status,
    }


def _summary(decision: RecognitionDecision) -> str:
    """One sentence for those who show no more than a name and a description."""
    granted = [each.words for each in (decision.credit, decision.level) if each is not None]
    amount = f", with {' at '.join(granted)}" if granted else ""
    outcome = OUTCOMES[decision.outcome].capitalize()
    when = decision.decided_on.isoformat()
    toward, by = (" ".join(each.split()) for each in (decision.toward, decision.decided_by))
    return f"{outcome} toward {toward}{amount}. Decided by {by} on {when}."


def comment_of(decision: RecognitionDecision) -> str:
    """The decision in words, as a Markdown list: a thing on each line, in a fixed order."""
    kind = None if decision.kind is None else KINDS[decision.kind]
    lines = (
        ("Decision", OUTCOMES[decision.outcome]),
        ("Toward", decision.toward),
        ("Kind", kind),
        ("Credit granted", None if decision.credit is None else decision.credit.words),
        ("Level granted", None if decision.level is None else decision.level.words),
        ("Conditions", decision.conditions),
        ("Reasons", decision.reasons),
        ("Decided by", decision.decided_by),
        ("Decided on", decision.decided_on.isoformat()),
        ("Appeal", decision.appeal),
    )
    return "\n".join(f"- {label}: {' '.join(text.split())}" for label, text in lines if text)

"""A recognition decision as people fill it in: recognised in part, with everything stated."""

from app.encoding.strict_json import JsonObject

DECISION: JsonObject = {
    "decision": "partial",
    "kind": "specific",
    "credit": {"scheme": "ECTS", "value": 5},
    "level": {"framework": "EQF", "value": 7},
    "toward": "MSc Data Ethics",
    "decided_by": "Admissions board",
    "decided_on": "2026-02-27",
    "reasons": "Two of the three outcomes are covered.",
    "appeal": "To the registrar, within four weeks.",
}

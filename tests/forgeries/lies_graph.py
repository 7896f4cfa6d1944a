"""Catalogue 2.1, second half: graphs, costs, characters, and the same statements elsewhere."""

import itertools
from typing import Any

from tests.forgeries.catalogue import MALFORMED, VERIFIED, forgery
from tests.forgeries.lies_json_ld import achievement_of, renamed_after_signing
from tests.forgeries.scene import (
    BADGE,
    KEY,
    METHOD,
    OB,
    V2,
    Scene,
    badge,
    genuine,
)
from tests.forgeries.signing import Json, add_proof

_CREDENTIALS = "https://www.w3.org/2018/credentials#"
_OB_VOCABULARY = "https://purl.imsglobal.org/spec/vc/ob/vocab.html#"
_XSD = "http://www.w3.org/2001/XMLSchema#"


# --- J12, J13, J14: graphs ----------------------------------------------------------------------


def _smuggled(keyword: str, value: Any) -> Json:
    document = badge()
    document["credentialSubject"][keyword] = value
    return add_proof(document, KEY, METHOD)


_OTHER = {"id": "https://university.example/other", "name": "Doctor of Medicine"}


@forgery("J12", "A second graph stands in the subject.", "keyword_not_allowed")
def graph_smuggled_in(_: Scene) -> Json:
    return _smuggled("@graph", [_OTHER])


@forgery("J12", "A second badge is included sideways.", "keyword_not_allowed")
def included_smuggled_in(_: Scene) -> Json:
    return _smuggled("@included", [_OTHER])


@forgery("J12", "A statement is written the wrong way round.", "keyword_not_allowed")
def reverse_smuggled_in(_: Scene) -> Json:
    return _smuggled("@reverse", {"name": _OTHER})


@forgery("J12", "Members hide inside a nest.", "keyword_not_allowed")
def nest_smuggled_in(_: Scene) -> Json:
    return _smuggled("@nest", {"name": "Doctor of Medicine"})


@forgery(
    "J13",
    "The learner's id is a label that any document may use.",
    "blank_node_identifier",
    verdict=MALFORMED,
)
def blank_node_as_subject(_: Scene) -> Json:
    return renamed_after_signing("_:b0")


def clique(size: int) -> list[Json]:
    """Nodes that all know each other: the poison of canonicalisers."""
    return [
        {
            "id": f"_:n{n}",
            "type": ["Achievement"],
            "related": [{"id": f"_:n{m}", "type": ["Related"]} for m in range(size) if m != n],
        }
        for n in range(size)
    ]


@forgery(
    "J14",
    "Eight nodes that know each other would keep us busy for hours.",
    "blank_node_identifier",
    verdict=MALFORMED,
)
def clique_of_eight(_: Scene) -> Json:
    document = genuine()
    document["credentialSubject"]["source"] = clique(8)
    return document


@forgery("J14", "Two thousand nodes look alike.", "canonicalization_too_costly", verdict=MALFORMED)
def many_nodes_that_look_alike(_: Scene) -> Json:
    document = genuine()
    achievement_of(document)["alignment"] = [{"type": ["Alignment"]} for _ in range(1200)]
    return document


@forgery("J14", "Nested a hundred levels deep.", "too_deep", verdict=MALFORMED)
def nested_a_hundred_deep(_: Scene) -> Json:
    document = genuine()
    inner: Json = {"id": "https://x.example/"}
    for _level in itertools.repeat(None, 100):
        inner = {"parentOrg": inner}
    document["issuer"]["parentOrg"] = inner
    return document


@forgery("J14", "Five thousand values.", "too_many_nodes", verdict=MALFORMED)
def five_thousand_values(_: Scene) -> Json:
    document = genuine()
    achievement_of(document)["tag"] = [str(n) for n in range(5000)]
    return document


# --- J15: characters ----------------------------------------------------------------------------


@forgery("J15", "A backspace in a name, on which canonicalisers disagree.", "bad_string")
def control_character_in_a_name(_: Scene) -> Json:
    return add_proof(badge(name="Data Ethics\b"), KEY, METHOD, cryptosuite="eddsa-jcs-2022")


@forgery("J15", "U+007F in the second tag.", "bad_string")
def delete_character_in_a_tag(_: Scene) -> Json:
    document = badge()
    achievement_of(document)["tag"][1] = "data\x7f"
    return add_proof(document, KEY, METHOD, cryptosuite="eddsa-jcs-2022")


# --- J16: the same statements, written so that a reader of the JSON misses them -----------------


@forgery(
    "J16", "The revoked badge names its status by a full IRI, where nobody looks.", "hidden_member"
)
def revoked_status_under_its_iri(scene: Scene) -> Json:
    scene.revoke()
    document = genuine()
    document[f"{_CREDENTIALS}credentialStatus"] = document.pop("credentialStatus")
    return document


@forgery(
    "J16",
    "The failed result names itself by a full IRI, so that no page shows it.",
    "hidden_member",
)
def failed_result_under_its_iri(_: Scene) -> Json:
    document = genuine()
    subject = document["credentialSubject"]
    subject[f"{_OB_VOCABULARY}result"] = subject.pop("result")
    return document


@forgery("J16", "The revoked badge brings its own word for its status.", "context_not_allowed")
def revoked_status_under_an_alias(scene: Scene) -> Json:
    scene.revoke()
    document = genuine()
    alias = {"state": {"@id": f"{_CREDENTIALS}credentialStatus", "@type": "@id"}}
    document["@context"] = [V2, OB, alias]
    document["state"] = document.pop("credentialStatus")
    return document


@forgery("J16", "The expired badge brings its own word for its end.", "context_not_allowed")
def expiry_under_an_alias(_: Scene) -> Json:
    document = genuine(validUntil="2026-02-28T00:00:00Z")
    alias = {"best_before": {"@id": f"{_CREDENTIALS}validUntil", "@type": f"{_XSD}dateTime"}}
    document["@context"] = [V2, OB, alias]
    document["best_before"] = document.pop("validUntil")
    return document


@forgery("J16", "The word for the end is put together from a prefix.", "context_not_allowed")
def expiry_under_an_alias_with_a_prefix(_: Scene) -> Json:
    document = genuine(validUntil="2026-02-28T00:00:00Z")
    document["@context"] = [
        V2,
        OB,
        {
            "c": "https://www.w3.org/2018/",
            "cred": "c:credentials#",
            "best_before": {"@id": "cred:validUntil", "@type": f"{_XSD}dateTime"},
        },
    ]
    document["best_before"] = document.pop("validUntil")
    return document


@forgery(
    "J16",
    "The word for the end is defined before the context that knows it.",
    "context_not_allowed",
)
def result_under_an_alias_defined_before(_: Scene) -> Json:
    document = genuine()
    alias = {"rest": {"@id": f"{_OB_VOCABULARY}result", "@type": "@id"}}
    document["@context"] = [V2, alias, OB]
    subject = document["credentialSubject"]
    subject["rest"] = subject.pop("result")
    return document


@forgery(
    "J16", "The revoked badge's status moved into evidence about the badge itself.", "hidden_member"
)
def revoked_status_in_another_place(scene: Scene) -> Json:
    scene.revoke()
    document = genuine(evidence=[{"id": BADGE, "type": ["Evidence"], "name": "This badge"}])
    # The class that brings the term comes along: it is said of the badge already.
    document["evidence"][0]["type"] = ["Evidence", "VerifiableCredential"]
    document["evidence"][0]["credentialStatus"] = document.pop("credentialStatus")
    return document


@forgery(
    "J16", "The expired badge's end moved into evidence about the badge itself.", "hidden_member"
)
def expiry_in_another_place(_: Scene) -> Json:
    evidence = [
        {"id": "https://university.example/exam", "type": ["Evidence"], "name": "Examination"},
        {"id": BADGE, "type": ["Evidence"], "name": "This badge"},
    ]
    document = genuine(evidence=evidence, validUntil="2026-02-28T00:00:00Z")
    document["evidence"][1]["type"] = ["Evidence", "VerifiableCredential"]
    document["evidence"][1]["validUntil"] = document.pop("validUntil")
    return document


# --- J17, J18 -----------------------------------------------------------------------------------


@forgery(
    "J17",
    "A language tag that is none breaks out of its literal.",
    "keyword_not_allowed",
    vc=(MALFORMED, "bad_language"),
    because="`open-badge` has no language objects at all",
)
def language_tag_that_is_none(_: Scene) -> Json:
    text = {"@value": "Data Ethics", "@language": "not a lang!!"}
    return add_proof(badge(name=text), KEY, METHOD)


@forgery(
    "J17",
    "An override character turns the name's letters round.",
    "",
    verdict=VERIFIED,
    because="the text is what was signed; the pages show the character as a mark (tests/unit/web)",
)
def bidi_override_in_a_name(_: Scene) -> Json:
    return add_proof(badge(name="Data \u202eschtE"), KEY, METHOD)


@forgery(
    "J18",
    "A second learner stands behind the one who is shown.",
    "wrong_type",
    vc=(VERIFIED, ""),
    because="VCDM allows several subjects; OB 3.0 exactly one",
)
def second_subject(_: Scene) -> Json:
    document = badge()
    mallory = {
        **document["credentialSubject"],
        "id": "urn:uuid:" + "0" * 8 + "-0000-4000-8000-" + "0" * 12,
    }
    document["credentialSubject"] = [document["credentialSubject"], mallory]
    return add_proof(document, KEY, METHOD)

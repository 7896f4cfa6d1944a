"""Catalogue 2.1: JSON-LD and canonicalisation. What is shown must be what is signed."""

from typing import Any

from tests.forgeries.catalogue import VERIFIED, forgery
from tests.forgeries.scene import (
    DATA_INTEGRITY,
    EXTENSIONS,
    KEY,
    METHOD,
    OB,
    V2,
    Scene,
    badge,
    genuine,
)
from tests.forgeries.signing import Json, add_proof


def achievement_of(document: Json) -> Json:
    achievement: Json = document["credentialSubject"]["achievement"]
    return achievement


def with_context(*context: Any) -> Json:
    """The genuine badge, its proof untouched, under another @context."""
    return {**genuine(), "@context": list(context)}


# --- J1, J2: members that nothing signs ---------------------------------------------------------


@forgery("J1", "A grade that the university never gave stands beside the badge.", "data_loss")
def term_dropped_by_context(_: Scene) -> Json:
    return {**genuine(), "grade": "A+"}


@forgery("J1", "A grade that the university never gave stands in the subject.", "data_loss")
def term_dropped_in_the_subject(_: Scene) -> Json:
    document = genuine()
    document["credentialSubject"]["grade"] = "A+"
    return document


@forgery("J1", "The second of two alignments was given a level of its own.", "data_loss")
def term_dropped_in_the_second_alignment(_: Scene) -> Json:
    document = genuine()
    achievement_of(document)["alignment"][1]["level"] = "9"
    return document


@forgery("J1", "The issuer's own tool dropped the term when it signed.", "data_loss")
def term_dropped_when_it_was_signed(_: Scene) -> Json:
    return add_proof(badge(accreditation="none"), KEY, METHOD)


@forgery("J2", "An index, which no statement holds, says who endorsed it.", "keyword_not_allowed")
def index_keyword_added(_: Scene) -> Json:
    document = genuine()
    document["credentialSubject"]["@index"] = "endorsed by the ministry"
    return document


@forgery("J2", "A keyword that does not exist carries a grade.", "keyword_not_allowed")
def unknown_keyword_added(_: Scene) -> Json:
    document = genuine()
    achievement_of(document)["alignment"][1]["@grade"] = "A+"
    return document


# --- J3, J4, J5: identifiers --------------------------------------------------------------------


def renamed_after_signing(identifier: str) -> Json:
    """A recipient asked for this id; with it, what is said about them is not signed."""
    document = badge()
    document["credentialSubject"]["id"] = identifier
    signed = add_proof(document, KEY, METHOD)
    achievement_of(signed)["name"] = "Doctor of Medicine"
    return signed


@forgery("J3", "A space in the learner's id hid the achievement from the signature.", "invalid_id")
def space_in_the_subject_id(_: Scene) -> Json:
    return renamed_after_signing("did:example:ali ce")


@forgery("J3", "A space in a urn:uuid hid the achievement from the signature.", "invalid_id")
def space_in_a_uuid(_: Scene) -> Json:
    return renamed_after_signing("urn:uuid:0 1")


@forgery("J3", "A line break in an id hid a result description.", "invalid_id")
def line_break_in_an_id(_: Scene) -> Json:
    document = badge()
    achievement_of(document)["resultDescription"][0]["id"] = "urn:uuid:0\n1"
    return add_proof(document, KEY, METHOD)


@forgery("J4", "An id without scheme means something else to every reader.", "invalid_id")
def relative_id(_: Scene) -> Json:
    return add_proof(badge(id="abc"), KEY, METHOD)


@forgery("J4", "An address that starts with // keeps only the reader's scheme.", "invalid_id")
def id_without_scheme(_: Scene) -> Json:
    return add_proof(badge(id="//university.example/credentials/1"), KEY, METHOD)


@forgery("J4", "A type that no context knows makes the learner an administrator.", "invalid_id")
def relative_type(_: Scene) -> Json:
    document = badge()
    document["type"] = [*document["type"], "SuperAdmin"]
    return add_proof(document, KEY, METHOD)


@forgery("J4", "The processor's default base is swapped for a relative id.", "invalid_id")
def default_base_made_relative(_: Scene) -> Json:
    return {**add_proof(badge(id="http://example.org/base/abc"), KEY, METHOD), "id": "abc"}


@forgery("J4", "Our own base is written out, so that it looks resolved.", "invalid_id")
def our_own_base_spelled_out(_: Scene) -> Json:
    return add_proof(badge(id="signet-relative://relative/abc"), KEY, METHOD)


@forgery("J5", "A script element stands in an address.", "invalid_id")
def markup_in_an_iri(_: Scene) -> Json:
    return add_proof(badge(id="https://university.example/<script>"), KEY, METHOD)


# --- J6 to J11: contexts ------------------------------------------------------------------------


@forgery("J6", "A context of the forger's came later, without effect yet.", "context_not_allowed")
def inline_context_appended(_: Scene) -> Json:
    return with_context(V2, OB, {"issuer": "https://forger.example/issuer"})


@forgery("J6", "A context stands inside the subject.", "context_not_allowed")
def context_inside_the_subject(_: Scene) -> Json:
    document = genuine()
    document["credentialSubject"]["@context"] = [V2, OB]
    return document


@forgery("J6", "The two contexts have changed places.", "context_not_allowed")
def contexts_swapped(_: Scene) -> Json:
    return with_context(OB, V2)


@forgery(
    "J6",
    "One context stands twice.",
    "context_not_allowed",
    vc=(VERIFIED, ""),
    because="`vc` takes any bundled contexts; a second time says nothing new",
)
def context_twice(_: Scene) -> Json:
    return with_context(V2, OB, OB)


@forgery("J7", "@vocab makes every term defined, so nothing is dropped.", "context_not_allowed")
def vocab_that_swallows_everything(_: Scene) -> Json:
    document = badge(grade="A+")
    document["@context"] = [V2, OB, {"@vocab": "https://forger.example/#"}]
    return add_proof(document, KEY, METHOD)


@forgery("J7", "@base turns relative ids into addresses of the forger's.", "context_not_allowed")
def base_in_the_context(_: Scene) -> Json:
    document = badge(id="abc")
    document["@context"] = [V2, OB, {"@base": "https://forger.example/"}]
    return add_proof(document, KEY, METHOD)


@forgery("J7", "Another word for `type` hides a type.", "context_not_allowed")
def alias_of_a_keyword(_: Scene) -> Json:
    document = genuine()
    document["@context"] = [V2, OB, {"kind": "@type"}]
    document["kind"] = document.pop("type")
    return document


@forgery("J8", "`name` is made to mean something else.", "context_not_allowed")
def protected_term_redefined(_: Scene) -> Json:
    return with_context(V2, OB, {"name": "https://forger.example/name"})


@forgery(
    "J8", "An empty context wipes out all definitions.", "context_not_allowed", vc="unknown_context"
)
def context_null(_: Scene) -> Json:
    return with_context(V2, OB, None)


@forgery(
    "J9",
    "A word from a vocabulary that protects nothing is taken over, and the degree renamed.",
    "context_not_allowed",
)
def unprotected_term_renamed(_: Scene) -> Json:
    examples = "https://www.w3.org/ns/credentials/examples/v2"
    document = badge()
    document["@context"] = [V2, OB, examples]
    document["credentialSubject"]["degree"] = "none"
    signed = add_proof(document, KEY, METHOD)
    signed["@context"] = [V2, OB, examples, {"note": f"{examples[:-3]}#degree"}]
    signed["credentialSubject"]["note"] = signed["credentialSubject"].pop("degree")
    return signed


@forgery(
    "J10",
    "A context stands on the forger's server.",
    "context_not_allowed",
    vc="unknown_context",
)
def context_from_elsewhere(scene: Scene) -> Json:
    scene.documents["https://forger.example/context.json"] = {"@context": {}}
    return with_context(V2, OB, "https://forger.example/context.json")


@forgery(
    "J10",
    "The context's address is that of plain http.",
    "context_not_allowed",
    vc="unknown_context",
)
def context_over_plain_http(_: Scene) -> Json:
    return with_context(V2, OB, EXTENSIONS.replace("https:", "http:"))


@forgery(
    "J10", "The context's address has a fragment.", "context_not_allowed", vc="unknown_context"
)
def context_with_a_fragment(_: Scene) -> Json:
    return with_context(V2, OB, DATA_INTEGRITY + "#x")


@forgery(
    "J10", "The base context itself is another.", "context_not_allowed", vc="context_not_allowed"
)
def base_context_with_a_slash(_: Scene) -> Json:
    return with_context(V2 + "/", OB)


@forgery(
    "J11",
    "A text that equals a context seen before is found in the processor's cache.",
    "context_not_allowed",
    vc="unknown_context",
)
def context_that_equals_a_cached_one(_: Scene) -> Json:
    # A test verifies the document with this context as an object first.
    return with_context(V2, OB, '{"note":"https://forger.example/note"}')


@forgery("J11", "An object stands where the second context should.", "context_not_allowed")
def context_object_in_second_place(_: Scene) -> Json:
    return with_context(V2, {"issuer": "https://forger.example/issuer"})


@forgery("J9", "A term is given a list of containers.", "context_not_allowed")
def context_with_a_list_of_containers(_: Scene) -> Json:
    return with_context(V2, OB, {"note": {"@id": "https://x.example/n", "@container": ["@set"]}})

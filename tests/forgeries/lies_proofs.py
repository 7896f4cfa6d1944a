"""Catalogue 2.2: proofs, keys, DIDs. Who signed, with which key, when, and for what?"""

from typing import Any

from tests.forgeries.catalogue import NOT_CHECKED, VERIFIED, forgery
from tests.forgeries.genuine import chained, issuer
from tests.forgeries.scene import (
    FORGER,
    FORGER_URL,
    FORGERS_KEY,
    KEY,
    LOGIN_KEY,
    METHOD,
    RETIRED_KEY,
    STOLEN_KEY,
    UNIVERSITY,
    UNIVERSITY_URL,
    Scene,
    badge,
    did_document,
    genuine,
    method,
    multikey_method,
)
from tests.forgeries.signing import (
    Json,
    Key,
    add_proof,
)

_FORGERS_METHOD = method(FORGER, FORGERS_KEY)


def with_proof(**members: Any) -> Json:
    """The genuine badge with members of its proof changed afterwards."""
    document = genuine()
    document["proof"] = {**document["proof"], **members}
    return document


# --- P1 to P4: whose key is it? -----------------------------------------------------------------


@forgery(
    "P1",
    "The fragment is the forger's key, before it the university's name.",
    "key_not_in_did_document",
)
def key_read_out_of_the_fragment(_: Scene) -> Json:
    return add_proof(badge(), FORGERS_KEY, method(UNIVERSITY, FORGERS_KEY))


@forgery("P1", "The fragment of a did:key is another key.", "key_not_in_did_document")
def key_read_out_of_the_fragment_of_a_did_key(_: Scene) -> Json:
    document = badge(issuer=issuer(KEY.did_key))
    return add_proof(document, FORGERS_KEY, method(KEY.did_key, FORGERS_KEY))


@forgery(
    "P1", "The method is the university's DID, without saying which key.", "key_not_in_did_document"
)
def method_without_a_fragment(_: Scene) -> Json:
    return add_proof(badge(), FORGERS_KEY, UNIVERSITY)


@forgery(
    "P1", "The method is the right one but for the case of one letter.", "key_not_in_did_document"
)
def method_in_another_case(_: Scene) -> Json:
    return add_proof(badge(), KEY, METHOD.swapcase().replace(UNIVERSITY.swapcase(), UNIVERSITY))


@forgery(
    "P2", "The forger signs with a key of his own, in the university's name.", "issuer_mismatch"
)
def issuer_is_not_the_controller(_: Scene) -> Json:
    return add_proof(badge(), FORGERS_KEY, _FORGERS_METHOD)


@forgery(
    "P2",
    "The forger's did:key has no fragment, so nobody compares the controller.",
    "key_not_in_did_document",
)
def did_key_without_a_fragment(_: Scene) -> Json:
    return add_proof(badge(), FORGERS_KEY, FORGERS_KEY.did_key)


@forgery(
    "P2", "The forger's document says that the university controls his key.", "issuer_mismatch"
)
def key_given_to_the_victim(scene: Scene) -> Json:
    scene.documents[FORGER_URL]["verificationMethod"][0]["controller"] = UNIVERSITY
    return add_proof(badge(), FORGERS_KEY, _FORGERS_METHOD)


@forgery("P2", "The university's document lists a key that the forger controls.", "issuer_mismatch")
def key_controlled_by_another(scene: Scene) -> Json:
    entry = {**multikey_method(UNIVERSITY, FORGERS_KEY), "controller": FORGER}
    scene.university["verificationMethod"].append(entry)
    scene.university["assertionMethod"].append(entry["id"])
    return add_proof(badge(), FORGERS_KEY, entry["id"])


@forgery("P2", "The issuer's name is the university's, its id the forger's.", "issuer_mismatch")
def issuer_swapped_after_signing(_: Scene) -> Json:
    document = add_proof(
        badge(issuer=issuer(FORGER)), FORGERS_KEY, _FORGERS_METHOD, cryptosuite="eddsa-rdfc-2022"
    )
    document["issuer"]["id"] = UNIVERSITY
    return add_proof({**document, "proof": []}, FORGERS_KEY, _FORGERS_METHOD)


@forgery("P3", "A key that may only log in has signed.", "purpose_not_authorized")
def key_for_authentication_only(_: Scene) -> Json:
    return add_proof(badge(), LOGIN_KEY, method(UNIVERSITY, LOGIN_KEY))


@forgery("P3", "A log-in was captured, and shown as an assertion.", "purpose_not_authorized")
def proof_for_authentication(_: Scene) -> Json:
    return add_proof(badge(), LOGIN_KEY, method(UNIVERSITY, LOGIN_KEY), purpose="authentication")


@forgery("P3", "An asserting key has signed for another purpose.", "purpose_not_authorized")
def proof_for_delegation(_: Scene) -> Json:
    return add_proof(badge(), KEY, METHOD, purpose="capabilityDelegation")


@forgery("P4", "At the university's address stands the forger's document.", "did_document_invalid")
def did_document_of_another(scene: Scene) -> Json:
    scene.documents[UNIVERSITY_URL] = did_document(FORGER, multikey_method(UNIVERSITY, FORGERS_KEY))
    return add_proof(badge(), FORGERS_KEY, method(UNIVERSITY, FORGERS_KEY))


@forgery("P4", "The document is a list of documents.", "did_document_invalid")
def did_document_in_a_list(scene: Scene) -> Json:
    scene.documents[UNIVERSITY_URL] = [scene.university]
    return genuine()


@forgery("P4", "Two keys have one id, and the forger's is the second.", "did_document_invalid")
def two_keys_of_one_id(scene: Scene) -> Json:
    second = {**multikey_method(UNIVERSITY, FORGERS_KEY), "id": METHOD}
    scene.university["verificationMethod"].append(second)
    return add_proof(badge(), FORGERS_KEY, METHOD)


@forgery(
    "P4",
    "The forger embeds a key under the university's id in his own document.",
    "key_not_in_did_document",
)
def embedded_key_of_another_identifier(scene: Scene) -> Json:
    embedded = multikey_method(UNIVERSITY, FORGERS_KEY)
    scene.documents[FORGER_URL]["assertionMethod"].append(embedded)
    return add_proof(badge(), FORGERS_KEY, embedded["id"])


@forgery(
    "P4",
    "The key's kind is a list, at which a careless reader stumbles.",
    "key_not_in_did_document",
)
def key_of_several_kinds(scene: Scene) -> Json:
    scene.university["verificationMethod"][0]["type"] = ["Multikey", "JsonWebKey"]
    return genuine()


# --- P5, P6: several proofs ---------------------------------------------------------------------


def _two_proofs(first: Key, second: Key) -> Json:
    """Two proofs in the university's name; a wrong key makes a wrong signature."""
    return add_proof(
        add_proof(badge(), first, METHOD), second, METHOD, created="2026-03-01T10:00:00Z"
    )


@forgery("P5", "The first of two proofs is right, the second is not.", "proof_invalid")
def second_proof_is_wrong(_: Scene) -> Json:
    return _two_proofs(KEY, FORGERS_KEY)


@forgery("P5", "The second of two proofs is right, the first is not.", "proof_invalid")
def first_proof_is_wrong(_: Scene) -> Json:
    return _two_proofs(FORGERS_KEY, KEY)


@forgery(
    "P5",
    "The forger has put his own proof beside the university's.",
    "issuer_mismatch",
    vc=(VERIFIED, ""),
    because="VCDM lets others sign too; the issuer's proof is there, and the forger's is true",
)
def forgers_proof_beside_the_genuine_one(_: Scene) -> Json:
    return add_proof(genuine(), FORGERS_KEY, _FORGERS_METHOD)


@forgery(
    "P5",
    "The only proof is of a kind that nobody knows.",
    "unknown_cryptosuite",
    verdict=NOT_CHECKED,
)
def proof_of_an_unknown_cryptosuite(_: Scene) -> Json:
    return with_proof(cryptosuite="magic-2026")


@forgery("P5", "A wrong proof hides behind one of an unknown kind.", "proof_invalid")
def wrong_proof_behind_an_unknown_one(_: Scene) -> Json:
    unknown = {**genuine()["proof"], "cryptosuite": "magic-2026"}
    return add_proof({**badge(), "proof": [unknown]}, FORGERS_KEY, METHOD)


@forgery("P6", "A proof rests on one that is not there.", "proof_chain_broken")
def previous_proof_missing(_: Scene) -> Json:
    document = chained()
    return {**document, "proof": document["proof"][1]}


@forgery("P6", "A proof rests on itself.", "proof_chain_broken")
def proof_that_rests_on_itself(_: Scene) -> Json:
    own = "urn:uuid:7f2c0e1d-0000-4000-8000-000000000001"
    return add_proof(badge(), KEY, METHOD, id=own, previousProof=own)


@forgery("P6", "Two proofs rest on each other.", "proof_chain_broken")
def proofs_in_a_circle(_: Scene) -> Json:
    ids = [f"urn:uuid:7f2c0e1d-0000-4000-8000-00000000000{n}" for n in (1, 2)]
    document = add_proof(badge(), KEY, METHOD, id=ids[0], previousProof=ids[1])
    return add_proof(document, KEY, METHOD, id=ids[1], previousProof=ids[0])


@forgery("P6", "The second proof of a chain covers another first one.", "proof_invalid")
def first_proof_of_a_chain_exchanged(_: Scene) -> Json:
    document = chained()
    first = document["proof"][0]
    unsecured = {name: member for name, member in document.items() if name != "proof"}
    exchanged = add_proof(unsecured, KEY, METHOD, id=first["id"], created="2026-03-01T09:30:00Z")
    return {**unsecured, "proof": [exchanged["proof"], document["proof"][1]]}


@forgery("P6", "A thousand proofs are to be checked.", "too_many_proofs")
def thousand_proofs(_: Scene) -> Json:
    short = {"type": "DataIntegrityProof"}
    return {**badge(), "proof": [short for _n in range(1000)]}


# --- P7, P8: what belongs to a proof ------------------------------------------------------------


@forgery("P7", "The cryptosuite is exchanged for the other one.", "proof_invalid")
def cryptosuite_exchanged(_: Scene) -> Json:
    return with_proof(cryptosuite="eddsa-jcs-2022")


@forgery("P7", "A Data Integrity proof says that it is an older kind.", "malformed_proof")
def proof_of_an_older_type(_: Scene) -> Json:
    return with_proof(type="Ed25519Signature2020")


@forgery("P7", "The signature has moved to where older proofs have it.", "malformed_proof")
def proof_value_moved(_: Scene) -> Json:
    document = genuine()
    document["proof"]["jws"] = document["proof"].pop("proofValue")
    return document


@forgery("P7", "The proof was dated back afterwards.", "proof_invalid")
def date_of_the_proof_changed(_: Scene) -> Json:
    return with_proof(created="2026-01-01T00:00:00Z")


@forgery("P7", "The proof was bound to a domain afterwards.", "proof_invalid")
def domain_added_to_the_proof(_: Scene) -> Json:
    return with_proof(domain="https://employer.example")


@forgery("P7", "The signature is written in another base.", "malformed_proof")
def proof_value_in_another_base(_: Scene) -> Json:
    return with_proof(proofValue="u" + "A" * 86)


@forgery("P8", "The proof has a member that no signature covers.", "malformed_proof")
def unknown_member_in_the_proof(_: Scene) -> Json:
    return with_proof(verifiedBy="the ministry")


@forgery("P8", "The proof brings a @context of its own.", "malformed_proof")
def another_context_in_the_proof(_: Scene) -> Json:
    return with_proof(**{"@context": ["https://www.w3.org/ns/credentials/v2"]})


# --- P9, P10, P11: time -------------------------------------------------------------------------


@forgery("P9", "The proof comes from next week.", "proof_created_in_future")
def proof_from_the_future(_: Scene) -> Json:
    return add_proof(badge(), KEY, METHOD, created="2026-03-08T12:00:00Z")


@forgery("P9", "The proof expired yesterday, the badge has not.", "proof_expired")
def proof_expired(_: Scene) -> Json:
    return add_proof(badge(), KEY, METHOD, expires="2026-02-28T12:00:00Z")


@forgery("P9", "The badge expired a second ago.", "expired")
def badge_expired(_: Scene) -> Json:
    return genuine(validUntil="2026-03-01T11:59:59Z")


@forgery("P9", "The badge expired an hour ago, in a zone far away.", "expired")
def badge_expired_in_another_zone(_: Scene) -> Json:
    return genuine(validUntil="2026-03-02T01:00:00+14:00")


@forgery("P9", "The badge is valid from tomorrow on.", "not_yet_valid")
def badge_not_yet_valid(_: Scene) -> Json:
    return genuine(validFrom="2026-03-02T12:00:00Z")


def _never_ending(name: str, until: str, lie: str) -> None:
    def forge(_: Scene) -> Json:
        return genuine(validUntil=until)

    forge.__name__ = name
    forgery("P9", lie, "bad_date")(forge)


_never_ending("end_without_a_zone", "2031-01-01T00:00:00", "The end has no zone: whose midnight?")
_never_ending("end_at_24_o_clock", "2031-01-01T24:00:00Z", "The end is at 24 o'clock.")
_never_ending("end_in_a_leap_second", "2026-12-31T23:59:60Z", "The end is a leap second.")
_never_ending("end_in_the_year_10000", "10000-01-01T00:00:00Z", "The end is in the year 10000.")
_never_ending(
    "end_beyond_the_calendar", "9999-12-31T23:59:59-14:00", "The end leaves the calendar."
)


@forgery("P10", "Signed with a key that had been retired a month before.", "key_expired")
def signed_after_the_key_was_retired(_: Scene) -> Json:
    return add_proof(badge(), RETIRED_KEY, method(UNIVERSITY, RETIRED_KEY))


@forgery("P10", "A retired key signs, and leaves the date out.", "key_expired")
def retired_key_without_a_date(_: Scene) -> Json:
    return add_proof(badge(), RETIRED_KEY, method(UNIVERSITY, RETIRED_KEY), created=None)


@forgery("P11", "The thief of a key dates his signature back to before the theft.", "key_revoked")
def stolen_key_dated_back(_: Scene) -> Json:
    stolen = method(UNIVERSITY, STOLEN_KEY)
    return add_proof(badge(), STOLEN_KEY, stolen, created="2026-01-01T00:00:00Z")

"""Catalogue 2.5, what else is followed: endorsements, and links that must not be."""

from tests.forgeries.catalogue import NOT_CHECKED, VERIFIED, forgery
from tests.forgeries.genuine import (
    endorsement,
    endorsement_token,
    unsigned_endorsement,
)
from tests.forgeries.scene import (
    ACCREDITED,
    AGENCY_KEY,
    BADGE,
    EXTENSIONS,
    INDEX,
    KEY,
    METHOD,
    OB,
    UNIVERSITY,
    V2,
    Scene,
    badge,
    encoded_list,
    genuine,
    method,
    status_entry,
    status_list,
)
from tests.forgeries.signing import Json, add_proof


def _endorsed(*endorsements: Json) -> Json:
    return add_proof({**badge(), "endorsement": list(endorsements)}, KEY, METHOD)


@forgery("2.5", "The endorsement speaks of another badge.", "endorsement_invalid")
def endorsement_of_something_else(_: Scene) -> Json:
    return _endorsed(endorsement("https://university.example/credentials/other"))


@forgery(
    "2.5", "The first of two endorsements is genuine, the second is not.", "endorsement_invalid"
)
def second_endorsement_is_forged(_: Scene) -> Json:
    forged = unsigned_endorsement(BADGE, id="urn:uuid:3c0e1d5e-37a4-4e0e-9b53-0d2c1f3a4b08")
    return _endorsed(endorsement(BADGE), add_proof(forged, KEY, METHOD))


@forgery("2.5", "The endorsement was reworded before the university signed.", "endorsement_invalid")
def endorsement_reworded(_: Scene) -> Json:
    document = endorsement(BADGE)
    document["credentialSubject"]["endorsementComment"] = "We have examined it."
    return _endorsed(document)


@forgery("2.5", "The endorsement has expired.", "endorsement_invalid")
def endorsement_expired(_: Scene) -> Json:
    return _endorsed(endorsement(BADGE, validUntil="2026-02-15T00:00:00Z"))


@forgery("2.5", "The endorsement was revoked.", "endorsement_invalid")
def endorsement_revoked(scene: Scene) -> Json:
    url = "https://accreditation.example/status/1"
    document = status_list(url, encoded=encoded_list(INDEX), issuer=ACCREDITED)
    scene.documents[url] = add_proof(document, AGENCY_KEY, method(ACCREDITED, AGENCY_KEY))
    return _endorsed(endorsement(BADGE, credentialStatus=status_entry(url)))


@forgery(
    "2.5",
    "A badge of the university's is passed off as an endorsement of it.",
    "endorsement_invalid",
)
def badge_as_an_endorsement(_: Scene) -> Json:
    held = unsigned_endorsement(UNIVERSITY)
    held = {
        **badge(credentialStatus=None),
        "issuer": held["issuer"],
        "credentialSubject": {**badge()["credentialSubject"], "id": UNIVERSITY},
    }
    document = badge()
    document["issuer"]["endorsementJwt"] = [endorsement_token(UNIVERSITY, held)]
    return add_proof(document, KEY, METHOD)


@forgery(
    "2.5",
    "Eleven endorsements, of which nobody will check the last.",
    "endorsement_not_checked",
    verdict=NOT_CHECKED,
)
def eleven_endorsements(_: Scene) -> Json:
    return _endorsed(*[endorsement(BADGE, id=f"urn:example:{n}") for n in range(11)])


@forgery("2.5", "The endorser cannot be looked up.", "endorsement_not_checked", verdict=NOT_CHECKED)
def endorser_unknown(_: Scene) -> Json:
    unknown = "did:web:nowhere.example"
    document = unsigned_endorsement(BADGE, issuer={"id": unknown, "type": ["Profile"]})
    return _endorsed(add_proof(document, AGENCY_KEY, method(unknown, AGENCY_KEY)))


@forgery(
    "2.5",
    "Services, schemas, evidence and images of the forger's are to be visited.",
    "",
    verdict=VERIFIED,
    because="true as far as it goes; a test holds that nobody goes there",
)
def links_to_follow(_: Scene) -> Json:
    link = "https://forger.example/"
    return genuine(
        **{"@context": [V2, OB, EXTENSIONS]},
        refreshService={"id": f"{link}refresh", "type": "1EdTechCredentialRefresh"},
        credentialSchema=[{"id": f"{link}schema", "type": "1EdTechJsonSchemaValidator2019"}],
        evidence=[{"id": f"{link}evidence", "type": ["Evidence"], "name": "Evidence"}],
        image={"id": f"{link}image.png", "type": "Image"},
    )

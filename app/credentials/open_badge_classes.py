"""The classes of Open Badges 3.0, as data: members, cardinality, kinds of value.

One table per class of the specification's data model (OB 3.0 section B, `open-badges-3.md`
section 1).
"""

from dataclasses import replace
from types import MappingProxyType

from app.credentials.classes import (
    Classes,
    Member,
    ObClass,
    ObjectOf,
    TypeForm,
    many,
    maybe,
    one,
    some,
)
from app.credentials.values import (
    ACHIEVEMENT_TYPE,
    ALIGNMENT_TARGET_TYPE,
    BOOLEAN,
    COMPACT_JWS,
    CONTEXT_ENTRY,
    COUNTRY,
    CREDITS,
    DATE,
    DATE_TIME,
    EMAIL,
    IDENTIFIER_TYPE,
    IRI,
    LANGUAGE,
    NUMBER,
    PICTURE,
    PROOF_PURPOSE,
    RESULT_STATUS,
    RESULT_TYPE,
    TEXT,
    URL,
)

IMAGE = ObjectOf("Image")
PROFILE = ObjectOf("Profile")
ENDORSEMENTS = (
    many("endorsement", ObjectOf("EndorsementCredential")),
    many("endorsementJwt", COMPACT_JWS),
)

# --- Credentials (section B.1) -------------------------------------------------------------------

_SECURING = (
    many("proof", ObjectOf("Proof"), compactable=True),
    many("credentialSchema", ObjectOf("CredentialSchema"), compactable=True),
    maybe("credentialStatus", ObjectOf("CredentialStatus")),
    maybe("refreshService", ObjectOf("RefreshService")),
    many("termsOfUse", ObjectOf("TermsOfUse"), compactable=True),
)
_ACHIEVEMENT_CREDENTIAL = ObClass(
    "AchievementCredential",
    (
        some("@context", CONTEXT_ENTRY),
        one("id", IRI),
        one("issuer", ObjectOf("Profile", or_iri=True)),
        one("validFrom", DATE_TIME),
        maybe("validUntil", DATE_TIME),
        maybe("name", TEXT),
        maybe("description", TEXT),
        maybe("image", IMAGE),
        maybe("awardedDate", DATE_TIME),
        one("credentialSubject", ObjectOf("AchievementSubject")),
        *ENDORSEMENTS,
        many("evidence", ObjectOf("Evidence")),
        *_SECURING,
    ),
    types=(("VerifiableCredential",), ("OpenBadgeCredential", "AchievementCredential")),
)
_ENDORSEMENT_CREDENTIAL = ObClass(
    "EndorsementCredential",
    (
        some("@context", CONTEXT_ENTRY),
        one("id", IRI),
        one("issuer", ObjectOf("Profile", or_iri=True)),
        one("validFrom", DATE_TIME),
        maybe("validUntil", DATE_TIME),
        one("name", TEXT),
        maybe("description", TEXT),
        maybe("awardedDate", DATE_TIME),
        one("credentialSubject", ObjectOf("EndorsementSubject")),
        *_SECURING,
    ),
    types=(("VerifiableCredential",), ("EndorsementCredential",)),
    sealed=True,
)
_CREDENTIAL_PARTS = (
    ObClass("CredentialSchema", (one("id", IRI),), TypeForm.ANY_TEXT),
    ObClass("CredentialStatus", (maybe("id", IRI),), TypeForm.ANY_TEXT),
    ObClass("RefreshService", (one("id", IRI),), TypeForm.ANY_TEXT),
    ObClass("TermsOfUse", (maybe("id", IRI),), TypeForm.ANY_TEXT),
    ObClass(
        "Proof",
        (
            maybe("created", DATE_TIME),
            maybe("cryptosuite", TEXT),
            maybe("challenge", TEXT),
            maybe("domain", TEXT),
            maybe("nonce", TEXT),
            maybe("proofPurpose", PROOF_PURPOSE),
            maybe("proofValue", TEXT),
            maybe("verificationMethod", IRI),
        ),
        TypeForm.ANY_TEXT,
    ),
)

# --- Subject, achievement and its parts (sections B.2 to B.5) ------------------------------------

_SUBJECTS = (
    ObClass(
        "AchievementSubject",
        (
            maybe("id", IRI),
            one("achievement", ObjectOf("Achievement")),
            many("identifier", ObjectOf("IdentityObject")),
            maybe("activityStartDate", DATE_TIME),
            maybe("activityEndDate", DATE_TIME),
            maybe("creditsEarned", CREDITS),
            maybe("image", IMAGE),
            maybe("licenseNumber", TEXT),
            maybe("role", TEXT),
            maybe("term", TEXT),
            maybe("narrative", TEXT),
            many("result", ObjectOf("Result")),
            maybe("source", PROFILE),
        ),
    ),
    ObClass("EndorsementSubject", (one("id", IRI), maybe("endorsementComment", TEXT))),
)
_ACHIEVEMENT = ObClass(
    "Achievement",
    (
        one("id", IRI),
        one("name", TEXT),
        one("description", TEXT),
        one("criteria", ObjectOf("Criteria")),
        maybe("achievementType", ACHIEVEMENT_TYPE),
        many("alignment", ObjectOf("Alignment")),
        maybe("creator", PROFILE),
        maybe("creditsAvailable", CREDITS),
        *ENDORSEMENTS,
        maybe("fieldOfStudy", TEXT),
        maybe("humanCode", TEXT),
        maybe("image", IMAGE),
        maybe("inLanguage", LANGUAGE),
        many("otherIdentifier", ObjectOf("IdentifierEntry")),
        many("related", ObjectOf("Related")),
        many("resultDescription", ObjectOf("ResultDescription")),
        maybe("specialization", TEXT),
        many("tag", TEXT),
        maybe("version", TEXT),
    ),
)
_ACHIEVEMENT_PARTS = (
    ObClass("Criteria", (maybe("id", URL), maybe("narrative", TEXT)), TypeForm.NONE),
    ObClass(
        "Alignment",
        (
            one("targetName", TEXT),
            one("targetUrl", URL),
            maybe("targetCode", TEXT),
            maybe("targetDescription", TEXT),
            maybe("targetFramework", TEXT),
            maybe("targetType", ALIGNMENT_TARGET_TYPE),
        ),
    ),
    ObClass("Related", (one("id", IRI), maybe("inLanguage", LANGUAGE), maybe("version", TEXT))),
    ObClass(
        "ResultDescription",
        (
            one("id", IRI),
            one("name", TEXT),
            one("resultType", RESULT_TYPE),
            many("alignment", ObjectOf("Alignment")),
            many("allowedValue", TEXT),
            maybe("requiredLevel", IRI),
            maybe("requiredValue", TEXT),
            many("rubricCriterionLevel", ObjectOf("RubricCriterionLevel")),
            maybe("valueMax", TEXT),
            maybe("valueMin", TEXT),
        ),
    ),
    ObClass(
        "RubricCriterionLevel",
        (
            one("id", IRI),
            one("name", TEXT),
            many("alignment", ObjectOf("Alignment")),
            maybe("description", TEXT),
            maybe("level", TEXT),
            maybe("points", TEXT),
        ),
    ),
    ObClass(
        "Result",
        (
            maybe("achievedLevel", IRI),
            many("alignment", ObjectOf("Alignment")),
            maybe("resultDescription", IRI),
            maybe("status", RESULT_STATUS),
            maybe("value", TEXT),
        ),
    ),
    ObClass(
        "Evidence",
        (
            maybe("id", URL),
            maybe("narrative", TEXT),
            maybe("name", TEXT),
            maybe("description", TEXT),
            maybe("genre", TEXT),
            maybe("audience", TEXT),
        ),
    ),
    ObClass("Image", (one("id", PICTURE), maybe("caption", TEXT)), TypeForm.TEXT, closed=True),
)

# --- People and organisations (sections B.6 and B.7) ---------------------------------------------

_PROFILE = ObClass(
    "Profile",
    (
        one("id", IRI),
        maybe("name", TEXT),
        maybe("url", URL),
        maybe("phone", TEXT),
        maybe("description", TEXT),
        *ENDORSEMENTS,
        maybe("image", IMAGE),
        maybe("email", EMAIL),
        maybe("address", ObjectOf("Address")),
        many("otherIdentifier", ObjectOf("IdentifierEntry")),
        maybe("official", TEXT),
        maybe("parentOrg", PROFILE),
        maybe("familyName", TEXT),
        maybe("givenName", TEXT),
        maybe("additionalName", TEXT),
        maybe("patronymicName", TEXT),
        maybe("honorificPrefix", TEXT),
        maybe("honorificSuffix", TEXT),
        maybe("familyNamePrefix", TEXT),
        maybe("dateOfBirth", DATE),
    ),
)
_PROFILE_PARTS = (
    ObClass(
        "Address",
        (
            maybe("addressCountry", TEXT),
            maybe("addressCountryCode", COUNTRY),
            maybe("addressRegion", TEXT),
            maybe("addressLocality", TEXT),
            maybe("streetAddress", TEXT),
            maybe("postOfficeBoxNumber", TEXT),
            maybe("postalCode", TEXT),
            maybe("geo", ObjectOf("GeoCoordinates")),
        ),
    ),
    ObClass("GeoCoordinates", (one("latitude", NUMBER), one("longitude", NUMBER)), TypeForm.TEXT),
    ObClass(
        "IdentityObject",
        (
            one("hashed", BOOLEAN),
            one("identityHash", TEXT),
            one("identityType", IDENTIFIER_TYPE),
            maybe("salt", TEXT),
        ),
        TypeForm.TEXT,
        closed=True,
    ),
    ObClass(
        "IdentifierEntry",
        (one("identifier", TEXT), one("identifierType", IDENTIFIER_TYPE)),
        TypeForm.TEXT,
        closed=True,
    ),
)

# --- The tables as the checkers take them --------------------------------------------------------

OPEN_BADGES: Classes = MappingProxyType(
    {
        table.name: table
        for table in (
            _ACHIEVEMENT_CREDENTIAL,
            _ENDORSEMENT_CREDENTIAL,
            *_CREDENTIAL_PARTS,
            *_SUBJECTS,
            _ACHIEVEMENT,
            *_ACHIEVEMENT_PARTS,
            _PROFILE,
            *_PROFILE_PARTS,
        )
    }
)


def _vcdm_1(table: ObClass, *, name_required: bool) -> ObClass:
    """The VCDM 1.1 twin of a credential class: other date members, the issuer always a Profile."""
    twins = {
        "issuer": one("issuer", PROFILE),
        "validFrom": one("issuanceDate", DATE_TIME),
        "validUntil": maybe("expirationDate", DATE_TIME),
        "name": Member("name", TEXT, required=name_required),
    }
    return replace(table, members=tuple(twins.get(m.name, m) for m in table.members))


OPEN_BADGES_VCDM_1: Classes = MappingProxyType(
    {
        **OPEN_BADGES,
        "AchievementCredential": _vcdm_1(_ACHIEVEMENT_CREDENTIAL, name_required=True),
        "EndorsementCredential": _vcdm_1(_ENDORSEMENT_CREDENTIAL, name_required=True),
    }
)

# API input: the service gives the identifiers, and an issuer without a name helps nobody.
ACHIEVEMENT_INPUT = _ACHIEVEMENT.without("id", "creator")
PROFILE_INPUT = replace(
    _PROFILE.without("id"),
    members=(one("name", TEXT), *(m for m in _PROFILE.members if m.name not in ("id", "name"))),
)

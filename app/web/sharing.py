"""Where a credential's page leads to: LinkedIn's form, and a verifier that is not ours."""

from datetime import UTC, datetime
from urllib.parse import quote, urlencode


def linkedin_link(
    *,
    title: str,
    issuer: str | None,
    issued: datetime | None,
    expires: datetime | None,
    url: str,
    credential_id: str,
) -> str:
    """The address that opens LinkedIn's "add a certification" form, filled in.

    A plain link with the parameters that LinkedIn documents; no script of theirs is needed. Months
    are those in UTC; without an end there is no expiration.
    """
    fields = {"startTask": "CERTIFICATION_NAME", "name": title}
    if issuer:
        fields["organizationName"] = issuer
    if issued is not None:
        at = issued.astimezone(UTC)
        fields |= {"issueYear": str(at.year), "issueMonth": str(at.month)}
    if expires is not None:
        at = expires.astimezone(UTC)
        fields |= {"expirationYear": str(at.year), "expirationMonth": str(at.month)}
    fields |= {"certUrl": url, "certId": credential_id}
    return "https://www.linkedin.com/profile/add?" + urlencode(fields, quote_via=quote)


def outside_verifier(url: str) -> str | None:
    """VerifierPlus with this credential filled in, where the outside can reach us at all."""
    if not url.startswith("https://"):
        return None
    return "https://verifierplus.org/#verify?vc=" + quote(url, safe="")

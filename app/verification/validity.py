"""Step 5: the validity period."""

from datetime import datetime

from app.encoding.dates import parse_datetime
from app.encoding.strict_json import JsonObject
from app.errors import CheckFailed


def check_validity_period(document: JsonObject, now: datetime) -> None:
    """The time must lie within validFrom and validUntil (VCDM 2.0 section 4.9).

    Raises `CheckFailed` not_yet_valid or expired.
    """
    for name in ("validFrom", "issuanceDate"):
        if name in document and now < parse_datetime(document[name], field=f"/{name}"):
            raise CheckFailed(
                "not_yet_valid", f"it is valid from {document[name]} on", field=f"/{name}"
            )
    for name in ("validUntil", "expirationDate"):
        if name in document and now > parse_datetime(document[name], field=f"/{name}"):
            raise CheckFailed("expired", f"it was valid until {document[name]}", field=f"/{name}")

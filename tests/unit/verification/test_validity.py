"""The validity period, to the second and without tolerance."""

from datetime import UTC, datetime
from typing import Any

import pytest

from app.errors import CheckFailed
from app.verification.validity import check_validity_period

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
SECOND_AGO, SECOND_AHEAD = "2026-03-01T11:59:59Z", "2026-03-01T12:00:01Z"
THIS_SECOND = "2026-03-01T12:00:00Z"


@pytest.mark.parametrize(
    "document",
    [
        {},
        {"validFrom": SECOND_AGO, "validUntil": SECOND_AHEAD},
        {"validFrom": THIS_SECOND, "validUntil": THIS_SECOND},
        {"issuanceDate": SECOND_AGO, "expirationDate": SECOND_AHEAD},
        {"validFrom": "2026-03-01T13:00:00+01:00"},
    ],
)
def test_a_credential_is_valid_within_its_period(document: dict[str, Any]) -> None:
    check_validity_period(document, NOW)


@pytest.mark.parametrize(
    ("document", "code"),
    [
        ({"validFrom": SECOND_AHEAD}, "not_yet_valid"),
        ({"issuanceDate": SECOND_AHEAD}, "not_yet_valid"),
        ({"validUntil": SECOND_AGO}, "expired"),
        ({"expirationDate": SECOND_AGO}, "expired"),
        ({"validFrom": SECOND_AGO, "issuanceDate": SECOND_AHEAD}, "not_yet_valid"),
    ],
)
def test_a_credential_is_not_valid_outside_of_it(document: dict[str, Any], code: str) -> None:
    with pytest.raises(CheckFailed) as refusal:
        check_validity_period(document, NOW)

    assert refusal.value.code == code
    assert refusal.value.field in {f"/{name}" for name in document}

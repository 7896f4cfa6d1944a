"""What tests of pages start from."""

import pytest
from fastapi.testclient import TestClient

from tests.publishing import Publisher, open_publisher


@pytest.fixture
def publisher(client: TestClient, admin_headers: dict[str, str]) -> Publisher:
    """An issuer with an achievement, ready to issue."""
    return open_publisher(client, admin_headers)

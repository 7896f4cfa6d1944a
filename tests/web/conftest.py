"""What tests of pages start from."""

from typing import Any

import httpx2
import pytest
from fastapi.testclient import TestClient

from tests.batches import BATCHES, CSV, Send
from tests.publishing import Publisher, open_publisher


@pytest.fixture
def publisher(client: TestClient, admin_headers: dict[str, str]) -> Publisher:
    """An issuer with an achievement, ready to issue."""
    return open_publisher(client, admin_headers)


@pytest.fixture
def send(client: TestClient, publisher: Publisher) -> Send:
    """Sends a batch in; its rows are for the publisher's achievement unless they say otherwise."""

    def send(content: bytes, kind: dict[str, str] = CSV, **query: Any) -> httpx2.Response:
        headers = {**publisher.headers, **kind, **query.pop("headers", {})}
        query.setdefault("achievement", publisher.achievement)
        return client.post(BATCHES, content=content, headers=headers, params=query)

    return send

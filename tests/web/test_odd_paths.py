"""Paths that a database might choke on: PostgreSQL refuses NUL in a text, SQLite does not."""

from fastapi.testclient import TestClient

from tests.publishing import SLUG, Publisher

PATHS = [
    "/images/%00.png",
    "/images/..%2f..%2fetc%2fpasswd",
    "/images/%ff%fe.svg",
    "/api/v1/issuers/%00",
    "/api/v1/issuers/%F0%9F%92%A9",
    "/api/v1/issuers/acme/achievements/%00",
    "/api/v1/issuers/%00/achievements",
    "/api/v1/credentials/%00",
    "/credentials/%00",
    "/achievements/%00",
    "/issuers/%00",
    "/issuers/%00/did.json",
    "/issuers/%00/keys/%00",
    "/status/%00",
    "/contexts/%00",
    "/static/%00",
]


def test_an_odd_path_is_404(client: TestClient, admin_headers: dict[str, str]) -> None:
    for path in PATHS:
        assert client.get(path, headers=admin_headers).status_code == 404, path


def test_an_odd_query_is_no_fault_of_ours(
    client: TestClient, admin_headers: dict[str, str]
) -> None:
    for path in (
        "/api/v1/credentials?issuer=%00",
        "/api/v1/credentials?cursor=%00",
        "/api/v1/api-keys?issuer=%00",
        "/api/v1/api-keys?issuer=%ff",
        "/api/v1/issuers?cursor=MyAyMDI2LTAzLTAxVDEyOjAwOjAwKzAwOjAwIAA",
    ):
        assert client.get(path, headers=admin_headers).status_code in {200, 404, 422}, path


def test_an_odd_text_is_no_fault_of_ours(
    client: TestClient, admin_headers: dict[str, str], publisher: Publisher
) -> None:
    odd = "a\0b\x7f\u202e\uffff"
    ours = f"/api/v1/issuers/{SLUG}"
    criteria = {"narrative": odd}
    status = f"/api/v1/credentials/{publisher.issue()}/status"
    for method, path, body in [
        ("POST", "/api/v1/issuers", {"id": "odd", "name": odd}),
        ("PATCH", ours, {"description": odd}),
        ("POST", f"{ours}/achievements", {"name": odd, "description": "x", "criteria": criteria}),
        ("POST", "/api/v1/api-keys", {"label": odd}),
        ("POST", "/api/v1/api-keys", {"issuer": odd}),
        ("POST", status, {"revoked": True, "reason": odd}),
        (
            "POST",
            f"{ours}/credentials",
            {"achievement": odd, "recipient": {"email": "someone@example.org"}},
        ),
        (
            "POST",
            f"{ours}/credentials",
            {"achievement": publisher.achievement, "recipient": {"email": odd}},
        ),
    ]:
        answer = client.request(method, path, headers=admin_headers, json=body)
        assert answer.status_code in {404, 422}, (path, answer.text)

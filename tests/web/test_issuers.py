from fastapi.testclient import TestClient


def test_an_issuer_is_created_with_its_did(
    client: TestClient, admin_headers: dict[str, str]
) -> None:
    answer = client.post(
        "/api/v1/issuers", headers=admin_headers, json={"id": "acme", "name": "Acme"}
    )
    assert answer.status_code == 201, answer.text
    assert answer.json()["did"] == "did:web:127.0.0.1%3A8000:issuers:acme"
    assert answer.headers["Location"] == "http://127.0.0.1:8000/api/v1/issuers/acme"

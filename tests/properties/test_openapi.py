"""Everything that the API's own description names, asked for with generated requests.

schemathesis reads /openapi.json and calls the application in this process: as an administrator, as
one issuer, with a key that is none, and as nobody. Whatever is sent, nothing is answered with a
500, every status is one that the description names, and every problem is problem+json.
"""

from typing import Any

import pytest
import schemathesis
from fastapi import FastAPI
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from app.registry.api_keys import SCOPES
from tests.conftest import MakeKey
from tests.publishing import SLUG, open_publisher

# For each operation. Who has no key gets no further than that, and soon knows it.
_EXAMPLES = {"administrator": 12, "issuer": 6, "wrong key": 3, "nobody": 5}


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """The answers must not depend on the kind of database; other tests compare the two."""
    return sqlite_url


@pytest.fixture
def known(client: TestClient, admin_headers: dict[str, str]) -> dict[str, str]:
    """Values with which the addresses lead somewhere."""
    publisher = open_publisher(client, admin_headers)
    issued = publisher.issue()
    status = client.get(f"/credentials/{issued}.json").json()["credentialStatus"]
    rule = {"award": {"name": "A"}, "require": {"id": "few", "count": "credential", "max": 9}}
    path = f"/api/v1/issuers/{SLUG}/pathways"
    pathway = client.post(path, json=rule, headers=admin_headers).json()["id"]
    methods = client.get(f"/issuers/{SLUG}/did.json").json()["verificationMethod"]
    return {
        "issuer": SLUG,
        "achievement": _last(publisher.achievement),
        "pathway": _last(pathway),
        "credential": issued,
        "credential_id": publisher.issue(),
        "list_id": _last(status["statusListCredential"]),
        "fragment": next(_last(m["publicKeyJwk"]["kid"]) for m in methods if "publicKeyJwk" in m),
    }


def _last(url: str) -> str:
    return url.rpartition("/")[2]


@pytest.fixture
def caller(
    who: str,
    admin_headers: dict[str, str],
    make_key: MakeKey,
    known: dict[str, str],
) -> dict[str, str]:
    """The headers of somebody; an issuer is there to have a key."""
    if who == "issuer":
        return make_key(known["issuer"], *SCOPES)
    others = {
        "administrator": admin_headers,
        "wrong key": {"Authorization": "Bearer AAAAAAAAAAAAAAAAAAAAAA.wrong"},
    }
    return others.get(who, {})


@pytest.mark.parametrize("who", _EXAMPLES)
def test_no_generated_request_is_answered_with_a_server_error(
    who: str, app: FastAPI, caller: dict[str, str], known: dict[str, str]
) -> None:
    schema: Any = schemathesis.openapi.from_asgi("/openapi.json", app)
    operations = [result.ok() for result in schema.get_all_operations()]

    for operation in operations:
        _exercise(operation, caller, known, _EXAMPLES[who])

    assert len(operations) > 15


def _exercise(operation: Any, caller: dict[str, str], known: dict[str, str], examples: int) -> None:
    documented = {str(status) for status in operation.definition.raw["responses"]}

    @settings(
        max_examples=examples,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(), leads_somewhere=st.booleans())
    def ask(case: Any, leads_somewhere: bool) -> None:
        if leads_somewhere and case.path_parameters:
            case.path_parameters.update(
                {name: known[name] for name in case.path_parameters if name in known}
            )
        response = case.call(headers={**caller, "Host": "127.0.0.1:8000"})

        assert response.status_code < 500, response.text
        assert str(response.status_code) in documented | {"404", "405"}
        if response.status_code >= 400 and not operation.path.endswith("/verify"):
            (media_type,) = response.headers["content-type"]
            assert media_type == "application/problem+json"

    ask()

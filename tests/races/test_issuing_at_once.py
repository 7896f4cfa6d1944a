"""Several processes at one database: no index twice, no answer lost, no error to a client."""

from collections.abc import Callable
from functools import partial
from itertools import chain

import httpx2
from sqlalchemy import func, select, update

from app.encoding.strict_json import parse_object
from app.issuing.desk import IssuingDesk
from app.issuing.permutation import LIST_LENGTH
from app.status.bitstring import bit_at, expand_list
from app.storage.database import Database
from app.storage.tables import Credential, StatusList
from tests.races.conftest import Service, all_at_once

StartService = Callable[[int], Service]

PROCESSES = 8
ISSUES_EACH = 3


def issue_many(service: Service, server: int) -> list[httpx2.Response]:
    return [service.issue(server, f"learner{n}@s{server}.example") for n in range(ISSUES_EACH)]


def entries_of(answers: list[httpx2.Response]) -> list[tuple[str, str]]:
    entries = [answer.json()["credential"]["credentialStatus"] for answer in answers]
    return [(entry["statusListCredential"], entry["statusListIndex"]) for entry in entries]


def test_eight_processes_issuing_at_once_share_lists_without_taking_an_entry_twice(
    start_service: StartService, database: Database
) -> None:
    service = start_service(PROCESSES)
    everybody = [partial(issue_many, service, server) for server in range(PROCESSES)]

    # The first list does not exist yet: all of them find that out together.
    answers = list(chain.from_iterable(all_at_once(everybody)))
    with database.write() as session:
        assert session.scalar(select(func.count()).select_from(StatusList)) == 1
        # Only a few entries are left now: all of them come to its end together.
        session.execute(update(StatusList).values(next_position=LIST_LENGTH - ISSUES_EACH))
    answers += list(chain.from_iterable(all_at_once(everybody)))

    count = 2 * PROCESSES * ISSUES_EACH
    assert [answer.status_code for answer in answers] == [201] * count
    assert len(set(entries_of(answers))) == count
    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(Credential)) == count
        assert sorted(session.scalars(select(StatusList.next_position))) == [
            (PROCESSES - 1) * ISSUES_EACH,
            LIST_LENGTH,
        ]


def test_revocations_at_once_and_issues_between_them_lose_no_bit(
    start_service: StartService, database: Database, desk: IssuingDesk
) -> None:
    service = start_service(2)
    issued = [service.issue(n, f"learner{n}@university.example").json() for n in range(6)]
    body = {"revoked": True, "reason": "a drill"}
    work = []
    for n, one in enumerate(issued):
        path = f"/api/v1/credentials/{one['id']}/status"
        work.append(partial(service.post, n, path, body))
        work.append(partial(service.post, n + 1, path, body))
        work.append(partial(service.issue, n, f"later{n}@university.example"))
    answers = all_at_once(work)

    assert {answer.status_code for answer in answers} == {200, 201}
    with database.read() as session:
        (status_list,) = session.scalars(select(StatusList))
        published = parse_object(status_list.document)["credentialSubject"]["encodedList"]
        bits = expand_list(published)
        for credential in session.scalars(select(Credential)):
            revoked = credential.id in {one["id"] for one in issued}
            assert credential.revoked is revoked
            assert bit_at(bits, credential.status_list_index) is revoked
    assert bits == status_list.bits


def test_twenty_requests_with_one_idempotency_key_issue_one_credential(
    start_service: StartService, database: Database
) -> None:
    service = start_service(2)
    request = {"recipient": "ailsa@university.example", "Idempotency-Key": "award-1"}
    answers = all_at_once([partial(service.issue, n, **request) for n in range(20)])

    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1
    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(Credential)) == 1

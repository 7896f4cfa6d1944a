"""What has been kept long enough goes, and nothing that is still needed goes with it."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from app.jobs.desk import JobDesk
from app.jobs.outbox import forget
from app.jobs.retention import forget_old_records
from app.settings import Settings
from app.storage.tables import Credential
from tests.conftest import NOW
from tests.notifications import MAIL, SLUG, Telling, telling

CREDENTIALS = f"/api/v1/issuers/{SLUG}/credentials"
WITH_MAIL = {"smtp_host": "localhost", "smtp_security": "none", "smtp_from": "badges@uni.example"}


def issue(service: Telling, key: str, email: str) -> tuple[int, Any]:
    achievement = service.publisher.achievement
    body = {"achievement": achievement, "recipient": {"email": email}, "notify": {}}
    headers = {**service.publisher.headers, "Idempotency-Key": key}
    answer = service.client.post(CREDENTIALS, json=body, headers=headers)
    return answer.status_code, answer.json()


def test_answers_and_what_became_of_mail_go_after_their_time(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.jobs.retention._AT_ONCE", 1)
    with telling(settings.model_copy(update=WITH_MAIL)) as service:
        desk = JobDesk(service.desk.database, service.desk.issuing, service.desk.log)
        first = issue(service, "ailsa", "ailsa@uni.example")
        second = issue(service, "brodie", "brodie@uni.example")
        service.wait(days=8)
        forget(desk.database, now=service.now)  # two mails that nobody took
        third = issue(service, "catriona", "catriona@uni.example")
        assert [answer[0] for answer in (first, second, third)] == [201, 201, 201]

        forget_old_records(desk, NOW + timedelta(days=30))
        assert issue(service, "ailsa", "ailsa@uni.example") == first
        assert issue(service, "brodie", "brodie@uni.example") == second

        forget_old_records(desk, NOW + timedelta(days=30, seconds=1))
        status, problem = issue(service, "ailsa", "ailsa@uni.example")
        assert (status, problem["code"]) == (409, "answer_gone")
        assert f"/credentials/{first[1]['id']}" in problem["detail"]
        assert issue(service, "brodie", "brodie@uni.example")[1]["code"] == "answer_gone"
        status, problem = issue(service, "ailsa", "another@uni.example")
        assert (status, problem["code"]) == (409, "idempotency_key_reused")
        assert issue(service, "catriona", "catriona@uni.example") == third

        assert len(service.ask("GET", f"{MAIL}/deliveries")["items"]) == 3
        forget_old_records(desk, NOW + timedelta(days=366))
        [waiting] = service.ask("GET", f"{MAIL}/deliveries")["items"]
        assert waiting["state"] == "pending"
        with desk.database.read() as session:
            assert session.scalar(select(func.count()).select_from(Credential)) == 3

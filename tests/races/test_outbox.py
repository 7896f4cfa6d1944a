"""Workers as processes of their own, killed while somebody listens to them."""

import os
import signal
import subprocess
import sys
from datetime import timedelta

from app.encoding.dates import format_datetime
from app.jobs.attempts import LEASE
from app.settings import PROJECT, Settings
from tests.conftest import NOW
from tests.notifications import telling
from tests.webhook_receiver import Told, platform

DELIVER_ONCE = """
import sys
from datetime import datetime
from app.cli.desk import open_desk
from app.jobs.outbox import deliver_due, open_couriers

with open_desk() as desk:
    now = datetime.fromisoformat(sys.argv[1])
    deliver_due(desk.database, desk.issuing, open_couriers(desk.settings), now=now)
"""


def test_what_a_killed_worker_had_sent_comes_again_under_its_id_and_nothing_is_lost(
    settings: Settings,
) -> None:
    listening_settings = settings.model_copy(update={"webhook_loopback": True})
    environment = {
        **os.environ,
        "SIGNET_DATABASE_URL": settings.database_url,
        "SIGNET_KEYS": settings.keys,
        "SIGNET_WEBHOOK_LOOPBACK": "true",
        "PYTHONPATH": str(PROJECT),
    }
    with platform() as listening, telling(listening_settings) as service:
        webhook = service.listen(listening.url)
        for _ in range(3):
            service.publisher.issue()
        before_lease_ends = NOW + LEASE - timedelta(seconds=1)

        def deliver(second: int) -> subprocess.Popen[bytes]:
            now = format_datetime(NOW + timedelta(seconds=second))
            command = [sys.executable, "-c", DELIVER_ONCE, now]
            return subprocess.Popen(command, env=environment, stdin=subprocess.DEVNULL)

        def kill(_: Told) -> None:
            os.kill(worker.pid, signal.SIGKILL)

        listening.before_answering = kill
        worker = deliver(0)
        assert worker.wait(timeout=60) == -signal.SIGKILL
        assert len(listening.told) == 1
        listening.before_answering = lambda _: None
        service.now = before_lease_ends
        assert service.deliver() == 0
        service.wait(seconds=2)
        assert service.deliver() == 3

        ids = [each.id for each in listening.told]
        assert len(ids) == 4
        assert len(set(ids)) == 3
        assert ids.count(ids[0]) == 2
        assert {each["state"] for each in service.deliveries(webhook)} == {"delivered"}

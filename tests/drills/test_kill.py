"""The kill drill in small; `python -m tests.drills.kill` does it in full."""

from pathlib import Path

from app.settings import Settings
from tests.drills.kill import Drill


def test_killed_workers_lose_nothing_and_repeat_nothing(database_url: str, tmp_path: Path) -> None:
    drill = Drill(Settings(database_url=database_url, keys=f"file:{tmp_path / 'keys'}"), seed=5)
    drill.prepare()
    report = drill.run(kills=5, stops=0)

    assert (report.lost, report.duplicates, report.indexes_twice, report.findings) == (0, 0, 0, [])
    assert report.issued == report.acknowledged > 0

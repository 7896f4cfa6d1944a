"""The README's tour, word for word: its commands are run, and its answers are the ones we get.

Only what is new each time (ids, times, hashes, signatures) is not compared.
"""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.settings import PROJECT
from tests.cli.programs import free_port, wait_until_ready
from tests.comparing import comparable

SIGNET = Path(sys.executable).with_name("signet")
END = "-- end of output --"


def tour() -> list[tuple[str, str]]:
    """Every command of the README's console blocks with the answer that stands below it."""
    text = (PROJECT / "README.md").read_text()
    steps = []
    for block in re.findall(r"```console\n(\$ .*?)```", text, re.DOTALL):
        for command, answer in re.findall(r"^\$ (.*?)\n(.*?)(?=^\$ |\Z)", block, re.DOTALL | re.M):
            steps.append((command, answer))
    return steps


@pytest.fixture
def service(tmp_path: Path) -> Iterator[tuple[str, dict[str, str]]]:
    """The real program in an empty folder: where it answers, and its environment with a key."""
    port = str(free_port())
    environment = {name: v for name, v in os.environ.items() if not name.startswith("SIGNET_")}
    environment |= {"PORT": port, "HOST": "127.0.0.1"}
    subprocess.run([SIGNET, "migrate"], cwd=tmp_path, env=environment, check=True)
    made = subprocess.run(
        [SIGNET, "api-key", "create", "--admin", "--json"],
        cwd=tmp_path,
        env=environment,
        check=True,
        capture_output=True,
    )
    environment["KEY"] = json.loads(made.stdout)["key"]
    running = subprocess.Popen([SIGNET, "serve"], cwd=tmp_path, env=environment)
    try:
        wait_until_ready(f"http://127.0.0.1:{port}/readyz", running)
        yield f"127.0.0.1:{port}", environment
    finally:
        running.terminate()
        running.wait(timeout=30)


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
def test_tour_of_the_readme_is_what_really_happens(
    service: tuple[str, dict[str, str]], tmp_path: Path
) -> None:
    address, environment = service
    (tmp_path / ".venv").symlink_to(sys.prefix)
    steps = tour()
    assert len(steps) >= 8

    # One shell for all, as a newcomer has it: later commands use what earlier ones found out.
    script = "".join(f"{command}\necho; echo '{END}'\n" for command, _ in steps)
    shell = subprocess.run(
        ["bash"],
        input=script.replace("127.0.0.1:8000", address),
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    answers = shell.stdout.replace(address.replace(":", "%3A"), "127.0.0.1%3A8000")
    answers = answers.replace(address, "127.0.0.1:8000")
    for (command, promised), got in zip(steps, answers.split(END)[:-1], strict=True):
        assert comparable(got) == comparable(promised), command

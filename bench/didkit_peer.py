"""didkit at work in a process and a virtual environment of its own.

It speaks the lines of peer.mjs: the first one says what to work on, each further one asks for a
round, and is answered with how often the work was done and how much processor time that took.
"""

import asyncio
import json
import sys
import time
from typing import Any

import didkit

OPTIONS = {"proofPurpose": "assertionMethod"}


async def answer_all() -> None:
    told = _next_line()
    key = json.dumps(told["key"])
    method = await didkit.key_to_verification_method("key", key)
    signing = json.dumps({**OPTIONS, "type": "Ed25519Signature2020", "verificationMethod": method})

    async def issue() -> str:
        # The text is read each time, as by everybody else.
        return str(await didkit.issue_credential(told["unsecured"], signing, key))

    async def verify(text: str) -> None:
        said = json.loads(await didkit.verify_credential(text, json.dumps(OPTIONS)))
        if said["errors"]:
            raise ValueError(said["errors"])

    secured = await issue()
    await verify(secured)
    _say({"credential": json.loads(secured), "refuses": await _refuses(verify, secured)})
    while (line := _next_line()) is not None:
        count, began = 0, time.process_time()
        while (used := time.process_time() - began) < line["seconds"]:
            await (issue() if line["work"] == "issue" else verify(secured))
            count += 1
        _say({"count": count, "seconds": used})


async def _refuses(verify: Any, secured: str) -> list[str]:
    """Which members are really signed: those whose change is noticed."""
    noticed = []
    for path in (
        ["credentialSubject", "achievement", "name"],
        ["credentialSubject", "achievement", "alignment", 0, "targetName"],
        ["credentialSubject", "result", 0, "value"],
        ["credentialStatus", "statusListIndex"],
        ["evidence", 0, "narrative"],
    ):
        changed = json.loads(secured)
        place = changed
        for step in path[:-1]:
            place = place[step]
        place[path[-1]] = "changed"
        try:
            await verify(json.dumps(changed))
        except ValueError:
            noticed.append(str(path[-1]))
    return noticed


def _next_line() -> Any:
    line = sys.stdin.readline()
    return json.loads(line) if line else None


def _say(answer: Any) -> None:
    sys.stdout.write(json.dumps(answer) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    with asyncio.Runner() as runner:
        runner.run(answer_all())

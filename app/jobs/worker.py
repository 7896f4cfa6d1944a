"""Who does the work: threads beside the service on SQLite, processes of their own on PostgreSQL."""

import asyncio
import fcntl
import multiprocessing
import signal
import threading
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from multiprocessing.connection import wait
from multiprocessing.context import SpawnProcess
from pathlib import Path
from typing import Any

from app.issuing.batches import next_chunk
from app.jobs.batches import work_on_chunk
from app.jobs.desk import JobDesk
from app.jobs.periodic import Rounds
from app.jobs.queue import make_enqueue
from app.settings import Settings
from app.storage.database import database_url

_SECONDS_BETWEEN = 1.0


async def until_stopped(work: Coroutine[Any, Any, None]) -> None:
    """Run it until it ends, or this process is told to stop, or the one that began it is gone."""
    loop = asyncio.get_running_loop()
    task = asyncio.create_task(work)
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, task.cancel)
    parent = multiprocessing.parent_process()
    if parent is not None:
        watch = threading.Thread(target=_wait_for, args=(parent.sentinel, loop, task), daemon=True)
        watch.start()
    with suppress(asyncio.CancelledError):
        await task


def _wait_for(sentinel: int, loop: asyncio.AbstractEventLoop, task: "asyncio.Task[None]") -> None:
    wait([sentinel])
    with suppress(RuntimeError):  # the loop has ended by itself
        loop.call_soon_threadsafe(task.cancel)


def keep_processes(
    target: Callable[..., None], arguments: tuple[Any, ...], count: int, stop: threading.Event
) -> None:
    """Keep `count` processes running `target` until `stop` is set; one that dies is replaced."""
    context = multiprocessing.get_context("spawn")
    running: list[SpawnProcess] = []
    while not stop.is_set():
        running = [process for process in running if process.is_alive()]
        while len(running) < count:
            process = context.Process(target=target, args=arguments)
            process.start()
            running.append(process)
        stop.wait(_SECONDS_BETWEEN)
    for process in running:
        process.terminate()
    for process in running:
        process.join()


@contextmanager
def only_worker(settings: Settings) -> Iterator[bool]:
    """Whether we are the one worker of an embedded database, which has one writer at a time.

    The lock is the operating system's: it ends with the process, however that ends.
    """
    path = Path(f"{database_url(settings).database}.worker")
    with path.open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True


def work_embedded(
    settings: Settings, desk: JobDesk, *, clock: Callable[[], datetime], stop: threading.Event
) -> None:
    """Do what there is to do on SQLite until `stop` is set; several of these take turns.

    Chunks and periodic work have a thread each: mail that is slow must not keep a batch waiting.
    """
    while not stop.is_set():
        with only_worker(settings) as ours:
            if ours:
                rounds = threading.Thread(target=_walk, args=(desk, clock, stop))
                rounds.start()
                work_on_chunks(settings, desk, clock=clock, stop=stop)
                rounds.join()
        stop.wait(_SECONDS_BETWEEN)


def _walk(desk: JobDesk, clock: Callable[[], datetime], stop: threading.Event) -> None:
    rounds = Rounds()
    while not stop.is_set():
        rounds.walk(desk, clock())
        stop.wait(_SECONDS_BETWEEN)


def work_on_chunks(
    settings: Settings, desk: JobDesk, *, clock: Callable[[], datetime], stop: threading.Event
) -> None:
    """Do chunk after chunk on SQLite until `stop` is set; to be called by the `only_worker`."""
    while not stop.is_set():
        try:
            found = work_once(settings, desk, clock=clock)
        except Exception as error:  # noqa: BLE001 - a full disk must not end the worker for good
            desk.log.error("worker_failed", error=type(error).__name__)
            found = False
        if not found:
            stop.wait(_SECONDS_BETWEEN)


def work_once(settings: Settings, desk: JobDesk, *, clock: Callable[[], datetime]) -> bool:
    """Do the next chunk there is on SQLite; False when there is none."""
    with desk.database.read() as session:
        chunk = next_chunk(session)
    if chunk is None:
        return False
    work_on_chunk(desk, *chunk, enqueue=make_enqueue(settings), clock=clock)
    return True

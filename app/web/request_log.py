"""One structured line per request, and the numbers of `/metrics`.

A line holds the route's pattern, never the address that was asked for: addresses, headers and
bodies may hold keys, tokens and e-mail addresses. For the same reason an unforeseen error is
logged by its type and its place in the code, without its message. JSON escapes control characters,
so that no input can forge a line.
"""

import os
import sys
import time
import traceback
import uuid
from collections.abc import Iterator
from typing import Any, TextIO

import structlog
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.web.problems import internal_error

_LEVELS = {"DEBUG": 10, "INFO": 20, "WARNING": 30, "ERROR": 40}


def make_log(level: str, stream: TextIO | None = None) -> structlog.typing.FilteringBoundLogger:
    """A logger that writes one JSON object per line to `stream` (standard error)."""
    log: structlog.typing.FilteringBoundLogger = structlog.wrap_logger(
        structlog.WriteLogger(stream or sys.stderr),
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(_LEVELS[level]),
    )
    return log


class Metrics:
    """The numbers of one application, in a registry of their own.

    Where PROMETHEUS_MULTIPROC_DIR names a folder, the processes of a service keep them there, and
    each of them can tell the numbers of all.
    """

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.requests = Counter(
            "signet_requests_total",
            "Requests answered.",
            ["method", "route", "status"],
            registry=self.registry,
        )
        self.seconds = Histogram(
            "signet_request_seconds",
            "Time from a request's head to the end of its answer.",
            ["method", "route"],
            registry=self.registry,
        )

    def exposition(self) -> bytes:
        """The numbers in the text format of Prometheus."""
        if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
            return generate_latest(self.registry)
        of_all = CollectorRegistry()
        MultiProcessCollector(of_all)  # type: ignore[no-untyped-call]
        return generate_latest(of_all)


class RequestLog:
    """Logs and counts every request, and answers 500 where nobody foresaw what happened."""

    def __init__(
        self, app: ASGIApp, log: structlog.typing.FilteringBoundLogger, metrics: Metrics
    ) -> None:
        self.app = app
        self.log = log
        self.metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, watching."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request_id = uuid.uuid4().hex
        method = _known_method(scope["method"])
        began = time.perf_counter()
        status: int | None = None

        async def watched(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [
                    *message["headers"],
                    (b"x-request-id", request_id.encode()),
                ]
            await send(message)

        try:
            await self.app(scope, receive, watched)
        except Exception as error:  # noqa: BLE001 - whatever it is, the caller gets a plain 500
            self.log.error("unforeseen_error", request_id=request_id, errors=list(described(error)))
            if status is None:
                await internal_error()(scope, receive, watched)
        seconds = time.perf_counter() - began
        route = _pattern_of(scope)
        self.metrics.requests.labels(method, route, status).inc()
        self.metrics.seconds.labels(method, route).observe(seconds)
        self.log.info(
            "request",
            request_id=request_id,
            method=method,
            route=route,
            status=status,
            milliseconds=round(seconds * 1000, 1),
        )


def described(error: BaseException) -> Iterator[dict[str, Any]]:
    """An error and its causes: type and places in the code, without a word of their messages."""
    cause: BaseException | None = error
    while cause is not None:
        frames = traceback.extract_tb(cause.__traceback__)
        yield {
            "type": f"{type(cause).__module__}.{type(cause).__qualname__}",
            "at": [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames[-12:]],
        }
        cause = cause.__cause__ or cause.__context__


def _pattern_of(scope: Scope) -> str:
    route = scope.get("route")
    return getattr(route, "path", "unmatched")


def _known_method(method: str) -> str:
    """A stranger may invent methods; the metrics shall not grow with them."""
    return method if method in {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"} else "other"

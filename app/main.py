"""The roof: puts the application together. Nothing happens on import.

uvicorn --factory app.main:create_app
"""

import threading
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from starlette.concurrency import run_in_threadpool
from starlette.middleware.gzip import GZipMiddleware

from app.fetch import make_fetch
from app.issuing.desk import open_issuing
from app.jobs.desk import JobDesk
from app.jobs.queue import make_enqueue
from app.jobs.worker import work_embedded
from app.settings import Settings
from app.storage.database import Database, make_engine
from app.storage.schema import is_sqlite
from app.web import api_docs, operations
from app.web.admission import Admission
from app.web.api import (
    achievements,
    api_keys,
    awards,
    batch_files,
    batches,
    credentials,
    evaluations,
    federation,
    images,
    issuers,
    mail,
    pathways,
    policies,
    recognition_decisions,
    registry,
    reviews,
    webhooks,
)
from app.web.dependencies import Desk, clock
from app.web.directory import Directory
from app.web.error_page import ProblemPages
from app.web.kept_credentials import KeptCredentials
from app.web.limits import AnswerHeaders, BodyLimit
from app.web.openapi import ANY_PROBLEM, install_openapi
from app.web.problems import install_error_handlers
from app.web.protocols import vc_api_issue, vc_api_verify
from app.web.public import achievements as achievement_pages
from app.web.public import batches as batch_pages
from app.web.public import (
    catalogue,
    contexts,
    did_documents,
    home,
    share,
    static,
    status_lists,
    verify,
)
from app.web.public import issuers as issuer_pages
from app.web.public import pathways as pathway_pages
from app.web.public import policies as policy_documents
from app.web.public import recognition as recognition_reports
from app.web.public import registry as registry_pages
from app.web.request_log import Metrics, RequestLog, make_log

DESCRIPTION = """\
Issue micro-credentials as Open Badges 3.0 / W3C Verifiable Credentials, and let anybody check them.

Errors are `application/problem+json` (RFC 9457) with a stable `code`. Send `Idempotency-Key` with \
what creates something, and repeat it as often as you like.
"""

ROUTERS = (
    # What is asked for most comes first: a router costs time even if none of its routes matches.
    share.router,
    share.address,
    credentials.router,
    status_lists.router,
    did_documents.router,
    vc_api_verify.router,
    operations.router,
    api_docs.router,
    issuers.router,
    achievements.router,
    reviews.router,
    policies.router,
    images.router,
    api_keys.router,
    awards.router,
    recognition_decisions.router,
    batches.router,
    batch_files.router,
    registry.router,
    federation.router,
    webhooks.router,
    mail.router,
    pathways.router,
    evaluations.router,
    vc_api_issue.router,
    home.router,
    verify.router,
    batch_pages.router,
    achievement_pages.router,
    issuer_pages.router,
    catalogue.router,
    registry_pages.router,
    pathway_pages.router,
    policy_documents.router,
    recognition_reports.router,
    contexts.router,
    static.router,
)
"""Every address that is answered, in the order in which they are looked up."""


def create_app(settings: Settings | None = None) -> FastAPI:
    """The application for these settings, or for those of the environment.

    Opens the key store and the contexts, and raises what is wrong with them; the database must be
    upgraded already (`app.storage.database.upgrade`) and is first used by the first request.
    """
    settings = settings or Settings()
    desk = _make_desk(settings)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        yield
        desk.database.close()

    app = FastAPI(
        title="Signet",
        version="0.1.0",
        description=DESCRIPTION,
        docs_url=None,  # FastAPI's page loads scripts from elsewhere; ours is in app.web.operations
        redoc_url=None,
        openapi_url=None,
        lifespan=lifespan,
        redirect_slashes=False,  # a redirect would be built from the Host header
        responses=ANY_PROBLEM,
    )
    app.state.desk = desk
    for router in ROUTERS:
        app.include_router(router)
    app.router.middleware_stack = Directory(app.router, ROUTERS)
    install_error_handlers(app)
    install_openapi(app)
    # The last one added is asked first.
    app.add_middleware(
        BodyLimit,
        max_bytes=settings.max_request_bytes,
        uploads=batches.UPLOADS,
        max_upload_bytes=settings.max_batch_bytes,
    )
    app.add_middleware(Admission)
    app.add_middleware(RequestLog, log=desk.log, metrics=desk.metrics)
    app.add_middleware(ProblemPages, settings=settings)
    # Nothing here holds a secret beside what a stranger sent, so compressing it reveals nothing.
    app.add_middleware(GZipMiddleware, minimum_size=1024, compresslevel=5)
    app.add_middleware(AnswerHeaders)
    return app


def create_service(settings: Settings | None = None) -> FastAPI:
    """The application, and on SQLite the worker beside it, as `signet serve` runs them.

    Of several processes one works; on PostgreSQL `signet worker` does.
    """
    app = create_app(settings)
    desk: Desk = app.state.desk
    if not is_sqlite(desk.settings):
        return app
    answering = app.router.lifespan_context

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        stop = threading.Event()
        work = threading.Thread(
            target=work_embedded,
            args=(desk.settings, JobDesk(desk.database, desk.issuing, desk.log)),
            kwargs={"clock": clock, "stop": stop},
        )
        async with answering(app):
            work.start()
            yield
            stop.set()
            await run_in_threadpool(work.join)

    app.router.lifespan_context = lifespan
    return app


def _make_desk(settings: Settings) -> Desk:
    issuing = open_issuing(settings)
    return Desk(
        settings=settings,
        database=Database(make_engine(settings)),
        issuing=issuing,
        fetch=make_fetch(timeout_seconds=settings.fetch_timeout_seconds),
        log=make_log(settings.log_level),
        metrics=Metrics(),
        enqueue=make_enqueue(settings),
        kept=KeptCredentials(time.monotonic),
    )

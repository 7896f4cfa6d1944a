"""What whoever runs the service needs: is it up, is it ready, its numbers, its documentation."""

from fastapi import APIRouter, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST

from app.encoding.strict_json import dump_json
from app.errors import KeyStoreError, Unavailable
from app.storage.schema import require_schema
from app.web.dependencies import CurrentDesk
from app.web.openapi import Responses, problems

router = APIRouter(tags=["operation"])

_TEXT: Responses = {200: {"content": {"text/plain": {"schema": {"type": "string"}}}}}


@router.get("/healthz", summary="Is the process alive?", response_class=Response)
def get_health() -> Response:
    """Answers without looking at anything else: a database that is away is no reason to restart."""
    return Response(dump_json({"status": "ok"}), media_type="application/json")


@router.get(
    "/readyz",
    summary="Can requests be served?",
    response_class=Response,
    responses=problems(503),
)
def get_readiness(desk: CurrentDesk) -> Response:
    """Ready when the database has our tables and every private key is readable by us alone."""
    with desk.database.read() as session:
        require_schema(session)
    try:
        desk.key_store.check()
    except KeyStoreError as error:
        desk.log.error("key_store", detail=error.detail)
        raise Unavailable("unavailable", "The key store cannot be used.") from error
    return Response(dump_json({"status": "ready"}), media_type="application/json")


@router.get("/metrics", summary="Numbers for Prometheus", response_class=Response, responses=_TEXT)
def get_metrics(desk: CurrentDesk) -> Response:
    """The counters and timings of all processes that `signet serve` started together."""
    numbers = desk.metrics.exposition()
    return Response(numbers, headers={"Content-Type": CONTENT_TYPE_LATEST})


@router.get("/openapi.json", include_in_schema=False)
def get_openapi_document(request: Request) -> Response:
    """The API, for programs."""
    return Response(dump_json(request.app.openapi()), media_type="application/json")

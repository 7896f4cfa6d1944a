"""The empty route: what the framework itself costs."""

from fastapi import FastAPI, Response


def create_app() -> FastAPI:
    """One route, which answers with as little as a route can."""
    app = FastAPI(openapi_url=None)

    @app.get("/")
    def nothing() -> Response:
        return Response(b"{}", media_type="application/json")

    return app

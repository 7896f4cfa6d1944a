"""Which routers are asked for an address, known before the first request.

Asking each of some forty routers in turn whether an address is one of its own took longer than many
an answer. An address has a shape: its fixed words where they stand, and something between them. The
routers that know a shape are gathered once, in their order; so it is the same one that answers, and
the others are not asked.
"""

from collections.abc import Sequence

from fastapi.routing import APIRoute, APIRouter
from starlette.routing import BaseRoute
from starlette.types import ASGIApp, Receive, Scope, Send

_Shape = tuple[str, ...]

_SOMETHING = "*"


class Directory:
    """Hands a request to those routers of the application that may know its address.

    What has no known shape goes to all of them: mostly it is an address that nobody knows, else one
    in which somebody's name for a thing is a fixed word elsewhere.
    """

    def __init__(self, router: APIRouter, included: Sequence[APIRouter]) -> None:
        """`included` are the routers whose routes `router` has, in the order of their inclusion."""
        shapes = [
            (route, {_shape_of(each) for each in of.routes})
            for route, of in zip(router.routes, included, strict=True)
        ]
        known = {shape for _, own in shapes for shape in own}
        self._words = frozenset(word for shape in known for word in shape)
        self._all: ASGIApp = router.app
        self._knowing: dict[_Shape, ASGIApp] = {}
        for shape in known:
            asked = [route for route, own in shapes if any(_fits(shape, each) for each in own)]
            self._knowing[shape] = APIRouter(routes=asked, redirect_slashes=False).app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        app = self._all
        if scope["type"] == "http":
            words = scope["path"].split("/")
            shape = tuple([word if word in self._words else _SOMETHING for word in words])
            app = self._knowing.get(shape, app)
        await app(scope, receive, send)


def _shape_of(route: BaseRoute) -> _Shape:
    """The shape of a route's path; raises ValueError for a route whose path has none."""
    if not isinstance(route, APIRoute) or ":path}" in route.path:
        raise ValueError(f"{route} may answer addresses of any shape")
    return tuple(_SOMETHING if "{" in word else word for word in route.path.split("/"))


def _fits(shape: _Shape, of_route: _Shape) -> bool:
    """Whether a route of one shape may match an address of the other."""
    return len(shape) == len(of_route) and all(
        own in (word, _SOMETHING) for word, own in zip(shape, of_route, strict=True)
    )

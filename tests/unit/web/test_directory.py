"""The directory asks fewer routers, and the same one answers."""

from collections.abc import Callable
from itertools import product

import pytest
from fastapi import APIRouter, FastAPI, Response
from fastapi.testclient import TestClient

from app.web.directory import Directory

PATHS = (
    # Of one router each, in this order; some know the same addresses.
    ("/a/{thing}",),
    ("/a/b", "/a/{thing}/b"),
    ("/{anything}/b", "/{anything}"),
    ("/a/{thing}.json", "/a/b/x"),
    ("/",),
)
WORDS = ("a", "b", "x", "x.json")


def routers() -> list[APIRouter]:
    made = []
    for number, paths in enumerate(PATHS):
        router = APIRouter()
        for path in paths:
            router.add_api_route(path, saying(f"{number} {path}"), methods=["GET"])
        made.append(router)
    made[0].add_api_route("/a/{thing}", saying("post"), methods=["POST"])
    return made


def saying(words: str) -> Callable[[], Response]:
    def route() -> Response:
        return Response(words)

    return route


def an_app(included: list[APIRouter]) -> FastAPI:
    app = FastAPI(openapi_url=None, redirect_slashes=False)
    for router in included:
        app.include_router(router)
    return app


def test_with_and_without_a_directory_the_same_route_answers() -> None:
    included = routers()
    asking_all, asking_few = an_app(included), an_app(included)
    asking_few.router.middleware_stack = Directory(asking_few.router, included)
    plain, directed = TestClient(asking_all), TestClient(asking_few)
    answers = set()
    addresses = ["/", "//", "/a/", "/a//b"]
    for length in (1, 2, 3):
        addresses += ["/" + "/".join(words) for words in product(WORDS, repeat=length)]
    for address in addresses:
        for method in ("GET", "POST"):
            expected = plain.request(method, f"http://test{address}")
            answer = directed.request(method, f"http://test{address}")
            assert (answer.status_code, answer.text, answer.headers) == (
                expected.status_code,
                expected.text,
                expected.headers,
            ), address
            answers.add((answer.status_code, answer.text))
    # Every route that can be reached was: a path behind one that knows its addresses cannot.
    assert {status for status, _ in answers} == {200, 404, 405}
    assert {text for status, text in answers if status == 200} == {
        "0 /a/{thing}",
        "1 /a/{thing}/b",
        "2 /{anything}/b",
        "2 /{anything}",
        "3 /a/b/x",
        "4 /",
        "post",
    }


def test_a_route_that_may_answer_anything_is_no_part_of_a_directory() -> None:
    router = APIRouter()
    router.add_api_route("/files/{name:path}", saying("files"))
    app = an_app([router])
    with pytest.raises(ValueError, match="any shape"):
        Directory(app.router, [router])

"""The floor plan: which room may import which, and through which door a library comes in.

The two tables below are the architecture; `docs/architecture.md` explains them. The first test
reads the imports of every module and holds them against the tables. The others plant one fault
each in a small made-up house, so that we know the first would see it.
"""

import ast
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

APP = Path(__file__).resolve().parent.parent / "app"

# From the roof down. A room may use the floors below its own, never a neighbour, never upwards.
FLOORS: tuple[tuple[str, ...], ...] = (
    ("main", "cli"),
    ("web", "jobs"),
    ("recognition",),
    ("exchanges", "pathways"),
    ("issuing", "verification"),
    ("status", "registry", "policy"),
    ("proofs", "storage"),
    ("keys", "credentials", "jsonld", "fetch"),
    ("encoding", "settings", "vocabularies"),
    ("errors",),
)

# Library: the rooms it may be imported in. A library that is not here may be imported nowhere.
DOORS: dict[str, set[str]] = {
    "alembic": {"storage"},
    "cryptography": {"keys", "registry"},
    "defusedxml": {"credentials", "registry"},
    "fastapi": {"web", "main"},
    "httpcore2": {"fetch"},
    "jinja2": {"web"},
    "markdown_it": {"web"},
    "markupsafe": {"web"},
    "nacl": {"keys"},
    "nh3": {"web"},
    "orjson": {"encoding"},
    "ortools": {"pathways"},
    "procrastinate": {"jobs"},
    "prometheus_client": {"web"},
    "pydantic": {"settings", "web"},
    "pydantic_settings": {"settings"},
    "pyld": {"jsonld"},
    "qrcode": {"web"},
    "rfc8785": {"encoding"},
    "rich": {"cli"},
    "sqlalchemy": {
        "storage",
        "registry",
        "policy",
        "issuing",
        "exchanges",
        "pathways",
        "recognition",
        "jobs",
        "web",
    },
    "starlette": {"web", "main"},
    "structlog": {"web", "jobs", "main", "cli"},
    "typer": {"cli"},
    "uvicorn": {"cli"},
    "weasyprint": {"web"},
}

# Half a second and 60 MB that most processes never need: the only imports inside functions.
LOADED_WHEN_ASKED = {"ortools"}

FLOOR_OF = {room: depth for depth, rooms in enumerate(FLOORS) for room in rooms}


@dataclass(frozen=True)
class Import:
    """One imported name, as `app.keys.signer.Signer` or `fastapi.Depends`."""

    name: str
    line: int
    in_function: bool
    relative: bool


def imports_of(tree: ast.AST, *, in_function: bool = False) -> Iterator[Import]:
    """Every import in a module, with the dynamic ones that can be seen by their names."""
    for node in ast.iter_child_nodes(tree):
        inside = in_function or isinstance(
            node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
        )
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield Import(alias.name, node.lineno, inside, relative=False)
        elif isinstance(node, ast.ImportFrom):
            for alias in node.names:
                name = f"{node.module or ''}.{alias.name}"
                yield Import(name, node.lineno, inside, relative=node.level > 0)
        yield from imports_of(node, in_function=inside)


def faults_in(app: Path) -> list[str]:
    """What is wrong with a house, one sentence each."""
    modules = {module_name(path, app): path for path in sorted(app.rglob("*.py"))}
    faults: list[str] = []
    edges: dict[str, set[str]] = {}
    for module, path in modules.items():
        room = room_of(module)
        tree = ast.parse(path.read_text(encoding="utf-8"))
        found = list(imports_of(tree))
        if room not in FLOOR_OF and (room or found):
            faults.append(f"{module}: the room {room!r} is not on the floor plan")
            continue
        faults += [f"{module}:{line}: {fault}" for line, fault in dynamic_imports_in(tree)]
        faults += [
            f"{module}:{item.line}: {fault}"
            for item in found
            if (fault := fault_of(room, item)) is not None
        ]
        edges[module] = {
            target
            for item in found
            if (target := module_meant(item.name, modules)) and room_of(target) == room
        }
    return faults + [f"circle: {' → '.join(circle)}" for circle in circles_in(edges)]


def module_name(path: Path, app: Path) -> str:
    parts = path.relative_to(app.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def room_of(module: str) -> str:
    """The second part of a dotted name; empty for the package `app` itself."""
    return module.partition(".")[2].partition(".")[0]


def fault_of(room: str, item: Import) -> str | None:
    if item.relative:
        return "a relative import"
    library = item.name.partition(".")[0]
    if item.in_function and library not in LOADED_WHEN_ASKED:
        return f"{item.name} is imported inside a function"
    if library == "app":
        return fault_between(room, room_of(item.name), item.name)
    if library in sys.stdlib_module_names:
        return None
    if library not in DOORS:
        return f"{library} has no door"
    if room not in DOORS[library]:
        return f"{library} comes in through {', '.join(sorted(DOORS[library]))}, not {room}"
    return None


def fault_between(room: str, other: str, name: str) -> str | None:
    if other == room:
        return None
    if other not in FLOOR_OF:
        return f"{name} is in no room of the floor plan"
    if FLOOR_OF[other] == FLOOR_OF[room]:
        return f"{room} imports its neighbour {other}"
    if FLOOR_OF[other] < FLOOR_OF[room]:
        return f"{room} imports {other} from above"
    if any(part.startswith("_") for part in name.split(".")):
        return f"{name} is private to {other}"
    return None


def dynamic_imports_in(tree: ast.AST) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        named = node.id if isinstance(node, ast.Name) else getattr(node, "attr", None)
        if named in {"__import__", "import_module"}:
            yield getattr(node, "lineno", 0), "an import that cannot be read off the page"


def module_meant(name: str, modules: dict[str, Path]) -> str | None:
    """The longest beginning of a dotted name that is a module of the house."""
    while name:
        if name in modules:
            return name
        name = name.rpartition(".")[0]
    return None


def circles_in(edges: dict[str, set[str]]) -> list[list[str]]:
    """One circle for every module that closes one, found by walking depth first."""
    circles: list[list[str]] = []
    done: set[str] = set()

    def walk(module: str, trail: list[str]) -> None:
        if module in trail:
            circles.append([*trail[trail.index(module) :], module])
            return
        if module in done:
            return
        for target in sorted(edges.get(module, ())):
            walk(target, [*trail, module])
        done.add(module)

    for module in sorted(edges):
        walk(module, [])
    return circles


def test_the_house_stands_as_planned() -> None:
    assert faults_in(APP) == []


def test_the_house_is_not_empty() -> None:
    assert {room_of(module_name(path, APP)) for path in APP.rglob("*.py")} >= {"errors", "fetch"}


def test_the_drawing_in_the_documentation_is_this_plan() -> None:
    page = (APP.parent / "docs" / "architecture.md").read_text(encoding="utf-8")
    drawing = page.split("```")[1].strip().splitlines()

    assert [tuple(line.split(maxsplit=1)[1].split(" · ")) for line in drawing] == list(FLOORS)


# --- one planted fault each ---------------------------------------------------------------------

SOUND = {
    "__init__.py": "",
    "errors/__init__.py": "class SignetError(Exception): ...",
    "encoding/jcs.py": "import json\nfrom app.errors import SignetError",
    "keys/signer.py": "from cryptography.hazmat.primitives import hashes\nimport app.encoding.jcs",
    "keys/store.py": "from app.keys import signer",
    "web/__init__.py": "",
    "web/pages.py": "from fastapi import FastAPI\nfrom app.keys.signer import Signer",
}

FAULTS = {
    "upwards": ("keys/signer.py", "from app.web import pages", "from above"),
    "sideways": ("keys/signer.py", "import app.fetch.https", "its neighbour fetch"),
    "a room that is not planned": ("cellar/wine.py", "", "'cellar' is not on the floor plan"),
    "importing from no room": ("keys/signer.py", "from app.cellar import wine", "in no room"),
    "imports in the package itself": ("__init__.py", "import json", "'' is not on the floor plan"),
    "the wrong door": ("keys/signer.py", "import fastapi", "comes in through main, web, not keys"),
    "no door": ("web/pages.py", "import requests", "requests has no door"),
    "a relative import": ("keys/signer.py", "from . import store", "a relative import"),
    "a relative import of the parent": ("keys/a.py", "from ..errors import X", "a relative import"),
    "inside a function": ("keys/a.py", "def f():\n    import json", "inside a function"),
    "inside a method": (
        "keys/a.py",
        "class A:\n    async def f(self):\n        if self:\n            from app.errors import X",
        "inside a function",
    ),
    "only for types": (
        "keys/a.py",
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from app.web import pages",
        "from above",
    ),
    "by name": (
        "keys/a.py",
        "import importlib\nimportlib.import_module('app.web.pages')",
        "cannot be read off the page",
    ),
    "by the builtin": ("keys/a.py", "__import__('app.web')", "cannot be read off the page"),
    "another room's private name": (
        "web/a.py",
        "from app.keys.signer import _x",
        "private to keys",
    ),
    "a circle of two": (
        "keys/signer.py",
        "from app.keys.store import Store",
        "circle: app.keys.signer → app.keys.store → app.keys.signer",
    ),
    "a circle through the package": (
        "keys/__init__.py",
        "from app.keys import store\nfrom app.keys.store import x\nimport app.keys",
        "circle: app.keys → app.keys",
    ),
}


def build(folder: Path, files: dict[str, str]) -> Path:
    app = folder / "app"
    for name, text in files.items():
        path = app / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return app


def test_a_sound_house_has_no_faults(tmp_path: Path) -> None:
    assert faults_in(build(tmp_path, SOUND)) == []


@pytest.mark.parametrize(("path", "text", "complaint"), FAULTS.values(), ids=FAULTS)
def test_a_planted_fault_is_found(tmp_path: Path, path: str, text: str, complaint: str) -> None:
    [fault, *others] = faults_in(build(tmp_path, SOUND | {path: text}))

    assert complaint in fault
    assert others == []


def test_a_long_circle_is_found_once(tmp_path: Path) -> None:
    ring = {f"keys/k{n}.py": f"import app.keys.k{(n + 1) % 4}" for n in range(4)}

    [fault] = faults_in(build(tmp_path, SOUND | ring))

    assert fault == "circle: app.keys.k0 → app.keys.k1 → app.keys.k2 → app.keys.k3 → app.keys.k0"

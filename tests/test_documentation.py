"""The documentation is held against the code: settings, problem codes, dependencies, the
command line, links.
"""

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

from app import errors
from app.cli import app as cli
from app.errors.problems import REASONS
from app.settings import PROJECT, Settings

APP = PROJECT / "app"
SKIPPED_FOLDERS = {"node_modules", "build", "dist"}

PAGES = sorted(
    path
    for path in PROJECT.rglob("*.md")
    if not any(
        part in SKIPPED_FOLDERS or (part.startswith(".") and part != ".github")
        for part in path.relative_to(PROJECT).parts
    )
)

# [text](target "title"), but not inside code.
LINK = re.compile(r"\]\((?P<target>[^)\s]+)(?:\s+\"[^\"]*\")?\)")
CODE_BLOCK = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
CODE = re.compile(r"^```.*?^```|`[^`\n]+`", re.MULTILINE | re.DOTALL)


def rows_of(page: str, columns: int) -> list[list[str]]:
    """The cells of every table row that begins with a word in code type, without the code type."""
    lines = (PROJECT / "docs" / page).read_text(encoding="utf-8").splitlines()
    rows = [
        [cell.strip().strip("`") for cell in line.strip("|").split(" | ")]
        for line in lines
        if line.startswith("| `")
    ]
    assert [row for row in rows if len(row) != columns or not all(row)] == []
    return rows


# --- running it ---------------------------------------------------------------------------------


def test_what_runs_on_postgresql_by_compose_has_a_worker_and_settings_that_there_are() -> None:
    compose = (PROJECT / "compose.yaml").read_text(encoding="utf-8")
    named = {
        name.removeprefix("SIGNET_").lower() for name in re.findall(r"SIGNET_[A-Z_]+", compose)
    }

    assert set(re.findall(r'command: \["signet", "([a-z]+)"', compose)) == {"migrate", "worker"}
    assert named <= set(Settings.model_fields)


# --- settings -----------------------------------------------------------------------------------


def shown(default: object) -> str:
    """A default as the table shows it: paths relative to the project, a dash for none."""
    if default is None:
        return "–"
    if isinstance(default, Path):
        return str(default.relative_to(PROJECT))
    return str(default)


def test_settings_table_lists_every_setting_with_its_default() -> None:
    documented = {name: default for name, default, _ in rows_of("settings.md", 3)}
    actual = {
        f"SIGNET_{name.upper()}": shown(field.default)
        for name, field in Settings.model_fields.items()
    }

    assert documented == actual


# --- problem codes ------------------------------------------------------------------------------


def test_problem_table_equals_the_reasons() -> None:
    documented = {code: (type_, title) for code, type_, title, _ in rows_of("problems.md", 4)}

    assert documented == REASONS


ERROR_NAMES = {
    name
    for name, value in vars(errors).items()
    if isinstance(value, type) and issubclass(value, errors.SignetError)
} | {"Finding"}


def codes_raised() -> Iterator[tuple[str, str]]:
    """Every error code that is written out where an error is made, with the place."""
    for path in APP.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call) or not node.args:
                continue
            name = node.func.id if isinstance(node.func, ast.Name) else None
            code = node.args[0]
            if (
                name in ERROR_NAMES
                and isinstance(code, ast.Constant)
                and isinstance(code.value, str)
            ):
                yield code.value, f"{path.relative_to(APP)}:{node.lineno}"


def words_written() -> set[str]:
    """Every string in the code, except in the table of reasons itself."""
    return {
        node.value
        for path in APP.rglob("*.py")
        if path != APP / "errors" / "problems.py"
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }


def test_every_code_that_is_raised_has_a_reason() -> None:
    assert [(code, place) for code, place in codes_raised() if code not in REASONS] == []


def test_every_reason_is_used() -> None:
    assert sorted(set(REASONS) - words_written()) == []


# --- dependencies -------------------------------------------------------------------------------


def test_every_dependency_is_explained() -> None:
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))
    required = [
        *project["project"]["dependencies"],
        *(item for group in project["dependency-groups"].values() for item in group),
    ]
    names = {re.split(r"[\[<>=!~; ]", item)[0] for item in required}

    assert {row[0] for row in rows_of("dependencies.md", 5)} == names


# --- the command line ---------------------------------------------------------------------------


def commands_of(group: Any, *names: str) -> Iterator[tuple[str, Any]]:
    """Every command that can be run, with the words that call it."""
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from commands_of(command, *names, name)
        else:
            yield " ".join((*names, name)), command


@pytest.mark.parametrize(
    ("words", "command"),
    [pytest.param(*found, id=found[0]) for found in commands_of(get_command(cli), "signet")],
)
def test_every_command_and_option_is_documented(words: str, command: Any) -> None:
    text = (PROJECT / "docs" / "cli.md").read_text(encoding="utf-8")
    # What is said about a command goes from its name to the next command's.
    said = "".join(re.findall(rf"`{words}[ `].*?(?=`signet |\n## |\Z)", text, re.DOTALL))
    assert said, f"docs/cli.md does not speak of `{words}`"
    options = {option for parameter in command.params for option in parameter.opts}
    named = {option for option in options if option.startswith("-") and option != "--help"}

    assert {option for option in named if option not in said} == set()


# --- links --------------------------------------------------------------------------------------


def anchors_of(page: Path) -> set[str]:
    """The fragments of a page's headings, as the usual renderers make them."""
    headings = re.findall(r"^#+ (.+)$", CODE_BLOCK.sub("", page.read_text(encoding="utf-8")), re.M)
    return {
        re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in headings
    }


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(PROJECT)))
def test_relative_links_lead_somewhere(page: Path) -> None:
    text = CODE.sub("", page.read_text(encoding="utf-8"))
    broken = []
    for match in LINK.finditer(text):
        target, _, fragment = match["target"].partition("#")
        if re.match(r"[a-z]+:", target):
            continue
        destination = (page.parent / target).resolve() if target else page
        if not destination.exists() or (fragment and fragment not in anchors_of(destination)):
            broken.append(match["target"])

    assert broken == []

"""The worked examples of docs/examples, run: institutions that each have a service of their own.

Every folder there holds what somebody sends (`….achievement.json`, `….request.json`,
`pathway.json`) and what came of it. `run` sends it over HTTP. The services read each other's keys
and status lists through their own front doors; there is no other network.

In what is sent, `$name` stands for the address that a service gave to what was sent before.
"""

import atexit
import dataclasses
import json
import re
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from fastapi.testclient import TestClient

from app.encoding.jcs import canonicalize_json
from app.encoding.strict_json import JsonObject
from app.errors import CheckUndecided
from app.fetch import Fetched
from app.jsonld.contexts import digest_sri
from app.main import create_app
from app.registry.api_keys import create_api_key
from app.settings import PROJECT, Settings
from app.storage.database import upgrade
from app.web.dependencies import current_time

FOLDER = PROJECT / "docs" / "examples"
NOW = datetime(2026, 7, 6, 9, 0, tzinfo=UTC)
"""When it all happens."""

CONTEXT_PATH = "/contexts/microcredential-v1.json"


@dataclass(frozen=True)
class Pathway:
    """A rule, who publishes it, the achievement that it leads to, and whose badges are put to it.

    `name` is what its file and placeholders begin with; `award` says that it is issued as well.
    """

    owner: str
    badges: tuple[str, ...]
    award: str | None = None
    name: str = "pathway"
    issued: JsonObject | None = None


@dataclass(frozen=True)
class Example:
    """What happens in one folder.

    `badges` are pairs of file and institution. The first is looked at closely: `policy` is put to
    it, and `reporter` makes the recognition report on those of `reported`.
    """

    badges: Mapping[str, str]
    pathways: tuple[Pathway, ...]
    policy: str
    reporter: str
    reported: tuple[str, ...]
    target: str | None
    own_policy: bool = False
    register: str | None = None


EXAMPLES: Mapping[str, Example] = {
    "postgraduate-certificate": Example(
        badges={
            "data-ethics": "inverbrae",
            "data-law": "inverbrae",
            "datenethik": "seehochschule",
        },
        pathways=(Pathway("inverbrae", ("data-ethics", "data-law", "datenethik"), "award"),),
        policy="st-andrews-like",
        reporter="inverbrae",
        reported=("datenethik", "data-ethics"),
        target="SCQF",
        own_policy=True,
    ),
    "micromasters": Example(
        badges={
            "micromasters-scm": "harbour",
            "envr-101": "elmfield",
            "envr-210": "elmfield",
        },
        pathways=(Pathway("elmfield", ("micromasters-scm", "envr-101", "envr-210")),),
        policy="cmf",
        reporter="elmfield",
        reported=("micromasters-scm",),
        target=None,
    ),
    "microcertificates": Example(
        badges=dict.fromkeys(("reporting", "finance", "policy", "circular"), "elmfield"),
        pathways=(
            Pathway(
                "elmfield",
                ("reporting", "finance"),
                "microcertificate",
                "microcertificate-pathway",
                issued={"recipient": {"email": "sam.okoye@mail.example", "name": "Sam Okoye"}},
            ),
            Pathway("elmfield", ("reporting", "finance", "policy", "circular"), "certificate"),
        ),
        policy="eu-annex-1",
        reporter="seehochschule",
        reported=("reporting",),
        target="EQF",
    ),
    "undergraduate-certificate": Example(
        badges={
            "records": "wattle-ridge",
            "privacy": "wattle-ridge",
            "quality": "wattle-ridge",
            "analytics": "port-linden",
        },
        pathways=(
            Pathway("wattle-ridge", ("records", "privacy", "quality", "analytics"), "award"),
        ),
        policy="au-nmf",
        reporter="wattle-ridge",
        reported=("records", "analytics"),
        target="AQF",
        register="https://lists.example/registered-providers.json",
    ),
    "prior-learning": Example(
        badges=dict.fromkeys(("experiential", "certificated", "taught"), "inverbrae"),
        pathways=(Pathway("inverbrae", ("taught", "certificated", "experiential"), "award"),),
        policy="eu-annex-1",
        reporter="seehochschule",
        reported=("experiential", "certificated"),
        target="EQF",
    ),
}


@dataclass(frozen=True)
class Given:
    """What people stated about one badge: the bodies that were sent."""

    institution: JsonObject
    achievement: JsonObject
    request: JsonObject
    policies: tuple[str, ...]


@dataclass
class Run:
    """What came of an example: its output files by name, and everything about each badge.

    `reports` holds of each badge its part of a recognition report, `contexts` our context as each
    service serves it.
    """

    outputs: dict[str, JsonObject] = field(default_factory=dict)
    given: dict[str, Given] = field(default_factory=dict)
    badges: dict[str, JsonObject] = field(default_factory=dict)
    reports: dict[str, JsonObject] = field(default_factory=dict)
    contexts: dict[str, JsonObject] = field(default_factory=dict)


class Institution:
    """A service with one issuer, an author and a colleague who approves."""

    def __init__(self, slug: str, folder: Path, others: Mapping[str, "Institution"]) -> None:
        self.slug = slug
        self.host = f"badges.{slug}.example"
        settings = Settings(
            database_url=f"sqlite:///{folder / 'signet.db'}",
            keys=f"file:{folder / 'keys'}",
            public_url=f"https://{self.host}",
            log_level="ERROR",
        )
        shutil.copyfile(_migrated(), folder / "signet.db")
        self._app = create_app(settings)
        self._app.dependency_overrides[current_time] = lambda: NOW
        self._others = others
        self._app.state.desk = dataclasses.replace(self._app.state.desk, fetch=self._fetch)
        self.client = TestClient(self._app, base_url=settings.public_url)
        with self._app.state.desk.database.write() as session:
            made = [
                create_api_key(
                    session, issuer_id=None, scopes=(), label=None, now=NOW, actor="cli:examples"
                )
                for _ in range(2)
            ]
        self.author, self.colleague = ({"Authorization": f"Bearer {key}"} for _, key in made)
        self.post("/api/v1/issuers", read(f"institutions/{slug}"))

    def post(self, path: str, body: Any, *, by_colleague: bool = False) -> Any:
        """The answer to something that is sent; it has to be taken."""
        answer = self.client.post(
            path, json=body, headers=self.colleague if by_colleague else self.author
        )
        assert answer.status_code in (200, 201), answer.text
        return answer.json()

    def close(self) -> None:
        """Let go of the database."""
        self._app.state.desk.database.close()

    def _fetch(self, url: str) -> Fetched:
        parts = urlsplit(url)
        for other in self._others.values():
            if other.host == parts.netloc:
                answer = other.client.get(parts.path)
                kind = answer.headers["Content-Type"].partition(";")[0]
                return Fetched(url, answer.content, kind)
        raise CheckUndecided("not_found", f"{url} is not there")


@cache
def _migrated() -> Path:
    """An empty database to copy, for copying is faster than migrating."""
    path = Path(tempfile.mkdtemp(prefix="signet-examples-")) / "empty.db"
    atexit.register(shutil.rmtree, path.parent)
    upgrade(Settings(database_url=f"sqlite:///{path}"))
    return path


def read(name: str) -> Any:
    """What somebody sends, as it stands in its file."""
    return json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))


def filled(document: Any, names: Mapping[str, str]) -> Any:
    """A document with addresses for its placeholders."""
    text = json.dumps(document)
    return json.loads(re.sub(r"\$([a-z][a-z0-9-]*)", lambda found: names[found[1]], text))


@contextmanager
def _institutions(slugs: set[str]) -> Iterator[Mapping[str, Institution]]:
    with tempfile.TemporaryDirectory() as scratch, ExitStack() as stack:
        found: dict[str, Institution] = {}
        for slug in sorted(slugs):
            folder = Path(scratch) / slug
            folder.mkdir()
            found[slug] = Institution(slug, folder, found)
            stack.callback(found[slug].close)
        yield found


@cache
def run(name: str) -> Run:
    """One example from beginning to end."""
    example = EXAMPLES[name]
    owners = {each.owner for each in example.pathways}
    with _institutions({*example.badges.values(), *owners, example.reporter}) as institutions:
        return _Story(name, example, institutions).told()


class _Story:
    def __init__(
        self, name: str, example: Example, institutions: Mapping[str, Institution]
    ) -> None:
        self.name, self.example, self.institutions = name, example, institutions
        self.names: dict[str, str] = {}
        self.run = Run()

    def told(self) -> Run:
        """Everything in its order: awards and pathways first, for badges name them."""
        example = self.example
        for pathway in example.pathways:
            self._publish(pathway)
        for badge, slug in example.badges.items():
            self._issue(badge, self.institutions[slug])
        if example.register is not None:
            self._register(example.register)
        self._check_policy()
        for pathway in example.pathways:
            self._evaluate(pathway)
        self._report()
        return self.run

    def _input(self, file: str) -> Any:
        return filled(read(f"{self.name}/{file}"), self.names)

    def _publish(self, pathway: Pathway) -> None:
        owner = self.institutions[pathway.owner]
        path = f"/api/v1/issuers/{owner.slug}"
        if pathway.award is not None:
            made = owner.post(f"{path}/achievements", self._input(f"{pathway.award}.achievement"))
            self.names[pathway.award] = made["id"]
        published = owner.client.post(
            f"{path}/pathways", json=self._input(pathway.name), headers=owner.author
        )
        assert published.status_code == 201, published.text
        self.names[pathway.name] = published.json()["id"]
        self.names[f"{pathway.name}-digest"] = digest_sri(published.content)

    def _issue(self, badge: str, institution: Institution) -> None:
        path = f"/api/v1/issuers/{institution.slug}"
        policies: tuple[str, ...] = ()
        if self.example.own_policy and institution.slug == self.example.pathways[0].owner:
            chosen = institution.client.put(
                f"{path}/policy", json={"preset": self.example.policy}, headers=institution.author
            )
            policies = (chosen.json()["url"],)
        definition = self._input(f"{badge}.achievement")
        made = institution.post(f"{path}/achievements", definition)
        self.names[badge] = made["id"]
        if made.get("state") == "draft":
            step = f"{path}/achievements/{made['id'].rpartition('/')[2]}"
            minute = {"minute": "Learning and Teaching Committee 2025-05-07, item 6"}
            institution.post(f"{step}/submit", {})
            institution.post(f"{step}/approve", minute, by_colleague=True)
            institution.post(f"{step}/publish", {})
        request = self._input(f"{badge}.request")
        issued = institution.post(f"{path}/credentials", request)
        profile = read(f"institutions/{institution.slug}")
        self.run.given[badge] = Given(profile, definition, request, policies)
        self.run.badges[badge] = issued["credential"]
        self.run.outputs.setdefault("credential", issued["credential"])
        served = institution.client.get(CONTEXT_PATH).json()
        self.run.contexts[f"https://{institution.host}{CONTEXT_PATH}"] = served

    def _register(self, source: str) -> None:
        """The pathway's owner takes over a list of issuers."""
        entries = read(f"{self.name}/register")
        self.institutions[self.example.pathways[0].owner].post(
            "/api/v1/registry/imports",
            {
                "source": source,
                "digestSRI": digest_sri(canonicalize_json(entries)),
                "entries": entries,
            },
        )

    def _check_policy(self) -> None:
        issuer = next(iter(self.example.badges.values()))
        self.run.outputs["policy-check"] = self.institutions[issuer].post(
            f"/api/v1/policies/{self.example.policy}/check",
            {"credential": self.run.outputs["credential"]},
        )

    def _evaluate(self, pathway: Pathway) -> None:
        owner = self.institutions[pathway.owner]
        body = {"credentials": [self.run.badges[badge] for badge in pathway.badges]}
        id_ = self.names[pathway.name].rpartition("/")[2]
        found = owner.post(f"/api/v1/pathways/{id_}/evaluations", body)
        self.run.outputs[f"{pathway.name}-evaluation".removeprefix("pathway-")] = found
        if pathway.issued is not None:
            awards = f"/api/v1/issuers/{owner.slug}/pathways/{id_}/awards"
            awarded = owner.post(awards, {**body, **pathway.issued})
            self.run.outputs["award"] = awarded["credential"]

    def _report(self) -> None:
        """The report that is shown, and one on every badge for whoever wants to compare."""
        reporter = self.institutions[self.example.reporter]
        options = {"policy": self.example.policy}
        if self.example.target is not None:
            options["target_framework"] = self.example.target

        def report(badges: tuple[str, ...]) -> Any:
            given = [self.run.badges[badge] for badge in badges]
            return reporter.post("/recognition/reports", {"credentials": given, **options})

        self.run.outputs["report"] = report(self.example.reported)
        for badge in self.example.badges:
            [self.run.reports[badge]] = report((badge,))["credentials"]

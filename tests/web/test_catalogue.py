"""The catalogue: what is in it, what finds what, its pages of results, its feed."""

import json
import re
from datetime import timedelta
from typing import Any
from xml.etree.ElementTree import Element

import pytest
from defusedxml.ElementTree import fromstring
from fastapi import FastAPI
from fastapi.testclient import TestClient

from app.credentials.elm_catalogue import CATALOGUE_CONTEXT
from app.registry.reviews import fill_catalogue
from app.storage.database import Database
from app.storage.tables import CatalogueEntry, CatalogueValue
from app.web.dependencies import current_time
from tests.conftest import NOW
from tests.microcredentials import ESCO_SKILL, a_definition, a_microcredential
from tests.pathways import a_rule
from tests.publishing import SLUG, Publisher, open_publisher

BROWSER = {"Accept": "text/html"}
ATOM = "{http://www.w3.org/2005/Atom}"


class Shelf:
    """A service with two issuers, where each publication is a minute after the one before."""

    def __init__(self, app: FastAPI, client: TestClient, headers: dict[str, str]) -> None:
        self._app, self._minutes = app, 0
        self.client, self.headers = client, headers
        for slug, name in (("alba", "University of Alba"), ("cymru", "Prifysgol Cymru")):
            body = {"id": slug, "name": name}
            assert client.post("/api/v1/issuers", json=body, headers=headers).status_code == 201

    def publish(
        self, issuer: str = "alba", former: str | None = None, **members: Any
    ) -> dict[str, Any]:
        """A published achievement, or a further version of one."""
        self._minutes += 1
        moment = NOW + timedelta(minutes=self._minutes)
        self._app.dependency_overrides[current_time] = lambda: moment
        micro = members.pop("microcredential", {"outcomes": [{"title": "Do it."}]})
        path = f"/api/v1/issuers/{issuer}/achievements"
        if former is not None:
            path += f"/{former.rpartition('/')[2]}/versions"
        body = a_definition(micro, **members)
        answer = self.client.post(path, json=body, headers=self.headers)
        assert answer.status_code == 201, answer.text
        made: dict[str, Any] = answer.json()
        return made

    def lead(
        self, name: str, issuer: str = "alba", former: str | None = None, **members: Any
    ) -> str:
        """The address of a pathway to an award of that name, or of a further version of one."""
        self._minutes += 1
        moment = NOW + timedelta(minutes=self._minutes)
        self._app.dependency_overrides[current_time] = lambda: moment
        level = {"framework": "SCQF", "value": 11}
        rule = a_rule({"id": "total", "sum": "credit", "min": 60}, **members)
        rule["award"] = {"name": name, "credits": 60, "level": level}
        path = f"/api/v1/issuers/{issuer}/pathways"
        if former is not None:
            path += f"/{former.rpartition('/')[2]}/versions"
        answer = self.client.post(path, json=rule, headers=self.headers)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    def step(self, achievement: str, step: str, issuer: str = "alba", **body: Any) -> None:
        """One step of its life."""
        id_ = achievement.rpartition("/")[2]
        path = f"/api/v1/issuers/{issuer}/achievements/{id_}/{step}"
        answer = self.client.post(path, json=body, headers=self.headers)
        assert answer.status_code == 200, answer.text

    def find(self, **filters: str) -> list[str]:
        """The titles that are found."""
        answer = self.client.get("/catalogue", params=filters)
        assert answer.status_code == 200, answer.text
        found = answer.json()
        assert found["total"] == len(found["items"])
        return [item["name"] for item in found["items"]]


@pytest.fixture
def shelf(app: FastAPI, client: TestClient, admin_headers: dict[str, str]) -> Shelf:
    return Shelf(app, client, admin_headers)


def test_an_empty_catalogue_is_a_list_of_nothing(client: TestClient) -> None:
    assert client.get("/catalogue").json() == {"items": [], "total": 0, "next": None}
    assert "0 results" in client.get("/catalogue", headers=BROWSER).text
    assert _feed(client).findall(f"{ATOM}entry") == []


def test_it_shows_the_newest_published_version_and_forgets_what_is_withdrawn(
    shelf: Shelf,
) -> None:
    first = shelf.publish(name="Ethics")["id"]
    second = shelf.publish(name="Ethics, revised", former=first)["id"]
    assert shelf.find() == ["Ethics, revised"]

    shelf.step(second, "withdraw")
    assert shelf.find() == ["Ethics"]
    shelf.step(first, "withdraw")
    assert shelf.find() == []


def test_drafts_are_not_in_it_until_they_are_published(shelf: Shelf) -> None:
    policy = {"preset": "non-credit-cpd-microcredential"}
    path = "/api/v1/issuers/alba/policy"
    assert shelf.client.put(path, json=policy, headers=shelf.headers).status_code == 200
    draft = shelf.publish(name="Unfinished")["id"]
    assert shelf.find() == []

    hours = {"outcomes": [{"title": "Do it."}], "workload_hours": 10}
    shelf.publish(name="Finished", former=draft, microcredential=hours)
    assert shelf.find() == ["Finished"]


def test_everything_is_found_by_what_it_says(shelf: Shelf) -> None:
    micro = a_microcredential()
    shelf.publish(name="Applied Data Ethics", microcredential=micro, inLanguage="en-GB")
    plain = {"outcomes": [{"title": "Weld a seam."}], "credit": {"scheme": "ECTS", "value": 3}}
    shelf.publish("cymru", name="Weldio 100 %", microcredential=plain, inLanguage="cy")
    pathway = micro["stacks_into"][0]

    data, weld = ["Applied Data Ethics"], ["Weldio 100 %"]
    for filters, found in (
        ({}, weld + data),
        ({"q": "ETHICS data"}, data),
        ({"q": "ethics welding"}, []),
        ({"q": "scrutiny"}, data),
        ({"q": "prifysgol"}, weld),
        ({"q": "100 %"}, weld),
        ({"q": "_eldio"}, []),
        ({"framework": "SCQF", "level": "11"}, data),
        ({"framework": "SCQF"}, data),
        ({"level": "7"}, data),
        ({"level": "6"}, []),
        ({"credit_scheme": "SCQF", "credit_min": "20", "credit_max": "20"}, data),
        ({"credit_scheme": "ects"}, weld + data),
        ({"credit_scheme": "ECTS", "credit_max": "7.5"}, weld),
        ({"credit_scheme": "ECTS", "credit_min": "3.01"}, data),
        ({"participation": "Blended"}, data),
        ({"language": "en"}, data),
        ({"language": "EN-gb"}, data),
        ({"language": "cy"}, weld),
        ({"language": "de"}, []),
        ({"issuer": "cymru"}, weld),
        ({"issuer": "nobody"}, []),
        ({"skill": ESCO_SKILL}, data),
        ({"stacks_into": pathway["award"].upper()}, data),
        ({"q": "  ", "level": "", "credit_min": ""}, weld + data),
    ):
        assert shelf.find(**filters) == found, filters


def test_a_broad_field_holds_the_narrow_ones(shelf: Shelf) -> None:
    shelf.publish(microcredential={"outcomes": [{"title": "Do it."}], "field": "0612"})

    assert len(shelf.find(field="0612")) == 1
    assert len(shelf.find(field="061")) == 1
    assert len(shelf.find(field="06")) == 1
    assert shelf.find(field="0611") == []
    assert shelf.find(field="07") == []


def test_a_national_level_is_found_by_the_european_one_it_refers_to(shelf: Shelf) -> None:
    level = {"framework": "SCQF", "value": 11}
    shelf.publish(microcredential={"outcomes": [{"title": "Do it."}], "level": level})

    assert len(shelf.find(level="7")) == 1
    assert len(shelf.find(framework="EQF", level="7")) == 1


@pytest.mark.parametrize(
    ("filters", "code", "field"),
    [
        ({"credit_min": "5"}, "missing_member", "credit_scheme"),
        ({"credit_scheme": "cows"}, "unknown_term", "credit_scheme"),
        ({"credit_scheme": "ECTS", "credit_max": "many"}, "bad_value", "credit_max"),
        ({"framework": "cows"}, "unknown_term", "framework"),
        ({"level": "high"}, "bad_value", "level"),
        ({"field": "cows"}, "unknown_term", "field"),
        ({"participation": "cows"}, "unknown_term", "participation"),
        ({"language": "%"}, "bad_value", "language"),
        ({"kind": "course"}, "bad_value", "kind"),
        ({"issuer": "No Slug"}, "bad_value", "issuer"),
        ({"cursor": "x"}, "bad_value", "cursor"),
    ],
)
def test_what_cannot_be_meant_is_refused_by_name(
    client: TestClient, filters: dict[str, str], code: str, field: str
) -> None:
    answer = client.get("/catalogue", params=filters)

    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert answer.json()["field"] == field


@pytest.mark.parametrize("filters", [{"q": "x" * 201}, {"limit": "101"}, {"limit": "0"}])
def test_what_is_asked_has_bounds(client: TestClient, filters: dict[str, str]) -> None:
    assert client.get("/catalogue", params=filters).status_code == 422


def test_odd_characters_find_nothing_and_break_nothing(shelf: Shelf) -> None:
    shelf.publish()

    for text in ("\x00", "\x00 zz", "%", "_", "/", "'; --", "\ud7ff", "Ⅻ", "\u0301"):
        for name in ("q", "skill", "stacks_into"):
            assert shelf.client.get("/catalogue", params={name: text}).status_code == 200


def test_pages_neither_skip_nor_repeat_when_something_is_added(shelf: Shelf) -> None:
    for number in range(5):
        shelf.publish(name=f"No {number}")
    first = shelf.client.get("/catalogue", params={"limit": 2}).json()
    shelf.publish(name="Newer")
    second = shelf.client.get("/catalogue", params={"limit": 2, "cursor": first["next"]}).json()
    last = shelf.client.get("/catalogue", params={"limit": 2, "cursor": second["next"]}).json()

    names = [item["name"] for page in (first, second, last) for item in page["items"]]
    assert names == ["No 4", "No 3", "No 2", "No 1", "No 0"]
    assert last["next"] is None


def test_an_item_says_what_the_learning_is_worth(shelf: Shelf) -> None:
    made = shelf.publish(name="Applied Data Ethics", microcredential=a_microcredential())

    item = shelf.client.get("/catalogue").json()["items"][0]
    assert item["id"] == made["id"]
    assert item["issuer"]["name"] == "University of Alba"
    assert item["levels"][0] == {"framework": "SCQF", "value": "11"}
    assert item["credit"] == [
        {"scheme": "SCQF", "value": "20", "rule": None},
        {"scheme": "ECTS", "value": "10", "rule": "uk-ects-2to1"},
    ]
    assert item["workload_hours"] == "200"
    assert item["participation"] == ["online", "blended"]


def test_the_page_keeps_what_was_asked_and_leads_on(shelf: Shelf) -> None:
    for number in range(21):
        shelf.publish(name=f"No {number}")

    html = shelf.client.get("/catalogue", params={"q": "no"}, headers=BROWSER).text
    assert "21 results" in html
    assert "<details>" in html
    assert 'value="no"' in html
    following = re.search(r'href="(/catalogue\?q=no&amp;cursor=[^"]+)" rel="next"', html)
    assert following is not None
    second = shelf.client.get(following[1].replace("&amp;", "&"), headers=BROWSER).text
    assert "No 0" in second
    chosen = shelf.client.get("/catalogue", params={"issuer": "alba"}, headers=BROWSER).text
    assert "<details open>" in chosen
    assert '<option value="alba" selected>University of Alba' in chosen
    narrow = shelf.client.get("/catalogue", params={"field": "0612"}, headers=BROWSER).text
    assert '<option value="0612" selected>' in narrow


def test_a_title_cannot_break_out_of_the_page_the_data_or_the_feed(shelf: Shelf) -> None:
    name = "</script><script>alert(1)</script>]]>\u2028&"
    made = shelf.publish(name=name)
    page = shelf.client.get(f"/achievements/{made['id'].rpartition('/')[2]}", headers=BROWSER)
    listed = shelf.client.get("/catalogue", headers=BROWSER)

    assert "<script>alert" not in page.text + listed.text
    data = re.search(r'<script type="application/ld\+json">(.*?)</script>', page.text, re.DOTALL)
    assert data is not None
    assert json.loads(data[1])["name"] == made["name"]
    assert _feed(shelf.client).findtext(f"{ATOM}entry/{ATOM}title") == made["name"]


def test_an_achievement_page_carries_the_course_in_schema_orgs_words(shelf: Shelf) -> None:
    made = shelf.publish(name="Applied Data Ethics", microcredential=a_microcredential())
    page = shelf.client.get(f"/achievements/{made['id'].rpartition('/')[2]}", headers=BROWSER)

    data = re.search(r'<script type="application/ld\+json">(.*?)</script>', page.text)
    assert data is not None
    course = json.loads(data[1])
    assert course["@type"] == "Course"
    assert course["timeRequired"] == "PT200H"
    assert course["numberOfCredits"][0]["value"] == 20
    assert course["educationalCredentialAwarded"]["educationalLevel"][0] == "SCQF level 11"
    assert "script-src" not in page.headers["content-security-policy"]
    assert "x-robots-tag" not in page.headers


def test_the_feed_is_atom_with_the_newest_first(shelf: Shelf) -> None:
    shelf.publish(name="Old")
    made = shelf.publish("cymru", name="New", microcredential=a_microcredential(field="0612"))

    answer = shelf.client.get("/catalogue.atom")
    assert answer.headers["content-type"] == "application/atom+xml"
    feed = fromstring(answer.content)
    assert [title.text for title in feed.findall(f"{ATOM}entry/{ATOM}title")] == ["New", "Old"]
    newest = feed.find(f"{ATOM}entry")
    assert newest is not None
    assert newest.findtext(f"{ATOM}id") == made["id"]
    assert newest.findtext(f"{ATOM}author/{ATOM}name") == "Prifysgol Cymru"
    assert newest.findtext(f"{ATOM}updated") == feed.findtext(f"{ATOM}updated")
    category = newest.find(f"{ATOM}category")
    assert category is not None
    assert category.get("term") == "0612"
    only_old = fromstring(shelf.client.get("/catalogue.atom", params={"issuer": "alba"}).content)
    assert len(only_old.findall(f"{ATOM}entry")) == 1


# --- pathways -----------------------------------------------------------------------------------


def test_pathways_stand_beside_achievements_and_are_found_alike(shelf: Shelf) -> None:
    shelf.publish(name="Data Ethics", microcredential=a_microcredential())
    first = shelf.lead("PG Certificate in Éthics", description="Three modules of data.")
    shelf.lead("PG Certificate in Ethics, revised", former=first, creditSystem="ECTS")
    shelf.lead("Tystysgrif", "cymru")

    ethics, welsh = ["PG Certificate in Ethics, revised"], ["Tystysgrif"]
    for filters, found in (
        ({}, [*welsh, *ethics, "Data Ethics"]),
        ({"kind": "pathway"}, welsh + ethics),
        ({"kind": "achievement"}, ["Data Ethics"]),
        ({"q": "ÉTHICS revised"}, ethics),
        ({"q": "prifysgol"}, welsh),
        ({"issuer": "cymru"}, welsh),
        ({"kind": "pathway", "framework": "SCQF", "level": "11"}, welsh + ethics),
        ({"kind": "pathway", "level": "7"}, welsh + ethics),
        ({"kind": "pathway", "level": "6"}, []),
        ({"credit_scheme": "ECTS", "credit_min": "60"}, ethics),
        ({"credit_scheme": "SCQF", "credit_min": "60", "credit_max": "60"}, welsh),
        ({"kind": "pathway", "field": "0612"}, []),
        ({"kind": "pathway", "language": "en"}, []),
        ({"kind": "pathway", "skill": "x"}, []),
        ({"kind": "pathway", "stacks_into": "x"}, []),
    ):
        assert shelf.find(**filters) == found, filters


def test_a_pathway_is_told_by_its_award(shelf: Shelf) -> None:
    url = shelf.lead("PG Certificate", description="Three modules.")
    item = shelf.client.get("/catalogue").json()["items"][0]

    assert (item["kind"], item["id"], item["name"]) == ("pathway", url, "PG Certificate")
    assert item["description"] == "Three modules."
    assert item["levels"] == [{"framework": "SCQF", "value": "11"}]
    assert item["credit"] == [{"scheme": "SCQF", "value": "60", "rule": None}]
    html = shelf.client.get("/catalogue", headers=BROWSER).text
    assert f'href="/pathways/{url.rpartition("/")[2]}"' in html
    assert "What counts towards it" in html
    category = _feed(shelf.client).find(f"{ATOM}entry/{ATOM}category")
    assert category is not None
    assert category.get("term") == "pathway"


def test_what_counts_towards_a_pathway_is_found_by_any_of_its_names(shelf: Shelf) -> None:
    first = shelf.lead("PG Certificate in Ethics")
    option = {"award": "A certificate", "pathway": first}
    micro = {"outcomes": [{"title": "Do it."}], "stacks_into": [option]}
    shelf.publish(name="Data Ethics", microcredential=micro)
    shelf.publish(name="Welding")
    second = shelf.lead("PG Certificate in Ethics", former=first)

    for word in (first, second, "PG certificate in ethics", "A certificate"):
        assert shelf.find(stacks_into=word) == ["Data Ethics"], word
    for word in (f"{first}x", "http://127.0.0.1:8000/pathways/" + "x" * 22, "Nothing"):
        assert shelf.find(stacks_into=word) == []
    html = shelf.client.get("/catalogue", params={"stacks_into": first}, headers=BROWSER).text
    newest = f'<a href="/pathways/{second.rpartition("/")[2]}">PG Certificate in Ethics</a>'
    assert f"These count towards {newest}" in html
    assert f'Counts towards <a href="/pathways/{first.rpartition("/")[2]}">A certificate' in html


def test_pages_of_achievements_and_pathways_neither_skip_nor_repeat(shelf: Shelf) -> None:
    for number in range(2):
        shelf.publish(name=f"Achievement {number}")
        shelf.lead(f"Pathway {number}")
    first = shelf.client.get("/catalogue", params={"limit": 3}).json()
    shelf.lead("Newer")
    second = shelf.client.get("/catalogue", params={"limit": 3, "cursor": first["next"]}).json()

    names = [item["name"] for page in (first, second) for item in page["items"]]
    assert names == ["Pathway 1", "Achievement 1", "Pathway 0", "Achievement 0"]
    assert second["next"] is None


# --- the European feed --------------------------------------------------------------------------


def test_the_european_feed_has_the_same_pages(shelf: Shelf) -> None:
    shelf.publish(name="Applied Data Ethics", microcredential=a_microcredential(), inLanguage="en")
    shelf.lead("PG Certificate")
    shelf.publish(name="Last")

    linked = {"Accept": "application/ld+json"}
    whole = shelf.client.get("/catalogue", headers=linked)
    assert whole.headers["content-type"] == "application/ld+json"
    named = shelf.client.get("/catalogue.jsonld")
    assert named.content == whole.content
    assert named.json()["@context"] == CATALOGUE_CONTEXT
    titles = [member["title"]["en"] for member in whole.json()["member"]]
    assert titles == ["Last", "PG Certificate", "Applied Data Ethics"]
    assert "next" not in whole.json()["view"]

    page = shelf.client.get("/catalogue.jsonld", params={"limit": 2, "q": "nothing"}).json()
    assert page["totalItems"] == 0
    page = shelf.client.get("/catalogue.jsonld", params={"limit": 2}).json()
    assert page["id"] == "http://127.0.0.1:8000/catalogue"
    assert page["totalItems"] == 3
    following = page["view"]["next"].removeprefix("http://127.0.0.1:8000")
    second = shelf.client.get(following).json()
    assert [each["title"]["en"] for each in second["member"]] == ["Applied Data Ethics"]
    assert second["view"]["id"] == page["view"]["next"]
    assert second["view"]["first"] == page["view"]["id"]


def test_the_european_feed_is_named_by_the_page_and_by_atom(shelf: Shelf) -> None:
    html = shelf.client.get("/catalogue", params={"q": "data"}, headers=BROWSER).text
    assert re.search(r'rel="alternate" type="application/ld\+json"[^>]*jsonld\?q=data"', html)
    feed = fromstring(shelf.client.get("/catalogue.atom", params={"q": "data"}).content)
    links = {link.get("type"): link.get("href") for link in feed.findall(f"{ATOM}link")}
    assert links["application/ld+json"] == "http://127.0.0.1:8000/catalogue.jsonld?q=data"


def test_what_was_published_before_there_was_a_catalogue_is_filled_in(
    app: FastAPI, client: TestClient, admin_headers: dict[str, str]
) -> None:
    publisher: Publisher = open_publisher(client, admin_headers)
    publisher.define(name="Another")
    database: Database = app.state.desk.database
    with database.write() as session:
        session.query(CatalogueValue).delete()
        session.query(CatalogueEntry).delete()
    assert client.get("/catalogue").json()["total"] == 0

    counts = []
    for _ in range(3):
        with database.write() as session:
            counts.append(fill_catalogue(session, limit=1))
    assert counts == [1, 1, 0]
    assert client.get("/catalogue", params={"issuer": SLUG}).json()["total"] == 2


def _feed(client: TestClient) -> Element:
    tree: Element = fromstring(client.get("/catalogue.atom").content)
    return tree

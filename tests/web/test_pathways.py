"""Pathways over HTTP: published once, shown to people and programs, and reckoned for anybody."""

from typing import Any

import pytest
from fastapi.testclient import TestClient

from app.encoding.jcs import canonicalize_json
from app.encoding.strict_json import JsonObject, dump_json, parse_object
from app.jsonld.contexts import digest_sri
from tests.conftest import MakeKey
from tests.publishing import SLUG, Publisher
from tests.stacking import ACCEPT_PAGE, COLLEGE, Stack, a_certificate_rule, open_stack

PATHWAYS = f"/api/v1/issuers/{SLUG}/pathways"


@pytest.fixture
def stack(publisher: Publisher) -> Stack:
    return open_stack(publisher)


def found(answer: JsonObject, check: str) -> Any:
    [value] = [each["found"] for each in answer["checks"] if each["id"] == check]
    return value


# --- publishing ----------------------------------------------------------------------------------


def test_a_pathway_is_served_as_it_was_published(stack: Stack) -> None:
    made = stack.client.post(
        PATHWAYS, json=a_certificate_rule(stack.award), headers=stack.publisher.headers
    )

    assert made.status_code == 201
    location = made.headers["Location"]
    served = stack.client.get(location.removeprefix("http://127.0.0.1:8000"))
    assert served.content == made.content
    assert served.headers["Content-Type"] == "application/json"
    assert "immutable" in served.headers["Cache-Control"]
    assert served.headers["Access-Control-Allow-Origin"] == "*"
    document = parse_object(served.content)
    assert document["id"] == location
    assert document["type"] == "StackRule"
    assert document["version"] == "1"
    assert document["issuer"]["name"] == "University of Inverbrae"
    assert document["require"] == a_certificate_rule(stack.award)["require"]


def test_the_same_bytes_need_not_be_sent_again(stack: Stack) -> None:
    path = f"/pathways/{stack.pathway}"
    tag = stack.client.get(path).headers["ETag"]

    answer = stack.client.get(path, headers={"If-None-Match": tag})

    assert answer.status_code == 304
    assert stack.client.get(path, headers={"Accept": "application/ld+json"}).headers[
        "Content-Type"
    ] == ("application/ld+json")


def test_a_change_is_a_new_version_and_the_old_one_stays(stack: Stack) -> None:
    old = stack.client.get(f"/pathways/{stack.pathway}").content
    rule = a_certificate_rule(stack.award, description="From autumn on.")

    made = stack.client.post(
        f"{PATHWAYS}/{stack.pathway}/versions", json=rule, headers=stack.publisher.headers
    )

    assert made.status_code == 201
    assert made.json()["version"] == "2"
    assert stack.client.get(f"/pathways/{stack.pathway}").content == old
    page = stack.client.get(f"/pathways/{stack.pathway}", headers=ACCEPT_PAGE).text
    assert "There is a newer version of these rules" in page
    newest = made.json()["id"].rpartition("/")[2]
    page = stack.client.get(f"/pathways/{newest}", headers=ACCEPT_PAGE).text
    assert "newer version" not in page
    assert f'href="/pathways/{stack.pathway}"' in page
    listed = stack.client.get(PATHWAYS, headers=stack.publisher.headers).json()
    assert {each["version"] for each in listed["items"]} == {"1", "2"}
    assert listed["total"] == 2


def test_an_institution_may_name_its_versions_itself(stack: Stack) -> None:
    pathway = stack.publish(a_certificate_rule(stack.award, version="2026/7"))

    assert stack.client.get(f"/pathways/{pathway}").json()["version"] == "2026/7"


def test_the_award_may_be_named_by_the_last_part_of_its_address(stack: Stack) -> None:
    pathway = stack.publish(a_certificate_rule(stack.award.rpartition("/")[2]))

    assert stack.client.get(f"/pathways/{pathway}").json()["award"]["id"] == stack.award


def test_an_award_may_be_somewhere_else_or_have_no_address(stack: Stack) -> None:
    elsewhere = stack.publish(a_certificate_rule("https://awards.example/pgcert"))
    unnamed = a_certificate_rule(stack.award)
    del unnamed["award"]["id"]
    stack.publish(unnamed)

    award = stack.client.get(f"/pathways/{elsewhere}").json()["award"]
    assert award["id"] == "https://awards.example/pgcert"


@pytest.mark.parametrize("unknown", ["AAAAAAAAAAAAAAAAAAAAAA", "college"])
def test_the_award_must_be_an_achievement_of_the_issuers_own(stack: Stack, unknown: str) -> None:
    award = stack.foreign if unknown == "college" else unknown

    answer = stack.client.post(
        PATHWAYS, json=a_certificate_rule(award), headers=stack.publisher.headers
    )

    assert answer.status_code == 422
    assert answer.json()["code"] == "achievement_unknown"
    assert answer.json()["field"] == "/award/id"


def test_all_there_is_to_mend_is_told_at_once(stack: Stack) -> None:
    rule = a_certificate_rule(stack.award, credits=60)
    rule["require"]["all"][1]["where"] = {"level.SCQF": {"least": 11}}
    rule["eligible"][0]["where"] = {"stauts": "valid"}

    answer = stack.client.post(PATHWAYS, json=rule, headers=stack.publisher.headers)

    assert answer.status_code == 422
    assert {each["field"] for each in answer.json()["errors"]} == {
        "/credits",
        "/eligible/0/where/stauts",
        "/require/all/1/where/level.SCQF/least",
        "/require/all/1/where/level.SCQF",
    }
    assert "did you mean `status`?" in answer.text


def test_repeating_a_request_publishes_once(stack: Stack) -> None:
    headers = {**stack.publisher.headers, "Idempotency-Key": "one"}
    rule = a_certificate_rule(stack.award)

    first = stack.client.post(PATHWAYS, json=rule, headers=headers)
    again = stack.client.post(PATHWAYS, json=rule, headers=headers)

    assert again.content == first.content


def test_tenants_do_not_publish_for_each_other(stack: Stack, make_key: MakeKey) -> None:
    other = make_key(COLLEGE, "achievements:write", "credentials:issue")
    reader = make_key(SLUG, "credentials:read")
    rule = a_certificate_rule(stack.award)
    client = stack.client

    assert client.post(PATHWAYS, json=rule, headers=other).status_code == 404
    assert client.post(PATHWAYS, json=rule, headers=reader).status_code == 403
    assert client.post(PATHWAYS, json=rule).status_code == 401
    assert client.get(PATHWAYS, headers=other).status_code == 404
    # Another issuer's pathway does not become one's own by the path.
    theirs = f"/api/v1/issuers/{COLLEGE}/pathways/{stack.pathway}"
    assert client.post(f"{theirs}/versions", json=rule, headers=other).status_code == 404
    body = {"credentials": [{}], "recipient": {"email": "a@x.example"}}
    assert client.post(f"{theirs}/awards", json=body, headers=other).status_code == 404
    own = f"{PATHWAYS}/{stack.pathway}/awards"
    assert client.post(own, json=body, headers=other).status_code == 404
    assert client.post(own, json=body, headers=reader).status_code == 403


@pytest.mark.parametrize("id_", ["nothing", "AAAAAAAAAAAAAAAAAAAAAA"])
def test_what_is_not_there_is_not_found(client: TestClient, id_: str) -> None:
    assert client.get(f"/pathways/{id_}").status_code == 404
    assert client.get(f"/pathways/{id_}/evaluate").status_code == 404
    answer = client.post(f"/api/v1/pathways/{id_}/evaluations", json={"credentials": [{}]})
    assert answer.status_code == 404
    form = {"links": "https://x.example/badge"}
    assert client.post(f"/pathways/{id_}/evaluate", data=form).status_code == 404


# --- evaluating ----------------------------------------------------------------------------------


def test_badges_of_two_institutions_satisfy(stack: Stack) -> None:
    own, abroad = stack.own(2), stack.abroad()

    answer = stack.evaluate(*own, abroad)

    assert answer["satisfied"] is True
    assert set(answer["used"]) == {own[0]["id"], own[1]["id"], abroad["id"]}
    assert found(answer, "total") == 60
    assert found(answer, "external-cap") == "1/3"
    assert answer["conversions"] == [
        {
            "credential": abroad["id"],
            "from": "ECTS",
            "value": 10,
            "credit": 20,
            "rule": "uk-ects-2to1",
            # Another published rule disagrees: both are shown.
            "others": [{"rule": "cmf-hours", "credit": 25}],
        }
    ]
    assert answer["missing"] == []
    assert [each["id"] for each in answer["manual"]] == ["coherence", "board"]
    assert answer["in_force"] is None
    assert answer["exact"] is True
    served = stack.client.get(f"/pathways/{stack.pathway}").content
    assert answer["digest"] == digest_sri(served)


def test_an_agreement_is_shown_beside_what_conversions_would_give(stack: Stack) -> None:
    agreed = [{"achievement": stack.foreign, "credits": 30}]
    pathway = stack.publish(a_certificate_rule(stack.award, articulations=agreed))
    badge = stack.abroad()

    answer = stack.evaluate(badge, pathway=pathway)

    [conversion] = answer["conversions"]
    assert conversion["credit"] == 30
    assert conversion["rule"] == f"articulation:{stack.foreign}"
    assert conversion["others"] == [
        {"rule": "uk-ects-2to1", "credit": 20},
        {"rule": "cmf-hours", "credit": 25},
    ]
    page = stack.client.post(f"/pathways/{pathway}/evaluate", data={"links": badge["id"]}).text
    assert (
        "30 SCQF credits, by agreement; it would be 20 by uk-ects-2to1 or 25 by cmf-hours" in page
    )


def test_a_rule_calls_achievements_and_institutions_by_their_names(stack: Stack) -> None:
    """On the page, in answers, in reasons: no address and no DID where a name is known."""
    college = stack.client.get(f"/issuers/{COLLEGE}/did.json").json()["id"]
    elsewhere = "did:web:badges.harbour.example:issuers:harbour"
    agreed = [
        {"achievement": "SCM", "issuer": elsewhere, "name": "Supply Chains", "credits": 16},
        {"achievement": stack.foreign.rpartition("/")[2], "credits": 30},
        {"achievement": "LOG-1", "issuer": elsewhere, "credits": 8},
    ]
    issuers = {"issuer": ["self", college, elsewhere]}
    rule = a_certificate_rule(stack.award, articulations=agreed)
    rule["eligible"] = [{"id": "who", "where": {"any": [issuers, {"achievement": stack.foreign}]}}]
    rule["require"] = {"all": [rule["require"], {"id": "all", "include": [stack.foreign]}]}
    pathway = stack.publish(rule)
    name = stack.client.get(stack.foreign.removeprefix("http://127.0.0.1:8000")).json()["name"]

    page = stack.client.get(f"/pathways/{pathway}", headers=ACCEPT_PAGE).text

    assert "Supply Chains counts as 16 SCQF credits" in page
    assert f"{name} counts as 30 SCQF credits" in page
    assert "LOG-1 counts as 8 SCQF credits" in page
    assert f"{name} must be among them" in page
    assert "badges.harbour.example/issuers/harbour" in page
    assert "did:web" not in page
    assert stack.foreign not in page
    answer = stack.evaluate(*stack.own(1), pathway=pathway)
    assert f"Still missing: {name}." in [each["text"] for each in answer["missing"]]


def test_only_what_is_needed_is_used(stack: Stack) -> None:
    answer = stack.evaluate(*stack.own(3), stack.abroad())

    assert answer["satisfied"] is True
    assert len(answer["used"]) == 3
    assert len(answer["spare"]) == 1


def test_what_is_missing_is_told_with_what_was_found(stack: Stack) -> None:
    answer = stack.evaluate(*stack.own(2))

    assert answer["satisfied"] is False
    assert answer["missing"] == [{"id": "total", "text": "Still missing: 20 more SCQF credits."}]
    [total] = [each for each in answer["checks"] if each["id"] == "total"]
    assert total == {
        "id": "total",
        "required": {"min": 60},
        "found": 40,
        "passed": False,
        "needed": True,
    }


def test_what_is_not_verified_does_not_count_and_says_why(stack: Stack) -> None:
    [revoked, tampered, fine] = stack.own(3)
    stack.publisher.revoke(revoked["id"].rpartition("/")[2])
    tampered["name"] = "Forged"

    answer = stack.evaluate(revoked, tampered, fine, {"not": "a badge"}, "not a token")

    assert answer["used"] == [fine["id"]]
    reasons = {each["credential"]: each["reason"] for each in answer["excluded"]}
    assert reasons == {
        revoked["id"]: "The issuer has revoked this credential.",
        tampered["id"]: "The signature does not match the document.",
        "#4": "The @context is not one we accept.",
        "#5": "The text is not JSON.",
    }
    assert {each["rule"] for each in answer["excluded"]} == {"valid"}


def test_a_badge_counts_once_however_it_is_given(stack: Stack) -> None:
    [badge] = stack.own(1)
    token = stack.client.get(badge["id"].removeprefix("http://127.0.0.1:8000") + ".jwt").text

    answer = stack.evaluate(badge, badge, token)

    assert answer["used"] == [badge["id"]]
    assert [each["rule"] for each in answer["excluded"]] == ["duplicate", "duplicate"]


def test_old_learning_is_excluded_by_the_rule_that_says_so(stack: Stack) -> None:
    old = stack.issue(stack.modules[2], awarded_date="2019-05-03T00:00:00Z")

    answer = stack.evaluate(*stack.own(2), old)

    [excluded] = answer["excluded"]
    assert excluded["rule"] == "recency"
    assert excluded["reason"].endswith("this one was awarded on 3 May 2019.")


def test_achievements_are_known_by_their_address_in_every_version(stack: Stack) -> None:
    module = stack.modules[0]
    series = module.rpartition("/")[2]
    newer = stack.client.post(
        f"/api/v1/issuers/{SLUG}/achievements/{series}/versions",
        json={"name": "Ethics", "description": "New.", "criteria": {"narrative": "Pass."}},
        headers=stack.publisher.headers,
    ).json()["id"]
    rule = {
        "award": {"name": "Award"},
        "require": {"id": "core", "include": [module]},
    }
    pathway = stack.publish(rule)

    assert stack.evaluate(stack.issue(module), pathway=pathway)["satisfied"] is True
    assert stack.evaluate(stack.issue(newer), pathway=pathway)["satisfied"] is True
    assert stack.evaluate(stack.abroad(), pathway=pathway)["satisfied"] is False


@pytest.mark.parametrize("named", ["ours", "nobody's"])
def test_another_tenant_cannot_pass_off_a_badge_as_ours(
    stack: Stack, make_key: MakeKey, named: str
) -> None:
    """The college signs a badge that names a module of Inverbrae, or one that is not there."""
    [real] = stack.own(1)
    forged = {
        name: value for name, value in real.items() if name not in ("proof", "credentialStatus")
    }
    forged["id"] = "urn:uuid:3f0f4b9e-5a52-4f5c-a5f5-0f6e6f6f7c11"
    subject = dict(forged["credentialSubject"])
    module = {**subject["achievement"], "id": f"{stack.award[:-22]}AAAAAAAAAAAAAAAAAAAAAA"}
    if named != "ours":
        forged["credentialSubject"] = {**subject, "achievement": module}
    college = stack.client.get(f"/issuers/{COLLEGE}").json()
    forged["issuer"] = college
    signed = stack.client.post(
        f"/issuers/{COLLEGE}/credentials/issue",
        json={"credential": forged},
        headers=make_key(COLLEGE, "credentials:issue"),
    )
    assert signed.status_code == 201, signed.text
    badge = signed.json()["verifiableCredential"]
    pathway = stack.publish(
        {"award": {"name": "Award"}, "require": {"id": "core", "include": [stack.modules[0]]}}
    )

    answer = stack.evaluate(badge, pathway=pathway)

    assert answer["excluded"] == []
    assert answer["satisfied"] is False
    assert stack.evaluate(real, pathway=pathway)["satisfied"] is True


def test_a_register_is_what_somebody_else_says(stack: Stack) -> None:
    """The college is hosted here, which is no register; then an administrator lists it."""
    pathway = stack.publish(
        {
            "award": {"name": "Award"},
            "eligible": [
                {"id": "listed", "where": {"issuerRegister": "https://lists.example/colleges"}}
            ],
            "require": {"id": "one", "count": "credential", "min": 1},
        }
    )
    badge = stack.abroad()
    before = stack.evaluate(badge, pathway=pathway)
    entries = [{"did": badge["issuer"]["id"], "name": "Nordhavn College"}]

    imported = stack.client.post(
        "/api/v1/registry/imports",
        json={
            "source": "https://lists.example/colleges",
            "digestSRI": digest_sri(canonicalize_json(entries)),
            "entries": entries,
        },
        headers=stack.publisher.headers,
    )

    assert imported.status_code == 200, imported.text
    assert [each["rule"] for each in before["excluded"]] == ["listed"]
    assert stack.evaluate(badge, pathway=pathway)["satisfied"] is True


def test_rules_are_in_force_when_they_say_so(stack: Stack) -> None:
    rule = {
        "award": {"name": "Award"},
        "require": {"id": "one", "count": "credential", "min": 1},
    }
    over = stack.publish({**rule, "validUntil": "2026-02-28"})
    now = stack.publish({**rule, "validFrom": "2026-03-01", "validUntil": "2026-03-01"})
    [badge] = stack.own(1)

    past = stack.evaluate(badge, pathway=over)
    assert (past["satisfied"], past["in_force"], past["missing"]) == (False, False, [])
    today = stack.evaluate(badge, pathway=now)
    assert (today["satisfied"], today["in_force"]) == (True, True)
    page = stack.client.get(f"/pathways/{over}", headers=ACCEPT_PAGE).text
    assert "These rules are not in force today." in page


def test_windows_and_achievements_are_told_in_the_answer(stack: Stack) -> None:
    rule = {
        "award": {"name": "Award"},
        "require": {
            "all": [
                {"id": "soon", "window": "P1Y", "from": "awarded"},
                {"id": "core", "include": stack.modules[:2], "min": 1},
            ]
        },
    }
    pathway = stack.publish(rule)

    answer = stack.evaluate(*stack.own(1), pathway=pathway)

    assert [each["required"] for each in answer["checks"]] == [
        {"window": "P1Y"},
        {"include": stack.modules[:2], "min": 1},
    ]
    day = "2026-01-30T16:30:00Z"
    assert [each["found"] for each in answer["checks"]] == [{"from": day, "to": day}, 1]
    nothing = stack.evaluate({"no": "badge"}, pathway=pathway)
    assert [each["found"] for each in nothing["checks"]] == [None, 0]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "/credentials"),
        ({"credentials": []}, "/credentials"),
        ({"credentials": "one"}, "/credentials"),
        ({"credentials": [{}] * 41}, "/credentials"),
        ({"credentials": [{}, 7]}, "/credentials/1"),
        ({"credentials": [{}], "keep": True}, "/keep"),
    ],
)
def test_a_request_that_cannot_be_read_is_refused(
    stack: Stack, body: JsonObject, field: str
) -> None:
    answer = stack.client.post(f"/api/v1/pathways/{stack.pathway}/evaluations", json=body)

    assert answer.status_code == 422
    assert answer.json()["field"] == field


def test_a_body_must_be_json(stack: Stack) -> None:
    path = f"/api/v1/pathways/{stack.pathway}/evaluations"

    assert stack.client.post(path, content=b"{}").status_code == 415
    headers = {"Content-Type": "application/json"}
    assert stack.client.post(path, content=b"[1]", headers=headers).status_code == 400
    assert stack.client.post(path, content=b'{"a":1,"a":2}', headers=headers).status_code == 400


def test_thirty_badges_are_reckoned_at_once(stack: Stack) -> None:
    badges = [stack.issue(stack.modules[number % 3]) for number in range(30)]

    answer = stack.evaluate(*badges)

    assert answer["satisfied"] is True
    assert len(answer["used"]) == 3
    assert len(answer["spare"]) == 27


# --- the learner's page --------------------------------------------------------------------------


def test_the_page_has_the_rules_in_words_and_drawn(stack: Stack) -> None:
    page = stack.client.get(f"/pathways/{stack.pathway}", headers=ACCEPT_PAGE)

    assert page.status_code == 200
    for words in (
        "At least 60 SCQF credits",
        "At most 50 % of the award’s 60 SCQF credits",
        "awarded in the last 5 years",
        "1 ECTS credit counts as 2 SCQF credits, by the rule uk-ects-2to1.",
        "The examination board confirms the award",
        '<svg class="pathway" role="img"',
    ):
        assert words in page.text


def test_the_form_asks_for_badges(stack: Stack) -> None:
    page = stack.client.get(f"/pathways/{stack.pathway}/evaluate")

    assert page.status_code == 200
    assert 'type="file" id="files" name="files" multiple' in page.text
    assert "Nothing you hand in is kept" in page.text


def test_the_issuers_page_leads_to_the_newest_version(stack: Stack) -> None:
    made = stack.client.post(
        f"{PATHWAYS}/{stack.pathway}/versions",
        json=a_certificate_rule(stack.award),
        headers=stack.publisher.headers,
    )

    page = stack.client.get(f"/issuers/{SLUG}", headers=ACCEPT_PAGE).text

    assert f'href="/pathways/{made.json()["id"].rpartition("/")[2]}"' in page
    assert f'href="/pathways/{stack.pathway}"' not in page
    assert (
        "What badges add up to"
        not in stack.client.get(f"/issuers/{COLLEGE}", headers=ACCEPT_PAGE).text
    )


def test_files_and_links_may_be_handed_in_together(stack: Stack) -> None:
    [first, second] = stack.own(2)

    page = stack.client.post(
        f"/pathways/{stack.pathway}/evaluate",
        files=[("files", ("badge.json", dump_json(first), "application/json"))],
        data={"links": f"{second['id']}\nhttp://127.0.0.1:8000/credentials/AAAAAAAAAAAAAAAAAAAAAA"},
    )

    assert page.status_code == 200
    assert "Badges that are used (2)" in page.text
    assert "Badges that do not count (1)" in page.text
    assert "http://127.0.0.1:8000/credentials/AAAAAAAAAAAAAAAAAAAAAA" in page.text
    assert "Still missing: 20 more SCQF credits." in page.text


def test_one_badge_may_be_enough(stack: Stack) -> None:
    rule = {
        "award": {"name": "Award"},
        "require": {
            "any": [
                {"id": "one", "count": "credential", "min": 1, "max": 1},
                {"id": "core", "include": stack.modules},
            ]
        },
    }
    pathway = stack.publish(rule)

    page = stack.client.post(
        f"/pathways/{pathway}/evaluate", data={"links": stack.own(1)[0]["id"]}
    ).text

    assert "One of your badges satisfies all that can be counted. This is not the award" in page
    assert "Applied Data Ethics, Law and Data and Responsible Machine Learning" not in page


def test_an_answer_outside_the_dates_says_so(stack: Stack) -> None:
    rule = {"award": {"name": "A"}, "require": {"id": "one", "count": "credential", "min": 1}}
    pathway = stack.publish({**rule, "validUntil": "2026-02-28"})

    page = stack.client.post(
        f"/pathways/{pathway}/evaluate", data={"links": stack.own(1)[0]["id"]}
    ).text

    assert "These rules are not in force today." in page


@pytest.mark.parametrize(
    ("links", "sentence"),
    [
        ("", "Choose your badges, or paste links to them."),
        ("ftp://x.example", "A link begins with https://"),
        ("https://x.example/" + "a" * 3000, "A link begins with https://"),
        (" ".join(["https://x.example/a"] * 11), "At most 40 badges at once"),
    ],
)
def test_a_form_that_cannot_be_read_is_shown_again(stack: Stack, links: str, sentence: str) -> None:
    page = stack.client.post(f"/pathways/{stack.pathway}/evaluate", data={"links": links})

    assert page.status_code == 422
    assert sentence in page.text


def test_what_is_not_a_form_is_refused(stack: Stack) -> None:
    answer = stack.client.post(f"/pathways/{stack.pathway}/evaluate", json={})

    assert answer.status_code == 415

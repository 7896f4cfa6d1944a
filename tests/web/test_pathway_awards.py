"""The award of a pathway: issued from what satisfies it, naming it, and using it up."""

from typing import Any

import pytest
from sqlalchemy import select

from app.encoding.strict_json import JsonObject
from app.jsonld.contexts import digest_sri
from app.storage.database import Database
from app.storage.tables import AuditEvent, CredentialUse
from tests.publishing import SLUG, Publisher
from tests.stacking import Stack, a_certificate_rule, open_stack

CONFIRMED = {"coherence": "Programme director, 12 May 2026", "board": "Minute 2026/4.2"}
RECIPIENT = {"email": "ailsa@x.example", "name": "Ailsa Morrison"}


@pytest.fixture
def stack(publisher: Publisher) -> Stack:
    return open_stack(publisher)


def award(stack: Stack, *badges: JsonObject, pathway: str | None = None, **members: Any) -> Any:
    body = {"credentials": badges, "recipient": RECIPIENT, "manual": CONFIRMED, **members}
    return stack.client.post(
        f"/api/v1/issuers/{SLUG}/pathways/{pathway or stack.pathway}/awards",
        json={name: value for name, value in body.items() if value is not None},
        headers=stack.publisher.headers,
    )


def fields(answer: Any) -> list[str]:
    assert answer.status_code == 422, answer.text
    return [each["field"] for each in answer.json()["errors"]]


def test_the_award_names_what_it_was_built_from(stack: Stack) -> None:
    badges = [*stack.own(2), stack.abroad()]

    answer = award(stack, *badges, awarded_date="2026-02-20T12:00:00Z")

    assert answer.status_code == 201, answer.text
    document = answer.json()["credential"]
    assert document["credentialSubject"]["achievement"]["id"] == stack.award
    assert document["awardedDate"] == "2026-02-20T12:00:00Z"
    [rules, *evidence] = document["evidence"]
    served = stack.evaluate(*badges)
    assert rules["id"].endswith(f"/pathways/{stack.pathway}")
    assert served["digest"] in rules["description"]
    assert {each["id"] for each in evidence} == {badge["id"] for badge in badges}
    assert answer.headers["Location"] == document["id"]
    verified = stack.client.post("/verify", json=document).json()
    assert verified["verdict"] == "verified"


def test_what_was_used_is_used_up(stack: Stack) -> None:
    badges = stack.own(3)
    assert award(stack, *badges).status_code == 201

    again = stack.evaluate(*badges)

    assert again["used"] == []
    assert {each["rule"] for each in again["excluded"]} == {"single-use"}
    assert again["excluded"][0]["reason"] == (
        "It was already used for Postgraduate Certificate in Data Ethics."
    )
    refused = award(stack, *badges)
    assert refused.status_code == 422
    assert refused.json()["code"] == "pathway_not_satisfied"


def test_what_an_award_needed_not_stays_free(stack: Stack) -> None:
    [spare] = [stack.issue(stack.modules[0])]
    badges = stack.own(3)
    award(stack, *badges, spare)

    left = stack.evaluate(*badges, spare)

    assert len(left["used"]) == 1


def test_a_revoked_award_frees_what_it_used(stack: Stack) -> None:
    badges = stack.own(3)
    made = award(stack, *badges).json()["id"]
    stack.publisher.revoke(made)

    assert stack.evaluate(*badges)["satisfied"] is True


def test_a_badge_that_is_revoked_after_its_use_counts_no_more(stack: Stack) -> None:
    """The award stands until its issuer revokes it; then the others are free, and this one not."""
    badges = stack.own(3)
    made = award(stack, *badges).json()
    stack.publisher.revoke(badges[0]["id"].rpartition("/")[2])
    assert stack.client.post("/verify", json=made["credential"]).json()["verdict"] == "verified"
    before = {each["credential"]: each["rule"] for each in stack.evaluate(*badges)["excluded"]}
    stack.publisher.revoke(made["id"])

    after = stack.evaluate(*badges)

    first, *others = [each["id"] for each in badges]
    assert before == {first: "valid", **dict.fromkeys(others, "single-use")}
    assert [each["credential"] for each in after["excluded"]] == [first]
    assert set(after["used"]) == set(others)


def test_an_exception_may_be_named_by_the_pathway_or_the_award(stack: Stack) -> None:
    badges = stack.own(3)
    award(stack, *badges)
    for name in (stack.pathway, stack.award, "Postgraduate Certificate in Data Ethics"):
        rule = a_certificate_rule(stack.award, use={"exclusive": True, "except": [name]})
        assert stack.evaluate(*badges, pathway=stack.publish(rule))["satisfied"] is True
    strict = stack.publish(a_certificate_rule(stack.award))
    assert stack.evaluate(*badges, pathway=strict)["satisfied"] is False
    free = stack.publish(a_certificate_rule(stack.award, use={"exclusive": False}))
    assert stack.evaluate(*badges, pathway=free)["satisfied"] is True


def test_a_rule_without_single_use_marks_nothing(stack: Stack, database: Database) -> None:
    free = stack.publish(a_certificate_rule(stack.award, use={"exclusive": False}))

    assert award(stack, *stack.own(3), pathway=free).status_code == 201

    with database.read() as session:
        assert session.scalars(select(CredentialUse)).all() == []


def test_a_badge_used_in_one_pathway_is_used_up_for_the_others_and_their_versions(
    stack: Stack,
) -> None:
    """Whichever version it was used under, and whichever of this issuer's pathways comes next."""
    badges = stack.own(3)
    newer = stack.client.post(
        f"/api/v1/issuers/{SLUG}/pathways/{stack.pathway}/versions",
        json=a_certificate_rule(stack.award),
        headers=stack.publisher.headers,
    ).json()
    other = stack.publish(
        {
            "award": {"name": "Certificate of Three"},
            "require": {"id": "three", "count": "credential", "min": 3},
            "use": {"exclusive": True},
        }
    )
    made = award(stack, *badges, pathway=newer["id"].rpartition("/")[2])
    assert made.status_code == 201

    for pathway in (stack.pathway, other):
        answer = stack.evaluate(*badges, pathway=pathway)
        assert {each["rule"] for each in answer["excluded"]} == {"single-use"}
    rules = made.json()["credential"]["evidence"][0]
    assert rules["id"] == newer["id"]
    served = stack.client.get(f"/pathways/{stack.pathway}").content
    assert digest_sri(served) not in rules["description"]


def test_what_another_institution_used_is_its_own_affair(stack: Stack) -> None:
    """Of the uses at another tenant nothing is learned."""
    badges = stack.own(3)
    award(stack, *badges)
    rule = {
        "award": {"name": "Nordic Certificate"},
        "require": {"id": "three", "count": "credential", "min": 3},
        "use": {"exclusive": True},
    }
    theirs = stack.publish(rule, "nordhavn")

    assert stack.evaluate(*badges, pathway=theirs)["satisfied"] is True


def test_what_is_missing_is_said_in_the_refusal(stack: Stack) -> None:
    answer = award(stack, *stack.own(2))

    assert answer.status_code == 422
    assert answer.json()["code"] == "pathway_not_satisfied"
    assert answer.json()["detail"] == "Still missing: 20 more SCQF credits."


def test_rules_that_are_over_award_nothing(stack: Stack) -> None:
    over = stack.publish(a_certificate_rule(stack.award, validUntil="2026-02-28"))

    answer = award(stack, *stack.own(3), pathway=over)

    assert answer.json()["detail"] == "The rules are not in force today."


@pytest.mark.parametrize(
    ("manual", "missing"),
    [
        (None, ["/manual/coherence", "/manual/board"]),
        ({"board": "Minute 7"}, ["/manual/coherence"]),
        ({**CONFIRMED, "board": " "}, ["/manual/board"]),
        ({**CONFIRMED, "board": True}, ["/manual/board"]),
        ({**CONFIRMED, "borad": "x"}, ["/manual/borad"]),
        (["coherence"], ["/manual/coherence", "/manual/board"]),
    ],
)
def test_what_people_decide_is_confirmed_one_by_one(
    stack: Stack, manual: Any, missing: list[str]
) -> None:
    assert fields(award(stack, *stack.own(3), manual=manual)) == missing


def test_a_badge_of_somebody_else_needs_a_word_on_who_it_is(stack: Stack) -> None:
    other = stack.issue(stack.modules[2], recipient={"email": "a.morrison@work.example"})
    badges = [*stack.own(2), other]

    answer = award(stack, *badges)

    assert fields(answer) == ["/manual/identity"]
    assert "Responsible Machine Learning" in answer.json()["detail"]
    confirmed = {**CONFIRMED, "identity": "Passport seen, 3 March 2026"}
    assert award(stack, *badges, manual=confirmed).status_code == 201


def test_a_learner_known_by_a_key_needs_no_word(stack: Stack) -> None:
    learner = {"did": "did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK"}
    badges = [stack.issue(module, recipient=learner) for module in stack.modules]

    assert award(stack, *badges, recipient=learner).status_code == 201
    assert fields(award(stack, *stack.own(3), recipient=learner)) == ["/manual/identity"]


def test_the_pathway_gives_the_achievement_and_the_evidence(stack: Stack) -> None:
    given: dict[str, Any] = {"achievement": stack.award, "evidence": [{"name": "x"}]}
    for name, value in given.items():
        answer = award(stack, *stack.own(3), **{name: value})
        assert answer.status_code == 422
        assert answer.json()["field"] == f"/{name}"


def test_a_request_to_issue_is_held_to_its_form(stack: Stack) -> None:
    answer = award(stack, *stack.own(3), recipent=RECIPIENT)

    assert answer.status_code == 422
    assert answer.json()["field"] == "/recipent"


def test_an_award_of_somewhere_else_is_not_issued_here(stack: Stack) -> None:
    elsewhere = stack.publish(a_certificate_rule("https://awards.example/pgcert"))

    answer = award(stack, *stack.own(3), pathway=elsewhere)

    assert answer.status_code == 422
    assert answer.json()["code"] == "award_not_issued_here"


def test_repeating_the_request_issues_once(stack: Stack) -> None:
    headers = {**stack.publisher.headers, "Idempotency-Key": "graduation"}
    body = {"credentials": stack.own(3), "recipient": RECIPIENT, "manual": CONFIRMED}
    path = f"/api/v1/issuers/{SLUG}/pathways/{stack.pathway}/awards"

    first = stack.client.post(path, json=body, headers=headers)
    again = stack.client.post(path, json=body, headers=headers)

    assert first.status_code == 201
    assert again.content == first.content


def test_a_badge_given_twice_is_named_once(stack: Stack) -> None:
    badges = stack.own(3)

    answer = award(stack, *badges, *badges)

    assert len(answer.json()["credential"]["evidence"]) == 4


def test_the_audit_trail_says_what_was_confirmed(stack: Stack, database: Database) -> None:
    made = award(stack, *stack.own(3)).json()["id"]

    with database.read() as session:
        query = select(AuditEvent).where(AuditEvent.action == "pathway.awarded")
        event = session.scalars(query).one()
    assert event.subject == made
    assert event.details["confirmed"] == CONFIRMED
    assert len(event.details["credentials"]) == 3
    assert event.details["pathway"] == stack.pathway

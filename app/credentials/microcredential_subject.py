"""What a learner received, as members of an AchievementSubject.

Credit, supervision as it was, the basis of recognition, awarding bodies and provider in the terms
of our context; credit and grade in the native slots as well. All of it is held against what the
achievement offers.
"""

from fractions import Fraction

from app.credentials.conformance import found
from app.credentials.issue_request import IssueRequest
from app.credentials.learning import Learning, read_learning
from app.credentials.learning_parts import Agent, Credit
from app.credentials.microcredential_document import credit_point, number_of
from app.credentials.microcredential_terms import RECOGNITION_TERMS
from app.credentials.rules import objects
from app.encoding.dates import format_datetime
from app.encoding.strict_json import JsonObject
from app.errors import InvalidRequest
from app.vocabularies.amounts import amount_in
from app.vocabularies.terms import SUPERVISION


def subject_members(request: IssueRequest, achievement: JsonObject) -> JsonObject:
    """The members in our terms; none when the request says nothing of the kind.

    Raises `InvalidRequest` contradiction.
    """
    members: JsonObject = {}
    credit = _credit_received(request, achievement)
    if credit:
        members["creditReceived"] = [credit_point(each) for each in credit]
    if request.supervision is not None:
        members["assessmentTaken"] = _assessments_taken(request.supervision, achievement)
    if request.recognition_basis is not None:
        members["recognitionBasis"] = RECOGNITION_TERMS[request.recognition_basis]
    if request.awarding_bodies:
        members["awardedBy"] = _awarding_process(request)
    if request.provider:
        members["directedBy"] = [_profile(each) for each in request.provider]
    return members


def credits_earned(request: IssueRequest) -> float | None:
    """The bare number for Open Badges' own slot, in the scheme of the first credit received."""
    if request.credits_earned is not None or not request.credit_received:
        return request.credits_earned
    return number_of(request.credit_received[0].value)


def results_of(request: IssueRequest, achievement: JsonObject) -> list[JsonObject]:
    """The results, and the grade as one more.

    It belongs to the achievement's only result description that is no status, if there is one.
    """
    results = list(request.results)
    if request.grade is None:
        return results
    gradable = [
        each["id"]
        for each in objects(achievement.get("resultDescription"))
        if each.get("resultType") != "Status"
    ]
    described = gradable[0] if len(gradable) == 1 else None
    if described is not None and any(
        each.get("resultDescription") == described for each in results
    ):
        raise _contradiction("/grade", "and `results` both give the grade; give it once")
    graded: JsonObject = {"type": ["Result"], "value": request.grade}
    if described is not None:
        graded["resultDescription"] = described
    return [*results, graded]


def _credit_received(request: IssueRequest, achievement: JsonObject) -> tuple[Credit, ...]:
    """As stated; from `credits_earned` alone, in the scheme that the achievement offers."""
    if request.credits_earned is None and not request.credit_received:
        return ()  # most say nothing, and reading what is offered takes its time
    offer = read_learning(achievement)
    earned = None if request.credits_earned is None else amount_in(request.credits_earned)
    if not request.credit_received:
        if not earned or not offer.credit_offered or offer.credit_offered[0].scheme is None:
            return ()
        first = offer.credit_offered[0]
        received = (Credit(first.scheme, earned, None, first.units_per_year, first.iri),)
        _within_offer(received[0], offer, "/credits_earned")
        return received
    if earned is not None and earned != request.credit_received[0].value:
        raise _contradiction("/credits_earned", "is not the first amount in `credit_received`")
    _within_offer(request.credit_received[0], offer, "/credit_received")
    return request.credit_received


def _within_offer(received: Credit, offer: Learning, place: str) -> None:
    offered = {each.scheme: each.value for each in offer.credit_offered}
    most: Fraction | None = offered.get(received.scheme)
    if most is None:
        told = ", ".join(each.words for each in offer.credit_offered) or "no credit"
        raise _contradiction(place, f"is {received.words}, but the achievement offers {told}")
    if received.value > most:
        sentence = f"is {received.words}, more than the achievement offers"
        raise _contradiction(place, sentence)


def _assessments_taken(supervision: str, achievement: JsonObject) -> list[JsonObject]:
    """One for each planned assessment; a single one where none was planned in our terms."""
    how: JsonObject = {
        "type": "LearningAssessment",
        "idVerification": SUPERVISION.iri_of(supervision),
    }
    planned = [each.id for each in read_learning(achievement).assessments if each.id]
    return [{**how, "specifiedBy": each} for each in planned] or [how]


def _awarding_process(request: IssueRequest) -> JsonObject:
    process: JsonObject = {
        "type": "AwardingProcess",
        "awardingBody": [_profile(each) for each in request.awarding_bodies],
    }
    if request.awarded_date is not None:
        process["awardingDate"] = format_datetime(request.awarded_date)
    return process


def _profile(agent: Agent) -> JsonObject:
    members = {"id": agent.id, "type": ["Profile"], "name": agent.name, "url": agent.url}
    return {name: value for name, value in members.items() if value is not None}


def _contradiction(place: str, sentence: str) -> InvalidRequest:
    finding = found("contradiction", place, sentence)
    return InvalidRequest("contradiction", finding.detail, field=place, findings=(finding,))

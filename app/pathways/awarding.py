"""Issuing the award of a pathway from the credentials that satisfy it.

The award names what it was built from, as evidence: each credential, and the version of the rules
with its digest. Where the rules say single use, the credentials are marked as used in the same
transaction.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from app.credentials.conformance import pointer_to
from app.credentials.identity import recipient_matches
from app.credentials.issue_request import IssueRequest, Recipient, parse_issue_request
from app.credentials.reading import first_of
from app.credentials.rules import objects
from app.credentials.values import is_absolute_iri
from app.encoding.strict_json import JsonObject
from app.errors import Finding, InvalidRequest
from app.issuing.desk import IssuingDesk
from app.issuing.issue import issue_credential
from app.pathways.candidate import Candidate
from app.pathways.evaluation import Evaluation, Use, evaluate
from app.pathways.matching import Home
from app.pathways.names import names_in
from app.pathways.records import home_of, note_uses, pathway_url, rule_of, uses_of
from app.pathways.rules import StackRule
from app.pathways.words import RuleWords
from app.registry.keys import hold_keys
from app.settings import Settings
from app.storage.audit import append_audit
from app.storage.tables import Credential, Pathway

IDENTITY = "identity"
"""Confirms that credentials belong to the recipient, where they do not say so themselves."""

_LONGEST_CONFIRMATION = 500
# Members of the request that are not passed on, and those that the pathway gives.
_OWN = ("credentials", "manual")
_GIVEN = ("achievement", "evidence")


@dataclass(frozen=True)
class Presented:
    """A credential that was handed in: what the rules see, and the verified document."""

    candidate: Candidate
    document: Mapping[str, Any] | None


@dataclass(frozen=True)
class Terms:
    """All that an evaluation needs from the database, so that none is held while it reckons."""

    rule: StackRule
    home: Home
    used: Mapping[str, tuple[Use, ...]]
    names: Mapping[str, str]

    @property
    def words(self) -> RuleWords:
        """The rule in words."""
        return RuleWords(self.rule, self.name_of)

    def name_of(self, word: str) -> str:
        """What people call an achievement or an institution that the rule names."""
        return self.names.get(word, word)

    def evaluate(self, candidates: Sequence[Candidate], *, now: datetime) -> Evaluation:
        """What the credentials come to."""
        return evaluate(
            self.rule,
            candidates,
            now=now,
            home=self.home,
            used=self.used,
            name_of=self.name_of,
        )


def terms_of(
    session: Session, settings: Settings, pathway: Pathway, candidates: Sequence[Candidate]
) -> Terms:
    """The terms of a published pathway for credentials, with what its issuer knows of them."""
    rule = rule_of(pathway)
    return Terms(
        rule,
        home_of(session, settings, pathway),
        uses_of(session, settings, pathway.issuer_id, candidates),
        names_in(session, settings, rule, candidates),
    )


def issue_award(
    session: Session,
    desk: IssuingDesk,
    pathway: Pathway,
    presented: Sequence[Presented],
    body: JsonObject,
    *,
    now: datetime,
    actor: str,
) -> Credential:
    """Issue the award to the recipient in `body`, a request to issue without an achievement.

    `manual` in it confirms each condition for people by its id, with a word on who or where.
    Raises InvalidRequest (`pathway_not_satisfied`, `confirmation_missing`, `award_not_issued_here`,
    and what `issue_credential` raises).
    """
    rule = rule_of(pathway)
    request = _request(desk, pathway, rule, body)
    # From here on issuing for this issuer is one after the other: nothing is used twice.
    hold_keys(session, pathway.issuer_id)
    candidates = [each.candidate for each in presented]
    terms = terms_of(session, desk.settings, pathway, candidates)
    evaluation = terms.evaluate(candidates, now=now)
    if not evaluation.satisfied:
        raise _not_satisfied(terms.words, evaluation)
    by_key = {each.candidate.key: each for each in reversed(presented)}
    used = [by_key[each.key] for each in evaluation.used]
    confirmed = _confirmations(rule, used, request.recipient, body.get("manual", {}))
    evidence = [_rules_evidence(desk, pathway), *map(_evidence, evaluation.used)]
    complete = parse_issue_request({**_passed_on(body), **_named(rule), "evidence": evidence})
    credential = issue_credential(session, desk, pathway.issuer_id, complete, now=now, actor=actor)
    if rule.single_use:
        note_uses(session, pathway, credential, evaluation.used, now=now)
    append_audit(
        session,
        at=now,
        actor=actor,
        action="pathway.awarded",
        issuer_id=pathway.issuer_id,
        subject=credential.id,
        details={
            "pathway": pathway.id,
            "digest": pathway.digest,
            "credentials": [each.id for each in evaluation.used],
            "confirmed": confirmed,
        },
    )
    return credential


def _request(
    desk: IssuingDesk, pathway: Pathway, rule: StackRule, body: JsonObject
) -> IssueRequest:
    """The request as far as it can be read before anything is reckoned."""
    award = rule.award.id or ""
    if not award.startswith(f"{desk.settings.public_url}/achievements/"):
        raise InvalidRequest(
            "award_not_issued_here",
            f"The pathway {pathway.id} names no achievement to issue: publish a version of it "
            "whose award has the id of one.",
        )
    for name in _GIVEN:
        if name in body:
            raise InvalidRequest(
                "unknown_member",
                f"`{name}` is given by the pathway: leave it out",
                field=f"/{name}",
            )
    return parse_issue_request({**_passed_on(body), **_named(rule)})


def _passed_on(body: JsonObject) -> JsonObject:
    return {name: value for name, value in body.items() if name not in _OWN}


def _named(rule: StackRule) -> JsonObject:
    return {"achievement": rule.award.id}


def _not_satisfied(words: RuleWords, evaluation: Evaluation) -> InvalidRequest:
    told = [words.missing(result) for result in evaluation.missing]
    if evaluation.in_force is False:
        told.append("The rules are not in force today.")
    findings = tuple(Finding("pathway_not_satisfied", each, "/credentials") for each in told)
    return InvalidRequest(
        "pathway_not_satisfied", " ".join(told), field="/credentials", findings=findings
    )


def _confirmations(
    rule: StackRule, used: Sequence[Presented], recipient: Recipient, given: Any
) -> dict[str, str]:
    """What people confirmed; raises InvalidRequest with every confirmation that is missing."""
    confirmed = given if isinstance(given, dict) else {}
    wanted = {each.id: each.text for each in rule.manual}
    strangers = [each.candidate for each in used if not _belongs(each, recipient)]
    if strangers:
        names = ", ".join(each.name or each.id for each in strangers)
        wanted.setdefault(IDENTITY, f"that these belong to the recipient: {names}")
    known = {*wanted, IDENTITY}
    findings = [
        Finding(
            "unknown_member", f"`{name}` is nothing to confirm here.", pointer_to("/manual", name)
        )
        for name in confirmed
        if name not in known
    ]
    for id_, text in wanted.items():
        told = confirmed.get(id_)
        if not isinstance(told, str) or not 0 < len(told.strip()) <= _LONGEST_CONFIRMATION:
            findings.append(
                Finding(
                    "confirmation_missing",
                    f"Say in `manual/{id_}` who confirmed, or where it is recorded: {text}",
                    pointer_to("/manual", id_),
                )
            )
    if findings:
        first = findings[0]
        detail = " ".join(each.detail for each in findings)
        raise InvalidRequest(first.code, detail, field=first.field, findings=tuple(findings))
    return {id_: str(told) for id_, told in confirmed.items()}


def _belongs(presented: Presented, recipient: Recipient) -> bool:
    """Whether a credential itself says that it is the recipient's."""
    document = presented.document or {}
    subject = first_of(objects(document.get("credentialSubject")))
    if recipient.did is not None:
        return subject.get("id") == recipient.did
    identifier = recipient.identifier
    return identifier is not None and recipient_matches(subject, identifier.type, identifier.value)


def _rules_evidence(desk: IssuingDesk, pathway: Pathway) -> JsonObject:
    return {
        "id": pathway_url(desk.settings, pathway.id),
        "name": f"Rules of the pathway, version {pathway.version}",
        "description": f"The rules that were applied; their digest is {pathway.digest}.",
        "genre": "Pathway",
    }


def _evidence(candidate: Candidate) -> JsonObject:
    evidence = {
        "name": candidate.name or "Credential",
        "description": f"Issued by {candidate.issuer_name or candidate.issuer}.",
        "genre": "Credential",
    }
    return {"id": candidate.id, **evidence} if is_absolute_iri(candidate.id) else evidence

"""Making a recognition report: the credentials verified together, and all that is looked up for it.

No database connection is held while anything is verified or reckoned.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from app.credentials.learning import read_learning
from app.errors import InvalidRequest, NotFound
from app.issuing.policies import find_policy, read_policy
from app.pathways.awarding import terms_of
from app.pathways.candidate import VALID, Candidate
from app.pathways.records import load_pathway, pathway_url
from app.policy.definition import DefinitionPolicy
from app.recognition.decisions import endorsed_id
from app.recognition.frame import RecognitionReport
from app.recognition.pathway import PathwayPart, pathway_part
from app.recognition.report import Choices, Entry, Tables, build_report, verified_document
from app.recognition.standing import RegisterEntry
from app.vocabularies.levels import framework
from app.web.checking import known_by
from app.web.dependencies import Desk
from app.web.pages import host_of
from app.web.presenting import Checked, check_together, presented
from app.web.public.recognition_order import HandedIn, Order


@dataclass(frozen=True)
class Made:
    """A report, and the credentials it speaks of, in its order."""

    report: RecognitionReport
    handed_in: tuple[HandedIn, ...]
    checked: tuple[Checked, ...]


def make_report(desk: Desk, order: Order, now: datetime) -> Made:
    """The report that was ordered; raises InvalidRequest for a choice that there is not."""
    target = order.target_framework
    chosen_framework = None if target is None else framework(target, field="/target_framework")
    policy = _chosen_policy(desk, order.policy)
    if order.pathway is not None:
        _pathway_id(desk, order.pathway)  # before anything is verified for nobody
    checked = check_together(desk, [each.given for each in order.handed_in], now=now)
    entries = [_entry(*pair) for pair in zip(order.handed_in, checked, strict=True)]
    report = build_report(
        entries,
        now=now,
        verifier=host_of(desk.settings),
        tables=Tables(
            contexts=desk.contexts.digests,
            policies=_named(desk, entries),
            registers=_listed(desk, entries, now),
        ),
        choices=Choices(
            target_framework=chosen_framework,
            policy=policy,
            pathway=None if order.pathway is None else _reckoned(desk, order.pathway, checked, now),
        ),
    )
    return Made(report, order.handed_in, tuple(checked))


def _entry(handed_in: HandedIn, checked: Checked) -> Entry:
    """Of what stands at an address and is no credential, nothing is told: not even its digest."""
    canonical = handed_in.canonical
    foreign = handed_in.given.link is not None and checked.result.claimed is None
    data = None if foreign else checked.data
    return Entry(
        data if canonical is None else canonical,
        checked.result,
        canonical=canonical is not None,
        submitted_as=handed_in.name,
    )


def _chosen_policy(desk: Desk, word: str | DefinitionPolicy | None) -> DefinitionPolicy | None:
    if not isinstance(word, str):
        return word
    chosen = _policy(desk, word)
    if chosen is None:
        raise InvalidRequest(
            "unknown_term", f"{word[:80]!r} is not a policy of this service.", field="/policy"
        )
    return chosen


def _policy(desk: Desk, word: str) -> DefinitionPolicy | None:
    with desk.database.read() as session:
        try:
            return read_policy(find_policy(session, desk.settings, word))
        except NotFound:
            return None


def _pathway_id(desk: Desk, word: str) -> str:
    id_ = word.removeprefix(pathway_url(desk.settings, ""))
    with desk.database.read() as session:
        try:
            return load_pathway(session, id_).id
        except NotFound:
            raise InvalidRequest(
                "unknown_term", f"{word[:80]!r} is not a pathway of this service.", field="/pathway"
            ) from None


def _reckoned(desk: Desk, word: str, checked: Sequence[Checked], now: datetime) -> PathwayPart:
    """The pathway reckoned with everything that was handed in but endorsements."""
    candidates = [
        _candidate(desk, each)
        for each in checked
        if endorsed_id(verified_document(each.result)) is None
    ]
    id_ = _pathway_id(desk, word)
    with desk.database.read() as session:
        row = load_pathway(session, id_)
        terms = terms_of(session, desk.settings, row, candidates)
        url, version, digest = pathway_url(desk.settings, row.id), row.version, row.digest
    evaluation = terms.evaluate(candidates, now=now)
    return pathway_part(terms.words, evaluation, url=url, version=version, digest=digest)


def _candidate(desk: Desk, checked: Checked) -> Candidate:
    """Nothing of a credential that is not verified is read, not even whose id it claims."""
    candidate = presented(desk, checked).candidate
    return candidate if candidate.status == VALID else replace(candidate, id=checked.given.name)


def _named(desk: Desk, entries: Sequence[Entry]) -> dict[str, DefinitionPolicy]:
    """The policies at hand that verified credentials name."""
    documents = [document for each in entries if (document := verified_document(each.result))]
    names = {name for each in documents for name in read_learning(each).definition_policies}
    found = {name: _policy(desk, name) for name in sorted(names)}
    return {name: policy for name, policy in found.items() if policy is not None}


def _listed(
    desk: Desk, entries: Sequence[Entry], now: datetime
) -> dict[str, tuple[RegisterEntry, ...]]:
    """What registries say now of the issuers, and of the agencies that they name.

    That this service hosts an issuer itself is no entry in a register.
    """
    names: set[str | None] = set()
    for document in (verified_document(each.result) for each in entries):
        if document is not None:
            learning = read_learning(document)
            names |= {learning.issuer.id, *(each.url for each in learning.quality_assurance)}
    return {
        name: tuple(
            RegisterEntry(each.source, name, each.until, each.covers, now)
            for each in known_by(desk, name, now)
            if not each.own
        )
        for name in sorted(each for each in names if each is not None)
    }

"""Credentials that somebody hands in together, for a pathway or a recognition report: each verified
like on the verify page.

Nothing of them is kept. Addresses are read within one budget for all of them together, and each
only once: thirty badges of one issuer need its keys once.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from app.credentials.reading import first_of, iri_in, object_in, text_in
from app.credentials.rules import objects
from app.errors import NotFound
from app.fetch import budgeted
from app.pathways.awarding import Presented
from app.pathways.candidate import VALID, read_candidate
from app.registry.achievements import achievement_id_of, achievement_url, load_achievement
from app.registry.issuers import load_issuer
from app.verification.findings import Findings
from app.verification.result import VerificationResult
from app.verification.verify import CHECKS
from app.web.checking import check_bytes, read_link
from app.web.dependencies import Desk

_MOST_ADDRESSES = 30
_LONGEST_NAME = 200


@dataclass(frozen=True)
class Given:
    """One credential as it was handed in; `name` says which one when it cannot be read."""

    name: str
    data: bytes = b""
    link: str | None = None


@dataclass(frozen=True)
class Checked:
    """One credential with what came of its verification.

    `data` are the bytes that were verified; None where the address could not be read.
    """

    given: Given
    data: bytes | None
    result: VerificationResult


def check_together(desk: Desk, given: Sequence[Given], *, now: datetime) -> list[Checked]:
    """Each credential verified, all of them within one budget of addresses."""
    careful = replace(
        desk,
        fetch=budgeted(desk.fetch, max_fetches=_MOST_ADDRESSES, max_per_host=_MOST_ADDRESSES),
    )
    return [_check(careful, each, now) for each in given]


def present(desk: Desk, given: Sequence[Given], *, now: datetime) -> list[Presented]:
    """Each credential verified, with what the rules of a pathway see of it."""
    return [presented(desk, each) for each in check_together(desk, given, now=now)]


def presented(desk: Desk, checked: Checked) -> Presented:
    """What the rules of a pathway see of a credential that was verified."""
    given, result = checked.given, checked.result
    shown = result.document or result.claimed or {}
    name = (text_in(shown.get("id")) or given.name)[:_LONGEST_NAME]
    listed = result.issuer.known_by if result.issuer else ()
    candidate = read_candidate(
        name,
        result,
        own_names=_own_names(desk, result),
        registers=frozenset(known.source for known in listed if not known.own),
    )
    if candidate.status != VALID:  # what it says of itself is not shown, but which one it was
        candidate = replace(candidate, name=given.name)
    return Presented(candidate, result.document)


def _check(desk: Desk, given: Given, now: datetime) -> Checked:
    if given.link is None:
        return Checked(given, given.data, check_bytes(desk, given.data, now=now))
    findings = Findings()
    with findings.step("parse"):
        data = read_link(desk, given.link)
        return Checked(given, data, check_bytes(desk, data, now=now, read_from=given.link))
    # The address could not be read: that is an answer too, and neither yes nor no.
    return Checked(given, None, VerificationResult(findings.verdict(), findings.checks(CHECKS)))


def _own_names(desk: Desk, result: VerificationResult) -> frozenset[str] | None:
    """Every name of its achievement, if this service published it for the credential's issuer.

    None for an achievement that is published elsewhere.
    """
    subject = first_of(objects((result.document or {}).get("credentialSubject")))
    address = iri_in(object_in(subject.get("achievement")).get("id"))
    if address is None or not address.startswith(achievement_url(desk.settings, "")):
        return None
    with desk.database.read() as session:
        try:
            row = load_achievement(session, achievement_id_of(desk.settings, address))
        except NotFound:
            return frozenset()
        if result.issuer is None or load_issuer(session, row.issuer_id).did != result.issuer.id:
            return frozenset()
        ids = {row.id, row.series_id}
    return frozenset({*ids, *(achievement_url(desk.settings, id_) for id_ in ids)})

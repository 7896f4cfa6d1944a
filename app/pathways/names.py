"""What people call the achievements and institutions that a rule names.

One place for pages, answers and reports. An address or a code is shown only where nobody knows a
name for it.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.errors import CheckFailed, NotFound
from app.keys.did_web import did_web_urls
from app.pathways.candidate import Candidate
from app.pathways.paths import ISSUER
from app.pathways.rules import SELF, Reference, StackRule, conditions_of, references_of
from app.registry.achievements import achievement_id_of, load_achievement
from app.registry.reviews import is_public
from app.settings import Settings
from app.storage.tables import Issuer


def names_in(
    session: Session, settings: Settings, rule: StackRule, candidates: Sequence[Candidate] = ()
) -> Mapping[str, str]:
    """Names by the words of the rule.

    An achievement that is published here has its own name, another the one that the rule gives
    it, else the one on a verified credential of the institution that the rule names with it.
    """
    names = dict(_issuers(session, rule, candidates))
    for reference in references_of(rule):
        name = (
            _published(session, settings, reference)
            or reference.name
            or _presented(reference, candidates)
        )
        if name:
            names.setdefault(reference.achievement, name)
    return names


def _published(session: Session, settings: Settings, reference: Reference) -> str | None:
    """A draft is its issuer's own business."""
    with suppress(NotFound):
        row = load_achievement(session, achievement_id_of(settings, reference.achievement))
        return row.name if is_public(row) else None
    return None


def _presented(reference: Reference, candidates: Iterable[Candidate]) -> str | None:
    """Only on a credential of the issuer that is meant: anybody can write a code on a badge."""
    for each in candidates:
        if reference.issuer == each.issuer is not None and reference.achievement in each.codes:
            return each.name
    return None


def _issuers(
    session: Session, rule: StackRule, candidates: Iterable[Candidate]
) -> Iterator[tuple[str, str]]:
    """An institution is called as it calls itself; else the place that its identifier proves."""
    said = {each.issuer: each.issuer_name for each in candidates}
    for condition in conditions_of(rule):
        for did in condition.allowed if condition.path == ISSUER else ():
            if did != SELF:
                row = session.scalar(select(Issuer).where(Issuer.did == did))
                own = None if row is None else str(row.profile["name"])
                yield did, own or said.get(did) or _place_of(did)


def _place_of(did: str) -> str:
    with suppress(CheckFailed):
        url = did_web_urls(did)[0]
        return url.removeprefix("https://").removesuffix("/did.json").removesuffix("/.well-known")
    return did

"""Definition policies at work: the shipped ones and issuers' own, found, chosen and enforced.

What a policy says and how it is put to facts is `app.policy`; what is stored, `app.registry`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from app.encoding.dates import parse_datetime
from app.encoding.strict_json import JsonObject, dump_json, parse_object
from app.errors import Finding, InvalidRequest
from app.policy.definition import DefinitionPolicy
from app.policy.evaluation import RuleFinding
from app.policy.facts import FACTS, Owner
from app.policy.parsing import parse_policy
from app.policy.presets import PRESETS
from app.registry.listing import Page
from app.registry.policies import (
    choose_policy,
    list_policies,
    load_stored_policy,
    policy_digest,
    policy_url,
    store_policy,
)
from app.settings import Settings
from app.storage.tables import Issuer, Policy

Fields = Mapping[Owner, str]
"""Where in a body each owner's facts stand; an owner that is missing has each at its own place."""

IN_DEFINITION: Fields = {Owner.ISSUER: "/issuer"}
IN_REQUEST: Fields = {Owner.ISSUER: "/issuer", Owner.ACHIEVEMENT: "/achievement"}
IN_CREDENTIAL: Fields = {
    Owner.ISSUER: "/issuer",
    Owner.ACHIEVEMENT: "/credentialSubject/achievement",
    Owner.AWARD: "/credentialSubject",
}


@dataclass(frozen=True)
class PolicyRecord:
    """A policy as it is served: `document` are its bytes, `issuer_id` None for a shipped one."""

    id: str
    url: str
    document: bytes
    issuer_id: str | None = None

    @property
    def digest(self) -> str:
        """The digest of its bytes, as Subresource Integrity writes it."""
        return policy_digest(self.document)


def find_policy(session: Session, settings: Settings, word: str) -> PolicyRecord:
    """The policy of that id, or at that address here; raises NotFound."""
    id_ = word.removeprefix(policy_url(settings, ""))
    if id_ in PRESETS:
        return _shipped(settings, id_)
    return _own(settings, load_stored_policy(session, id_))


def read_policy(record: PolicyRecord) -> DefinitionPolicy:
    """What the policy says."""
    return parse_policy(parse_object(record.document))


def known_policies(
    session: Session, settings: Settings, issuer_id: str | None, *, limit: int, cursor: str | None
) -> Page[PolicyRecord]:
    """The issuer's own policies, or those of all, newest first; on the last page the shipped ones.

    The shipped ones are few and stand beyond the limit. Raises InvalidRequest as `list_page` does.
    """
    page = list_policies(session, issuer_id, limit=limit, cursor=cursor)
    found = [_own(settings, row) for row in page.items]
    if page.next is None:
        found += shipped_policies(settings)
    return Page(found, page.total + len(PRESETS), page.next)


def shipped_policies(settings: Settings) -> list[PolicyRecord]:
    """The policies that come with the program."""
    return [_shipped(settings, id_) for id_ in PRESETS]


def policy_of(session: Session, settings: Settings, issuer: Issuer) -> DefinitionPolicy | None:
    """The policy that the issuer keeps, if any."""
    if issuer.policy_id is None:
        return None
    return read_policy(find_policy(session, settings, issuer.policy_id))


def set_policy(
    session: Session,
    settings: Settings,
    issuer: Issuer,
    body: JsonObject,
    *,
    now: datetime,
    actor: str,
) -> PolicyRecord:
    """Let the issuer keep a shipped policy, `{"preset": name}`, or one of its own, given whole.

    Raises InvalidRequest with everything to mend.
    """
    record = _preset(session, settings, body) if "preset" in body else None
    if record is None:
        _check_own(body, now)
        row = store_policy(session, settings, issuer, body, now=now, actor=actor)
        record = _own(settings, row)
    choose_policy(session, issuer, record.id, record.digest, now=now, actor=actor)
    return record


def refuse_unmet(findings: Iterable[RuleFinding], fields: Fields) -> None:
    """Raise InvalidRequest (`policy_not_met`) when a rule failed that must not.

    Each of its findings names the rule, its source, what to add and, as `fields` say, where.
    """
    unmet = tuple(
        Finding("policy_not_met", _told(finding), _field(finding, fields))
        for finding in findings
        if finding.blocks
    )
    if unmet:
        detail = " ".join(finding.detail for finding in unmet)
        raise InvalidRequest("policy_not_met", detail, field=unmet[0].field, findings=unmet)


def _told(finding: RuleFinding) -> str:
    source = f" (Source: {finding.source}.)" if finding.source else ""
    return f"Rule `{finding.rule}`: {finding.message}{source}"


def _field(finding: RuleFinding, fields: Fields) -> str:
    kind = FACTS[finding.facts[0]]
    return fields.get(kind.owner, "/" + kind.place.replace(".", "/"))


def _preset(session: Session, settings: Settings, body: JsonObject) -> PolicyRecord:
    name = body["preset"]
    if set(body) != {"preset"}:
        raise InvalidRequest(
            "unknown_member", "Send `preset` alone, or a whole policy.", field="/preset"
        )
    if not isinstance(name, str) or name not in PRESETS:
        raise InvalidRequest(
            "bad_value", f"The policies that come along are {', '.join(PRESETS)}.", field="/preset"
        )
    return find_policy(session, settings, name)


def _check_own(body: JsonObject, now: datetime) -> None:
    parse_policy(body)
    if "id" in body:
        raise InvalidRequest(
            "unknown_member", "The id is given by the service: leave it out.", field="/id"
        )
    if "validFrom" in body and parse_datetime(body["validFrom"]) > now:
        raise InvalidRequest(
            "out_of_range",
            "A policy is kept from now on, not from a day to come.",
            field="/validFrom",
        )


def _shipped(settings: Settings, id_: str) -> PolicyRecord:
    url = policy_url(settings, id_)
    return PolicyRecord(id_, url, dump_json({"id": url, **PRESETS[id_]}))


def _own(settings: Settings, row: Policy) -> PolicyRecord:
    return PolicyRecord(row.id, policy_url(settings, row.id), row.document, row.issuer_id)

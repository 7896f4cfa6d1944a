"""Finding a trust chain: from an entity's own configuration up to an anchor, through one door.

OpenID Federation 1.0, sections 8.1, 9 and 10.1. What is read here is only a trail to follow; the
chain that comes of it is validated as if a stranger had handed it over. Nothing is read twice, and
the whole walk has a budget, since every address on it was written by somebody else.
"""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise
from urllib.parse import urlencode, urlsplit

from app.errors import CheckFailed, CheckUndecided, MalformedInput, SignetError
from app.fetch import Fetch, budgeted
from app.registry.entity_statements import (
    EntityStatement,
    check_entity_id,
    check_signature,
    check_times,
    read_statement,
)
from app.registry.trust_chains import MAX_CHAIN, AnchorKeys, TrustChain, validate_chain

MAX_FETCHES = 24
MAX_FETCHES_PER_HOST = 12
_WELL_KNOWN = "/.well-known/openid-federation"
_MOST_ENDPOINT = 1024
_MOST_PATHS = 64
_NOT_THIS_WAY = (CheckFailed, CheckUndecided, MalformedInput)

Path = tuple[EntityStatement, ...]
"""Entity Configurations from the subject upwards, each naming the next as its superior."""


def find_chain(fetch: Fetch, entity_id: str, anchor: AnchorKeys, *, now: datetime) -> TrustChain:
    """The shortest valid chain from an entity to the anchor.

    Where there is none, raises why the shortest way to the anchor failed (`validate_chain`), else
    why a way up could not be followed, else `CheckFailed` no_way_to_anchor.
    """
    check_entity_id(entity_id, "/entity_id")
    walk = _Walk(
        budgeted(fetch, max_fetches=MAX_FETCHES, max_per_host=MAX_FETCHES_PER_HOST), anchor, now
    )
    failed: list[SignetError] = []
    for path in walk.paths(entity_id):
        try:
            tokens = [path[0].token, *_statements_along(walk.fetch, path), path[-1].token]
            return validate_chain(tokens, anchor, now=now)
        except _NOT_THIS_WAY as error:
            failed.append(error)
    nowhere = CheckFailed(
        "no_way_to_anchor", f"no superior of {entity_id} leads to {anchor.entity_id}"
    )
    raise [*failed, *walk.dead_ends, nowhere][0]


@dataclass
class _Walk:
    """One search: what was read on it, and which ways ended before the anchor."""

    fetch: Fetch
    anchor: AnchorKeys
    now: datetime
    configurations: dict[str, EntityStatement] = field(default_factory=dict)
    dead_ends: list[SignetError] = field(default_factory=list)

    def paths(self, entity_id: str) -> Iterator[Path]:
        """Every way up that ends at the anchor, shortest first, none of them in a circle."""
        waiting: deque[Path] = deque([(self._configuration(entity_id),)])
        for _ in range(_MOST_PATHS):
            if not waiting:
                return
            path = waiting.popleft()
            if path[-1].subject == self.anchor.entity_id and len(path) > 1:
                yield path
            elif len(path) < MAX_CHAIN - 1:
                waiting.extend(self._further(path))

    def _further(self, path: Path) -> Iterator[Path]:
        behind = {statement.subject for statement in path}
        for superior in path[-1].authority_hints:
            if superior not in behind:
                try:
                    yield (*path, self._configuration(superior))
                except _NOT_THIS_WAY as error:
                    self.dead_ends.append(error)

    def _configuration(self, entity_id: str) -> EntityStatement:
        """What an entity says of itself, signed with a key of its own list (section 9)."""
        if entity_id not in self.configurations:
            token = _read(self.fetch, f"{entity_id.removesuffix('/')}{_WELL_KNOWN}")
            statement = read_statement(token, place="/entity_id")
            if not statement.is_configuration or statement.subject != entity_id:
                raise CheckFailed(
                    "chain_broken", f"at {entity_id} stands what {statement.issuer} says"
                )
            check_times(statement, self.now)
            check_signature(statement, statement.keys, f"the keys that {entity_id} lists")
            self.configurations[entity_id] = statement
        return self.configurations[entity_id]


def _statements_along(fetch: Fetch, path: Path) -> Iterator[str]:
    """What each superior says of the one below it (section 8.1.1)."""
    for below, superior in pairwise(path):
        endpoint = _fetch_endpoint(superior)
        joint = "&" if "?" in endpoint else "?"
        yield _read(fetch, f"{endpoint}{joint}{urlencode({'sub': below.subject})}")


def _fetch_endpoint(superior: EntityStatement) -> str:
    """Section 5.1.1, federation_fetch_endpoint: https, without a fragment."""
    entity = superior.member("metadata").get("federation_entity", {})
    endpoint = entity.get("federation_fetch_endpoint")
    if (
        not isinstance(endpoint, str)
        or len(endpoint) > _MOST_ENDPOINT
        or urlsplit(endpoint).scheme != "https"
        or "#" in endpoint
    ):
        raise CheckFailed(
            "superior_unreachable",
            f"{superior.subject} names no address at which it speaks of those below it",
        )
    return endpoint


def _read(fetch: Fetch, url: str) -> str:
    try:
        return fetch(url).body.decode("ascii").strip()
    except UnicodeDecodeError:
        raise MalformedInput("bad_jwt", f"{url[:200]} holds no signed statement") from None

"""Very many rows, made by PostgreSQL itself: for the tests of its plans, and for `bench.rows`.

They are what a service holds that has issued for years: half of the credentials belong to one
issuer, the rest to ninety-nine others. Ids look as random as real ones and can be computed, so that
one can ask for any of them. Documents are bytes of the right length and no credentials.
"""

import base64
import hashlib
import os
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, text

LARGE = frozenset(
    {"audit_events", "awards", "batch_chunks", "credentials", "idempotency_keys", "issued_rows",
     "outbox"}
)  # fmt: skip
"""The tables that grow with every credential."""

# What nothing can compress, as little as signatures.
_BLOB = os.urandom(8192)


@dataclass(frozen=True)
class Owner:
    """Whose half of the rows is: ids of things that were made through the front door."""

    issuer_id: str
    api_key_id: str
    endpoint_id: str


@dataclass(frozen=True)
class Widths:
    """Bytes of what makes a row long: document, token, and the sealed answer to a request."""

    document: int
    jwt: int
    answer: int


def generated_id(number: int) -> str:
    """The id of a generated credential."""
    return _row_id(f"credential {number}")


def _row_id(name: str) -> str:
    digest = base64.b64encode(hashlib.sha256(name.encode()).digest())
    return digest[:22].decode().translate(str.maketrans("+/", "xy"))


_PREPARE = (
    """
    CREATE FUNCTION pg_temp.row_id(name text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
        SELECT left(translate(encode(sha256(convert_to(name, 'UTF8')), 'base64'), '+/', 'xy'), 22)
    $$
    """,
    """
    INSERT INTO issuers (id, did, did_method, cryptosuite, profile, created_at, updated_at)
    SELECT 'issuer-' || k, did || ':' || k, did_method, cryptosuite, profile, created_at, updated_at
    FROM issuers, generate_series(1, 99) AS k WHERE id = :issuer_id
    """,
    """
    INSERT INTO keys (id, issuer_id, fragment, purpose, key_type, public_key_multibase, signer_uri,
                      state, created_at)
    SELECT pg_temp.row_id('key ' || k), 'issuer-' || k, fragment, purpose, key_type,
           public_key_multibase, signer_uri, state, created_at
    FROM keys, generate_series(1, 99) AS k
    WHERE issuer_id = :issuer_id AND purpose = 'credentials' AND key_type = 'Ed25519'
    """,
    """
    CREATE TEMP TABLE many_issuers AS
    SELECT CASE WHEN issuer_id = :issuer_id THEN 0 ELSE CAST(substr(issuer_id, 8) AS bigint) END
           AS k, issuer_id, id AS key_id
    FROM keys
    WHERE purpose = 'credentials' AND key_type = 'Ed25519'
    AND (issuer_id = :issuer_id OR issuer_id LIKE 'issuer-%')
    """,
    """
    INSERT INTO achievements (id, issuer_id, series_id, version, name, document, created_at, state)
    SELECT pg_temp.row_id('achievement ' || k || ' ' || j), many_issuers.issuer_id,
           pg_temp.row_id('achievement ' || k || ' ' || j), 1, name, document, created_at, state
    FROM many_issuers, generate_series(0, 9) AS j,
         (SELECT * FROM achievements WHERE issuer_id = :issuer_id LIMIT 1) AS sample
    """,
)

_LISTS = """
    INSERT INTO status_lists (id, issuer_id, status_purpose, length, next_position,
                              permutation_key, bits, document, valid_from, valid_until)
    SELECT pg_temp.row_id('list ' || k || ' ' || j), issuer_id, 'revocation', 131072, 131072,
           substring(CAST(:blob AS bytea) FOR 32), decode(repeat('00', 16384), 'hex'),
           substring(CAST(:blob AS bytea) FOR 900), :now, :now + interval '7 days'
    FROM many_issuers,
         generate_series(0, :last / CASE k WHEN 0 THEN 2 ELSE 198 END / 131072) AS j
    ON CONFLICT DO NOTHING
"""

# Half of the rows are the first issuer's; `p` counts the rows of one issuer without a gap, so that
# no place in a list is given twice. Multiplied by an odd number the places look random.
_CREDENTIALS = """
    INSERT INTO credentials (id, issuer_id, achievement_id, key_id, credential_id, document, jwt,
                             status_list_id, status_list_index, issued_at, valid_from, revoked)
    SELECT pg_temp.row_id('credential ' || n), issuer_id,
           pg_temp.row_id('achievement ' || k || ' ' || n % 10), key_id,
           'https://badges.example.edu/credentials/' || pg_temp.row_id('credential ' || n),
           substring(CAST(:blob AS bytea) FROM CAST(1 + n % 997 AS int) FOR :document),
           substring(CAST(:blob AS bytea) FROM CAST(1 + n % 991 AS int) FOR :jwt),
           pg_temp.row_id('list ' || k || ' ' || p / 131072),
           CAST(p % 131072 * 48271 % 131072 AS int),
           timestamptz '2023-01-01 UTC' + n * interval '8 seconds',
           timestamptz '2023-01-01 UTC' + n * interval '8 seconds', n % 100 = 0
    FROM (
        SELECT n, CASE n % 2 WHEN 0 THEN 0 ELSE 1 + n / 2 % 99 END AS k,
               CASE n % 2 WHEN 0 THEN n / 2 ELSE n / 198 END AS p
        FROM generate_series(CAST(:first AS bigint), :last) AS n
    ) AS numbered JOIN many_issuers USING (k)
"""

_OF_EACH = (
    """
    INSERT INTO audit_events (at, actor, action, issuer_id, subject, details)
    SELECT timestamptz '2023-01-01 UTC' + n * interval '8 seconds', 'api-key:' || :api_key_id,
           'credential.signed', issuer_id, pg_temp.row_id('credential ' || n),
           json_build_object('keys', json_build_array(key_id, key_id), 'row', n)
    """,
    """
    INSERT INTO issued_rows (issuer_id, key, request_hash, credential_id)
    SELECT issuer_id, 'enrolment-' || n, encode(sha256(int8send(n)), 'hex'),
           pg_temp.row_id('credential ' || n)
    """,
)

_OF_SOME = (
    """
    INSERT INTO idempotency_keys (api_key_id, key, request_hash, status_code, location, body,
                                  created_at)
    SELECT :api_key_id, CAST(CAST(md5(n || '') AS uuid) AS text),
           encode(sha256(int8send(n)), 'hex'), 201,
           'https://badges.example.edu/credentials/' || pg_temp.row_id('credential ' || n),
           substring(CAST(:blob AS bytea) FROM CAST(1 + n % 997 AS int) FOR :answer), :now
    """,
    """
    INSERT INTO outbox (id, event_id, issuer_id, channel, event, data, happened_at, endpoint_id,
                        state, attempts, due_at, attempted_at, finished_at)
    SELECT pg_temp.row_id('outbox ' || n), pg_temp.row_id('event ' || n), :issuer_id,
           CASE n % 20 WHEN 0 THEN 'mail' ELSE 'webhook' END, 'credential.issued',
           json_build_object('credential', pg_temp.row_id('credential ' || n)), at,
           CASE n % 20 WHEN 0 THEN NULL ELSE :endpoint_id END, 'delivered', 1, at, at, at
    """,
    """
    INSERT INTO awards (id, issuer_id, achievement_id, salt, request_hash, state, author,
                        recorded_at, credential_id)
    SELECT pg_temp.row_id('award ' || n), issuer_id,
           pg_temp.row_id('achievement ' || k || ' ' || n % 10),
           substring(CAST(:blob AS bytea) FOR 16), encode(sha256(int8send(n)), 'hex'), 'issued',
           'api-key:' || :api_key_id,
           timestamptz '2023-01-01 UTC' + n * interval '8 seconds',
           pg_temp.row_id('credential ' || n)
    """,
)

# Every tenth credential was issued by itself, told to a platform or its learner, and confirmed by a
# board; what was told stands in the outbox for less than thirty days.
_FROM = """
    FROM (
        SELECT n, CASE n / :step % 2 WHEN 0 THEN 0 ELSE 1 + n / 2 % 99 END AS k,
               :now - n / :step % 40000 * interval '1 minute' AS at
        FROM generate_series(CAST(:first AS bigint), :last, :step) AS n
    ) AS numbered JOIN many_issuers USING (k)
"""

_BATCHES = """
    INSERT INTO batches (id, issuer_id, form, accept, dry_run, state, phase, open_chunks, total,
                         checked, issued, repeated, refused, done_before, actor, created_at,
                         finished_at, emptied_at)
    SELECT pg_temp.row_id('batch ' || b), :issuer_id, 'csv', 'all', false, 'done', 'issue', 0, 2000,
           2000, 2000, 0, 0, 2000, 'api-key:' || :api_key_id, :now, :now, :now
    FROM generate_series(CAST(:first AS bigint) / 2000, :last / 2000) AS b
    ON CONFLICT DO NOTHING
"""

_CHUNKS = """
    INSERT INTO batch_chunks (batch_id, number, state, row_count)
    SELECT pg_temp.row_id('batch ' || n / 2000), n % 2000 / 20, 'issued', 20
    FROM generate_series(CAST(:first AS bigint), :last, 20) AS n
"""


def prepare(connection: Connection, owner: Owner) -> None:
    """Make what the rows refer to; on the connection that is to `fill` afterwards."""
    for statement in _PREPARE:
        connection.execute(text(statement), {"issuer_id": owner.issuer_id})


def fill(
    connection: Connection, owner: Owner, widths: Widths, first: int, last: int, *, now: datetime
) -> None:
    """Add the credentials `first` to `last` with all that belongs to them; `first` ends in 0."""
    told = {
        "issuer_id": owner.issuer_id,
        "api_key_id": owner.api_key_id,
        "endpoint_id": owner.endpoint_id,
        "document": widths.document,
        "jwt": widths.jwt,
        "answer": widths.answer,
        "blob": _BLOB,
        "first": first,
        "last": last,
        "now": now,
    }
    each = {**told, "step": 1}
    some = {**told, "step": 10}
    for statement in (_LISTS, _CREDENTIALS, _BATCHES, _CHUNKS):
        connection.execute(text(statement), told)
    for statement in _OF_EACH:
        connection.execute(text(statement + _FROM), each)
    for statement in _OF_SOME:
        connection.execute(text(statement + _FROM), some)

"""Entries handed out once, lists that follow each other, and signatures that never go back."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.encoding.strict_json import parse_object
from app.errors import Unavailable
from app.issuing import status_lists
from app.issuing.desk import IssuingDesk
from app.issuing.permutation import LIST_LENGTH, permuted_index
from app.issuing.status_lists import (
    ReservedEntry,
    entries_of,
    expiring_lists,
    lock_list,
    publish,
    refresh_list,
    reserve_entries,
    reserve_entry,
)
from app.registry.keys import create_initial_keys
from app.status.bitstring import LENGTH, empty_bits, expand_list, set_bit
from app.storage.tables import Issuer, StatusList
from tests.unit.issuing.conftest import ACTOR, NOW


def reserve(session: Session, desk: IssuingDesk, issuer: Issuer) -> ReservedEntry:
    return reserve_entry(session, desk, issuer, now=NOW, actor=ACTOR)


def the_list(session: Session) -> StatusList:
    query = select(StatusList).execution_options(populate_existing=True)
    return session.scalars(query).one()


def test_the_permutation_covers_the_lists_that_are_made() -> None:
    assert LIST_LENGTH == LENGTH


def test_the_first_entry_makes_the_first_list(
    session: Session, desk: IssuingDesk, issuer: Issuer
) -> None:
    entry = reserve(session, desk, issuer)
    made = the_list(session)

    assert entry == ReservedEntry(made.id, permuted_index(made.permutation_key, 0))
    assert (made.next_position, made.length) == (1, LENGTH)
    assert made.valid_until == NOW + timedelta(days=7)


def test_entries_follow_the_secret_order_of_their_list(
    session: Session, desk: IssuingDesk, issuer: Issuer
) -> None:
    entries = [reserve(session, desk, issuer) for _ in range(5)]
    key = the_list(session).permutation_key

    assert [entry.index for entry in entries] == [permuted_index(key, n) for n in range(5)]


def test_a_full_list_is_followed_by_a_new_one(
    session: Session, desk: IssuingDesk, issuer: Issuer
) -> None:
    first = reserve(session, desk, issuer)
    session.execute(update(StatusList).values(next_position=LENGTH - 1))
    last = reserve(session, desk, issuer)
    beyond = reserve(session, desk, issuer)

    assert last.list_id == first.list_id
    assert beyond.list_id != first.list_id


def test_many_entries_at_once_go_on_in_the_next_list(
    session: Session,
    desk: IssuingDesk,
    issuer: Issuer,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    first = reserve(session, desk, issuer)
    session.execute(update(StatusList).values(next_position=LENGTH - 2))
    ranges = reserve_entries(session, desk, issuer, 3, now=NOW, actor=ACTOR)
    # Somebody takes the last entries between our look and our lock.
    looked = iter([first.list_id])
    look = status_lists._open_list
    monkeypatch.setattr(
        status_lists, "_open_list", lambda *given: next(looked, None) or look(*given)
    )
    after = reserve_entries(session, desk, issuer, 1, now=NOW, actor=ACTOR)

    assert [(taken.first, taken.count) for taken in ranges] == [(LENGTH - 2, 2), (0, 1)]
    assert (after[0].list_id, after[0].first) == (ranges[1].list_id, 1)
    entries = entries_of(session, [*ranges, *after])
    assert len(set(entries)) == 4
    key = session.get_one(StatusList, first.list_id).permutation_key
    assert entries[0] == ReservedEntry(first.list_id, permuted_index(key, LENGTH - 2))


def test_a_list_that_another_made_while_we_waited_for_the_lock_is_taken(
    session: Session,
    desk: IssuingDesk,
    issuer: Issuer,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made = reserve(session, desk, issuer)
    looks = iter([lambda *_: None, status_lists._open_list])
    monkeypatch.setattr(status_lists, "_open_list", lambda *given: next(looks)(*given))

    [taken] = reserve_entries(session, desk, issuer, 1, now=NOW, actor=ACTOR)

    assert (taken.list_id, taken.first) == (made.list_id, 1)
    assert the_list(session).next_position == 2


def test_who_loses_the_last_entry_to_another_looks_again(
    session: Session,
    desk: IssuingDesk,
    issuer: Issuer,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The list looked open, and was full when the counter was to move."""
    full = reserve(session, desk, issuer).list_id
    session.execute(update(StatusList).values(next_position=LENGTH))
    look = status_lists._open_list
    looks: list[str | None] = [full, full]
    monkeypatch.setattr(
        status_lists,
        "_open_list",
        lambda session, issuer: looks.pop() if looks else look(session, issuer),
    )

    assert reserve(session, desk, issuer).list_id != full
    assert looks == []


def test_who_waited_for_another_to_make_the_list_uses_that_one(
    session: Session,
    desk: IssuingDesk,
    issuer: Issuer,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """There was no list, and when the lock was ours there was one."""
    made = reserve(session, desk, issuer).list_id
    look = status_lists._open_list
    looks: list[str | None] = [None]
    monkeypatch.setattr(
        status_lists,
        "_open_list",
        lambda session, issuer: looks.pop() if looks else look(session, issuer),
    )

    assert reserve(session, desk, issuer).list_id == made
    assert the_list(session).id == made


def test_issuers_do_not_share_lists(session: Session, desk: IssuingDesk, issuer: Issuer) -> None:
    other = Issuer(
        id="elsewhere",
        did="",
        did_method="key",
        profile={"name": "Elsewhere"},
        created_at=NOW,
        updated_at=NOW,
    )
    create_initial_keys(session, desk.key_store, other, desk.settings, now=NOW, actor=ACTOR)

    assert reserve(session, desk, issuer).list_id != reserve(session, desk, other).list_id


def test_a_published_list_shows_the_bits_on_record(
    session: Session, desk: IssuingDesk, issuer: Issuer
) -> None:
    entry = reserve(session, desk, issuer)
    status_list = lock_list(session, entry.list_id)
    status_list.bits = set_bit(status_list.bits, entry.index)
    publish(session, desk, status_list, now=NOW, actor=ACTOR)
    encoded = parse_object(status_list.document)["credentialSubject"]["encodedList"]

    assert expand_list(encoded) == status_list.bits


def test_a_list_is_never_published_with_fewer_revocations(
    session: Session, desk: IssuingDesk, issuer: Issuer
) -> None:
    """A backup was restored, or a slip of ours: the world has seen more than is on record."""
    entry = reserve(session, desk, issuer)
    status_list = lock_list(session, entry.list_id)
    status_list.bits = set_bit(status_list.bits, entry.index)
    publish(session, desk, status_list, now=NOW, actor=ACTOR)
    published = status_list.document
    status_list.bits = empty_bits()

    with pytest.raises(Unavailable) as refused:
        publish(session, desk, status_list, now=NOW, actor=ACTOR)
    assert refused.value.code == "status_list_going_back"
    assert status_list.document == published


def test_a_clock_that_went_back_does_not_date_a_list_back(
    session: Session, desk: IssuingDesk, issuer: Issuer
) -> None:
    status_list = lock_list(session, reserve(session, desk, issuer).list_id)
    publish(session, desk, status_list, now=NOW - timedelta(days=30), actor=ACTOR)

    assert status_list.valid_from == NOW


def test_lists_are_signed_again_when_less_than_a_third_of_their_validity_is_left(
    session: Session, desk: IssuingDesk, issuer: Issuer
) -> None:
    list_id = reserve(session, desk, issuer).list_id
    third = timedelta(days=7) / 3
    early, late = NOW + 2 * third, NOW + 2 * third + timedelta(seconds=1)

    assert expiring_lists(session, desk, now=early) == []
    assert expiring_lists(session, desk, now=late) == [list_id]
    assert refresh_list(session, desk, list_id, now=early, actor=ACTOR).valid_from == NOW
    assert refresh_list(session, desk, list_id, now=late, actor=ACTOR).valid_from == late
    assert expiring_lists(session, desk, now=late) == []

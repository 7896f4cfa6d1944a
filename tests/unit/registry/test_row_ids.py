import secrets

import pytest

from app.registry.row_ids import is_row_id, new_row_id


def test_an_id_is_one_of_ours_and_new_each_time() -> None:
    ids = {new_row_id() for _ in range(1000)}
    assert len(ids) == 1000
    assert all(is_row_id(row_id) for row_id in ids)


def test_an_id_never_looks_like_an_option_of_a_command(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = iter(["-" * 22, "-h" + "A" * 20, "A-" + "A" * 20])
    monkeypatch.setattr(secrets, "token_urlsafe", lambda _bytes: next(drawn))
    assert new_row_id() == "A-" + "A" * 20


@pytest.mark.parametrize("text", ["", "A" * 21, "A" * 23, "A" * 21 + "é", "A" * 21 + "/"])
def test_what_cannot_be_an_id_is_not_looked_up(text: str) -> None:
    assert not is_row_id(text)

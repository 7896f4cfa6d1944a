"""Reading rows out of uploads: the forms, their numbers, and what is too much."""

from collections.abc import Iterator

import pytest

from app.errors import InvalidRequest, MalformedInput
from app.issuing.batch_columns import (
    COLUMNS,
    check_head,
    column_of,
    guarded,
    request_of,
    template,
    unguarded,
)
from app.issuing.row_files import RowLimits, read_rows

LIMITS = RowLimits(max_row_bytes=1000, max_rows=5)


def rows(form: str, *pieces: bytes) -> list[tuple[int, bytes]]:
    return list(read_rows(form, pieces, LIMITS, lambda columns: None))


def test_a_spreadsheet_counts_its_head_as_row_one() -> None:
    content = (
        b"\xef\xbb\xbfemail,Name ,key\r\n",
        b'a@b,"x\r\ny",\'=1\r\n,,\r\nc@d,"q ""u""",k,extra\n',
    )

    assert rows("csv", *content) == [
        (2, b'{"email":"a@b","name":"x\\r\\ny","key":"=1"}'),
        (4, b'"too_many_cells"'),
    ]


@pytest.mark.parametrize("form", ["csv", "ndjson"])
def test_a_file_of_blank_lines_is_not_read_for_long(form: str) -> None:
    few, many = (b"email\n" * (form == "csv") + b"\r\n" * lines + b'"a@b"\n' for lines in (9, 15))

    assert len(rows(form, few)) == 1
    with pytest.raises(MalformedInput, match="15 lines, blank ones too"):
        rows(form, many)


@pytest.mark.parametrize("delimiter", [b",", b";", b"\t"])
def test_the_head_says_what_stands_between_cells(delimiter: bytes) -> None:
    assert rows(
        "csv", delimiter.join((b"email", b"key")) + b"\n" + delimiter.join((b"a", b"b"))
    ) == [(2, b'{"email":"a","key":"b"}')]


def test_lines_of_json_keep_their_numbers_over_blank_ones() -> None:
    content = b'{"a":1}\n\n  {"b":2}\r\n' + b"x" * 2000 + b'\n{"c":3}'

    assert rows("ndjson", content) == [
        (1, b'{"a":1}'),
        (3, b'{"b":2}'),
        (4, b'"too_large"'),
        (5, b'{"c":3}'),
    ]


def test_a_line_without_end_is_forgotten_while_it_comes() -> None:
    def endless() -> Iterator[bytes]:
        yield from [b"x" * 70_000] * 3
        yield b'\n{"a":1}\n' + b"y" * 70_000

    assert list(read_rows("ndjson", endless(), LIMITS, lambda columns: None)) == [
        (1, b'"too_large"'),
        (2, b'{"a":1}'),
        (3, b'"too_large"'),
    ]


@pytest.mark.parametrize(
    ("content", "read"),
    [
        (b"[]", []),
        (b' [ {"a":\n1}, 5 ,"x"]\n', [b'{"a": 1}', b"5", b'"x"']),
        (b'{ "rows" : [{"a":1}] } ', [b'{"a":1}']),
        (b"[" + b" " * 70_000 + b"1" + b" " * 70_000 + b"]", [b"1"]),
    ],
)
def test_a_list_is_read_item_by_item(content: bytes, read: list[bytes]) -> None:
    assert rows("json", content) == list(enumerate(read, 1))


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "not_json"),
        (b"{", "not_json"),
        (b'{"rows"', "not_json"),
        (b"[", "not_json"),
        (b"[1", "not_json"),
        (b"[1,]", "not_json"),
        (b"[1 2]", "not_json"),
        (b"[1]x", "not_json"),
        (b'{"rows":[1]', "not_json"),
        (b"[" * 100_000, "too_deep"),
        (b'["' + b"x" * 2000 + b'"]', "too_large"),
        (b'["' + b"x" * 2000, "too_large"),
        (b"[1,1,1,1,1,1]", "too_large"),
        (b"\xff\xfe[", "not_utf8"),
        (b"[1]\xc3", "not_utf8"),
    ],
)
def test_what_is_no_list_is_refused(content: bytes, code: str) -> None:
    with pytest.raises(MalformedInput) as refused:
        rows("json", content)

    assert refused.value.code == code


@pytest.mark.parametrize("content", [b'email\n"abc', b'email\n"a"b\n', b"e" * 140_000])
def test_what_is_no_csv_is_refused(content: bytes) -> None:
    with pytest.raises(MalformedInput) as refused:
        rows("csv", content)

    assert refused.value.code == "not_csv"


def test_a_row_of_cells_can_be_too_large() -> None:
    assert rows("csv", b"email\n" + b"x" * 1500 + b"\n") == [(2, b'"too_large"')]


def test_every_column_has_its_place_in_a_request_and_is_found_again_by_it() -> None:
    body = request_of(dict.fromkeys(COLUMNS, "x") | {"notify": "cy"})

    assert body["recipient"]["identifier"] == {"value": "x", "type": "x"}
    assert body["evidence"] == [{"id": "x"}]
    for name, column in COLUMNS.items():
        assert column_of(column.pointer) == name
    assert column_of("/evidence/0/id/more") == "evidence"
    assert column_of("/recipient") == "email"
    assert column_of("/nothing") == "/nothing"


def test_days_become_times_and_numbers_numbers() -> None:
    until = "2026-03-01T10:00:00Z"
    cells = {"valid_from": "2026-03-01", "valid_until": until, "credits_earned": "7.5"}

    assert request_of(cells) == {
        "valid_from": "2026-03-01T00:00:00Z",
        "valid_until": until,
        "credits_earned": 7.5,
    }
    assert request_of({"activity_end": "2026-03-01"}) == {"activity_end": "2026-03-01T23:59:59Z"}
    assert request_of({"credits_earned": "20"}) == {"credits_earned": 20}
    assert request_of({"credits_earned": "7,5"}) == {"credits_earned": "7,5"}


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@x", "\tx", "'x", "plain", "", "'=1"])
def test_a_guarded_cell_comes_back_as_it_was(cell: str) -> None:
    assert unguarded(guarded(cell)) == cell
    assert not guarded(cell).startswith(("=", "+", "-", "@", "\t"))


def test_a_list_may_come_in_any_pieces() -> None:
    content = b'{"rows": [{"a": "' + b"x" * 100_000 + b'"}, 12]}'
    limits = RowLimits(max_row_bytes=200_000, max_rows=5)
    padded = b" " * 65_532 + content  # so that even a word is cut in two
    pieces = [padded[at : at + 65_536] for at in range(0, len(padded), 65_536)]

    read = list(read_rows("json", pieces, limits, lambda columns: None))
    assert [(number, len(row)) for number, row in read] == [(1, 100_009), (2, 2)]


def test_a_file_without_achievements_needs_one_for_all_rows() -> None:
    check_head(["email"], achievement_given=True)
    with pytest.raises(InvalidRequest, match="achievement"):
        check_head(["email"], achievement_given=False)


def test_a_template_has_the_columns_that_the_achievement_asks_for() -> None:
    plain = template("https://b.example/achievements/1", {}, board=False)
    rich = {"resultDescription": [{}], "creditsAvailable": 20}

    assert plain.splitlines()[0] == "achievement,key,email,name,awarded_date,valid_until"
    assert (
        template("x", rich, board=True)
        .splitlines()[0]
        .endswith("valid_until,grade,credits_earned,minute,board_date")
    )

from app.encoding.remembered import Remembered, bytes_of


def test_an_outcome_is_found_by_its_bytes_and_what_else_it_depends_on() -> None:
    kept = Remembered[str]()

    kept.put(("class", b"{}"), "fine")

    assert kept.get(("class", b"{}")) == "fine"
    assert kept.get(("class", b"{ }")) is None
    assert kept.get(("other", b"{}")) is None


def test_the_first_to_come_stays() -> None:
    kept = Remembered[str]()

    kept.put((0, b"{}"), "first")
    kept.put((0, b"{}"), "second")

    assert kept.get((0, b"{}")) == "first"
    assert len(kept) == 1


def test_what_was_not_used_for_longest_goes_first() -> None:
    kept = Remembered[str](max_entries=2)
    kept.put((0, b"a"), "a")
    kept.put((0, b"b"), "b")
    kept.get((0, b"a"))

    kept.put((0, b"c"), "c")

    assert [kept.get((0, name)) for name in (b"a", b"b", b"c")] == ["a", None, "c"]


def test_bytes_are_bounded_as_well() -> None:
    kept = Remembered[str](max_bytes=3000)
    for n in range(10):
        kept.put((0, b"x" * 900 + b"%d" % n), "x", size=1000)

    assert len(kept) == 1


def test_what_is_no_json_cannot_be_remembered() -> None:
    assert bytes_of({"a": [1, "é"]}) == '{"a":[1,"é"]}'.encode()
    assert bytes_of({"a": "\ud800"}) is bytes_of(2**70) is bytes_of(object()) is None


def test_what_is_too_large_by_itself_is_not_kept_and_drives_nothing_out() -> None:
    remembered = Remembered[int](max_bytes=100)
    remembered.put(("key", b"small"), 1)

    remembered.put(("key", b"large"), 2, size=200)

    assert remembered.get(("key", b"small")) == 1
    assert remembered.get(("key", b"large")) is None

import threading
from dataclasses import replace

from app.encoding.strict_json import JsonObject
from app.jsonld.fragments import Fragment, FragmentCache
from app.jsonld.nquads import write_nquads
from app.jsonld.safe_mode import canonicalize_by_expansion
from app.jsonld.statements import Blank, Statements
from tests.world import CONTEXTS, a_badge, a_web_party


def _fragment(text: str, blanks: int = 0) -> Fragment:
    said = Statements(lines=[text])
    said.blanks = [Blank("<urn:a>", "<urn:p>", facts=["<urn:q> <urn:b> .\n"])] * blanks
    return Fragment("<urn:a>", said)


def test_a_fragment_is_found_by_its_context_and_its_bytes() -> None:
    cache = FragmentCache()
    kept = _fragment("x")

    cache.put(("context", b"{}"), kept)

    assert cache.get(("context", b"{}")) is kept
    assert cache.get(("context", b"{ }")) is None
    assert cache.get(("other", b"{}")) is None


def test_the_first_to_come_stays() -> None:
    cache = FragmentCache()
    first, second = _fragment("x"), _fragment("x")

    cache.put((0, b"{}"), first)
    cache.put((0, b"{}"), second)

    assert cache.get((0, b"{}")) is first
    assert len(cache) == 1


def test_what_was_not_used_for_longest_goes_first() -> None:
    cache = FragmentCache(max_fragments=2)
    cache.put((0, b"a"), _fragment("a"))
    cache.put((0, b"b"), _fragment("b"))
    cache.get((0, b"a"))

    cache.put((0, b"c"), _fragment("c"))

    assert [cache.get((0, name)) is not None for name in (b"a", b"b", b"c")] == [True, False, True]


def test_bytes_are_bounded_as_well() -> None:
    cache = FragmentCache(max_bytes=3000)
    for n in range(10):
        cache.put((0, b"%d" % n), _fragment("x" * 900, blanks=1))

    assert len(cache) == 1
    cache.put((0, b"large"), _fragment("x" * 4000))
    assert len(cache) == 0


def test_the_second_badge_of_an_achievement_finds_it_written() -> None:
    bundle = replace(CONTEXTS, resolved={})
    badge = a_badge(a_web_party())

    texts = [write_nquads(badge, bundle.tables, bundle.canonical) for _ in range(2)]

    assert len(bundle.tables.fragments) == 2  # the issuer and the achievement
    assert {text.encode() for text in texts} == {canonicalize_by_expansion(badge, bundle)}


def test_a_changed_achievement_is_another_one() -> None:
    bundle = replace(CONTEXTS, resolved={})
    badge = a_badge(a_web_party())
    write_nquads(badge, bundle.tables, bundle.canonical)

    badge["credentialSubject"]["achievement"]["name"] = "Another name"
    text = write_nquads(badge, bundle.tables, bundle.canonical)

    assert text.encode() == canonicalize_by_expansion(badge, bundle)
    assert len(bundle.tables.fragments) == 3


def test_threads_that_write_at_once_write_the_same() -> None:
    bundle = replace(CONTEXTS, resolved={})
    badges: list[JsonObject] = []
    for n in range(8):
        badge = a_badge(a_web_party())
        badge["credentialSubject"]["achievement"]["name"] = f"Achievement {n % 3}"
        badges.append(badge)
    wanted = [canonicalize_by_expansion(badge, bundle).decode() for badge in badges]
    wrong: list[int] = []
    together = threading.Barrier(4)

    def write() -> None:
        together.wait()
        for n, badge in enumerate(badges * 4):
            if write_nquads(badge, bundle.tables, bundle.canonical) != wanted[n % 8]:
                wrong.append(n)

    threads = [threading.Thread(target=write) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert wrong == []
    assert len(bundle.tables.fragments) == 4

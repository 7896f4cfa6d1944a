import threading
from dataclasses import replace

from app.encoding.strict_json import JsonObject
from app.jsonld.fragments import Fragment
from app.jsonld.nquads import write_nquads
from app.jsonld.safe_mode import canonicalize_by_expansion
from app.jsonld.statements import Blank, Statements
from tests.world import CONTEXTS, a_badge, a_web_party


def test_a_fragment_knows_about_how_large_it_is() -> None:
    said = Statements(facts={"<urn:a>": ["x" * 100, "y" * 50]})
    said.blanks = [Blank("<urn:a>", "<urn:p>", facts=["z" * 10, "w" * 20])]

    assert 300 < Fragment("<urn:a>", said).size() < 2000


def test_the_second_badge_of_an_achievement_finds_it_written() -> None:
    bundle = replace(CONTEXTS, documents=dict(CONTEXTS.documents))
    badge = a_badge(a_web_party())

    texts = [write_nquads(badge, bundle) for _ in range(2)]

    assert len(bundle.tables.fragments) == 2  # the issuer and the achievement
    assert {text.encode() for text in texts} == {canonicalize_by_expansion(badge, bundle)}


def test_a_changed_achievement_is_another_one() -> None:
    bundle = replace(CONTEXTS, documents=dict(CONTEXTS.documents))
    badge = a_badge(a_web_party())
    write_nquads(badge, bundle)

    badge["credentialSubject"]["achievement"]["name"] = "Another name"
    text = write_nquads(badge, bundle)

    assert text.encode() == canonicalize_by_expansion(badge, bundle)
    assert len(bundle.tables.fragments) == 3


def test_threads_that_write_at_once_write_the_same() -> None:
    bundle = replace(CONTEXTS, documents=dict(CONTEXTS.documents))
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
            if write_nquads(badge, bundle) != wanted[n % 8]:
                wrong.append(n)

    threads = [threading.Thread(target=write) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert wrong == []
    assert len(bundle.tables.fragments) == 4

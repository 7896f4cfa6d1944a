"""The drawn pathway: well-formed, escaped, with its words inside for those who do not see it."""

from defusedxml.ElementTree import fromstring

from app.pathways.picture import Sketch, draw_pathway
from app.pathways.words import Step

SVG = "{http://www.w3.org/2000/svg}"


def words_in(picture: str) -> list[str]:
    return [each.text or "" for each in fromstring(picture).iter(f"{SVG}text")]


def test_it_says_what_it_shows() -> None:
    steps = (
        Step("At least 60 credits"),
        Step(
            "One of these is enough:",
            steps=(
                Step("A must be among them"),
                Step("All of these together:", steps=(Step("B"), Step("C"))),
            ),
        ),
    )

    picture = draw_pathway(Sketch("Certificate", "SCQF level 11", ("Verified",), steps, ("Board",)))

    root = fromstring(picture)
    assert root.get("role") == "img"
    names = root.get("aria-labelledby", "").split()
    labels = {each.get("id"): each.text for each in root if each.get("id")}
    assert [labels[name] for name in names] == [
        "The way to: Certificate",
        "Verified. At least 60 credits. One of these: A must be among them or B, C. "
        "Decided by people: Board. This leads to: Certificate.",
    ]
    words = words_in(picture)
    for word in ("NEEDED", "ONE OF THESE", "CHOICE 1", "or", "CHOICE 2", "DECIDED BY PEOPLE"):
        assert word in words
    assert words[-2:] == ["Certificate", "SCQF level 11"]


def test_a_pathway_with_little_to_say_is_short() -> None:
    picture = draw_pathway(Sketch("Award", None, (), (), ()), id_="other")

    assert words_in(picture) == ["YOUR BADGES", "Each one verified first", "THE AWARD", "Award"]
    assert 'id="other-title"' in picture


def test_nothing_in_a_rule_becomes_markup() -> None:
    evil = '<script>alert("1")</script> & "more"'

    picture = draw_pathway(Sketch(evil, evil, (evil,), (Step(evil),), (evil,)))

    assert "<script" not in picture
    assert words_in(picture)[1].startswith("<script>alert")


def test_text_stays_in_its_box() -> None:
    long = "A rather long requirement that goes on and on " * 30

    picture = draw_pathway(Sketch("Award", None, (), (Step(long), Step("x" * 400)), ()))

    words = words_in(picture)
    assert "…" in words
    assert max(map(len, words)) < 52
    assert long.strip()[:400] in picture  # whole in the description

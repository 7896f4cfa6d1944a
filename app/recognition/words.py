"""Words of the vocabularies as reports show them, and contradictions as sentences."""

from collections.abc import Iterable

from app.credentials.learning import Learning
from app.credentials.learning_parts import Link
from app.recognition.parts import LinkLine, Word
from app.vocabularies.terms import Vocabulary


def word(code: str | None, vocabulary: Vocabulary) -> Word | None:
    """A word with its label in plain words; None stays None."""
    return None if code is None else Word(code, vocabulary.plain_of(code))


def words(codes: Iterable[str], vocabulary: Vocabulary) -> tuple[Word, ...]:
    """The same for several."""
    return tuple(Word(code, vocabulary.plain_of(code)) for code in codes)


def links(found: Iterable[Link]) -> tuple[LinkLine, ...]:
    """Names and addresses, as they stand."""
    return tuple(LinkLine(each.name, each.url) for each in found)


def conflicts_of(learning: Learning, *elements: str) -> tuple[str, ...]:
    """What the document says twice and differently about these elements; nothing was chosen."""
    return tuple(
        f"The credential says {each.one}, and elsewhere {each.other}."
        for each in learning.contradictions
        if each.element in elements
    )

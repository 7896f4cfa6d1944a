"""What a test asks for, in words: the sentence of a rule that has none of its own."""

from collections.abc import Iterable, Iterator
from fractions import Fraction

from app.policy.conditions import (
    All,
    AnyOf,
    Condition,
    Count,
    Includes,
    Is,
    Mentions,
    Not,
    OneOf,
    Present,
    Some,
    Span,
)
from app.policy.facts import FACTS, Owner, Value
from app.vocabularies.amounts import amount_text

_ONE_OR_MORE = Span(least=Fraction(1))


def sentence_of(condition: Condition) -> str:
    """A plain sentence that says what the condition asks for, and where to fill it in."""
    places = ", ".join(_place(fact) for fact in facts_of_condition(condition))
    return f"This is asked for: {_phrase(condition)} ({places})."


def phrase_of(condition: Condition) -> str:
    """What the condition asks for, as a part of a sentence: `learning outcomes`."""
    return _phrase(condition)


def facts_of_condition(condition: Condition) -> tuple[str, ...]:
    """The facts that the condition looks at, each once."""
    return tuple(dict.fromkeys(_facts_in(condition)))


def _place(fact: str) -> str:
    place = f"`{FACTS[fact].place}`"
    return f"{place} of {Owner.ISSUER.value}" if FACTS[fact].owner is Owner.ISSUER else place


def _facts_in(condition: Condition) -> Iterator[str]:
    match condition:
        case All(parts) | AnyOf(parts):
            for part in parts:
                yield from _facts_in(part)
        case Not(part):
            yield from _facts_in(part)
        case _:
            yield condition.fact


def _phrase(condition: Condition) -> str:
    match condition:
        case All(parts):
            return " and ".join(_phrase(part) for part in parts)
        case AnyOf(parts):
            return " or ".join(_phrase(part) for part in parts)
        case Not(Is(fact, OneOf() as test)):
            return f"{FACTS[fact].words} not {_test(test)}"
        case Not(Mentions(fact, phrases)):
            return f"{FACTS[fact].words} without {_listed(phrases)} in it"
        case Not(Present(fact)):
            return f"no statement of {FACTS[fact].words}"
        case Not(part):
            return f"not {_phrase(part)}"
        case Present(fact):
            return FACTS[fact].words
        case Count(fact, span):
            words = FACTS[fact].words
            return words if span == _ONE_OR_MORE else f"{words}, their number {_test(span)}"
        case Includes(fact, value):
            return f"{FACTS[fact].words} with {_value(value)} among it"
        case Mentions(fact, phrases):
            return f"{FACTS[fact].words} with {_listed(phrases)} in it"
        case Some(fact, where):
            told = ", ".join(f"{member} {_test(test)}" for member, test in where)
            return f"{FACTS[fact].words}, {told}" if told else FACTS[fact].words
        case _:
            return f"{FACTS[condition.fact].words} {_test(condition.test)}"


def _test(test: Span | OneOf) -> str:
    if isinstance(test, OneOf):
        return f"being {_listed(test.values)}"
    ends = (
        ("at least", test.least),
        ("at most", test.most),
        ("more than", test.above),
        ("less than", test.below),
    )
    return " and ".join(f"{words} {amount_text(end)}" for words, end in ends if end is not None)


def _listed(values: Iterable[Value]) -> str:
    return " or ".join(_value(value) for value in values)


def _value(value: Value) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return amount_text(value) if isinstance(value, Fraction) else f"`{value}`"

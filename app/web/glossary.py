"""The words that stand in credentials, in words that people use: one language for all issuers."""

from dataclasses import dataclass

from app.vocabularies.amounts import amount_text
from app.vocabularies.credit import SCHEMES, Scheme
from app.vocabularies.levels import FRAMEWORKS


@dataclass(frozen=True)
class Word:
    """A word as the pages use it, and what it means."""

    term: str
    meaning: str


WORDS = (
    Word(
        "Credential, badge",
        "A signed file that says what somebody has learned or achieved. A badge is one with a "
        "picture.",
    ),
    Word(
        "Micro-credential",
        "A credential for a small volume of learning, assessed against criteria that anybody can "
        "read.",
    ),
    Word("Issuer", "The institution that signed the credential and answers for what it says."),
    Word(
        "Awarding body, provider",
        "Who awards it and who teaches it, where that is not the issuer alone.",
    ),
    Word("Learning outcome", "What a learner knows, understands or can do afterwards."),
    Word(
        "Workload",
        "The hours that a typical learner needs for all of it: classes, own study and assessment.",
    ),
    Word(
        "Credit",
        "The workload as a number in a scheme that institutions count in. Whether another "
        "institution accepts it is for that institution to decide.",
    ),
    Word(
        "Level",
        "How demanding the learning is: a step of a qualifications framework. The same number "
        "stands for different things in different frameworks.",
    ),
    Word("Assessment", "How it was found out whether the learner has reached the outcomes."),
    Word(
        "Supervision, ID verification",
        "Whether somebody watched over the assessment, and whether they made sure who was sitting "
        "it.",
    ),
    Word(
        "Form, setting",
        "Online, on site, both (blended) or at work; and within the education system (formal) or "
        "planned outside it (non-formal).",
    ),
    Word(
        "Prior learning",
        "It was not taught for this credential, but recognised: from other certificates "
        "(certificated) or from work and life (experiential).",
    ),
    Word(
        "Quality assurance",
        "Who examines the institution or the programme from outside. It is the issuer’s claim "
        "unless a page says that the agency endorsed it.",
    ),
    Word(
        "Stand-alone, stackable",
        "It counts by itself, or towards a larger award. Both can be true.",
    ),
    Word("Pathway", "The rules by which several badges add up to an award."),
    Word(
        "Endorsement",
        "A statement that somebody else signed about a credential, an achievement or an issuer.",
    ),
    Word("Revoked, suspended", "Withdrawn by the issuer: for good, or for the time being."),
    Word("ISCED-F, ESCO", "Lists of fields of study (UNESCO), of skills and occupations (EU)."),
)


def _scheme(scheme: Scheme) -> Word:
    """Its units as they stand behind a number, with the hours that one of them is reckoned at."""
    if scheme.least_hours is None:
        return Word(scheme.units, scheme.name)
    hours = amount_text(scheme.least_hours)
    if scheme.most_hours is None:
        hours = f"at least {hours}"
    elif scheme.most_hours != scheme.least_hours:
        hours = f"{hours} to {amount_text(scheme.most_hours)}"
    return Word(scheme.units, f"{scheme.name}: {hours} hours of learning each")


LEVELS = tuple(Word(each.code, each.name) for each in FRAMEWORKS)
CREDITS = tuple(_scheme(each) for each in SCHEMES)

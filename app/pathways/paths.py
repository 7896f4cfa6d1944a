"""The facts of a credential that a rule may ask for, and the form in which words are compared.

`docs/pathways.md` lists them with the place in a badge where each comes from.
"""

from app.vocabularies.credit import find_scheme
from app.vocabularies.levels import find_framework, find_level
from app.vocabularies.terms import FIELD, RECOGNITION_BASIS, key_of

TEXTS = (
    "status",
    "issuer",
    "achievementType",
    "basis",
    "field",
    "group",
    "category",
    "creditStatus",
    "articulatesTo",
    "issuerRegister",
    "grade",
)
DATES = ("awarded", "start")
NUMBERS = ("percent", "gradePoint.US4")
# Numbers whose path ends in a word of the rule: `level.SCQF`, `credit.ECTS`.
FAMILIES = ("level", "credit")
ISSUER = "issuer"
ASSESSED = "assessed"
ACHIEVEMENT = "achievement"

OFFERED = (*TEXTS, *DATES, *NUMBERS, ASSESSED, ACHIEVEMENT, "level.…", "credit.…", "any", "not")


def scheme_key(word: str) -> str:
    """The key of a credit scheme: our code, or the word itself for a scheme unknown to us."""
    found = find_scheme(word)
    return word.strip() if found is None else found.code


def framework_key(word: str) -> str:
    """The key of a qualifications framework: our code, or the word itself."""
    found = find_framework(word)
    return word.strip() if found is None else found.code


def level_name(framework: str, value: str) -> str:
    """The name of a level as its framework writes it, or the value itself."""
    found = find_level(framework, value)
    return value if found is None else found.value


def number_path(path: str) -> str | None:
    """The path of a number in the one form that candidates use; None where it is none."""
    if path in NUMBERS:
        return path
    family, dot, word = path.partition(".")
    if family not in FAMILIES or not dot or not word.strip():
        return None
    return f"{family}.{framework_key(word) if family == 'level' else scheme_key(word)}"


def text_key(path: str, word: str) -> str:
    """The form in which a word of that path is compared."""
    if path == "basis":
        found = RECOGNITION_BASIS.find(word)
        return key_of(word) if found is None else found.code
    if path == "field":
        found = FIELD.find(word)
        return key_of(word) if found is None else found.code
    if path in ("issuer", "issuerRegister", "articulatesTo") or path.startswith("level."):
        return word.strip()  # identifiers, and names of levels, mean what they are letter by letter
    return key_of(word)

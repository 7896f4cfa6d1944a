"""Verdicts, checks and dates in words that need no glossary.

The codes and the standards' names stand in the API's answers and under "Technical details"; what
a learner or an employer reads first comes from here. *Could not be checked* is never worded as
success or as failure.
"""

from dataclasses import dataclass
from datetime import UTC, datetime

from app.credentials.display import in_words
from app.encoding.dates import spell_day
from app.errors.problems import NOT_MADE, Problem
from app.registry.coverage import Fit
from app.verification.result import (
    Basis,
    Check,
    IssuerSummary,
    Known,
    Outcome,
    Verdict,
    VerificationResult,
)
from app.vocabularies.terms import COUNTRY, LANGUAGE

OUTCOME_WORDS = {
    Outcome.PASSED: "Passed",
    Outcome.FAILED: "Failed",
    Outcome.NOT_CHECKED: "Could not be checked",
}

TONES = {
    Outcome.PASSED: "good",
    Outcome.FAILED: "bad",
    Outcome.NOT_CHECKED: "unsure",
}

# check: (its name, what it means when it passed)
_CHECKS = {
    "parse": ("Readable file", "The file is complete and can be read in only one way."),
    "contexts": ("Vocabulary", "Every word in it has a published, fixed meaning."),
    "proof": ("Signature", "The digital signature is right: nothing was changed since signing."),
    "issuer_binding": ("Issuer’s key", "The key that signed it belongs to the named issuer."),
    "conformance": ("Form", "It follows the published standard for such credentials."),
    "validity_period": ("Dates", "It is valid today."),
    "status": ("Revocation", "The issuer has not revoked or suspended it."),
    "endorsements": ("Endorsements", "What others signed in support of it is genuine as well."),
}

# The reasons that deserve a headline of their own: (headline, sentence).
_HEADLINES = {
    "revoked": (
        "Not valid: revoked",
        "The issuer has withdrawn this credential. It was genuine, but it no longer counts.",
    ),
    "suspended": (
        "Not valid: suspended",
        "The issuer has suspended this credential. It does not count for the time being.",
    ),
    "expired": ("Not valid: expired", "This credential was valid for a time that is now over."),
    "not_yet_valid": (
        "Not valid yet",
        "This credential is dated in the future and does not count before that day.",
    ),
    "issuer_mismatch": (
        "Not valid: signed by somebody else",
        "The key that signed this does not belong to the issuer it names. Do not rely on it.",
    ),
    "proof_invalid": (
        "Not valid: changed or forged",
        "The content does not match the signature: it was changed after signing, or never "
        "signed by this issuer. Do not rely on it.",
    ),
    "no_proof": (
        "Not valid: not signed",
        "Nobody has signed this file, so anyone could have written it. Do not rely on it.",
    ),
}


@dataclass(frozen=True)
class CheckWords:
    """One line of "How this was checked"."""

    name: str
    tone: str
    outcome: str
    reason: str
    problem: Problem | None


@dataclass(frozen=True)
class VerdictWords:
    """The banner: its tone (good, bad, unsure, mute), headline, sentence, and the checks below."""

    tone: str
    headline: str
    sentence: str
    checks: tuple[CheckWords, ...]


def word_verdict(result: VerificationResult) -> VerdictWords:
    """A verification result as a page says it."""
    checks = tuple(_word_check(check) for check in result.checks)
    tone, headline, sentence = _word_banner(result)
    return VerdictWords(tone, headline, sentence, checks)


def _word_banner(result: VerificationResult) -> tuple[str, str, str]:
    name = result.issuer.name if result.issuer and result.issuer.name else "the issuer it names"
    match result.verdict:
        case Verdict.VERIFIED:
            sentence = (
                f"This credential is genuine. It was signed by {name}, nothing in it has been "
                "changed since, and every check below passed."
            )
            return "good", "Verified", sentence
        case Verdict.NOT_VALID:
            problem = _first_problem(result, Outcome.FAILED)
            code = problem.code if problem else ""
            general = "At least one check failed. Do not rely on this credential."
            return "bad", *_HEADLINES.get(code, ("Not valid", general))
        case Verdict.NOT_CHECKED:
            sentence = (
                "This is neither a yes nor a no: something needed for the answer could not be "
                "reached or is not known here. The list below says what. Try again later, or ask "
                "the issuer."
            )
            return "unsure", "Could not be checked", sentence
        case Verdict.MALFORMED:
            problem = _first_problem(result, Outcome.FAILED)
            reason = f"{problem.title}. " if problem else ""
            sentence = (
                f"{reason}So there is nothing to check. Ask for the original file or link: "
                "a screenshot, a scan or a retyped copy holds no signature."
            )
            return "mute", "This is not a credential we can read", sentence


def _first_problem(result: VerificationResult, outcome: Outcome) -> Problem | None:
    found = (check.problem for check in result.checks if check.outcome is outcome)
    return next((problem for problem in found if problem), None)


def _word_check(check: Check) -> CheckWords:
    name, passed = _CHECKS.get(check.name, (check.name.replace("_", " ").capitalize(), ""))
    tone, outcome, reason = TONES[check.outcome], OUTCOME_WORDS[check.outcome], passed
    if check.problem is not None:
        reason = word_problem(check.problem)
        if check.problem.type == NOT_MADE:
            tone, outcome = "mute", "Not checked"
    return CheckWords(name, tone, outcome, reason, check.problem)


# What a person reads in place of a title that speaks of the standards' own machinery.
_PLAIN_TITLES = {
    "did_syntax": "The issuer is not identified in a known way",
    "did_method_unknown": "The issuer is identified in a way that is not known here",
    "did_document_invalid": "The list of the issuer’s keys is not in order",
    "did_unavailable": "The list of the issuer’s keys could not be read",
    "key_not_in_did_document": "The signing key is not among the issuer’s keys",
    "context_not_allowed": "It does not say in the required way which vocabulary it uses",
    "unknown_context": "It uses a vocabulary that is not known here",
    "json_ld_error": "Its words cannot be given one clear meaning",
    "unknown_cryptosuite": "The kind of signature is not known here",
    "unknown_proof_type": "The kind of signature is not known here",
    "bad_jwt": "The text is not a complete credential token",
    "earlier_check_failed": "Not checked, because an earlier check did not pass",
    "issuer_mismatch": "The signing key belongs to somebody else",
}


@dataclass(frozen=True)
class StandingWords:
    """On whose word an issuer is known, and, where there are bounds, what they mean here."""

    text: str
    tone: str = "good"
    scope: str = ""


def word_standing(issuer: IssuerSummary | None) -> tuple[StandingWords, ...]:
    """From whom the issuer is known here, one phrase for each; none where it is not known."""
    if issuer is None or not issuer.trusted:
        return ()
    listed = tuple(_word_listing(known) for known in issuer.known_by if not known.own)
    if listed and not any(known.own for known in issuer.known_by):
        return listed
    return (StandingWords("known to this service"), *listed)


# Not to be covered is no fault of a credential, so nothing is coloured as one.
_FITS = {
    Fit.COVERED: ("good", "this credential is within that."),
    Fit.NOT_COVERED: ("unsure", "this credential is not within that, because "),
    Fit.NOT_COMPARABLE: ("mute", "whether this credential is within that cannot be told, because "),
}


def _word_listing(known: Known) -> StandingWords:
    place = known.source.removeprefix("https://").removeprefix("http://")
    member = known.basis is Basis.FEDERATION
    words = f"member of the federation {place}" if member else f"listed by {place}"
    if known.until is not None:
        words += f" until {word_date(known.until)}"
    if not known.covers:
        return StandingWords(words)
    tone, fit = _FITS[known.coverage.fit]
    because = "; ".join(known.coverage.because)
    scope = f"Known for {', '.join(known.covers)}: {fit}{because}{'.' if because else ''}"
    return StandingWords(words, tone, scope)


def word_problem(problem: Problem) -> str:
    """A reason as two sentences: what is wrong, and the detail as it was found."""
    title = _PLAIN_TITLES.get(problem.code, problem.title)
    if problem.type == NOT_MADE:
        return f"{title}."
    detail = problem.detail.strip().rstrip(".")
    if not detail.startswith(("http", "did:")):
        detail = detail[:1].upper() + detail[1:]
    return f"{title}. {detail}." if detail else f"{title}."


def word_date(at: datetime) -> str:
    """A day as people write it, in UTC: `3 May 2026`. Month names do not follow the locale."""
    return spell_day(at)


def word_time(at: datetime) -> str:
    """A day and minute: `3 May 2026, 14:05 UTC`."""
    return f"{word_date(at)}, {at.astimezone(UTC):%H:%M} UTC"


def word_wait(seconds: int) -> str:
    """How long something takes yet, no finer than anybody can know: `about 6 minutes`."""
    if seconds < 2:
        return "a moment"
    if seconds < 90:
        return f"about {seconds} seconds"
    if seconds < 5400:
        return f"about {round(seconds / 60)} minutes"
    return f"about {round(seconds / 3600):,} hours"


def word_pace(rows_per_second: float) -> str:
    """How fast rows are gone through: `1,718 rows a second`."""
    pace = round(rows_per_second)
    if pace < 1:
        return "less than one row a second"
    return "1 row a second" if pace == 1 else f"{pace:,} rows a second"


def word_language(tag: str) -> str:
    """The language's English name, for whoever does not know its tag: `English (en-GB)`."""
    code, _, variety = tag.partition("-")
    term = LANGUAGE.find(code)
    if term is None:
        return f"{tag} (code of a language)"
    return f"{term.label} ({tag})" if variety else term.label


def word_country(code: str) -> str:
    """The country's English name, for whoever does not know its two letters."""
    term = COUNTRY.find(code)
    return f"{code} (code of a country)" if term is None else term.label


_IDENTIFIERS = {
    "ext:DEQAR": "DEQAR (European register of quality assurance)",
    "ext:ROR": "ROR (register of research organisations)",
    "ext:UKPRN": "UKPRN (number of UK providers)",
    "sourcedId": "Number in its own records",
}


def word_identifier(kind: str) -> str:
    """What an identifier of OB 3.0's IdentifierTypeEnum is called; `ext:ETER` stays `ETER`."""
    own = kind.removeprefix("ext:")
    return _IDENTIFIERS.get(kind) or (own if own.isupper() else in_words(kind).capitalize())


def word_issuer_id(issuer_id: str) -> str | None:
    """What an issuer's identifier says to a person: the web address behind it, if there is one."""
    if issuer_id.startswith("did:web:"):
        host = issuer_id.removeprefix("did:web:").split(":")[0]
        return host.replace("%3A", ":").replace("%3a", ":")
    if issuer_id.startswith("https://"):
        return issuer_id.removeprefix("https://").split("/")[0]
    return None

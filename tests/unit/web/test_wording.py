from datetime import UTC, datetime

import pytest

from app.errors.problems import REASONS, Problem
from app.verification.result import Check, IssuerSummary, Outcome, Verdict, VerificationResult
from app.web.wording import (
    word_country,
    word_date,
    word_identifier,
    word_issuer_id,
    word_language,
    word_pace,
    word_problem,
    word_time,
    word_verdict,
    word_wait,
)


def _problem(code: str) -> Problem:
    type_, title = REASONS[code]
    return Problem(type_, code, title, "The detail.")


def _result(verdict: Verdict, *checks: Check, name: str | None = "Acme") -> VerificationResult:
    return VerificationResult(verdict, checks, IssuerSummary("did:web:x.example", name, True))


def test_verified_is_the_only_green_headline() -> None:
    tones = {verdict: word_verdict(_result(verdict)).tone for verdict in Verdict}

    assert tones == {
        Verdict.VERIFIED: "good",
        Verdict.NOT_VALID: "bad",
        Verdict.NOT_CHECKED: "unsure",
        Verdict.MALFORMED: "mute",
    }


def test_a_verified_credential_names_who_signed_it() -> None:
    assert "signed by Acme" in word_verdict(_result(Verdict.VERIFIED)).sentence
    nameless = word_verdict(_result(Verdict.VERIFIED, name=None))
    assert "signed by the issuer it names" in nameless.sentence


@pytest.mark.parametrize(
    ("code", "headline"),
    [
        ("revoked", "Not valid: revoked"),
        ("suspended", "Not valid: suspended"),
        ("expired", "Not valid: expired"),
        ("not_yet_valid", "Not valid yet"),
        ("issuer_mismatch", "Not valid: signed by somebody else"),
        ("proof_invalid", "Not valid: changed or forged"),
        ("no_proof", "Not valid: not signed"),
        ("data_loss", "Not valid"),
    ],
)
def test_the_headline_says_why_a_credential_is_not_valid(code: str, headline: str) -> None:
    failed = Check("status", Outcome.FAILED, _problem(code))

    assert word_verdict(_result(Verdict.NOT_VALID, failed)).headline == headline


def test_what_cannot_be_read_is_said_to_be_unreadable() -> None:
    failed = Check("parse", Outcome.FAILED, _problem("no_credential_in_image"))

    words = word_verdict(VerificationResult(Verdict.MALFORMED, (failed,)))

    assert words.headline == "This is not a credential we can read"
    assert words.sentence.startswith("The image holds no credential. ")


def test_each_outcome_has_a_word_and_a_tone_of_its_own() -> None:
    words = word_verdict(
        _result(
            Verdict.NOT_CHECKED,
            Check("proof", Outcome.PASSED),
            Check("conformance", Outcome.FAILED, _problem("missing_member")),
            Check("status", Outcome.NOT_CHECKED, _problem("status_unavailable")),
            Check("validity_period", Outcome.NOT_CHECKED, _problem("earlier_check_failed")),
            Check("something_new", Outcome.PASSED),
        )
    )

    assert [(check.name, check.tone, check.outcome) for check in words.checks] == [
        ("Signature", "good", "Passed"),
        ("Form", "bad", "Failed"),
        ("Revocation", "unsure", "Could not be checked"),
        ("Dates", "mute", "Not checked"),
        ("Something new", "good", "Passed"),
    ]
    assert words.checks[1].reason == "A required member is missing. The detail."


@pytest.mark.parametrize(
    ("code", "detail", "words"),
    [
        ("revoked", "it was today", "The issuer has revoked this credential. It was today."),
        (
            "did_unavailable",
            "https://x.example/did.json: timeout",
            "The list of the issuer’s keys could not be read. https://x.example/did.json: timeout.",
        ),
        ("expired", "", "The credential has expired."),
        ("earlier_check_failed", "x", "Not checked, because an earlier check did not pass."),
    ],
)
def test_a_reason_is_told_in_whole_sentences(code: str, detail: str, words: str) -> None:
    type_, title = REASONS[code]

    assert word_problem(Problem(type_, code, title, detail)) == words


def test_dates_are_written_out_in_utc() -> None:
    at = datetime(2026, 5, 3, 9, 4, tzinfo=UTC)

    assert word_date(at) == "3 May 2026"
    assert word_time(at) == "3 May 2026, 09:04 UTC"


@pytest.mark.parametrize(
    ("identifier", "place"),
    [
        ("did:web:badges.example.edu:issuers:acme", "badges.example.edu"),
        ("did:web:127.0.0.1%3A8000:issuers:acme", "127.0.0.1:8000"),
        ("https://issuer.example/profile", "issuer.example"),
        ("did:key:z6Mk", None),
    ],
)
def test_an_identifier_is_spoken_as_a_web_address(identifier: str, place: str | None) -> None:
    assert word_issuer_id(identifier) == place


@pytest.mark.parametrize(
    ("tag", "words"),
    [
        ("en", "English"),
        ("gd", "Scottish Gaelic"),
        ("zh-Hans-CN", "Chinese (zh-Hans-CN)"),
        ("tlh", "tlh (code of a language)"),
    ],
)
def test_a_language_is_named_for_those_who_do_not_know_its_code(tag: str, words: str) -> None:
    assert word_language(tag) == words


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "a moment"),
        (1, "a moment"),
        (2, "about 2 seconds"),
        (89, "about 89 seconds"),
        (90, "about 2 minutes"),
        (5399, "about 90 minutes"),
        (5400, "about 2 hours"),
    ],
)
def test_a_wait_is_told_as_people_tell_it(seconds: int, words: str) -> None:
    assert word_wait(seconds) == words


@pytest.mark.parametrize(
    ("rate", "words"),
    [
        (0.2, "less than one row a second"),
        (1.2, "1 row a second"),
        (1718.4, "1,718 rows a second"),
    ],
)
def test_a_pace_is_told_in_rows(rate: float, words: str) -> None:
    assert word_pace(rate) == words


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("GB", "United Kingdom"),
        ("CD", "Democratic Republic of the Congo"),
        ("XK", "XK (code of a country)"),
    ],
)
def test_a_country_is_named_for_those_who_do_not_know_its_code(code: str, words: str) -> None:
    assert word_country(code) == words


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("ext:UKPRN", "UKPRN (number of UK providers)"),
        ("ext:ETER", "ETER"),
        ("ext:localNumber", "Local number"),
        ("nationalIdentityNumber", "National identity number"),
    ],
)
def test_an_identifier_is_called_as_people_call_it(kind: str, words: str) -> None:
    assert word_identifier(kind) == words

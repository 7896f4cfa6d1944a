from typing import Any

import pytest

from app.credentials import values
from app.credentials.values import Enumeration, Scalar


@pytest.mark.parametrize(
    "iri",
    [
        "https://issuer.example/a?b=c#d",
        "http://127.0.0.1:8000/issuers/a",
        "http://[2001:db8::1]/",
        "urn:uuid:6a4f6a0e-6c3b-4a55-9d0e-0f6c0a1f4b11",
        "did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK",
        "https://münchen.example/straße",
        "data:image/png;base64,AAAA",
        "tag:a",
    ],
)
def test_an_absolute_iri_passes(iri: str) -> None:
    assert values.is_absolute_iri(iri)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "abc",
        "/relative",
        "//host/path",
        "#fragment",
        "_:b0",
        "https ://not-a-url",
        "did:example:ali ce",
        "urn:uuid:0\n1",
        "urn:x:\u00a0",
        "https://x/<script>",
        'https://x/"',
        "https://x/{a}",
        "https://x/a|b",
        "https://x/a\\b",
        "https://x/a^b",
        "https://x/`",
        "https://x/\x7f",
        "https:",
        "https://",
        "https:///path",
        "HTTPS://:80/",
        "http://host:0/",
        "http://host:99999/",
        "http://[::1/",
        None,
        7,
        ["https://issuer.example"],
    ],
)
def test_what_is_no_absolute_iri_does_not_pass(text: Any) -> None:
    assert not values.is_absolute_iri(text)


@pytest.mark.parametrize("text", ["ftp://host/file", "urn:a:b", "javascript:alert(1)", "a b", None])
def test_only_http_and_https_are_web_addresses(text: Any) -> None:
    assert not values.is_web_address(text)


@pytest.mark.parametrize(
    "address",
    ["a@b.example", "ailsa.o'neil+x@students.inverbrae.example", "x@xn--mnchen-3ya.example"],
)
def test_a_plain_address_is_an_email_address(address: str) -> None:
    assert values.is_email_address(address)


@pytest.mark.parametrize(
    "address",
    [
        "a",
        "a@",
        "@b.example",
        "a@localhost",
        "a@b@c.example",
        ".a@b.example",
        "a..b@c.example",
        "a @b.example",
        "A <a@b.example>",
        "a@b.example\nBcc: c@d.example",
        "a@-b.example",
        "a@b-.example",
        "a@b.example.",
        "é@b.example",
        "a" * 65 + "@b.example",
        "a@" + "b" * 64 + ".example",
        "a@" + "b.example" * 40,
        None,
    ],
)
def test_anything_else_is_not(address: Any) -> None:
    assert not values.is_email_address(address)


@pytest.mark.parametrize(
    ("kind", "value", "code"),
    [
        (values.TEXT, 7, "wrong_type"),
        (values.IRI, 7, "wrong_type"),
        (values.IRI, "fake", "invalid_id"),
        (values.URL, 7, "wrong_type"),
        (values.URL, "fake", "bad_url"),
        (values.DATE_TIME, 7, "wrong_type"),
        (values.DATE_TIME, "2026-01-31", "bad_date"),
        (values.DATE_TIME, "2026-01-31T09:00:00", "bad_date"),
        (values.DATE, "2026-02-30", "bad_date"),
        (values.DATE, "1999-1-1", "bad_date"),
        (values.NUMBER, "7", "wrong_type"),
        (values.NUMBER, True, "wrong_type"),
        (values.BOOLEAN, 1, "wrong_type"),
        (values.LANGUAGE, "EN", "bad_language"),
        (values.COMPACT_JWS, "a.b", "bad_value"),
        (values.COUNTRY, "gb", "bad_value"),
        (values.CONTEXT_ENTRY, 7, "wrong_type"),
        (values.PROOF_PURPOSE, "authentication", "bad_value"),
        (values.RESULT_STATUS, 7, "wrong_type"),
        (values.RESULT_STATUS, "ext:Paused", "bad_value"),
        (values.ACHIEVEMENT_TYPE, "ext:", "bad_value"),
        (values.ACHIEVEMENT_TYPE, "extra:Thing", "bad_value"),
    ],
)
def test_a_wrong_value_is_told_by_its_reason(
    kind: Scalar | Enumeration, value: Any, code: str
) -> None:
    fault = kind.fault(value)
    assert fault is not None
    assert fault[0] == code


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (values.TEXT, ""),
        (values.URL, "https://issuer.example"),
        (values.DATE_TIME, "2026-01-31T09:00:00.123-06:00"),
        (values.DATE, "1999-12-31"),
        (values.NUMBER, 1.5),
        (values.CREDITS, -1),
        (values.BOOLEAN, False),
        (values.LANGUAGE, "zh-Hans-CN"),
        (values.LANGUAGE, "es-419"),
        (values.COMPACT_JWS, "a.b.c"),
        (values.COMPACT_JWS, "a..c"),
        (values.EMAIL, "not an address"),
        (values.COUNTRY, "GB"),
        (values.CONTEXT_ENTRY, {"a": "https://a.example"}),
        (values.CONTEXT_ENTRY, "https://a.example"),
        (values.PROOF_PURPOSE, "assertionMethod"),
        (values.ACHIEVEMENT_TYPE, "MicroCredential"),
        (values.ACHIEVEMENT_TYPE, "ext:Nano.Credential-1_a"),
        (values.RESULT_STATUS, "OnHold"),
    ],
)
def test_a_right_value_passes(kind: Scalar | Enumeration, value: Any) -> None:
    assert kind.fault(value) is None


@pytest.mark.parametrize(
    ("kind", "value", "code"),
    [
        (values.TEXT, " \n", "bad_value"),
        (values.URL, "urn:a:b", "bad_url"),
        (values.PICTURE, "data:text/html;base64,AAAA", "bad_url"),
        (values.CREDITS, -1, "out_of_range"),
        (values.EMAIL, "not an address", "bad_value"),
    ],
)
def test_api_input_is_asked_for_more(kind: Scalar, value: Any, code: str) -> None:
    assert kind.fault(value) is None
    fault = kind.stricter(value)
    assert fault is not None
    assert fault[0] == code


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (values.TEXT, "a"),
        (values.URL, "https://a.example"),
        (values.PICTURE, "data:image/png;base64,AAAA"),
        (values.PICTURE, "https://a.example/a.png"),
        (values.CREDITS, 0),
        (values.EMAIL, "a@b.example"),
        (values.IRI, "urn:a:b"),
    ],
)
def test_good_api_input_passes(kind: Scalar, value: Any) -> None:
    assert kind.fault(value) is None
    assert kind.stricter(value) is None


def test_a_typo_is_answered_with_the_nearest_term() -> None:
    fault = values.ACHIEVEMENT_TYPE.fault("microcredential")
    assert fault is not None
    assert "did you mean `MicroCredential`?" in fault[1]
    assert "or start with `ext:`" in fault[1]


def test_a_word_that_is_near_to_none_gets_no_hint() -> None:
    assert values.nearest("zzz", ("name", "description")) == ""


def test_a_language_tag_of_html_is_one_of_bcp_47() -> None:
    assert values.is_language_tag("en-GB")
    assert not values.is_language_tag("not a lang!!")
    assert not values.is_language_tag(None)

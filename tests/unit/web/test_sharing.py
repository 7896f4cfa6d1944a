from datetime import UTC, datetime, timedelta, timezone
from urllib.parse import parse_qs, urlsplit

from app.web.documents import file_name
from app.web.sharing import linkedin_link, outside_verifier

URL = "https://badges.example.edu/credentials/Zk3vT9wQx1rLm2NcB7yHdg"


def test_linkedin_is_told_title_issuer_months_and_address() -> None:
    link = linkedin_link(
        title="R&D = fun",
        issuer="Example University",
        issued=datetime(2026, 5, 3, tzinfo=UTC),
        expires=datetime(2028, 5, 3, tzinfo=UTC),
        url=URL,
        credential_id="Zk3vT9wQx1rLm2NcB7yHdg",
    )

    assert link.startswith("https://www.linkedin.com/profile/add?startTask=CERTIFICATION_NAME&")
    assert "+" not in link
    assert parse_qs(urlsplit(link).query) == {
        "startTask": ["CERTIFICATION_NAME"],
        "name": ["R&D = fun"],
        "organizationName": ["Example University"],
        "issueYear": ["2026"],
        "issueMonth": ["5"],
        "expirationYear": ["2028"],
        "expirationMonth": ["5"],
        "certUrl": [URL],
        "certId": ["Zk3vT9wQx1rLm2NcB7yHdg"],
    }


def test_linkedin_is_told_nothing_that_is_not_known() -> None:
    link = linkedin_link(
        title="X", issuer=None, issued=None, expires=None, url=URL, credential_id="c"
    )

    assert set(parse_qs(urlsplit(link).query)) == {"startTask", "name", "certUrl", "certId"}


def test_linkedin_months_are_those_in_utc() -> None:
    late = datetime(2026, 1, 1, 0, 30, tzinfo=timezone(timedelta(hours=2)))

    link = linkedin_link(
        title="X", issuer=None, issued=late, expires=None, url=URL, credential_id="c"
    )

    assert "issueYear=2025&issueMonth=12" in link


def test_another_verifier_is_linked_where_it_can_reach_us() -> None:
    assert outside_verifier(URL) == (
        "https://verifierplus.org/#verify?vc=https%3A%2F%2Fbadges.example.edu%2Fcredentials%2F"
        "Zk3vT9wQx1rLm2NcB7yHdg"
    )
    assert outside_verifier("http://127.0.0.1:8000/credentials/x") is None


def test_a_download_has_a_harmless_name() -> None:
    assert file_name('Ärzte & "Pflege"/../x', "png") == "arzte-pflege-x.png"
    assert file_name("研究", "json") == "credential.json"

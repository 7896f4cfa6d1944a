"""`signet issue --csv`: a file of learners, on both databases."""

from pathlib import Path

import pytest
from sqlalchemy import select

from app.cli.desk import open_desk
from app.encoding.strict_json import parse_object
from app.keys.sealing import unseal
from app.registry.outbox import mail_place
from app.storage.tables import OutboxItem
from tests.cli.conftest import Signet, an_achievement, an_issuer

HEAD = "email,name,key\n"


def test_a_file_is_issued_once_with_a_line_for_each_tenth(
    signet_on_both: Signet, folder: Path
) -> None:
    an_issuer(signet_on_both)
    achievement = an_achievement()
    file = folder / "class.csv"
    file.write_text(HEAD + "".join(f"learner{n}@b.example,L {n},{n}\n" for n in range(3)))
    arguments = ("issue", "--issuer", "law", "--achievement", achievement, "--csv", str(file))

    first = signet_on_both(*arguments, "--json")
    again = signet_on_both(*arguments)

    assert first.status == 0, first.err
    told = {name: first.json[name] for name in ("state", "total", "issued", "repeated", "refused")}
    assert told == {"state": "done", "total": 3, "issued": 3, "repeated": 0, "refused": 0}
    assert "Checking: 3 in all" in first.err
    assert "Repeated  3" in again.out


def test_what_has_to_be_mended_is_said_row_by_row(signet: Signet, folder: Path) -> None:
    an_issuer(signet)
    achievement = an_achievement()
    file = folder / "class.csv"
    file.write_text(HEAD + "ada@b.example,Ada,1\nnobody,Nobody,2\n")
    arguments = ("issue", "--issuer", "law", "--achievement", achievement, "--csv", str(file))

    refused = signet(*arguments)
    partial = signet(*arguments, "--partial", "--json")
    dry = signet(*arguments, "--partial", "--dry-run", "--json")

    assert (refused.status, partial.status, dry.status) == (1, 0, 0)
    assert "Row 3, email: `recipient/email` must be a plain e-mail address" in refused.err
    assert (partial.json["issued"], partial.json["refused"]) == (1, 1)
    assert dry.json["issued"] == 0


def test_what_makes_no_sense_with_a_file_is_wrong_usage(signet: Signet, folder: Path) -> None:
    an_issuer(signet)
    file = folder / "class.csv"
    file.write_text("mail\n")

    assert signet("issue", "--issuer", "law", "--csv", str(file), "--email", "a@b.c").status == 2
    assert signet("issue", "--issuer", "law", "--partial", "--achievement", "x").status == 2
    assert signet("issue", "--issuer", "law", "--email", "a@b.example").status == 2
    unreadable = signet("issue", "--issuer", "law", "--csv", str(folder / "none.csv"))
    assert (unreadable.status, "cannot be read" in unreadable.err) == (1, True)
    assert (
        "Column 1 of the head is not known"
        in signet("issue", "--issuer", "law", "--csv", str(file)).err
    )


def test_learners_are_told_by_mail_where_that_is_wished_and_possible(
    signet: Signet, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    an_issuer(signet)
    achievement = an_achievement()
    file = folder / "class.csv"
    row = "learner{0}@b.example,L {0},{0},{1}\n"
    wishes = enumerate(("", "cy", "Yes"))
    file.write_text(
        HEAD.replace("\n", ",notify\n")
        + "".join(row.format(n, wish) for n, wish in wishes)
        + "a@b.example,A,9,,too many\n"
    )
    batch = ("issue", "--issuer", "law", "--achievement", achievement, "--csv", str(file))
    one = ("issue", "--issuer", "law", "--achievement", achievement, "--email", "ada@b.example")

    off = signet(*batch, "--notify", "--partial", "--json")
    assert (off.json["issued"], off.json["refused"]) == (0, 4)
    assert "sends no mail" in signet(*one, "--notify").err
    monkeypatch.setenv("SIGNET_SMTP_HOST", "mail.b.example")
    monkeypatch.setenv("SIGNET_SMTP_FROM", "badges@b.example")
    told = signet(*batch, "--notify", "--partial", "--json")
    assert (told.json["issued"], told.json["refused"]) == (3, 1)
    assert signet(*one, "--notify").status == 0

    with open_desk() as desk, desk.database.read() as session:
        sealed = {item.id: item.sealed for item in session.scalars(select(OutboxItem))}
        store = desk.issuing.key_store
        mails = [
            parse_object(unseal(store, content, place=mail_place(id_)))
            for id_, content in sealed.items()
            if content is not None
        ]
    assert sorted((mail["email"], mail["language"] or "") for mail in mails) == [
        ("ada@b.example", ""),
        ("learner0@b.example", ""),
        ("learner1@b.example", "cy"),
        ("learner2@b.example", ""),
    ]

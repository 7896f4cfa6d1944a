"""`signet issue --csv`: a file of learners, on both databases."""

from pathlib import Path

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

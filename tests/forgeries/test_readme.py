"""README.md lists every forgery as it is, and says something about every row of the catalogue."""

from tests.forgeries.all_lies import FORGERIES
from tests.forgeries.table import README, ROWS, table


def test_readme_lists_every_forgery_as_it_is() -> None:
    assert README.read_text(encoding="utf-8").rpartition("<!-- tables -->\n\n")[2] == table()


def test_every_row_of_the_catalogue_has_a_forgery_or_a_reason() -> None:
    elsewhere = README.read_text(encoding="utf-8").partition("## Rows that are held elsewhere")[2]
    mentioned = elsewhere.partition("## Where we differ")[0]
    forged = {forgery.row for forgery in FORGERIES.values()}

    assert [row for row in ROWS if row not in forged and f"{row} " not in mentioned] == []
    assert forged <= set(ROWS)

"""How a forgery is written down: row of the catalogue, the lie, the input, and what must follow."""

from collections.abc import Callable
from dataclasses import dataclass

from tests.forgeries.scene import Scene
from tests.forgeries.signing import Json

Forge = Callable[[Scene], bytes | str | Json]

MALFORMED, NOT_VALID, NOT_CHECKED, VERIFIED = "malformed", "not_valid", "not_checked", "verified"
EXIT_STATUS = {VERIFIED: 0, NOT_VALID: 1, NOT_CHECKED: 3, MALFORMED: 4}


@dataclass(frozen=True)
class Forgery:
    """One attack.

    `row` is the row of the attack catalogue, `lie` the lie in one sentence. `verdict` and `code`
    are what profile `open-badge` must say, `vc` what profile `vc` must say where that differs;
    `because` says why a verdict differs from the catalogue's, or between the profiles.
    """

    name: str
    row: str
    lie: str
    forge: Forge
    verdict: str
    code: str
    vc: tuple[str, str]
    because: str

    def expected(self, profile: str) -> tuple[str, str]:
        return (self.verdict, self.code) if profile == "open-badge" else self.vc


FORGERIES: dict[str, Forgery] = {}


def forgery(
    row: str,
    lie: str,
    code: str,
    *,
    verdict: str = NOT_VALID,
    vc: tuple[str, str] | str | None = None,
    because: str = "",
) -> Callable[[Forge], Forge]:
    """Enter a function into the catalogue; its name is the forgery's.

    `vc` is (verdict, code) for the profile `vc`, or only its code, where they differ.
    """

    def enter(forge: Forge) -> Forge:
        name = forge.__name__
        assert name not in FORGERIES, f"two forgeries are called {name}"
        other = (verdict, vc) if isinstance(vc, str) else vc or (verdict, code)
        FORGERIES[name] = Forgery(name, row, lie, forge, verdict, code, other, because)
        return forge

    return enter

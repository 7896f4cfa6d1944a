"""Genuine inputs must be verified: a verifier that refuses everything would pass the rest."""

import pytest

from tests.forgeries.examine import examine, finding
from tests.forgeries.genuine import CONTROLS, Control
from tests.forgeries.scene import Scene


@pytest.mark.parametrize("profile", ["open-badge", "vc"])
@pytest.mark.parametrize("control", CONTROLS.values(), ids=CONTROLS)
def test_genuine_input_is_verified(control: Control, profile: str) -> None:
    scene = Scene()
    result = examine(control.make(scene), scene, profile=profile)

    assert finding(result) == ("verified", "")
    assert {check.outcome for check in result.checks} == {"passed"}
    assert result.document is not None

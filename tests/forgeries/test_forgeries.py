"""Every forgery must be refused, for its own reason, and at little cost."""

import pytest

from tests.forgeries.all_lies import FORGERIES
from tests.forgeries.catalogue import Forgery
from tests.forgeries.examine import examine, finding, processor_seconds
from tests.forgeries.scene import Scene

_WORK = 3.0  # seconds of processor; the slowest takes a fraction of one


@pytest.mark.parametrize("profile", ["open-badge", "vc"])
@pytest.mark.parametrize("forged", FORGERIES.values(), ids=FORGERIES)
def test_forgery_is_seen_through(forged: Forgery, profile: str) -> None:
    scene = Scene()
    data = forged.forge(scene)

    with processor_seconds(_WORK):
        result = examine(data, scene, profile=profile)

    assert finding(result) == forged.expected(profile)

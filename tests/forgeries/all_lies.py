"""The whole catalogue of forgeries, filled by importing every file of lies."""

from tests.forgeries import (
    lies_endorsements,
    lies_graph,
    lies_images,
    lies_jose,
    lies_json,
    lies_json_ld,
    lies_keys,
    lies_proofs,
    lies_status,
)
from tests.forgeries.catalogue import FORGERIES

FILES = (
    lies_json_ld,
    lies_graph,
    lies_proofs,
    lies_keys,
    lies_jose,
    lies_json,
    lies_status,
    lies_endorsements,
    lies_images,
)

__all__ = ["FILES", "FORGERIES"]

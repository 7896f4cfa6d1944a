"""The whole catalogue of forgeries, filled by importing every file of lies."""

from tests.forgeries import lies_json_ld
from tests.forgeries.catalogue import FORGERIES

__all__ = ["FORGERIES", "lies_json_ld"]

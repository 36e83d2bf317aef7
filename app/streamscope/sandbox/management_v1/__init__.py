"""Management of the old generation; platform documentation, "Service management" of API version 1."""

from streamscope.sandbox.management_v1.reading import old_operations

__all__ = ["old_operations"]

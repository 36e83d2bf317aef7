"""ModelArts real-time services: the connector for both generations of its management interface.

Source: API reference, "Service management" (v1) and "Inference services" (v2). Addresses are always taken from the
interface and never built from an id; what a list row lacks is read for one service at a time.
"""

from streamscope.kinds.platforms.modelarts.platform import ModelArts

__all__ = ["ModelArts"]

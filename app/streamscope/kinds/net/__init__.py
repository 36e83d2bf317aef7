"""The one way to the network: every client is built here and every socket read is stamped here."""

from streamscope.kinds.net.client import Net, Reply
from streamscope.kinds.net.wire import Wire

__all__ = ["Net", "Reply", "Wire"]

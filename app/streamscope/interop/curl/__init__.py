"""curl commands: pasted ones become drafts, requests become commands that can be pasted into a shell."""

from streamscope.interop.curl.reading import Pasted, looks_like_curl, read
from streamscope.interop.curl.writing import command

__all__ = ["Pasted", "command", "looks_like_curl", "read"]

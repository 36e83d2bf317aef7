"""HAR 1.2 (softwareishard.com/blog/har-12-spec), with WebSocket messages in the form of Chrome's developer tools."""

from streamscope.interop.har.reading import Har
from streamscope.interop.har.writing import har_of, write

__all__ = ["Har", "har_of", "write"]

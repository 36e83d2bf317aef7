"""Cookies of one session (RFC 6265), in memory only.

Each goes back to the very host that set it and to no other, whatever its Domain attribute allows: who tries a service
does not expect its session to reach a neighbour.
"""

import re
import urllib.request
from collections.abc import Iterable
from email.message import Message
from http.cookiejar import CookieJar, DefaultCookiePolicy

from streamscope.model.url import Url

_DOMAIN = re.compile(r";\s*domain\s*=\s*([^;]*)", re.IGNORECASE)
_LONGEST = 8192
"""Characters of one Set-Cookie line; section 6.1 asks for 4096 at least."""
_MOST = 300
"""Cookies that are kept in all: enough for a session, too few to be filled up by a hostile server."""


class Jar:
    """The cookies that servers set. Belongs to one event loop."""

    def __init__(self) -> None:
        self._jar = CookieJar(DefaultCookiePolicy(rfc2965=False))

    def __len__(self) -> int:
        return len(self._jar)

    def take(self, url: Url, lines: Iterable[str]) -> None:
        """Keep what Set-Cookie lines of an answer from this URL say; one whose domain is another host's is left."""
        answer = Message()
        for line in lines:
            if len(line) <= _LONGEST and len(self._jar) < _MOST and _own(line, url.host):
                answer["Set-Cookie"] = _DOMAIN.sub("", line)
        self._jar.extract_cookies(_Answer(answer), _asked(url))  # type: ignore[arg-type]  # it asks for no more of an answer

    def header(self, url: Url) -> str:
        """The Cookie header for this URL, '' where there is none to send."""
        request = _asked(url)
        self._jar.add_cookie_header(request)
        return request.get_header("Cookie") or ""

    def values(self, url: Url) -> list[str]:
        """The values that are sent to this URL, to be masked."""
        return [pair.partition("=")[2] for pair in self.header(url).split("; ")]

    def clear(self) -> None:
        """Forget all."""
        self._jar.clear()


class _Answer:
    """An answer's headers as http.cookiejar asks for them."""

    def __init__(self, headers: Message) -> None:
        self._headers = headers

    def info(self) -> Message:
        return self._headers


def _asked(url: Url) -> urllib.request.Request:
    scheme = "https" if url.secure else "http"
    return urllib.request.Request(f"{scheme}://{url.authority}{url.target}")  # noqa: S310 - nothing is opened


def _own(line: str, host: str) -> bool:
    """Whether the Domain attribute, where there is one, matches the host (section 5.1.3)."""
    domains = [domain.strip().lstrip(".").lower() for domain in _DOMAIN.findall(line)]
    domain = domains[-1] if domains else ""
    return not domain or host.lower() == domain or host.lower().endswith("." + domain)

"""A package that is called over WebSocket is deployed for it, unless somebody says otherwise."""

import re
from collections.abc import Collection
from pathlib import Path

from streamscope.gui.services.deploy.pages import PagesView
from streamscope.gui.services.deploy.sentence import named

_ONCE = (("websocket", "true", ""), ("protocol", "WSS", "HTTPS"))
_EACH = (("container_protocol", "WS", "HTTP"),)
"""Fields of either generation: key, value for WebSocket, value for all else."""


def live_packages(profile: Path) -> frozenset[str]:
    """NAME:VERSION of the sandbox's packages that are called over WebSocket. Reads the disk."""
    from streamscope.sandbox.packages import Packages

    return frozenset(one.key for one in Packages(profile / "sandbox").all() if one.websocket)


def fit_protocol(pages: PagesView, live: Collection[str]) -> None:
    """Fill what nobody has touched as the first portion's package wants it."""
    page = next((page for page in pages.pages if page.repeated), None)
    if page is None or pages.portions is None:
        return
    first = pages.portions.cards[0].section
    wanted = re.sub(r"\s+", ":", named(page, first.values())) in live
    for key, yes, no in _ONCE:
        section = pages.section_of(key)
        if section is not None and not section.touched(key):
            section.set_value(key, yes if wanted else no)
    for key, yes, no in _EACH:
        if key in first.values() and not first.touched(key):
            first.set_value(key, yes if wanted else no)

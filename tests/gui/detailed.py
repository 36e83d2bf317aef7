"""A feed over a recorded exchange, all of it read."""

from pytestqt.qtbot import QtBot

from streamscope.gui.live.feed import Feed
from streamscope.gui.live.tab import derived_of
from streamscope.store.recordings import Exchange


def fed(qtbot: QtBot, exchange: Exchange) -> Feed:
    """The feed; it looks no more where the exchange goes on."""
    feed = Feed(derived_of(exchange))
    feed.begin()
    qtbot.waitUntil(lambda: feed.stop == feed.read == len(exchange) and feed.done == exchange.ended)
    if not exchange.ended:
        feed.end()
    return feed

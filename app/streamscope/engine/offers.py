"""What a service offers of the three choices, and where a draft would go. Pure but for reading the catalogue."""

from streamscope.engine.compose import placed
from streamscope.kinds.catalog import AUTH, CHANNELS, PROTOCOLS, kind
from streamscope.kinds.channels.base import Way
from streamscope.model.draft import Draft
from streamscope.model.phrase import Phrase, listed, phrase
from streamscope.model.request import Request
from streamscope.model.service import Service
from streamscope.model.url import Url

_STATES = {"stopped": phrase("stopped"), "failed": phrase("failed")}


def reason(service: Service | None, auth: str, channel: str, protocol: str) -> Phrase | None:
    """Why a service does not offer this combination; None where it does, or where nothing is known of it."""
    if service is None or not service.complete:
        return None
    if service.state in _STATES:
        status = _STATES[service.state] if service.status.casefold() == service.state else service.status
        return phrase("{service} is {status}.", service=service.name, status=status)
    if auth not in service.auth:
        return _not_accepted(service, auth)
    if protocol not in service.protocols:
        spoken = listed(PROTOCOLS[key].label for key in service.protocols) if service.protocols else "-"
        return phrase("{service} speaks {protocols}.", service=service.name, protocols=spoken)
    addresses = service.addresses
    if AUTH[auth].audience == "app" and service.app_addresses:
        addresses = service.app_addresses
    if channel not in addresses and CHANNELS[channel].entry:
        label = CHANNELS[channel].label
        return phrase("{service} has no address on the channel {channel}.", service=service.name, channel=label)
    return None


def _not_accepted(service: Service, auth: str) -> Phrase:
    accepted = listed(AUTH[key].label for key in service.auth) if service.auth else "-"
    if AUTH[auth].audience == "app":
        return phrase("{service} accepts no App authentication, but: {kinds}.", service=service.name, kinds=accepted)
    return phrase("{service} accepts: {kinds}.", service=service.name, kinds=accepted)


def resolved(draft: Draft, service: Service | None) -> str:
    """The URL that a draft would call. Raises UsageError where it makes no sense yet."""
    channel = kind("channel", CHANNELS, draft.channel.kind)
    audience = kind("auth", AUTH, draft.auth.kind).audience
    url = channel.road(Way(service, draft.channel.values, audience)).url
    return str(placed(Request("GET", url), url, draft.path, scheme(url, draft.protocol.kind)).url)


def scheme(url: Url, protocol: str) -> str:
    """The scheme of a protocol that is as secure as the address's own."""
    chosen = kind("protocol", PROTOCOLS, protocol)
    return chosen.secure if url.secure else chosen.plain

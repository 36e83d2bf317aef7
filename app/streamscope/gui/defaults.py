"""What a first start chooses, so that Ctrl+Return is the only thing left to do. The one place of the window that
names kinds; where they are not there, the first one offered is taken instead."""

from streamscope.model.service import Service, Workspace

SERVICE = "chat"
CONVERSATION = "chat-live"
AUTH = ("token",)
CHANNEL = ("public",)
PROTOCOL = ("sse", "websocket", "https")
SIGNED = "aksk"
CONVERSATION_PROTOCOL = "websocket"
OWN_PLATFORM = "sandbox"
BY_HAND = "address"


def auth_for(service: Service) -> str:
    """The authentication to begin with."""
    return _first(AUTH, service.auth)


def channel_for(service: Service) -> str:
    """The channel to begin with."""
    offered = tuple(service.addresses) or tuple(service.app_addresses)
    return _first(CHANNEL, offered)


def protocol_for(service: Service) -> str:
    """The protocol to begin with: the one that streams, where it is offered."""
    return _first(PROTOCOL, service.protocols)


def fills_secrets(workspace: Workspace) -> bool:
    """Whether the platform's own secrets are known to the core and need not be typed."""
    return workspace.platform == OWN_PLATFORM


def _first(wanted: tuple[str, ...], offered: tuple[str, ...]) -> str:
    return next((key for key in wanted if key in offered), next(iter(offered), ""))

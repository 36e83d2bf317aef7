"""The account's mode of authorisation: kept and told. In the sandbox there is no other user to tell apart."""

from streamscope.sandbox.management_v2 import bodies
from streamscope.sandbox.management_v2.context import Context, Told
from streamscope.sandbox.management_v2.rules import checked
from streamscope.sandbox.operations import Inquiry, Operation


class Modes:
    """The operations on the mode."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def operations(self) -> list[Operation]:
        """Their rows; the only ones whose path names no project."""
        return [
            Operation("v1", "GET", "/auth-mode", self.show, "get"),
            Operation("v1", "PUT", "/auth-mode", self.update, "update"),
        ]

    def show(self, _inquiry: Inquiry) -> Told:
        """The mode."""
        mode = self._context.fleet.state.auth_mode
        return {"domain_id": self._context.account.identity.domain_id, "mode": mode}

    def update(self, inquiry: Inquiry) -> Told:
        """Go to the other mode."""
        self._context.fleet.state.auth_mode = checked(bodies.AUTH_MODE, inquiry.json())["mode"]
        self._context.fleet.save()
        return self.show(inquiry)

"""Management of the old generation over the fleet; platform documentation, "Service management" of API version 1."""

from streamscope.sandbox.account import Account
from streamscope.sandbox.addresses import Addresses
from streamscope.sandbox.management_v1 import specifications
from streamscope.sandbox.management_v1.apps import Apps
from streamscope.sandbox.management_v1.context import Context
from streamscope.sandbox.management_v1.models import Models
from streamscope.sandbox.management_v1.reports import Reports
from streamscope.sandbox.management_v1.services import Services
from streamscope.sandbox.operations import Operation

__all__ = ["old_operations"]


def old_operations(account: Account, addresses: Addresses) -> list[Operation]:
    """Every operation of the old generation."""
    context = Context(account, addresses)
    return [
        *specifications.operations(),
        *Services(context).operations(),
        *Reports(context).operations(),
        *Models(context).operations(),
        *Apps(context).operations(),
    ]

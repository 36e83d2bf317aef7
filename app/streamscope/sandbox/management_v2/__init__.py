"""Management of the new generation; platform documentation, "Inference services" of API version 2."""

from streamscope.sandbox.account import Account
from streamscope.sandbox.addresses import Addresses
from streamscope.sandbox.management_v2.connections import Connections
from streamscope.sandbox.management_v2.context import Context
from streamscope.sandbox.management_v2.deployments import Deployments
from streamscope.sandbox.management_v2.flavors import Flavors
from streamscope.sandbox.management_v2.instances import Instances
from streamscope.sandbox.management_v2.keys import KeyOperations
from streamscope.sandbox.management_v2.modes import Modes
from streamscope.sandbox.management_v2.scaling import Scaling
from streamscope.sandbox.management_v2.services import Services
from streamscope.sandbox.management_v2.tags import Tags
from streamscope.sandbox.operations import Operation


def new_operations(account: Account, addresses: Addresses) -> list[Operation]:
    """Every operation; paths that name something fixed come before those that take any word in its place."""
    context = Context(account, account.fleet, account.packages, account.keys, addresses.channels)
    families = (
        KeyOperations(context), Flavors(context), Services(context), Instances(context), Scaling(context),
        Deployments(context), Connections(context), Tags(context), Modes(context),
    )  # fmt: skip
    return [operation for family in families for operation in family.operations()]

"""Specifications, and the resource pool of the account."""

from streamscope.sandbox.management_v2 import pages
from streamscope.sandbox.management_v2.context import Context, Told
from streamscope.sandbox.management_v2.specifications import FLAVORS
from streamscope.sandbox.operations import Inquiry, Operation, bad_parameter
from streamscope.sandbox.refusals import dispatcher

POOL = "pool-sandbox"
KINDS = ("CPU", "GPU", "ASCEND")


class Flavors:
    """The operations on specifications and pools."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def operations(self) -> list[Operation]:
        """Their rows."""
        return [
            Operation("v2", "GET", "/services/flavors", self.listed, "list"),
            Operation("v2", "GET", "/services/clusters/([^/]+)", self.cluster, "get"),
        ]

    def listed(self, inquiry: Inquiry) -> Told:
        """One page of the specifications."""
        wanted = inquiry.query.get("flavor_type")
        if wanted and wanted not in KINDS:
            raise bad_parameter("flavor_type", f"it must be one of {', '.join(KINDS)}")
        rows = [flavor for flavor in FLAVORS if wanted in (None, "", flavor["category"])]
        return pages.page(rows, inquiry.query)

    def cluster(self, inquiry: Inquiry) -> Told:
        """The one pool of the account."""
        if inquiry.names[0] != POOL:
            raise dispatcher(404, "ModelArts.3547", f"The cluster {inquiry.names[0]} does not exist.")
        identity = self._context.account.identity
        return {
            "pool_id": POOL,
            "logic_cluster_id": POOL,
            "physical_pool_id": POOL,
            "pool_type": "PHYSICAL",
            "type": "DEDICATED",
            "status": "ACTIVE",
            "workspace_id": "0",
            "project_id": identity.project_id,
            "resource_categories": ["CPU"],
            "create_at": 1_764_000_000_000,
            "update_at": 1_764_000_000_000,
            "flavors": [flavor for flavor in FLAVORS if not flavor["sold_out"]],
        }

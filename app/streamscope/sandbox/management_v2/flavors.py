"""Specifications, and the resource pool of the account."""

from typing import Any

from streamscope.sandbox.management_v2 import pages
from streamscope.sandbox.management_v2.context import Context, Told
from streamscope.sandbox.operations import Inquiry, Operation, bad_parameter
from streamscope.sandbox.refusals import dispatcher

POOL = "pool-sandbox"
MB_OF_GB = 1024
KINDS = ("CPU", "GPU", "ASCEND")


def _flavor(name: str, cores: int, gigabytes: int, **more: Any) -> dict[str, Any]:
    return {
        "id": name,
        "name": name,
        "arch": "X86_64",
        "category": "CPU",
        "description": f"CPU: {cores} vCPUs {gigabytes} GB",
        "feature": "DEFAULT",
        "free": False,
        "memory": gigabytes * MB_OF_GB,
        "vcpus": cores,
        "sold_out": False,
        "storages": [],
        "billing": {"code": name, "unit_num": 1},
        **more,
    }


FLAVORS = (
    _flavor("modelarts.vm.cpu.2u", 2, 8),
    _flavor("modelarts.vm.cpu.8u", 8, 32),
    _flavor(
        "modelarts.vm.gpu.t4", 8, 32, category="GPU", sold_out=True, description="GPU: 1 x T4, CPU: 8 vCPUs 32 GB",
        gpu={"gpu": 1, "gpu_memory": "16GB", "type": "T4"},
    ),
    _flavor(
        "modelarts.vm.npu.snt9b", 24, 192, category="ASCEND", sold_out=True, arch="arm64",
        description="ASCEND: 1 x snt9b, ARM: 24 vCPUs 192 GB",
        ascend={"npu": 1, "npu_memory": "64GB", "type": "snt9b", "type_alias": "Snt9b1"},
    ),
)  # fmt: skip
"""What there is; the sandbox has no accelerators, so these are always sold out."""


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
